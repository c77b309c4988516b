"""gRPC's health service: each contract by its name, and the process as a whole by the empty one.

NOT_SERVING while the process drains, and while the service's database has not answered for some seconds: a balancer
that watches then asks another replica.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from muster_core.background import end
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import grpc

_EVERY_SECONDS = 1.0
_PROBE_SECONDS = 1.0
_FAILURES = 3
_log = get_logger(__name__)
# The package has no types.
_health, _added = cast("Any", health), cast("Any", health_pb2_grpc)
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Health:
    """Watches what the contracts need, and says so to who asks."""

    def __init__(
        self, probes: Mapping[str, Callable[[], Awaitable[object]]], stopping: asyncio.Event
    ) -> None:
        """`probes` by contract: each raises, or does not answer within a second, while its service cannot serve."""
        self._probes = probes
        self._stopping = stopping
        self._servicer: Any = _health.aio.HealthServicer()
        self._failed = dict.fromkeys(probes, 0)
        self._tasks: list[asyncio.Task[None]] = []

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serve it."""
        _added.add_HealthServicer_to_server(self._servicer, server)

    def start(self) -> None:
        """Begin to watch; everything serves until it is found not to."""
        self._tasks = [
            asyncio.create_task(self._watch(), name="rpc health"),
            asyncio.create_task(self._drain(), name="rpc drain"),
        ]

    async def close(self) -> None:
        """Say that nothing is served from now on."""
        await end(*self._tasks)
        await self._servicer.enter_graceful_shutdown()

    async def _drain(self) -> None:
        await self._stopping.wait()
        await self._servicer.enter_graceful_shutdown()

    async def _watch(self) -> None:
        for contract in self._probes:
            await self._servicer.set(contract, SERVING)
        while True:
            await asyncio.gather(*(self._look(contract) for contract in self._probes))
            well = all(count < _FAILURES for count in self._failed.values())
            await self._servicer.set("", SERVING if well else NOT_SERVING)
            await asyncio.sleep(_EVERY_SECONDS)

    async def _look(self, contract: str) -> None:
        before = self._failed[contract]
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._probes[contract]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the contract cannot be served
            self._failed[contract] = before + 1
            if before + 1 == _FAILURES:
                _log.warning("gRPC not serving", contract=contract, error=type(error).__name__)
                await self._servicer.set(contract, NOT_SERVING)
            return
        self._failed[contract] = 0
        if before >= _FAILURES:
            _log.info("gRPC serving again", contract=contract)
            await self._servicer.set(contract, SERVING)
