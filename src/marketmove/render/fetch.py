"""What came of a fetch, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketmove.feeds.fetching import IndexFetched, Tried
from marketmove.render import RenderOptions
from marketmove.render.layout import TextTable, column, plain, roomiest_table, under_table, written
from marketmove.render.machine import machine_formats
from marketmove.reports.records import FETCH_SCHEMA, FetchReport
from marketmove.wording import fetched, numbers
from marketmove.wording.characters import visible

_SHOWN = 5


def as_table(report: FetchReport, options: RenderOptions) -> str:
    """Write what each index got, then what people have to know of it."""
    if report.explain:
        return plain(map(visible, _explained(report)), options)
    rows = report.indices
    last = [index.tried[-1] if index.tried else None for index in rows]
    columns = [
        column("Index", [visible(index.symbol) for index in rows]),
        column("Feed", [visible(tried.feed) if tried else "" for tried in last]),
        column("Newest", [str(index.newest or numbers.NOTHING) for index in rows]),
        column("New", [f"{len(index.added):,}" for index in rows], right=True),
        column("Revised", [f"{len(index.revised):,}" for index in rows], right=True),
        column("", ["current" if index.current else "not current" for index in rows]),
    ]
    table = roomiest_table([TextTable(columns, gap) for gap in (3, 2)], options.width)
    head = under_table(f"Fetched · {visible(report.archive)}", "bold", options)
    below = [line for text in notes(report) for line in under_table(visible(text), "", options)]
    return written([*head, [], *table.lines(), [], *below], options)


def notes(report: FetchReport) -> Iterator[str]:
    """Say what is to be known below the table, the tally last."""
    for index in report.indices:
        yield from fetched.sentences(index)
    yield from problems(report)
    if report.unread:
        yield "levels: names files in the configuration: commands read those, and not the archive"
    count = numbers.count(len(report.indices), "index is", "indices are")
    if report.current == len(report.indices):
        yield "The index is current" if len(report.indices) == 1 else f"All {count} current"
    else:
        yield f"{report.current} of {count} current"


def problems(report: FetchReport) -> Iterator[str]:
    """Say of each index that is not current what lacks."""
    return (fetched.lacking(index) for index in report.indices if not index.current)


def _explained(report: FetchReport) -> Iterator[str]:
    """How each answer was read, and what of it would be stored."""
    for index in report.indices:
        for tried in index.tried:
            yield f"{index.symbol} · {tried.feed} · {tried.label}"
            yield from (f"  {line}" for line in _read(tried))
            yield ""
    yield "Nothing was stored: --explain only shows how an answer is read."


def _read(tried: Tried) -> Iterator[str]:
    yield fetched.outcome(tried)
    if tried.reading is not None:
        for aspect, text in tried.reading.explained().items():
            yield f"{aspect:<12}  {text}"
    days = sorted(tried.closes)[-_SHOWN:]
    if days:
        yield "the last closes:"
        yield from (f"  {day}  {tried.closes[day]:,.15g}" for day in days)
    yield from (f"left out {text}" for text in fetched.left_out(tried.left_out))
    yield from tried.remarks


def document(report: FetchReport) -> dict[str, Any]:
    """Give what came of a fetch."""
    return {
        "schema": FETCH_SCHEMA,
        "archive": report.archive,
        "as_of": f"{report.moment:%Y-%m-%dT%H:%M:%SZ}",
        "stored": not report.explain,
        "indices": [_index(index) for index in report.indices],
    }


def _index(index: IndexFetched) -> dict[str, Any]:
    return {
        "symbol": index.symbol,
        "current": index.current,
        "newest": index.newest,
        "expected": index.expected,
        "closes": index.closes,
        "added": [{"session": row.session, "close": row.value} for row in index.added],
        "revised": [
            {
                "session": one.before.session,
                "before": one.before.value,
                "after": one.after.value,
                "feed_before": one.before.source,
                "feed": one.after.source,
            }
            for one in index.revised
        ],
        "missing": index.gaps,
        "feeds": [_tried(tried) for tried in index.tried],
        "problem": index.problem or None,
    }


def _tried(tried: Tried) -> dict[str, Any]:
    return {
        "feed": tried.feed,
        "failure": tried.failure or None,
        "kept": tried.kept,
        "first": tried.first,
        "last": tried.last,
        "unchanged": tried.unchanged,
        "left_out": tried.left_out,
        "no_longer_given": tried.lost,
        "remarks": tried.remarks,
        "reading": tried.reading.explained() if tried.reading else None,
    }


FORMATS = {"table": as_table} | machine_formats(document)
