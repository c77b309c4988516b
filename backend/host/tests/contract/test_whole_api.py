"""The whole API as one: strangers are refused everywhere, roles get what the document says, nothing falls over."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from identity_service.catalogue import PERMISSIONS, STARTING_ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from fastapi import FastAPI

    from muster_core.microservice import Microservice

# Paths that need no account. Whoever adds one here opens it to the world.
PUBLIC = {
    ("POST", "/api/v1/auth/token"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/sign-out"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/api/v1/feeds/alerts.atom"),
    ("GET", "/api/v1/feeds/alerts.rss"),
    ("GET", "/api/v1/feeds/alerts.geojson"),
    ("GET", "/api/v1/alerts/{alert_id}/cap.xml"),
    # Providers prove themselves by their signature.
    ("POST", "/api/v1/notifications/callbacks/sns"),
    ("POST", "/api/v1/notifications/callbacks/twilio"),
}
OWN = ("/api/v1/me", "/api/v1/auth/", "/api/v1/notifications/me/")
"""What everybody may do with their own account."""
ANY_ID = "01980000-0000-7000-8000-0000000000ff"


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]


@cache
def _filled(path: str) -> str:
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + ANY_ID + path[end + 1 :]
    return path


def scopes(operation: dict[str, Any]) -> set[str]:
    return {scope for one in operation.get("security", ()) for scope in next(iter(one.values()))}


async def test_a_stranger_is_refused_on_every_route_not_listed_as_public(
    app: FastAPI, anonymous: httpx.AsyncClient
) -> None:
    open_to_all: set[tuple[str, str]] = set()
    for method, path, _ in operations(app):
        response = await anonymous.request(method, f"http://muster.test{_filled(path)}")
        if response.status_code != 401:
            open_to_all.add((method, path))
    assert open_to_all <= PUBLIC


async def test_every_role_is_refused_exactly_what_the_document_asks_of_it_and_it_lacks(
    app: FastAPI, sign_in: Callable[..., httpx.AsyncClient]
) -> None:
    wrong: list[str] = []
    for role in STARTING_ROLES:
        client = sign_in(role.key)
        for method, path, operation in operations(app):
            if path == "/api/v1/stream" or (method, path) in PUBLIC:
                continue
            missing = scopes(operation) - set(role.permissions)
            if not missing:
                continue
            response = await client.request(method, f"http://muster.test{_filled(path)}")
            named = any(scope in response.text for scope in missing)
            if response.status_code != 403 or not named:
                wrong.append(f"{role.key}: {method} {path} -> {response.status_code}")
    assert wrong == []


async def test_every_route_but_ones_own_account_asks_for_a_permission(app: FastAPI) -> None:
    without = {
        path
        for method, path, operation in operations(app)
        if (method, path) not in PUBLIC and not scopes(operation)
    }
    assert {path for path in without if not path.startswith(OWN)} == set()


def test_the_catalogue_names_exactly_what_the_services_declare(
    services: list[Microservice],
) -> None:
    declared = {(str(right), service.name) for service in services for right in service.permissions}
    assert {(entry.name, entry.service) for entry in PERMISSIONS} == declared
    known = {name for name, _ in declared}
    assert {right for role in STARTING_ROLES for right in role.permissions} <= known


async def test_another_organizations_ids_are_unknown_to_a_neighbour(
    app: FastAPI, as_neighbour: httpx.AsyncClient
) -> None:
    for method, path, operation in operations(app):
        if method == "GET" and "{" in path and scopes(operation) <= {"incidents:read"}:
            response = await as_neighbour.get(f"http://muster.test{_filled(path)}")
            assert response.status_code == 404, path


async def test_the_document_is_one_and_names_every_service(
    app: FastAPI, as_commander: httpx.AsyncClient
) -> None:
    document = (await as_commander.get("/openapi.json")).json()
    tags = {tag for _, _, operation in operations(app) for tag in operation.get("tags", ())}
    assert document["openapi"].startswith("3.1")
    assert len(tags) >= 4
    assert "Traceback" not in json.dumps(document)
