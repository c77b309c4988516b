"""What anyone may read: feeds, pages and CAP, without an account, cacheable, with nothing that could bite."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from lxml import etree

from alert_management.cap import parse, parse_many
from muster_core.database import Reader
from muster_testing.delivery import Delivery

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("atom", "rss", "geojson")
ROOT = "http://muster.test"


async def _atom(anonymous: httpx.AsyncClient, **params: Any) -> Any:
    response = await anonymous.get("/feeds/alerts.atom", params=params)
    assert response.status_code == 200, response.text
    return etree.fromstring(response.content)


def _titles(feed: Any) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


async def test_the_atom_feed_lists_what_is_in_force_and_leads_to_its_cap(
    desk: Any, anonymous: httpx.AsyncClient, make: Any
) -> None:
    await desk.send(make.flood(severity="Minor", texts=[make.texts(headline='Puddle <&> "x"')]))
    await desk.send(make.flood(severity="Extreme"))
    await desk.draft()

    feed = await _atom(anonymous)

    assert _titles(feed) == ["Flood at Cedar Creek", 'Puddle <&> "x"']
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    entry = feed.find(f"{ATOM}entry")
    for name in ("id", "title", "updated", "summary"):
        assert entry.findtext(f"{ATOM}{name}")
    links = {one.get("type"): one.get("href") for one in entry.findall(f"{ATOM}link")}
    path = links["application/cap+xml"].partition("/api/v1")[2]
    message = parse((await anonymous.get(path)).content)
    assert message.alert.identifier == entry.findtext(f"{ATOM}id")
    assert links["text/html"].partition("/warnings/")[2] in links["application/cap+xml"]
    assert feed.findtext(f"{ATOM}updated").startswith(f"{message.alert.sent:%Y-%m-%dT%H:%M:%S}")


async def test_our_own_reader_of_others_feeds_understands_ours(
    desk: Any, anonymous: httpx.AsyncClient
) -> None:
    sent = await desk.send()
    for kind in ("atom", "rss"):
        body = (await anonymous.get(f"/feeds/alerts.{kind}")).content
        (link,) = parse_many(body)
        assert sent["id"] in link.url  # type: ignore[union-attr]


async def test_the_rss_feed_says_the_same(desk: Any, anonymous: httpx.AsyncClient) -> None:
    sent = await desk.send()
    response = await anonymous.get("/feeds/alerts.rss")
    assert response.headers["content-type"].startswith("application/rss+xml")
    channel: Any = etree.fromstring(response.content).find("channel")
    for name in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(name)
    item = channel.find("item")
    assert item.findtext("guid") == sent["identifier"]
    assert item.find("guid").get("isPermaLink") == "false"
    assert parsedate_to_datetime(item.findtext("pubDate")).isoformat()[:19] == sent["sent"][:19]
    enclosure = item.find("enclosure")
    cap = await anonymous.get(enclosure.get("url").partition("/api/v1")[2])
    assert int(enclosure.get("length")) == len(cap.content)


async def test_the_geojson_feed_has_the_areas(desk: Any, anonymous: httpx.AsyncClient) -> None:
    sent = await desk.send()
    document = json.loads((await anonymous.get("/feeds/alerts.geojson")).content)
    (feature,) = document["features"]
    assert feature["id"] == sent["identifier"]
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert feature["properties"]["severity"] == "Severe"
    assert feature["properties"]["expires"][:19] == sent["expires"][:19]


@pytest.mark.parametrize("kind", FEEDS)
async def test_what_has_not_changed_is_not_sent_again(
    desk: Any, anonymous: httpx.AsyncClient, kind: str
) -> None:
    await desk.send()
    first = await anonymous.get(f"/feeds/alerts.{kind}")
    assert "max-age=5" in first.headers["cache-control"]
    known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    again = await anonymous.get(f"/feeds/alerts.{kind}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    await desk.send()
    news = await anonymous.get(f"/feeds/alerts.{kind}", headers=known)
    assert news.status_code == 200


async def test_an_exercise_has_feeds_of_its_own_and_is_unmistakable(
    desk: Any, anonymous: httpx.AsyncClient
) -> None:
    drill = await desk.send(exercise=True)
    test = await desk.send(test=True)

    assert _titles(await _atom(anonymous)) == []
    feed = await _atom(anonymous, world="exercise")
    assert feed.findtext(f"{ATOM}title").startswith("EXERCISE")
    assert set(_titles(feed)) == {
        "EXERCISE EXERCISE EXERCISE: Flood at Cedar Creek",
        "TEST: Flood at Cedar Creek",
    }
    page = (await anonymous.get(f"{ROOT}/warnings/{drill['id']}")).text
    assert page.count('class="band"') >= 3
    assert "<title>EXERCISE EXERCISE EXERCISE: " in page
    assert "<title>TEST: " in (await anonymous.get(f"{ROOT}/warnings/{test['id']}")).text
    listed = (await anonymous.get(f"{ROOT}/warnings", params={"world": "exercise"})).text
    assert "EXERCISE EXERCISE EXERCISE" in listed
    assert drill["id"] not in (await anonymous.get(f"{ROOT}/warnings")).text


async def test_what_has_ended_drops_out_of_the_feeds_and_stays_readable(
    desk: Any, anonymous: httpx.AsyncClient, deliver: Delivery, reader: Reader
) -> None:
    sent = await desk.send()
    assert len(_titles(await _atom(anonymous))) == 1
    await reader.execute("UPDATE alert_management.alert SET expires = now() - interval '1 s'")
    await deliver.run("alert_management.end_lapsed")

    for kind in FEEDS:
        body = (await anonymous.get(f"/feeds/alerts.{kind}")).text
        assert sent["identifier"] not in body
    page = await anonymous.get(f"{ROOT}/warnings/{sent['id']}")
    assert page.status_code == 200
    assert "Expired" in page.text
    assert (await anonymous.get(f"/alerts/{sent['id']}/cap.xml")).status_code == 200


async def test_the_page_is_readable_without_a_script_in_every_language_and_direction(
    desk: Any, anonymous: httpx.AsyncClient, make: Any
) -> None:
    arabic = make.texts(
        language="ar",
        event="فيضان",
        headline="فيضان في سيدار كريك",
        description="المياه ترتفع بسرعة.",
        instruction="اذهب إلى مكان مرتفع.",
    )
    sent = await desk.send(make.flood(texts=[arabic, make.texts()]))
    response = await anonymous.get(f"{ROOT}/warnings/{sent['id']}")
    page = response.text

    assert '<html lang="ar" dir="rtl">' in page
    assert '<article id="en-US" lang="en-US" dir="ltr">' in page
    assert "viewport" in page
    assert "prefers-color-scheme:dark" in page
    assert "<script" not in page
    assert "PST" in page or "PDT" in page
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415

    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy


async def test_nothing_an_author_writes_becomes_markup(
    desk: Any, anonymous: httpx.AsyncClient, make: Any
) -> None:
    evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' ]]> &"
    words = make.texts(
        event=evil, headline=evil, description=evil, instruction=evil, short=evil, contact=evil
    )
    areas = [{"description": evil, "geometry": make.creek}]
    sent = await desk.send(make.flood(texts=[words], areas=areas))
    for url in (f"{ROOT}/warnings", f"{ROOT}/warnings/{sent['id']}"):
        page = (await anonymous.get(url)).text
        assert "<script" not in page
        assert "<img" not in page
    assert _titles(await _atom(anonymous)) == [evil]
    etree.fromstring((await anonymous.get("/feeds/alerts.rss")).content)
    cap = parse((await anonymous.get(f"/alerts/{sent['id']}/cap.xml")).content)
    assert cap.alert.infos[0].headline == evil


async def test_what_was_never_published_is_not_there(
    desk: Any, anonymous: httpx.AsyncClient, make: Any
) -> None:
    draft = await desk.approve(await desk.submit(await desk.draft()))
    for alert in (draft["id"], make.nobody()):
        assert (await anonymous.get(f"/alerts/{alert}/cap.xml")).status_code == 404
        assert (await anonymous.get(f"{ROOT}/warnings/{alert}")).status_code == 404
    assert (await anonymous.get(f"{ROOT}/warnings/x")).status_code == 422


async def test_a_thread_leads_from_message_to_message(
    desk: Any, anonymous: httpx.AsyncClient, as_officer: httpx.AsyncClient
) -> None:
    first = await desk.send()
    last = await desk.finish((await as_officer.post(f"/alerts/{first['id']}/cancel")).json())
    page = (await anonymous.get(f"{ROOT}/warnings/{first['id']}")).text
    assert f'href="/warnings/{last["id"]}"' in page
    assert _titles(await _atom(anonymous)) == ["Cancelled: Flood at Cedar Creek"]
