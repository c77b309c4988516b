"""notification: who is warned, and what became of each warning."""

from __future__ import annotations

from muster_core.microservice import Microservice
from notification.consumers import consumers
from notification.database import Base
from notification.gauges import gauges
from notification.models import Subscription
from notification.permissions import Permission
from notification.routers import broadcasts, callbacks, own, pages, subscriptions
from notification.rpc import register_rpc
from notification.service.delivery.options import DeliverySettings
from notification.settings import Settings
from notification.tasks import tasks

assert Subscription.metadata is Base.metadata

service = Microservice(
    name="notification",
    package="notification",
    base=Base,
    permissions=Permission,
    routers=[
        broadcasts.router, callbacks.router, own.router, subscriptions.router, pages.router
    ],
    rpc=[register_rpc],
    rpc_callers=frozenset({"alert-management"}),
    consumers=consumers,
    tasks=tasks,
    settings=[Settings, DeliverySettings],
    gauges=gauges,
    anonymous=frozenset(
        {
            "/api/v1/notifications/callbacks/sns",
            "/api/v1/notifications/callbacks/twilio",
            "/subscribe",
            "/subscribe/confirm",
            "/subscribe/leave/{token}",
            "/subscribe/manage/{token}",
            "/subscribe/page.js",
            "/subscribe/resend",
            "/subscribe/worker.js",
        }
    ),
)
