"""Write Grafana's dashboards and the list of metrics to which they, the rules and the runbooks are held.

tools/dashboards [FOLDER]     instead of infrastructure/observability; `make check` compares
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from boards import DASHBOARDS
from panels import as_json
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

FOLDER = Path(__file__).resolve().parents[2] / "infrastructure" / "observability"


def exported_metrics() -> dict[str, dict[str, Any]]:
    """Every metric of the core and of every installed service, by name."""
    from muster_core.microservice import installed_microservices  # noqa: PLC0415 - registers all

    installed_microservices()
    found: dict[str, dict[str, Any]] = {}
    collectors: list[Any] = list(vars(REGISTRY)["_collector_to_names"])
    for collector in collectors:
        if not isinstance(collector, MetricWrapperBase):
            continue  # what every Python process exports
        (family,) = collector.describe()
        labels: tuple[str, ...] = vars(collector)["_labelnames"]
        if family.name.startswith("muster_"):
            name = family.name + ("_total" if family.type == "counter" else "")
            found[name] = {
                "type": family.type,
                "labels": list(labels),
                "help": family.documentation,
            }
    return dict(sorted(found.items()))


def main() -> int:
    """Write everything."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    (folder / "dashboards").mkdir(parents=True, exist_ok=True)
    written: dict[str, Any] = {
        f"dashboards/{dashboard.name}.json": as_json(dashboard) for dashboard in DASHBOARDS
    }
    written["metrics.json"] = exported_metrics()
    for name, content in written.items():
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
