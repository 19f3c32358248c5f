"""What holds for any closes: exact sums, and files read as they were written."""

from __future__ import annotations

import csv
import datetime as dt
import io
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marketmove.closes.levels import Levels, fold, levels_of
from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.market.indices import Registry
from marketmove.moves.changes import changes
from marketmove.moves.divergence import splits
from marketmove.moves.measure import moves_at
from marketmove.moves.move import Move
from marketmove.moves.rows import read_moves
from marketmove.sources import Context, ReadOptions, Source, read_blocks
from profiles import tried

Row = tuple[str, str, str]
FIRST = dt.date(2025, 1, 1)
SESSION = dt.date(2025, 1, 20)
SYMBOLS = ("AAA", "BBB", "CCC")

few = settings(max_examples=25)


@st.composite
def decimal_texts(draw: st.DrawFn, most_digits: int = 17) -> str:
    """A level above zero, as it may be written: up to 17 digits, the point anywhere."""
    digits = draw(st.integers(1, 10 ** draw(st.integers(1, most_digits)) - 1))
    places = draw(st.integers(0, 8))
    whole, part = divmod(digits, 10**places)
    text = f"{whole}.{part:0{places}}" if places else str(whole)
    return text if float(text) >= 1e-6 else "1"


levels = st.integers(1, 10_000_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
rows_of_closes = st.dictionaries(
    st.tuples(st.sampled_from(SYMBOLS), st.integers(0, 40)), levels, min_size=1, max_size=30
).map(
    lambda closes: [
        (symbol, (FIRST + dt.timedelta(days=day)).isoformat(), text)
        for (symbol, day), text in closes.items()
    ]
)


def _moves(rows: list[Row]) -> list[Move]:
    return read_moves(moves_at(levels_of(rows), dict.fromkeys(SYMBOLS, SESSION)))


@settings(max_examples=tried(40, 150))
@given(st.lists(st.tuples(decimal_texts(), decimal_texts()), min_size=1, max_size=20))
def test_changes_are_correctly_rounded(pairs: list[tuple[str, str]]) -> None:
    """The float64 nearest to the change of the two decimals, as their floats are written."""
    closes = np.array([float(close) for close, _ in pairs])
    priors = np.array([float(prior) for _, prior in pairs])
    points, percents = changes(closes, priors)
    for i in range(len(pairs)):
        close, prior = Fraction(repr(float(closes[i]))), Fraction(repr(float(priors[i])))
        assert float(points[i]) == float(close - prior)
        assert float(percents[i]) == float((close - prior) / prior * 100)


def test_levels_of_more_digits_than_whole_numbers_hold_are_as_exact() -> None:
    """12345679 / 123456789 is 0.10000000081…."""
    points, percents = changes(np.array([123456789.12345679]), np.array([123456789.0]))
    assert (points[0], percents[0]) == (0.12345679, 1.0000000081000001e-07)


@few
@given(rows_of_closes)
def test_moves_agree_with_fractions(rows: list[Row]) -> None:
    for move in _moves(rows):
        own = {date: Fraction(close) for symbol, date, close in rows if symbol == move.symbol}
        before = [date for date in own if date < SESSION.isoformat()]
        close = own.get(SESSION.isoformat())
        prior = own[max(before)] if before else None
        assert move.close == (None if close is None else float(close))
        assert move.prior_close == (None if prior is None else float(prior))
        assert (str(move.prior_session) if before else None) == (max(before) if before else None)
        if close is None or prior is None:
            assert move.status == ("unknown" if close is None else "no_prior")
            assert (move.change_pts, move.change_pct) == (None, None)
        else:
            assert move.status == "ok"
            assert move.change_pts == float(close - prior)
            assert move.change_pct == float((close - prior) / prior * 100)


@few
@given(rows_of_closes, st.floats(0, 10), st.floats(0, 10))
def test_a_higher_floor_adds_no_pair(rows: list[Row], one: float, other: float) -> None:
    moves = _moves(rows)
    low, high = sorted((one, other))
    pairs = splits(moves, low)
    assert set(splits(moves, high)) <= set(pairs)
    for top in (1, 2):
        assert splits(moves, low, top) == pairs[:top]


# Files: what is written in any convention is read as exactly that, or refused.


class Convention(NamedTuple):
    """How a table may be written."""

    delimiter: str
    decimal: str
    grouped: bool
    date: str
    newline: str
    mark: str
    layout: str


conventions = st.builds(
    Convention,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    grouped=st.booleans(),
    date=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    layout=st.sampled_from(["tidy", "wide", "single", "yaml"]),
)
Closes = dict[tuple[str, dt.date], Fraction]


@st.composite
def closes_of_files(draw: st.DrawFn, places: int) -> Closes:
    keys = st.tuples(st.sampled_from(SYMBOLS), st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
    units = st.integers(1, 10 ** (7 + places))
    closes = draw(st.dictionaries(keys, units, min_size=1, max_size=12))
    return {key: Fraction(number, 10**places) for key, number in closes.items()}


def _number(value: Fraction, places: int, how: Convention) -> str:
    whole, part = divmod(int(value * 10**places), 10**places)
    group = "," if how.decimal == "." else "."
    text = f"{whole:,}".replace(",", group) if how.grouped else str(whole)
    return f"{text}{how.decimal}{part:0{places}}" if places else text


def _written(closes: Closes, places: int, how: Convention) -> str:
    def number(value: Fraction) -> str:
        return _number(value, places, how)

    if how.layout == "yaml":
        entries = [
            f'  - {{date: "{day:{how.date}}", symbol: {symbol}, close: "{number(close)}"}}'
            for (symbol, day), close in closes.items()
        ]
        return how.mark + how.newline.join(["closes:", *entries, ""])
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=how.delimiter, lineterminator=how.newline)
    buffer.write(how.mark)
    if how.layout == "wide":
        writer.writerow(["date", *SYMBOLS])
        for day in sorted({day for _, day in closes}):
            cells = [closes.get((symbol, day)) for symbol in SYMBOLS]
            texts = ["" if cell is None else number(cell) for cell in cells]
            writer.writerow([f"{day:{how.date}}", *texts])
    elif how.layout == "single":
        writer.writerow(["Date", "Close"])
        writer.writerows([f"{day:{how.date}}", number(close)] for (_, day), close in closes.items())
    else:
        writer.writerow(["date", "symbol", "close"])
        writer.writerows(
            [f"{day:{how.date}}", symbol, number(close)] for (symbol, day), close in closes.items()
        )
    return buffer.getvalue()


CONFIG = load(None)


def _read(text: str, how: Convention) -> Levels:
    ending = ".yaml" if how.layout == "yaml" else ".csv"
    source = Source(f"AAA{ending}", "AAA", text.encode())
    registry = Registry.of([])
    context = Context(registry, CONFIG.words, CONFIG.exchanges)
    return fold(read_blocks([source], ReadOptions(), context), registry)


def _as_read(read: Levels) -> dict[tuple[str, dt.date], float]:
    return {(row.symbol, row.session): row.close for row in read.frame.rows()}


def _single(closes: Closes, how: Convention) -> Closes:
    if how.layout != "single":
        return closes
    return {("AAA", day): close for (_, day), close in closes.items()}


@settings(max_examples=tried(40, 150))
@given(st.data(), conventions, st.integers(0, 4))
def test_a_file_is_read_as_it_was_written_or_refused(
    data: st.DataObject, how: Convention, places: int
) -> None:
    closes = _single(data.draw(closes_of_files(places)), how)
    text = _written(closes, places, how)
    try:
        read = _read(text, how)
    except MarketMoveError:
        return
    expected = {key: float(close) for key, close in closes.items() if close >= Fraction(1, 10**6)}
    found = _as_read(read)
    if read.faults:
        assert found.items() <= expected.items()
    else:
        assert found == expected


@settings(max_examples=tried(20, 80))
@given(st.data(), conventions.filter(lambda how: how.date[:3] in {"%Y-", "%Y%", "%d."}))
def test_two_decimals_and_plain_dates_are_never_refused(
    data: st.DataObject, how: Convention
) -> None:
    closes = _single(data.draw(closes_of_files(2)), how)
    read = _read(_written(closes, 2, how), how)
    assert read.faults == ()
    assert _as_read(read) == {key: float(close) for key, close in closes.items()}
