"""Web hooks to partner systems: who is told, and what became of it.

A message is written with the alert's publication and handed over by a task, outside any transaction; what came of it
is written back under the lease it was taken with. The receiver tells duplicates by `webhook-id`.
"""

from __future__ import annotations

import base64
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.hooks import DeliveryState, is_final, pause_after
from alert_management.hook_sender import Outcome, check_url
from alert_management.models import Alert, HookAttempt, HookDelivery, PartnerHook
from alert_management.permissions import Permission
from alert_management.repository import partners
from alert_management.repository.partners import Claimed, PartnerRepository
from alert_management.repository.views import View
from alert_management.schemas.requests import AddHook, ChangeHook
from alert_management.service.access import not_found
from alert_management.settings import Settings
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError
from muster_core.events import Event
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import enqueue

TASK = "alert_management.hand_over"
LEASE = timedelta(seconds=60)
BATCH = 20


def secret_of(master: bytes, hook_id: UUID, generation: int) -> bytes:
    """A web hook's secret: made of the installation's key, so that the database holds none."""
    purpose = f"muster partner hook {hook_id} {generation}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(master)


def shown(secret: bytes) -> str:
    """A secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


async def list_hooks(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """A page of the organization's web hooks, by name."""
    authorize(actor, Permission.MANAGE)
    return await partners.list_hooks(reads, actor.organization, limit=limit, cursor=cursor)


async def list_deliveries(
    reads: Reader, actor: Actor, hook_id: UUID, *, limit: int, cursor: str | None
) -> bytes:
    """A page of a web hook's log, newest first.

    Raises:
        NotFoundError: the organization has no such web hook.
    """
    authorize(actor, Permission.MANAGE)
    if not await partners.hook_of(reads, actor.organization, hook_id):
        raise not_found("web hook", hook_id)
    return await partners.list_deliveries(reads, hook_id, limit=limit, cursor=cursor)


async def hook_detail(session: AsyncSession, actor: Actor, hook_id: UUID) -> View:
    """One web hook."""
    authorize(actor, Permission.MANAGE)
    hook = await _load(session, actor, hook_id)
    return await PartnerRepository(session).hook_now(hook.id)


async def add_hook(
    session: AsyncSession, actor: Actor, request: AddHook, settings: Settings
) -> View:
    """Tell a partner's system of alerts from now on.

    Raises:
        HookRefusedError: the address is none that we send to; a name is resolved again at each message.
    """
    authorize(actor, Permission.MANAGE)
    check_url(request.url, insecure_loopback=settings.hook_insecure_loopback)
    hook = PartnerHook(
        id=uuid7(),
        organization_id=actor.organization,
        name=request.name,
        url=request.url,
        exercise=request.exercise,
        active=True,
        generation=1,
        version=1,
    )
    repository = PartnerRepository(session)
    repository.save(hook)
    return await repository.hook_now(hook.id)


async def change_hook(
    session: AsyncSession,
    actor: Actor,
    hook_id: UUID,
    request: ChangeHook,
    if_match: int,
    settings: Settings,
) -> View:
    """Correct a web hook, pause it, or begin again with what has waited.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
        HookRefusedError: the address is none that we send to.
    """
    authorize(actor, Permission.MANAGE)
    hook = await _load(session, actor, hook_id)
    check_version(hook.version, if_match, f"The web hook '{hook.name}'")
    for name in request.model_fields_set:
        setattr(hook, name, getattr(request, name))
    check_url(hook.url, insecure_loopback=settings.hook_insecure_loopback)
    hook.touch()
    return await PartnerRepository(session).hook_now(hook.id)


async def new_secret(
    session: AsyncSession, actor: Actor, hook_id: UUID, master: bytes
) -> tuple[UUID, str]:
    """A web hook's next secret; the one before is good no more."""
    authorize(actor, Permission.MANAGE)
    hook = await _load(session, actor, hook_id)
    hook.generation += 1
    hook.touch()
    return hook.id, shown(secret_of(master, hook.id, hook.generation))


async def send_again(session: AsyncSession, actor: Actor, delivery_id: UUID) -> None:
    """Hand a message over anew, at once and from the first attempt's patience.

    Raises:
        NotFoundError: the organization has no such delivery.
        ConflictError: it is being tried already.
    """
    authorize(actor, Permission.MANAGE)
    repository = PartnerRepository(session)
    delivery = await repository.delivery(actor.organization, delivery_id)
    if delivery is None:
        raise not_found("delivery", delivery_id)
    if delivery.state is DeliveryState.PENDING:
        raise ConflictError("This message is still being handed over; its log says when next.")
    delivery.state, delivery.attempts = DeliveryState.PENDING, 0
    delivery.next_at = await repository.clock()
    delivery.lease = delivery.leased_until = None
    await enqueue(session, TASK)


async def enqueue_for(session: AsyncSession, alert: Alert, event: Event) -> None:
    """Have every partner of the alert's world told of an event, each once."""
    drill = alert.exercise or alert.test
    repository = PartnerRepository(session)
    hooks = await repository.hearers(alert.organization_id, exercise=drill)
    if not hooks:
        return
    now = await repository.clock()
    body: dict[str, Any] = {
        "type": event.type,
        "timestamp": event.time.isoformat(),
        "data": event.data | {"cap_url": f"/api/v1/alerts/{alert.id}/cap.xml"},
    }
    for hook in hooks:
        repository.save(
            HookDelivery(
                id=uuid7(),
                hook_id=hook.id,
                alert_id=alert.id,
                event_id=event.id,
                type=event.type,
                body=body,
                state=DeliveryState.PENDING,
                attempts=0,
                next_at=now,
            )
        )
    await enqueue(session, TASK, lane="urgent")


async def claim(session: AsyncSession, actor: Actor, lease: UUID) -> list[Claimed]:
    """Take what is due, to be handed over outside this transaction."""
    authorize(actor, Permission.MANAGE)
    return await PartnerRepository(session).claim(lease, LEASE, BATCH)


async def settle(
    session: AsyncSession, actor: Actor, delivery_id: UUID, lease: UUID, outcome: Outcome
) -> None:
    """Write down what an attempt came to, unless another worker has the message by now."""
    authorize(actor, Permission.MANAGE)
    repository = PartnerRepository(session)
    delivery = await repository.held(delivery_id, lease)
    if delivery is None:
        return
    now = await repository.clock()
    number = await _next_number(session, delivery_id)
    repository.save(
        HookAttempt(
            delivery_id=delivery_id,
            number=number,
            at=now,
            status=outcome.status,
            error=outcome.error,
            milliseconds=outcome.milliseconds,
        )
    )
    delivery.attempts += 1
    delivery.lease = delivery.leased_until = None
    if outcome.accepted:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
        return
    pause = pause_after(delivery.attempts, random.random())  # noqa: S311 - jitter
    if pause is None or (outcome.status is not None and is_final(outcome.status)):
        delivery.state = DeliveryState.FAILED
        return
    delivery.next_at = now + timedelta(seconds=max(pause, outcome.retry_after or 0))


async def _next_number(session: AsyncSession, delivery_id: UUID) -> int:
    return await partners.attempts_so_far(session, delivery_id) + 1


async def _load(session: AsyncSession, actor: Actor, hook_id: UUID) -> PartnerHook:
    hook = await PartnerRepository(session).hook(actor.organization, hook_id)
    if hook is None:
        raise not_found("web hook", hook_id)
    return hook
