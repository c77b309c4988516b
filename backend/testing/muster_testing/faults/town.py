"""A town to be warned: people in cells of a map, two providers in processes of their own, an office that publishes.

The office writes into alert-management's outbox, as that service does when an alert is published: acknowledged means
committed.
"""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import httpx

from muster.alerts.v1.events import AlertPublished
from muster_core.auth import system_actor
from muster_core.database import Database
from muster_core.identifiers import uuid7
from muster_core.outages import OutcomeUnknownError
from muster_core.outbox import announce
from muster_core.settings import Settings
from muster_testing.faults.history import Outcome
from muster_testing.faults.site import Site
from muster_testing.faults.warnings import Asked, Effect, Recorded, Seen
from muster_testing.providers.knobs import read_record
from muster_testing.providers.twilio import ACCOUNT, TOKEN

CELLS = 20
_PEOPLE = 15
_WORD = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}#\d+")
_PATIENCE_SECONDS = 6.0


class Provider:
    """A provider that nobody breaks; what it got is in a file."""

    def __init__(self, kind: str, folder: Path, *knobs: str) -> None:
        self.kind = kind
        self._record = folder / f"{kind}.jsonl"
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [
                sys.executable,
                "-m",
                "muster_testing.providers",
                kind,
                "--record",
                self._record,
                *knobs,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def effects(self, name: str) -> list[Effect]:
        """What people received, by the name that we know the provider under."""
        found: list[Effect] = []
        for got in read_record(self._record):
            word = _WORD.search(got.text) or _WORD.search(str(got.more))
            if got.effect and word is not None:
                found.append(Effect(got.at, name, got.to, word[0]))
        return found

    def turn(self, **knobs: float) -> None:
        """Make it ill, or well again, while it runs."""
        httpx.post(f"{self.url}/_knobs", json=knobs, timeout=5).raise_for_status()

    def stop(self) -> None:
        """Ask it to end."""
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Town:
    """Its people and its providers; `environment` is what an installation that warns it is told."""

    def __init__(self, folder: Path, *, ill: Sequence[str] = ()) -> None:
        """SMS by a provider that knows our keys, e-mail by one that does not; both lose some answers."""
        self.sms = Provider("twilio", folder, "--honours-key", *ill)
        self.mail = Provider("mail", folder, *ill)
        self.people: dict[int, frozenset[str]] = {}
        self.environment = {
            "MUSTER_NOTIFICATION_TWILIO_URL": self.sms.url,
            "MUSTER_NOTIFICATION_TWILIO_ACCOUNT_SID": ACCOUNT,
            "MUSTER_NOTIFICATION_TWILIO_AUTH_TOKEN": TOKEN,
            "MUSTER_NOTIFICATION_TWILIO_FROM": "+15555550100",
            "MUSTER_NOTIFICATION_TWILIO_HONOURS_KEY": "true",
            "MUSTER_NOTIFICATION_TWILIO_RATE": "2000",
            "MUSTER_NOTIFICATION_TWILIO_SECONDS": "2",
            "MUSTER_NOTIFICATION_SMTP_URL": self.mail.url,
            "MUSTER_NOTIFICATION_SMTP_RATE": "2000",
            "MUSTER_NOTIFICATION_SMTP_SECONDS": "2",
            "MUSTER_NOTIFICATION_LEASE_SECONDS": "8",
            "MUSTER_NOTIFICATION_CALLS_PER_DAY": "1000",
        }

    def settle(self, site: Site) -> None:
        """Subscribe everyone, each with a telephone or a mailbox in one of the cells."""
        from notification.vault import vault_of  # noqa: PLC0415 - only this story has such people

        vault = vault_of(Settings(secret_key_file=Path(site.environment["MUSTER_SECRET_KEY_FILE"])))
        rows: list[str] = []
        for cell in range(CELLS):
            names: list[str] = []
            for number in range(_PEOPLE):
                phone = f"+1555{cell:03}{number:04}"
                names += [phone, f"person{cell}.{number}@town.example"]
            for name in names:
                channel = "sms" if name.startswith("+") else "email"
                subscription, point = uuid7(), uuid7()
                sealed = vault.seal_address(name, point).hex()
                rows.append(
                    "INSERT INTO notification.subscriptions (id, kind, source, status, language, exercise)"  # noqa: S608
                    f" VALUES ('{subscription}', 'person', 'public', 'active', 'en', false);"
                    "INSERT INTO notification.contact_points (id, subscription_id, channel, address_sealed,"
                    " address_index, language, active, verified_at, exercise, at, min_severity, tz)"
                    f" VALUES ('{point}', '{subscription}', '{channel}', '\\x{sealed}', '{vault.index(channel, name)}',"
                    f" 'en', true, now(), false, point({_longitude(cell)}, 35.5), 1, 'UTC');"
                )
            self.people[cell] = frozenset(names)
        for start in range(0, len(rows), 40):
            site.postgres.query("".join(rows[start : start + 40]))
        self._vault = vault

    def seen(self, site: Site, *, keyed: frozenset[str] = frozenset({"twilio"})) -> Seen:
        """What the providers got, and what our records say."""
        points = {
            line.split("|")[0]: self._vault.open_address(
                bytes.fromhex(line.split("|")[1]), UUID(line.split("|")[0])
            )
            for line in site.postgres.query(
                "SELECT id || '|' || encode(address_sealed, 'hex') FROM notification.contact_points"
            ).split()
        }
        recorded = [
            Recorded(UUID(alert), points[point], state)
            for alert, point, state in (
                line.split("|")
                for line in site.postgres.query(
                    "SELECT b.alert_id || '|' || d.contact_point_id || '|' || d.state FROM notification.deliveries d"
                    " JOIN notification.broadcasts b ON b.id = d.broadcast_id"
                ).split()
            )
        ]
        effects = [*self.sms.effects("twilio"), *self.mail.effects("smtp")]
        return Seen(effects, recorded, keyed, unfinished(site), site.dead_letters())

    def stop(self) -> None:
        """End the providers."""
        self.sms.stop()
        self.mail.stop()


def unfinished(site: Site) -> int:
    """Broadcasts that have not come to their end."""
    return int(
        site.postgres.query(
            "SELECT count(*) FROM notification.broadcasts WHERE finished_at IS NULL"
        )
    )


def at_rest(site: Site, asked: Sequence[Asked], within: float) -> None:
    """Wait until every acknowledged alert is through; whether it ever is, the checker says."""
    acknowledged = {str(one.alert_id) for one in asked if one.outcome is Outcome.OK}
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        known = set(site.postgres.query("SELECT alert_id FROM notification.broadcasts").split())
        if acknowledged <= known and not unfinished(site):
            return
        time.sleep(0.5)


def _longitude(cell: int) -> float:
    return round(-118 + cell * 0.1, 1)


class Office(threading.Thread):
    """Publishes so many deliveries a second until told to stop: Alerts, and Updates and Cancels of recent ones."""

    def __init__(self, site: Site, town: Town, *, rate: float, seed: int) -> None:
        super().__init__(name="office", daemon=True)
        self.asked: list[Asked] = []
        self._url, self._people = site.postgres.url, town.people
        self._pause = 2 * _PEOPLE / rate
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._ended = threading.Event()
        self._threads: list[tuple[UUID, int, int]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()

    def rest(self) -> None:
        """Finish what is under way."""
        self._ended.set()
        self.join(30)

    def acknowledged(self) -> int:
        """Deliveries that were asked for and acknowledged."""
        done = [one for one in tuple(self.asked) if one.outcome is Outcome.OK]
        return sum(len(one.recipients) for one in done)

    def run(self) -> None:
        asyncio.run(self._publish())

    async def _publish(self) -> None:
        database = Database(self._url, 8)
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not self._ended.is_set():
            asked, event = self._next()
            self.asked.append(asked)
            task = asyncio.create_task(_commit(database, asked, event))
            running.add(task)
            task.add_done_callback(running.discard)
            due = max(due + self._pause, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.gather(*running)
        await database.close()

    def _next(self) -> tuple[Asked, AlertPublished]:
        chance = self._random
        if self._threads and chance.random() < 0.4:
            thread, cell, number = self._threads.pop(chance.randrange(len(self._threads)))
            msg_type = "Cancel" if chance.random() < 0.3 else "Update"
        else:
            thread, cell, number, msg_type = uuid4(), chance.randrange(CELLS), 0, "Alert"
        number += 1
        if msg_type != "Cancel":
            self._threads = [*self._threads[-15:], (thread, cell, number)]
        soon = chance.random() < 0.25
        lives = timedelta(seconds=chance.uniform(1, 5)) if soon else timedelta(hours=2)
        asked = Asked(
            thread if number == 1 else uuid4(),
            thread,
            number,
            msg_type,
            chance.choice(("Extreme", "Severe", "Minor")),
            datetime.now(UTC) + lives,
            self._people[cell],
        )
        return asked, _event(asked, cell)


async def _commit(database: Database, asked: Asked, event: AlertPublished) -> None:
    """Publish, and believe what comes back: no answer means that nobody knows."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async with database.session("alert_management", system_actor("alert-management")) as s:
                await announce(s, event)
    except (OutcomeUnknownError, TimeoutError):
        asked.outcome = Outcome.UNKNOWN
    except Exception:  # noqa: BLE001 - whatever it was, nothing was committed
        asked.outcome = Outcome.FAIL
    else:
        asked.outcome = Outcome.OK


def _event(asked: Asked, cell: int) -> AlertPublished:
    west, east = _longitude(cell) - 0.04, _longitude(cell) + 0.04
    ring = [[west, 35.4], [east, 35.4], [east, 35.6], [west, 35.6], [west, 35.4]]
    words = f"{asked.msg_type} {asked.word}"
    values: dict[str, Any] = {
        "alert_id": asked.alert_id, "thread_id": asked.thread_id, "number": asked.number, "headline": words,
        "version": 1, "identifier": f"town.{asked.alert_id}", "sender": "office@town.example",
        "sent": datetime.now(UTC),
        "msg_type": asked.msg_type, "status": "Actual", "category": ["Safety"], "hazard": "",
        "severity": asked.severity, "urgency": "Immediate", "certainty": "Observed", "expires": asked.expires,
        "texts": [
            {"language": "en", "sender_name": "Town", "event": "Test", "headline": words, "short": words}
        ],
        "areas": [{"description": f"Cell {cell}", "geometry": {"type": "Polygon", "coordinates": [ring]}}],
        "url": f"https://town.example/warnings/{asked.alert_id}",
    }  # fmt: skip
    return AlertPublished.model_validate(values)
