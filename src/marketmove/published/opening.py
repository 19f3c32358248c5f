"""A report of whatever form: prose, HTML, YAML, CSV or JSON of figures, told by what it holds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketmove.errors import NoSessionError, Place, Problem, UnrecognisedFileError, quoted
from marketmove.market.indices import Registry, did_you_mean
from marketmove.published.prose.opening import text_of_report
from marketmove.published.prose.reading import read_prose
from marketmove.published.prose.results import Prose, ProseFigure
from marketmove.published.recognise import (
    FIGURE_KEYS,
    VALUE_KEYS,
    header_of,
    is_header_of_figures,
    is_prose,
)
from marketmove.published.report_file import (
    FORM,
    Printed,
    Published,
    figure_of,
    published_of,
    read_published,
)
from marketmove.sources import Context, Source

_YAML_ENDINGS = (".yaml", ".yml")
# What `read` writes beside the figures themselves.
_BESIDE = ("symbol", "name", "kind", "direction", "bound", "bound_of", "sure", "doubt")
_PERIODS = ("week", "month", "ytd")
# A change that goes down is more than 1% where it is under −1%.
_BOUND_KEYS = {("over", True): "over_pct", ("over", False): "under_pct",
               ("under", True): "under_pct", ("under", False): "over_pct"}  # fmt: skip


def read_report(
    source: Source,
    registry: Registry,
    context: Context,
    encoding: str | None = None,
    date: dt.date | None = None,
) -> Published:
    """Read the figures of a report, in whatever form it is.

    Raises ``UnreadableFileError`` if it is no text, ``UnrecognisedFileError`` or
    ``BadFiguresError`` if it is not of the form it begins with, ``NoSessionError`` if a text has no
    figure.
    """
    if source.yaml_key == "figures" or source.label.lower().endswith(_YAML_ENDINGS):
        published = read_published(source, registry)
        return published if date is None else published._replace(session=date)
    text = text_of_report(source, registry, context, encoding)
    if text.lstrip().startswith("{"):
        return _from_json(text, source.label, registry, date)
    header = header_of(text)
    if is_header_of_figures(header):
        cells = _cells(text, source.label)
        _refuse_unknown(header, source.label)
        return _from_rows(cells, source.label, registry, date)
    prose = read_prose(text, registry, date, source.stem or "")
    if not prose.figures and not is_prose(source.data):
        text = f"{FORM}; or the text of a market report"
        raise UnrecognisedFileError.at(Place(source.label), text)
    return of_prose(prose, source.label, registry)


def _cells(text: str, label: str) -> list[tuple[dict[str, Any], Place]]:
    """The rows of a table of figures, each with its place."""
    rows = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
    try:
        return [(row, Place(label, rows.line_num)) for row in rows]
    except csv.Error as error:
        place = Place(label, rows.line_num)
        raise UnrecognisedFileError.at(place, f"a row that cannot be split: {error}") from None


def _dialect(text: str) -> type[csv.Dialect]:
    class Dialect(csv.excel):
        delimiter = ";" if text.split("\n", 1)[0].count(";") else ","

    return Dialect


def _refuse_unknown(header: Sequence[str], label: str) -> None:
    known = (*FIGURE_KEYS, *_BESIDE)
    unknown = [key for key in header if key not in known]
    if unknown:
        raise UnrecognisedFileError(
            Problem(Place(label, 1), f"{key} is not a column here{did_you_mean(key, known)}")
            for key in unknown
        )


def _from_json(text: str, label: str, registry: Registry, date: dt.date | None) -> Published:
    try:
        document: Any = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as error:
        raise UnrecognisedFileError.at(
            Place(label, error.lineno), f"not valid JSON: {error.msg}"
        ) from None
    if not str(document.get("schema", "")).startswith("marketmove.read/"):
        expected = "expected the JSON that marketmove read writes, or the text of a report"
        raise UnrecognisedFileError.at(Place(label), expected)
    rows = document.get("figures") or ()
    cells = [({k: _text(v) for k, v in row.items()}, Place(label)) for row in rows]
    when = date or _iso(document.get("session"))
    return _from_rows(cells, label, registry, when)


def _text(value: Any) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _iso(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _from_rows(
    rows: Iterable[tuple[Mapping[str, str], Place]],
    label: str,
    registry: Registry,
    date: dt.date | None,
) -> Published:
    """Figures of rows of cells: the words of YAML, and what `read` writes."""
    problems: list[Problem] = []
    printed = [
        figure_of(texts, place, {}, registry, problems)
        for row, place in rows
        if (texts := _as_keys(row)) is not None
    ]
    dates = [figure.session for figure in printed if figure is not None and figure.session]
    session = date or (dates[0] if dates else None)
    once = _once(figure for figure in printed if figure is not None)
    return published_of(session, "", label, once, problems)


def _as_keys(row: Mapping[str, str]) -> dict[str, str] | None:
    """The cells of a row as the keys of YAML; None for a kind that is no session's or period's."""
    texts = {k.strip().lower(): (v or "").strip() for k, v in row.items() if k}
    kind = texts.pop("kind", "") or "session"
    if kind not in {"session", *_PERIODS}:
        return None
    if kind in _PERIODS:
        texts["period"] = kind
    texts["index"] = texts.get("symbol") or texts.get("index", "")
    bound, of = texts.pop("bound", ""), texts.pop("bound_of", "")
    if bound and of in {"", "change_pct"} and texts.get("change_pct"):
        texts |= bounded(bound, texts.pop("change_pct"))
    elif bound:
        texts.pop(of, None)
    keys = {key: text for key, text in texts.items() if text and key in FIGURE_KEYS}
    return keys if keys.keys() & set(VALUE_KEYS) else None


def bounded(bound: str, change_pct: str) -> dict[str, str]:
    """Give a percent that is a bound under its key: more than −1% is under −1.

    >>> bounded("over", "-1"), bounded("about", "+3")
    ({'under_pct': '-1'}, {'about_pct': '+3'})
    """
    if bound == "about":
        return {"about_pct": change_pct}
    return {_BOUND_KEYS[bound, not change_pct.lstrip().startswith(("-", "−"))]: change_pct}


def of_prose(prose: Prose, label: str, registry: Registry) -> Published:
    """Give the figures of a text as published ones: those of sessions, and of periods.

    Raises ``NoSessionError`` if there is none.
    """
    home = _region(prose.figures[0], registry) if prose.figures else ""
    printed = _once(
        _printed(figure, label, prose.date, _region(figure, registry) == "americas" != home)
        for figure in prose.figures
        if figure.kind in {"session", *_PERIODS}
    )
    found = [figure for figure in printed if _is_something(figure)]
    if not found:
        raise NoSessionError.at(None, nothing_found(label, len(prose.figures)))
    return Published(prose.date, "", label, tuple(found), prose.superlatives)


def nothing_found(label: str, others: int) -> str:
    """Say that a text has no figure of an index's session.

    >>> nothing_found("page.html", 0)
    'page.html has no figure of a known index; expected the text of a market report'
    """
    if others:
        count = f"{others:,} {'figure' if others == 1 else 'figures'}"
        what = f"has no figure of an index's session; read --all shows {count} of other kinds"
    else:
        what = "has no figure of a known index; expected the text of a market report"
    return f"{quoted(label)} {what}"


def _region(figure: ProseFigure, registry: Registry) -> str:
    index = registry.find(figure.symbol)
    return index.region if index is not None else ""


def _printed(figure: ProseFigure, label: str, session: dt.date | None, elsewhere: bool) -> Printed:
    values: dict[str, Any] = {}
    for field in ("close", "change_pts", "change_pct"):
        value = getattr(figure, field)
        if value is None:
            continue
        if field != figure.bound_of:
            values[field] = value
        elif field == "change_pct":
            (key,) = bounded(figure.bound, f"{value}")
            values[key] = value
    way = {"up": 1, "down": -1, "flat": 0}.get(figure.direction) if not values else None
    before = figure.day.partition(":")[0] in {"yesterday", "earlier"}
    return Printed(
        symbol=figure.symbol or figure.name,
        place=Place(label, figure.line),
        session=None if figure.session == session else figure.session,
        period=figure.kind if figure.kind in _PERIODS else "",
        quote=figure.quote,
        way=way,
        day_before=before,
        maybe_before=elsewhere and not figure.day,
        unsure=not figure.sure,
        **values,
    )


def _is_something(figure: Printed) -> bool:
    return figure.way is not None or any(getattr(figure, key) is not None for key in VALUE_KEYS)


def _once(printed: Iterable[Printed]) -> Iterator[Printed]:
    """Leave out a figure that says nothing beyond one before it of the same index and session."""
    said: dict[tuple[Any, ...], set[tuple[str, Decimal]]] = {}
    for figure in printed:
        known = said.setdefault(
            (figure.symbol, figure.session, figure.period, figure.day_before), set()
        )
        values = {(k, v) for k in VALUE_KEYS if (v := getattr(figure, k)) is not None}
        if values and values <= known:
            continue
        known |= values
        yield figure
