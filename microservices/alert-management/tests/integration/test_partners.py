"""Web hooks: signed, retried, logged, sent again, and never into our own network."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from alert_management.hook_sender import hand_over, partners
from alert_management.settings import Settings
from muster_core.database import Reader
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery


@dataclass
class Partner:
    """A partner's server, which behaves as told."""

    port: int = 0
    status: str = "204 No Content"
    headers: str = ""
    silent: bool = False
    got: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts?team=1"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            told = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
            body = await reader.readexactly(int(told["content-length"]))
            self.got.append((told | {"line": head[0]}, body))
            if self.silent:
                await asyncio.sleep(5)
            writer.write(
                f"HTTP/1.1 {self.status}\r\n{self.headers}Connection: close\r\n\r\n".encode()
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest_asyncio.fixture
async def partner(runtime: Runtime) -> AsyncIterator[Partner]:
    """A partner on loopback, which only a test may reach."""
    made = Partner()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    runtime.override_settings(Settings(hook_insecure_loopback=True, hook_seconds=1.5))
    yield made
    server.close()


async def _hook(desk: Any, client: httpx.AsyncClient, url: str, **more: Any) -> Any:
    return await desk.ok(client.post("/partner-hooks", json={"name": "County", "url": url, **more}))


async def _work(deliver: Delivery) -> None:
    await deliver()
    for work in deliver.tasks:
        await deliver.run(work["task"], **work["arguments"])
    deliver.tasks.clear()


async def _log(desk: Any, client: httpx.AsyncClient, hook: Any) -> Any:
    return (await desk.ok(client.get(f"/partner-hooks/{hook['id']}/deliveries")))["items"]


async def test_a_partner_is_told_signed_and_once(
    desk: Any, as_administrator: httpx.AsyncClient, partner: Partner, deliver: Delivery
) -> None:
    hook = await _hook(desk, as_administrator, partner.url)
    shown = await desk.ok(as_administrator.post(f"/partner-hooks/{hook['id']}/secret"))
    sent = await desk.send()

    await _work(deliver)
    await deliver.run("alert_management.sweep_hooks")

    ((headers, body),) = partner.got
    assert headers["line"] == "POST /alerts?team=1 HTTP/1.1"
    assert headers["host"] == f"127.0.0.1:{partner.port}"
    secret = base64.b64decode(shown["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    message = json.loads(body)
    assert message["type"] == "muster.alert.published.v1"
    assert message["data"]["alert_id"] == sent["id"]
    (entry,) = await _log(desk, as_administrator, hook)
    assert (entry["state"], entry["attempts"][0]["status"]) == ("delivered", 204)


async def test_a_sick_partner_is_asked_again_later_and_the_log_says_why(
    desk: Any,
    as_administrator: httpx.AsyncClient,
    partner: Partner,
    deliver: Delivery,
    reader: Reader,
) -> None:
    hook = await _hook(desk, as_administrator, partner.url)
    partner.status, partner.headers = "503 Busy", "Retry-After: 120\r\n"
    await desk.send()
    await _work(deliver)
    await deliver.run("alert_management.sweep_hooks")  # not due yet
    (entry,) = await _log(desk, as_administrator, hook)
    assert entry["state"] == "pending"
    assert [one["error"] for one in entry["attempts"]] == ["the partner answered 503"]
    (row,) = await reader.fetch(
        "SELECT next_at - now() AS wait FROM alert_management.hook_delivery"
    )
    assert row["wait"].total_seconds() > 110

    partner.silent = True
    await reader.execute("UPDATE alert_management.hook_delivery SET next_at = now()")
    await deliver.run("alert_management.sweep_hooks")
    partner.silent, partner.status, partner.headers = False, "200 OK", ""
    await reader.execute("UPDATE alert_management.hook_delivery SET next_at = now()")
    await deliver.run("alert_management.sweep_hooks")

    (entry,) = await _log(desk, as_administrator, hook)
    assert entry["state"] == "delivered"
    assert [one["status"] for one in entry["attempts"]] == [503, None, 200]
    assert entry["attempts"][1]["error"] == "no answer within 1.5 s"
    assert len({headers["webhook-id"] for headers, _ in partner.got}) == 1


async def test_a_partner_that_is_gone_is_given_up_and_can_be_sent_to_again(
    desk: Any, as_administrator: httpx.AsyncClient, partner: Partner, deliver: Delivery
) -> None:
    hook = await _hook(desk, as_administrator, partner.url)
    partner.status = "410 Gone"
    await desk.send()
    await _work(deliver)
    (entry,) = await _log(desk, as_administrator, hook)
    assert entry["state"] == "failed"
    partner.status = "200 OK"
    address = f"/partner-hooks/deliveries/{entry['id']}/resend"

    assert (await as_administrator.post(address)).status_code == 204
    again = await as_administrator.post(address)
    assert again.status_code == 409
    await _work(deliver)

    (entry,) = await _log(desk, as_administrator, hook)
    assert entry["state"] == "delivered"
    assert [one["number"] for one in entry["attempts"]] == [1, 2]


async def test_a_worker_that_comes_too_late_changes_nothing(
    desk: Any,
    as_administrator: httpx.AsyncClient,
    partner: Partner,
    deliver: Delivery,
    reader: Reader,
    runtime: Runtime,
) -> None:
    from alert_management.hook_sender import Outcome  # noqa: PLC0415
    from alert_management.service import hooks  # noqa: PLC0415
    from muster_core.auth import system_actor  # noqa: PLC0415
    from muster_core.identifiers import uuid7  # noqa: PLC0415

    actor = system_actor("alert-management")
    hook = await _hook(desk, as_administrator, partner.url)
    await desk.send()
    late = uuid7()
    async with runtime.session("alert_management", actor) as session:
        (taken,) = await hooks.claim(session, actor, late)
    async with runtime.session("alert_management", actor) as session:
        assert await hooks.claim(session, actor, uuid7()) == []
    await reader.execute("UPDATE alert_management.hook_delivery SET leased_until = now()")
    await deliver.run("alert_management.sweep_hooks")

    async with runtime.session("alert_management", actor) as session:
        await hooks.settle(session, actor, taken.id, late, Outcome(None, "late", 1))

    (entry,) = await _log(desk, as_administrator, hook)
    assert (entry["state"], len(entry["attempts"])) == ("delivered", 1)


async def test_partners_hear_of_their_world_only(
    desk: Any, as_administrator: httpx.AsyncClient, partner: Partner, deliver: Delivery
) -> None:
    real = await _hook(desk, as_administrator, partner.url)
    drill = await _hook(desk, as_administrator, partner.url, exercise=True)
    await desk.send(exercise=True)
    await desk.send(test=True)
    await _work(deliver)
    assert await _log(desk, as_administrator, real) == []
    assert len(await _log(desk, as_administrator, drill)) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.7/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://[fd00::1]/x",
        "https://user:secret@partner.example/x",
        "https://0.0.0.0/x",
    ],
)
async def test_an_address_of_ours_is_refused_at_once(
    desk: Any, as_administrator: httpx.AsyncClient, url: str
) -> None:
    response = await as_administrator.post("/partner-hooks", json={"name": "x", "url": url})
    assert response.status_code == 422
    assert response.json()["code"] in {"hook-refused", "invalid-input"}


async def test_a_name_that_leads_inside_is_refused_after_resolution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answers(*_: Any, **__: Any) -> Any:
        return [
            (2, 1, 6, "", ("93.184.216.34", 443)),
            (2, 1, 6, "", ("10.1.2.3", 443)),
        ]

    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answers)
    outcome = await hand_over(
        "https://partner.example/x",
        b"s",
        "1",
        {},
        seconds=1,
        outbound=partners(insecure_loopback=False),
    )
    assert outcome.status is None
    assert "10.1.2.3" in (outcome.error or "")


async def test_a_redirect_is_not_followed(
    desk: Any, as_administrator: httpx.AsyncClient, partner: Partner, deliver: Delivery
) -> None:
    hook = await _hook(desk, as_administrator, partner.url)
    partner.status, partner.headers = "302 Found", "Location: http://169.254.169.254/\r\n"
    await desk.send()
    await _work(deliver)
    (entry,) = await _log(desk, as_administrator, hook)
    assert entry["attempts"][0]["status"] == 302
    assert len(partner.got) == 1
