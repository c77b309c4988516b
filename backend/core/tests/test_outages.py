"""What is an outage, and what is a mistake: the one is waited for, the other is not repeated for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from muster_core.database import Database
from muster_core.errors import UnavailableError
from muster_core.outages import (
    OutcomeUnknownError,
    is_outage,
    unavailable,
    when_it_answers,
)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, 2)
    yield made
    await made.close()


MISTAKES = {
    "an argument the driver refuses": ("SELECT CAST(:value AS integer)", 10**12),
    "a text the server refuses": ("SELECT CAST(:value AS text)", "a\x00b"),
    "a statement that is wrong": ("SELECT nothing FROM nowhere WHERE :value = 1", 1),
    "a statement that takes too long": ("SELECT pg_sleep(CAST(:value AS integer))", 2),
}


async def _run(database: Database, statement: str, value: object) -> None:
    async with database.session("public") as session:
        await session.execute(text("SET LOCAL statement_timeout = '200ms'"))
        await session.execute(text(statement), {"value": value})


@pytest.mark.parametrize("what", MISTAKES)
async def test_a_mistake_is_no_outage(database: Database, what: str) -> None:
    statement, value = MISTAKES[what]
    with pytest.raises(Exception) as met:  # noqa: PT011 - which one is the driver's business
        await _run(database, statement, value)
    assert not is_outage(met.value), met.value


async def test_a_mistake_of_a_read_is_no_outage(database: Database) -> None:
    with pytest.raises(Exception) as met:  # noqa: PT011 - the same
        await database.reader.fetch("SELECT $1::integer", "no number")
    assert not is_outage(met.value), met.value


async def test_a_connection_that_is_ended_is_an_outage_and_the_next_one_works(
    database: Database,
) -> None:
    with pytest.raises(UnavailableError) as met:
        async with database.session("public") as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert not isinstance(met.value, OutcomeUnknownError)
    with pytest.raises(UnavailableError):
        await database.reader.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
    async with database.session("public") as session:
        assert await session.scalar(text("SELECT 1")) == 1
    assert len(await database.reader.fetch("SELECT 1")) == 1


async def test_what_was_read_is_not_lost_with_a_connection_dropped_while_it_is_given_back(
    database: Database,
) -> None:
    reader = database.reader
    async with reader._connection() as connection:  # pyright: ignore[reportPrivateUsage]
        assert await connection.fetchval("SELECT 1") == 1
        # Runs between the pool's "give back" and its task that does so.
        asyncio.get_running_loop().call_soon(reader.drop)
    assert len(await reader.fetch("SELECT 1")) == 1
    assert reader.in_use[0] == 0


async def test_a_connection_lost_while_nobody_used_it_costs_no_request(database: Database) -> None:
    async with database.session("public") as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    await database.reader.fetch("SELECT pg_terminate_backend($1, 5000)", pid)
    await asyncio.sleep(0.1)  # until its end has come through the socket
    async with database.session("public") as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != pid


async def test_a_full_disk_and_a_standby_are_said_in_words(database: Database) -> None:
    for state, words in (("53100", "disk is full"), ("25006", "takes no changes")):
        with pytest.raises(UnavailableError) as met:
            async with database.session("public") as session:
                await session.execute(
                    text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")
                )
        assert words in met.value.detail
        assert met.value.retry_after
        assert unavailable(met.value) is met.value


async def test_what_a_start_needs_is_tried_until_the_database_answers() -> None:
    times = 0

    async def work() -> str:
        nonlocal times
        times += 1
        if times < 3:
            raise UnavailableError
        return "done"

    assert await when_it_answers(work) == "done"
    with pytest.raises(UnavailableError):
        await when_it_answers(_away, seconds=0)
    with pytest.raises(ZeroDivisionError):
        await when_it_answers(_wrong)


async def _away() -> None:
    raise UnavailableError


async def _wrong() -> None:
    raise ZeroDivisionError
