"""Two pairs of eyes before the public sees anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from muster.identity.v1.events import AccountCreated, AccountPasswordChanged
from muster_core.auth import system_actor
from muster_core.events import EventData
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import ORGANIZATION, actor_with_role, stepped_up

OFFICER = actor_with_role("public-information-officer")
COMMANDER = actor_with_role("incident-commander")


async def test_an_alert_is_drafted_by_one_and_approved_by_another(
    desk: Any, deliver: Delivery
) -> None:
    draft = await desk.draft()
    assert draft["status"] == "draft"
    assert draft["next_statuses"] == ["in_review", "rejected"]
    submitted = await desk.submit(draft)
    approved = await desk.approve(submitted)
    published = await desk.publish(approved)

    assert published["status"] == "published"
    assert published["submitted_by"]["name"] == "Public Information Officer"
    assert published["approved_by"]["name"] == "Incident Commander"
    assert [entry["after"] for entry in published["entries"]] == [
        "in_review",
        "approved",
        "published",
    ]
    events = await deliver.outbox("alert_management")
    assert [event.type.split(".")[2] for event in events] == [
        "drafted",
        "stepped",
        "stepped",
        "stepped",
        "published",
    ]


async def test_the_submitter_can_never_approve(desk: Any, as_officer: httpx.AsyncClient) -> None:
    alert = await desk.submit(await desk.draft())

    refused = await stepped_up(as_officer).post(f"/alerts/{alert['id']}/approve")

    assert refused.status_code == 403
    assert refused.json()["code"] == "second-person-needed"
    assert (await desk.see(alert))["status"] == "in_review"


async def test_whoever_wrote_a_part_can_not_approve_what_another_submitted(
    desk: Any, as_commander: httpx.AsyncClient, make: Any
) -> None:
    alert = await desk.draft()
    body = make.flood(severity="Extreme")
    edited = await as_commander.put(
        f"/alerts/{alert['id']}/content", json=body, headers={"If-Match": '"1"'}
    )
    assert edited.status_code == 200, edited.text
    await desk.submit(alert)

    refused = await stepped_up(as_commander).post(f"/alerts/{alert['id']}/approve")

    assert refused.status_code == 403
    assert "You wrote part" in refused.json()["detail"]


@pytest.mark.parametrize("what", ["created", "reset"])
async def test_an_account_that_the_submitter_had_in_hand_today_can_not_approve(
    desk: Any, as_commander: httpx.AsyncClient, runtime: Runtime, deliver: Delivery, what: str
) -> None:
    alert = await desk.submit(await desk.draft())
    await _identity_tells(runtime, deliver, OFFICER, _account(COMMANDER.id, what))

    refused = await stepped_up(as_commander).post(f"/alerts/{alert['id']}/approve")

    assert refused.status_code == 403
    assert "within 24 hours" in refused.json()["detail"]


async def test_nor_one_made_by_an_account_that_the_submitter_made(
    desk: Any, as_commander: httpx.AsyncClient, runtime: Runtime, deliver: Delivery
) -> None:
    alert = await desk.submit(await desk.draft())
    between = actor_with_role("administrator")
    await _identity_tells(runtime, deliver, OFFICER, _account(between.id, "created"))
    await _identity_tells(runtime, deliver, between, _account(COMMANDER.id, "created"))

    refused = await stepped_up(as_commander).post(f"/alerts/{alert['id']}/approve")

    assert refused.json()["code"] == "second-person-needed"


async def test_an_account_of_yesterday_and_of_another_hand_may(
    desk: Any, runtime: Runtime, deliver: Delivery, reader: Any
) -> None:
    alert = await desk.submit(await desk.draft())
    administrator = actor_with_role("administrator")
    await _identity_tells(runtime, deliver, administrator, _account(COMMANDER.id, "created"))
    assert (await desk.approve(alert))["status"] == "approved"

    second = await desk.submit(await desk.draft())
    await _identity_tells(runtime, deliver, OFFICER, _account(COMMANDER.id, "reset"))
    await reader.execute(
        "UPDATE alert_management.account SET handled_at = $1",
        datetime.now(UTC) - timedelta(hours=25),
    )
    assert (await desk.approve(second))["status"] == "approved"


async def test_approving_and_publishing_ask_for_a_second_factor_of_the_last_five_minutes(
    desk: Any, as_commander: httpx.AsyncClient
) -> None:
    alert = await desk.submit(await desk.draft())
    for seconds in (None, 301):
        if seconds is not None:
            stepped_up(as_commander, seconds_ago=seconds)
        refused = await as_commander.post(f"/alerts/{alert['id']}/approve")
        assert refused.status_code == 403
        assert refused.json()["code"] == "step-up-required"
    await desk.approve(alert)
    stepped_up(as_commander, seconds_ago=301)
    refused = await as_commander.post(f"/alerts/{alert['id']}/publish")
    assert refused.json()["code"] == "step-up-required"
    assert (await desk.see(alert))["status"] == "approved"


async def test_a_returned_alert_says_why_and_goes_through_review_again(
    desk: Any, as_commander: httpx.AsyncClient, as_officer: httpx.AsyncClient, make: Any
) -> None:
    alert = await desk.approve(await desk.submit(await desk.draft()))
    silent = await as_commander.post(f"/alerts/{alert['id']}/return", json={})
    assert silent.status_code == 422
    returned = await desk.ok(
        as_commander.post(f"/alerts/{alert['id']}/return", json={"comment": "Name the road."})
    )
    assert returned["status"] == "draft"
    assert returned["approved_by"] is None
    assert returned["entries"][-1]["comment"] == "Name the road."

    refused = await stepped_up(as_commander).post(f"/alerts/{alert['id']}/publish")
    assert refused.status_code == 409
    assert refused.json()["code"] == "wrong-status"
    changed = await desk.ok(
        as_officer.put(
            f"/alerts/{alert['id']}/content",
            json=make.flood(severity="Extreme"),
            headers={"If-Match": f'"{returned["version"]}"'},
        )
    )
    assert changed["revision"] == 2
    assert (await desk.finish(changed))["severity"] == "Extreme"


async def test_only_a_draft_is_rewritten_and_only_from_its_latest_version(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    alert = await desk.draft()
    place = f"/alerts/{alert['id']}/content"
    assert (await as_officer.put(place, json=make.flood())).status_code == 428
    body = make.flood(severity="Minor")
    await desk.ok(as_officer.put(place, json=body, headers={"If-Match": '"1"'}))
    late = await as_officer.put(place, json=make.flood(), headers={"If-Match": '"1"'})
    assert late.status_code == 412
    submitted = await desk.submit(alert)

    refused = await as_officer.put(
        place, json=make.flood(), headers={"If-Match": f'"{submitted["version"]}"'}
    )

    assert refused.status_code == 409
    assert "only a draft can be rewritten" in refused.json()["detail"]


async def test_every_version_is_kept_whole_for_the_difference_view(
    desk: Any, as_officer: httpx.AsyncClient, as_auditor: httpx.AsyncClient, make: Any
) -> None:
    alert = await desk.draft()
    place = f"/alerts/{alert['id']}"
    body = make.flood(texts=[make.texts(headline="Flood at Cedar Creek Road")])
    await desk.ok(as_officer.put(f"{place}/content", json=body, headers={"If-Match": '"1"'}))

    versions = (await desk.ok(as_auditor.get(f"{place}/versions")))["items"]

    assert [one["content"]["texts"][0]["headline"] for one in versions] == [
        "Flood at Cedar Creek",
        "Flood at Cedar Creek Road",
    ]
    assert versions[1]["written_by"]["name"] == "Public Information Officer"


async def test_reviewers_comment_on_a_part_of_it(
    desk: Any, as_commander: httpx.AsyncClient, as_responder: httpx.AsyncClient
) -> None:
    alert = await desk.submit(await desk.draft())
    said = {"comment": "Which bank?", "place": "/texts/0/headline"}
    seen = await desk.ok(as_commander.post(f"/alerts/{alert['id']}/comments", json=said))
    assert seen["entries"][-1]["place"] == "/texts/0/headline"
    assert seen["entries"][-1]["after"] is None
    refused = await as_responder.post(f"/alerts/{alert['id']}/comments", json=said)
    assert refused.status_code == 403


async def test_a_rejected_alert_stays_so(
    desk: Any, as_commander: httpx.AsyncClient, as_officer: httpx.AsyncClient
) -> None:
    alert = await desk.submit(await desk.draft())
    own = await as_officer.post(f"/alerts/{alert['id']}/reject", json={"comment": "No."})
    assert own.status_code == 200  # an officer may approve, so may reject; a dispatcher may not
    late = await as_commander.post(f"/alerts/{alert['id']}/return", json={"comment": "Back."})
    assert late.status_code == 409
    assert "draft a new one" in late.json()["detail"]


async def test_a_drafter_who_may_not_approve_discards_drafts_only(
    as_dispatcher: httpx.AsyncClient, desk: Any, make: Any
) -> None:
    mine = await desk.ok(as_dispatcher.post("/alerts", json={"content": make.flood()}))
    why = {"comment": "Twice."}
    gone = await desk.ok(as_dispatcher.post(f"/alerts/{mine['id']}/reject", json=why))
    assert gone["status"] == "rejected"
    submitted = await desk.submit(await desk.draft())
    refused = await as_dispatcher.post(f"/alerts/{submitted['id']}/reject", json=why)
    assert refused.status_code == 403
    assert "alerts:approve" in refused.json()["detail"]


async def test_another_organization_sees_nothing(
    desk: Any, as_neighbour: httpx.AsyncClient
) -> None:
    alert = await desk.draft()
    assert (await as_neighbour.get("/alerts")).json()["items"] == []
    for path in ("", "/versions"):
        assert (await as_neighbour.get(f"/alerts/{alert['id']}{path}")).status_code == 404
    for step in ("submit", "approve", "publish", "update", "cancel"):
        response = await stepped_up(as_neighbour).post(f"/alerts/{alert['id']}/{step}")
        assert response.status_code == 404, step


def _account(account: UUID, what: str) -> EventData:
    facts: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "account_id": account,
        "username": "someone",
        "name": "Someone",
    }
    if what == "reset":
        return AccountPasswordChanged(**facts, reset=True)
    return AccountCreated(**facts, roles=[], version=1)


async def _identity_tells(runtime: Runtime, deliver: Delivery, actor: Any, fact: EventData) -> None:
    async with runtime.session("alert_management", actor or system_actor("identity")) as session:
        await announce(session, fact)
    await deliver()
