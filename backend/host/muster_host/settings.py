"""Settings of the host itself; every other process has those of `muster_core.settings` and its services'."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from muster_core.settings import ServiceSettings


class HostSettings(ServiceSettings):
    """What only `muster up` and its engines read."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore", frozen=True)

    frontend: Path = Field(
        default=Path(__file__).parents[3] / "frontend" / "dist",
        description="Folder with the built front end.",
    )
    problems: Path = Field(
        default=Path(__file__).parents[3] / "docs" / "problems",
        description="Folder with one page per problem code, served at /problems/CODE.",
    )
    runbooks: Path = Field(
        default=Path(__file__).parents[3] / "docs" / "runbooks",
        description="Folder with one page per alert, served at /runbooks/ALERT.",
    )
    scenarios: Path = Field(
        default=Path(__file__).parents[3] / "scenarios",
        description="Folder with the scenarios of exercises, one folder each.",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="Folder with PostgreSQL 18's programs, if not those of the Python wheel.",
    )
    valkey: Path | None = Field(
        default=None, description="A valkey-server program, if not that of the Python wheel."
    )
    worker_threads: int = Field(
        default=8, ge=1, le=64, description="Background tasks that `muster up` runs at once."
    )
