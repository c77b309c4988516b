"""Lists of partners and staff: taken in wholly or not at all, seen masked, paused, removed, exported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from muster_testing.people import ORGANIZATION, stepped_up
from notification.database import SCHEMA
from notification.service import lists
from notification.settings import Settings
from notification.spreadsheets import FORMULA
from notification.testing import Post, Visitor, number_of

if TYPE_CHECKING:
    import httpx

    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery

Rows = Callable[..., Any]
PLACE = "/notifications/subscriptions"
LIST = f"""\
phone,email,name,latitude,longitude,severity,hazards,language
{number_of(2671)},,Ana Okafor,35.5,-117.5,Severe,flood fire,en
,bo@example.org,Bo,35.6,-117.4,,,es
+49 30 901820,clara@example.org,"Clara, Dr.",35.7,-117.3,Minor,,en
"""


@pytest.fixture
def as_information_officer(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    return sign_in("public-information-officer")


async def send(client: httpx.AsyncClient, body: str | bytes = LIST, **query: Any) -> httpx.Response:
    return await client.post(
        f"{PLACE}/import",
        content=body.encode() if isinstance(body, str) else body,
        params={"list_name": "Hospitals"} | query,
        headers={"content-type": "text/csv; charset=utf-8"},
    )


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    response = await client.get(PLACE, params=query)
    assert response.status_code == 200, response.text
    return response.json()["items"]


async def test_a_list_is_taken_in_as_confirmed_and_said_in_numbers(
    as_information_officer: httpx.AsyncClient, rows: Rows, deliver: Delivery
) -> None:
    response = await send(as_information_officer, kind="staff")

    assert response.status_code == 201, response.text
    assert response.json() | {"import_id": ""} == {
        "import_id": "", "subscribers": 3, "contact_points": 4,
    }  # fmt: skip
    points = await rows(f"SELECT active, verified_at, at FROM {SCHEMA}.contact_points")
    assert all(row["active"] and row["verified_at"] for row in points)
    (event,) = await deliver.outbox("notification")
    assert event.summary == 'imported 3 subscribers as "Hospitals"'
    assert "okafor" not in event.to_json().lower()


async def test_lists_are_seen_masked_newest_first_and_page_by_page(
    as_information_officer: httpx.AsyncClient,
) -> None:
    await send(as_information_officer)

    first = (await as_information_officer.get(PLACE, params={"limit": 2})).json()
    rest = (
        await as_information_officer.get(PLACE, params={"limit": 2, "cursor": first["next"]})
    ).json()

    found = [*first["items"], *rest["items"]]
    assert rest["next"] is None
    assert sorted(len(one["contacts"]) for one in found) == [1, 1, 2]
    (ana,) = [one for one in found if one["contacts"][0]["masked"] == "+14•••71"]
    assert ana["min_severity"] == "Severe"
    assert ana["hazards"] == ["flood", "fire"]
    assert ana["placed"] == "point"
    whole = json.dumps(found)
    for personal in ("2671", "bo@", "Okafor", "35.5"):
        assert personal not in whole
    bad = await as_information_officer.get(PLACE, params={"cursor": "WyJ4Il0"})
    assert bad.status_code == 422


async def test_another_organization_neither_sees_nor_touches_a_list(
    as_information_officer: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
) -> None:
    await send(as_information_officer)
    (one, *_) = await listed(as_information_officer)

    assert await listed(as_neighbour) == []
    assert (await as_neighbour.delete(f"{PLACE}/{one['id']}")).status_code == 404
    pause = await as_neighbour.put(f"{PLACE}/{one['id']}/pause", json={"paused": True})
    assert pause.status_code == 404
    export = await stepped_up(as_neighbour).get(f"{PLACE}/export.csv")
    assert "example.org" not in export.text
    assert len(await listed(as_information_officer)) == 3


async def test_pausing_and_removing_are_kept_in_the_journal(
    as_information_officer: httpx.AsyncClient, rows: Rows, deliver: Delivery
) -> None:
    await send(as_information_officer)
    await deliver()
    (one, *_) = await listed(as_information_officer)
    address = f"{PLACE}/{one['id']}"

    for paused in (True, True, False):
        response = await as_information_officer.put(f"{address}/pause", json={"paused": paused})
        assert response.status_code == 204
    assert (await as_information_officer.delete(address)).status_code == 204

    assert (await as_information_officer.delete(address)).status_code == 404
    events = await deliver.outbox("notification")
    assert [event.summary for event in events] == [
        "paused a subscription", "resumed a subscription", "removed a subscription",
    ]  # fmt: skip
    left = await rows(
        f"SELECT 1 FROM {SCHEMA}.contact_points WHERE subscription_id = $1", UUID(one["id"])
    )
    assert left == []


async def test_what_is_at_fault_is_named_by_row_and_column_and_nothing_is_stored(
    as_information_officer: httpx.AsyncClient, rows: Rows, deliver: Delivery
) -> None:
    body = (
        "phone,email,name,coordinates\n"
        f"{number_of(2671)},,Ana,35.5 -117.5\n"
        '12,,"=HYPERLINK(""http://x"")",35.5 -117.5\n'
        ",,Nobody,35.5 -117.5\n"
        ",not-an-address,Eve,Maple Street\n"
        f"{number_of(2671)},,Twin,35.5 -117.5\n"
    )
    formula = await send(as_information_officer, body)
    assert formula.status_code == 422
    assert formula.json()["code"] == "list-refused"
    assert [one["pointer"] for one in formula.json()["errors"]] == ["/3/name"]

    refused = await send(as_information_officer, body.replace('"=', '"'))

    found = {one["pointer"]: one["detail"] for one in refused.json()["errors"]}
    assert set(found) == {"/3/phone", "/4/phone", "/5/email", "/5/coordinates", "/6/phone"}
    assert found["/6/phone"] == "Row 6, column phone: stands in row 2 too."
    assert "not-an-address" not in refused.text
    assert await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions") == []
    assert await deliver.outbox("notification") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"phone\n" * 3,
        b'phone\n"',
        b"phone;shoe\n1;2",
        b"phone,coordinates\n=1+1,35 -117\n",
        b"phone,coordinates\n@SUM(A1),35 -117\n",
        b"phone,area\n+14155552671,{}\n",
        b"phone,coordinates,web_hook\n,35 -117,https://10.0.0.1/in\n",
    ],
)
async def test_a_hostile_list_is_refused_with_a_reason(
    as_information_officer: httpx.AsyncClient, rows: Rows, body: bytes
) -> None:
    response = await send(as_information_officer, body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["detail"].startswith("Row ")
    assert await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions") == []


async def test_what_is_no_csv_is_refused(as_information_officer: httpx.AsyncClient) -> None:
    response = await as_information_officer.post(
        f"{PLACE}/import", params={"list_name": "x"}, json={}
    )

    assert response.status_code == 415


async def test_a_list_sent_twice_is_taken_in_once(
    as_information_officer: httpx.AsyncClient, rows: Rows
) -> None:
    await send(as_information_officer)
    again = await send(as_information_officer)
    other = await send(as_information_officer, list_name="Schools")

    assert again.status_code == 422
    assert "is on this list already" in again.json()["detail"]
    assert other.status_code == 201
    assert len(await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions")) == 6


async def test_a_thousand_rows_are_taken_in(
    as_information_officer: httpx.AsyncClient,
) -> None:
    lines = "".join(f"person{n}@example.org,{35 + n / 10000},-117\n" for n in range(1000))

    response = await send(as_information_officer, f"email,latitude,longitude\n{lines}")

    assert response.status_code == 201, response.text
    assert response.json()["subscribers"] == 1000


async def test_an_export_can_be_opened_by_a_spreadsheet_program_and_taken_in_again(
    as_information_officer: httpx.AsyncClient, deliver: Delivery
) -> None:
    await send(as_information_officer)
    await deliver()

    refused = await as_information_officer.get(f"{PLACE}/export.csv")
    assert refused.json()["code"] == "step-up-required"
    response = await stepped_up(as_information_officer).get(f"{PLACE}/export.csv")

    assert response.headers["content-type"].startswith("text/csv")
    header, *lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(lines) == 3
    exported = [dict(zip(header, line, strict=True)) for line in lines]
    assert {one["phone"] for one in exported} == {"'+14155552671", "", "'+4930901820"}
    for line in lines:
        assert not any(cell.startswith(FORMULA) for cell in line)
    (event,) = await deliver.outbox("notification")
    assert event.summary == "exported 3 subscribers"
    kept = [name for name in header if name in lists.COLUMNS]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(exported)
    again = await send(as_information_officer, buffer.getvalue(), list_name="Again")
    assert again.status_code == 201, again.text


async def test_who_may_not_run_lists_is_refused(
    as_responder: httpx.AsyncClient, as_auditor: httpx.AsyncClient
) -> None:
    for client in (as_responder, as_auditor):
        assert (await client.get(PLACE)).status_code == 403
        assert (await client.get(f"{PLACE}/export.csv")).status_code == 403
        assert (await send(client)).status_code == 403
        assert (await client.delete(f"{PLACE}/{uuid4()}")).status_code == 403


async def test_the_public_is_run_by_the_organization_that_the_operator_names(
    visitor: Visitor,
    post: Post,
    runtime: Runtime,
    as_information_officer: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
) -> None:
    page = await visitor.subscribe(phone=number_of(2671))
    assert await listed(as_information_officer) == []  # not confirmed: nobody's business
    await visitor.confirm(page, await post.code(number_of(2671)))
    assert len(await listed(as_information_officer)) == 1
    assert len(await listed(as_neighbour)) == 1

    runtime.override_settings(Settings(public_organization=ORGANIZATION))

    (one,) = await listed(as_information_officer, source="public")
    assert await listed(as_neighbour) == []
    assert (await as_neighbour.delete(f"{PLACE}/{one['id']}")).status_code == 404
    assert (await as_information_officer.delete(f"{PLACE}/{one['id']}")).status_code == 204
