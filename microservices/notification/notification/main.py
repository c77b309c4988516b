from __future__ import annotations

from muster_core.microservice import Microservice
from notification.consumers import consumers
from notification.database import Base
from notification.permissions import Permission
from notification.router import router
from notification.settings import Settings

service = Microservice(
    name="notification",
    package="notification",
    base=Base,
    permissions=Permission,
    routers=[router],
    consumers=consumers,
    settings=[Settings],
)
