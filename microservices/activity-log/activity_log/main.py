from __future__ import annotations

from activity_log import rpc
from activity_log.consumers import consumers
from activity_log.database import Base
from activity_log.gauges import gauges
from activity_log.permissions import Permission
from activity_log.router import router, stream_router
from activity_log.service.stream import streaming
from activity_log.settings import ActivitySettings
from activity_log.tasks import tasks
from muster_core.microservice import Microservice

service = Microservice(
    name="activity-log",
    package="activity_log",
    base=Base,
    permissions=Permission,
    routers=[router, stream_router],
    rpc=[rpc.register],
    rpc_callers=frozenset({"search"}),
    consumers=consumers,
    tasks=tasks,
    settings=[ActivitySettings],
    lifespan=streaming,
    gauges=gauges,
)
