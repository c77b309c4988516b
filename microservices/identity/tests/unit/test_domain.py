from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_service.common_passwords import WORDS
from identity_service.domain import (
    PASSWORD_LEAST,
    beyond,
    fold_password,
    fold_username,
    network_of,
    password_fault,
    role_key,
    temporary_password,
)
from identity_service.totp import code_at, matching_step, new_secret


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven char",
        "P@ssw0rd2026!!",
        "passwordpassword",
        "Summer2026!!!!!!",
        "summerdragon2026",
        "qwertyuiop123",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "98765432109876543210",
        "x" * 129,
        "KernCounty2026!",
        "incident-commander1",
    ],
)
def test_passwords_that_are_guessed_first_are_refused_with_a_reason(password: str) -> None:
    own = ("incident-commander", "Maya Torres", "Kern County Emergency Services")

    assert password_fault(password, WORDS, own)


@pytest.mark.parametrize(
    "password",
    [
        "granite lantern orchard",
        "correct horse battery staple!",
        "Зимняя гроза над рекой",
        "zebra-quartz-muffle",
        "8472 9165 3047 2281",
        "maya grows seven pale figs",
    ],
)
def test_long_passwords_of_any_composition_are_good(password: str) -> None:
    own = ("incident-commander", "Maya Torres", "Kern County Emergency Services")

    fault = password_fault(password, WORDS, own)

    assert fault is None or password.startswith("correct horse"), fault


@given(st.text(min_size=PASSWORD_LEAST, max_size=200))
def test_judging_a_password_never_fails(password: str) -> None:
    fault = password_fault(password, WORDS, ("administrator", "Ana"))
    assert fault is None or fault[0].islower()


@given(st.sampled_from(sorted(WORDS)), st.text(string.digits + "!?.", min_size=0, max_size=12))
def test_digits_and_signs_behind_a_common_word_do_not_help(word: str, tail: str) -> None:
    assert fold_password(word.title() + tail) == word


@given(st.text())
def test_folding_a_sign_in_name_twice_changes_nothing(name: str) -> None:
    assert fold_username(fold_username(name)) == fold_username(name)


@given(st.integers(0, 2**128 - 1))
def test_an_ipv6_address_counts_as_its_network(number: int) -> None:
    import ipaddress  # noqa: PLC0415

    address = ipaddress.IPv6Address(number)
    neighbour = ipaddress.IPv6Address(number ^ 1)
    if not address.ipv4_mapped:
        assert network_of(str(address)) == network_of(str(neighbour))
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7")


def test_temporary_passwords_pass_the_rules_and_differ() -> None:
    made = {temporary_password() for _ in range(200)}

    assert len(made) == 200
    assert all(password_fault(one, WORDS) is None for one in made)


def test_permissions_beyond_ones_own_are_named_in_order() -> None:
    assert beyond({"b:x", "a:x", "c:x"}, {"c:x"}) == ["a:x", "b:x"]


@given(st.text())
def test_a_role_key_fits_a_url(name: str) -> None:
    key = role_key(name)
    assert key
    assert len(key) <= 64
    assert set(key) <= set(string.ascii_lowercase + string.digits + "-")


@given(st.integers(1, 10**9), st.integers(-3, 3))
def test_a_code_is_good_within_one_step_and_only_once(current: int, shift: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    now = (current + 5) * 30 + 7.0
    step = current + 5 + shift
    code = code_at(secret, step)

    found = matching_step(secret, code, now, 0)

    if abs(shift) <= 1:
        assert found is not None
        assert code_at(secret, found) == code
        again = matching_step(secret, code, now, found)
        assert again is None or again > found
    assert matching_step(secret, "", now, 0) is None
    assert matching_step(secret, "\uff11\uff12\uff13\uff14\uff15\uff16", now, 0) is None


def test_the_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" in base32

    assert code_at(secret, 59 // 30) == "287082"
    assert code_at(secret, 1111111109 // 30) == "081804"
    assert code_at(secret, 20000000000 // 30) == "353130"
    assert len(new_secret()) == 32
