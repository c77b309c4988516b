"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from incident_management.routers import (
    command,
    hazards,
    help_requests,
    incidents,
    links,
    planning,
    sharing,
    tasks,
)

# The published lists come before /incidents/{incident_id}, which would take their names for ids.
ROUTERS = (
    command.router,
    incidents.router,
    planning.router,
    tasks.router,
    links.router,
    sharing.router,
    hazards.router,
    help_requests.router,
)
