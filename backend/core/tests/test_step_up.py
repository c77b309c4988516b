"""An act that asks for a second factor proven just before: who passes, for how long, and what the others are told."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from muster_core import auth, errors
from muster_core.auth import Actor, actor_of, claims_of, require_step_up, system_actor
from muster_core.rpc import Rpc, RpcServer
from muster_core.rpc.wire import dump_actor, load_actor
from muster_core.settings import Settings
from muster_testing.notes import Notes, NotesStub
from muster_testing.people import actor_with_role, stepped_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

PROVEN = 1_783_160_000


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Call it with Unix seconds to set the clock that step-up looks at."""

    class Clock:
        now = 0.0

        def time(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(auth, "time", clock)

    def move(now: float) -> None:
        clock.now = now

    return move


def commander(**changes: Any) -> Actor:
    return actor_with_role("incident-commander", **changes)


def test_a_proof_is_good_for_five_minutes_and_not_longer(at: Callable[[float], None]) -> None:
    actor = commander(second_factor_at=PROVEN)

    for after in (0, 60, 300):
        at(PROVEN + after)
        require_step_up(actor)
    at(PROVEN + 300.5)
    with pytest.raises(errors.StepUpRequiredError, match="within the last 5 min"):
        require_step_up(actor)


def test_an_act_may_ask_for_a_younger_proof(at: Callable[[float], None]) -> None:
    at(PROVEN + 61)
    with pytest.raises(errors.StepUpRequiredError, match="within the last 1 min") as refused:
        require_step_up(commander(second_factor_at=PROVEN), seconds=60)
    assert 'max_age="60"' in refused.value.headers["WWW-Authenticate"]


def test_signing_in_just_now_is_no_second_factor() -> None:
    with pytest.raises(errors.StepUpRequiredError):
        require_step_up(commander(authenticated_at=int(time.time())))


@pytest.mark.parametrize("kind", ["system", "service", "api_key"])
def test_nobody_but_a_person_steps_up_whatever_they_claim(kind: Any) -> None:
    with pytest.raises(errors.StepUpRequiredError, match="Only a person"):
        require_step_up(replace(commander(), kind=kind, second_factor_at=int(time.time())))
    with pytest.raises(errors.StepUpRequiredError, match="Only a person"):
        require_step_up(system_actor("alert-management"))


def test_tokens_and_calls_carry_the_proof_and_those_of_before_carry_none() -> None:
    actor = commander(second_factor_at=PROVEN)
    claims = claims_of(actor, issuer="muster", epoch=0, now=PROVEN, jti="1")

    assert claims["mfa_time"] == PROVEN
    assert actor_of(claims) == actor
    assert load_actor(dump_actor(actor)) == actor
    del claims["mfa_time"]
    assert actor_of(claims).second_factor_at == 0
    never = claims_of(commander(), issuer="muster", epoch=0, now=PROVEN, jti="1")
    assert never["mfa_time"] is None
    assert actor_of(never).second_factor_at == 0
    older = json.loads(dump_actor(actor))
    del older["second_factor_at"]
    assert load_actor(json.dumps(older).encode()).second_factor_at == 0


async def test_the_refusal_says_what_to_do_and_the_same_request_passes_afterwards(
    as_commander: httpx.AsyncClient,
) -> None:
    pin: dict[str, Any] = {"json": {"text": "to everybody"}, "headers": {"Idempotency-Key": "one"}}

    refused = await as_commander.post("/pins", **pin)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "step-up-required"
    assert "/api/v1/auth/step-up" in refused.json()["detail"]
    assert refused.headers["www-authenticate"] == (
        'Bearer error="insufficient_user_authentication", max_age="300"'
    )

    late = await stepped_up(as_commander, seconds_ago=302).post("/pins", **pin)
    assert late.json()["code"] == "step-up-required"
    assert (await stepped_up(as_commander).post("/pins", **pin)).status_code == 201
    (only,) = (await as_commander.get("/pins")).json()["items"]
    assert only["text"] == "to everybody"


async def test_a_step_up_does_not_give_a_permission_that_is_missing(
    as_auditor: httpx.AsyncClient,
) -> None:
    refused = await stepped_up(as_auditor).post("/pins", json={"text": "to everybody"})

    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden"


async def test_another_services_refusal_keeps_its_code(tmp_path: Path) -> None:
    async def refuse(_request: bytes, _context: Any) -> bytes:
        require_step_up(commander())
        return b"done"

    settings = Settings(rpc_address=f"unix:{tmp_path}/rpc.sock")
    server = RpcServer(settings)
    server.add(Notes(get=refuse).add_to, None)
    await server.start()
    rpc = Rpc(settings)
    try:
        with pytest.raises(errors.StepUpRequiredError, match="second factor"):
            await rpc.call(rpc.stub(NotesStub, "notes").get, b"", actor=commander())
    finally:
        await rpc.close()
        await server.close(0.2)
