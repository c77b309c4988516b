"""What is sealed opens only where it belongs, and only here."""

from __future__ import annotations

import secrets
from uuid import uuid4

import pytest

from muster_core.key_files import KeyFileError
from notification.links import LinkTo, make_link, read_link
from notification.vault import Vault

VAULT = Vault(secrets.token_bytes(32))
STRANGE = Vault(secrets.token_bytes(32))


def test_what_was_sealed_opens_in_its_own_place_only() -> None:
    point, other = uuid4(), uuid4()
    sealed = VAULT.seal_address("+14155550123", point)

    assert VAULT.open_address(sealed, point) == "+14155550123"
    assert b"4155550123" not in sealed
    for vault, where in ((VAULT, other), (STRANGE, point)):
        with pytest.raises(KeyFileError):
            vault.open_address(sealed, where)


@pytest.mark.parametrize("length", [0, 1, 40, 100])
def test_what_was_cut_short_or_changed_does_not_open(length: int) -> None:
    point = uuid4()
    sealed = VAULT.seal_address("+14155550123", point)
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    for broken in (sealed[:length], changed):
        with pytest.raises(KeyFileError):
            VAULT.open_address(broken, point)


def test_equal_addresses_are_sealed_differently_and_indexed_alike() -> None:
    point = uuid4()

    assert VAULT.seal_address("a@example.org", point) != VAULT.seal_address("a@example.org", point)
    assert VAULT.index("email", "a@example.org") == VAULT.index("email", "a@example.org")
    assert VAULT.index("email", "a@example.org") != VAULT.index("sms", "a@example.org")
    assert VAULT.index("email", "a@example.org") != STRANGE.index("email", "a@example.org")


def test_a_code_follows_from_its_seed_and_its_contact_point() -> None:
    point, seed = uuid4(), secrets.token_bytes(16)

    code = VAULT.code(point, seed)

    assert len(code) == 6
    assert code.isdigit()
    assert VAULT.code(point, seed) == code
    codes = {VAULT.code(point, secrets.token_bytes(16)) for _ in range(200)}
    assert len(codes) > 190


def test_a_link_is_good_for_what_it_was_made_for_and_nothing_else() -> None:
    about = uuid4()
    token = make_link(VAULT, LinkTo.LEAVE, about)

    assert read_link(VAULT, token, LinkTo.LEAVE, LinkTo.LEAVE_ALL) == (LinkTo.LEAVE, about)
    assert read_link(VAULT, token, LinkTo.MANAGE) is None
    assert read_link(STRANGE, token, LinkTo.LEAVE) is None
    forged = make_link(STRANGE, LinkTo.LEAVE, about)
    assert read_link(VAULT, forged, LinkTo.LEAVE) is None
    for broken in ("", "x", token[:-4], token + "AAAA", token.swapcase(), "é" * 44, "\ud800"):
        assert read_link(VAULT, broken, LinkTo.LEAVE) is None
