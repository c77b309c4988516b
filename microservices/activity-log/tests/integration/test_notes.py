"""Notes by hand reach the journal as every fact does, and are corrected by further notes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest


async def entries(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    return (await client.get("/activity", params=params)).json()["items"]


async def test_a_note_stands_in_the_journal_under_the_id_that_was_answered(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    earlier = datetime.now(UTC) - timedelta(hours=2)
    response = await as_commander.post(
        "/activity/notes",
        json={"text": "Bridge is out.\nDetour by Route 178.", "time": earlier.isoformat()},
    )
    assert response.status_code == 201, response.text
    await story.deliver()

    (entry,) = await entries(as_commander)
    assert entry["id"] == response.json()["id"]
    assert entry["summary"] == "noted: Bridge is out. Detour by Route 178."
    assert entry["data"]["text"] == "Bridge is out.\nDetour by Route 178."
    assert datetime.fromisoformat(entry["time"]) == earlier
    assert datetime.fromisoformat(entry["recorded_at"]) > earlier + timedelta(hours=1)


async def test_a_note_on_an_exercises_incident_belongs_to_the_exercise(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    played = story.declared(exercise=True)
    await story.happens(played)

    note = await as_commander.post(
        "/activity/notes", json={"text": "Smoke seen", "incident_id": str(played.incident_id)}
    )

    assert note.json()["exercise"] is True
    await story.deliver()
    assert len(await entries(as_commander, exercise="true", incident_id=played.incident_id)) == 2


async def test_a_correction_is_a_further_note(as_commander: httpx.AsyncClient, story: Any) -> None:
    first = (await as_commander.post("/activity/notes", json={"text": "Three injured"})).json()
    await story.deliver()

    second = await as_commander.post(
        "/activity/notes", json={"text": "Two injured", "corrects": first["id"]}
    )

    assert second.status_code == 201
    await story.deliver()
    assert [entry["summary"] for entry in await entries(as_commander)] == [
        "corrected an earlier note: Two injured",
        "noted: Three injured",
    ]


async def test_a_note_may_follow_at_once_upon_what_it_speaks_of(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.announced(fire)
    writing = asyncio.create_task(
        as_commander.post(
            "/activity/notes", json={"text": "x", "incident_id": str(fire.incident_id)}
        )
    )
    await asyncio.sleep(0.1)
    await story.deliver()

    assert (await writing).status_code == 201


async def test_nobody_writes_on_an_incident_they_cannot_see(
    as_neighbour: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire)
    note = {"text": "Hello", "incident_id": str(fire.incident_id)}
    assert (await as_neighbour.post("/activity/notes", json=note)).status_code == 404

    await story.happens(story.shared(fire, access="read"))
    assert (await as_neighbour.post("/activity/notes", json=note)).status_code == 403


async def test_a_neighbours_note_belongs_to_the_log_of_the_incidents_owner(
    as_neighbour: httpx.AsyncClient, as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire, story.shared(fire, access="work"))

    note = {"text": "Our engine is there", "incident_id": str(fire.incident_id)}
    assert (await as_neighbour.post("/activity/notes", json=note)).status_code == 201
    await story.deliver()

    (entry,) = await entries(as_commander, type="muster.note")
    assert entry["actor"]["id"] == str(story.neighbour.id)
    assert entry["organization_id"] == str(story.commander.organization_id)


@pytest.mark.parametrize(
    ("note", "pointer"),
    [
        ({}, "/text"),
        ({"text": " "}, "/text"),
        ({"text": "a\u0000b"}, "/text"),
        ({"text": "a\u202eb"}, "/text"),
        ({"text": "x" * 10_001}, "/text"),
        ({"text": "x", "time": "2999-01-01T00:00:00Z"}, "/time"),
        ({"text": "x", "time": "2100-01-01T00:00:00Z"}, "/time"),
        ({"text": "x", "time": "2026-01-01T00:00:00"}, "/time"),
        ({"text": "x", "incident_id": "7"}, "/incident_id"),
        ({"text": "x", "colour": "red"}, "/colour"),
    ],
)
async def test_bad_notes_are_refused_and_nothing_is_stored(
    as_commander: httpx.AsyncClient, story: Any, note: dict[str, Any], pointer: str
) -> None:
    response = await as_commander.post("/activity/notes", json=note)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert await story.deliver.outbox("activity_log") == []


async def test_who_only_reads_writes_no_notes(as_auditor: httpx.AsyncClient) -> None:
    assert (await as_auditor.post("/activity/notes", json={"text": "x"})).status_code == 403


async def test_the_same_idempotency_key_writes_one_note(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    for _ in range(2):
        response = await as_commander.post(
            "/activity/notes", json={"text": "Once"}, headers={"Idempotency-Key": "n1"}
        )
        assert response.status_code == 201
    await story.deliver()

    assert len(await entries(as_commander)) == 1
