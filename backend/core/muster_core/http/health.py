"""/healthz (the process lives), /readyz (what it needs is there), /metrics (Prometheus)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from muster_core.scrape import look_up

health_router = APIRouter(include_in_schema=False)
_PROBE_SECONDS = 2.0


@health_router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Alive: asks nothing of anything else, so that a database outage does not restart us."""
    return {"status": "ok"}


@health_router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Ready, or the names of what is missing."""
    runtime: Any = request.app.state.runtime
    missing: dict[str, str] = {}
    if runtime.draining.is_set():
        missing["this process"] = "it is about to end"
    for service in request.app.state.services:
        try:
            # Of a database that has fallen silent nothing is asked: it refuses at once.
            async with asyncio.timeout(_PROBE_SECONDS):
                await runtime.database(service.schema).reader.fetch(
                    f"SELECT 1 FROM {service.schema}.outbox LIMIT 1"  # noqa: S608 - our own schema
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is missing
            missing[f"database of {service.name}"] = type(error).__name__
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            await runtime.tokens.prepare()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is missing
        missing["identity"] = type(error).__name__
    body = {"status": "ready" if not missing else "not ready", "missing": missing}
    return Response(
        json.dumps(body), status_code=503 if missing else 200, media_type="application/json"
    )


@health_router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text; gauges are looked up now."""
    await look_up(request.app.state.runtime, request.app.state.services)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
