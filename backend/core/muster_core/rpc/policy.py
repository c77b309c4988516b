"""How a channel behaves: what is tried again, how often, and how a peer that went away or silent is noticed.

gRPC does the retrying itself, by a service config made from the contract: a method that the contract marks
`idempotency_level = NO_SIDE_EFFECTS` is tried again when the peer was not reached, with jitter and within the deadline
of the call. All calls of a channel share a budget: a failure takes one token, a success gives a tenth back, and below
half of the tokens nothing is tried again. So retries are at most about a tenth of the calls, and when a peer is down
they stop after the first few: a breaker would add nothing to that but a state.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import MethodOptions

from muster_core.rpc.addresses import is_several

if TYPE_CHECKING:
    from google.protobuf.descriptor import ServiceDescriptor

TOKENS = 20
TOKEN_RATIO = 0.1
RETRIES = 3
_SAFE = MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS
_MOST_BYTES = 8 * 1024 * 1024

_CHANNEL: dict[str, int | str] = {
    "grpc.max_receive_message_length": _MOST_BYTES,
    # A peer that is silent (paused, behind a broken link) is noticed within four seconds.
    "grpc.keepalive_time_ms": 2_000,
    "grpc.keepalive_timeout_ms": 2_000,
    "grpc.http2.ping_timeout_ms": 2_000,
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.http2.max_pings_without_data": 0,
    # A peer that starts again is found within a second.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 1_000,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.dns_min_time_between_resolutions_ms": 1_000,
}
SERVER: dict[str, int] = {
    "grpc.so_reuseport": 0,
    "grpc.http2.min_ping_interval_without_data_ms": 1_000,
    "grpc.http2.max_ping_strikes": 0,
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.http2.ping_timeout_ms": 5_000,
    "grpc.keepalive_permit_without_calls": 1,
    # Connections are made anew now and then, without a failed call, so that a certificate that was replaced or has
    # expired does not live on in one, and so that a new replica gets its share.
    "grpc.max_connection_age_ms": 300_000,
    "grpc.max_connection_age_grace_ms": 600_000,
}


def channel_options(stub: type, service: str, address: str) -> list[tuple[str, int | str]]:
    """Options for a channel on which `stub` asks `service`."""
    config = json.dumps(service_config(stub, address))
    return [
        *_CHANNEL.items(),
        ("grpc.service_config", config),
        # The name in the certificate is the service's, wherever its replicas are.
        ("grpc.ssl_target_name_override", service),
        # Channels to replicas under different certificates must not share a connection.
        ("grpc.use_local_subchannel_pool", 1),
    ]


def service_config(stub: type, address: str) -> dict[str, Any]:
    """The service config that gRPC takes, for the contract beside which a stub was generated."""
    contracts = _contracts(stub)
    safe = [
        {"service": contract.full_name, "method": method.name}
        for contract in contracts
        for method in contract.methods
        if method.GetOptions().idempotency_level == _SAFE
    ]
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "retryThrottling": {"maxTokens": TOKENS, "tokenRatio": TOKEN_RATIO},
    }
    if safe:
        config["methodConfig"] = [
            {
                "name": safe,
                "retryPolicy": {
                    "maxAttempts": 1 + RETRIES,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "0.3s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    if contracts and is_several(address):
        # A replica that drains or has lost its database is passed over while another serves.
        config["healthCheckConfig"] = {"serviceName": contracts[0].full_name}
    return config


def _contracts(stub: type) -> list[ServiceDescriptor]:
    messages = sys.modules.get(stub.__module__.removesuffix("_grpc"))
    descriptor = getattr(messages, "DESCRIPTOR", None)
    return list(descriptor.services_by_name.values()) if descriptor is not None else []
