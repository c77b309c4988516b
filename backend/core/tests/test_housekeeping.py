"""Old keys and inbox rows are forgotten; what may still be asked for is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from muster_core.housekeeping import forget_old, housekeeping
from muster_core.tasks import TaskContext

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.database import Reader
    from muster_core.runtime import Runtime


@pytest.fixture
def reads(app: FastAPI) -> Reader:
    return app.state.runtime.database("board").reader


async def test_only_what_is_old_is_forgotten_however_much_it_is(
    runtime: Runtime, reads: Reader
) -> None:
    account = uuid4()
    await reads.execute(
        "INSERT INTO board.idempotency_key (account_id, key, request_digest, created_at)"
        " SELECT $1::uuid, 'old ' || n, ''::bytea, now() - interval '8 days' FROM generate_series(1, 12000) n"
        " UNION ALL SELECT $1::uuid, 'new', ''::bytea, now() - interval '6 days'",
        account,
    )
    await reads.execute(
        "INSERT INTO board.inbox (consumer, event_id, received_at)"
        " VALUES ('c', $1, now() - interval '31 days'), ('c', $2, now() - interval '29 days')",
        uuid4(),
        account,
    )

    await forget_old(TaskContext(runtime, "board"))

    kept = await reads.fetch("SELECT key FROM board.idempotency_key")
    assert [row["key"] for row in kept] == ["new"]
    assert [row["event_id"] for row in await reads.fetch("SELECT event_id FROM board.inbox")] == [
        account
    ]


def test_the_clock_starts_it() -> None:
    task = housekeeping("hazard-monitoring")
    assert (task.name, task.lane, task.every) == ("hazard_monitoring.forget_old", "bulk", 3600.0)
