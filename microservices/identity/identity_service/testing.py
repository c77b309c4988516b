"""Browsers for tests: clients that sign in, keep the refresh cookie, and refresh as the front end does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from fastapi import FastAPI

BASE = "http://muster.test/api/v1"
PASSWORD = "granite lantern orchard"  # noqa: S105 - of invented people

SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


def browser(
    app: FastAPI, address: str = "192.0.2.1", base: str = BASE, **headers: str
) -> httpx.AsyncClient:
    """A client with a cookie jar, at an address of its own."""
    transport = httpx.ASGITransport(app=app, client=(address, 50000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base, headers=headers)


async def token(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD, **form: str
) -> httpx.Response:
    """Ask for an access token as OAuth2 says."""
    data = {"grant_type": "password", "username": username, "password": password} | form
    return await client.post("/auth/token", data=data)


def use(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.AsyncClient:
    """Go on with the access token of an answer."""
    assert answer.status_code == 200, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


async def refreshed(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Do what the front end does when a token is void."""
    return use(client, await client.post("/auth/refresh"))
