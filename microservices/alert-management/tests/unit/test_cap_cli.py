from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from alert_management.cap.testing import ALERT_XML, CORPUS, CORPUS_FOLDER, REAL, an_alert
from alert_management.cap.writing import serialize
from alert_management.cli import cap

SOUND = ALERT_XML.replace("<info>", "<code>IPAWSv1.0</code><info>", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.cap").write_text(ALERT_XML, encoding="utf-8")
    (tmp_path / "bad.xml").write_text(ALERT_XML.replace("Actual", "Real"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no alert", encoding="utf-8")
    return tmp_path


def test_a_valid_file_says_so_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cap(["validate", str(folder / "good.cap")]) == 0

    assert capsys.readouterr().out == f"{folder}/good.cap: valid CAP 1.2; signature none\n"


def test_a_folder_is_judged_file_by_file_and_one_bad_is_enough(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cap(["validate", str(folder)]) == 1

    bad, good = capsys.readouterr().out.splitlines()
    assert bad == (
        f"{folder}/bad.xml: INVALID CAP 1.2: line 6: status: 'Real' is none of Actual, Exercise, System, Test, Draft"
    )
    assert "valid CAP 1.2" in good


def test_what_our_reader_refuses_is_invalid_though_the_schema_allows_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "open.cap").write_text(
        ALERT_XML.replace("46.10,7.10</polygon>", "46.11,7.10</polygon>"), encoding="utf-8"
    )

    assert cap(["validate", str(folder / "open.cap")]) == 1
    assert "line 20: info[1]/area[1]/polygon[1]: is not closed" in capsys.readouterr().out


def test_a_profile_is_asked_when_it_is_named_or_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "claims.cap").write_text(
        SOUND.replace("<code>IPAWSv1.0</code>", ""), encoding="utf-8"
    )

    assert cap(["validate", "--profile", "ipaws", str(folder / "claims.cap")]) == 0
    assert "ipaws code: code: must include the code IPAWSv1.0" in capsys.readouterr().out
    assert cap(["validate", "--all", "--profile", "ipaws", str(folder / "claims.cap")]) == 0
    assert "should say what to do" in capsys.readouterr().out


def test_a_document_type_is_invalid_and_a_missing_file_is_told_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "xxe.cap").write_text("<!DOCTYPE a><a/>", encoding="utf-8")

    assert cap(["validate", str(folder / "xxe.cap")]) == 1
    assert "INVALID: line 1: declares a document type" in capsys.readouterr().out
    assert cap(["validate", str(folder / "gone.cap"), str(folder / "good.cap")]) == 2
    told = capsys.readouterr()
    assert "gone.cap cannot be read" in told.err
    assert "valid CAP 1.2" in told.out


def test_a_feed_without_alerts_is_neither(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "index.rss").write_text(
        "<rss><channel><item><link>https://a.example/</link></item></channel></rss>",
        encoding="utf-8",
    )

    assert cap(["validate", str(folder / "index.rss")]) == 0
    assert "index.rss: no alert, 1 link" in capsys.readouterr().out


def test_an_xsd_that_is_none_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cap(["validate", "--xsd", str(folder / "good.cap"), str(folder)]) == 2
    assert "There is no schema of CAP" in capsys.readouterr().err


def test_a_setting_names_the_xsd(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = folder / "only.xsd"
    schema.write_text(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" '
        'targetNamespace="urn:oasis:names:tc:emergency:cap:1.2"><element name="alert"><complexType>'
        "<sequence/></complexType></element></schema>",
        encoding="utf-8",
    )
    monkeypatch.setenv("MUSTER_ALERTS_CAP_XSD", str(schema))

    assert cap(["validate", str(folder / "good.cap")]) == 1
    assert "(OASIS' XSD)" in capsys.readouterr().out


def test_what_we_write_is_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ours.cap").write_bytes(serialize(an_alert()))

    assert cap(["validate", str(folder / "ours.cap")]) == 0
    assert "valid CAP 1.2; signature none" in capsys.readouterr().out


def judged() -> list[tuple[str, bool]]:
    """What the corpus' list says that OASIS' XSD said of each file with an alert in it."""
    if REAL is None:
        return []
    with (REAL / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: list[tuple[str, bool]] = []
    for row in rows:
        said = re.match(
            r"CAP1\.\d XSD (VALID|INVALID)|7 embedded CAP 1\.2: (\d)", row["schema_check"]
        )
        if row["path"].startswith("cap/") and said:
            found.append((row["path"].removeprefix("cap/"), said[1] == "VALID" or said[2] == "7"))
    return found


@pytest.mark.parametrize("own_tables_only", [True, False])
def test_it_agrees_with_the_xsd_on_every_file(
    own_tables_only: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = judged()
    words = [] if own_tables_only or not REAL else ["--xsd", str(REAL / "cap/xsd")]
    for name, valid in verdicts:
        assert CORPUS_FOLDER
        status = cap(["validate", *words, str(CORPUS_FOLDER / name)])
        line = capsys.readouterr().out
        assert status == (0 if valid else 1), line
        assert line.startswith(f"{CORPUS_FOLDER / name}: {'valid' if valid else 'INVALID'}")
        assert line.count("\n") == 1
        assert "not by OASIS' XSD" not in line
    assert len(verdicts) >= 55 or not CORPUS
