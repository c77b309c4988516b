"""hazard-monitoring: feeds, hazards, and proposals to declare incidents."""

from __future__ import annotations

from hazard_monitoring.consumers import consumers
from hazard_monitoring.database import Base
from hazard_monitoring.gauges import gauges
from hazard_monitoring.permissions import Permission
from hazard_monitoring.router import router
from hazard_monitoring.rpc import register_rpc
from hazard_monitoring.settings import Settings
from hazard_monitoring.tasks import tasks
from muster_core.microservice import Microservice

service = Microservice(
    name="hazard-monitoring",
    package="hazard_monitoring",
    base=Base,
    permissions=Permission,
    routers=[router],
    rpc=[register_rpc],
    rpc_callers=frozenset({"incident-management", "search"}),
    consumers=consumers,
    tasks=tasks,
    settings=[Settings],
    gauges=gauges,
)
