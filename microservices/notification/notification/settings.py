from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class Settings(ServiceSettings):
    """notification's environment."""

    model_config = SettingsConfigDict(
        env_prefix="MUSTER_NOTIFICATION_", extra="ignore", frozen=True
    )
