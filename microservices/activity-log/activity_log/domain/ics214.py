"""ICS 214, Activity Log: the form of FEMA's NIMS ICS forms booklet, as CSV and as a page to print."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on the form."""

    name: str
    position: str = ""
    home_agency: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """A line of the log; times are when it happened and when it was written down."""

    time: datetime
    recorded_at: datetime
    who: str
    activity: str
    exercise: bool


@dataclass(frozen=True, slots=True)
class ActivityLog:
    """The whole form."""

    incident_id: UUID | None
    incident_name: str
    incident_number: str
    period_from: datetime | None
    period_to: datetime | None
    person: Person
    prepared_by: str
    prepared_at: datetime
    resources: Sequence[Person] = ()
    activities: Sequence[Activity] = ()
    truncated: bool = False
    exercise: bool = field(default=False)


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_cell(value: str) -> str:
    """A cell that a spreadsheet shows and does not run: `=cmd()` becomes `'=cmd()`."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def to_csv(form: ActivityLog, zone: ZoneInfo) -> str:
    """Time, who, what; one line per activity, RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["time", "time_zone", "recorded_at_utc", "who", "activity", "exercise", "incident"]
    )
    for line in form.activities:
        cells = [
            line.time.astimezone(zone).isoformat(timespec="seconds"),
            zone.key,
            line.recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
            line.who,
            line.activity,
            "EXERCISE" if line.exercise else "",
            form.incident_name,
        ]
        writer.writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()


STYLE = """
@page { size: letter; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.35 system-ui, sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 190mm; }
table { border-collapse: collapse; width: 100%; }
td, th { border: 1px solid #000; padding: 1.2mm 2mm; text-align: left; vertical-align: top; }
.label { display: block; font-size: 7.5pt; font-weight: 600; }
h1 { font-size: 13pt; text-align: center; margin: 0; }
.bare td, .bare th, td.bare, th.bare { border: 0; padding: 1mm 0; }
.exercise { font-size: 15pt; font-weight: 800; letter-spacing: .35em; text-align: center; border: 3px solid #000; }
.activity { white-space: pre-wrap; overflow-wrap: anywhere; }
.late { font-size: 8pt; }
thead { display: table-header-group; }
tfoot { display: table-footer-group; }
tr { break-inside: avoid; }
.time { width: 33mm; } .who { width: 38mm; }
"""


def to_html(form: ActivityLog, zone: ZoneInfo) -> str:
    """A page without scripts or links. Head and foot are repeated on every printed sheet, EXERCISE among them."""
    word = '<p class="exercise">EXERCISE</p>' if form.exercise else ""
    title = f"ICS 214 {form.incident_name or form.person.name}".strip()
    resources = "".join(_resource(one) for one in form.resources) or _resource(Person("—"))
    lines = "".join(_line(line, zone, marked=not form.exercise) for line in form.activities)
    if not form.activities:
        lines = '<tr><td colspan="3">No activity is recorded for this period.</td></tr>'
    if form.truncated:
        lines += (
            '<tr><td colspan="3"><strong>There is more than one form holds.</strong>'
            " Choose a shorter period.</td></tr>"
        )
    prepared = f"Printed {_moment(form.prepared_at, zone)} ({zone.key}) by {form.prepared_by}"
    source = f"Source: the journal of Muster. Times are {zone.key}. {prepared}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head><body>
<table><thead>
<tr><td class="bare" colspan="3">{word}<h1>ACTIVITY LOG (ICS 214)</h1></td></tr>
<tr><td colspan="2">{_label("1. Incident Name")}{escape(form.incident_name)} {escape(form.incident_number)}</td>
<td>{_label("2. Operational Period")}
From {_moment(form.period_from, zone)}<br>To {_moment(form.period_to, zone)}</td></tr>
</thead><tbody>
<tr><td>{_label("3. Name")}{escape(form.person.name)}</td>
<td>{_label("4. ICS Position")}{escape(form.person.position)}</td>
<td>{_label("5. Home Agency (and Unit)")}{escape(form.person.home_agency)}</td></tr>
<tr><td class="bare" colspan="3">{_label("6. Resources Assigned")}<table><tr><th>Name</th><th>ICS Position</th>
<th>Home Agency (and Unit)</th></tr>{resources}</table></td></tr>
<tr><td class="bare" colspan="3">{_label("7. Activity Log")}</td></tr>
<tr><th class="time">Date/Time</th><th class="who">Who</th><th>Notable Activities</th></tr>
{lines}
<tr><td colspan="3">{_label("8. Prepared by")}Name: {escape(form.person.name or form.prepared_by)}
&emsp;Position/Title: {escape(form.person.position) or "________________"}&emsp;Signature: ________________________
&emsp;Date/Time: {_moment(form.prepared_at, zone)}</td></tr>
</tbody><tfoot><tr><td class="bare" colspan="3">{word}<small>ICS 214 · {escape(source)}</small></td></tr></tfoot>
</table>
</body></html>
"""


def _label(text: str) -> str:
    return f'<span class="label">{text}</span>'


def _resource(one: Person) -> str:
    cells = (one.name, one.position, one.home_agency)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _line(line: Activity, zone: ZoneInfo, *, marked: bool) -> str:
    late = ""
    if (line.recorded_at - line.time).total_seconds() > 60:
        late = f'<br><span class="late">written {_moment(line.recorded_at, zone)}</span>'
    word = "<strong>EXERCISE</strong> " if marked and line.exercise else ""
    return (
        f"<tr><td>{_moment(line.time, zone)}{late}</td><td>{escape(line.who)}</td>"
        f'<td class="activity">{word}{escape(line.activity)}</td></tr>'
    )


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return "—" if value is None else f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
