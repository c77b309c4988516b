"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from alert_management.routers import (
    alerts,
    boundaries,
    composing,
    hooks,
    public,
    review,
    templates,
)

# What has a name of its own under /alerts comes before /alerts/{alert_id}, which would take the name for an id.
ROUTERS = (
    composing.router,
    alerts.router,
    review.router,
    templates.router,
    boundaries.router,
    hooks.router,
    public.feeds,
    public.pages,
)
