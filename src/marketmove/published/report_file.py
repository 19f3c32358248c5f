"""What a market report printed for a session, and the prior closes that its figures imply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import BadFiguresError, Place, Problem, UnrecognisedFileError
from marketmove.market.indices import Registry, did_you_mean
from marketmove.moves.move import Move
from marketmove.published import figures
from marketmove.sources import Source
from marketmove.sources.dates import EXPECTED, read_date

_KEYS = ("session", "source", "figures")
_PCT_KEYS = ("change_pct", "over_pct", "under_pct")
_FIGURE_KEYS = ("index", "close", *_PCT_KEYS)
_FORM = "expected figures: a list of index, close, and change_pct, over_pct or under_pct"


class Printed(NamedTuple):
    """One index as a report printed it; the decimals keep the digits that were printed.

    ``close`` is in index points, the others in percent; ``over_pct`` and ``under_pct`` are bounds,
    not included. None where the report gives nothing.
    """

    symbol: str
    place: Place
    close: Decimal | None = None
    change_pct: Decimal | None = None
    over_pct: Decimal | None = None
    under_pct: Decimal | None = None


class Published(NamedTuple):
    """The figures of one report for one session, in its order."""

    session: dt.date
    source: str
    label: str
    printed: tuple[Printed, ...]


def read_published(source: Source, registry: Registry) -> Published:
    """Read a file of published figures.

    YAML with ``session``, ``source`` (free text, may be left out) and ``figures``. Raises
    ``UnrecognisedFileError`` if it is not of this form; ``BadFiguresError`` with every figure that
    is no number, or an index that stands twice.
    """
    document = yamltext.parse(source.utf8(), source.label, UnrecognisedFileError)
    if not isinstance(document, yamltext.Mapping):
        raise UnrecognisedFileError.at(Place(source.label), _FORM)
    _refuse_unknown(document, _KEYS, source.label)
    session = _session(document, source.label)
    entries = document.items["figures"]
    if not isinstance(entries, yamltext.Sequence) or not entries.items:
        raise UnrecognisedFileError.at(Place(source.label, document.lines["figures"]), _FORM)
    problems: list[Problem] = []
    printed: dict[str, Printed] = {}
    for entry in entries.items:
        figure = _printed(entry, source.label, registry, problems)
        if figure is not None:
            first = printed.setdefault(figure.symbol, figure)
            if first is not figure:
                text = f"{figure.symbol} stands already at {first.place}; remove one"
                problems.append(Problem(figure.place, text))
    if problems:
        raise BadFiguresError(problems)
    origin = document.items.get("source")
    text = origin.text if isinstance(origin, yamltext.Scalar) else ""
    return Published(session, text, source.label, tuple(printed.values()))


def _session(document: yamltext.Mapping, label: str) -> dt.date:
    value = document.items.get("session")
    if not isinstance(value, yamltext.Scalar):
        raise UnrecognisedFileError.at(
            Place(label), "no session: the date that the figures are for"
        )
    session = read_date(value.text, "ymd")
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


def _printed(
    entry: yamltext.Value, label: str, registry: Registry, problems: list[Problem]
) -> Printed | None:
    """One entry of the list; what is wrong with it is added to ``problems``."""
    place = Place(label, entry.line)
    if not isinstance(entry, yamltext.Mapping):
        problems.append(Problem(place, _FORM))
        return None
    _refuse_unknown(entry, _FIGURE_KEYS, label)
    texts = {k: v.text for k, v in entry.items.items() if isinstance(v, yamltext.Scalar) and v.text}
    if "index" not in texts or len(texts) == 1 or len(texts) != len(entry.items):
        problems.append(Problem(place, _FORM))
        return None
    readers: dict[str, Callable[[str], Decimal]] = {
        "close": figures.parse_level, **dict.fromkeys(_PCT_KEYS, figures.parse_pct)
    }  # fmt: skip
    values: dict[str, Decimal] = {}
    for key in texts.keys() & readers.keys():
        try:
            values[key] = readers[key](texts[key])
        except ValueError as error:
            problems.append(Problem(Place(label, entry.lines[key]), f"{key}: {error}"))
    if len(texts.keys() & set(_PCT_KEYS)) > 1:
        text = "more than one of change_pct, over_pct and under_pct; keep one"
        problems.append(Problem(place, text))
    symbol = registry.resolve(texts["index"]).symbol
    return Printed(symbol, place, **values)


def published_moves(published: Published, registry: Registry, symbols: Iterable[str]) -> list[Move]:
    """Moves of the chosen indices as a report printed them, with the prior closes they imply.

    One an index, in the order of ``symbols``. ``status`` is ``ok`` (a printed percent), ``bound``
    (a bound instead), ``no_prior`` (a close alone) or ``unknown``. What is implied carries its
    interval.
    """
    by_symbol = {printed.symbol: printed for printed in published.printed}
    return [
        _move(by_symbol.get(symbol), registry, symbol)._replace(session=published.session)
        for symbol in symbols
    ]


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
        source=str(printed.place),
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
    return move


def _with_change(move: Move, printed: Printed, change_pct: Decimal) -> Move:
    pct = figures.as_printed(change_pct)
    move = move._replace(
        status="ok",
        change_pct=float(pct.value),
        change_pct_low=float(pct.low),
        change_pct_high=float(pct.high),
    )
    if printed.close is None:
        return move
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
