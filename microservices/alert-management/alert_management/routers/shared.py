"""What the routers share: who may, and the settings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from fastapi.responses import Response

from alert_management.permissions import Permission
from alert_management.repository.views import View
from alert_management.settings import Settings
from muster_core.auth import Actor
from muster_core.http.conditional import etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.reads import json_response


async def _settings(runtime: RuntimeOf) -> Settings:
    return runtime.service_settings(Settings)


async def _address(runtime: RuntimeOf) -> str:
    return runtime.settings.address


SettingsOf = Annotated[Settings, Depends(_settings)]
AddressOf = Annotated[str, Depends(_address)]
Reader = Annotated[Actor, needs(Permission.READ)]
Drafter = Annotated[Actor, needs(Permission.DRAFT)]
Approver = Annotated[Actor, needs(Permission.APPROVE)]
Manager = Annotated[Actor, needs(Permission.MANAGE)]
AlertId = Annotated[UUID, Path(description="The alert.")]


def answer(view: View, place: str, status: int = 200) -> Response:
    """A record's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/{place}/{view.id}"
    return json_response(view.body, status, headers)
