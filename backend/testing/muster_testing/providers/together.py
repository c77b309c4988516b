"""Every provider at once, for an installation of another process: `python -m muster_testing.providers.together FOLDER`.

The first line is JSON: `environment`, the settings by which an installation sends through them (passwords in files of
FOLDER, as an operator would keep them), and the addresses of the `desk` and the `hook`. The desk is plain HTTP:
`GET /taken` tells what people received, in the order of time; `/<provider>/_knobs`, `/push/_subscribe` and whatever
else a provider answers is passed on to it.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster_testing.authority import Authority
from muster_testing.providers.hooks import SECRET as HOOK_SECRET
from muster_testing.providers.hooks import HookServer
from muster_testing.providers.knobs import Got
from muster_testing.providers.mail import MailServer, mail_server
from muster_testing.providers.push import PushServer, base64url
from muster_testing.providers.sns import KEY_ID, REGION, SECRET, SnsServer, sns_server
from muster_testing.providers.twilio import ACCOUNT, TOKEN, TwilioServer
from muster_testing.providers.web import (
    HttpServer,
    Request,
    Response,
    as_json,
    running,
    served_by,
)


@dataclass(frozen=True, slots=True)
class Together:
    """One of each."""

    twilio: TwilioServer
    sns: SnsServer
    mail: MailServer
    push: PushServer
    hook: HookServer
    authority: Authority

    def settings(self, folder: Path) -> dict[str, str]:
        """The environment of an installation that sends by them; secrets become files."""
        secrets = folder / "secrets"
        secrets.mkdir(mode=0o700)
        for name, value in {
            "twilio_auth_token": TOKEN,
            "sns_secret_access_key": SECRET,
            "smtp_url": self.mail.url,
            "vapid_private_key": base64url(os.urandom(32)),
        }.items():
            (secrets / f"muster_notification_{name}").write_text(value, "utf-8")
        told = {
            "TWILIO_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_FROM": "+15555550100",
            "SNS_URL": self.sns.url,
            "SNS_REGION": REGION,
            "SNS_ACCESS_KEY_ID": KEY_ID,
            "WEBHOOK_LOOPBACK": "true",
            "WEBHOOK_CA_FILE": str(self.authority.file),
        }
        named = {f"MUSTER_NOTIFICATION_{name}": value for name, value in told.items()}
        return {"MUSTER_SECRETS_DIR": str(secrets), **named}

    def taken(self) -> list[dict[str, Any]]:
        """What people received, by whom, oldest first."""
        found = [
            {"provider": name, **dataclasses.asdict(got), "more": more}
            for name, provider in self._named().items()
            for got, more in self._effects(provider)
        ]
        return sorted(found, key=lambda one: float(one["at"]))

    async def answer(self, request: Request) -> Response | None:
        """At the desk."""
        if request.target == "/taken":
            return as_json(200, self.taken())
        name, _, rest = request.target.removeprefix("/").partition("/")
        provider = self._named().get(name)
        if not isinstance(provider, HttpServer):
            return Response(404)
        return await provider.answer(dataclasses.replace(request, target=f"/{rest}"))

    def _named(self) -> Mapping[str, HttpServer | MailServer]:
        return {
            "twilio": self.twilio,
            "sns": self.sns,
            "mail": self.mail,
            "push": self.push,
            "hook": self.hook,
        }

    def _effects(
        self, provider: HttpServer | MailServer
    ) -> Iterator[tuple[Got, Mapping[str, Any]]]:
        effects = provider.record.effects()
        if not isinstance(provider, MailServer):
            yield from ((got, got.more) for got in effects)
            return
        # The record has a letter's subject; its words are in the letter, one for each recipient.
        for got, letter in zip(effects, provider.letters, strict=True):
            body = letter.get_body(("plain",))
            yield got, {"body": "" if body is None else str(body.get_content())}


@asynccontextmanager
async def together(folder: Path) -> AsyncGenerator[Together]:
    """All of them in this event loop; push services and partners are met by https, as addresses of others must be."""
    authority = Authority(folder)
    async with AsyncExitStack() as stack:
        yield Together(
            await stack.enter_async_context(running(TwilioServer())),
            await stack.enter_async_context(sns_server()),
            await stack.enter_async_context(mail_server()),
            await stack.enter_async_context(running(PushServer(), tls=authority.server)),
            await stack.enter_async_context(running(HookServer(), tls=authority.server)),
            authority,
        )


async def _serve(folder: Path) -> None:
    async with together(folder) as servers, served_by(servers.answer) as desk:
        stop = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        told = {
            "desk": desk,
            "hook": {"url": servers.hook.url, "secret": HOOK_SECRET},
            "environment": servers.settings(folder),
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - who started it reads this line
        await stop.wait()


def main() -> int:
    """Serve all until asked to stop."""
    parser = argparse.ArgumentParser(prog="python -m muster_testing.providers.together")
    parser.add_argument("folder", type=Path, help="where certificates and passwords are written")
    asyncio.run(_serve(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
