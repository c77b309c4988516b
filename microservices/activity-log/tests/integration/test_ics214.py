"""ICS 214: the activity log as the profession prints it."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx


async def form(client: httpx.AsyncClient, **params: Any) -> httpx.Response:
    response = await client.get("/activity/ics-214", params=params)
    assert response.status_code == 200, response.text
    return response


async def test_the_form_of_an_incident_names_who_holds_which_position(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire, story.assigned(fire, story.commander, "Incident Commander"))
    note = {"text": "Evacuation begun", "incident_id": str(fire.incident_id)}
    await as_commander.post("/activity/notes", json=note)
    await story.deliver()

    filled = (
        await form(as_commander, incident_id=fire.incident_id, person_id=story.commander.id)
    ).json()

    assert filled["form"] == "ICS 214"
    assert filled["incident_name"] == "Cedar Creek Fire"
    assert filled["person"]["position"] == "Incident Commander"
    assert [line["activity"] for line in filled["activities"]] == [
        'declared "Cedar Creek Fire" as 2026-000001',
        'assigned Incident Commander as Incident Commander of "Cedar Creek Fire"',
        "Evacuation begun",
    ]


async def test_csv_cells_cannot_run_as_formulas(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared("=cmd|'/c calc'!A0")
    await story.happens(fire)
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "plain, with comma"):
        await as_commander.post(
            "/activity/notes", json={"text": text, "incident_id": str(fire.incident_id)}
        )
    await story.deliver()

    printed = await form(as_commander, incident_id=fire.incident_id, format="csv")

    assert printed.headers["content-type"].startswith("text/csv")
    head, _, *notes = csv.reader(io.StringIO(printed.text))
    assert head[:2] == ["time", "time_zone"]
    assert [row[4] for row in notes] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "plain, with comma"]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in notes for cell in row)


async def test_the_printed_page_shows_what_was_written_and_runs_nothing(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared("<script>alert(1)</script>")
    await story.happens(fire)

    page = await form(
        as_commander,
        incident_id=fire.incident_id,
        format="html",
        time_zone="America/Los_Angeles",
    )

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "America/Los_Angeles" in page.text
    assert "EXERCISE" not in page.text
    for box in ("1. Incident Name", "5. Home Agency", "7. Activity Log", "8. Prepared by"):
        assert box in page.text


async def test_every_sheet_of_an_exercise_says_so(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    played = story.declared(exercise=True)
    await story.happens(played)

    page = (await form(as_commander, incident_id=played.incident_id, format="html")).text

    # Head and foot of a table are repeated on every printed sheet.
    assert "EXERCISE" in page[page.index("<thead>") : page.index("</thead>")]
    assert "EXERCISE" in page[page.index("<tfoot>") : page.index("</tfoot>")]


async def test_the_form_needs_to_know_whose_log_it_is(
    as_commander: httpx.AsyncClient, as_neighbour: httpx.AsyncClient, story: Any
) -> None:
    assert (await as_commander.get("/activity/ics-214")).status_code == 422
    bad = {"person_id": str(story.commander.id), "time_zone": "Mars/Olympus"}
    assert (await as_commander.get("/activity/ics-214", params=bad)).status_code == 422
    for zone in ("../../etc/passwd", "/etc/passwd", ""):
        response = await as_commander.get("/activity/ics-214", params=bad | {"time_zone": zone})
        assert response.status_code == 422, zone
    fire = story.declared()
    await story.happens(fire)
    params = {"incident_id": str(fire.incident_id)}
    assert (await as_neighbour.get("/activity/ics-214", params=params)).status_code == 404
