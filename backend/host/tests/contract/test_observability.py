"""Rules, dashboards and runbooks speak of metrics that the code exports, and of each other."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "infrastructure" / "observability"
RUNBOOKS = ROOT / "docs" / "runbooks"
METRICS: dict[str, dict[str, Any]] = json.loads((FOLDER / "metrics.json").read_text("utf-8"))
# What Prometheus and its Python client add to every target.
OTHERS = {
    "up",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
}
TARGET_LABELS = {"job", "instance"}
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def exported() -> dict[str, set[str]]:
    """Every time series by name, with its labels."""
    series = dict.fromkeys(OTHERS, TARGET_LABELS)
    for name, metric in METRICS.items():
        for suffix in SUFFIXES[metric["type"]]:
            more = {"le"} if suffix == "_bucket" else set[str]()
            series[name + suffix] = {*metric["labels"], *TARGET_LABELS, *more}
    return series


_GROUPING = r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)"
_NO_METRIC = {"and", "or", "unless", "bool", "e"}


def faults(expression: str) -> Iterator[str]:
    """What an expression in PromQL names that nobody exports."""
    series = exported()
    bare = re.sub(r"\[[^\]]*\]", "", expression)
    for name, selector in re.findall(r"([a-z_:][a-z0-9_:]*)\s*\{([^}]*)\}", bare):
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', selector)):
            if label not in series.get(name, set()):
                yield f"{name} has no label {label!r}"
    bare = re.sub(r"\{[^}]*\}", "", bare)
    used = metrics_in(re.sub(_GROUPING, "", bare))
    yield from (f"nobody exports {name}" for name in sorted(used - set(series)))
    known = set[str]().union(*(series[name] for name in used & set(series)))
    for labels in re.findall(_GROUPING, bare):
        wanted = {one.strip() for one in labels.split(",")} - {""}
        yield from (f"no metric of {expression!r} has a label {one!r}" for one in wanted - known)


def metrics_in(bare: str) -> set[str]:
    """The names that are neither operators nor functions; selectors and groupings were taken out."""
    return {
        word[0]
        for word in re.finditer(r"[a-zA-Z_:][a-zA-Z0-9_:]*", bare)
        if word[0] not in _NO_METRIC and not bare[word.end() :].lstrip().startswith("(")
    }


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted(FOLDER.glob("rules/*.yml")):
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            found += group["rules"]
    return found


def drawn() -> Iterator[tuple[str, str]]:
    for file in sorted(FOLDER.glob("dashboards/*.json")):
        for panel in json.loads(file.read_text("utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                yield f"{file.stem}: {panel['title']}", target["expr"]


def page_of(alert: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", alert).lower()


def test_the_list_of_metrics_is_what_the_code_exports(tmp_path: Path) -> None:
    subprocess.run([ROOT / "tools" / "dashboards", tmp_path], check=True)

    listed = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert listed == METRICS, "run tools/dashboards and look at what changed"


def test_every_metric_of_the_alerts_is_exported_with_its_labels() -> None:
    found = {rule["alert"]: list(faults(rule["expr"])) for rule in rules()}
    assert len(found) >= 20
    assert {alert: wrong for alert, wrong in found.items() if wrong} == {}


def test_every_process_of_the_compose_file_is_scraped() -> None:
    compose = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text("utf-8"))
    ours = {
        name
        for name, service in compose["services"].items()
        if (service.get("command") or [""])[:2] in (["muster", "serve"], ["muster", "worker"])
    }
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    (job,) = config["scrape_configs"]
    assert len(ours) > 20
    assert set(job["dns_sd_configs"][0]["names"]) == ours


def test_every_metric_of_the_dashboards_is_exported_with_its_labels() -> None:
    panels = list(drawn())
    assert len(panels) >= 40
    assert {title: wrong for title, text in panels if (wrong := list(faults(text)))} == {}


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("max(muster_outbox_age)", "nobody exports muster_outbox_age"),
        ('muster_outbox_rows{shema="identity"}', "muster_outbox_rows has no label 'shema'"),
        ("sum by (queue) (muster_outbox_rows)", "has a label 'queue'"),
        ("rate(muster_delivery_seconds[5m])", "nobody exports muster_delivery_seconds"),
    ],
)
def test_a_slip_is_found(expression: str, fault: str) -> None:
    assert fault in " / ".join(faults(expression))


def test_every_alert_has_one_runbook_and_every_runbook_one_alert() -> None:
    alerts = {rule["alert"]: rule for rule in rules()}
    pages = {file.stem: file.read_text("utf-8") for file in RUNBOOKS.glob("*.md")}
    del pages["README"]
    assert {page_of(alert) for alert in alerts} == set(pages)
    for alert, rule in alerts.items():
        page = page_of(alert)
        assert rule["annotations"]["runbook_url"] == (
            "{{ $externalLabels.muster }}/runbooks/" + page
        )
        assert rule["labels"]["severity"] in {"page", "ticket"}
        text = pages[page]
        assert text.startswith(f"# {alert}\n")
        for part in ("**What it means.**", "**Look here.**", "**Do this.**"):
            assert part in text, (page, part)
    listed = (RUNBOOKS / "README.md").read_text("utf-8")
    assert [page for page in sorted(pages) if f"({page}.md)" not in listed] == []


def test_every_alert_is_tested_firing_and_quiet() -> None:
    outcomes: dict[str, set[bool]] = {}
    for file in FOLDER.glob("tests/*.yml"):
        for story in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            for case in story["alert_rule_test"]:
                outcomes.setdefault(case["alertname"], set()).add(bool(case["exp_alerts"]))
    assert outcomes == {rule["alert"]: {True, False} for rule in rules()}


def test_metrics_that_runbooks_name_are_exported() -> None:
    for file in sorted(RUNBOOKS.glob("*.md")):
        named = re.findall(r"`(muster_[a-z_]+)", file.read_text("utf-8"))
        assert [name for name in named if name not in exported() and name not in METRICS] == []


def test_metrics_have_names_units_and_few_labels() -> None:
    for name, metric in METRICS.items():
        assert re.fullmatch(r"muster_[a-z_]+", name)
        assert metric["help"].endswith((".", ")")), name
        personal = {
            "user",
            "actor",
            "account",
            "email",
            "address",
            "ip",
            "organization",
            "incident",
        }
        assert not personal & set(metric["labels"]), name
        if metric["type"] == "histogram":
            assert name.endswith("_seconds")
        if metric["type"] == "counter":
            assert name.endswith("_total")
