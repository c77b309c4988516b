"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from alert_management.routers import (
    alert_feeds,
    alerts,
    boundaries,
    composing,
    hooks,
    public,
    received,
    review,
    templates,
)

# What has a name of its own under /alerts comes before /alerts/{alert_id}, which would take the name for an id.
ROUTERS = (
    received.import_router,
    composing.router,
    alerts.router,
    review.router,
    templates.router,
    boundaries.router,
    hooks.router,
    received.router,
    alert_feeds.router,
    public.feeds,
    public.pages,
)
