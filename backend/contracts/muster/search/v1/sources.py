"""Every service whose records are found. A new one adds its `documents.py` and a line here."""

from __future__ import annotations

from muster.activity.v1 import documents as activity
from muster.alerts.v1 import documents as alerts
from muster.hazards.v1 import documents as hazards
from muster.identity.v1 import documents as identity
from muster.incidents.v1 import documents as incidents
from muster.search.v1.documents import Source

SOURCES: tuple[Source, ...] = (
    incidents.SOURCE,
    hazards.SOURCE,
    identity.SOURCE,
    activity.SOURCE,
    alerts.SOURCE,
)
SOURCE_OF: dict[str, Source] = {kind: source for source in SOURCES for kind in source.kinds}
