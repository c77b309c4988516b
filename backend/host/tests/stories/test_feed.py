"""A USGS summary served over HTTP: every feature once, unchanged again nothing new, one change one revision."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muster_testing.feed_story import invented, serving, taken_whole_and_changed_once
from muster_testing.hosting import Host

pytestmark = [pytest.mark.serial, pytest.mark.timeout(600)]
REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "hazards"


def documents() -> list[Any]:
    """The invented feed, and the real ones where they are at hand."""
    real = [path for path in sorted(REAL.glob("usgs_1.0_*.json")) if path.is_file()]
    return [pytest.param(invented, id="invented")] + [
        pytest.param(lambda path=path: json.loads(path.read_text(encoding="utf-8")), id=path.name)
        for path in real
    ]


@pytest.mark.parametrize("make", documents())
def test_a_summary_is_taken_whole_and_changes_once(
    make: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    document = make()
    with (
        serving(document) as (url, asked),
        Host(
            tmp_path / "var", MUSTER_HAZARDS_USGS_URL=url, MUSTER_HAZARDS_POLL_SECONDS="1"
        ) as host,
        host.client("incident-commander") as commander,
    ):
        taken_whole_and_changed_once(document, asked, commander)
