from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.fetching import Limits
from muster_core.outbound import Outbound
from muster_core.settings import ServiceSettings


class FeedSettings(ServiceSettings):
    """How alert-management listens to the feeds of others."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_ALERT_FEEDS_", extra="ignore", frozen=True)

    poll_seconds: float = Field(
        default=60,
        ge=1,
        le=86_400,
        description="Seconds between two polls of an alert feed that names no interval of its own.",
    )
    most_bytes: int = Field(
        default=16_777_216,
        ge=1024,
        description="Largest feed document accepted, in bytes after decompression.",
    )
    most_linked_bytes: int = Field(
        default=4_194_304,
        ge=1024,
        description="Largest CAP document that a feed links to, in bytes after decompression.",
    )
    most_linked: int = Field(
        default=50,
        ge=0,
        le=1000,
        description="New documents that a feed links to read in one poll; the others wait for the next.",
    )
    most_entries: int = Field(
        default=2000,
        ge=1,
        le=20_000,
        description="Entries of one feed document that are looked at.",
    )
    connect_seconds: float = Field(
        default=5, gt=0, le=60, description="Longest wait for a connection, in seconds."
    )
    read_seconds: float = Field(
        default=10, gt=0, le=60, description="Longest silence while a feed answers, in seconds."
    )
    total_seconds: float = Field(
        default=30, gt=0, le=120, description="Longest download of one document, in seconds."
    )
    linked_seconds: float = Field(
        default=60, gt=0, le=600, description="Longest time for all documents linked, in seconds."
    )
    hours_without_expiry: float = Field(
        default=24,
        gt=0,
        le=720,
        description="Hours after which an alert that names no end counts as expired.",
    )
    allow_loopback: bool = Field(
        default=False,
        description="Let feeds have addresses on this machine's own loopback: for tests and demonstrations.",
    )

    @property
    def limits(self) -> Limits:
        """What the download of a feed may cost."""
        return Limits(self.most_bytes, self.connect_seconds, self.read_seconds, self.total_seconds)

    @property
    def linked_limits(self) -> Limits:
        """What the download of a document that a feed links to may cost."""
        return Limits(
            self.most_linked_bytes, self.connect_seconds, self.read_seconds, self.total_seconds
        )

    @property
    def outbound(self) -> Outbound:
        """Which addresses may be asked."""
        return Outbound(loopback=self.allow_loopback)

    @property
    def lease(self) -> timedelta:
        """How long a poller holds a feed: all downloads, and time to store what they brought."""
        return timedelta(seconds=self.total_seconds + self.linked_seconds + 30)

    @property
    def without_expiry(self) -> timedelta:
        """How long an alert that names no end is in force."""
        return timedelta(hours=self.hours_without_expiry)
