"""What others rely on: the shapes of events and answers, and tables that are as migrated."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from alert_management.main import service
from alert_management.schemas import answers
from muster_core.events import declared_events
from muster_core.migrations import differences
from muster_core.runtime import Runtime

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
        if kind.__module__ == "muster.alerts.v1.events"
    }
    text = json.dumps(published, indent=1, sort_keys=True) + "\n"
    if os.environ.get("MUSTER_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text(), "an event changed; see the docstring of this test"


async def test_what_sql_builds_is_what_the_document_promises(
    desk: Any, as_officer: httpx.AsyncClient, as_administrator: httpx.AsyncClient, make: Any
) -> None:
    bare = await desk.ok(as_officer.post("/alerts", json={}))
    full = await desk.send()
    await desk.ok(as_officer.post(f"/alerts/{full['id']}/comments", json={"comment": "Well."}))
    await desk.finish((await as_officer.post(f"/alerts/{full['id']}/update")).json())
    template = {"name": "T", "content": make.flood()}
    await desk.ok(as_administrator.post("/alert-templates", json=template))
    hook = {"name": "H", "url": "https://partner.example/x"}
    made = await desk.ok(as_administrator.post("/partner-hooks", json=hook))

    async def held(model: Any, path: str) -> None:
        response = await as_administrator.get(path)
        model.model_validate_json(response.content)

    for alert in (bare, full):
        await held(answers.AlertDetail, f"/alerts/{alert['id']}")
        await held(answers.AlertVersions, f"/alerts/{alert['id']}/versions")
    await held(answers.AlertPage, "/alerts")
    await held(answers.AlertTemplatePage, "/alert-templates")
    await held(answers.AlertBoundaryPage, "/alert-boundaries")
    await held(answers.PartnerHookPage, "/partner-hooks")
    await held(answers.HookDeliveryPage, f"/partner-hooks/{made['id']}/deliveries")


async def test_the_tables_are_as_the_models_say(app: FastAPI, runtime: Runtime) -> None:
    async with runtime.database(service.schema).engine.connect() as connection:
        assert await connection.run_sync(differences, service) == []


async def test_every_endpoint_says_which_permission_it_needs_or_is_public(app: FastAPI) -> None:
    permissions = {str(permission) for permission in service.permissions}
    named: set[str] = set()
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            scopes = {
                s
                for entry in operation.get("security", ())
                for found in entry.values()
                for s in found
            }
            assert scopes & permissions or path in service.anonymous, f"{method} {path}"
            named |= scopes
    assert named == permissions
