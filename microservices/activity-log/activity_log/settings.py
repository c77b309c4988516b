from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class ActivitySettings(ServiceSettings):
    """The journal's own settings."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_ACTIVITY_", extra="ignore", frozen=True)

    streams: int = Field(
        default=5_000, ge=1, description="Live streams one process serves; further ones get 503."
    )
    stream_heartbeat_seconds: float = Field(
        default=15.0, gt=0, description="A stream that is silent for so long gets a comment."
    )
    stream_buffer_bytes: int = Field(
        default=1_048_576,
        ge=4096,
        description="What may wait for one slow client, in bytes; beyond it the stream is closed and resumes.",
    )
    verify_hours: float = Field(
        default=24.0, ge=0, description="Hours between two walks through the whole journal."
    )
