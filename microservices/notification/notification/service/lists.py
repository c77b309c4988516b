"""Lists of partners and staff, taken in from a file: wholly or not at all. Whoever keeps the list vouches for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster.notification.v1.events import SubscribersImported
from muster_core.auth import Actor, authorize
from muster_core.errors import FieldProblem
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from notification.domain.subscribers import Contact, Kind, Source, Status
from notification.permissions import Permission
from notification.pieces import Piece, cut
from notification.repository.subscribers import SubscriberRepository
from notification.service.problems import ListRefusedError
from notification.service.subscribing import point_row, seal_details
from notification.spreadsheets import ListError, read_rows
from notification.wishes import FIELD_OF, WishError, read_contacts, read_wish

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.vault import Vault

COLUMNS = (
    *FIELD_OF.values(),
    "name",
    "place",
    "coordinates",
    "latitude",
    "longitude",
    "area",
    "language",
    "hazards",
    "severity",
    "timezone",
    "quiet_from",
    "quiet_until",
    "per_day",
)


@dataclass(frozen=True, slots=True)
class ListAbout:
    """What is said of a list as a whole."""

    name: str
    kind: Kind
    exercise: bool
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A list, read and sealed, ready to be stored."""

    about: ListAbout
    subscriptions: list[dict[str, Any]] = field(repr=False)
    points: list[dict[str, Any]] = field(repr=False)
    rows: list[tuple[int, str]] = field(repr=False)
    """For each contact point the row and the column it stood in."""
    pieces: dict[UUID, list[Piece]] = field(repr=False)
    contacts: list[tuple[int, Contact]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Imported:
    """How much was taken in."""

    import_id: UUID
    subscribers: int
    contact_points: int


def prepare_list(actor: Actor, vault: Vault, about: ListAbout, body: bytes) -> Prepared:
    """Read a list, and seal what it holds. No database, but a second of work for some thousand rows: use a thread.

    Raises:
        ListRefusedError: names row and column of what is at fault, without repeating it.
    """
    authorize(actor, Permission.MANAGE)
    prepared = Prepared(about, [], [], [], {}, [])
    faults: list[tuple[int, str, str]] = []
    try:
        rows = read_rows(body, frozenset(COLUMNS))
    except ListError as error:
        raise refused(error.faults) from error
    seen: dict[UUID, int] = {}
    for number, row in rows:
        try:
            _add(prepared, actor, vault, number, row)
        except WishError as error:
            faults += [(number, name, detail) for name, (_, detail) in error.faults.items()]
    for point, (number, column) in zip(prepared.points, prepared.rows, strict=True):
        first = seen.setdefault(point["address_index"], number)
        if first != number:
            faults.append((number, column, f"stands in row {first} too"))
    if faults:
        raise refused(sorted(faults))
    return prepared


def _add(prepared: Prepared, actor: Actor, vault: Vault, number: int, row: dict[str, str]) -> None:
    faults: dict[str, tuple[str, str]] = {}
    wish, contacts = None, None
    try:
        wish = read_wish(row)
    except WishError as error:
        faults |= error.faults
    try:
        contacts = read_contacts(row, prepared.about.region)
    except WishError as error:
        faults |= error.faults
    if wish is None or contacts is None:
        raise WishError(faults)
    subscription_id, now = uuid7(), datetime.now(UTC)
    prepared.subscriptions.append(
        {
            "id": subscription_id,
            "organization_id": actor.organization,
            "kind": prepared.about.kind,
            "source": Source.IMPORT,
            "status": Status.ACTIVE,
            "list_name": prepared.about.name,
            "language": wish.language,
            "details_sealed": seal_details(vault, wish, subscription_id),
            "area": wish.area,
            "exercise": prepared.about.exercise,
        }
    )
    if wish.area is not None:
        prepared.pieces[subscription_id] = cut(wish.area)
    for contact in contacts:
        point = point_row(vault, subscription_id, wish, contact, exercise=prepared.about.exercise)
        prepared.points.append(point | {"active": True, "verified_at": now})
        prepared.rows.append((number, FIELD_OF[contact.channel]))
        prepared.contacts.append((number, contact))


async def import_list(session: AsyncSession, actor: Actor, prepared: Prepared) -> Imported:
    """Store a prepared list, all of it.

    Raises:
        ListRefusedError: an address is on the organization's list of this name already.
    """
    authorize(actor, Permission.MANAGE)
    repository = SubscriberRepository(session)
    about = prepared.about
    await repository.lock(hashlib.sha256(f"{actor.organization}/{about.name}".encode()).digest())
    there = await repository.on_list(
        actor.organization,
        about.name,
        [point["address_index"] for point in prepared.points],
        exercise=about.exercise,
    )
    faults = [
        (number, column, "is on this list already")
        for point, (number, column) in zip(prepared.points, prepared.rows, strict=True)
        if point["address_index"] in there
    ]
    if faults:
        raise refused(faults)
    await repository.hold_addresses(None)
    await repository.add_many(prepared.subscriptions, prepared.points)
    await repository.mark_singles(
        [point["id"] for point in prepared.points],
        [point["address_index"] for point in prepared.points],
    )
    await repository.add_pieces(prepared.pieces)
    done = Imported(uuid7(), len(prepared.subscriptions), len(prepared.points))
    await announce(
        session,
        SubscribersImported(
            organization_id=actor.organization,
            exercise=about.exercise,
            import_id=done.import_id,
            list_name=about.name,
            subscribers=done.subscribers,
            contact_points=done.contact_points,
        ),
    )
    return done


def refused(faults: Sequence[tuple[int, str, str]]) -> ListRefusedError:
    """The error for some faults: row (the first one names the columns), column, what."""
    problems: list[FieldProblem] = [
        {
            "location": "body",
            "pointer": f"/{row}/{column}" if column else f"/{row}",
            "detail": f"Row {row}{f', column {column}' if column else ''}: {detail}.",
        }
        for row, column, detail in faults
    ]
    more = f" {len(faults) - 1} more are at fault." if len(faults) > 1 else ""
    return ListRefusedError(
        f"{problems[0]['detail']}{more} Nothing was taken in: put it right, then send the whole list again.",
        errors=problems,
    )
