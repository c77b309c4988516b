"""Everything is killed under load; what was acknowledged is there, once, and the journal proves it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from muster_testing.hosting import Host, everything

pytestmark = [pytest.mark.serial, pytest.mark.timeout(600)]
CLIENTS = 50


def _declare_until_the_end(
    host: Host, token: str, number: int, acknowledged: list[dict[str, Any]]
) -> None:
    with httpx.Client(base_url=f"{host.address}/api/v1", timeout=30) as client:
        for count in range(1_000_000):
            try:
                answer = client.post(
                    "/incidents",
                    json={"name": f"Fire {number}-{count}"},
                    headers={"Authorization": token, "Idempotency-Key": f"{number}-{count}"},
                )
            except httpx.TransportError:
                return
            if answer.is_success:
                acknowledged.append(answer.json())


def _journalled(client: httpx.Client) -> Counter[str]:
    entries = everything(client, "/activity", type="muster.incident.declared.v1")
    return Counter(str(entry["incident_id"]) for entry in entries)


@pytest.fixture
def host(tmp_path: Path) -> Generator[Host]:
    """An installation that is stopped whatever becomes of its story."""
    made = Host(tmp_path / "var")
    yield made
    made.stop()


def test_nothing_acknowledged_is_lost_when_every_process_is_killed(host: Host) -> None:
    host.start()
    acknowledged: list[dict[str, Any]] = []
    token = f"Bearer {host.token('incident-commander')}"
    threads = [
        threading.Thread(target=_declare_until_the_end, args=(host, token, number, acknowledged))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 100:
        time.sleep(0.02)
    host.kill()
    for thread in threads:
        thread.join()

    with host, host.client("incident-commander") as commander:
        present = Counter(incident["id"] for incident in everything(commander, "/incidents"))
        assert set(present.values()) == {1}
        assert {incident["id"] for incident in acknowledged} <= set(present)

        deadline = time.monotonic() + 60
        while (journalled := _journalled(commander)).keys() != present.keys():
            assert time.monotonic() < deadline, "the journal did not catch up"
            time.sleep(0.2)
        assert set(journalled.values()) == {1}

        # A client that never heard the answer asks again with its key, and gets the same incident.
        first = acknowledged[0]
        again = commander.post(
            "/incidents",
            json={"name": first["name"]},
            headers={"Idempotency-Key": first["name"].removeprefix("Fire ")},
        )
        assert again.json()["id"] == first["id"]

        good = host.muster("journal", "verify")
        assert good.returncode == 0, good.stdout + good.stderr

        entry = commander.get("/activity", params={"limit": 1, "order": "asc"}).json()["items"][0]
        tampered = host.muster(
            "psql",
            "-c",
            "SET session_replication_role = replica",
            "-c",
            "UPDATE activity_log.entry SET summary = overlay(summary placing '?' from 1 for 1)"
            f" WHERE id = '{entry['id']}'",
        )
        assert "UPDATE 1" in tampered.stdout, tampered.stdout + tampered.stderr
        bad = host.muster("journal", "verify")
        assert bad.returncode == 1
        assert entry["id"] in bad.stdout + bad.stderr
