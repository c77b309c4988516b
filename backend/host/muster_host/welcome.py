"""What `muster up` prints when it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muster_core.settings import Settings
    from muster_host.home import Home


def welcome(home: Home, settings: Settings, seconds: float) -> str:
    """Address, accounts and the data folder, for the person at the terminal."""
    lines = ["", f"Muster is ready ({seconds:.1f} s): {settings.address}", ""]
    if settings.demo == "off":
        lines += ["No demo accounts (MUSTER_DEMO=off)."]
    else:
        password = settings.demo_password.get_secret_value() if settings.demo_password else ""
        lines += ["Demo accounts, all with the password " + password]
        lines += [f"  {line}" for line in _in_columns(demo_account_names())]
    lines += [
        "",
        f"Data:  {home.folder}",
        f"API:   {settings.address}/api/docs",
        "Stop:  Ctrl-C",
        "",
    ]
    return "\n".join(lines)


def demo_account_names() -> list[str]:
    """One account per starting role, named after it, and the commander of the neighbouring organization."""
    from identity_service.catalogue import STARTING_ROLES  # noqa: PLC0415

    return [*(role.key for role in STARTING_ROLES), "neighbour-commander"]


def _in_columns(names: list[str]) -> list[str]:
    width = max(len(name) for name in names) + 2
    return [
        "".join(f"{name:<{width}}" for name in names[i : i + 3]).rstrip()
        for i in range(0, len(names), 3)
    ]
