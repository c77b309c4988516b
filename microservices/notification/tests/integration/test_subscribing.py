"""Subscribing as the public does: a page, a code, a link. No account, no JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from notification.channels.port import ChannelName, OutcomeState
from notification.database import SCHEMA
from notification.domain.subscribers import ASKINGS_PER_NETWORK, CODES_PER_ADDRESS, ChannelKind
from notification.links import LinkTo, leave_address, make_link
from notification.service import managing
from notification.service.confirming import CodeNotSentError
from notification.testing import PHONE, SITE, Post, Visitor, number_of, subscribed
from notification.vault import vault_of

if TYPE_CHECKING:
    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery

Rows = Callable[..., Any]
POINTS = f"SELECT channel, active, verified_at, at FROM {SCHEMA}.contact_points ORDER BY channel"


async def test_a_place_and_a_phone_number_confirmed_by_a_code_are_enough(
    visitor: Visitor, post: Post, rows: Rows
) -> None:
    page = await visitor.subscribe(phone="+1 (415) 555-2671")
    assert page.status == 200
    assert "Enter the code" in page.text
    assert [(row["channel"], row["active"]) for row in await rows(POINTS)] == [("sms", False)]

    done = await visitor.confirm(page, await post.code(PHONE))

    assert "You will be warned" in done.text
    (row,) = await rows(POINTS)
    assert row["active"]
    assert tuple(row["at"]) == (-117.5, 35.5)
    (message,) = post.to(PHONE)
    assert message.text.startswith(message.data["code"])
    assert SITE.removesuffix("test") in message.text or "127.0.0.1" in message.text


async def test_each_address_is_confirmed_by_its_own_code(
    visitor: Visitor, post: Post, rows: Rows
) -> None:
    page = await visitor.subscribe(phone=PHONE, email="ana@example.org")
    phone_code, mail_code = await post.code(PHONE), await post.code("ana@example.org")
    assert phone_code != mail_code

    half = await visitor.confirm(page, mail_code)

    assert "You can confirm the others, too: text message" in half.text
    assert [row["active"] for row in await rows(POINTS)] == [True, False]
    await visitor.confirm(half, f" {phone_code[:3]} {phone_code[3:]} ")
    assert [row["active"] for row in await rows(POINTS)] == [True, True]


async def test_digits_of_any_script_are_digits(visitor: Visitor, post: Post, rows: Rows) -> None:
    page = await visitor.subscribe(phone=PHONE, language="ar", lang="ar")
    code = await post.code(PHONE)

    await visitor.confirm(page, code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))

    assert [row["active"] for row in await rows(POINTS)] == [True]
    assert "للتحذيرات" in post.to(PHONE)[0].text


async def test_five_wrong_tries_spend_a_code(visitor: Visitor, post: Post, rows: Rows) -> None:
    page = await visitor.subscribe(phone=PHONE)
    code = await post.code(PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    for _ in range(5):
        refused = await visitor.confirm(page, wrong)
        assert refused.status == 422
        assert "wrong or too old" in refused.text
    late = await visitor.confirm(page, code)

    assert late.status == 422
    assert [row["active"] for row in await rows(POINTS)] == [False]
    again = await visitor.send("/subscribe/resend", {"t": page.value("t")})
    assert "New codes are on their way" in again.text
    fresh = await post.code(PHONE)
    assert "You will be warned" in (await visitor.confirm(page, fresh)).text


async def test_a_code_is_good_for_fifteen_minutes_and_once(
    visitor: Visitor, post: Post, rows: Rows
) -> None:
    page = await visitor.subscribe(phone=PHONE)
    code = await post.code(PHONE)
    left = f"SELECT expires_at - clock_timestamp() AS left FROM {SCHEMA}.confirmations"
    assert 890 < (await rows(left))[0]["left"].total_seconds() <= 900
    await rows(f"UPDATE {SCHEMA}.confirmations SET expires_at = clock_timestamp() RETURNING 1")

    assert (await visitor.confirm(page, code)).status == 422

    await visitor.send("/subscribe/resend", {"t": page.value("t")})
    fresh = await post.code(PHONE)
    await visitor.confirm(page, fresh)
    assert (await visitor.confirm(page, fresh)).status == 422


async def test_a_task_that_runs_twice_sends_the_same_code_under_the_same_key(
    visitor: Visitor, post: Post
) -> None:
    await visitor.subscribe(phone=PHONE)
    await post.relay()
    (work,) = post.relay.tasks

    for _ in range(2):
        await post.relay.run(work["task"], **work["arguments"])

    first, second = post.to(PHONE)
    assert first.key == second.key
    assert first.text == second.text
    assert first.data["code"] not in json.dumps(work)


async def test_a_code_that_no_provider_takes_is_tried_again(visitor: Visitor, post: Post) -> None:
    await visitor.subscribe(phone=PHONE)
    await post.relay()
    (work,) = post.relay.tasks
    post.senders[ChannelName.SMS].state = OutcomeState.RETRY

    with pytest.raises(CodeNotSentError):
        await post.relay.run(work["task"], **work["arguments"])

    post.senders[ChannelName.SMS].state = OutcomeState.FAILED
    await post.relay.run(work["task"], **work["arguments"])
    assert post.to(PHONE) == []


async def test_nobody_learns_whether_an_address_is_known(visitor: Visitor, post: Post) -> None:
    await subscribed(visitor, post)

    known = await visitor.subscribe(phone=PHONE)
    unknown = await visitor.subscribe(phone=number_of(2672))

    def same(text: str) -> str:
        return re.sub(r"[A-Za-z0-9_=-]{44}", "TOKEN", text)

    assert known.status == unknown.status
    assert same(known.html) == same(unknown.html)


async def test_a_phone_is_not_rung_all_night_and_whoever_asks_is_not_told(
    visitor: Visitor, post: Post
) -> None:
    pages = [await visitor.subscribe(phone=PHONE) for _ in range(CODES_PER_ADDRESS + 3)]
    await post.deliver()

    assert {page.status for page in pages} == {200}
    assert len(post.to(PHONE)) == CODES_PER_ADDRESS


async def test_one_network_asks_only_so_often(
    visitor_from: Callable[[str], Visitor], post: Post, rows: Rows
) -> None:
    greedy, other = visitor_from("2001:db8:1:1::7"), visitor_from("2001:db8:2:1::7")
    await greedy.subscribe(phone=PHONE)
    await rows(
        f"INSERT INTO {SCHEMA}.askings (id, subject) SELECT uuidv7(), subject FROM {SCHEMA}.askings,"
        f" generate_series(1, {ASKINGS_PER_NETWORK}) RETURNING 1"
    )

    refused = await visitor_from("2001:db8:1:1::8").subscribe(phone=number_of(2672))

    assert refused.status == 429
    assert "Nothing was changed" in refused.text
    assert int(refused.headers["retry-after"]) > 0
    assert (await other.subscribe(phone=number_of(2672))).status == 200


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    visitor: Visitor, rows: Rows
) -> None:
    page = await visitor.subscribe(
        coordinates="Maple <Street>", phone="12", quiet_from="22:00", place='"><script>x()'
    )

    assert page.status == 422
    for said in (
        "There is a problem",
        "This is no place.",
        "This is no phone number",
        "Give both times",
    ):
        assert said in page.text
    assert page.value("coordinates") == "Maple <Street>"
    assert page.value("place") == '"><script>x()'
    assert "<script>x()" not in page.html
    assert set(page.links("#")) == {"#coordinates", "#phone", "#quiet_until"}
    for anchor in page.links("#"):
        assert f'id="{anchor[1:]}"' in page.html
    assert page.html.count('aria-invalid="true"') == 3
    assert await rows(POINTS) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/in",
        "https://10.0.0.7/in",
        "https://[::1]/in",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/in",
        "http://example.org/in",
        "https://user:word@example.org/in",
    ],
)
async def test_a_web_hook_into_our_own_network_is_refused(
    visitor: Visitor, rows: Rows, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    page = await visitor.subscribe(web_hook=url)

    assert page.status == 422
    assert "no https address on the public internet" in page.text
    assert await rows(POINTS) == []


async def test_a_partners_web_hook_gets_the_code_and_its_owner_the_secret_once(
    visitor: Visitor, post: Post
) -> None:
    page = await visitor.subscribe(web_hook="https://8.8.8.8/in", phone="")
    code = await post.code("https://8.8.8.8/in")
    secret = json.loads(post.to("8.8.8.8")[0].recipient.value)["secret"]

    done = await visitor.confirm(page, code)

    assert secret in done.text
    own = await visitor.open(done.links("/subscribe/manage/")[0])
    assert secret not in own.html
    assert "https://8.8.8.8/•••" in own.text


async def test_a_subscription_is_changed_by_its_link(
    visitor: Visitor, post: Post, rows: Rows
) -> None:
    path = await subscribed(visitor, post, place="Maple Street 3")
    own = await visitor.open(path)
    assert own.value("place") == "Maple Street 3"
    assert own.value("coordinates") == "35.5000, -117.5000"
    assert PHONE not in own.html
    assert "+14•••71" in own.text

    saved = await visitor.send(
        path.partition("?")[0],
        {
            "coordinates": "11S MV 45856 58603",
            "severity": "Severe",
            "hazards": ["fire", "flood"],
            "language": "es",
            "timezone": "America/Los_Angeles",
            "quiet_from": "22:00",
            "quiet_until": "06:30",
            "per_day": "2",
            "paused": "yes",
        },
    )

    assert "Saved." in saved.text
    (row,) = await rows(f"SELECT * FROM {SCHEMA}.contact_points")
    assert (row["min_severity"], row["hazards"], row["language"]) == (3, ["fire", "flood"], "es")
    assert (
        f"{row['quiet_from']:%H:%M}-{row['quiet_until']:%H:%M} {row['per_day']}" == "22:00-06:30 2"
    )
    assert tuple(row["at"]) == pytest.approx((-117.599, 35.77), abs=0.001)
    assert not row["active"]
    wrong = await visitor.send(path.partition("?")[0], {"coordinates": "nowhere"})
    assert wrong.status == 422


async def test_an_area_takes_the_place_of_a_point(visitor: Visitor, post: Post, rows: Rows) -> None:
    area = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    path = await subscribed(visitor, post, coordinates="", area=json.dumps(area))

    assert (await rows(POINTS))[0]["at"] is None
    pieces = f"SELECT count(*) AS n FROM {SCHEMA}.subscription_areas"
    assert (await rows(pieces))[0]["n"] == 1
    own = await visitor.open(path)
    assert '"MultiPolygon"' not in own.html
    assert "[2.0, 2.0]" in own.text
    await visitor.send(path.partition("?")[0], {"coordinates": "35.5, -117.5"})
    assert (await rows(pieces))[0]["n"] == 0


async def test_one_click_ends_a_contact_point_and_the_last_one_everything(
    visitor: Visitor, post: Post, rows: Rows, runtime: Runtime
) -> None:
    page = await visitor.subscribe(phone=PHONE, email="ana@example.org")
    await visitor.confirm(page, await post.code(PHONE))
    await visitor.confirm(page, await post.code("ana@example.org"))
    first, second = await rows(f"SELECT id FROM {SCHEMA}.contact_points ORDER BY id")
    vault = vault_of(runtime.settings)

    address = leave_address(vault, SITE, first["id"])
    looked = await visitor.open(address)
    assert "Stop these warnings?" in looked.text
    assert len(await rows(POINTS)) == 2  # a program that looks at links ends nothing

    response = await visitor.client.post(address, data={"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert not response.history
    assert len(await rows(POINTS)) == 1
    again = await visitor.client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    await visitor.send(leave_address(vault, SITE, second["id"]), {})
    for table in ("subscriptions", "contact_points", "confirmations", "subscription_areas"):
        assert await rows(f"SELECT 1 FROM {SCHEMA}.{table}") == []


async def test_leaving_altogether_leaves_nothing(visitor: Visitor, post: Post, rows: Rows) -> None:
    path = await subscribed(visitor, post, email="ana@example.org")
    own = await visitor.open(path)
    everything = own.links("/subscribe/leave/")[-1]

    left = await visitor.send(everything, {})

    assert "You have left" in left.text
    assert await rows(f"SELECT 1 FROM {SCHEMA}.contact_points") == []
    gone = await visitor.open(path)
    assert gone.status == 404
    assert "There is nothing here" in gone.text


async def test_a_stop_from_a_phone_ends_all_that_it_was_subscribed_to(
    visitor: Visitor, post: Post, rows: Rows, runtime: Runtime
) -> None:
    await subscribed(visitor, post)
    await subscribed(visitor, post, coordinates="51.5, -0.1")
    await subscribed(visitor, post, phone=number_of(2672))

    async with runtime.session(SCHEMA) as session:
        vault = vault_of(runtime.settings)
        ended = await managing.leave_by_address(session, vault, ChannelKind.SMS, PHONE)

    assert ended == 2
    assert len(await rows(POINTS)) == 1
    assert len(await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions")) == 1


@pytest.mark.parametrize("path", ["manage", "leave"])
async def test_links_that_are_not_ours_or_not_for_this_lead_nowhere(
    visitor: Visitor, post: Post, rows: Rows, runtime: Runtime, path: str
) -> None:
    await subscribed(visitor, post)
    (row,) = await rows(f"SELECT id, subscription_id FROM {SCHEMA}.contact_points")
    vault = vault_of(runtime.settings)
    confirm = make_link(vault, LinkTo.CONFIRM, row["subscription_id"])
    strange = "AAAA" * 11

    for token in (confirm, strange, "x", str(uuid4())):
        assert (await visitor.open(f"/subscribe/{path}/{token}")).status == 404
        assert (await visitor.send(f"/subscribe/{path}/{token}", {"lang": "en"})).status == 404
    assert len(await rows(POINTS)) == 1


async def test_what_nobody_confirms_is_destroyed_after_a_day(
    visitor: Visitor, post: Post, rows: Rows, deliver: Delivery
) -> None:
    await subscribed(visitor, post)
    page = await visitor.subscribe(phone=number_of(2672), email="bo@example.org")
    await visitor.confirm(page, await post.code("bo@example.org"))
    await visitor.subscribe(phone=number_of(2673))
    await deliver.run("notification.forget_unconfirmed")
    assert len(await rows(POINTS)) == 4

    for table in ("subscriptions", "contact_points"):
        await rows(
            f"UPDATE {SCHEMA}.{table} SET created_at = now() - interval '25 hours' RETURNING 1"
        )
    await rows(f"UPDATE {SCHEMA}.askings SET asked_at = now() - interval '25 hours' RETURNING 1")
    await deliver.run("notification.forget_unconfirmed")

    assert [row["channel"] for row in await rows(POINTS)] == ["email", "sms"]
    assert len(await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions")) == 2
    assert await rows(f"SELECT 1 FROM {SCHEMA}.askings") == []
