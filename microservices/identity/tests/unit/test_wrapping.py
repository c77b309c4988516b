from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_service.wrapping import WrappingKey, load_or_create
from muster_core.key_files import KeyFileError

KEY = WrappingKey(b"k" * 32)


@given(st.binary(max_size=200), st.text(max_size=50).filter(lambda s: s.isascii()))
def test_what_is_wrapped_comes_back_for_its_purpose_only(secret: bytes, purpose: str) -> None:
    wrapped = KEY.wrap(secret, purpose)

    assert KEY.unwrap(wrapped, purpose) == secret
    with pytest.raises(KeyFileError):
        KEY.unwrap(wrapped, purpose + "x")
    with pytest.raises(KeyFileError):
        WrappingKey(b"o" * 32).unwrap(wrapped, purpose)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_changed_byte_is_noticed(secret: bytes, data: st.DataObject) -> None:
    wrapped = bytearray(KEY.wrap(secret, "p"))
    at = data.draw(st.integers(1, len(wrapped) - 1))
    wrapped[at] ^= 1

    with pytest.raises(KeyFileError):
        KEY.unwrap(bytes(wrapped), "p")


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "wrapping.key"
    found: list[WrappingKey] = []
    threads = [
        threading.Thread(target=lambda: found.append(load_or_create(path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    wrapped = found[0].wrap(b"secret", "p")
    assert all(one.unwrap(wrapped, "p") == b"secret" for one in found)
    assert len({one.successor(b"token") for one in found}) == 1


@pytest.mark.parametrize("text", ["", "not base64!", "c2hvcnQ="])
def test_a_broken_key_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrapping.key"
    path.write_text(text)

    with pytest.raises(KeyFileError, match=r"wrapping\.key"):
        load_or_create(path)
