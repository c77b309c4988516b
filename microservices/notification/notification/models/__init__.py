"""The tables of notification, by topic."""

from __future__ import annotations

from notification.models.delivery import (
    Broadcast,
    Chunk,
    Delivery,
    LaneCall,
    Progress,
    ProviderHealth,
    Receipt,
    Reply,
    SinkMessage,
)
from notification.models.subscribers import (
    Asking,
    Confirmation,
    ContactPoint,
    Subscription,
    SubscriptionArea,
)

__all__ = [
    "Asking",
    "Broadcast",
    "Chunk",
    "Confirmation",
    "ContactPoint",
    "Delivery",
    "LaneCall",
    "Progress",
    "ProviderHealth",
    "Receipt",
    "Reply",
    "SinkMessage",
    "Subscription",
    "SubscriptionArea",
]
