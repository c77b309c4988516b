"""gRPC between the services: who answers, and for how long the certificates are good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from muster_core.errors import SettingError
from muster_core.rpc.addresses import is_socket
from muster_core.rpc.certificates import Certificates
from muster_core.scrape import expiry_of
from muster_host.doctor.findings import Finding, Place, fail, off, ok, short, warn

_SECONDS = 1.2
_DAY = 86_400.0
_SOON_DAYS = 14


async def peers(place: Place) -> Sequence[Finding]:
    """Ask the health service at every address."""
    settings = place.settings
    addresses = {"gRPC": settings.rpc_address} if settings.rpc_address else {}
    addresses |= {f"gRPC {name}": address for name, address in sorted(settings.rpc_peers.items())}
    if not addresses or not (place.runs or place.database_url):
        return [off("gRPC", "no address is known while nothing runs")]
    try:
        certificates = Certificates.named_by(settings)
    except SettingError as error:
        return [fail("gRPC", str(error), "`muster certificates make FOLDER` makes all three files")]
    return await asyncio.gather(
        *(_ask(about, address, certificates) for about, address in addresses.items())
    )


async def _ask(about: str, address: str, certificates: Certificates | None) -> Finding:
    if certificates is None or is_socket(address):
        channel = grpc.aio.insecure_channel(address)
    else:
        credentials = Certificates.channel_credentials(certificates.current())
        channel = grpc.aio.secure_channel(address, credentials)
    try:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer: Any = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_SECONDS)
    except grpc.aio.AioRpcError as error:
        seen = f"no answer at {address} ({error.code().name.lower()})"
        return fail(
            about, seen, "is its face `rpc` running, and are the certificates one authority's?"
        )
    finally:
        await channel.close()
    if answer.status == health_pb2.HealthCheckResponse.SERVING:
        return ok(about, f"serves at {address}")
    return warn(about, f"at {address} it says that it is not ready", "look at its /readyz")


async def certificates(place: Place) -> Sequence[Finding]:
    """How long each certificate is good for."""
    settings = place.settings
    files = {
        "certificate": settings.rpc_certificate_file,
        "certificate authority": settings.rpc_ca_file,
    }
    findings: list[Finding] = []
    for about, file in files.items():
        if file is None:
            continue
        try:
            days = (expiry_of(file) - time.time()) / _DAY
        except (OSError, ValueError) as error:
            findings.append(fail(about, f"{file} cannot be used ({short(error)})", "restore it"))
            continue
        remedy = "`muster certificates make FOLDER` makes new ones; no restart is needed"
        if days <= 0:
            findings.append(fail(about, f"{file} ended {-days:.0f} days ago", remedy))
        elif days < _SOON_DAYS:
            findings.append(warn(about, f"{file} ends in {days:.1f} days", remedy))
        else:
            findings.append(ok(about, f"good for {days:.0f} days"))
    return findings or [off("certificate", "none is used: gRPC stays on this machine")]
