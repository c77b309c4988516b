from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from notification.channels.options import ChannelSettings


class Settings(ChannelSettings):
    """notification's environment."""

    model_config = SettingsConfigDict(
        env_prefix="MUSTER_NOTIFICATION_", extra="ignore", frozen=True
    )

    overdue_hours: float = Field(
        default=24,
        gt=0,
        le=8760,
        description="Hours after which an open subscription counts as overdue.",
    )

    @property
    def overdue(self) -> timedelta:
        """The age at which an open subscription is overdue."""
        return timedelta(hours=self.overdue_hours)
