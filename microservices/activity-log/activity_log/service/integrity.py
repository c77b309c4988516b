"""Verification: walks through the journal, and seals what was found good.

Two walks go on side by side. "new" follows the newest entries each minute and seals them; "whole" begins at the first
entry again each day. Both can be put down at any entry and taken up again, by any worker.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.domain.chain import PLATFORM, Link, Problem, Walk
from activity_log.permissions import Permission
from activity_log.repository import walks
from activity_log.repository.walks import Walks
from activity_log.schemas import Integrity
from activity_log.service.seals import Seal, SealedHead, SealKey, broken_seal
from muster_core.auth import Actor, authorize
from muster_core.database import Database, Reader
from muster_core.logs import get_logger

_CHUNK = 2_000
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a walk found: `ended` if it came to the newest entry without a problem."""

    problem: Problem | None
    ended: bool


async def go_on(
    reads: Reader, walk: Walk, key: SealKey | None, seconds: float = float("inf")
) -> Outcome:
    """Walk on to the newest entry, or for about so many seconds."""
    heads = await walks.heads_now(reads)
    stop = time.monotonic() + seconds
    while walk.position < heads.position:
        before = walk.position
        entries = await walks.entries_from(reads, before, heads.position, _CHUNK)
        problem = walk.check(entries) or await _check_seals(reads, before, walk.position, key)
        if problem is not None:
            return Outcome(problem, ended=False)
        if not entries:
            break
        if walk.missing is None and time.monotonic() > stop:
            return Outcome(None, ended=False)
    problem = walk.finish(heads.ends)
    if problem is None:
        problem = await _check_seals(reads, walk.position, 2**62, key)
    if problem is None and heads.newest > heads.position:
        problem = Problem(
            "the entry was not written by the journal: it lies beyond every head",
            position=heads.position + 1,
        )
    return Outcome(problem, ended=problem is None)


async def _check_seals(reads: Reader, after: int, upto: int, key: SealKey | None) -> Problem | None:
    rows = await walks.seals_between(reads, after, upto)
    seals = [
        Seal(
            SealedHead(
                row["organization_id"],
                row["sequence"],
                row["position"],
                row["hash"],
                row["sealed_at"],
            ),
            row["key_id"],
            row["signature"],
            row["found"],
        )
        for row in rows
    ]
    broken = broken_seal(key, seals)
    if broken is None:
        return None
    seal, what = broken
    head = seal.head
    return Problem(what, head.organization_id, head.sequence, None, head.position)


@dataclass(frozen=True, slots=True)
class Report:
    """What `muster journal verify` says."""

    entries: int
    chains: int
    problem: Problem | None

    def __str__(self) -> str:
        """One sentence."""
        if self.problem is not None:
            return f"The journal is not as it was written. First bad entry: {self.problem}."
        return f"The journal is whole: {self.entries} entries in {self.chains} chains verified."


async def verify_journal(database: Database, home: Path) -> Report:
    """Walk through every chain from its first entry, comparing with heads and seals."""
    walk = Walk()
    outcome = await go_on(database.reader, walk, SealKey.load(home))
    entries = sum(end.sequence for end in walk.ends.values())
    return Report(entries, len(walk.ends), outcome.problem)


async def seal_new(session: AsyncSession, reads: Reader, home: Path) -> Problem | None:
    """Verify what was appended since the last time, and sign the heads it ends with."""
    kept = Walks(session)
    walk, state = await kept.load("new")
    reached = walk.position
    key = SealKey.load_or_make(home)
    outcome = await go_on(reads, walk, key)
    now = datetime.now(UTC)
    if outcome.problem is not None:
        walk.position, walk.ends = reached, (await kept.load("new"))[0].ends
        await kept.save("new", walk, ok=False, problem=_as_json(outcome.problem), finished_at=now)
        _log.error("the journal is not as it was written", problem=str(outcome.problem))
        return outcome.problem
    if state is not None and state.ok is False:
        _log.warning("the journal verifies again")
    await kept.save("new", walk, ok=True, problem=None, finished_at=now)
    signed: list[dict[str, Any]] = []
    for head in await kept.unsealed(walk.position):
        if walk.ends.get(head.organization_id) != Link(head.sequence, head.hash):
            continue
        said = SealedHead(head.organization_id, head.sequence, head.position, head.hash, now)
        signed.append(
            {
                "organization_id": head.organization_id,
                "sequence": head.sequence,
                "position": head.position,
                "hash": head.hash,
                "sealed_at": now,
                "key_id": key.id,
                "signature": key.sign(said),
            }
        )
    await kept.add_seals(signed)
    if signed:
        # The log is the copy outside the database: it outlives a table of seals cut short along with the journal.
        last = signed[-1]
        _log.info(
            "journal sealed",
            chains=len(signed),
            position=last["position"],
            head=cast("bytes", last["hash"]).hex(),
        )
    return None


async def walk_whole(
    session: AsyncSession, reads: Reader, home: Path, *, hours: float, seconds: float
) -> Problem | None:
    """Go on with the walk through everything; begin anew `hours` after the last one ended."""
    kept = Walks(session)
    walk, state = await kept.load("whole")
    ok, found, finished_at = (
        (state.ok, state.problem, state.finished_at) if state is not None else (None, None, None)
    )
    now = datetime.now(UTC)
    if walk.position == 0 and ok and finished_at and now - finished_at < timedelta(hours=hours):
        return None
    outcome = await go_on(reads, walk, SealKey.load(home), seconds)
    if outcome.problem is None and not outcome.ended:
        await kept.save("whole", walk, ok=ok, problem=found, finished_at=finished_at)
        return None
    await kept.save(
        "whole",
        Walk(),
        ok=outcome.problem is None,
        problem=_as_json(outcome.problem),
        finished_at=datetime.now(UTC),
    )
    if outcome.problem is not None:
        _log.error("the journal is not as it was written", problem=str(outcome.problem))
    return outcome.problem


async def read_integrity(reads: Reader, actor: Actor) -> Integrity:
    """The state of the actor's organization's chain. `ok` is None until a walk has been through."""
    authorize(actor, Permission.AUDIT)
    row = await walks.integrity_of(reads, actor.organization)
    found: str | None = row["new_problem"] or row["whole_problem"]
    return Integrity(
        organization_id=actor.organization,
        entries=row["entries"],
        head_hash=row["head_hash"].hex() if row["head_hash"] else None,
        head_at=row["head_at"],
        sealed_at=row["sealed_at"],
        verified_at=row["new_at"],
        verified_entries=row["verified_entries"],
        walked_through_at=row["whole_at"],
        ok=_verdict(row["new_ok"], row["whole_ok"]),
        problem=None if found is None else _told(json.loads(found), actor),
    )


def _verdict(*walked: bool | None) -> bool | None:
    if False in walked:
        return False
    return None if None in walked else True


def _told(found: dict[str, Any], actor: Actor) -> str:
    organization_id = found["organization_id"]
    mine = {None, str(PLATFORM), str(actor.organization)}
    if organization_id not in mine:
        return "Another organization's chain is not as it was written. `muster journal verify` names the entry."
    known = {name: UUID(found[name]) if found[name] else None for name in ("organization_id", "id")}
    return str(
        Problem(found["what"], sequence=found["sequence"], position=found["position"], **known)
    )


def _as_json(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(problem).items()
    }
