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

# A point is found in one cell only; contact points with an area have no point: nobody is found twice.
_FOUND = f"""
    WITH piece AS MATERIALIZED (
        SELECT CAST(ring AS polygon) AS ring, west, south, east, north
        FROM unnest(CAST(:rings AS text[]), CAST(:wests AS float8[]), CAST(:souths AS float8[]),
            CAST(:easts AS float8[]), CAST(:norths AS float8[])) AS p (ring, west, south, east, north)
    ), found AS (
        SELECT c.id, c.subscription_id, c.channel, c.address_index
        FROM piece p
        JOIN {SCHEMA}.contact_points c ON c.at <@ p.ring
            AND c.at[0] >= p.west AND c.at[0] < p.east AND c.at[1] >= p.south AND c.at[1] < p.north
        WHERE c.active AND c.exercise = :exercise AND c.min_severity <= :rank
            AND (c.hazards IS NULL OR CAST(:groups AS text[]) IS NULL OR c.hazards && CAST(:groups AS text[]))
        UNION ALL
        SELECT c.id, c.subscription_id, c.channel, c.address_index
        FROM {SCHEMA}.contact_points c
        WHERE c.subscription_id IN (
                SELECT a.subscription_id FROM piece p JOIN {SCHEMA}.subscription_areas a ON a.piece && p.ring)
            AND c.at IS NULL
            AND c.active AND c.exercise = :exercise AND c.min_severity <= :rank
            AND (c.hazards IS NULL OR CAST(:groups AS text[]) IS NULL OR c.hazards && CAST(:groups AS text[]))
    )
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
        "exercise": exercise,
        "rank": rank(severity),
        "groups": groups_of(hazard) if hazard else None,
    }
    once = "SELECT DISTINCT ON (address_index) id, channel FROM found ORDER BY address_index, id"
    select = f"{_FOUND} SELECT id AS contact_point_id, channel FROM ({once}) AS once"
    chunks = f"""{_FOUND}
        SELECT channel, CAST(place / {CHUNK} AS integer) AS number, array_agg(id ORDER BY place) AS contact_point_ids
        FROM (
            SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY id) - 1 AS place
            FROM ({once}) AS once
        ) AS placed
        GROUP BY channel, place / {CHUNK}"""
    counts = f"""{_FOUND}
        SELECT NULL AS channel, count(DISTINCT subscription_id) AS reached FROM found
        UNION ALL
        SELECT channel, count(DISTINCT address_index) FROM found GROUP BY channel"""
    return Audience(select, chunks, counts, parameters)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many subscribers, and how many addresses by channel."""

    people: int
    by_channel: dict[str, int]


async def count_audience(session: AsyncSession, audience: Audience) -> Counted:
    """Count, by the very SQL that selects."""
    rows = (await session.execute(text(audience.counts), audience.parameters)).all()
    found = {row.channel: row.reached for row in rows}
    return Counted(people=found.pop(None, 0), by_channel=found)
