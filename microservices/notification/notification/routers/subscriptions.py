"""Subscriptions as staff run them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from muster_core.auth import Actor
from muster_core.errors import InvalidInputError, UnsupportedMediaTypeError
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.outbound import RefusedAddressError
from muster_core.reads import PageCursor, PageLimit, decode_cursor, encode_cursor
from muster_core.schemas import Name
from notification.database import SCHEMA, Session
from notification.domain.subscribers import ChannelKind, Kind, Source, Status
from notification.permissions import Permission
from notification.routers.own import shown
from notification.schemas import (
    PauseSubscriber,
    Subscriber,
    SubscriberListImported,
    SubscriberPage,
)
from notification.service import lists, roster
from notification.service.lists import ListAbout, Prepared
from notification.service.roster import EXPORTED, RosterEntry, RosterFilter
from notification.settings import Settings
from notification.spreadsheets import write_rows
from notification.vault import vault_of

if TYPE_CHECKING:
    from muster_core.runtime import Runtime

router = service_router("/notifications/subscriptions", "notifications")

Manager = Annotated[Actor, needs(Permission.MANAGE)]
Exporter = Annotated[Actor, needs(Permission.MANAGE, Permission.RECIPIENTS)]
SubscriptionId = Annotated[UUID, Path(description="The subscription.")]
_MOST_HOOKS = 50


def _filter(
    kind: Kind | None = None,
    source: Source | None = None,
    status: Status | None = None,
    list_name: Annotated[str | None, Query(max_length=200)] = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
) -> RosterFilter:
    return RosterFilter(kind, source, status, list_name, exercise)


FilterOf = Annotated[RosterFilter, Depends(_filter)]


def _runs_public(runtime: Runtime, actor: Actor) -> bool:
    return runtime.service_settings(Settings).runs_public(actor.organization)


def _item(entry: RosterEntry) -> Subscriber:
    one = entry.subscription
    return Subscriber.model_validate(
        {
            "id": one.id,
            "kind": one.kind,
            "source": one.source,
            "status": one.status,
            "list_name": one.list_name,
            "language": one.language,
            "min_severity": entry.min_severity,
            "hazards": entry.hazards,
            "placed": entry.placed,
            "exercise": one.exercise,
            "created_at": one.created_at,
            "contacts": [shown(point) for point in entry.points],
        }
    )


@router.get("", response_model=SubscriberPage)
async def list_subscriptions(
    actor: Manager,
    runtime: RuntimeOf,
    session: Session,
    wanted: FilterOf,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> SubscriberPage:
    """Confirmed subscriptions that the organization runs, newest first; addresses are masked."""
    found = await roster.list_subscriptions(
        session,
        actor,
        vault_of(runtime.settings),
        wanted,
        public=_runs_public(runtime, actor),
        after=_after(cursor),
        limit=limit + 1,
    )
    page = found[:limit]
    more = encode_cursor([str(page[-1].subscription.id)]) if len(found) > limit else None
    return SubscriberPage(items=[_item(entry) for entry in page], next=more)


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    (last,) = decode_cursor(cursor, 1)
    try:
        return UUID(last)
    except ValueError as error:
        raise InvalidInputError.at(
            "/cursor", "This is not the `next` of a page of this list.", location="query"
        ) from error


@router.put("/{subscription_id}/pause", status_code=204, response_class=Response)
async def pause_subscription(
    subscription_id: SubscriptionId,
    asked: PauseSubscriber,
    actor: Manager,
    runtime: RuntimeOf,
    session: Session,
) -> Response:
    """Send nothing to a subscriber for a while, or go on."""
    await roster.pause_subscription(
        session,
        actor,
        subscription_id,
        paused=asked.paused,
        public=_runs_public(runtime, actor),
    )
    return Response(status_code=204)


@router.delete("/{subscription_id}", status_code=204, response_class=Response)
async def remove_subscription(
    subscription_id: SubscriptionId, actor: Manager, runtime: RuntimeOf, session: Session
) -> Response:
    """End a subscription; what is known of its subscriber is destroyed."""
    await roster.remove_subscription(
        session, actor, subscription_id, public=_runs_public(runtime, actor)
    )
    return Response(status_code=204)


async def _prepared(
    request: Request,
    actor: Manager,
    runtime: RuntimeOf,
    list_name: Annotated[Name, Query(description="What the list is called.")],
    kind: Annotated[Kind, Query(description="Who is on it.")] = Kind.PARTNER,
    exercise: Annotated[bool, Query(description="For exercises only.")] = False,
    region: Annotated[
        str | None,
        Query(pattern="^[A-Z]{2}$", description="Country of numbers without a country code."),
    ] = None,
) -> Prepared:
    """Read, judged and sealed before any transaction begins."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "text/csv":
        raise UnsupportedMediaTypeError("Send the list as text/csv.")
    settings = runtime.service_settings(Settings)
    about = ListAbout(list_name, kind, exercise, region or settings.phone_region)
    body = await request.body()
    prepared = await asyncio.to_thread(
        lists.prepare_list, actor, vault_of(runtime.settings), about, body
    )
    await _judge_hooks(settings, prepared)
    return prepared


async def _judge_hooks(settings: Settings, prepared: Prepared) -> None:
    hooks = [
        (row, contact)
        for row, contact in prepared.contacts
        if contact.channel is ChannelKind.WEBHOOK
    ]
    if len(hooks) > _MOST_HOOKS:
        raise lists.refused(
            [
                (
                    hooks[_MOST_HOOKS][0],
                    "web_hook",
                    f"is one too many: {_MOST_HOOKS} web hooks at once",
                )
            ]
        )
    found = await asyncio.gather(
        *(settings.judge(contact) for _, contact in hooks), return_exceptions=True
    )
    faults = [
        (row, "web_hook", str(error).rstrip("."))
        for (row, _), error in zip(hooks, found, strict=True)
        if isinstance(error, RefusedAddressError)
    ]
    if faults:
        raise lists.refused(faults)


_CSV: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "description": f"UTF-8; the first row names columns of {', '.join(lists.COLUMNS)}.",
    }
}


@router.post("/import", status_code=201, response_model=SubscriberListImported, openapi_extra=_CSV)
async def import_list(
    actor: Manager, prepared: Annotated[Prepared, Depends(_prepared)], session: Session
) -> SubscriberListImported:
    """Take in a list of partners or staff, wholly or not at all; whoever keeps it vouches for it."""
    done = await lists.import_list(session, actor, prepared)
    return SubscriberListImported(
        import_id=done.import_id,
        subscribers=done.subscribers,
        contact_points=done.contact_points,
    )


@router.get(
    "/export.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_list(
    actor: Exporter, runtime: RuntimeOf, session: Session, wanted: FilterOf
) -> Response:
    """Subscriptions with their addresses, as a file for spreadsheet programs; the journal keeps that it was made."""
    public = _runs_public(runtime, actor)
    await roster.begin_export(session, actor, wanted, public=public)
    return StreamingResponse(
        _rows(runtime, actor, wanted, public=public),
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="subscribers.csv"'},
    )


async def _rows(
    runtime: Runtime, actor: Actor, wanted: RosterFilter, *, public: bool
) -> AsyncIterator[bytes]:
    vault, after, first = vault_of(runtime.settings), None, True
    while first or after is not None:
        async with runtime.session(SCHEMA, actor) as session:
            rows, after = await roster.export_batch(
                session, actor, vault, wanted, public=public, after=after
            )
        chunks: Iterator[bytes] = write_rows(EXPORTED, iter(rows))
        header = next(chunks)
        if first:
            yield header
        first = False
        yield b"".join(chunks)
