"""Saved searches: keeping them, and telling their owners when something new matches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from muster.identity.v1.identity_pb2 import ListRightsRequest
from muster.identity.v1.identity_pb2_grpc import IdentityStub
from muster.search.v1.events import WATCHED_NEVER, SearchWatchMatched
from muster_core.auth import Actor, authorize, system_actor
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from search.database import SCHEMA
from search.engines.choosing import engines_of
from search.engines.port import JOURNAL, Scope, Wanted
from search.models import Watch
from search.permissions import Permission
from search.repository import state, watches
from search.repository.watches import WatchRepository, WatchView
from search.schemas import ChangeSearchWatch, SavedSearch, SaveSearch
from search.service.questions import saved_filters
from search.service.searching import understand
from search.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.database import Reader
    from muster_core.runtime import Runtime

ACTOR = system_actor("search")
_BATCH = 500


class TooManyWatchesError(ConflictError):
    """The account has saved as many searches as it may."""


async def list_watches(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """What the actor saved, newest first."""
    authorize(actor, Permission.READ)
    return await watches.list_watches(reads, actor.id, limit=limit, cursor=cursor)


async def show_watch(reads: Reader, actor: Actor, watch_id: UUID) -> WatchView:
    """One saved search of the actor's."""
    authorize(actor, Permission.READ)
    view = await watches.find_watch(reads, actor.id, watch_id)
    if view is None:
        raise _not_found(watch_id)
    return view


async def save_search(
    session: AsyncSession, actor: Actor, asked: SaveSearch, most: int
) -> WatchView:
    """Keep a search, and tell the actor from now on of what matches it.

    Raises:
        TooManyWatchesError: the account has as many as it may.
    """
    authorize(actor, Permission.SAVE)
    _check(asked.search)
    repository = WatchRepository(session)
    if await repository.count(actor.id) >= most:
        raise TooManyWatchesError(
            f"You have saved {most} searches; delete one that you need no more."
        )
    watch = Watch(
        id=uuid7(),
        owner_id=actor.id,
        organization_id=actor.organization,
        name=asked.name,
        search=asked.search.model_dump(mode="json"),
        paused=asked.paused,
        version=1,
    )
    repository.save(watch)
    return await repository.view(watch)


async def change_watch(
    session: AsyncSession, actor: Actor, watch_id: UUID, asked: ChangeSearchWatch, if_match: int
) -> WatchView:
    """Rename a saved search, change what it looks for, pause it or let it go on."""
    authorize(actor, Permission.SAVE)
    watch = await _load(session, actor, watch_id)
    check_version(watch.version, if_match, f"'{watch.name}'")
    if asked.name is not None:
        watch.name = asked.name
    if asked.search is not None:
        _check(asked.search)
        watch.search = asked.search.model_dump(mode="json")
    if asked.paused is not None:
        watch.paused = asked.paused
    watch.touch()
    return await WatchRepository(session).view(watch)


async def see_watch(session: AsyncSession, actor: Actor, watch_id: UUID) -> WatchView:
    """The actor has looked: nothing is unseen now."""
    authorize(actor, Permission.READ)
    watch = await _load(session, actor, watch_id)
    watch.unseen = watch.untold = 0
    return await WatchRepository(session).view(watch)


async def delete_watch(session: AsyncSession, actor: Actor, watch_id: UUID) -> None:
    """Forget a saved search."""
    authorize(actor, Permission.SAVE)
    await WatchRepository(session).remove(await _load(session, actor, watch_id))


async def watch_once(runtime: Runtime) -> int:
    """Let every saved search look at what is new; answers how many documents that were.

    What may be found is asked of identity at this moment: who lost a permission is told of nothing that needs it.

    Raises:
        UnavailableError: identity does not answer; what is new waits.
    """
    reads = runtime.database(SCHEMA).reader
    waiting = await state.pending(reads, "watch", _BATCH)
    if waiting:
        everyone = await watches.active_watches(reads)
        if everyone:
            keys = await _watched(reads, waiting)
            rights = await _rights(runtime, {one["owner_id"] for one in everyone})
            for one in everyone:
                if keys and one["owner_id"] in rights:
                    await _look(runtime, one, rights[one["owner_id"]], keys)
        await state.settle(reads, [row["position"] for row in waiting])
    await _tell(runtime)
    return len(waiting)


async def _watched(reads: Reader, waiting: Sequence[Any]) -> list[tuple[str, UUID]]:
    rows = await state.documents(reads, [(row["kind"], row["document_id"]) for row in waiting])
    return [
        (row["kind"], row["id"])
        for row in rows
        if not row["deleted"] and not (row["kind"] == JOURNAL and row["type"] in WATCHED_NEVER)
    ]


async def _rights(runtime: Runtime, owners: set[UUID]) -> Mapping[UUID, Scope]:
    """What the owners may see now; who cannot sign in any more is left out."""
    answer = await runtime.rpc.call(
        runtime.rpc.stub(IdentityStub, "identity").ListRights,
        ListRightsRequest(account_ids=[str(owner) for owner in owners]),
        actor=ACTOR,
    )
    return {
        UUID(one.account_id): Scope(UUID(one.organization_id), frozenset(one.permissions))
        for one in answer.accounts
    }


async def _look(
    runtime: Runtime, watch: Any, rights: Scope, keys: Sequence[tuple[str, UUID]]
) -> None:
    if Permission.READ not in rights.permissions:
        return
    saved = SavedSearch.model_validate_json(watch["search"])
    reads = runtime.database(SCHEMA).reader
    shared = (await state.situation(reads, rights.organization_id)).shared
    found = await engines_of(runtime).postgresql.find(
        Wanted(
            query=understand(saved.q),
            scope=replace(rights, shared=shared),
            filters=replace(saved_filters(saved), only=tuple(keys)),
            order="newest",
            limit=len(keys),
            count=False,
        )
    )
    if found.hits:
        async with runtime.session(SCHEMA, ACTOR) as session:
            await WatchRepository(session).note(
                watch["id"], [(hit.kind, hit.id) for hit in found.hits]
            )


async def _tell(runtime: Runtime) -> None:
    quiet = runtime.service_settings(Settings).quiet_seconds
    async with runtime.session(SCHEMA, ACTOR) as session:
        for row in await WatchRepository(session).tell(quiet):
            await announce(
                session,
                SearchWatchMatched(
                    organization_id=row.organization_id,
                    watch_id=row.id,
                    owner_id=row.owner_id,
                    matches=row.untold,
                ),
            )


def _check(saved: SavedSearch) -> None:
    saved_filters(saved)
    if not understand(saved.q).terms:
        raise InvalidInputError.at("/search/q", "There is no word in it to look for.")


async def _load(session: AsyncSession, actor: Actor, watch_id: UUID) -> Watch:
    watch = await WatchRepository(session).get(actor.id, watch_id)
    if watch is None:
        raise _not_found(watch_id)
    return watch


def _not_found(watch_id: UUID) -> NotFoundError:
    return NotFoundError(f"You have no saved search {watch_id}.")
