"""How many people an alert reaches, counted by notification before it is approved."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from shapely.geometry.base import BaseGeometry

from alert_management.permissions import Permission
from alert_management.schemas.answers import AlertAudience
from alert_management.schemas.requests import AskAudience
from alert_management.service.areas import joined, plain, shape_of
from muster.notification.v1.notification_pb2 import CountAudienceRequest
from muster.notification.v1.notification_pb2_grpc import NotificationStub
from muster_core.auth import Actor, authorize
from muster_core.errors import DomainError, InvalidInputError
from muster_core.rpc import Rpc


async def count_audience(
    rpc: Rpc, actor: Actor, asked: AskAudience, seconds: float
) -> AlertAudience:
    """The people in the areas who hear of such an alert, by channel.

    While notification does not answer, the number is unknown, and said to be: never 0.

    Raises:
        InvalidInputError: an area is not sound.
    """
    authorize(actor, Permission.READ)
    shapes: list[BaseGeometry] = []
    for number, area in enumerate(asked.areas):
        shape, faults = shape_of(area, f"/areas/{number}")
        if shape is None:
            raise InvalidInputError.at(faults[0].pointer, faults[0].detail)
        shapes.append(shape)
    whole = joined(shapes)
    assert whole is not None
    request = CountAudienceRequest(
        area=json.dumps(plain(whole)),
        severity=asked.severity,
        hazard=asked.hazard,
        exercise=asked.exercise,
    )
    try:
        stub = rpc.stub(NotificationStub, "notification")
        found = await rpc.call(stub.CountAudience, request, actor=actor, seconds=seconds)
    except DomainError as error:
        return AlertAudience(
            known=False,
            people=None,
            by_channel={},
            reason=f"The number of recipients is not known now: {error.detail}",
            counted_at=datetime.now(UTC),
        )
    return AlertAudience(
        known=True,
        people=found.people,
        by_channel=dict(found.by_channel),
        reason=None,
        counted_at=datetime.now(UTC),
    )
