"""gRPC between services: short deadlines that propagate, the caller's identity passed on, the errors of HTTP.

The transport is trusted (a private unix socket, or mutual TLS), so the actor travels as metadata and every service
function authorizes it again.
"""

from muster_core.rpc.client import DEADLINE_SECONDS, Rpc, check_settings
from muster_core.rpc.server import RpcServer, current_caller

__all__ = ["DEADLINE_SECONDS", "Rpc", "RpcServer", "check_settings", "current_caller"]
