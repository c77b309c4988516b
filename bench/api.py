"""One API process against pgbench running the same statements with the same number of clients."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from bench.limit import pgbench, script_of
from bench.load import Connection, hammer, request
from bench.process import PASSWORD, UNLIMITED, environment_of, people, process, ready, sign_in
from bench.report import Row, share
from muster_host.engines import Postgres, embedded_postgres, embedded_valkey

CLIENTS = 16
SECONDS = 8
ROUNDS = 3
PORT = 18951
ADDRESS = f"http://127.0.0.1:{PORT}"
SEEDED = 100_000

Make = Callable[[int], bytes]


def measure(folder: Path) -> list[Row]:
    """Declare an incident, list 50 of 100,000, hazards in a bounding box of 100,000."""
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_valkey(folder / "valkey") as cache,
    ):
        environment = environment_of(folder, server, cache, MUSTER_PORT=str(PORT), **UNLIMITED)
        # Alone: relay, consumers and workers are other processes' business.
        with process(environment, folder, "serve", "--faces", "api,rpc"):
            asyncio.run(ready(ADDRESS, 60))
            asyncio.run(people(environment))
            token = asyncio.run(sign_in(ADDRESS, "incident-commander", PASSWORD))
            return _figures(server, folder, token)


def _figures(server: Postgres, folder: Path, token: str) -> list[Row]:
    body = json.dumps(
        {
            "name": "Cedar Creek Fire",
            "kind": "wildfire",
            "location": {"type": "Point", "coordinates": [-118.1, 35.4]},
        }
    ).encode()
    declare = request("POST", "/api/v1/incidents", token, body)
    # The first declaration of the year opens the counter; what is measured are the others.
    asyncio.run(_one(declare))
    rows = [_compare("declare an incident, 16 clients", lambda _: declare, server, folder, 0.12)]
    _multiply(
        server, "incident_management.incident", SEEDED, "'number', 'seed-' || g, 'hazard_id', NULL,"
    )
    listing = request("GET", "/api/v1/incidents?limit=50", token)
    rows.append(_compare("list 50 of 100,000 incidents", lambda _: listing, server, folder, 0.10))
    _seed_hazards(server)
    box = request("GET", "/api/v1/hazards?bbox=-119,35,-117,36.5&limit=50", token)
    rows.append(_compare("hazards in a box of 100,000", lambda _: box, server, folder, 0.0))
    return rows


def _compare(what: str, make: Make, server: Postgres, folder: Path, at_least: float) -> Row:
    """Turn about, so that a neighbour's noise falls on both; the median ratio's pair is reported."""
    server.query("VACUUM ANALYZE")
    asyncio.run(hammer(ADDRESS, make, clients=CLIENTS, seconds=1))
    script = script_of(_logged(server, make(0)), known=_known(server))
    pairs: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        limit = pgbench(server, script, folder, clients=CLIENTS, seconds=SECONDS)
        outcome = asyncio.run(hammer(ADDRESS, make, clients=CLIENTS, seconds=SECONDS))
        if set(outcome.statuses) - {200, 201}:
            raise RuntimeError(f"{what}: {outcome.statuses}")
        pairs.append((outcome.rate, limit))
    pairs.sort(key=lambda pair: pair[0] / pair[1])
    ours, limit = pairs[len(pairs) // 2]
    return share(what, ours, limit, at_least)


def _logged(server: Postgres, one: bytes) -> str:
    """PostgreSQL's log of the statements that one request makes the API send."""
    log = server.folder / "postgres.log"
    server.query("ALTER SYSTEM SET log_statement = 'all'")
    server.query("SELECT pg_reload_conf()")
    time.sleep(0.5)
    start = log.stat().st_size
    asyncio.run(_one(one))
    time.sleep(0.5)
    text = log.read_text(encoding="utf-8")[start:]
    server.query("ALTER SYSTEM RESET log_statement")
    server.query("SELECT pg_reload_conf()")
    # Not what the request sent: the wake-up that many commits share, the clock that polls.
    entries = [part for part in text.split("\n2") if part]
    kept = [part if part.startswith("2") else "2" + part for part in entries]
    return "\n".join(part for part in kept if not any(noise in part for noise in _NOISE)) + "\n"


_NOISE = ("pg_notify", "pg_reload_conf", "ALTER SYSTEM", "revocation", "signing_key")


def _known(server: Postgres) -> list[uuid.UUID]:
    """Ids that stay the same from one request to the next: organizations and accounts."""
    text = server.query(
        "SELECT id FROM identity.organization UNION ALL SELECT id FROM identity.account"
    )
    return [uuid.UUID(line) for line in text.split()]


def _multiply(server: Postgres, table: str, count: int, changes: str) -> None:
    """Copy a table's newest row many times, each with an id of its own."""
    server.query(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(one) || jsonb_build_object("
        f"{changes} 'id', uuidv7()))).* FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) one,"
        f" generate_series(1, {count}) g"
    )


def _seed_hazards(server: Postgres) -> None:
    """A feed and 100,000 earthquakes over the whole earth, over four years."""
    server.query(
        "INSERT INTO hazard_monitoring.feed (id, key, name, kind, url, poll_seconds, paused)"
        " VALUES (uuidv7(), 'bench', 'Bench', 'usgs-geojson', 'http://127.0.0.1:9', 86400, true)"
    )
    server.query(
        "INSERT INTO hazard_monitoring.hazard (id, feed_id, external_id, kind, title, magnitude, severity, tsunami,"
        " location, depth_km, occurred_at, reported_at, first_seen_at, revision, exercise)"
        " SELECT uuidv7(), f.id, 'b' || g, 'earthquake', 'M 4.2 - 10 km N of Somewhere', 4.2, 'Minor', false,"
        " point(random() * 360 - 180, random() * 180 - 90), 10, now() - g * interval '20 min', now(), now(), 1, false"
        f" FROM hazard_monitoring.feed f, generate_series(1, {SEEDED}) g WHERE f.key = 'bench'"
    )


async def _one(message: bytes) -> None:
    connection = Connection(ADDRESS)
    status, body = await connection.send(message)
    connection.close()
    if status >= 300:
        raise RuntimeError(f"{status} {body[:300]!r}")
