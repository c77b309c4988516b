"""/metrics says how old each feed's news is; what was never heard is unknown and stale, not fresh."""

from __future__ import annotations

import math
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families


async def scraped(anonymous: httpx.AsyncClient) -> dict[tuple[str, str], float]:
    text = (await anonymous.get("http://muster.test/metrics")).text
    return {
        (sample.name, sample.labels.get("feed", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_feed_ages_until_it_is_heard(
    anonymous: httpx.AsyncClient, poll: Any, feed: Any, story: Any
) -> None:
    feed.behave(status="503 Service Unavailable")
    await poll()
    before = await scraped(anonymous)
    assert math.isnan(before["muster_feed_age_seconds", "usgs"])
    assert before["muster_feed_stale", "usgs"] == 1

    feed.behave()
    await poll()
    heard = await scraped(anonymous)
    assert 0 <= heard["muster_feed_age_seconds", "usgs"] < 30
    assert heard["muster_feed_stale", "usgs"] == 0

    reader = story.runtime.database("hazard_monitoring").reader
    await reader.execute(
        "UPDATE hazard_monitoring.feed SET last_success_at = now() - interval '2 hours'"
    )
    old = await scraped(anonymous)
    assert 7190 < old["muster_feed_age_seconds", "usgs"] < 7300
    assert old["muster_feed_stale", "usgs"] == 1


async def test_a_paused_feed_has_no_age(
    anonymous: httpx.AsyncClient, poll: Any, story: Any
) -> None:
    await poll()
    reader = story.runtime.database("hazard_monitoring").reader
    await reader.execute("UPDATE hazard_monitoring.feed SET paused = true")

    assert ("muster_feed_age_seconds", "usgs") not in await scraped(anonymous)
