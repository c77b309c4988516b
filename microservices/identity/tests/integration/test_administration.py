from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from identity_service.catalogue import PERMISSIONS
from identity_service.schemas import OrganizationOut
from identity_service.testing import SignIn, refreshed, token, use

if TYPE_CHECKING:
    from muster_testing.delivery import Delivery

UserOf = Callable[[str], Awaitable[dict[str, Any]]]
Catch = Callable[[], Awaitable[None]]
Sql = Callable[..., Awaitable[list[Any]]]


async def role_of(client: httpx.AsyncClient, key: str) -> dict[str, Any]:
    items = (await client.get("/roles", params={"limit": 100})).json()["items"]
    return next(item for item in items if item["key"] == key)


async def test_an_administrator_adds_a_colleague_who_must_choose_a_password(
    administrator: httpx.AsyncClient, stranger: httpx.AsyncClient, deliver: Delivery
) -> None:
    responder = await role_of(administrator, "responder")
    made = await administrator.post(
        "/users",
        json={
            "username": "Night.Watch",
            "name": "Noor Haddad",
            "email": "Noor@example.org",
            "role_ids": [responder["id"]],
        },
    )

    user = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/users/{user['id']}"
    assert user["username"] == "night.watch"
    assert user["email"] == "noor@example.org"
    first = user["temporary_password"]
    answer = await token(stranger, "night.watch", first)
    assert answer.json()["scope"] == ""
    use(stranger, answer)
    me = (await stranger.get("/me")).json()
    assert me["must_change_password"]
    assert me["permissions"] == []
    assert (await stranger.get("/people")).status_code == 403

    weak = await stranger.post("/me/password", json={"current": first, "new": "NoorHaddad2026"})
    assert weak.status_code == 422
    assert weak.json()["errors"][0]["pointer"] == "/new"
    strong = {"current": first, "new": "violet tundra packing"}
    assert (await stranger.post("/me/password", json=strong)).status_code == 204
    await refreshed(stranger)
    assert "incidents:work" in (await stranger.get("/me")).json()["permissions"]
    assert (await stranger.get("/people")).status_code == 200
    types = [event.type for event in await deliver.outbox("identity")]
    assert "muster.account.created.v1" in types
    assert "muster.account.password_changed.v1" in types


async def test_lists_are_paged_in_order_and_searched(administrator: httpx.AsyncClient) -> None:
    names: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = (await administrator.get("/users", params=params)).json()
        assert len(page["items"]) <= 5
        names += [item["name"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert len(names) == 12
    assert names == sorted(names, key=str.lower)
    assert "Anders Holm" not in names
    found = (await administrator.get("/users", params={"q": "RAMAN"})).json()["items"]
    assert [item["username"] for item in found] == ["planning-section-chief"]
    assert (await administrator.get("/users", params={"q": "%"})).json()["items"] == []
    permissions = (await administrator.get("/permissions", params={"limit": 7})).json()
    rest = await administrator.get(
        "/permissions", params={"limit": 100, "cursor": permissions["next"]}
    )
    assert len(permissions["items"]) + len(rest.json()["items"]) == len(PERMISSIONS)


async def test_edits_are_based_on_the_version_that_was_seen(
    administrator: httpx.AsyncClient, user_of: UserOf
) -> None:
    user = await user_of("responder")
    path = f"/users/{user['id']}"
    etag = (await administrator.get(path)).headers["etag"]

    assert (await administrator.patch(path, json={"name": "Sam D."})).status_code == 428
    changed = await administrator.patch(path, json={"name": "Sam D."}, headers={"If-Match": etag})
    assert changed.json()["version"] == user["version"] + 1
    late = await administrator.patch(path, json={"name": "Other"}, headers={"If-Match": etag})
    assert late.status_code == 412
    twice = await administrator.patch(
        path, json={"username": "dispatcher"}, headers={"If-Match": changed.headers["etag"]}
    )
    assert twice.status_code == 409
    assert twice.json()["errors"][0]["pointer"] == "/username"


async def test_a_change_of_rights_works_at_once(
    administrator: httpx.AsyncClient, sign_in_as: SignIn, user_of: UserOf, catch_up: Catch
) -> None:
    responder = await sign_in_as("responder")
    assert (await responder.get("/users")).status_code == 403
    user = await user_of("responder")
    auditor = await role_of(administrator, "auditor")

    changed = await administrator.put(
        f"/users/{user['id']}/roles", json={"role_ids": [auditor["id"]]}
    )
    await catch_up()

    assert [role["key"] for role in changed.json()["roles"]] == ["auditor"]
    assert (await responder.get("/me")).status_code == 401
    await refreshed(responder)
    assert (await responder.get("/users")).status_code == 200


async def test_a_changed_role_reaches_everybody_who_holds_it(
    administrator: httpx.AsyncClient, sign_in_as: SignIn, catch_up: Catch
) -> None:
    dispatcher = await sign_in_as("dispatcher")
    role = await role_of(administrator, "dispatcher")
    wanted = [one for one in role["permissions"] if one != "people:read"]

    changed = await administrator.patch(
        f"/roles/{role['id']}",
        json={"permissions": wanted},
        headers={"If-Match": f'"{role["version"]}"'},
    )
    await catch_up()

    assert changed.json()["permissions"] == wanted
    assert (await dispatcher.get("/people")).status_code == 401
    await refreshed(dispatcher)
    assert (await dispatcher.get("/people")).status_code == 403


async def test_roles_are_composed_given_and_removed(
    administrator: httpx.AsyncClient, user_of: UserOf
) -> None:
    body = {"name": "Night Watch", "permissions": ["incidents:read", "people:read"]}
    made = await administrator.post("/roles", json=body)
    role = made.json()
    assert role["key"] == "night-watch"
    assert not role["built_in"]
    assert (await administrator.post("/roles", json=body)).status_code == 409
    unknown = await administrator.post("/roles", json={"name": "X", "permissions": ["all:*"]})
    assert unknown.json()["errors"][0]["pointer"] == "/permissions/0"

    user = await user_of("responder")
    roles = [role["id"], *(one["id"] for one in user["roles"])]
    await administrator.put(f"/users/{user['id']}/roles", json={"role_ids": roles})
    held = await administrator.delete(f"/roles/{role['id']}")
    assert held.status_code == 409
    assert "held by 1 account" in held.json()["detail"]
    await administrator.put(f"/users/{user['id']}/roles", json={"role_ids": roles[1:]})
    assert (await administrator.delete(f"/roles/{role['id']}")).status_code == 204
    starting = await role_of(administrator, "responder")
    assert (await administrator.delete(f"/roles/{starting['id']}")).status_code == 409


async def test_a_disabled_account_is_out_at_once_and_can_come_back(
    administrator: httpx.AsyncClient,
    sign_in_as: SignIn,
    user_of: UserOf,
    catch_up: Catch,
    stranger: httpx.AsyncClient,
) -> None:
    responder = await sign_in_as("responder")
    user = await user_of("responder")

    disabled = await administrator.post(f"/users/{user['id']}/disable")
    await catch_up()

    assert disabled.json()["disabled"]
    assert (await responder.get("/me")).status_code == 401
    assert (await responder.post("/auth/refresh")).status_code == 401
    assert (await token(stranger, "responder")).json()["code"] == "invalid-credentials"
    people = (await administrator.get("/people", params={"limit": 100})).json()["items"]
    assert user["id"] not in {person["id"] for person in people}
    await administrator.post(f"/users/{user['id']}/enable")
    assert (await token(stranger, "responder")).status_code == 200


async def test_a_reset_password_is_shown_once_and_ends_every_session(
    administrator: httpx.AsyncClient,
    sign_in_as: SignIn,
    user_of: UserOf,
    stranger: httpx.AsyncClient,
    sql: Sql,
) -> None:
    responder = await sign_in_as("responder")
    user = await user_of("responder")

    answer = await administrator.post(
        f"/users/{user['id']}/reset-password", headers={"Idempotency-Key": "reset-1"}
    )

    password = answer.json()["temporary_password"]
    assert (await responder.post("/auth/refresh")).status_code == 401
    assert (await token(stranger, "responder")).status_code == 401
    assert (await token(stranger, "responder", password)).status_code == 200
    assert await sql("SELECT 1 FROM identity.idempotency_key") == []
    await sql("UPDATE identity.account SET password_expires_at = now() - interval '1 s'")
    assert (await token(stranger, "responder", password)).status_code == 401


async def test_an_api_key_acts_within_its_scopes_until_it_is_revoked(
    administrator: httpx.AsyncClient, stranger: httpx.AsyncClient, sql: Sql, user_of: UserOf
) -> None:
    ends = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    made = await administrator.post(
        "/api-keys", json={"name": "CAD bridge", "scopes": ["people:read"], "expires_at": ends}
    )

    key = made.json()
    assert key["secret"].startswith(f"muster_{key['prefix']}_")
    stranger.headers["Authorization"] = f"Bearer {key['secret']}"
    assert (await stranger.get("/people")).status_code == 200
    assert (await stranger.get("/users")).status_code == 403
    assert (await stranger.get("/me")).status_code == 403
    (listed,) = (await administrator.get("/api-keys")).json()["items"]
    assert "secret" not in listed
    assert listed["last_used_at"].endswith(":00.000Z")
    (row,) = await sql("SELECT digest FROM identity.api_key")
    assert key["secret"].encode() not in row["digest"]

    assert (await administrator.delete(f"/api-keys/{key['id']}")).status_code == 204
    await administrator.delete(f"/api-keys/{key['id']}")


async def test_an_api_key_dies_with_its_revocation_its_end_or_its_makers_rights(
    administrator: httpx.AsyncClient, town: Any, sql: Sql
) -> None:
    runtime = town.state.runtime
    ends = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"name": "bridge", "scopes": ["people:read", "hazards:read"], "expires_at": ends}
    first = (await administrator.post("/api-keys", json=body)).json()
    from identity_service.service.api_keys import introspect  # noqa: PLC0415

    reads = runtime.database("identity").reader
    actor = await introspect(reads, first["secret"])
    assert actor is not None
    assert actor.kind == "api_key"
    assert actor.permissions == {"people:read", "hazards:read"}

    await sql(
        "UPDATE identity.role SET permissions = array_remove(permissions, 'hazards:read')"
        " WHERE key = 'administrator'"
    )
    less = await introspect(reads, first["secret"])
    assert less is not None
    assert less.permissions == {"people:read"}
    await sql("UPDATE identity.api_key SET expires_at = now() - interval '1 s'")
    assert await introspect(reads, first["secret"]) is None
    await sql("UPDATE identity.api_key SET expires_at = now() + interval '1 h'")
    await administrator.delete(f"/api-keys/{first['id']}")
    assert await introspect(reads, first["secret"]) is None


@pytest.mark.parametrize("days", [-1, 400])
async def test_an_api_key_must_end_within_a_year(
    administrator: httpx.AsyncClient, days: int
) -> None:
    ends = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    answer = await administrator.post(
        "/api-keys", json={"name": "x", "scopes": ["people:read"], "expires_at": ends}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"


async def test_an_administrator_changes_the_own_organization_and_everybody_hears_of_it(
    administrator: httpx.AsyncClient, deliver: Delivery
) -> None:
    own = (await administrator.get("/me")).json()["organization"]
    path = f"/organizations/{own['id']}"
    area = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}

    changed = await administrator.patch(
        path, json={"area": area, "units": "metric"}, headers={"If-Match": '"1"'}
    )

    OrganizationOut.model_validate_json(changed.content)
    assert changed.json()["area"] == area
    assert changed.json()["version"] == 2
    event = (await deliver.outbox("identity"))[-1]
    assert event.type == "muster.organization.updated.v1"
    assert event.data["area"] == area
    assert event.data["version"] == 2
    for bad in (
        {"time_zone": "Mars/Olympus"},
        {"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}},
        {"name": None},
        {"platform": True},
        {"name": "x\u202ey"},
    ):
        answer = await administrator.patch(path, json=bad, headers={"If-Match": '"2"'})
        assert answer.status_code == 422, bad


async def test_the_first_organization_sets_up_another_with_its_administrator(
    administrator: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = await administrator.post(
        "/organizations",
        json={
            "name": "Tulare County Emergency Services",
            "time_zone": "America/Los_Angeles",
            "administrator": {"username": "tulare-admin", "name": "Iris Moreno"},
        },
    )

    assert made.status_code == 201
    use(stranger, await token(stranger, "tulare-admin", made.json()["temporary_password"]))
    me = (await stranger.get("/me")).json()
    assert me["organization"]["name"] == "Tulare County Emergency Services"
    assert not me["organization"]["platform"]
    names = [o["name"] for o in (await administrator.get("/organizations")).json()["items"]]
    assert names == sorted(names)
    assert len(names) == 3


async def test_signing_keys_rotate_and_nobody_is_signed_out(
    administrator: httpx.AsyncClient, sign_in_as: SignIn, deliver: Delivery
) -> None:
    dispatcher = await sign_in_as("dispatcher")
    before = (await administrator.get("/signing-keys")).json()["items"]
    following = next(key["kid"] for key in before if key["state"] == "next")

    rotated = await administrator.post("/signing-keys/rotate")

    assert rotated.json()["kid"] == following
    assert (await dispatcher.get("/me")).status_code == 200
    await refreshed(dispatcher)
    assert (await dispatcher.get("/me")).status_code == 200
    states = sorted(k["state"] for k in (await administrator.get("/signing-keys")).json()["items"])
    assert states == ["current", "next", "retiring"]
    assert (await deliver.outbox("identity"))[-1].type == "muster.signing_key.rotated.v1"


async def test_the_clock_rotates_keys_that_are_due_once(
    administrator: httpx.AsyncClient, deliver: Delivery, sql: Sql
) -> None:
    await deliver.run("identity.rotate_signing_keys")
    assert len(await sql("SELECT 1 FROM identity.signing_key")) == 2
    await sql("UPDATE identity.signing_key SET current_since = now() - interval '31 days'")

    await deliver.run("identity.rotate_signing_keys")
    await deliver.run("identity.rotate_signing_keys")
    await deliver.run("identity.forget")

    assert len(await sql("SELECT 1 FROM identity.signing_key")) == 3
