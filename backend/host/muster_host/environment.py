"""Reading the environment, with a sentence instead of a traceback for a wrong value."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from muster_core.settings import Settings
from muster_host.errors import HostError

T = TypeVar("T", bound=BaseSettings)


def read(kind: type[T]) -> T:
    """Settings of a kind from the environment.

    Raises:
        HostError: names the variable, and what is wrong with its value.
    """
    prefix = str(kind.model_config.get("env_prefix", ""))
    try:
        return kind()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = prefix + "_".join(str(part) for part in first["loc"]).upper()
        raise HostError(
            f"The setting {name} is wrong: {first['msg']}. `muster settings` explains it."
        ) from error
    except SettingsError as error:
        raise HostError(f"A setting is wrong: {error}. `muster settings` explains each.") from error


def read_settings() -> Settings:
    """The settings that every process has."""
    return read(Settings)
