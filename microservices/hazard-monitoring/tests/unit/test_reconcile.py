from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hazard_monitoring.domain.hazards import (
    Change,
    HazardKind,
    Known,
    Observation,
    Report,
    Withdrawal,
    differences,
    newest_of_each,
    reconcile,
)

T0 = datetime(2019, 7, 6, 3, 25, tzinfo=UTC)


def seen(external_id: str, *also: str, minutes: int = 0, magnitude: float = 7.1) -> Observation:
    return Observation(
        external_id=external_id,
        ids=tuple(sorted({external_id, *also})),
        kind=HazardKind.EARTHQUAKE,
        title=f"M {magnitude}",
        magnitude=magnitude,
        magnitude_type="mw",
        alert_level=None,
        tsunami=False,
        felt=None,
        place=None,
        longitude=-117.6,
        latitude=35.7,
        depth_km=8.0,
        occurred_at=T0,
        reported_at=T0 + timedelta(minutes=minutes),
        url=None,
        raw={},
    )


def withdrawn(external_id: str, minutes: int = 0) -> Withdrawal:
    at = T0 + timedelta(minutes=minutes)
    return Withdrawal(external_id=external_id, ids=(external_id,), reported_at=at, raw={})


def known(number: int, external_id: str, *also: str, deleted: bool = False) -> Known:
    return Known(
        hazard_id=UUID(int=number),
        external_id=external_id,
        ids=frozenset({external_id, *also}),
        reported_at=T0,
        first_seen_at=T0 + timedelta(seconds=number),
        deleted=deleted,
    )


def decide(*reports: Report, of: list[Known]) -> tuple[list[str], list[tuple[int, Change]]]:
    plan = reconcile(newest_of_each(reports), of)
    return (
        [report.external_id for report in plan.reported],
        [(revise.hazard.hazard_id.int, revise.change) for revise in plan.revised],
    )


def test_an_unchanged_document_changes_nothing() -> None:
    assert decide(seen("ci1"), seen("ci2"), of=[known(1, "ci1"), known(2, "ci2")]) == ([], [])


def test_a_later_report_is_one_revision_and_an_earlier_one_none() -> None:
    assert decide(seen("ci1", minutes=5), of=[known(1, "ci1")]) == ([], [(1, Change.UPDATED)])
    assert decide(seen("ci1", minutes=-5), of=[known(1, "ci1")]) == ([], [])


def test_an_event_whose_preferred_id_changes_stays_the_same_event() -> None:
    changes = decide(seen("us9", "ci1", minutes=1), of=[known(1, "ci1")])
    assert changes == ([], [(1, Change.MERGED)])


def test_two_events_that_turn_out_to_be_one_are_merged_into_the_one_the_feed_prefers() -> None:
    of = [known(1, "us9"), known(2, "ci1")]
    plan = reconcile([seen("ci1", "us9", minutes=1)], of)
    (revise,) = plan.revised
    assert (revise.hazard.hazard_id, revise.absorbed) == (UUID(int=2), (UUID(int=1),))
    assert revise.change is Change.MERGED


def test_ids_that_the_same_document_reports_as_another_event_are_not_merged() -> None:
    both = (seen("ci1", "us9", minutes=1), seen("us9", minutes=1))
    assert decide(*both, of=[]) == (["ci1", "us9"], [])
    of = [known(1, "ci1"), known(2, "us9")]
    assert decide(*both, of=of) == ([], [(1, Change.UPDATED), (2, Change.UPDATED)])


def test_one_event_split_in_two_becomes_two() -> None:
    parts = (seen("ci1", minutes=1), seen("us9", minutes=1))
    assert decide(*parts, of=[known(1, "ci1", "us9")]) == (["us9"], [(1, Change.UPDATED)])


def test_a_withdrawn_event_is_deleted_once_and_may_come_back() -> None:
    assert decide(withdrawn("ci1"), of=[known(1, "ci1")]) == ([], [(1, Change.DELETED)])
    gone = known(1, "ci1", deleted=True)
    assert decide(withdrawn("ci1", minutes=9), of=[gone]) == ([], [])
    assert decide(seen("ci1", minutes=9), of=[gone]) == ([], [(1, Change.RESTORED)])


def test_withdrawing_an_event_nobody_heard_of_is_no_news() -> None:
    assert decide(withdrawn("ci1"), of=[]) == ([], [])


def test_an_event_missing_from_a_summary_has_only_grown_old() -> None:
    assert decide(seen("ci2"), of=[known(1, "ci1")]) == (["ci2"], [])


def test_a_document_that_repeats_an_event_counts_its_latest_report() -> None:
    twice = (seen("ci1", minutes=1), seen("ci1", minutes=3, magnitude=6.9))
    (newest,) = newest_of_each(twice)
    assert isinstance(newest, Observation)
    assert newest.magnitude == 6.9


def test_a_revision_names_what_changed_and_nothing_else() -> None:
    before, after = seen("ci1", magnitude=6.9), seen("ci1", minutes=9, magnitude=7.1)
    assert differences(before, after) == [
        {"field": "title", "from": "M 6.9", "to": "M 7.1"},
        {"field": "magnitude", "from": 6.9, "to": 7.1},
    ]
