from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest_asyncio

from identity_service.testing import SignIn, browser, refreshed

UserOf = Callable[[str], Awaitable[dict[str, Any]]]


async def role_of(client: httpx.AsyncClient, key: str) -> dict[str, Any]:
    items = (await client.get("/roles", params={"limit": 100})).json()["items"]
    return next(item for item in items if item["key"] == key)


@pytest_asyncio.fixture
async def clerk(
    administrator: httpx.AsyncClient, sign_in_as: SignIn, user_of: UserOf
) -> httpx.AsyncClient:
    """The responder, who may also run accounts, roles and keys, but little else."""
    made = await administrator.post(
        "/roles",
        json={
            "name": "Clerk",
            "permissions": [
                "users:read",
                "users:manage",
                "roles:manage",
                "api-keys:manage",
                "people:read",
            ],
        },
    )
    user = await user_of("responder")
    roles = [made.json()["id"], *(one["id"] for one in user["roles"])]
    await administrator.put(f"/users/{user['id']}/roles", json={"role_ids": roles})
    return await sign_in_as("responder")


async def test_nobody_gives_away_what_they_do_not_hold(
    clerk: httpx.AsyncClient, user_of: UserOf
) -> None:
    commander = await role_of(clerk, "incident-commander")
    responder = await role_of(clerk, "responder")
    mine = await user_of("responder")
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    held = [one["id"] for one in mine["roles"]]

    attempts = [
        await clerk.put(f"/users/{mine['id']}/roles", json={"role_ids": [*held, commander["id"]]}),
        await clerk.post(
            "/users", json={"username": "puppet", "name": "P", "role_ids": [commander["id"]]}
        ),
        await clerk.post(
            "/roles", json={"name": "Mighty", "permissions": ["organizations:manage"]}
        ),
        await clerk.patch(
            f"/roles/{responder['id']}",
            json={"permissions": [*responder["permissions"], "organizations:manage"]},
            headers={"If-Match": f'"{responder["version"]}"'},
        ),
        await clerk.patch(
            f"/roles/{commander['id']}",
            json={"permissions": []},
            headers={"If-Match": f'"{commander["version"]}"'},
        ),
        await clerk.post(
            "/api-keys",
            json={"name": "k", "scopes": ["organizations:manage"], "expires_at": ends},
        ),
    ]

    for answer in attempts:
        assert answer.status_code == 403, answer.text
        assert answer.json()["code"] == "beyond-own-permissions"
    ordinary = {"username": "helper", "name": "Helper", "role_ids": [responder["id"]]}
    assert (await clerk.post("/users", json=ordinary)).status_code == 201


async def test_nobody_takes_over_the_account_of_somebody_who_may_more(
    clerk: httpx.AsyncClient, user_of: UserOf
) -> None:
    for username in ("administrator", "incident-commander"):
        path = f"/users/{(await user_of(username))['id']}"
        attempts = [
            await clerk.post(f"{path}/reset-password"),
            await clerk.post(f"{path}/disable"),
            await clerk.post(f"{path}/sign-out"),
            await clerk.patch(path, json={"username": "x"}, headers={"If-Match": '"1"'}),
            await clerk.put(f"{path}/roles", json={"role_ids": []}),
        ]
        assert [answer.status_code for answer in attempts] == [403] * 5


async def test_the_last_administrator_cannot_be_removed_in_any_way(
    administrator: httpx.AsyncClient, user_of: UserOf, clerk: httpx.AsyncClient
) -> None:
    mine = await user_of("administrator")
    helper = await user_of("responder")
    role = await role_of(administrator, "administrator")
    # The clerk, too, could repair rights; without the clerk the administrator is the last.
    await administrator.post(f"/users/{helper['id']}/disable")

    attempts = [
        await administrator.put(f"/users/{mine['id']}/roles", json={"role_ids": []}),
        await administrator.patch(
            f"/roles/{role['id']}",
            json={"permissions": ["people:read"]},
            headers={"If-Match": f'"{role["version"]}"'},
        ),
    ]
    own = await administrator.post(f"/users/{mine['id']}/disable")

    for answer in attempts:
        assert answer.status_code == 409
        assert answer.json()["code"] == "last-administrator"
    assert own.status_code == 409
    assert (await user_of("administrator"))["roles"] == mine["roles"]


async def test_another_organizations_records_are_as_if_they_were_not_there(
    administrator: httpx.AsyncClient, sign_in_as: SignIn, sql: Any
) -> None:
    neighbour = await sign_in_as("neighbour-commander")
    their_id = (await neighbour.get("/me")).json()["id"]
    their_organization = (await neighbour.get("/me")).json()["organization"]["id"]
    (row,) = await sql(
        "SELECT id FROM identity.role WHERE key = 'responder' AND organization_id = $1",
        their_organization,
    )
    user, role = f"/users/{their_id}", f"/roles/{row['id']}"
    if_match = {"If-Match": '"1"'}

    attempts = [
        await administrator.get(user),
        await administrator.patch(user, json={"name": "x"}, headers=if_match),
        await administrator.put(f"{user}/roles", json={"role_ids": []}),
        await administrator.post(f"{user}/disable"),
        await administrator.post(f"{user}/enable"),
        await administrator.post(f"{user}/reset-password"),
        await administrator.post(f"{user}/sign-out"),
        await administrator.get(role),
        await administrator.patch(role, json={"name": "x"}, headers=if_match),
        await administrator.delete(role),
        await administrator.patch(
            f"/organizations/{their_organization}", json={"name": "x"}, headers=if_match
        ),
    ]

    assert [answer.status_code for answer in attempts] == [404] * len(attempts)
    foreign = await administrator.post(
        "/users", json={"username": "x", "name": "X", "role_ids": [str(row["id"])]}
    )
    assert foreign.status_code == 422
    assert foreign.json()["errors"][0]["pointer"] == "/role_ids/0"


async def test_only_the_first_organization_sets_up_others_and_rotates_keys(
    sign_in_as: SignIn, sql: Any
) -> None:
    await sql(
        "UPDATE identity.role SET permissions = permissions || '{organizations:manage}'"
        " WHERE key = 'incident-commander'"
    )
    neighbour = await sign_in_as("neighbour-commander")

    assert (await neighbour.post("/organizations", json={"name": "Mine"})).status_code == 403
    assert (await neighbour.post("/signing-keys/rotate")).status_code == 403
    own = (await neighbour.get("/me")).json()["organization"]["id"]
    renamed = await neighbour.patch(
        f"/organizations/{own}", json={"name": "Inyo"}, headers={"If-Match": '"1"'}
    )
    assert renamed.status_code == 200


async def test_an_api_key_makes_no_keys_and_has_no_profile(
    administrator: httpx.AsyncClient, town: Any
) -> None:
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "k", "scopes": ["api-keys:manage"], "expires_at": ends}
    secret = (await administrator.post("/api-keys", json=body)).json()["secret"]

    async with browser(town, Authorization=f"Bearer {secret}") as program:
        assert (await program.get("/api-keys")).status_code == 200
        assert (await program.post("/api-keys", json=body)).status_code == 403
        assert (await program.get("/me")).status_code == 403
        assert (await program.post("/auth/sign-out-everywhere")).status_code == 403


async def test_every_role_gets_what_its_permissions_say_on_every_list(
    sign_in_as: SignIn,
) -> None:
    needed = {
        "/people": "people:read",
        "/roles": "people:read",
        "/permissions": "people:read",
        "/organizations": "people:read",
        "/users": "users:read",
        "/api-keys": "api-keys:manage",
        "/signing-keys": "organizations:manage",
    }
    for username in ("responder", "auditor", "incident-commander", "administrator"):
        client = await refreshed(await sign_in_as(username))
        held = (await client.get("/me")).json()["permissions"]
        for path, permission in needed.items():
            wanted = 200 if permission in held else 403
            assert (await client.get(path)).status_code == wanted, (username, path)


async def test_a_stranger_is_refused_everywhere_but_at_the_door(
    stranger: httpx.AsyncClient, town: Any
) -> None:
    from identity_service.main import service  # noqa: PLC0415

    document = (await stranger.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for method in methods:
            if path in service.anonymous:
                continue
            url = path.replace("{", "").replace("}", "")
            answer = await stranger.request(method, f"http://muster.test{url}", json={})
            assert answer.status_code == 401, (method, path, answer.text)
