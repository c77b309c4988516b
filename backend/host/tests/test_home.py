"""The data folder: one holder at a time, secrets for this account only, sentences instead of tracebacks."""

from __future__ import annotations

import base64
import socket
import stat
from pathlib import Path

import pytest

from muster_host.cli import main
from muster_host.errors import HostError
from muster_host.home import Home
from muster_host.serving import listening_socket
from muster_host.settings_page import names_without_description, settings_page


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder of our own."""
    made = Home(tmp_path / "var")
    made.create()
    return made


def test_secrets_are_made_once_and_for_this_account_only(home: Home) -> None:
    key = home.secret("wrapping.key")

    assert home.secret("wrapping.key") == key
    assert len(base64.b64decode(key)) == 32
    path = home.folder / "secrets" / "wrapping.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert Home(home.folder.parent / "other").folder != home.folder


def test_a_second_start_on_the_same_folder_is_refused_by_name(home: Home) -> None:
    with home.held(), pytest.raises(HostError, match="already runs"), Home(home.folder).held():
        pass

    with Home(home.folder).held():
        assert home.is_held()
    assert not home.is_held()


def test_the_engines_addresses_are_told_only_while_the_host_lives(home: Home) -> None:
    home.note_running({"MUSTER_CACHE_URL": "redis://x"})

    assert home.running() == {}
    with home.held():
        assert Home(home.folder).running() == {"MUSTER_CACHE_URL": "redis://x"}


def test_sockets_of_a_folder_with_a_long_path_lie_in_a_short_one(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("x" * 100))
    deep.create()

    folder = deep.sockets()

    assert len(str(folder)) < 90
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_a_port_in_use_gets_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(HostError, match="set MUSTER_PORT to a free port"):
            listening_socket("127.0.0.1", other.getsockname()[1])


def test_a_wrong_setting_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUSTER_PORT", "many")

    assert main(["up"]) == 1
    assert capsys.readouterr().err.startswith("muster: The setting MUSTER_PORT is wrong")


def test_a_data_folder_that_cannot_be_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "file"))

    assert main(["up"]) == 1
    assert "set MUSTER_HOME to a folder of yours" in capsys.readouterr().err


def test_a_full_disk_gets_one_sentence(home: Home) -> None:
    full = home.sentence(OSError(28, "No space left on device", str(home.folder)))

    assert str(full).startswith("The disk that holds")


def test_every_setting_explains_itself() -> None:
    assert names_without_description() == []
    page = settings_page()
    for name in (
        "MUSTER_HOME",
        "MUSTER_PORT",
        "MUSTER_DEMO",
        "MUSTER_DATABASE_URL",
        "MUSTER_CACHE_URL",
    ):
        assert f"\n{name}" in page


def test_settings_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_DEMO_PASSWORD", "correct horse")

    assert "correct horse" not in settings_page()
