from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from notification.channels.options import ChannelSettings


class Settings(ChannelSettings):
    """notification's environment."""

    model_config = SettingsConfigDict(
        env_prefix="MUSTER_NOTIFICATION_", extra="ignore", frozen=True
    )
