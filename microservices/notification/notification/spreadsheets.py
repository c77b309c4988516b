"""Lists of subscribers as CSV, which people open in spreadsheet programs: those run what looks like a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 5_000
_LONGEST_CELL = 50_000
# What begins a formula or a command to some spreadsheet program; the wide forms are folded to plain ones by some.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Here a sign may come first: what these hold is read as a number or refused.
SIGNED = frozenset({"phone", "coordinates", "latitude", "longitude"})


class ListError(ValueError):
    """The file, or a cell of it, is at fault: (row as a spreadsheet counts it, column or "", what)."""

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)


def read_rows(body: bytes, columns: frozenset[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with the number each has in a spreadsheet; its first row names the columns.

    UTF-8, separated by commas or semicolons. Empty rows are left out.

    Raises:
        ListError: it cannot be read, has a column we do not know, too many rows, or a cell that begins like a formula.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise ListError([(line, "", "is not UTF-8: save the list as CSV UTF-8")]) from error
    if "\0" in text:
        raise ListError([(text[: text.index("\0")].count("\n") + 1, "", "has a NUL character")])
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    faults: list[tuple[int, str, str]] = []
    try:
        for number, cells in enumerate(reader, 1):
            if not names:
                names = _names(cells, columns)
            elif any(cell.strip() for cell in cells):
                if len(found) == MOST_ROWS:
                    raise ListError([(number, "", f"is one too many: at most {MOST_ROWS} at once")])
                found.append((number, _row(number, names, cells, faults)))
    except csv.Error as error:
        raise ListError([(reader.line_num, "", f"cannot be read: {error}")]) from error
    if not found:
        raise ListError([(1, "", "has no rows below it")])
    if faults:
        raise ListError(faults)
    return found


def _names(cells: Sequence[str], columns: frozenset[str]) -> list[str]:
    names = [cell.strip().casefold().replace(" ", "_") for cell in cells]
    faults = [
        (1, "", f"column {place} is none we know; there are: {', '.join(sorted(columns))}")
        for place, name in enumerate(names, 1)
        if name not in columns
    ]
    faults += [
        (1, name, "stands twice")
        for name in dict.fromkeys(names)
        if name in columns and names.count(name) > 1
    ]
    if faults:
        raise ListError(faults)
    return names


def _row(
    number: int, names: Sequence[str], cells: Sequence[str], faults: list[tuple[int, str, str]]
) -> dict[str, str]:
    if len(cells) > len(names):
        faults.append((number, "", f"has {len(cells)} cells for {len(names)} columns"))
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        value = cell.strip(" ")
        if name in SIGNED and value.startswith("'"):
            value = value[1:]  # as our own export, and spreadsheet programs, write a sign
        if value.startswith(FORMULA) and (name not in SIGNED or value[0] not in "+-"):
            faults.append((number, name, "begins like a formula"))
        elif len(value) > _LONGEST_CELL:
            faults.append((number, name, f"is longer than {_LONGEST_CELL} characters"))
        row[name] = value
    return row


def write_rows(columns: Sequence[str], rows: Iterator[Mapping[str, str]]) -> Iterator[bytes]:
    """A file that no spreadsheet program takes for formulas, row by row; the first one names the columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    yield b"\xef\xbb\xbf" + _taken(buffer)
    for row in rows:
        writer.writerow([harmless(row.get(name, "")) for name in columns])
        yield _taken(buffer)


def harmless(cell: str) -> str:
    """A cell that is text to every spreadsheet program."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
