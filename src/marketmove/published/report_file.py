"""What a market report printed for a session, and the prior closes that its figures imply."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from marketmove import yamltext
from marketmove.errors import (
    BadFiguresError,
    Place,
    Problem,
    UnrecognisedFileError,
    WrongUsageError,
)
from marketmove.market.indices import Registry, did_you_mean
from marketmove.market.periods import PERIODS, period_name
from marketmove.moves.move import Move
from marketmove.published import figures
from marketmove.published.dates import date_of_people
from marketmove.published.prose.superlatives import Superlative
from marketmove.published.recognise import FIGURE_KEYS, PCT_KEYS, TEXT_KEYS, VALUE_KEYS
from marketmove.sources import Source
from marketmove.sources.dates import EXPECTED, read_date

_KEYS = ("session", "source", "figures")
FORM = (
    "expected figures: a list of index, close, change_pts, and one of change_pct, over_pct,"
    " under_pct and about_pct"
)


class Printed(NamedTuple):
    """One index as a report printed it; the decimals keep the digits that were printed.

    ``close`` and ``change_pts`` are in index points, the others in percent; ``over_pct`` and
    ``under_pct`` are bounds, not included, ``about_pct`` is a figure that was not meant exactly.
    None where the report gives nothing. ``session`` is the figure's own, None for that of the
    report; ``period`` is the span of the changes, empty for a session. ``way`` is 1, -1 or 0 where
    the report tells a direction alone. ``day_before`` tells that the figure is of the session
    before the report's, as the text says; ``maybe_before`` that it may be. ``unsure`` tells that
    a text was read, and its figure is not certain.
    """

    symbol: str
    place: Place
    close: Decimal | None = None
    change_pct: Decimal | None = None
    over_pct: Decimal | None = None
    under_pct: Decimal | None = None
    change_pts: Decimal | None = None
    about_pct: Decimal | None = None
    session: dt.date | None = None
    period: str = ""
    quote: str = ""
    way: int | None = None
    day_before: bool = False
    maybe_before: bool = False
    unsure: bool = False


class Published(NamedTuple):
    """The figures of one report, in its order; ``session`` is None where nothing tells its day."""

    session: dt.date | None
    source: str
    label: str
    printed: tuple[Printed, ...]
    superlatives: tuple[Superlative, ...] = ()


def read_published(source: Source, registry: Registry) -> Published:
    """Read a file of published figures.

    It is YAML with ``session``, ``source`` (free text, may be left out) and ``figures``, each of
    which names its index by symbol, name or alias. An index may stand several times, for different
    sessions, periods or values; ``ytd_pct`` and its like are changes of a period. Raises
    ``BadFiguresError`` with every figure that is no number, or that stands twice.
    """
    document = yamltext.parse(source.utf8(), source.label, UnrecognisedFileError)
    if not isinstance(document, yamltext.Mapping):
        raise UnrecognisedFileError.at(Place(source.label), FORM)
    _refuse_unknown(document, _KEYS, source.label)
    session = _session(document, source.label)
    entries = document.items["figures"]
    if not isinstance(entries, yamltext.Sequence) or not entries.items:
        raise UnrecognisedFileError.at(Place(source.label, document.lines["figures"]), FORM)
    problems: list[Problem] = []
    parted = [one for entry in entries.items for one in _by_period(entry)]
    printed = [_entry(entry, source.label, registry, problems) for entry in parted]
    origin = document.items.get("source")
    text = origin.text if isinstance(origin, yamltext.Scalar) else ""
    return published_of(session, text, source.label, printed, problems)


def published_of(
    session: dt.date | None,
    origin: str,
    label: str,
    printed: Iterable[Printed | None],
    problems: list[Problem],
) -> Published:
    """Put figures together, each of which stands once.

    Raises ``BadFiguresError`` with the problems, and with every figure that stands twice.
    """
    known: dict[tuple[object, ...], Printed] = {}
    figures_read = [figure for figure in printed if figure is not None]
    for figure in figures_read:
        for key in VALUE_KEYS:
            if getattr(figure, key) is None:
                continue
            first = known.setdefault((figure.symbol, figure.session, figure.period, key), figure)
            if first is not figure:
                text = f"{figure.symbol} is already given at {first.place}; remove one"
                problems.append(Problem(figure.place, text))
                break
    if problems:
        raise BadFiguresError(problems)
    return Published(session, origin, label, tuple(figures_read))


def _session(document: yamltext.Mapping, label: str) -> dt.date:
    value = document.items.get("session")
    if not isinstance(value, yamltext.Scalar):
        raise UnrecognisedFileError.at(
            Place(label), "no session: the date that the figures are for"
        )
    session = read_date(value.text, "ymd") or date_of_people(value.text)
    if session is None:
        text = f"session: {value.text} is not a date; expected {EXPECTED.split(' or ')[0]}"
        raise UnrecognisedFileError.at(Place(label, value.line), text)
    return session


def _refuse_unknown(mapping: yamltext.Mapping, keys: Iterable[str], label: str) -> None:
    unknown = [key for key in mapping.items if key not in keys]
    if unknown:
        raise UnrecognisedFileError(
            Problem(
                Place(label, mapping.lines[key]),
                f"{key} is not a key here{did_you_mean(key, keys)}",
            )
            for key in unknown
        )


# Such as ytd_pct and 1y_pts.
_OF_PERIOD = re.compile(r"(week|month|qtd|ytd|[0-9]{1,5}[dwmy])_(pct|pts)")


def _by_period(entry: yamltext.Value) -> list[yamltext.Value]:
    """An entry, and beside it one for each ``week_pct``, ``ytd_pts`` and their like that it has."""
    if not isinstance(entry, yamltext.Mapping):
        return [entry]
    own = dict(entry.items)
    periods: dict[str, dict[str, yamltext.Value]] = {}
    for key in entry.items:
        if (match := _OF_PERIOD.fullmatch(key)) and entry.items[key]:
            periods.setdefault(match[1], {})[f"change_{match[2]}"] = own.pop(key)
    if not periods:
        return [entry]
    shared = {key: value for key, value in own.items() if key in {"index", *TEXT_KEYS}}
    of_periods = [
        {**shared, "period": yamltext.Scalar(period, entry.line), **values}
        for period, values in periods.items()
    ]
    day = [own] if own.keys() & set(VALUE_KEYS) else []
    return [entry._replace(items=items) for items in (*day, *of_periods)]


def _entry(
    entry: yamltext.Value, label: str, registry: Registry, problems: list[Problem]
) -> Printed | None:
    """One entry of the list; what is wrong with it is added to ``problems``."""
    place = Place(label, entry.line)
    if not isinstance(entry, yamltext.Mapping):
        problems.append(Problem(place, FORM))
        return None
    _refuse_unknown(entry, FIGURE_KEYS, label)
    texts = {k: v.text for k, v in entry.items.items() if isinstance(v, yamltext.Scalar) and v.text}
    if len(texts) != len(entry.items):
        problems.append(Problem(place, FORM))
        return None
    places = {key: Place(label, line) for key, line in entry.lines.items() if key in texts}
    return figure_of(texts, place, places, registry, problems)


def figure_of(
    texts: Mapping[str, str],
    place: Place,
    places: Mapping[str, Place],
    registry: Registry,
    problems: list[Problem],
) -> Printed | None:
    """Make a figure of its texts by key; what is wrong with it is added to ``problems``.

    ``places`` has the place of each key; those without one stand at ``place``.
    """
    if "index" not in texts or not texts.keys() & set(VALUE_KEYS):
        problems.append(Problem(place, FORM))
        return None
    values: dict[str, Any] = {}
    for key, text in texts.items():
        try:
            if key in _READERS:
                values[key] = _READERS[key](text)
        except ValueError as error:
            problems.append(Problem(places.get(key, place), f"{key}: {error}"))
    if len(texts.keys() & set(PCT_KEYS)) > 1:
        text = "more than one of change_pct, over_pct, under_pct and about_pct; keep one"
        problems.append(Problem(place, text))
    symbol = registry.resolve(texts["index"]).symbol
    own = _own_place(texts.get("place", ""), place)
    return Printed(symbol, own, quote=texts.get("quote", ""), **values)


def _date(text: str) -> dt.date:
    when = read_date(text, "ymd") or date_of_people(text)
    if when is None:
        raise ValueError(f"{text} is not a date; expected {EXPECTED.split(' or ')[0]}")
    return when


def _period(text: str) -> str:
    try:
        name = period_name(text)
    except WrongUsageError:
        choice = ", ".join(PERIODS)
        raise ValueError(f"{text} is not one of {choice}, or such as 5d, 3m, 1y") from None
    return "" if name == "day" else name


_READERS: dict[str, Callable[[str], Any]] = {
    "close": figures.parse_level,
    "change_pts": figures.parse_points,
    **dict.fromkeys(PCT_KEYS, figures.parse_printed_pct),
    "session": _date,
    "period": _period,
}


def _own_place(text: str, place: Place) -> Place:
    """The place that a figure says it was taken from, such as report.txt:3."""
    path, _, line = text.rpartition(":")
    return Place(path, int(line)) if path and line.isdecimal() else place


def published_moves(published: Published, registry: Registry, symbols: Iterable[str]) -> list[Move]:
    """Moves of the chosen indices as a report printed them, with the prior closes they imply.

    One an index, in the order of ``symbols``. ``status`` is ``ok`` (a printed percent), ``bound``
    (a bound instead), ``no_prior`` (a close alone) or ``unknown``. What is implied carries its
    interval. Raises ``BadFiguresError`` with every percentage that no index can have changed by.
    """
    problems = [
        Problem(printed.place, f"{key}: {pct} is not a percentage above −100")
        for printed in published.printed
        for key in PCT_KEYS
        if (pct := getattr(printed, key)) is not None and pct <= -100
    ]
    if problems:
        raise BadFiguresError(problems)
    by_symbol: dict[str, Printed] = {}
    for printed in published.printed:
        if not printed.period and printed.session in {None, published.session}:
            known = by_symbol.setdefault(printed.symbol, printed)
            by_symbol[printed.symbol] = _merged(known, printed)
    return [
        _move(by_symbol.get(symbol), registry, symbol)._replace(session=published.session)
        for symbol in symbols
    ]


def _merged(one: Printed, other: Printed) -> Printed:
    """One figure with what another of the same index and session adds to it."""
    lacking = {key: getattr(other, key) for key in VALUE_KEYS if getattr(one, key) is None}
    if any(getattr(one, key) is not None for key in PCT_KEYS):
        lacking = {key: value for key, value in lacking.items() if key not in PCT_KEYS}
    return one._replace(**lacking)


def _move(printed: Printed | None, registry: Registry, symbol: str) -> Move:
    index = registry.resolve(symbol)
    if printed is None:
        return Move(symbol, index.name, "unknown", "published", decimals=index.decimals)
    move = Move(
        symbol=symbol,
        name=index.name,
        status="no_prior",
        basis="published",
        close=_float(printed.close),
        source=printed.place.plain,
        decimals=index.decimals,
    )
    if printed.change_pct is not None:
        return _with_change(move, printed, printed.change_pct)
    if printed.over_pct is not None or printed.under_pct is not None:
        return move._replace(
            status="bound",
            change_pct_over=_float(printed.over_pct),
            change_pct_under=_float(printed.under_pct),
        )
    if printed.change_pts is not None and printed.close is not None:
        return _with_points(move, printed.close, printed.change_pts)
    return move


def _with_points(move: Move, close: Decimal, change_pts: Decimal) -> Move:
    """A move whose points were printed, and no percent: the prior close is their difference."""
    prior = close - change_pts
    if prior <= 0:
        return move
    return move._replace(
        status="ok",
        prior_close=float(prior),
        change_pts=float(change_pts),
        change_pct=float(change_pts / prior * 100),
    )


def _with_change(move: Move, printed: Printed, change_pct: Decimal) -> Move:
    pct = figures.as_printed(change_pct)
    move = move._replace(
        status="ok",
        change_pct=float(pct.value),
        change_pct_low=float(pct.low),
        change_pct_high=float(pct.high),
    )
    if printed.close is None:
        return move._replace(change_pts=_float(printed.change_pts))
    prior = figures.implied_prior_close(printed.close, change_pct)
    pts = figures.implied_change_pts(printed.close, change_pct)
    return move._replace(
        prior_close=float(prior.value),
        prior_close_low=float(prior.low),
        prior_close_high=float(prior.high),
        change_pts=float(pts.value),
        change_pts_low=float(pts.low),
        change_pts_high=float(pts.high),
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
