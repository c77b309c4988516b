"""`muster settings`: every setting of every service, from the descriptions where they are declared."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING, Any

from muster_core.settings import Settings
from muster_host.services import chosen
from muster_host.settings import HostSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_settings import BaseSettings

_HIDDEN = ("password", "secret", "url", "key", "token")


def settings_page() -> str:
    """The page, with the value of what is set."""
    sections: list[tuple[str, type[BaseSettings]]] = [
        ("Every process", Settings),
        ("muster up", HostSettings),
    ]
    sections += [(service.name, kind) for service in chosen(()) for kind in service.settings]
    lines = ["Settings are environment variables.", ""]
    for title, kind in sections:
        lines += [title, "=" * len(title), *_section(kind)]
    return "\n".join(lines).rstrip()


def names_without_description() -> list[str]:
    """Settings that say nothing about themselves; a test keeps this empty."""
    kinds: list[type[BaseSettings]] = [Settings, HostSettings]
    kinds += [kind for service in chosen(()) for kind in service.settings]
    return [name for kind in kinds for name, field in _fields(kind) if not field.description]


def _fields(kind: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    prefix = str(kind.model_config.get("env_prefix", ""))
    for name, field in kind.model_fields.items():
        yield (prefix + name).upper(), field


def _section(kind: type[BaseSettings]) -> Iterator[str]:
    for name, field in _fields(kind):
        value = os.environ.get(name)
        yield f"{name}{_default(field)}"
        yield textwrap.fill(
            field.description or "",
            96,
            initial_indent="    ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
        if value is not None:
            hidden = any(word in name.lower() for word in _HIDDEN)
            yield f"    now: {'(set, not shown)' if hidden else value}"
        yield ""


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if value in (None, "", {}):
        return ""
    return f" (default {value})"
