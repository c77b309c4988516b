from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class Settings(ServiceSettings):
    """alert-management's environment."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_ALERTS_", extra="ignore", frozen=True)

    sender_domain: str = Field(
        default="",
        max_length=200,
        description="What follows the @ in CAP's `sender`; empty: the host name of MUSTER_PUBLIC_URL.",
    )
    max_vertices: int = Field(
        default=2000,
        ge=4,
        le=10_000,
        description="Corners that the areas of one alert may have together.",
    )
    audience_seconds: float = Field(
        default=1.0, gt=0, le=1.0, description="How long the count of recipients is waited for."
    )
    hook_seconds: float = Field(
        default=5.0, gt=0, le=30, description="How long a partner's web hook may take."
    )
    hook_insecure_loopback: bool = Field(
        default=False,
        description="Let web hooks reach http addresses on this machine's loopback: for tests only.",
    )
