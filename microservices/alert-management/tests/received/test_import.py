from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[4]
CORPUS = [
    file
    for folder in ("../shared/data", "../../shared/data")
    for file in sorted((ROOT / folder).glob("cap/oasis_spec_v1dot*.xml"))
]
XML = {"Content-Type": "application/cap+xml"}


def read(file: Path) -> str:
    return file.read_text()


async def test_an_imported_message_says_what_was_tolerated_and_who_brought_it(
    story: Any, make: Any
) -> None:
    loose = make.cap().replace("+00:00</sent>", "Z</sent>")
    (one,) = await story.take(loose)
    assert one["repeated"] is False
    assert any("sent" in forgiven["where"] for forgiven in one["tolerated"]), one["tolerated"]
    detail = (await story.client.get(f"/received-alerts/{one['id']}")).json()
    assert (detail["source"], detail["feed"], detail["received_by"]) == (
        "import",
        None,
        "Administrator",
    )
    assert [found["id"] for found in await story.received(imported="true")] == [one["id"]]
    (again,) = await story.take(loose)
    assert (again["id"], again["repeated"]) == (one["id"], True)


async def test_what_the_profiles_find_that_it_says_it_follows_is_told_and_stops_nothing(
    story: Any, make: Any
) -> None:
    (plain,) = await story.take(make.cap("A-1"))
    assert plain["findings"] == []
    claims = make.cap("A-2").replace("<info>", "<code>IPAWSv1.0</code><info>")
    (one,) = await story.take(claims)
    assert {finding["profile"] for finding in one["findings"]} == {"ipaws"}
    assert any("SAME" in finding["text"] for finding in one["findings"]), one["findings"]
    (again,) = await story.take(claims)
    assert (again["repeated"], again["findings"]) == (True, one["findings"])


async def test_an_imported_document_is_kept_word_for_word(story: Any, make: Any) -> None:
    written = make.cap().replace("<info>", "<!-- by hand -->\n  <info>")
    (one,) = await story.take(written)
    document = await story.client.get(f"/received-alerts/{one['id']}/document")
    assert document.content == written.encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<severity>Severe</severity>", "\n<severity>Awful</severity>"), "line 2: "),
        (("<sender>nws@example.org</sender>", ""), "sender"),
        (("<alert ", "<!DOCTYPE alert><alert "), "DOCTYPE"),
        (("</alert>", ""), "line 1"),
    ],
)
async def test_what_is_no_cap_is_refused_with_line_and_reason_and_nothing_is_stored(
    change: tuple[str, str], said: str, story: Any, make: Any
) -> None:
    answer = await story.client.post(
        "/alerts/import", content=make.cap().replace(*change).encode(), headers=XML
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("cap-invalid")
    assert said in str(problem["errors"]), problem
    assert await story.rows("received_alert") == []


async def test_a_feed_with_one_bad_alert_is_not_half_imported(story: Any, make: Any) -> None:
    bad = make.cap("A-2").replace("<status>Actual</status>", "<status>Perhaps</status>")
    answer = await story.client.post(
        "/alerts/import", content=make.atom(make.cap("A-1"), bad), headers=XML
    )
    assert answer.status_code == 422
    assert await story.rows("received_alert") == []


async def test_a_document_that_only_links_is_not_an_import(story: Any, make: Any) -> None:
    body = make.atom(make.link("https://example.org/a.xml"))
    answer = await story.client.post("/alerts/import", content=body, headers=XML)
    assert answer.status_code == 422
    assert "add it as a feed" in answer.json()["detail"]


async def test_too_large_wrong_kind_and_wrong_person_are_refused(
    story: Any, make: Any, as_responder: httpx.AsyncClient, as_neighbour: httpx.AsyncClient
) -> None:
    body = make.cap().encode()
    huge = await story.client.post("/alerts/import", content=b" " * 10_000_001, headers=XML)
    assert huge.status_code == 413
    kind = await story.client.post("/alerts/import", json={"cap": "no"})
    assert kind.status_code == 415
    refused = await as_responder.post("/alerts/import", content=body, headers=XML)
    assert refused.status_code == 403
    theirs = await as_neighbour.post("/alerts/import", content=body, headers=XML)
    assert theirs.status_code == 201
    assert await story.received() == []


async def test_a_broken_signature_is_flagged(story: Any, make: Any) -> None:
    signature = (
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
        '<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        '<Reference URI=""><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        "<DigestValue>AAAA</DigestValue></Reference></SignedInfo>"
        "<SignatureValue>AAAA</SignatureValue></Signature>"
    )
    (one,) = await story.take(make.cap().replace("</alert>", f"{signature}</alert>"))
    assert one["signature"] == "broken"
    assert one["signature_detail"]


@pytest.mark.parametrize("file", CORPUS, ids=[path.stem for path in CORPUS])
async def test_the_examples_of_the_standard_are_taken_in(file: Path, story: Any) -> None:
    (one,) = await story.take(read(file))
    assert (await story.client.get(f"/received-alerts/{one['id']}")).status_code == 200
