"""Named areas that the operator brings: counties, forecast zones, fire districts."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.permissions import Permission
from alert_management.repository import library
from alert_management.schemas.answers import BoundariesImported
from alert_management.schemas.requests import ImportBoundaries
from alert_management.service.areas import plain, sound_shape
from alert_management.service.geometry_input import objects_of, rough_of
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import FieldProblem, InvalidInputError
from muster_core.identifiers import uuid7

_MOST = 20_000
_SHOWN = 20


async def list_boundaries(
    reads: Reader,
    actor: Actor,
    words: str | None,
    kind: str | None,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page of the organization's boundaries, by name."""
    authorize(actor, Permission.READ)
    return await library.list_boundaries(
        reads, actor.organization, words, kind, limit=limit, cursor=cursor
    )


async def import_boundaries(
    session: AsyncSession, actor: Actor, request: ImportBoundaries
) -> BoundariesImported:
    """Take a collection in the place of all boundaries of its kind: all of it, or nothing.

    Raises:
        InvalidInputError: names each feature that is wrong.
    """
    authorize(actor, Permission.MANAGE)
    return await replace_boundaries(session, actor.organization, request)


async def replace_boundaries(
    session: AsyncSession, organization: UUID, request: ImportBoundaries
) -> BoundariesImported:
    """The same, for whoever may already."""
    features = objects_of(request.collection, "/collection")
    if len(features) > _MOST:
        raise InvalidInputError.at("/collection/features", f"has more than {_MOST} features")
    rows: list[dict[str, Any]] = []
    problems: list[FieldProblem] = []
    codes: set[str] = set()
    for number, feature in enumerate(features):
        try:
            rows.append(_row(organization, request, feature, codes, number))
        except InvalidInputError as error:
            problems += error.errors
    if problems or not rows:
        raise InvalidInputError(
            f"{len(problems)} of {len(features)} features cannot be taken, so none was.",
            errors=problems[:_SHOWN],
        )
    await library.replace_boundaries(session, organization, request.kind, rows)
    return BoundariesImported(kind=request.kind, imported=len(rows))


def _row(
    organization: UUID,
    request: ImportBoundaries,
    feature: dict[str, Any],
    codes: set[str],
    number: int,
) -> dict[str, Any]:
    at = f"/collection/features/{number}"
    properties = _object(feature.get("properties"), at)
    geometry = _object(feature.get("geometry"), at)
    code = _text(properties, request.code_property, at)
    name = _text(properties, request.name_property, at)
    if code in codes:
        raise InvalidInputError.at(f"{at}/properties/{request.code_property}", f"'{code}' twice")
    codes.add(code)
    shape, faults = sound_shape(rough_of(geometry, f"{at}/geometry"), f"{at}/geometry")
    if shape is None:
        raise InvalidInputError.at(faults[0].pointer, f"{name}: {faults[0].detail}")
    west, south, east, north = shape.bounds
    return {
        "id": uuid7(),
        "organization_id": organization,
        "kind": request.kind,
        "code": code,
        "name": name,
        "geometry": plain(shape),
        "extent": ((east, north), (west, south)),
    }


def _object(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInputError.at(at, "must be a feature with properties and a geometry")
    return cast("dict[str, Any]", value)


def _text(properties: dict[str, Any], name: str, at: str) -> str:
    value = properties.get(name)
    text = " ".join(str(value).split()) if isinstance(value, (str, int)) else ""
    if not text or len(text) > 200 or not text.isprintable():
        raise InvalidInputError.at(
            f"{at}/properties/{name}", "must be a text of up to 200 characters"
        )
    return text
