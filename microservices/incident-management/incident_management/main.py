from __future__ import annotations

from incident_management import rpc
from incident_management.consumers import consumers
from incident_management.database import Base
from incident_management.permissions import Permission
from incident_management.routers import ROUTERS
from muster_core.microservice import Microservice

service = Microservice(
    name="incident-management",
    package="incident_management",
    base=Base,
    permissions=Permission,
    routers=ROUTERS,
    rpc=[rpc.register],
    rpc_callers=frozenset({"alert-management", "search"}),
    consumers=consumers,
)
