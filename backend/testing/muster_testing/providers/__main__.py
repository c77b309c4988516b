"""A local provider as a process of its own, until it is asked to stop. Its first line says where it listens."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from muster_testing.providers.hooks import HookServer
from muster_testing.providers.knobs import Knobs, Record
from muster_testing.providers.mail import mail_server
from muster_testing.providers.push import PushServer
from muster_testing.providers.sns import sns_server
from muster_testing.providers.twilio import TwilioServer
from muster_testing.providers.web import running


def main() -> int:
    """Serve one provider."""
    parser = argparse.ArgumentParser(prog="python -m muster_testing.providers")
    parser.add_argument("provider", choices=["twilio", "sns", "mail", "push", "hook"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", type=Path, help="file for a line of JSON per request")
    parser.add_argument("--callback-base", help="where Twilio's callbacks are posted instead")
    for knob in dataclasses.fields(Knobs):
        name = f"--{knob.name.replace('_', '-')}"
        usual: Any = getattr(Knobs(), knob.name)
        if isinstance(usual, bool):
            parser.add_argument(name, action="store_true")
        else:
            parser.add_argument(name, type=cast("Callable[[str], Any]", type(usual)), default=usual)
    asked = parser.parse_args()
    knobs = Knobs(**{knob.name: getattr(asked, knob.name) for knob in dataclasses.fields(Knobs)})
    asyncio.run(_serve(asked, knobs))
    return 0


async def _serve(asked: argparse.Namespace, knobs: Knobs) -> None:
    record, port = Record(asked.record), asked.port
    serving: AbstractAsyncContextManager[Any]
    match asked.provider:
        case "twilio":
            twilio = TwilioServer(knobs, record, callback_base=asked.callback_base)
            serving = running(twilio, port=port)
        case "sns":
            serving = sns_server(knobs, port=port, record=record)
        case "mail":
            serving = mail_server(knobs, port=port, record=record)
        case "push":
            serving = running(PushServer(knobs, record), port=port)
        case _:
            serving = running(HookServer(knobs, record), port=port)
    async with serving as server:
        stop = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        print(server.url, flush=True)  # noqa: T201 - who started it reads this line
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
