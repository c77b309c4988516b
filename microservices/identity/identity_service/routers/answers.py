"""How identity's routers send JSON that is made already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from identity_service.service.sessions import Device
from muster_core.http.conditional import etag
from muster_core.reads import json_response

if TYPE_CHECKING:
    from identity_service.listings import Item


def item_response(item: Item, status: int = 200, location: str | None = None) -> Response:
    """One record with its ETag; with `location`, a new one."""
    headers = etag(item.version) if item.version else {}
    if location is not None:
        headers["Location"] = location
    return json_response(item.body, status, headers)


def secret_response(item: Item, location: str, **secret: str | None) -> Response:
    """A new record with what is shown once."""
    value: dict[str, Any] = json.loads(item.body) | secret
    headers = {"Location": location} | (etag(item.version) if item.version else {})
    return json_response(json.dumps(value).encode(), 201, headers)


def id_of(item: Item) -> str:
    """The id of a record."""
    return str(json.loads(item.body)["id"])


def device_of(request: Request) -> Device:
    """Where a request comes from, as far as can be told."""
    agent = request.headers.get("user-agent", "")
    printable = "".join(c for c in agent if c.isprintable())
    return Device(request.client.host if request.client else "unknown", printable[:300])
