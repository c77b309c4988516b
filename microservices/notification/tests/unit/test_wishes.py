"""Wishes and addresses, as forms and lists have them."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import time

import pytest

from notification.addresses import AddressError, canonical, identity_of, mask
from notification.domain.hazards import GROUPS, groups_of
from notification.domain.subscribers import ChannelKind, rank
from notification.pages import arabic, english, spanish
from notification.pages.texts import CATALOGUES, MESSAGES, choose
from notification.wishes import WishError, read_contacts, read_wish

PLACE = {"coordinates": "35.77, -117.599"}


def faults_of(**fields: str) -> dict[str, str]:
    with pytest.raises(WishError) as refused:
        read_wish(fields)
    return {name: word for name, (word, _) in refused.value.faults.items()}


def test_a_place_is_enough() -> None:
    wish = read_wish(PLACE)

    assert wish.at == (-117.599, 35.77)
    assert (wish.language, wish.min_severity, wish.tz) == ("en", 1, "UTC")
    assert wish.hazards is None
    assert wish.quiet is None


def test_all_of_a_wish_is_read() -> None:
    wish = read_wish(
        PLACE
        | {
            "language": "es",
            "hazards": "flood fire",
            "severity": "severe",
            "timezone": "America/Los_Angeles",
            "quiet_from": "22:00",
            "quiet_until": "7:30",
            "per_day": "3",
            "place": "Maple Street 3",
        }
    )

    assert wish.hazards == ["flood", "fire"]
    assert wish.min_severity == rank("Severe")
    assert wish.quiet == (time(22), time(7, 30))
    assert wish.per_day == 3


def test_every_fault_is_named_at_its_field() -> None:
    assert faults_of() == {"coordinates": "place-missing"}
    assert faults_of(coordinates="Maple Street") == {"coordinates": "coordinates"}
    assert faults_of(area="{}") == {"area": "area"}
    assert faults_of(area="[" * 2000) == {"area": "area"}
    assert faults_of(
        **PLACE,
        language="xx",
        hazards="dragons",
        severity="Dire",
        timezone="Moon/Base",
        quiet_from="25:00",
        per_day="0",
        place="a\nb",
    ) == {
        "language": "language",
        "hazards": "hazards",
        "severity": "severity",
        "timezone": "timezone",
        "quiet_from": "quiet",
        "per_day": "per-day",
        "place": "text",
    }
    assert faults_of(**PLACE, quiet_from="22:00") == {"quiet_until": "quiet"}


def test_a_crossed_area_is_refused_and_a_sound_one_taken() -> None:
    crossed = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    sound = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}

    assert faults_of(area=json.dumps(crossed)) == {"area": "area"}
    wish = read_wish(PLACE | {"area": json.dumps(sound)})
    assert wish.area is not None
    assert wish.at is None


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+1 415 555 2671", None, "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("+49 30 901820", None, "+4930901820"),
        ("0044 20 7946 0958", "DE", "+442079460958"),
    ],
)
def test_phone_numbers_have_one_form(text: str, region: str | None, number: str) -> None:
    assert canonical(ChannelKind.SMS, text, region) == number


@pytest.mark.parametrize(
    "text", ["415 555 2671", "+1 415", "+999 123456789", "=1+1", "+1 415 555 2671 ext. 5", "", "x"]
)
def test_what_is_no_phone_number_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(AddressError) as refused:
        canonical(ChannelKind.SMS, text)
    assert not text or text not in str(refused.value) or len(text) == 1


@pytest.mark.parametrize(
    "text", ["a", "a@b", "@example.org", "a@example.org\nBcc: x@example.org", "a b@example.org"]
)
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        canonical(ChannelKind.EMAIL, text)


def test_mail_addresses_differ_by_more_than_case() -> None:
    upper = canonical(ChannelKind.EMAIL, "Ana@Example.ORG")

    assert upper == "Ana@example.org"
    assert identity_of(ChannelKind.EMAIL, upper) == "ana@example.org"


def subscription_of_browser(secret_bytes: int = 16) -> str:
    def unpadded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    keys = {
        "p256dh": unpadded(b"\x04" + secrets.token_bytes(64)),
        "auth": unpadded(secrets.token_bytes(secret_bytes)),
    }
    return json.dumps(
        {"endpoint": "https://push.example.net/abc", "expirationTime": None, "keys": keys}
    )


def test_a_browsers_subscription_is_kept_to_what_sending_needs() -> None:
    kept = json.loads(canonical(ChannelKind.WEB_PUSH, subscription_of_browser()))

    assert set(kept) == {"endpoint", "keys"}
    for broken in ("{}", "[]", "null", '{"endpoint": 1}', subscription_of_browser(15)):
        with pytest.raises(AddressError):
            canonical(ChannelKind.WEB_PUSH, broken)


def test_a_web_hook_gets_a_secret_of_its_own() -> None:
    first = json.loads(canonical(ChannelKind.WEBHOOK, "https://hooks.example.org/in"))
    second = json.loads(canonical(ChannelKind.WEBHOOK, "https://hooks.example.org/in"))

    assert first["url"] == "https://hooks.example.org/in"
    assert first["secret"].startswith("whsec_")
    assert first["secret"] != second["secret"]
    for broken in (
        "http://example.org",
        "https://",
        "https://u:p@example.org",
        "ftp://example.org",
    ):
        with pytest.raises(AddressError):
            canonical(ChannelKind.WEBHOOK, broken)


def test_a_partner_may_have_a_second_address_as_good_as_the_first() -> None:
    first = canonical(ChannelKind.WEBHOOK, "https://hooks.example.org/in")
    both = canonical(
        ChannelKind.WEBHOOK,
        json.dumps(json.loads(first) | {"second": "https://two.example.org/in"}),
    )

    assert json.loads(both)["second"] == "https://two.example.org/in"
    assert canonical(ChannelKind.WEBHOOK, both) == both
    assert identity_of(ChannelKind.WEBHOOK, both) == identity_of(ChannelKind.WEBHOOK, first)
    for broken in ("http://two.example.org", "https://u:p@two.example.org", 5):
        with pytest.raises(AddressError):
            canonical(ChannelKind.WEBHOOK, json.dumps(json.loads(first) | {"second": broken}))


def test_masks_show_little() -> None:
    assert mask(ChannelKind.SMS, "+14155552671") == "+14•••71"
    assert mask(ChannelKind.EMAIL, "ana@example.org") == "a•••@e•••.org"


def test_an_address_is_needed() -> None:
    with pytest.raises(WishError) as refused:
        read_contacts({})
    assert refused.value.faults["phone"][0] == "address-missing"


@pytest.mark.parametrize(
    ("hazard", "groups"),
    [
        ("flood", ["flood"]),
        ("Flash Flood Warning", ["flood"]),
        ("wildfire", ["fire"]),
        ("hazardous-materials", ["hazardous-materials"]),
        ("Zombies", None),
        ("OET-073", None),
    ],
)
def test_a_hazard_belongs_to_its_group_and_an_unknown_one_to_everybody(
    hazard: str, groups: list[str] | None
) -> None:
    assert groups_of(hazard) == groups


def test_each_group_is_known_by_its_own_name() -> None:
    for group in GROUPS:
        assert group in (groups_of(group) or [])


def test_every_language_has_every_text_with_the_same_gaps() -> None:
    def gaps(text: str) -> list[str]:
        return sorted(part.partition("}")[0] for part in text.split("{")[1:])

    for texts in (spanish.TEXTS, arabic.TEXTS):
        assert texts.keys() == english.TEXTS.keys()
        assert [gaps(texts[key]) for key in texts] == [gaps(english.TEXTS[key]) for key in texts]
    for messages in MESSAGES.values():
        assert messages.keys() == english.MESSAGES.keys()
        for key, text in messages.items():
            assert gaps(text) == gaps(english.MESSAGES[key])
    assert all(f"hazard-{group}" in english.TEXTS for group in GROUPS)
    assert CATALOGUES.keys() == MESSAGES.keys()


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        ("ar", None, "ar"),
        (None, "fr-FR, es;q=0.8, en;q=0.5", "es"),
        (None, "es;q=0, ar;q=0.1", "ar"),
        (None, "es;q=x", "en"),
        ("xx", None, "en"),
    ],
)
def test_a_page_is_shown_in_the_language_that_is_read(
    wanted: str | None, accepted: str | None, language: str
) -> None:
    assert choose(wanted, accepted) == language
