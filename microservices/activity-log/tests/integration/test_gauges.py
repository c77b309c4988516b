"""/metrics says how old the journal is and whether it verified."""

from __future__ import annotations

import math
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from activity_log.service.integrity import seal_new
from muster_core.auth import system_actor


async def scraped(anonymous: httpx.AsyncClient) -> dict[tuple[str, str], float]:
    text = (await anonymous.get("http://muster.test/metrics")).text
    return {
        (sample.name, sample.labels.get("walk", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def verify_new(story: Any) -> None:
    reads = story.runtime.database("activity_log").reader
    async with story.runtime.session("activity_log", system_actor("activity-log")) as session:
        await seal_new(session, reads, story.runtime.settings.home)


async def test_the_journals_age_and_what_its_verification_found(
    anonymous: httpx.AsyncClient, story: Any
) -> None:
    empty = await scraped(anonymous)
    assert math.isnan(empty["muster_journal_head_age_seconds", ""])
    assert math.isnan(empty["muster_journal_intact", "new"])

    await story.happens(story.declared("Cedar Creek Fire"), story.declared("Pine Flat Fire"))
    await verify_new(story)
    whole = await scraped(anonymous)
    assert 0 <= whole["muster_journal_head_age_seconds", ""] < 30
    assert whole["muster_journal_intact", "new"] == 1
    assert 0 <= whole["muster_journal_verified_age_seconds", "new"] < 30

    await story.happens(story.declared("Third Fire"))
    await story.tampered("UPDATE activity_log.entry SET summary = 'nothing' WHERE sequence = 3")
    await verify_new(story)
    assert (await scraped(anonymous))["muster_journal_intact", "new"] == 0
