"""The tables of notification, by topic."""

from __future__ import annotations

from notification.models.subscribers import (
    Asking,
    Confirmation,
    ContactPoint,
    Subscription,
    SubscriptionArea,
)

__all__ = ["Asking", "Confirmation", "ContactPoint", "Subscription", "SubscriptionArea"]
