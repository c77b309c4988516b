"""What others rely on: the shapes of events and answers, and tables that are as migrated."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from incident_management.main import service
from incident_management.schemas import answers
from muster_core.events import declared_events
from muster_core.migrations import differences
from muster_core.runtime import Runtime
from muster_testing.people import FOREIGN_ORGANIZATION

SNAPSHOT = Path(__file__).parent / "events.json"


def test_the_events_are_as_published() -> None:
    """Adding an optional field is fine (MUSTER_SNAPSHOT=write); anything else is a new version."""
    published = {
        name: {
            "requires": kind.requires,
            "subject": kind.subject_template,
            "schema": kind.model_json_schema(),
        }
        for name, kind in declared_events().items()
        if kind.__module__ == "muster.incidents.v1.events"
    }
    text = json.dumps(published, indent=1, sort_keys=True) + "\n"
    if os.environ.get("MUSTER_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text(), "an event changed; see the docstring of this test"


async def test_what_sql_builds_is_what_the_document_promises(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any
) -> None:
    bare = await desk.declare(as_commander, "Bare")
    full = await desk.declare(
        as_commander,
        "Full",
        kind="wildfire",
        complexity_type=1,
        severity="Extreme",
        location={"type": "Point", "coordinates": [-117.6, 35.7, 800]},
        area={
            "type": "MultiPolygon",
            "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]],
        },
        address="Cedar Creek Road",
        summary="Wind-driven.",
    )
    day = {"starts_at": "2026-11-22T06:00:00Z", "ends_at": "2026-11-22T18:00:00Z"}
    await desk.add(as_commander, full, "periods", **day)
    await desk.add(as_commander, full, "objectives", text="Evacuate", priority=1)
    await desk.add(as_commander, full, "tasks", title="Fetch sandbags", due_at=day["ends_at"])
    command = {"position": "incident_commander"}
    await desk.add(as_commander, full, "positions", **command, **desk.person())
    await desk.add(
        as_commander,
        full,
        "positions",
        organization_id=str(FOREIGN_ORGANIZATION),
        **command,
        **desk.person(),
    )
    await desk.add(as_commander, full, "links", kind="related", incident_id=bare["id"])
    await desk.share(as_commander, full)
    await as_commander.put(f"/incidents/{full['id']}/watch")
    moved = await desk.move(as_commander, bare, "closed")

    for item in (bare, full, moved):
        answers.Incident.model_validate_json(json.dumps(item))
    for client in (as_commander, as_neighbour):
        page = await client.get("/incidents")
        answers.IncidentPage.model_validate_json(page.content)
    for client, incident in ((as_commander, bare), (as_commander, full), (as_neighbour, full)):
        seen = await client.get(f"/incidents/{incident['id']}")
        answers.IncidentDetail.model_validate_json(seen.content)


async def test_the_tables_are_as_the_models_say(app: FastAPI, runtime: Runtime) -> None:
    async with runtime.database(service.schema).engine.connect() as connection:
        assert await connection.run_sync(differences, service) == []


async def test_every_endpoint_says_which_permission_it_needs(app: FastAPI) -> None:
    permissions = {str(permission) for permission in service.permissions}
    named: set[str] = set()
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            scopes = {
                s for entry in operation["security"] for found in entry.values() for s in found
            }
            assert scopes & permissions, f"{method} {path}"
            named |= scopes
    assert named == permissions
