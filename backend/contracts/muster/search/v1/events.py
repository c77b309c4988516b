"""What search announces, each event for the organization that owns the watch.

`version` counts the edits of the watch, so that whoever keeps a copy can tell an older fact from a newer
one. Status: `open done withdrawn`.
"""

from __future__ import annotations

from uuid import UUID

from muster_core.events import EventData

READ = "search:read"
SUBJECT = "search_watch/{watch_id}"


class SearchWatchFact(EventData):
    """What every event of a watch tells."""

    watch_id: UUID
    name: str
    version: int
    incident_id: UUID | None = None


class SearchWatchOpened(
    SearchWatchFact,
    type="muster.search_watch.opened.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A watch was opened."""

    details: str | None = None

    def summary(self) -> str:
        return f'opened the search watch "{self.name}"'


class SearchWatchChanged(
    SearchWatchFact,
    type="muster.search_watch.changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A watch was corrected; `changed` names the fields."""

    details: str | None = None
    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(self.changed)} of the search watch "{self.name}"'


class SearchWatchStatusChanged(
    SearchWatchFact,
    type="muster.search_watch.status_changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A watch went one step along its life."""

    before: str
    status: str

    def summary(self) -> str:
        return f'moved the search watch "{self.name}" from {self.before} to {self.status}'
