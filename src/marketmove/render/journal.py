"""The journal for people and for machines: what was summarised, when, and where it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from marketmove.delivery.journal_rows import Delivery, Entry
from marketmove.delivery.targets import STANDARD_OUTPUT
from marketmove.render import RenderOptions
from marketmove.render.layout import plain, wrapped
from marketmove.render.machine import machine_formats, write_csv
from marketmove.reports.records import JOURNAL_SCHEMA, JournalReport
from marketmove.wording import numbers, revisions
from marketmove.wording.characters import visible

_HEADS = ("Session", "Indices", "Format", "Written (UTC)", "")
_COLUMNS = (
    "made_at", "sessions", "indices", "format", "options",
    "target", "result", "detail", "at", "revisions",
)  # fmt: skip
_SHOWN, _NAMED = 20, 2
_GAP = "   "


def as_table(report: JournalReport, options: RenderOptions) -> str:
    """Write the journal as one table, the last summary at its end."""
    shown = report.entries if options.everything else report.entries[-_SHOWN:]
    left_out = len(report.entries) - len(shown)
    lines = [f"Journal · {visible(report.source)}", ""]
    if shown:
        lines += _table(shown, options.width)
    if left_out:
        before = numbers.count(left_out, "summary", "summaries")
        lines.append(f"  {before} before; --all shows them")
    lines.append(f"  {numbers.count(len(report.entries), 'summary', 'summaries')}")
    return plain(lines, options)


def _table(entries: Sequence[Entry], width: int | None) -> list[str]:
    rows = [_HEADS, *(_cells(entry, one) for entry in entries for one in _of(entry))]
    widths = [max(cell_len(row[n]) for row in rows) for n in range(len(_HEADS) - 1)]
    lines = _line(_HEADS, widths, None)
    for entry in entries:
        for delivery in _of(entry):
            lines += _line(_cells(entry, delivery), widths, width)
        for revision in entry.revisions:
            lines += wrapped(f"  {revisions.text(revision)}", width)
    return [*lines, ""]


def _of(entry: Entry) -> Sequence[Delivery | None]:
    return entry.deliveries or (None,)


def _cells(entry: Entry, delivery: Delivery | None) -> tuple[str, ...]:
    symbols = entry.summary.indices.split()
    indices = ", ".join(symbols) if len(symbols) <= _NAMED else f"{len(symbols)} indices"
    sessions = sorted(one.session for one in entry.summary.seen if one.session)
    last = sessions[-1] if sessions else numbers.NOTHING
    return (
        last if not sessions or sessions[0] == last else f"to {last}",
        visible(indices),
        entry.summary.form,
        f"{dt.datetime.fromisoformat(entry.made_at).astimezone(dt.UTC):%Y-%m-%d %H:%M}",
        visible(_where(delivery)),
    )


def _where(delivery: Delivery | None) -> str:
    if delivery is None:
        return "nowhere"
    target, result, detail, _ = delivery
    if result == "failed":
        return f"not delivered to {target}{f': {detail}' if detail else ''}"
    if result == "printed":
        return "printed" if target == STANDARD_OUTPUT else f"written to {target}"
    return f"delivered to {target}"


def _line(cells: Sequence[str], widths: Sequence[int], width: int | None) -> list[str]:
    """A row; its last cell stands below it where the terminal has no room for it."""
    *first, last = cells
    padded = (cell + " " * (n - cell_len(cell)) for cell, n in zip(first, widths, strict=True))
    start = "  " + _GAP.join(padded)
    whole = (start + _GAP + last).rstrip()
    if width is None or cell_len(whole) <= width:
        return [whole]
    return [start.rstrip(), *wrapped(f"  {last}", width)]


def as_csv(report: JournalReport, _options: RenderOptions) -> str:
    """Write one row for each place that a summary went to; revisions are separated by ``; ``."""
    rows: list[Sequence[Any]] = [_COLUMNS]
    for entry in report.entries:
        asked = (entry.made_at, *entry.summary[:4])
        revised = "; ".join(revisions.text(revision) for revision in entry.revisions)
        rows += [[*asked, *(delivery or ("",) * 4), revised] for delivery in _of(entry)]
    return write_csv(rows)


def document(report: JournalReport) -> dict[str, Any]:
    """Give the journal with all closes that the summaries rest on."""
    summaries = [
        {
            "made_at": entry.made_at,
            "sessions": entry.summary.sessions,
            "indices": entry.summary.indices.split(),
            "format": entry.summary.form,
            "options": entry.summary.options,
            "closes": entry.summary.seen,
            "deliveries": entry.deliveries,
            "revisions": entry.revisions,
        }
        for entry in report.entries
    ]
    return {"schema": JOURNAL_SCHEMA, "source": report.source, "summaries": summaries}


FORMATS = {"table": as_table} | machine_formats(document) | {"csv": as_csv}
