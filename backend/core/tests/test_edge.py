"""The edge, told through the board: what comes in is checked, what is refused leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from muster_core.auth import Revocations
from muster_testing.people import TestIdentity, actor_with_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from fastapi import FastAPI

    from muster_testing.delivery import Delivery


async def texts(client: httpx.AsyncClient) -> list[str]:
    return [item["text"] for item in (await client.get("/pins")).json()["items"]]


async def test_a_pin_is_stored_and_announced_together(
    as_commander: httpx.AsyncClient, deliver: Delivery
) -> None:
    response = await as_commander.post("/pins", json={"text": "Bridge closed"})

    assert response.status_code == 201, response.text
    assert await texts(as_commander) == ["Bridge closed"]
    (event,) = await deliver.outbox("board")
    assert event.type == "muster.pin.pinned.v1"
    assert event.subject == f"pin/{response.json()['id']}"
    assert event.summary == 'pinned "Bridge closed"'
    assert event.actor is not None
    assert event.actor.name == "Incident Commander"


async def test_a_late_failure_leaves_neither_row_nor_event(
    as_commander: httpx.AsyncClient, deliver: Delivery
) -> None:
    response = await as_commander.post("/pins", json={"text": "late failure"})

    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert await texts(as_commander) == []
    assert await deliver.outbox("board") == []


async def test_the_same_key_has_its_effect_once(as_commander: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(as_commander.post("/pins", json={"text": "Once"}, headers=key) for _ in range(5))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await texts(as_commander) == ["Once"]
    other = await as_commander.post("/pins", json={"text": "Twice"}, headers=key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency-key-reused"


async def test_a_failed_request_may_be_repeated_with_its_key(
    as_commander: httpx.AsyncClient,
) -> None:
    key = {"Idempotency-Key": "again"}
    assert (await as_commander.post("/pins", json={"text": "fail"}, headers=key)).status_code == 409
    assert (await as_commander.post("/pins", json={"text": "ok"}, headers=key)).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b'{"text": "a", "text": "b"}', 400, None),
        (b'{"text": NaN}', 400, None),
        (b'{"text": "a"', 400, None),
        (b"\xff\xfe", 400, None),
        (b"[" * 100_000, 400, None),
        (b'{"text": "a", "colour": "red"}', 422, "/colour"),
        (b'{"text": 5}', 422, "/text"),
        (b'{"text": ""}', 422, "/text"),
        (b'{"text": "a\\u0000b"}', 422, "/text"),
        (b'{"text": "a\\ud800b"}', 422, "/text"),
        (b'{"text": "a\\u202eb"}', 422, "/text"),
        (b'{"text": "a", "due_at": "0001-01-01T00:00:00Z"}', 422, "/due_at"),
        (b'{"text": "a", "due_at": "2026-01-01T00:00:00"}', 422, "/due_at"),
        (b'{"text": "' + b"a" * 2_000_000 + b'"}', 413, None),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    as_commander: httpx.AsyncClient, body: bytes, status: int, pointer: str | None
) -> None:
    response = await as_commander.post(
        "/pins", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status, response.text
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["trace_id"] == response.headers["x-trace-id"]
    if pointer:
        assert problem["errors"][0]["pointer"] == pointer
    assert await texts(as_commander) == []


async def test_a_body_that_cannot_be_read_is_told_what_is_wrong_with_it(
    as_commander: httpx.AsyncClient,
) -> None:
    response = await as_commander.post(
        "/pins",
        content=b'{"text": "a", "text": "b"}',
        headers={"Content-Type": "application/json"},
    )

    assert response.json()["code"] == "malformed"
    assert "'text' stands twice" in response.json()["detail"]


async def test_a_body_that_grows_too_large_without_saying_so_is_refused_as_too_large(
    as_commander: httpx.AsyncClient,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100_000

    response = await as_commander.post(
        "/pins", content=endless(), headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 413
    assert response.json()["code"] == "too-large"


SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("coordinates", "words"),
    [
        ([SQUARE[:-1]], "not closed"),
        ([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], "Self-intersection"),
        ([[[0, 0], [181, 0], [1, 1], [0, 0]]], "outside -180 to 180"),
        ([[[34, -118], [35, -118], [35, -117], [34, -118]]], "swapped"),
        ([[[0, 0], [0, 0], [0, 0], [0, 0]]], "valid area"),
        ([[[0, 0], [1, 0]]], "at least 4"),
    ],
)
async def test_an_unsound_area_is_refused(
    as_commander: httpx.AsyncClient, coordinates: Any, words: str
) -> None:
    body = {"text": "Area", "area": {"type": "Polygon", "coordinates": coordinates}}
    response = await as_commander.post("/pins", json=body)

    assert response.status_code == 422
    problem = response.json()
    assert problem["errors"][0]["pointer"].startswith("/area")
    assert words in json.dumps(problem["errors"])


async def test_another_media_type_is_refused(as_commander: httpx.AsyncClient) -> None:
    response = await as_commander.post(
        "/pins", content=b"text=a", headers={"Content-Type": "text/plain"}
    )
    assert response.status_code == 415


async def test_pages_follow_one_another(as_commander: httpx.AsyncClient) -> None:
    for number in range(5):
        await as_commander.post("/pins", json={"text": f"Pin {number}"})

    first = (await as_commander.get("/pins", params={"limit": 2})).json()
    second = (await as_commander.get("/pins", params={"limit": 2, "cursor": first["next"]})).json()
    third = (await as_commander.get("/pins", params={"limit": 2, "cursor": second["next"]})).json()

    seen = [item["text"] for page in (first, second, third) for item in page["items"]]
    assert seen == ["Pin 4", "Pin 3", "Pin 2", "Pin 1", "Pin 0"]
    assert third["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WyJhIiwiYiJd", "é"])
async def test_a_foreign_cursor_is_refused(as_commander: httpx.AsyncClient, cursor: str) -> None:
    response = await as_commander.get("/pins", params={"cursor": cursor})
    assert response.status_code == 422
    assert response.json()["errors"][0] == {
        "location": "query",
        "pointer": "/cursor",
        "detail": response.json()["detail"],
    }


async def test_an_edit_names_the_version_it_is_based_on(as_commander: httpx.AsyncClient) -> None:
    made = (await as_commander.post("/pins", json={"text": "Old"})).json()
    path = f"/pins/{made['id']}"

    assert (await as_commander.patch(path, json={"text": "New"})).status_code == 428
    good = await as_commander.patch(path, json={"text": "New"}, headers={"If-Match": '"1"'})
    assert (good.status_code, good.headers["etag"]) == (200, '"2"')
    stale = await as_commander.patch(path, json={"text": "Mine"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')


async def test_a_stranger_is_asked_to_sign_in(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/pins")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_who_lacks_the_permission_is_told_which(as_auditor: httpx.AsyncClient) -> None:
    response = await as_auditor.post("/pins", json={"text": "No"})
    assert response.status_code == 403
    assert "incidents:declare" in response.json()["detail"]


@pytest.mark.parametrize(
    "claims", [{"exp": 1}, {"iss": "other"}, {"aud": "other"}, {"sub": "nobody"}, {"exp": None}]
)
async def test_a_bad_token_is_refused(anonymous: httpx.AsyncClient, claims: dict[str, Any]) -> None:
    token = TestIdentity.shared().token(actor_with_role("incident-commander"), **claims)
    response = await anonymous.get("/pins", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


async def test_a_token_signed_by_a_stranger_is_refused(anonymous: httpx.AsyncClient) -> None:
    token = TestIdentity().token(actor_with_role("incident-commander"))
    response = await anonymous.get("/pins", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


async def test_a_revoked_session_ends_within_seconds(
    as_commander: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await as_commander.get("/pins")).status_code == 200
    person = actor_with_role("incident-commander")
    monkeypatch.setattr(TestIdentity.shared(), "revoked", Revocations(epochs={person.id: 1}))
    deadline = time.monotonic() + 3
    while (await as_commander.get("/pins")).status_code == 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_an_unknown_path_is_a_problem_too(as_commander: httpx.AsyncClient) -> None:
    response = await as_commander.get("/nothing")
    assert response.status_code == 404
    assert response.json()["code"] == "not-found"


async def test_the_document_describes_every_problem(as_commander: httpx.AsyncClient) -> None:
    document = (await as_commander.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    post = document["paths"]["/api/v1/pins"]["post"]
    assert {"201", "400", "401", "403", "409", "413", "415", "422", "503"} <= set(post["responses"])
    assert post["security"] == [{"OAuth2PasswordBearer": ["incidents:declare"]}]


async def test_health_asks_nothing_and_readiness_names_what_is_missing(app: FastAPI) -> None:
    import httpx  # noqa: PLC0415

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://muster.test"
    ) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).status_code == 200
        assert "muster_outbox_rows" in (await client.get("/metrics")).text
        await app.state.runtime.database("board").reader.execute(
            "ALTER TABLE board.outbox RENAME TO gone"
        )
        gone = await client.get("/readyz")
        assert gone.status_code == 503
        assert "database of board" in gone.json()["missing"]
