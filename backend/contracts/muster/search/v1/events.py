"""What search announces: that its index is built anew, and that a saved search has found something."""

from __future__ import annotations

from uuid import UUID

from muster_core.events import EventData

_MANAGE = "search:manage"


class _RebuildFact(EventData):
    rebuild_id: UUID


class SearchRebuildRequested(
    _RebuildFact,
    type="muster.search_index.rebuild_requested.v1",
    requires=_MANAGE,
    subject="search-rebuild/{rebuild_id}",
):
    """An administrator, or search itself, wants the index built anew."""

    def summary(self) -> str:
        """What happened, in words."""
        return "asked for the search index to be built anew"


class SearchIndexRebuilt(
    _RebuildFact,
    type="muster.search_index.rebuilt.v1",
    requires=_MANAGE,
    subject="search-rebuild/{rebuild_id}",
):
    """The index was built anew from the services, compared with them, and answers."""

    documents: int
    seconds: float

    def summary(self) -> str:
        """What happened, in words."""
        return f"built the search index anew: {self.documents} documents in {self.seconds:.0f} s"


class SearchRebuildFailed(
    _RebuildFact,
    type="muster.search_index.rebuild_failed.v1",
    requires=_MANAGE,
    subject="search-rebuild/{rebuild_id}",
):
    """The index was not built anew; what answered before answers on."""

    problem: str

    def summary(self) -> str:
        """What happened, in words."""
        return f"could not build the search index anew: {self.problem}"


class SearchWatchMatched(
    EventData,
    type="muster.search_watch.matched.v1",
    requires="search:read",
    subject="search-watch/{watch_id}",
):
    """A saved search has found something new. Neither its words nor what it found are told: others read the journal.

    `owner_id` is whom it concerns; `matches` counts what is new since the last such event.
    """

    watch_id: UUID
    owner_id: UUID
    matches: int

    def summary(self) -> str:
        """What happened, in words."""
        return f"found {self.matches} new for a saved search"


WATCHED_NEVER = frozenset({SearchWatchMatched.type})
"""What no saved search matches, so that none sets off itself."""
