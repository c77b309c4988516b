from __future__ import annotations

from muster_core.microservice import Microservice
from search.companion import companion, lifespan
from search.consumers import consumers
from search.database import Base
from search.models import Document
from search.permissions import Permission
from search.routers import rebuild, searching, watches
from search.settings import Settings
from search.tasks import tasks

assert Document.metadata is Base.metadata

service = Microservice(
    name="search",
    package="search",
    base=Base,
    permissions=Permission,
    routers=[rebuild.router, watches.router, searching.router],
    consumers=consumers,
    tasks=tasks,
    settings=[Settings],
    lifespan=lifespan,
    companion=companion,
)
