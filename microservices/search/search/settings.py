from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class Settings(ServiceSettings):
    """search's environment."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_SEARCH_", extra="ignore", frozen=True)

    elasticsearch_url: SecretStr | None = Field(
        default=None,
        description="Elasticsearch (http://user:password@host:port); without it PostgreSQL answers.",
    )
    elasticsearch_prefix: str = Field(
        default="muster",
        pattern=r"^[a-z][a-z0-9-]{0,40}$",
        description="What the names of our indices, aliases and template begin with.",
    )
    deadline_seconds: float = Field(
        default=0.8,
        gt=0,
        le=10,
        description="How long Elasticsearch has to answer before PostgreSQL is asked.",
    )
    breaker_seconds: float = Field(
        default=5.0,
        ge=0,
        description="How long Elasticsearch is left alone after it failed, before it is tried again.",
    )
    lag_seconds: float = Field(
        default=5.0,
        gt=0,
        description="PostgreSQL answers while Elasticsearch is behind by more than this.",
    )
    quiet_seconds: float = Field(
        default=60.0,
        ge=0,
        description="A saved search tells its owner of new matches once in this time at most.",
    )
    watches: int = Field(default=50, ge=1, description="Searches that one account may save.")
