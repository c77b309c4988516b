"""The delivery engine's part of the service's environment."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings
from notification.domain.delivery import Lane


class DeliverySettings(ServiceSettings):
    """How chunks are claimed and worked off."""

    model_config = SettingsConfigDict(
        env_prefix="MUSTER_NOTIFICATION_", extra="ignore", frozen=True
    )

    lease_seconds: float = Field(
        default=30,
        ge=2,
        le=300,
        description="How long a worker that is not heard of keeps a chunk, in seconds.",
    )
    urgent_hands: int = Field(
        default=8, ge=1, le=50, description="Chunks of Extreme and Severe that a process has in hand."
    )
    bulk_hands: int = Field(
        default=6,
        ge=1,
        le=50,
        description="Chunks of all others that a process has in hand; none while urgent ones are.",
    )
    slice: int = Field(
        default=125,
        ge=1,
        le=500,
        description="Messages begun at once; so many are in doubt at most when a chunk's worker dies.",
    )
    calls: int = Field(
        default=4,
        ge=1,
        le=32,
        description="Worker processes called when an alert is published, for each lane.",
    )
    doubt_attempts: int = Field(
        default=4,
        ge=1,
        le=20,
        description="How often a message in doubt is sent at most, the first time included.",
    )
    calls_per_day: int = Field(
        default=20,
        ge=1,
        le=1000,
        description=(
            "Moderate, Minor and unknown messages that one contact point gets in 24 hours, unless it asked for fewer."
        ),
    )

    @property
    def lease(self) -> timedelta:
        """How long a chunk is held from the last sign of life."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def margin(self) -> float:
        """Seconds before the lease's end at which nothing more is begun."""
        return self.lease_seconds / 3

    def hands(self, lane: Lane) -> int:
        """Chunks of a lane at once."""
        return self.urgent_hands if lane is Lane.URGENT else self.bulk_hands
