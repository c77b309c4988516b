from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from httpx import AsyncClient

from muster_core.database import Reader
from muster_testing.delivery import Delivery


async def test_a_hazard_becomes_an_incident_with_what_the_feed_knows(
    as_commander: AsyncClient, hazards: Any, deliver: Delivery
) -> None:
    hazard = hazards.reports()

    response = await as_commander.post(f"/hazards/{hazard}/incident")

    assert response.status_code == 201
    incident = response.json()
    assert incident["name"] == "M 7.1 - 2019 Ridgecrest Earthquake Sequence"
    assert incident["kind"] == "earthquake"
    assert incident["severity"] == "Severe"
    assert incident["address"] == "18km W of Searles Valley, CA"
    assert incident["location"] == {"type": "Point", "coordinates": [-117.599, 35.77]}
    assert incident["hazard_id"] == str(hazard)
    assert incident["exercise"] is False
    (event,) = await deliver.outbox("incident_management")
    assert event.data["hazard_id"] == str(hazard)


async def test_the_name_may_be_given(as_commander: AsyncClient, hazards: Any) -> None:
    hazard = hazards.reports()
    response = await as_commander.post(
        f"/hazards/{hazard}/incident", json={"name": "Ridgecrest Earthquake"}
    )
    assert response.json()["name"] == "Ridgecrest Earthquake"


async def test_an_exercise_hazard_makes_an_exercise_incident(
    as_commander: AsyncClient, hazards: Any
) -> None:
    hazard = hazards.reports(exercise=True)
    incident = (await as_commander.post(f"/hazards/{hazard}/incident")).json()
    assert incident["exercise"] is True
    assert incident["number"].startswith("EX-")


async def test_the_second_time_answers_the_same_incident_even_without_the_hazard_service(
    as_commander: AsyncClient, as_dispatcher: AsyncClient, hazards: Any, deliver: Delivery
) -> None:
    hazard = hazards.reports()
    first = await as_commander.post(f"/hazards/{hazard}/incident")
    hazards.silent = True

    second = await as_dispatcher.post(f"/hazards/{hazard}/incident", json={"name": "Another"})

    assert second.status_code == 200
    assert second.json() == first.json()
    assert len(await deliver.outbox("incident_management")) == 1


async def test_two_clicks_at_once_make_one_incident_and_take_one_number(
    as_commander: AsyncClient, as_dispatcher: AsyncClient, hazards: Any, desk: Any, reader: Reader
) -> None:
    hazard = hazards.reports()

    clicks = await asyncio.gather(
        *(
            client.post(f"/hazards/{hazard}/incident")
            for client in (as_commander, as_dispatcher) * 4
        )
    )

    assert sorted(click.status_code for click in clicks) == [200] * 7 + [201]
    assert len({click.json()["id"] for click in clicks}) == 1
    assert len(await reader.fetch("SELECT 1 FROM incident_management.outbox")) == 1
    assert (await desk.declare(as_commander))["number"].endswith("-000002")


async def test_each_organization_has_its_own_incident(
    as_commander: AsyncClient, as_neighbour: AsyncClient, hazards: Any
) -> None:
    hazard = hazards.reports()
    ours = await as_commander.post(f"/hazards/{hazard}/incident")
    theirs = await as_neighbour.post(f"/hazards/{hazard}/incident")
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]


async def test_a_merged_hazard_counts_as_the_one_it_was_merged_into(
    as_commander: AsyncClient, hazards: Any
) -> None:
    hazard = hazards.reports()
    other = uuid4()
    hazards.known[str(other)] = hazards.known[str(hazard)]
    first = await as_commander.post(f"/hazards/{hazard}/incident")

    second = await as_commander.post(f"/hazards/{other}/incident")

    assert second.status_code == 200
    assert second.json()["id"] == first.json()["id"]


async def test_a_silent_hazard_service_is_said_and_nothing_is_stored(
    as_commander: AsyncClient, hazards: Any, reader: Reader
) -> None:
    hazard = hazards.reports()
    hazards.silent = True

    response = await as_commander.post(f"/hazards/{hazard}/incident")

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"]
    assert not await reader.fetch("SELECT 1 FROM incident_management.incident")


async def test_an_unknown_hazard_is_not_found(as_commander: AsyncClient, hazards: Any) -> None:
    assert (await as_commander.post(f"/hazards/{uuid4()}/incident")).status_code == 404


async def test_a_withdrawn_hazard_is_refused(as_commander: AsyncClient, hazards: Any) -> None:
    hazard = hazards.reports(deleted=True)

    response = await as_commander.post(f"/hazards/{hazard}/incident")

    assert response.status_code == 409
    assert response.json()["code"] == "hazard-withdrawn"


async def test_who_may_not_declare_does_not_trouble_the_hazard_service(
    as_responder: AsyncClient, hazards: Any
) -> None:
    assert (await as_responder.post(f"/hazards/{hazards.reports()}/incident")).status_code == 403
    assert hazards.asked == 0
