from __future__ import annotations

from alert_management import models
from alert_management.cap.settings import CapSettings
from alert_management.consumers import consumers
from alert_management.database import Base
from alert_management.permissions import Permission
from alert_management.routers import ROUTERS
from alert_management.rpc import register
from alert_management.settings import Settings
from alert_management.tasks import tasks
from muster_core.microservice import Microservice

assert models.Alert.metadata is Base.metadata

service = Microservice(
    name="alert-management",
    package="alert_management",
    base=Base,
    permissions=Permission,
    routers=ROUTERS,
    rpc=[register],
    rpc_callers=frozenset({"search"}),
    consumers=consumers,
    tasks=tasks,
    settings=[Settings, CapSettings],
    anonymous=frozenset(
        {
            "/api/v1/feeds/alerts.atom",
            "/api/v1/feeds/alerts.rss",
            "/api/v1/feeds/alerts.geojson",
            "/api/v1/alerts/{alert_id}/cap.xml",
            "/warnings",
            "/warnings/{alert_id}",
        }
    ),
)
