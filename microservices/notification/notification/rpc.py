"""gRPC: the questions other services ask notification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from muster.notification.v1 import notification_pb2 as messages
from muster.notification.v1.notification_pb2_grpc import (
    NotificationServicer,
    add_NotificationServicer_to_server,
)
from muster_core.errors import InvalidInputError, MalformedError
from muster_core.http.routing import strict_json
from muster_core.rpc import current_caller
from notification.database import SCHEMA
from notification.service import audience as service

if TYPE_CHECKING:
    from muster_core.runtime import Runtime


class Servicer(NotificationServicer):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def CountAudience(  # noqa: N802 - the contract's name
        self,
        request: messages.CountAudienceRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC's signature
    ) -> messages.Audience:
        """Count whom an alert would reach."""
        actor = current_caller()
        try:
            area = strict_json(request.area.encode())
        except MalformedError as error:
            raise InvalidInputError.at("/area", error.detail) from error
        if not isinstance(area, dict):
            raise InvalidInputError.at("/area", "is not a GeoJSON area.")
        async with self._runtime.session(SCHEMA, actor) as session:
            counted = await service.count_audience(
                session,
                actor,
                area,  # pyright: ignore[reportUnknownArgumentType]
                request.severity,
                request.hazard,
                exercise=request.exercise,
            )
        return messages.Audience(people=counted.people, by_channel=counted.by_channel)


def register_rpc(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve the contract."""
    add_NotificationServicer_to_server(Servicer(runtime), server)
