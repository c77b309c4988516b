from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from muster.incidents.v1.incidents_pb2 import GetIncidentRequest, Incident
from muster.incidents.v1.incidents_pb2_grpc import IncidentsStub
from muster_core.auth import Actor, system_actor
from muster_core.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthorizedError
from muster_core.identifiers import uuid7
from muster_core.runtime import Runtime
from muster_testing.people import FOREIGN_ORGANIZATION, actor_with_role

NEIGHBOUR = actor_with_role("incident-commander", FOREIGN_ORGANIZATION)


async def ask(runtime: Runtime, incident_id: str, actor: Actor | None) -> Incident:
    stub = runtime.rpc.stub(IncidentsStub, "incident-management")
    request = GetIncidentRequest(incident_id=incident_id)
    return await runtime.rpc.call(stub.GetIncident, request, actor=actor)


async def test_a_service_asks_whether_an_incident_is_open_and_where(
    app: FastAPI, runtime: Runtime, as_commander: AsyncClient, desk: Any
) -> None:
    area = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    incident = await desk.declare(
        as_commander,
        kind="flood",
        complexity_type=3,
        location={"type": "Point", "coordinates": [0.5, 0.25]},
        area=area,
        exercise=True,
    )
    await desk.move(as_commander, incident, "closed")

    answer = await ask(runtime, incident["id"], system_actor("resource-management"))

    assert (answer.status, answer.kind, answer.complexity_type) == ("closed", "flood", 3)
    assert (answer.longitude, answer.latitude) == (0.5, 0.25)
    assert answer.area.startswith('{"type": "Polygon"')
    assert answer.exercise
    assert (answer.version, answer.access) == (2, "own")
    assert answer.HasField("closed_at")
    assert not answer.HasField("hazard_id")


async def test_the_caller_sees_what_they_would_see_over_http(
    app: FastAPI, runtime: Runtime, as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    with pytest.raises(NotFoundError):
        await ask(runtime, incident["id"], NEIGHBOUR)
    await desk.share(as_commander, incident, "work")
    assert (await ask(runtime, incident["id"], NEIGHBOUR)).access == "work"


async def test_wrong_questions_are_refused(app: FastAPI, runtime: Runtime) -> None:
    with pytest.raises(NotFoundError):
        await ask(runtime, str(uuid7()), NEIGHBOUR)
    with pytest.raises(InvalidInputError):
        await ask(runtime, "cedar-creek", NEIGHBOUR)
    with pytest.raises(UnauthorizedError):
        await ask(runtime, str(uuid7()), None)
    nobody = actor_with_role("responder", permissions=frozenset[str]())
    with pytest.raises(ForbiddenError):
        await ask(runtime, str(uuid7()), nobody)
