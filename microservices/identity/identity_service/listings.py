"""What identity answers, as SQL that makes JSON: one shape for lists, for one record and after a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from muster_core.errors import NotFoundError
from muster_core.reads import JsonPage

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def _instant(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


_ORGANIZATION = """json_build_object('id', o.id, 'name', o.name, 'time_zone', o.time_zone,
    'units', o.units, 'area', o.area, 'exercise', o.exercise, 'version', o.version)"""
_ROLE = """json_build_object('id', r.id, 'key', r.key, 'name', r.name,
    'description', r.description, 'permissions', r.permissions, 'built_in', r.built_in,
    'holders', (SELECT count(*) FROM identity.account_role h WHERE h.role_id = r.id),
    'version', r.version)"""
_ROLES_HELD = """(SELECT coalesce(json_agg(json_build_object('id', r.id, 'key', r.key,
    'name', r.name) ORDER BY r.name), '[]') FROM identity.account_role ar
    JOIN identity.role r ON r.id = ar.role_id WHERE ar.account_id = a.id)"""
_USER = f"""json_build_object('id', a.id, 'username', a.username, 'name', a.name,
    'email', a.email, 'organization_id', a.organization_id, 'roles', {_ROLES_HELD},
    'disabled', a.disabled_at IS NOT NULL, 'totp_enabled', a.totp_secret IS NOT NULL,
    'must_change_password', a.must_change_password,
    'last_signed_in_at', {_instant("a.last_signed_in_at")},
    'created_at', {_instant("a.created_at")}, 'version', a.version)"""
_PERSON = """json_build_object('id', a.id, 'name', a.name, 'organization_id', a.organization_id,
    'roles', (SELECT coalesce(json_agg(r.name ORDER BY r.name), '[]')
        FROM identity.account_role ar JOIN identity.role r ON r.id = ar.role_id
        WHERE ar.account_id = a.id))"""
# Until the password is changed, an access token opens nothing but that.
_ME = f"""json_build_object('id', a.id, 'username', a.username, 'name', a.name, 'email', a.email,
    'organization', json_build_object('id', o.id, 'name', o.name, 'time_zone', o.time_zone,
        'units', o.units, 'area', o.area, 'exercise', o.exercise, 'platform', o.platform),
    'roles', {_ROLES_HELD},
    'permissions', CASE WHEN a.must_change_password THEN '[]'::json ELSE
        (SELECT coalesce(json_agg(DISTINCT p ORDER BY p), '[]') FROM identity.account_role ar
        JOIN identity.role r ON r.id = ar.role_id, unnest(r.permissions) p
        WHERE ar.account_id = a.id) END,
    'totp_enabled', a.totp_secret IS NOT NULL,
    'must_change_password', a.must_change_password)"""  # noqa: S608 - our own text
_SESSION = f"""json_build_object('id', s.id, 'created_at', {_instant("s.created_at")},
    'last_used_at', {_instant("s.last_used_at")}, 'expires_at', {_instant("s.expires_at")},
    'address', s.address, 'user_agent', s.user_agent, 'current', %s)"""
_API_KEY = f"""json_build_object('id', k.id, 'name', k.name, 'prefix', k.prefix,
    'scopes', k.scopes, 'created_by', json_build_object('id', a.id, 'name', a.name),
    'expires_at', {_instant("k.expires_at")}, 'created_at', {_instant("k.created_at")},
    'last_used_at', {_instant("k.last_used_at")}, 'revoked_at', {_instant("k.revoked_at")})"""
_API_KEY_FROM = "identity.api_key k JOIN identity.account a ON a.id = k.account_id"
_SIGNING_KEY = f"""json_build_object('kid', y.kid, 'state', y.state,
    'created_at', {_instant("y.created_at")}, 'current_since', {_instant("y.current_since")},
    'retired_at', {_instant("y.retired_at")})"""

JWKS = """SELECT json_build_object('keys', coalesce(json_agg(y.public ORDER BY
    y.state = 'current' DESC, y.created_at DESC), '[]'))::text FROM identity.signing_key y"""


def users(organization_id: UUID, *, disabled: bool | None, q: str | None) -> JsonPage:
    """The accounts of an organization, by name."""
    page = JsonPage(
        select=_USER,
        from_="identity.account a",
        order=(("lower(a.name)", "text", "asc"), ("a.id", "uuid", "asc")),
    ).where("a.organization_id = {}", organization_id)
    if disabled is not None:
        page.where(f"a.disabled_at IS {'NOT ' if disabled else ''}NULL")
    if q:
        page.where("(strpos(lower(a.name), {0}) > 0 OR strpos(a.username, {0}) > 0)", q.lower())
    return page


def people(organization_id: UUID, *, q: str | None) -> JsonPage:
    """Who can be asked or assigned: the enabled accounts of an organization, by name."""
    page = JsonPage(
        select=_PERSON,
        from_="identity.account a",
        order=(("lower(a.name)", "text", "asc"), ("a.id", "uuid", "asc")),
    ).where("a.organization_id = {} AND a.disabled_at IS NULL", organization_id)
    if q:
        page.where("strpos(lower(a.name), {}) > 0", q.lower())
    return page


def roles(organization_id: UUID) -> JsonPage:
    """The roles of an organization, by name."""
    return JsonPage(
        select=_ROLE,
        from_="identity.role r",
        order=(("lower(r.name)", "text", "asc"), ("r.id", "uuid", "asc")),
    ).where("r.organization_id = {}", organization_id)


def organizations() -> JsonPage:
    """Every organization, by name."""
    return JsonPage(
        select=_ORGANIZATION,
        from_="identity.organization o",
        order=(("lower(o.name)", "text", "asc"), ("o.id", "uuid", "asc")),
    )


def sessions(account_id: UUID, current: UUID | None) -> JsonPage:
    """An account's sessions that have not ended, newest first."""
    literal = f"s.id = '{current}'::uuid" if current else "false"
    return JsonPage(
        select=_SESSION % literal, from_="identity.session s", order=(("s.id", "uuid", "desc"),)
    ).where(
        "s.account_id = {} AND s.ended_at IS NULL AND s.expires_at > now()", account_id
    )  # fmt: skip


def api_keys(organization_id: UUID) -> JsonPage:
    """The API keys of an organization, newest first, revoked ones too."""
    return JsonPage(select=_API_KEY, from_=_API_KEY_FROM, order=(("k.id", "uuid", "desc"),)).where(
        "k.organization_id = {}", organization_id
    )


def signing_keys() -> JsonPage:
    """The keys of the access tokens, newest first."""
    return JsonPage(
        select=_SIGNING_KEY,
        from_="identity.signing_key y",
        order=(("y.created_at", "timestamptz", "desc"), ("y.kid", "text", "desc")),
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One record as JSON, with its version for the ETag (0 where it has none)."""

    body: bytes
    version: int = 0


async def user(session: AsyncSession, account_id: UUID, organization_id: UUID) -> Item:
    """One account of an organization."""
    return await _one(
        session,
        _USER,
        "a.version",
        "identity.account a",
        "a.id = :id AND a.organization_id = :organization_id",
        "There is no such account.",
        id=account_id,
        organization_id=organization_id,
    )


async def me(session: AsyncSession, account_id: UUID) -> Item:
    """An account as its owner sees it."""
    return await _one(
        session,
        _ME,
        "a.version",
        "identity.account a JOIN identity.organization o ON o.id = a.organization_id",
        "a.id = :id",
        "There is no such account.",
        id=account_id,
    )


async def role(session: AsyncSession, role_id: UUID, organization_id: UUID) -> Item:
    """One role of an organization."""
    return await _one(
        session,
        _ROLE,
        "r.version",
        "identity.role r",
        "r.id = :id AND r.organization_id = :organization_id",
        "There is no such role.",
        id=role_id,
        organization_id=organization_id,
    )


async def organization(session: AsyncSession, organization_id: UUID) -> Item:
    """One organization."""
    return await _one(
        session,
        _ORGANIZATION,
        "o.version",
        "identity.organization o",
        "o.id = :id",
        "There is no such organization.",
        id=organization_id,
    )


async def api_key(session: AsyncSession, api_key_id: UUID) -> Item:
    """One API key, without its secret."""
    return await _one(
        session,
        _API_KEY,
        "0",
        _API_KEY_FROM,
        "k.id = :id",
        "There is no such API key.",
        id=api_key_id,
    )


async def _one(
    session: AsyncSession,
    select: str,
    version: str,
    from_: str,
    where: str,
    absent: str,
    **values: UUID,
) -> Item:
    await session.flush()
    sql = f"SELECT ({select})::text, {version} FROM {from_} WHERE {where}"  # noqa: S608 - our own text
    row = (await session.execute(text(sql), values)).one_or_none()
    if row is None:
        raise NotFoundError(absent)
    return Item(row[0].encode(), row[1])
