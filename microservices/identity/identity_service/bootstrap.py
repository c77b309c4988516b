"""How the host gives a new installation its first organizations and accounts.

Called by `muster up` after the migrations and before the HTTP server answers, with a `Runtime` that need
not be started:

    from identity_service import bootstrap

    if settings.demo == "off":
        first = await bootstrap.ensure_administrator(runtime)
        if first is not None:            # only the first time: print it, it is shown once
            print(first.username, first.password)
    else:
        demo = await bootstrap.ensure_demo(runtime)
        print(demo.usernames, demo.password)

    await bootstrap.set_exercise(runtime, exercise=True)   # when the demo plays a scenario

Everything here may be called at every start: what is there already costs one query and no hash.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from identity_service import repository
from identity_service.database import SCHEMA
from identity_service.demo import KERN, ORGANIZATIONS, PEOPLE, DemoPerson
from identity_service.domain import fold_username, temporary_password
from identity_service.models import Account
from identity_service.passwords import hash_now
from identity_service.service import accounts, organizations, sessions
from identity_service.service.accounts import NewAccount
from identity_service.service.organizations import NewOrganization
from muster_core.auth import system_actor

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo accounts, all with one password; `created` names those made now."""

    usernames: tuple[str, ...]
    password: str
    created: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The first account of an installation; its password must be changed at the first signing in."""

    username: str
    password: str
    organization: str


async def ensure_demo(
    runtime: Runtime, password: str | None = None, people: Sequence[DemoPerson] = PEOPLE
) -> Demo:
    """Have the two demo organizations and an account per person, all with one password.

    `password` is MUSTER_DEMO_PASSWORD unless given; without either one is generated on this machine and
    kept in HOME/secrets/demo.json (0600), so that it can be printed at every start. A password set or
    changed later is given to the demo accounts again. `people` is usually `demo.PEOPLE`, and a scenario's.

    Raises:
        OSError: HOME/secrets cannot be written.
    """
    file = runtime.settings.home / "secrets" / "demo.json"
    kept = _read(file)
    chosen = password or _demo_password(runtime) or kept.get("password") or temporary_password()
    names = tuple(fold_username(person.username) for person in people)
    fingerprint = _fingerprint(chosen, names, kept.get("salt", ""))
    async with _session(runtime) as session:
        there = await _accounts(session, names)
    if len(there) == len(names) and hmac.compare_digest(kept.get("fingerprint", ""), fingerprint):
        return Demo(names, chosen, ())
    hashes = await _hash_all(chosen, len(names))
    async with _session(runtime) as session:
        for new in ORGANIZATIONS:
            if await repository.organization_named(session, new.name) is None:
                await organizations.add(session, new)
        for person, name, hashed in zip(people, names, hashes, strict=True):
            if name in there:
                await _set_password(session, there[name], hashed)
            else:
                await _add(session, person, hashed)
    salt = secrets.token_hex(16)
    _write(
        file,
        {
            # A password from the environment is not written down; its salted fingerprint tells it changed.
            "password": "" if password or _demo_password(runtime) else chosen,
            "salt": salt,
            "fingerprint": _fingerprint(chosen, names, salt),
        },
    )
    return Demo(names, chosen, tuple(name for name in names if name not in there))


async def ensure_administrator(
    runtime: Runtime,
    organization: NewOrganization | None = None,
    username: str = "administrator",
) -> FirstAdministrator | None:
    """Have one administrator in an installation without any account; None if there is an account already.

    The password is generated, answered once and must be changed; it does not expire before that.
    """
    async with _session(runtime) as session:
        if await session.scalar(select(Account.id).limit(1)) is not None:
            return None
    password = temporary_password()
    hashed = await asyncio.to_thread(hash_now, password)
    new = organization or NewOrganization(name="My organization")
    async with _session(runtime) as session:
        owner = await repository.organization_named(session, new.name)
        if owner is None:
            owner = await organizations.add(session, new)
        account = NewAccount(username, "Administrator")
        await organizations.add_administrator(session, owner, account, hashed)
    return FirstAdministrator(fold_username(username), password, new.name)


async def set_exercise(
    runtime: Runtime,
    *,
    exercise: bool,
    names: Sequence[str] = tuple(one.name for one in ORGANIZATIONS),
) -> None:
    """Mark organizations as living in an exercise, or in the real world; nothing if they do already."""
    async with _session(runtime) as session:
        for name in names:
            found = await repository.organization_named(session, name)
            if found is not None:
                await organizations.apply(session, found, {"exercise": exercise})


async def _add(session: AsyncSession, person: DemoPerson, hashed: str) -> None:
    owner = await repository.organization_named(session, person.organization or KERN.name)
    if owner is None:
        owner = await organizations.add(session, NewOrganization(name=person.organization))
    role_id = await repository.role_with_key(session, owner.id, person.role)
    new = NewAccount(person.username, person.name, None, (role_id,))
    await accounts.add(session, owner, new, hashed)


async def _set_password(session: AsyncSession, account: Account, hashed: str) -> None:
    found = await repository.account(session, account.id)
    found.password_hash = hashed
    found.must_change_password = False
    found.password_expires_at = None
    await sessions.end_all(session, found, "demo password changed")


async def _accounts(session: AsyncSession, names: Sequence[str]) -> dict[str, Account]:
    found = await session.scalars(select(Account).where(Account.username.in_(names)))
    return {account.username: account for account in found.all()}


async def _hash_all(password: str, count: int) -> list[str]:
    """One hash each: equal passwords must not look equal in the database."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as threads:
        return await asyncio.gather(
            *[loop.run_in_executor(threads, hash_now, password) for _ in range(count)]
        )


def _session(runtime: Runtime) -> AbstractAsyncContextManager[AsyncSession]:
    return runtime.session(SCHEMA, system_actor("identity"))


def _demo_password(runtime: Runtime) -> str | None:
    secret = runtime.settings.demo_password
    return secret.get_secret_value() if secret else None


def _fingerprint(password: str, names: Sequence[str], salt: str) -> str:
    text = json.dumps([password, list(names)]).encode()
    return hashlib.scrypt(text, salt=salt.encode(), n=2**12, r=8, p=1).hex()


def _read(file: Path) -> dict[str, str]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


def _write(file: Path, value: dict[str, str]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as opened:
        json.dump(value, opened)
    draft.replace(file)
