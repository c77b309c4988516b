from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class Settings(ServiceSettings):
    """identity's environment."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_IDENTITY_", extra="ignore", frozen=True)

    idle_hours: float = Field(
        default=12, gt=0, le=168, description="Hours without use after which a session ends."
    )
    session_hours: float = Field(
        default=168, gt=0, le=720, description="Hours after signing in when a session ends anyway."
    )
    hashes_at_once: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Passwords a process hashes at the same time (19 MiB and one core each).",
    )
    signing_key_days: float = Field(
        default=30, gt=0, le=90, description="Days after which the signing key is rotated."
    )
    temporary_password_hours: float = Field(
        default=72,
        gt=0,
        le=720,
        description="Hours in which a password set by an administrator must be used and changed.",
    )

    @property
    def idle(self) -> timedelta:
        """How long a session lives without being used."""
        return timedelta(hours=self.idle_hours)

    @property
    def longest(self) -> timedelta:
        """How long a session lives at most."""
        return timedelta(hours=self.session_hours)

    @property
    def key_life(self) -> timedelta:
        """How long a key signs."""
        return timedelta(days=self.signing_key_days)

    @property
    def temporary(self) -> timedelta:
        """How long a temporary password is good."""
        return timedelta(hours=self.temporary_password_hours)
