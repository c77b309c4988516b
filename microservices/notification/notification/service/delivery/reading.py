"""What people see of broadcasts: progress, the log of recipients with masked addresses, the providers' health."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from muster_core.auth import Actor, authorize, require_step_up
from muster_core.database import Reader
from muster_core.errors import NotFoundError
from muster_core.reads import decode_cursor, encode_cursor
from notification.addresses import mask
from notification.broadcast_schemas import DeliveryLine, DeliveryPage, ProviderHealth
from notification.domain.delivery import State
from notification.domain.subscribers import ChannelKind
from notification.permissions import Permission
from notification.repository import delivery_reads
from notification.repository.delivery_reads import BroadcastFilter, Logged
from notification.spreadsheets import harmless
from notification.vault import Vault

_EXPORTED_AT_ONCE = 1_000
_COLUMNS = (
    "recipient", "channel", "address", "language", "state", "provider", "reason", "attempts", "begun_at", "changed_at",
)  # fmt: skip


async def list_broadcasts(
    reads: Reader, actor: Actor, wanted: BroadcastFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page of the organization's broadcasts, newest first."""
    authorize(actor, Permission.READ)
    return await delivery_reads.list_broadcasts(
        reads, actor.organization, wanted, limit=limit, cursor=cursor
    )


async def find_broadcast(reads: Reader, actor: Actor, broadcast_id: UUID) -> bytes:
    """One broadcast, by channel and by area."""
    authorize(actor, Permission.READ)
    found = await delivery_reads.find_broadcast(reads, actor.organization, broadcast_id)
    if found is None:
        raise _not_found(broadcast_id)
    return found


async def recipients(
    reads: Reader,
    actor: Actor,
    vault: Vault,
    broadcast_id: UUID,
    *,
    state: State | None,
    channel: ChannelKind | None,
    limit: int,
    cursor: str | None,
) -> DeliveryPage:
    """What became of it for each recipient; one whose turn has not come yet is not in the log."""
    authorize(actor, Permission.RECIPIENTS)
    after = UUID(decode_cursor(cursor, 1)[0]) if cursor else None
    found = await delivery_reads.log(
        reads,
        actor.organization,
        broadcast_id,
        state=state,
        channel=channel,
        after=after,
        limit=limit + 1,
    )
    if not found and not await delivery_reads.exists(reads, actor.organization, broadcast_id):
        raise _not_found(broadcast_id)
    items = [_line(vault, one) for one in found[:limit]]
    more = encode_cursor([str(items[-1].id)]) if len(found) > limit else None
    return DeliveryPage(items=items, next=more)


async def export(
    reads: Reader, actor: Actor, vault: Vault, broadcast_id: UUID
) -> AsyncIterator[str]:
    """The whole log as CSV (RFC 4180), a page at a time; no cell runs in a spreadsheet. Addresses stay masked.

    Raises:
        StepUpRequiredError: the second factor was not proven just before.
    """
    authorize(actor, Permission.RECIPIENTS)
    require_step_up(actor)
    if not await delivery_reads.exists(reads, actor.organization, broadcast_id):
        raise _not_found(broadcast_id)

    async def lines() -> AsyncIterator[str]:
        yield _csv([list(_COLUMNS)])
        after: UUID | None = None
        while found := await delivery_reads.log(
            reads,
            actor.organization,
            broadcast_id,
            state=None,
            channel=None,
            after=after,
            limit=_EXPORTED_AT_ONCE,
        ):
            yield _csv([_cells(_line(vault, one)) for one in found])
            after = found[-1].id

    return lines()


async def providers(reads: Reader, actor: Actor) -> list[ProviderHealth]:
    """How each provider does, put together from what the worker processes saw.

    The rate is that of all processes heard of within a minute; a breaker is told as the worst of them has it.
    """
    authorize(actor, Permission.READ)
    order = ("open", "half_open", "closed")
    found: dict[tuple[str, str], ProviderHealth] = {}
    for line in await delivery_reads.provider_lines(reads):
        fresh = ProviderHealth.model_validate(line)
        key = (fresh.channel, fresh.provider)
        if key not in found:
            found[key] = fresh
            continue
        kept = found[key]
        recent = (kept.seen_at - fresh.seen_at).total_seconds() < 60
        if recent:
            kept.rate += fresh.rate
            kept.limit += fresh.limit
            kept.breaker = min((kept.breaker, fresh.breaker), key=order.index)
        kept.last_success = _later(kept.last_success, fresh.last_success)
        if _later(kept.last_failure, fresh.last_failure) != kept.last_failure:
            kept.last_failure, kept.last_reason = fresh.last_failure, fresh.last_reason
    return list(found.values())


async def sink_messages(
    reads: Reader, actor: Actor, broadcast_id: UUID, *, limit: int, cursor: str | None
) -> bytes:
    """What an exercise would have sent."""
    authorize(actor, Permission.READ)
    return await delivery_reads.sink_messages(
        reads, actor.organization, broadcast_id, limit=limit, cursor=cursor
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known) if known else None


def _line(vault: Vault, one: Logged) -> DeliveryLine:
    channel = ChannelKind(one.channel)
    address = None
    if one.address_sealed is not None:
        address = mask(channel, vault.open_address(one.address_sealed, one.contact_point_id))
    return DeliveryLine(
        id=one.id,
        recipient=one.contact_point_id,
        channel=channel,
        address=address,
        language=one.language,
        state=one.state,
        provider=one.provider,
        reason=one.reason,
        attempts=one.attempts,
        begun_at=one.begun_at,
        changed_at=one.changed_at,
        due_at=one.due_at,
    )


def _cells(line: DeliveryLine) -> list[str]:
    return [
        str(line.recipient),
        line.channel,
        line.address or "",
        line.language or "",
        line.state,
        line.provider or "",
        line.reason or "",
        str(line.attempts),
        line.begun_at.isoformat() if line.begun_at else "",
        line.changed_at.isoformat(),
    ]


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _not_found(broadcast_id: UUID) -> NotFoundError:
    return NotFoundError(f"Your organization has no broadcast {broadcast_id}.")
