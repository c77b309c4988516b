"""What a worker process has for its life: the real senders, and the hands that use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID
from weakref import WeakKeyDictionary

from muster_core.auth import system_actor
from muster_core.runtime import Runtime
from muster_core.tasks import TaskContext
from notification.channels.port import ChannelName, RealSender
from notification.links import LinkTo, make_link
from notification.service.delivery.options import DeliverySettings
from notification.service.delivery.pump import Pump
from notification.settings import Settings
from notification.vault import vault_of

ACTOR = system_actor("notification")
_pumps: WeakKeyDictionary[Runtime, Pump] = WeakKeyDictionary()


def pump_of(context: TaskContext) -> Pump:
    """The pump of this process, made at first use on the loop it will run on."""
    runtime = context.runtime
    if runtime not in _pumps:
        from notification.channels.real import real  # noqa: PLC0415 - AWS's library is slow to import

        _pumps[runtime] = make_pump(
            context, real(context.settings(Settings)).by_channel, _leave_links(context)
        )
    return _pumps[runtime]


def make_pump(
    context: TaskContext,
    senders: Mapping[ChannelName, Sequence[RealSender]],
    links: Callable[[UUID], str | None] = lambda _: None,
) -> Pump:
    """A pump with these senders, in place of the process's own from now on."""
    pump = Pump(
        context.session,
        ACTOR,
        vault_of(context.runtime.settings),
        senders,
        context.settings(DeliverySettings),
        links,
    )
    _pumps[context.runtime] = pump
    return pump


def _leave_links(context: TaskContext) -> Callable[[UUID], str | None]:
    """The address by which a contact point ends with one POST (RFC 8058)."""
    settings = context.runtime.settings
    vault = vault_of(settings)

    def link(contact_point_id: UUID) -> str:
        return f"{settings.address}/subscribe/leave/{make_link(vault, LinkTo.LEAVE, contact_point_id)}"

    return link
