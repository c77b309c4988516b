"""The first accounts of an installation: those of the demo, or one administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_service import bootstrap

if TYPE_CHECKING:
    from muster_core.runtime import Runtime
    from muster_core.settings import Settings


async def ensure_accounts(runtime: Runtime, settings: Settings) -> None:
    """Have somebody who can sign in; a generated administrator's password is printed once, now."""
    if settings.demo != "off":
        await bootstrap.ensure_demo(runtime)
        return
    first = await bootstrap.ensure_administrator(runtime)
    if first is not None:
        print(
            f"The first account of {first.organization!r}: {first.username}, password {first.password}"
            " (shown only now, to be changed at the first signing in).",
            flush=True,
        )


def make_accounts() -> int:
    """`muster accounts`: once after the migrations, by whoever may reach identity's database."""
    import asyncio  # noqa: PLC0415

    from muster_host.application import make_runtime  # noqa: PLC0415
    from muster_host.environment import read_settings  # noqa: PLC0415

    settings = read_settings()

    async def work() -> None:
        runtime = make_runtime(settings)
        try:
            await ensure_accounts(runtime, settings)
        finally:
            await runtime.close()

    asyncio.run(work())
    return 0
