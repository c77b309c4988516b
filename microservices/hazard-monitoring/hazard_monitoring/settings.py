from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.fetching import Limits
from muster_core.settings import ServiceSettings


class Settings(ServiceSettings):
    """hazard-monitoring's environment."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_HAZARDS_", extra="ignore", frozen=True)

    usgs_url: str = Field(
        default="https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/all_day.geojson",
        description="The USGS GeoJSON summary feed to poll; empty: none.",
    )
    poll_seconds: float = Field(
        default=60, ge=1, le=86_400, description="Seconds between two polls of a feed."
    )
    most_bytes: int = Field(
        default=16_777_216,
        ge=1024,
        description="Largest document accepted from a feed, in bytes after decompression.",
    )
    connect_seconds: float = Field(
        default=5, gt=0, le=60, description="Longest wait for a connection to a feed, in seconds."
    )
    read_seconds: float = Field(
        default=10,
        gt=0,
        le=60,
        description="Longest silence of a feed while it answers, in seconds.",
    )
    total_seconds: float = Field(
        default=30, gt=0, le=120, description="Longest download of one document, in seconds."
    )
    recent_hours: float = Field(
        default=48,
        gt=0,
        description="Hours after which an event, by the feed's clock, is no longer proposed.",
    )

    @property
    def limits(self) -> Limits:
        """What one download may cost."""
        return Limits(
            most_bytes=self.most_bytes,
            connect_seconds=self.connect_seconds,
            read_seconds=self.read_seconds,
            total_seconds=self.total_seconds,
        )

    @property
    def lease(self) -> timedelta:
        """How long a poller holds a feed: a whole download, and time to store what it brought."""
        return timedelta(seconds=self.total_seconds + 15)

    @property
    def recent(self) -> timedelta:
        """The age up to which an event is news."""
        return timedelta(hours=self.recent_hours)
