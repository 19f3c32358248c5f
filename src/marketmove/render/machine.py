"""Text for machines: CSV and JSON, full precision, missing is empty or null, lines end in LF."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from marketmove.errors import ExitStatus, Problem
from marketmove.render import RenderOptions
from marketmove.reports.documents import plain
from marketmove.wording.characters import visible

# DEL and the C1 controls; what turns the direction of writing or ends a line; half characters.
_OBEYED = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# How a formula may begin, in full width too; and a number, which may as well.
_FORMULA = frozenset("=+-@|%\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")

# How the moves of a document begin and end: no text of it has a line break to be mistaken for.
_BEGIN, _END = '  "moves": [\n', "\n  ]"


def failure(schema: str, status: ExitStatus, problems: Sequence[Problem]) -> str:
    """Write why there is no result, as the one JSON document of a run that failed."""
    found = [{"text": problem.text, "place": problem.place} for problem in problems]
    error = {"status": int(status), "code": status.name.lower(), "problems": found}
    return write_json({"schema": schema, "error": error})


def safe_csv(text: str) -> str:
    r"""Give CSV in which no cell is a formula of a spreadsheet, or has signs that nobody sees.

    Numbers stay as they are; of other cells that begin as a formula does an apostrophe makes text.

    >>> safe_csv("symbol,change_pct\n=1+1,-0.5\n")
    "symbol,change_pct\n'=1+1,-0.5\n"
    """
    limit = csv.field_size_limit(len(text) + 1)
    try:
        rows = csv.reader(io.StringIO(text, newline=""))
        return write_csv([_safe(cell) for cell in row] for row in rows)
    finally:
        csv.field_size_limit(limit)


def _safe(cell: str) -> str:
    shown = visible(cell)
    begins = cell.lstrip()[:1] in _FORMULA or shown[:1] in _FORMULA
    return f"'{shown}" if shown and begins and not _NUMBER.fullmatch(cell) else shown


def write_json(document: dict[str, Any]) -> str:
    """Write plain values as one indented JSON document."""
    return (
        escaped(json.dumps(plain(document), allow_nan=False, ensure_ascii=False, indent=2)) + "\n"
    )


def json_in_pieces(document: dict[str, Any], moves: Iterable[str]) -> Iterator[str]:
    """Write a document whose ``moves`` are ``[0]`` with others, as ``json_list`` writes them."""
    head, tail = write_json(document).split(f"{_BEGIN}    0{_END}")
    head += _BEGIN
    for text in moves:
        # Each move may end in a comma, which the last has not.
        yield head + text.removesuffix(",\n")
        head = ",\n"
    if head != ",\n":
        yield write_json({**document, "moves": []})
    else:
        yield _END + tail


def json_list(moves: Iterable[dict[str, Any]]) -> str:
    """Write moves as they stand in a document."""
    whole = write_json({"moves": list(moves)})
    return whole.partition(_BEGIN)[2].rpartition(_END)[0]


def write_ndjson(records: Iterable[dict[str, Any]]) -> str:
    """Write plain values as JSON lines, one object a line."""
    lines = (json.dumps(plain(record), allow_nan=False, ensure_ascii=False) for record in records)
    return "".join(f"{escaped(line)}\n" for line in lines)


def escaped(text: str) -> str:
    """Give as escapes the signs of JSON that a terminal obeys, or that turn a line round."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _OBEYED.sub(lambda one: f"\\u{ord(one[0]):04x}", text)


def write_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows of cells as CSV, the header the first of them; truth values as JSON has them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(map(_with_truth_as_text, rows))
    return buffer.getvalue()


def _with_truth_as_text(row: Sequence[Any]) -> Sequence[Any]:
    if True not in row and False not in row:  # nor 1 or 0, which are equal to these
        return row
    return [str(cell).lower() if isinstance(cell, bool) else cell for cell in row]


def records(table: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Give the rows of a table by the names in its first."""
    names, *rows = table
    return (dict(zip(names, row, strict=True)) for row in rows)


def machine_formats(
    document: Callable[[Any], dict[str, Any]],
    table: Callable[[Any], Iterable[Sequence[Any]]] | None = None,
) -> dict[str, Callable[[Any, RenderOptions], str]]:
    """Give the formats for machines of a report: its document, and its table if it has one."""
    json_only = {"json": lambda report, _options: write_json(document(report))}
    if table is None:
        return json_only
    return json_only | {
        "csv": lambda report, _options: write_csv(table(report)),
        "ndjson": lambda report, _options: write_ndjson(records(table(report))),
    }
