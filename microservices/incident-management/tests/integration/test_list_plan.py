from __future__ import annotations

from typing import Any, cast

from incident_management.repository.views import IncidentFilter, list_incidents
from muster_core.database import Reader
from muster_testing.people import ORGANIZATION

MANY = """
    INSERT INTO incident_management.incident (id, organization_id, number, name, status, exercise,
                                              declared_at, declared_by_id, declared_by_name)
    SELECT uuidv7(), $1, 'N-' || n, 'Incident ' || n, 'reported', false,
           now() - n * interval '1 minute', $1, 'Ada Moreno'
      FROM generate_series(1, 20000) AS n
"""


class Recorder:
    """A reader that remembers the statement it is asked to run."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def fetch(self, *statement: Any) -> list[Any]:
        self.asked = list(statement)
        return []


async def test_a_page_of_many_incidents_reads_no_more_than_a_page(
    reader: Reader,
) -> None:
    recorder = Recorder()
    await reader.execute(MANY, ORGANIZATION)
    await reader.execute("ANALYZE incident_management.incident")
    await list_incidents(
        cast("Reader", recorder), ORGANIZATION, IncidentFilter(), limit=50, cursor=None
    )
    sql, *arguments = recorder.asked

    plan = "\n".join(row[0] for row in await reader.fetch(f"EXPLAIN {sql}", *arguments))

    assert "Merge Append" in plan, plan
    assert "Scan Backward using ix_incident_organization_id_declared_at_id" in plan, plan
    assert "Seq Scan on incident" not in plan, plan
