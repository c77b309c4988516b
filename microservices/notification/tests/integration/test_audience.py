"""Who an alert reaches: everybody in its area who asked for it, and nobody else."""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from shapely.geometry import Point, shape
from sqlalchemy import text

from muster.notification.v1.notification_pb2 import Audience, CountAudienceRequest
from muster.notification.v1.notification_pb2_grpc import NotificationStub
from muster_core.auth import system_actor
from muster_core.errors import ForbiddenError, InvalidInputError
from muster_testing.people import actor_with_role
from notification.database import SCHEMA
from notification.pieces import cut
from notification.repository.audience import select_audience
from notification.repository.subscribers import SubscriberRepository

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.runtime import Runtime

HERE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [
        [[-118, 35], [-117, 35], [-117, 36], [-118, 36], [-118, 35]],
        [[-117.6, 35.4], [-117.4, 35.4], [-117.4, 35.6], [-117.6, 35.6], [-117.6, 35.4]],
    ],
}
FIJI: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[177, -19], [183, -19], [183, -15], [177, -15], [177, -19]]],
}
FIJI_CUT: dict[str, Any] = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[177, -19], [180, -19], [180, -15], [177, -15], [177, -19]]],
        [[[-180, -19], [-177, -19], [-177, -15], [-180, -15], [-180, -19]]],
    ],
}


async def subscriber(
    runtime: Runtime,
    at: tuple[float, float] | None = (-117.9, 35.1),
    *,
    area: dict[str, Any] | None = None,
    channels: tuple[str, ...] = ("sms",),
    index: UUID | None = None,
    **point: Any,
) -> list[UUID]:
    """Somebody who confirmed; answers their contact points."""
    values = {
        "active": True, "exercise": False, "min_severity": 1, "hazards": None,
    } | point  # fmt: skip
    subscription_id, made = uuid4(), list[UUID]()
    async with runtime.session(SCHEMA) as session:
        await session.execute(
            text(
                f"INSERT INTO {SCHEMA}.subscriptions (id, kind, source, status, language, exercise)"
                " VALUES (:id, 'person', 'public', 'active', 'en', :exercise)"
            ),
            {"id": subscription_id, "exercise": values["exercise"]},
        )
        for channel in channels:
            made.append(uuid4())
            await session.execute(
                text(
                    f"INSERT INTO {SCHEMA}.contact_points (id, subscription_id, channel, address_sealed,"
                    " address_index, language, active, verified_at, exercise, at, min_severity, hazards, tz)"
                    " VALUES (:id, :subscription, :channel, '', :index, 'en', :active, now(), :exercise, :at,"
                    " :min_severity, :hazards, 'UTC')"
                ),
                values
                | {
                    "id": made[-1],
                    "subscription": subscription_id,
                    "channel": channel,
                    "index": index or uuid4(),
                    "at": None if area else at,
                },
            )
        if area:
            await SubscriberRepository(session).add_pieces({subscription_id: cut(area)})
    return made


async def reached(
    runtime: Runtime,
    area: Any = HERE,
    severity: str = "Severe",
    hazard: str = "flood",
    *,
    exercise: bool = False,
) -> list[UUID]:
    audience = select_audience(area, severity, hazard, exercise=exercise)
    async with runtime.session(SCHEMA) as session:
        rows = await session.execute(text(audience.select), audience.parameters)
        return [row.contact_point_id for row in rows]


async def test_who_is_inside_is_reached_and_who_is_outside_or_in_a_hole_is_not(
    app: FastAPI, runtime: Runtime
) -> None:
    inside = await subscriber(runtime, (-117.9, 35.1), channels=("sms", "email"))
    await subscriber(runtime, (-117.5, 35.5))
    await subscriber(runtime, (-116.9, 35.1))

    assert sorted(await reached(runtime)) == sorted(inside)


@pytest.mark.parametrize("area", [FIJI, FIJI_CUT], ids=["past 180", "cut at 180"])
async def test_an_area_across_the_antimeridian_reaches_both_sides(
    app: FastAPI, runtime: Runtime, area: dict[str, Any]
) -> None:
    west = await subscriber(runtime, (178.4, -18.1))
    east = await subscriber(runtime, (-178.9, -17.9))
    on_it = await subscriber(runtime, (-180.0, -17.0))
    await subscriber(runtime, (0.0, -17.0))

    assert sorted(await reached(runtime, area)) == sorted([*west, *east, *on_it])


async def test_an_area_of_a_subscriber_is_reached_where_it_overlaps(
    app: FastAPI, runtime: Runtime
) -> None:
    def square(west: float, south: float, size: float) -> dict[str, Any]:
        east, north = west + size, south + size
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    over = await subscriber(runtime, area=square(-118.5, 34.5, 0.7))
    around = await subscriber(runtime, area=square(-119, 34, 4))
    await subscriber(runtime, area=square(-117.55, 35.45, 0.1))  # in the hole
    await subscriber(runtime, area=square(-116, 35, 0.5))

    assert sorted(await reached(runtime)) == sorted([*over, *around])


async def test_only_what_was_asked_for_is_sent(app: FastAPI, runtime: Runtime) -> None:
    anything = await subscriber(runtime)
    grave = await subscriber(runtime, min_severity=4)
    floods = await subscriber(runtime, hazards=["flood", "heat"])
    fires = await subscriber(runtime, hazards=["fire"])
    await subscriber(runtime, active=False)
    played = await subscriber(runtime, exercise=True)

    assert sorted(await reached(runtime, severity="Minor")) == sorted([*anything, *floods])
    assert sorted(await reached(runtime, severity="Extreme", hazard="Wildfire")) == sorted(
        [*anything, *grave, *fires]
    )
    everyone = sorted([*anything, *grave, *floods, *fires])
    assert sorted(await reached(runtime, severity="Extreme", hazard="")) == everyone
    assert sorted(await reached(runtime, severity="Extreme", hazard="Zombies")) == everyone
    assert await reached(runtime, severity="Extreme", exercise=True) == played


async def test_an_address_that_subscribed_twice_is_warned_once(
    app: FastAPI, runtime: Runtime
) -> None:
    index = uuid4()
    home = await subscriber(runtime, index=index)
    work = await subscriber(runtime, (-117.8, 35.2), index=index)

    found = await reached(runtime)

    assert len(found) == 1
    assert found[0] in {*home, *work}


async def test_chunks_hold_each_channels_contact_points_five_hundred_at_a_time(
    app: FastAPI, runtime: Runtime
) -> None:
    async with runtime.session(SCHEMA) as session:
        await _crowd(session, 1201)
        audience = select_audience(HERE, "Severe", "", exercise=False)
        rows = (await session.execute(text(audience.chunks), audience.parameters)).all()

    sizes = {(row.channel, row.number): len(row.contact_point_ids) for row in rows}
    assert sizes == {("sms", 0): 500, ("sms", 1): 500, ("sms", 2): 201}
    everyone = [point for row in rows for point in row.contact_point_ids]
    assert len(set(everyone)) == 1201


async def _crowd(session: Any, count: int) -> None:
    await session.execute(
        text(
            f"""
            WITH s AS (
                INSERT INTO {SCHEMA}.subscriptions (id, kind, source, status, language, exercise)
                SELECT uuidv7(), 'person', 'public', 'active', 'en', false FROM generate_series(1, :count)
                RETURNING id
            )
            INSERT INTO {SCHEMA}.contact_points (id, subscription_id, channel, address_sealed, address_index,
                language, active, verified_at, exercise, at, min_severity, tz)
            SELECT uuidv7(), id, 'sms', '', gen_random_uuid(), 'en', true, now(), false,
                point(-118 + 0.3 * random(), 35 + random()), 1, 'UTC' FROM s
            """
        ),
        {"count": count},
    )


async def test_a_crowd_is_selected_as_geometry_says(app: FastAPI, runtime: Runtime) -> None:
    """A ragged area with holes over 3,000 people, compared one by one with another implementation."""
    turns = [2 * math.pi * number / 500 for number in range(500)]
    ring = [
        [
            20 + 2 * (1 + 0.2 * math.sin(9 * t)) * math.cos(t),
            45 + 2 * (1 + 0.2 * math.sin(9 * t)) * math.sin(t),
        ]
        for t in turns
    ]
    hole = [[19.5, 44.5], [20.5, 44.6], [20.2, 45.4], [19.5, 44.5]]
    area = {"type": "Polygon", "coordinates": [[*ring, ring[0]], hole]}
    chance, expected = random.Random(5), set[str]()
    geometry = shape(area)
    rows: list[dict[str, Any]] = []
    for _ in range(3000):
        x, y = chance.uniform(17, 23), chance.uniform(42, 48)
        identity = str(uuid4())
        rows.append({"id": identity, "x": x, "y": y})
        if geometry.contains(Point(x, y)):
            expected.add(identity)
    async with runtime.session(SCHEMA) as session:
        await session.execute(
            text(
                f"""
                WITH given AS (SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r (id uuid, x float8, y float8)),
                s AS (
                    INSERT INTO {SCHEMA}.subscriptions (id, kind, source, status, language, exercise)
                    SELECT id, 'person', 'public', 'active', 'en', false FROM given RETURNING id
                )
                INSERT INTO {SCHEMA}.contact_points (id, subscription_id, channel, address_sealed, address_index,
                    language, active, verified_at, exercise, at, min_severity, tz)
                SELECT s.id, s.id, 'email', '', s.id, 'en', true, now(), false, point(x, y), 1, 'UTC'
                FROM s JOIN given USING (id)
                """
            ),
            {"rows": json.dumps(rows)},
        )

    found = await reached(runtime, area)

    assert len(found) == len(set(found))
    assert {str(one) for one in found} == expected
    assert 500 < len(expected) < 1500


async def count(
    runtime: Runtime, area: str | None = None, actor: Any = None, *, exercise: bool = False
) -> Audience:
    stub = runtime.rpc.stub(NotificationStub, "notification")
    request = CountAudienceRequest(
        area=json.dumps(HERE) if area is None else area,
        severity="Severe",
        hazard="flood",
        exercise=exercise,
    )
    actor = actor or system_actor("alert-management")
    return await runtime.rpc.call(stub.CountAudience, request, actor=actor)


async def test_alert_management_asks_how_many_it_would_reach(
    app: FastAPI, runtime: Runtime
) -> None:
    await subscriber(runtime, channels=("sms", "email"))
    await subscriber(runtime, channels=("email",))
    await subscriber(runtime, (0, 0))

    counted = await count(runtime)

    assert counted.people == 2
    assert dict(counted.by_channel) == {"sms": 1, "email": 2}
    assert (await count(runtime, exercise=True)).people == 0
    drafter = actor_with_role("public-information-officer")
    assert (await count(runtime, actor=drafter)).people == 2


@pytest.mark.parametrize("area", ["", "{", "[]", "3", '{"type": "Point", "coordinates": [1, 2]}'])
async def test_what_is_no_area_is_not_counted(app: FastAPI, runtime: Runtime, area: str) -> None:
    with pytest.raises(InvalidInputError):
        await count(runtime, area)


async def test_who_may_not_see_warnings_counts_nobody(app: FastAPI, runtime: Runtime) -> None:
    with pytest.raises(ForbiddenError):
        await count(runtime, actor=actor_with_role("responder", permissions=frozenset[str]()))
