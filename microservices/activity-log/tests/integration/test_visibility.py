"""The rule of who may see what is written twice, in Python for the stream and in SQL for lists: they agree."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

from activity_log.domain.visibility import Audience, may_see
from activity_log.repository import reading
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION


async def test_the_stream_and_the_lists_show_the_same(story: Any) -> None:
    shared, ended = story.declared("Shared"), story.declared("No longer shared")
    events = [
        event.model_copy(update={"requires": requires})
        for organization, exercise, requires in product(
            (ORGANIZATION, FOREIGN_ORGANIZATION, None),
            (False, True),
            ("incidents:read", "activity:audit"),
        )
        for incident in (shared, ended, story.declared())
        for event in await story.events(
            incident.model_copy(update={"organization_id": organization, "exercise": exercise})
        )
    ]
    await story.hears(*events)
    await story.happens(story.shared(shared), story.shared(ended, seconds=-5))

    reads = story.runtime.database("activity_log").reader
    told = await reading.entries_after(reads, 0, 500)
    shares = await reading.shares_in_force(reads)
    sizes: set[int] = set()
    for organization, permissions, exercise, incident in product(
        (ORGANIZATION, FOREIGN_ORGANIZATION),
        ((), ("incidents:read",), ("incidents:read", "activity:audit")),
        (None, True, False),
        (None, shared.incident_id, ended.incident_id),
    ):
        audience = Audience(organization, frozenset(permissions), exercise, incident)
        listed = await reading.entries_between(reads, audience, 0, 10**6, 500)
        now = datetime.now(UTC)
        streamed = [one.position for one in told if may_see(audience, one.mark, shares, now)]
        assert [row["position"] for row in listed] == streamed
        sizes.add(len(streamed))
    assert len(sizes) > 5
