"""The scaffold of a service: what it writes is whole, and what it refuses leaves nothing behind."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("new_service", ROOT / "tools" / "new_service.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = _load()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the files in which a service is registered."""
    for path in tool.registrations(tool.words_for("kite-survey", "request")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def files_in(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_service_has_every_room_and_no_blank_is_left(house: Path) -> None:
    before = set(files_in(house))
    tool.write(house, "kite-survey", "request")

    written = {path: text for path, text in files_in(house).items() if path not in before}
    rooms = {Path(path).name for path in written if "/kite_survey/" in path}
    assert rooms >= {
        *("main.py", "router.py", "consumers.py", "service.py", "repository.py", "schemas.py"),
        *("models.py", "domain.py", "permissions.py", "settings.py", "database.py"),
        *("0001_initial.py", "events.py", "py.typed"),
    }
    for path, text in written.items():
        assert "{{" not in text.replace("={{", ""), path
        if path.endswith(".py"):
            ast.parse(text, path)
        if path.endswith(".toml"):
            tomllib.loads(text)


def test_a_service_is_known_wherever_it_must_be(house: Path) -> None:
    tool.write(house, "kite-survey", "request")

    settings = tomllib.loads((house / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert "kite_survey" in settings["ruff"]["lint"]["isort"]["known-first-party"]
    assert "kite_survey" in settings["importlinter"]["root_packages"]
    layers, inside, _ = settings["importlinter"]["contracts"]
    assert " | kite_survey" in layers["layers"][1]
    assert "kite_survey" in inside["containers"]
    catalogue = (house / "microservices/identity/identity_service/catalogue.py").read_text(
        encoding="utf-8"
    )
    assert catalogue.count('"kite-survey:read"') == 2
    assert catalogue.count('"kite-survey:work"') == 2


def test_a_second_service_can_follow(house: Path) -> None:
    tool.write(house, "kite-survey", "request")
    # The formatter breaks lines that have grown too long.
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", str(house)]
    subprocess.run(ruff, check=True)
    tool.write(house, "paper-boat", "find")

    text = (house / "pyproject.toml").read_text(encoding="utf-8")
    assert text.count('"paper_boat"') == 3
    assert (house / "microservices/paper-boat/tests/integration/test_finds.py").is_file()


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("MutualAid", "request"),
        ("mutual_aid", "request"),
        ("../elsewhere", "request"),
        ("", "request"),
        ("json", "request"),
        ("class", "request"),
        ("kite-survey", "class"),
        ("kite-survey", "two words"),
        ("kite-survey", "incident"),
        ("request", "request"),
    ],
)
def test_what_cannot_be_a_name_is_refused_and_nothing_is_written(
    house: Path, name: str, noun: str
) -> None:
    before = files_in(house)
    with pytest.raises(tool.RefusedError):
        tool.write(house, name, noun)
    assert files_in(house) == before


def test_a_service_is_not_written_over(house: Path) -> None:
    tool.write(house, "kite-survey", "request")
    with pytest.raises(tool.RefusedError, match="exists already"):
        tool.write(house, "kite-survey", "offer")


def test_nothing_is_written_when_a_place_of_registration_has_changed(house: Path) -> None:
    (house / "frontend/src/live/events.ts").write_text("export {};\n", encoding="utf-8")
    before = files_in(house)
    with pytest.raises(tool.RefusedError, match="change the tool"):
        tool.write(house, "kite-survey", "request")
    assert files_in(house) == before


@pytest.mark.parametrize(
    ("noun", "nouns"),
    [("request", "requests"), ("supply", "supplies"), ("dispatch", "dispatches"), ("key", "keys")],
)
def test_nouns_have_their_plural(noun: str, nouns: str) -> None:
    assert tool.plural(noun) == nouns
