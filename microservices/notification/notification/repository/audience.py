"""Who an alert reaches: chosen by PostgreSQL, by point in area and by area over area, with its own types and GiST.

`select_audience` is the one place where it is said who is reached. It is counted before an alert is approved
(`count_audience`) and written into chunks when it is published (`Audience.chunks`): the same SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.hazards import groups_of
from notification.domain.subscribers import rank
from notification.pieces import GeoJSON, cut

CHUNK = 500

_WANTED = """c.active AND c.exercise = :exercise AND c.min_severity <= :rank
            AND (c.hazards IS NULL OR CAST(:groups AS text[]) IS NULL OR c.hazards && CAST(:groups AS text[]))"""
_PLACES = f"""
    WITH piece AS MATERIALIZED (
        SELECT CAST(ring AS polygon) AS ring, west, south, east, north, sure
        FROM unnest(CAST(:rings AS text[]), CAST(:wests AS float8[]), CAST(:souths AS float8[]),
            CAST(:easts AS float8[]), CAST(:norths AS float8[]), CAST(:sure AS boolean[]))
            AS p (ring, west, south, east, north, sure)
    ), over AS MATERIALIZED (
        SELECT DISTINCT a.subscription_id FROM piece p JOIN {SCHEMA}.subscription_areas a ON a.piece && p.ring
    )"""


def _found(columns: str, which: str, group: str = "") -> str:
    """Contact points that are reached. None comes twice: a point is in one cell, and who has an area has no point."""
    return f"""
        SELECT {columns} FROM piece p
        JOIN {SCHEMA}.contact_points c ON c.at <@ p.ring AND (p.sure OR
            c.at[0] >= p.west AND c.at[0] < p.east AND c.at[1] >= p.south AND c.at[1] < p.north)
        WHERE {_WANTED} AND {which} {group}
        UNION ALL
        SELECT {columns} FROM over o JOIN {SCHEMA}.contact_points c ON c.subscription_id = o.subscription_id
        WHERE {_WANTED} AND {which} {group}"""


# Most contact points are the only one of their address and of their subscription: those need no looking for others.
_SEVERAL = f"""{_PLACES}, several AS (
        {_found("c.id, c.channel, c.subscription_id, c.address_index", "NOT c.single")}
    )"""
_ONCE = f"""{_SEVERAL}, once AS (
        {_found("c.id, c.channel", "c.single")}
        UNION ALL
        SELECT id, channel FROM (
            SELECT DISTINCT ON (address_index) id, channel FROM several ORDER BY address_index, id
        ) AS of_several
    )"""
_COUNTS = f"""{_SEVERAL}, crowd AS MATERIALIZED (
        {_found("c.channel, count(*) AS times", "c.single", "GROUP BY c.channel")}
    )
    SELECT NULL AS channel, (SELECT COALESCE(sum(times), 0) FROM crowd)
        + (SELECT count(DISTINCT subscription_id) FROM several) AS reached
    UNION ALL
    SELECT channel, sum(times) FROM (
        SELECT channel, times FROM crowd
        UNION ALL
        SELECT channel, count(DISTINCT address_index) FROM several GROUP BY channel
    ) AS each GROUP BY channel
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """SQL that selects who is reached, and its parameters (SQLAlchemy's `:name` form).

    `select` gives rows of (contact_point_id uuid, channel text): one for each address, however many subscriptions
    it has.
    `chunks` gives rows of (channel text, number integer from 0, contact_point_ids uuid[] of at most 500), for
    `INSERT INTO … SELECT`. Append neither a WITH before nor anything but ORDER BY behind.
    """

    select: str
    chunks: str
    counts: str
    parameters: dict[str, Any] = field(repr=False)


def select_audience(
    area: GeoJSON | Sequence[GeoJSON], severity: str, hazard: str, *, exercise: bool
) -> Audience:
    """Who is warned of something this grave, here, of this kind, in this world.

    Severity in CAP's words. `hazard` is what the alert calls it; empty: any. Several areas count as one.

    Raises:
        InvalidInputError: no area.
    """
    areas = [area] if isinstance(area, dict) or hasattr(area, "keys") else list(area)
    pieces = cut(*areas)  # pyright: ignore[reportArgumentType]
    parameters = {
        "rings": [piece.text for piece in pieces],
        "wests": [piece.cell.west for piece in pieces],
        "souths": [piece.cell.south for piece in pieces],
        "easts": [piece.cell.east for piece in pieces],
        "norths": [piece.cell.north for piece in pieces],
        "sure": [piece.cell.between for piece in pieces],
        "exercise": exercise,
        "rank": rank(severity),
        "groups": groups_of(hazard) if hazard else None,
    }
    select = f"{_ONCE} SELECT id AS contact_point_id, channel FROM once"
    chunks = f"""{_ONCE}
        SELECT channel, CAST(place / {CHUNK} AS integer) AS number, array_agg(id ORDER BY place) AS contact_point_ids
        FROM (
            SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY id) - 1 AS place FROM once
        ) AS placed
        GROUP BY channel, place / {CHUNK}"""
    return Audience(select, chunks, _COUNTS, parameters)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many subscribers, and how many addresses by channel."""

    people: int
    by_channel: dict[str, int]


async def plan_for_a_crowd(session: AsyncSession) -> None:
    """Until the transaction ends, have the plan made for this very area, and room for many.

    From the sixth time on PostgreSQL would else plan for an area that it does not look at.
    """
    await session.execute(
        text(
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
            " set_config('work_mem', '128MB', true)"
        )
    )


async def count_audience(session: AsyncSession, audience: Audience) -> Counted:
    """Count, by the very SQL that selects."""
    await plan_for_a_crowd(session)
    # It takes them for few, and would sort a million of them.
    await session.execute(text("SET LOCAL enable_sort = off"))
    rows = (await session.execute(text(audience.counts), audience.parameters)).all()
    await session.execute(text("SET LOCAL enable_sort = on"))
    found = {row.channel: int(row.reached) for row in rows}
    return Counted(people=found.pop(None, 0), by_channel=found)
