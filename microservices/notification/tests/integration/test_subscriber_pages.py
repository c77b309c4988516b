"""The public pages: what they keep and tell, in which language, and for whom."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from notification.database import SCHEMA
from notification.testing import Post, Visitor, subscribed

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.runtime import Runtime

Rows = Callable[..., Any]
POINTS = f"SELECT channel, active, verified_at, at FROM {SCHEMA}.contact_points ORDER BY channel"


async def test_nothing_personal_is_stored_readable_logged_or_announced(
    visitor: Visitor,
    post: Post,
    runtime: Runtime,
    rows: Rows,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Seed, then search: every table of the schema, every event, every log line, every task's arguments."""
    caplog.set_level(logging.DEBUG)
    seeded = ("5552671", "ana.okafor", "Maple Street 3")
    path = await subscribed(visitor, post, email="ana.okafor@example.org", place=seeded[2])
    await visitor.open(path)
    await visitor.subscribe(phone="wrong 5552671", email="ana.okafor@example.org")

    tables = await rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1", SCHEMA
    )
    stored = [
        str(row["whole"])
        for table in tables
        for row in await rows(f"SELECT CAST(t AS text) AS whole FROM {SCHEMA}.{table['name']} t")
    ]
    assert any("America" in one or "sms" in one for one in stored)
    hexed = [seed.encode().hex() for seed in seeded]
    for told in (*stored, caplog.text, json.dumps(post.relay.tasks)):
        for secret in (*seeded, *hexed):
            assert secret not in told
    events = await post.relay.outbox("notification")
    assert [event for event in events if event.subject.startswith("subscri")] == []


async def test_pages_keep_and_tell_nothing(visitor: Visitor, post: Post, app: FastAPI) -> None:
    path = await subscribed(visitor, post)
    for page in (await visitor.open("/subscribe"), await visitor.open(path)):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        assert "set-cookie" not in page.headers
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.html)
        assert " style=" not in page.html
        assert not re.search(r"\son\w+=", page.html)


async def test_pages_are_read_in_ones_own_language_and_direction(visitor: Visitor) -> None:
    arabic = await visitor.open("/subscribe", **{"accept-language": "ar-JO,ar;q=0.9"})
    spanish = await visitor.open("/subscribe?lang=es")

    assert '<html lang="ar" dir="rtl">' in arabic.html
    assert arabic.headers["content-language"] == "ar"
    assert '<html lang="es" dir="ltr">' in spanish.html
    assert "Suscribirse" in spanish.text
    assert "/subscribe?lang=en" in spanish.links("/subscribe?")


async def test_every_field_has_a_name_that_is_read_out(visitor: Visitor) -> None:
    page = await visitor.open("/subscribe")

    fields = re.findall(r"<(?:input|select|textarea)([^>]*)>", page.html)
    shown = [one for one in fields if 'type="hidden"' not in one]
    assert len(shown) > 20
    for one in shown:
        identity = re.search(r' id="([^"]+)"', f" {one}")
        assert identity
        inside = re.search(rf'<label class="check"><input[^>]*id="{identity[1]}"', page.html)
        assert inside or f'<label for="{identity[1]}"' in page.html
    identities = re.findall(r'\sid="([^"]+)"', page.html)
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"a=%ff", 400),
        ("application/x-www-form-urlencoded", "a=é".encode(), 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 100), 400),
        ("application/x-www-form-urlencoded", b"", 422),
    ],
)
async def test_what_is_no_form_is_refused(
    visitor: Visitor, content_type: str, body: bytes, status: int
) -> None:
    response = await visitor.client.post(
        "/subscribe", content=body, headers={"content-type": content_type}
    )

    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")


async def test_the_pages_scripts_are_ours(visitor: Visitor) -> None:
    for name in ("page.js", "worker.js"):
        script = await visitor.open(f"/subscribe/{name}")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.html.startswith('"use strict"')
