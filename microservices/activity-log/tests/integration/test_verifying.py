"""`muster journal verify` finds what superusers do to the journal, and names the first bad entry."""

from __future__ import annotations

from typing import Any

import pytest

from activity_log.domain.chain import Link, entry_hash
from activity_log.repository import walks
from activity_log.service.integrity import Report, seal_new, verify_journal
from activity_log.service.journal import link
from muster_core.auth import system_actor


@pytest.fixture
async def journal(story: Any) -> Any:
    """Ten entries of ours, ten of the neighbours' and ten of the platform's, alternating."""
    organizations = [story.commander.organization_id, story.neighbour.organization_id, None]
    await story.happens(
        *(story.declared(f"Fire {n}", organization_id=organizations[n % 3]) for n in range(30))
    )
    return story


async def verify(story: Any) -> Report:
    return await verify_journal(story.runtime.database("activity_log"), story.runtime.settings.home)


async def seal(story: Any) -> None:
    reads = story.runtime.database("activity_log").reader
    async with story.runtime.session("activity_log", system_actor("activity-log")) as session:
        await seal_new(session, reads, story.runtime.settings.home)


async def test_an_untouched_journal_verifies(journal: Any) -> None:
    await seal(journal)

    report = await verify(journal)

    assert str(report) == "The journal is whole: 30 entries in 3 chains verified."


@pytest.mark.parametrize(
    "change",
    [
        "summary = overlay(summary PLACING 'D' FROM 1 FOR 1)",
        "data = replace(data::text, 'Fire', 'Fine')::json",
        "data = (data::text || ' ')::json",
        "time = time + interval '1 microsecond'",
        "actor_name = 'Somebody Else'",
        "exercise = NOT exercise",
        "requires = 'activity:audit'",
        "incident_id = NULL",
        "hash = set_byte(hash, 31, get_byte(hash, 31) # 1)",
        "previous_hash = set_byte(previous_hash, 0, get_byte(previous_hash, 0) # 128)",
    ],
)
async def test_one_changed_byte_is_found_and_named(journal: Any, change: str) -> None:
    ((entry_id, organization, sequence),) = await journal.sql(
        "SELECT id, organization_id, sequence FROM activity_log.entry WHERE position = 14"
    )
    await journal.tampered(f"UPDATE activity_log.entry SET {change} WHERE position = 14")

    problem = (await verify(journal)).problem

    assert problem is not None
    assert (problem.organization_id, problem.sequence, problem.id) == (
        organization,
        sequence,
        entry_id,
    )
    assert str(entry_id) in str(problem)


async def test_a_deleted_entry_is_found_and_named(journal: Any) -> None:
    await journal.tampered("DELETE FROM activity_log.entry WHERE position = 14")

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "missing" in problem.what
    assert problem.position == 14
    assert (problem.organization_id, problem.sequence) == (
        journal.neighbour.organization_id,
        5,
    )


async def test_a_chain_cut_short_is_found(journal: Any) -> None:
    await journal.tampered("DELETE FROM activity_log.entry WHERE position > 28")

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "missing" in problem.what


async def test_entries_put_in_another_order_are_found(journal: Any) -> None:
    await journal.tampered(
        "UPDATE activity_log.entry SET sequence = -sequence WHERE position IN (4, 7)",
        "UPDATE activity_log.entry SET sequence = CASE position WHEN 4 THEN 3 ELSE 2 END"
        " WHERE position IN (4, 7)",
    )

    problem = (await verify(journal)).problem

    assert problem is not None
    assert problem.position == 4


async def test_swapped_positions_are_found(journal: Any) -> None:
    await journal.tampered(
        "UPDATE activity_log.entry SET position = -position WHERE position IN (4, 5)",
        "UPDATE activity_log.entry SET position = CASE position WHEN -4 THEN 5 ELSE 4 END"
        " WHERE position < 0",
    )

    assert (await verify(journal)).problem is not None


async def test_an_emptied_journal_is_found(journal: Any) -> None:
    await seal(journal)
    await journal.tampered("DELETE FROM activity_log.entry", "DELETE FROM activity_log.head")

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "cut short" in problem.what


async def test_a_tail_cut_off_together_with_its_head_is_caught_by_the_seal(journal: Any) -> None:
    await seal(journal)
    await journal.tampered(
        "DELETE FROM activity_log.entry WHERE position > 27",
        "UPDATE activity_log.head SET (sequence, position, hash) = (SELECT e.sequence, e.position,"
        " e.hash FROM activity_log.entry e WHERE e.organization_id = head.organization_id"
        " ORDER BY e.position DESC LIMIT 1)",
    )

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "sealed" in problem.what
    assert problem.position == 28


async def test_a_chain_written_anew_with_fitting_hashes_is_caught_by_the_seal(journal: Any) -> None:
    await seal(journal)
    reads = journal.runtime.database("activity_log").reader
    entries = await walks.entries_from(reads, 0, 100, 100)
    entries[13].summary = 'declared "Nothing"'
    ends: dict[Any, Link] = {}
    link(entries, 0, ends)
    for entry in entries:
        await journal.tampered(
            "UPDATE activity_log.entry SET summary = :summary, hash = :hash,"
            " previous_hash = :previous WHERE position = :position",
            summary=entry.summary,
            hash=entry.hash,
            previous=entry.previous_hash,
            position=entry.position,
        )
    await journal.tampered(
        "UPDATE activity_log.head SET hash = (SELECT e.hash FROM activity_log.entry e"
        " WHERE e.organization_id = head.organization_id ORDER BY e.position DESC LIMIT 1)"
    )
    assert all(entry.hash == entry_hash(entry) for entry in entries)

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "written anew" in problem.what


async def test_a_forged_seal_is_found(journal: Any) -> None:
    await seal(journal)
    await journal.tampered("UPDATE activity_log.seal SET sequence = sequence - 1 WHERE id = 1")

    problem = (await verify(journal)).problem

    assert problem is not None
    assert "seal" in problem.what


async def test_an_entry_slipped_in_behind_the_journals_back_is_found(journal: Any) -> None:
    await journal.tampered(
        "INSERT INTO activity_log.entry SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'position', 31, 'sequence', 11, 'id', uuidv7()))).* FROM activity_log.entry e"
        " WHERE position = 28"
    )

    problem = (await verify(journal)).problem

    assert problem is not None
    assert problem.position == 31


async def test_sealing_goes_on_from_the_last_seal_and_signs_nothing_bad(journal: Any) -> None:
    await seal(journal)
    await journal.happens(journal.declared("Another"))
    await seal(journal)
    ((seals,),) = await journal.sql("SELECT count(*) FROM activity_log.seal")
    assert seals == 4
    assert (await verify(journal)).problem is None

    await journal.happens(journal.declared("Last"))
    await journal.tampered("UPDATE activity_log.entry SET subject = 'x' WHERE position = 32")
    await seal(journal)

    ((seals, ok),) = await journal.sql(
        "SELECT count(*), (SELECT ok FROM activity_log.verification WHERE walk = 'new')"
        " FROM activity_log.seal"
    )
    assert (seals, ok) == (4, False)


async def test_the_seal_key_is_readable_by_its_owner_alone(journal: Any) -> None:
    await seal(journal)

    key = journal.runtime.settings.home / "secrets" / "journal-seal.key"
    assert key.stat().st_mode & 0o777 == 0o600
