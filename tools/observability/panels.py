"""What a dashboard is made of, and how Grafana wants it written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RATE = "[$__rate_interval]"


@dataclass(frozen=True)
class Panel:
    """One drawing. `danger` is the value from which it is red."""

    title: str
    unit: str
    drawn: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    width: int = 8
    danger: float | None = None


@dataclass(frozen=True)
class Dashboard:
    """Rows by title, and the variables to choose from: name and metric whose label it is."""

    name: str
    title: str
    rows: dict[str, list[Panel]]
    variables: dict[str, str] = field(default_factory=dict[str, str])


def one(title: str, unit: str, legend: str, expression: str, **more: Any) -> Panel:
    """A panel with one line, or one per label."""
    return Panel(title, unit, ((legend, expression),), **more)


def now(title: str, unit: str, expression: str, danger: float | None = None) -> Panel:
    """The figure of this moment."""
    return Panel(title, unit, (("", expression),), kind="stat", width=4, danger=danger)


def quantiles(metric: str, by: str, selector: str = "") -> tuple[tuple[str, str], ...]:
    """The median and the 99th of a hundred, by some labels."""
    labels = f"{by}, le" if by else "le"
    legend = " ".join(f"{{{{{label.strip()}}}}}" for label in by.split(",") if label)
    return tuple(
        (
            f"p{round(share * 100)} {legend}".strip(),
            f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{{{selector}}}{RATE})))",
        )
        for share in (0.5, 0.99)
    )


SOURCE = {"type": "prometheus", "uid": "${source}"}


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """As Grafana imports it."""
    panels: list[dict[str, Any]] = []
    top = 0
    for title, row in dashboard.rows.items():
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "gridPos": {"h": 1, "w": 24, "x": 0, "y": top},
                "panels": [],
            }
        )
        top, left = top + 1, 0
        height = 4 if all(panel.kind == "stat" for panel in row) else 8
        for panel in row:
            if left + panel.width > 24:
                top, left = top + height, 0
            place = {"h": height, "w": panel.width, "x": left, "y": top}
            panels.append(_panel(len(panels) + 1, panel, place))
            left += panel.width
        top += height
    return {
        "uid": f"muster-{dashboard.name}",
        "title": dashboard.title,
        "tags": ["muster"],
        "schemaVersion": 39,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "editable": False,
        "templating": {
            "list": [
                {
                    "name": "source",
                    "type": "datasource",
                    "query": "prometheus",
                    "label": "Prometheus",
                },
                *(
                    {
                        "name": name,
                        "type": "query",
                        "datasource": SOURCE,
                        "query": f'label_values({metric}{{job=~"muster.*"}}, {name})',
                        "refresh": 2,
                        "multi": True,
                        "includeAll": True,
                        "current": {"text": "All", "value": "$__all"},
                    }
                    for name, metric in dashboard.variables.items()
                ),
            ]
        },
        "panels": panels,
    }


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.danger is not None:
        steps.append({"color": "red", "value": panel.danger})
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(65 + index), "expr": expression, "legendFormat": legend}
            for index, (legend, expression) in enumerate(panel.drawn)
        ],
    }
