from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest

from alert_management.schemas.received import ThreadDetail, ThreadPage
from muster_testing.people import ORGANIZATION


def referring(make: Any, identifier: str, msg_type: str, *targets: str, **more: Any) -> str:
    """A later message of the same sender about earlier ones; each was sent when `make.cap` says."""
    sent = make.now - timedelta(hours=1)
    names = [(more.pop("of", "nws@example.org"), target, sent) for target in targets]
    said = {"sent": make.now, "msg_type": msg_type, "references": names, **more}
    return str(make.cap(identifier, **said))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_updates_and_cancels_end_what_they_refer_to_whichever_arrives_first(
    order: tuple[int, ...], story: Any, make: Any
) -> None:
    messages = [
        make.cap("A-1"),
        referring(make, "A-2", "Update", "A-1", sent=make.now - timedelta(minutes=30)),
        make.cap(
            "A-3",
            sent=make.now,
            msg_type="Cancel",
            references=[("nws@example.org", "A-2", make.now - timedelta(minutes=30))],
        ),
    ]
    await story.take(*[messages[place] for place in order])
    states = {one["identifier"]: one["state"] for one in await story.received()}
    assert states == {"A-1": "updated", "A-2": "cancelled", "A-3": "notice"}
    assert await story.threads() == [{"A-1", "A-2", "A-3"}]
    assert await story.received(in_force="true") == []


async def test_what_an_update_did_is_told_and_shown_at_both_ends(story: Any, make: Any) -> None:
    (first,) = await story.take(make.cap("A-1"))
    await story.deliver()
    (second,) = await story.take(referring(make, "A-2", "Update", "A-1"))
    assert second["why"].startswith("It refers to A-1 of nws@example.org, sent ")
    assert await story.announced() == ["alert.received", "received_alert.ended"]
    old = (await story.client.get(f"/received-alerts/{first['id']}")).json()
    assert old["referred_to_by"][0]["received_id"] == second["id"]
    new = (await story.client.get(f"/received-alerts/{second['id']}")).json()
    assert new["references"][0] | {"sent": ""} == {
        "sender": "nws@example.org",
        "identifier": "A-1",
        "sent": "",
        "received_id": first["id"],
        "effect": "updated",
        "why": None,
    }


async def test_nobody_cancels_anothers_alert(story: Any, make: Any) -> None:
    await story.take(
        make.cap("A-1"), referring(make, "X-1", "Cancel", "A-1", sender="evil@example.net")
    )
    cancel, alert = await story.received()
    assert alert["state"] == "in_force"
    refused = (await story.client.get(f"/received-alerts/{cancel['id']}")).json()["references"][0]
    assert (refused["effect"], refused["why"]) == (
        "none",
        "It is by evil@example.net, not by nws@example.org.",
    )


async def test_the_same_flood_of_two_publishers_is_one_thread_and_says_why_in_numbers(
    story: Any, make: Any
) -> None:
    await story.take(make.cap("A-1"))
    (second,) = await story.take(
        make.cap(
            "H-9",
            sender="hydro@example.org",
            event="Inondation",
            headline="Crue de la rivière",
            polygon=make.nearly_the_river,
        )
    )
    assert second["how"] == "overlap"
    assert second["why"] == (
        "“River flood near Stockton” of nws@example.org is of the same kind (flood), shares 100% of the"
        " smaller area (by its outline; at least 50% is asked), 90% of both together (at least 10%), and"
        " 100% of the shorter time (at least 50%)."
    )
    page = await story.client.get("/received-alerts/threads", params={"several": "true"})
    ThreadPage.model_validate_json(page.content)
    (thread,) = page.json()["items"]
    assert (thread["alerts"], thread["in_force"]) == (2, 2)
    assert thread["senders"] == ["hydro@example.org", "nws@example.org"]
    detail = await story.client.get(f"/received-alerts/threads/{thread['id']}")
    ThreadDetail.model_validate_json(detail.content)
    assert len(detail.json()["items"]) == 2
    shown = (await story.client.get(f"/received-alerts/{second['id']}")).json()
    assert shown["measures"]["area_of_both"] == pytest.approx(0.9, abs=0.01)


async def test_areas_named_by_codes_are_compared_by_codes(story: Any, make: Any) -> None:
    codes = [("SAME", "006077"), ("SAME", "006099")]
    (_, second) = await story.take(
        make.cap("A-1", polygon=None, geocodes=codes),
        make.cap("S-1", sender="state@example.org", polygon=None, geocodes=codes[:1]),
    )
    assert second["how"] == "overlap"
    assert "shares 100% of the smaller area (by its codes" in second["why"]
    assert "50% of both together" in second["why"]


async def test_codes_that_a_boundary_of_ours_has_put_an_alert_on_the_map(
    story: Any, make: Any
) -> None:
    reader = story.runtime.database("alert_management").reader
    await reader.execute(
        """INSERT INTO alert_management.boundary
        (id, organization_id, kind, code, name, geometry, extent)
        VALUES (gen_random_uuid(), $1, 'county', '06077', 'San Joaquin', $2::jsonb,
            '((-120,39),(-121,38))')""",
        ORGANIZATION,
        '{"type":"Polygon","coordinates":[[[-121,38],[-120,38],[-120,39],[-121,39],[-121,38]]]}',
    )
    (coded,) = await story.take(make.cap("A-1", polygon=None, geocodes=[("SAME", "006077")]))
    (shown,) = await story.received(bbox="-120.6,38.4,-120.5,38.5")
    assert (shown["id"], shown["area_by_codes"]) == (coded["id"], True)
    (drawn,) = await story.take(make.cap("H-1", sender="hydro@example.org"))
    assert drawn["how"] == "overlap"


async def test_another_place_kind_time_or_world_is_another_event(story: Any, make: Any) -> None:
    other: dict[str, Any] = {"sender": "hydro@example.org"}
    await story.take(
        make.cap("A-1"),
        make.cap("H-1", polygon=make.far_away, **other),
        make.cap("H-2", event="Tornado Warning", **other),
        make.cap(
            "H-3",
            sent=make.now + timedelta(hours=6),
            expires=make.now + timedelta(hours=9),
            **other,
        ),
        make.cap("H-4", status="Exercise", **other),
    )
    assert len(await story.threads()) == 5


async def test_one_publishers_two_alerts_are_two_events_unless_it_says_so_itself(
    story: Any, make: Any
) -> None:
    await story.take(
        make.cap("A-1"),
        make.cap("A-2"),
        make.cap("A-2", sent=make.now),
    )
    assert [len(thread) for thread in await story.threads()] == [1, 1]
    again = next(one for one in await story.received() if one["how"] == "identifier")
    assert "sent the identifier A-2 before" in again["why"]


async def split_off(story: Any, make: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Two publishers' alerts of one thread, of which a person takes the second out."""
    first, second = await story.take(
        make.cap("A-1"), make.cap("H-1", sender="hydro@example.org", polygon=make.nearly_the_river)
    )
    assert first["thread_id"] == second["thread_id"]
    answer = await story.client.post(
        f"/received-alerts/threads/{first['thread_id']}/split",
        json={"alert_ids": [second["id"]], "reason": "Another river"},
    )
    assert answer.status_code == 201, answer.text
    return first, second, answer.json()


async def test_a_person_takes_an_alert_out_and_takes_that_back(story: Any, make: Any) -> None:
    first, second, change = await split_off(story, make)
    assert await story.threads() == [{"A-1"}, {"H-1"}]
    moved = (await story.client.get(f"/received-alerts/{second['id']}")).json()
    assert (moved["how"], moved["why"]) == ("person", "Administrator took it out: Another river")
    thread = (await story.client.get(f"/received-alerts/threads/{first['thread_id']}")).json()
    assert thread["apart_from"] == [moved["thread_id"]]
    (told,) = thread["changes"]
    assert (told["kind"], told["by"], told["undoable"]) == ("split", "Administrator", True)

    answer = await story.client.post(f"/received-alerts/thread-changes/{change['change_id']}/undo")
    assert answer.status_code == 200, answer.text
    assert await story.threads() == [{"A-1", "H-1"}]
    back = (await story.client.get(f"/received-alerts/{second['id']}")).json()
    assert (back["how"], back["why"]) == (second["how"], second["why"])
    thread = (await story.client.get(f"/received-alerts/threads/{first['thread_id']}")).json()
    assert thread["apart_from"] == []
    assert thread["changes"][0]["undone_by"] == "Administrator"
    gone = (await story.client.get(f"/received-alerts/threads/{moved['thread_id']}")).json()
    assert (gone["alerts"], gone["merged_into"]) == (0, first["thread_id"])
    again = await story.client.post(f"/received-alerts/thread-changes/{change['change_id']}/undo")
    assert again.status_code == 409
    assert (await story.announced())[-2:] == ["alert_thread.split", "alert_thread.undone"]


async def test_no_reference_overrules_a_person_who_took_threads_apart(
    story: Any, make: Any
) -> None:
    await split_off(story, make)
    sent = make.now - timedelta(hours=1)
    (both,) = await story.take(
        make.cap(
            "A-9",
            sent=make.now,
            msg_type="Update",
            references=[("nws@example.org", "A-1", sent), ("hydro@example.org", "H-1", sent)],
        )
    )
    assert await story.threads() == [{"A-1", "A-9"}, {"H-1"}]
    assert "A person keeps another thread that is tied to it apart." in both["why"]


async def test_an_alert_that_ties_two_threads_makes_them_one_and_a_person_may_undo_it_for_good(
    story: Any, make: Any
) -> None:
    await story.take(make.cap("A-1"), make.cap("A-2", polygon=make.far_away))
    await story.take(referring(make, "A-3", "Update", "A-1", "A-2"))
    assert await story.threads() == [{"A-1", "A-2", "A-3"}]
    (one, *_) = await story.received()
    thread = (await story.client.get(f"/received-alerts/threads/{one['thread_id']}")).json()
    (change,) = thread["changes"]
    assert (change["kind"], change["by"]) == ("join", None)
    await story.client.post(f"/received-alerts/thread-changes/{change['id']}/undo")
    assert await story.threads() == [{"A-1", "A-3"}, {"A-2"}]
    await story.take(referring(make, "A-4", "Update", "A-1", "A-2"))
    assert await story.threads() == [{"A-1", "A-3", "A-4"}, {"A-2"}]


async def test_a_person_joins_threads_and_later_changes_are_taken_back_first(
    story: Any, make: Any
) -> None:
    first, second = await story.take(
        make.cap("A-1"), make.cap("H-1", sender="hydro@example.org", polygon=make.far_away)
    )
    path = f"/received-alerts/threads/{first['thread_id']}"
    itself = {"thread_ids": [first["thread_id"]], "reason": "One river"}
    assert (await story.client.post(f"{path}/join", json=itself)).status_code == 422
    asked = {"thread_ids": [second["thread_id"]], "reason": "One river"}
    joined = await story.client.post(f"{path}/join", json=asked)
    assert joined.status_code == 201, joined.text
    assert await story.threads() == [{"A-1", "H-1"}]
    assert (await story.client.post(f"{path}/join", json=asked)).status_code == 409

    every = {"alert_ids": [first["id"], second["id"]], "reason": "No"}
    assert (await story.client.post(f"{path}/split", json=every)).status_code == 422
    split = await story.client.post(
        f"{path}/split", json={"alert_ids": [second["id"]], "reason": "No, two"}
    )
    too_early = await story.client.post(
        f"/received-alerts/thread-changes/{joined.json()['change_id']}/undo"
    )
    assert (too_early.status_code, too_early.json()["type"].rpartition("/")[2]) == (
        409,
        "undo-later-first",
    )
    for change in (split, joined):
        undone = await story.client.post(
            f"/received-alerts/thread-changes/{change.json()['change_id']}/undo"
        )
        assert undone.status_code == 200, undone.text
    assert await story.threads() == [{"A-1"}, {"H-1"}]
    now = {one["identifier"]: one["thread_id"] for one in await story.received()}
    assert now == {"A-1": first["thread_id"], "H-1": second["thread_id"]}


async def test_threads_are_changed_by_those_who_may_and_in_their_own_organization(
    story: Any, make: Any, as_responder: httpx.AsyncClient, as_neighbour: httpx.AsyncClient
) -> None:
    first, second, change = await split_off(story, make)
    for path, body in (
        (f"threads/{first['thread_id']}/split", {"alert_ids": [second["id"]], "reason": "No"}),
        (f"threads/{first['thread_id']}/join", {"thread_ids": [second["id"]], "reason": "No"}),
        (f"thread-changes/{change['change_id']}/undo", None),
    ):
        refused = await as_responder.post(f"/received-alerts/{path}", json=body)
        assert refused.status_code == 403
        unseen = await as_neighbour.post(f"/received-alerts/{path}", json=body)
        assert unseen.status_code == 404


async def test_an_exercise_never_joins_the_real_world(story: Any, make: Any) -> None:
    real, played = await story.take(make.cap("A-1"), make.cap("A-2", status="Exercise"))
    answer = await story.client.post(
        f"/received-alerts/threads/{real['thread_id']}/join",
        json={"thread_ids": [played["thread_id"]], "reason": "No"},
    )
    assert answer.status_code == 422


async def test_pages_follow_each_other_without_gap_or_repeat(story: Any, make: Any) -> None:
    await story.take(*(make.cap(f"A-{n}", sent=make.now - timedelta(minutes=n)) for n in range(5)))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await story.client.get("/received-alerts", params=query)).json()
        seen += [one["identifier"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"A-{n}" for n in range(5)]
