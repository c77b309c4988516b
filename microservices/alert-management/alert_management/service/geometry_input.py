"""One way to an area from each of the places it can come from, with what is wrong with it."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.permissions import Permission
from alert_management.repository import known, library
from alert_management.schemas.answers import AlertFinding, ResolvedArea
from alert_management.schemas.content import AlertAreaContent, RoughMultiPolygon, RoughPolygon
from alert_management.schemas.requests import ResolveArea
from alert_management.service.areas import (
    WEA_VERTICES,
    area_km2,
    finding,
    inside,
    joined,
    outside,
    plain,
    shape_of,
    sound_shape,
    vertices_of,
)
from alert_management.service.kml import polygons_of_kml
from muster.incidents.v1.incidents_pb2 import GetIncidentRequest
from muster.incidents.v1.incidents_pb2_grpc import IncidentsStub
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import InvalidInputError
from muster_core.geo import polygons_of
from muster_core.rpc import Rpc

_WAYS = ("geojson", "kml", "circle", "incident_id", "boundary_ids", "geometry")
_MOST_FEATURES = 500
Named = list[tuple[str, dict[str, Any]]]


async def gather(
    reads: Reader, rpc: Rpc, actor: Actor, request: ResolveArea
) -> tuple[Named, ResolveArea]:
    """The named geometries that a request asks for. Asked before a transaction begins: others may be asked.

    Raises:
        InvalidInputError: not exactly one way was asked for, what was sent cannot be read, or something is unknown.
        UnavailableError: the incident's area is wanted and incident-management does not answer.
    """
    authorize(actor, Permission.READ)
    asked = [name for name in _WAYS if getattr(request, name) is not None]
    if len(asked) != 1:
        raise InvalidInputError.at("", f"Send exactly one of {', '.join(_WAYS)}.")
    if request.kml is not None:
        return polygons_of_kml(request.kml), request
    if request.geojson is not None:
        return features_of(request.geojson), request
    if request.boundary_ids is not None:
        return await _boundaries(reads, actor, request.boundary_ids), request
    if request.incident_id is not None:
        return [await _incident(rpc, actor, request.incident_id)], request
    return [], request


async def resolve(
    session: AsyncSession, actor: Actor, named: Named, request: ResolveArea
) -> ResolvedArea:
    """The area as one sound shape, cut to the jurisdiction if that was asked, with every fault and its place."""
    authorize(actor, Permission.READ)
    organization = await known.organization(session, actor.organization)
    jurisdiction = organization.area if organization is not None else None
    found, findings = _shapes(named, request)
    if found is not None and request.inside_jurisdiction:
        found = inside(found, jurisdiction)
        if not polygons_of(found):
            text = "nothing of it lies within the area of your organization"
            findings.append(finding("error", "outside-jurisdiction", "", text))
            found = None
    if found is None:
        return ResolvedArea(
            description="", geometry=None, area_km2=None, vertices=0, findings=findings
        )
    findings += outside(found, jurisdiction, "")
    count = vertices_of(found)
    if count > WEA_VERTICES:
        text = f"{count} corners; wireless alerts carry at most {WEA_VERTICES}"
        findings.append(finding("warning", "too-many-for-wea", "", text))
    return ResolvedArea(
        description=", ".join(dict.fromkeys(name for name, _ in named if name))[:500],
        geometry=plain(found),
        area_km2=area_km2(found),
        vertices=count,
        findings=findings,
    )


def _shapes(named: Named, request: ResolveArea) -> tuple[BaseGeometry | None, list[AlertFinding]]:
    if request.circle is not None:
        return shape_of(AlertAreaContent(circle=request.circle), "")
    if request.geometry is not None:
        return sound_shape(request.geometry, "/geometry")
    shapes: list[BaseGeometry] = []
    findings: list[AlertFinding] = []
    for number, (_, geometry) in enumerate(named):
        rough = rough_of(geometry, f"/{number}")
        one, faults = sound_shape(rough, f"/{number}")
        findings += faults
        if one is not None:
            shapes.append(one)
    return (joined(shapes) if not findings else None), findings


def rough_of(geometry: dict[str, Any], pointer: str) -> RoughPolygon | RoughMultiPolygon:
    """A geometry from outside in our own form.

    Raises:
        InvalidInputError: it is no polygon, or has positions that are none.
    """
    kind = RoughMultiPolygon if geometry.get("type") == "MultiPolygon" else RoughPolygon
    taken = {name: geometry.get(name) for name in ("type", "coordinates")}
    try:
        return kind.model_validate(taken)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(map(str, first["loc"]))
        raise InvalidInputError.at(
            f"{pointer}/{where}", f"This is no polygon: {first['msg']}."
        ) from error


def features_of(document: dict[str, Any]) -> Named:
    """Name and geometry of each polygon of a GeoJSON document.

    Raises:
        InvalidInputError: it is none, or has no polygon.
    """
    found: Named = []
    for feature in objects_of(document):
        geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
        if not isinstance(geometry, dict):
            continue
        plain_geometry = cast("dict[str, Any]", geometry)
        if plain_geometry.get("type") in {"Polygon", "MultiPolygon"}:
            properties = feature.get("properties")
            name = (
                cast("dict[str, Any]", properties).get("name")
                if isinstance(properties, dict)
                else ""
            )
            found.append((" ".join(str(name or "").split())[:200], plain_geometry))
    if not found:
        raise InvalidInputError.at(
            "/geojson", "There is no Polygon in it; lines and points have no inside."
        )
    return found


def objects_of(document: dict[str, Any], pointer: str = "/geojson") -> list[dict[str, Any]]:
    """The features of a GeoJSON document, or the one geometry that it is.

    Raises:
        InvalidInputError: it is none, or has too many features.
    """
    if document.get("type") != "FeatureCollection":
        return [document]
    features = document.get("features")
    if not isinstance(features, list):
        raise InvalidInputError.at(f"{pointer}/features", "must be a list of features")
    listed = cast("list[Any]", features)
    if len(listed) > _MOST_FEATURES and pointer == "/geojson":
        raise InvalidInputError.at(
            f"{pointer}/features", f"has more than {_MOST_FEATURES} features"
        )
    wrong = next((n for n, one in enumerate(listed) if not isinstance(one, dict)), None)
    if wrong is not None:
        raise InvalidInputError.at(f"{pointer}/features/{wrong}", "must be a feature")
    return cast("list[dict[str, Any]]", listed)


async def _boundaries(reads: Reader, actor: Actor, ids: list[UUID]) -> Named:
    found = await library.boundaries(reads, actor.organization, ids)
    if len(found) != len(set(ids)):
        raise InvalidInputError.at(
            "/boundary_ids", "Your organization lacks one of these boundaries."
        )
    return [(name, json.loads(geometry)) for name, geometry in found]


async def _incident(rpc: Rpc, actor: Actor, incident_id: UUID) -> tuple[str, dict[str, Any]]:
    stub = rpc.stub(IncidentsStub, "incident-management")
    found = await rpc.call(
        stub.GetIncident, GetIncidentRequest(incident_id=str(incident_id)), actor=actor
    )
    if not found.HasField("area"):
        raise InvalidInputError.at("/incident_id", f"'{found.name}' has no area yet; draw one.")
    area = cast("dict[str, Any]", json.loads(found.area))
    return found.name, area
