from __future__ import annotations

from alert_management.cap.settings import CapSettings
from alert_management.consumers import consumers
from alert_management.database import Base
from alert_management.permissions import Permission
from alert_management.router import router
from alert_management.settings import Settings
from muster_core.microservice import Microservice

service = Microservice(
    name="alert-management",
    package="alert_management",
    base=Base,
    permissions=Permission,
    routers=[router],
    consumers=consumers,
    settings=[Settings, CapSettings],
)
