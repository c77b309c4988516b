from __future__ import annotations

from muster_core.microservice import Microservice
from search.consumers import consumers
from search.database import Base
from search.permissions import Permission
from search.router import router
from search.settings import Settings

service = Microservice(
    name="search",
    package="search",
    base=Base,
    permissions=Permission,
    routers=[router],
    consumers=consumers,
    settings=[Settings],
)
