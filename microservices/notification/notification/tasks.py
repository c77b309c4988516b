"""Slow and outbound work, and what the clock starts."""

from __future__ import annotations

from muster_core.tasks import Tasks

tasks = Tasks("notification")
