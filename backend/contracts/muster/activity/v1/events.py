"""What the activity log says to the other services: what people wrote down by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from muster_core.events import EventData

_PRINTED = 200


class NoteWritten(
    EventData,
    type="muster.note.written.v1",
    requires="activity:read",
    subject="note/{note_id}",
):
    """Somebody wrote into the log by hand. `time` is when it happened, which may be before it was written down."""

    note_id: UUID
    text: str
    time: datetime
    incident_id: UUID | None = None
    corrects: UUID | None = None

    def summary(self) -> str:
        """The note's beginning on one line; the whole of it is in `text`."""
        line = " ".join(self.text.split())
        printed = line if len(line) <= _PRINTED else line[: _PRINTED - 1] + "…"
        return f"corrected an earlier note: {printed}" if self.corrects else f"noted: {printed}"
