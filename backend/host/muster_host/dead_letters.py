"""`muster dead-letters`: what no attempt could handle, of the services whose database this process reaches."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster_core.dead_letters import discard, letters, replay
from muster_core.errors import DomainError
from muster_core.events import UnknownEventError
from muster_host.application import make_runtime
from muster_host.environment import read_settings
from muster_host.errors import HostError
from muster_host.services import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.dead_letters import DeadLetter
    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime

_MOST = 10_000


def run(what: str, ids: Sequence[str], names: Sequence[str], *, as_json: bool) -> int:
    """List, show, replay or discard; answers the exit status, 1 where a letter could not be handled."""
    if what != "list" and not ids:
        raise HostError(f"Say which: `muster dead-letters {what} ID…`, or `all`.")
    services = chosen(names)

    async def work() -> int:
        runtime = make_runtime(read_settings())
        try:
            found = [
                one for service in services for one in await letters(runtime, service.schema, _MOST)
            ]
            if what == "list":
                _print_list(found, as_json=as_json)
                return 0
            return await _each(what, _picked(found, ids), runtime, services)
        finally:
            await runtime.close()

    return asyncio.run(work())


def _picked(found: Sequence[DeadLetter], ids: Sequence[str]) -> list[DeadLetter]:
    if list(ids) == ["all"]:
        return list(found)
    by_id = {one.id: one for one in found}
    picked: list[DeadLetter] = []
    for words in ids:
        try:
            picked.append(by_id[UUID(words)])
        except (ValueError, KeyError):
            raise HostError(
                f"There is no dead letter {words!r}: `muster dead-letters list`."
            ) from None
    return picked


async def _each(
    what: str, picked: Sequence[DeadLetter], runtime: Runtime, services: Sequence[Microservice]
) -> int:
    failed = 0
    consumers = [one for service in services for one in service.listeners]
    for one in picked:
        if what == "show":
            print(json.dumps(_as_dict(one) | {"body": _readable(one.body)}, indent=2, default=str))
        elif what == "discard":
            await discard(runtime, one)
            print(f"{one.id} discarded: {one.about} for {one.consumer}.")
        else:
            try:
                await replay(runtime, one, consumers)
            except (DomainError, UnknownEventError) as error:
                failed += 1
                print(f"{one.id} stays: {error}")
            except Exception as error:  # noqa: BLE001 - the consumer's own failure, whatever it is
                failed += 1
                print(
                    f"{one.id} stays: {one.consumer} failed again: {type(error).__name__}: {error}"
                )
            else:
                print(f"{one.id} handled: {one.about} by {one.consumer}.")
    return 1 if failed else 0


def _print_list(found: Sequence[DeadLetter], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_as_dict(one) for one in found], indent=2, default=str))
        return
    for one in found:
        print(f"{one.id}  {one.died_at:%Y-%m-%d %H:%M:%SZ}  {one.consumer}  {one.about}")
        print(f"    {one.error.splitlines()[0] if one.error else ''}  (attempts: {one.attempts})")
    print(f"{len(found)} dead letters." if found else "There are no dead letters.")


def _as_dict(one: DeadLetter) -> dict[str, Any]:
    return {
        "id": one.id,
        "service": one.schema.replace("_", "-"),
        "consumer": one.consumer,
        "about": one.about,
        "error": one.error,
        "attempts": one.attempts,
        "died_at": one.died_at.isoformat(),
    }


def _readable(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
