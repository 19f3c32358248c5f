"""Tables in every convention that we know of, with known closes; and how the tests read them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from hypothesis import strategies as st

from marketmove.closes.levels import Levels, fold
from marketmove.config import load
from marketmove.sources import Context, ReadOptions, open_source, read_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = load(None)
CONTEXT = Context(CONFIG.registry, CONFIG.words, CONFIG.exchanges)
SYMBOLS = ("AAA", "BBB", "CCC")
Key = tuple[str, dt.date]
Closes = dict[Key, int]  # in units of the last place


class Dates(NamedTuple):
    """How dates are written, and the first one that can be written so and mean one day."""

    write: Callable[[dt.date], str]
    first: dt.date = dt.date(1950, 1, 1)


_CENTURY = dt.date(1970, 1, 1)
_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_GERMAN = [
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September"),
    *("Oktober", "November", "Dezember"),
]
DATES = {
    "iso": Dates(str),
    "compact": Dates(lambda d: f"{d:%Y%m%d}"),
    "slashed": Dates(lambda d: f"{d:%Y/%m/%d}"),
    "slashed_short": Dates(lambda d: f"{d.year}/{d.month}/{d.day}"),
    "dotted": Dates(lambda d: f"{d:%d.%m.%Y}"),
    "dmy": Dates(lambda d: f"{d:%d/%m/%Y}"),
    "mdy": Dates(lambda d: f"{d:%m/%d/%Y}"),
    "mdy_short": Dates(lambda d: f"{d.month}/{d.day}/{d.year}"),
    "dmy_dashed": Dates(lambda d: f"{d:%d-%m-%Y}"),
    "named": Dates(lambda d: f"{_NAMES[d.month - 1]} {d.day:02}, {d.year}"),
    "named_day_first": Dates(lambda d: f"{d.day}-{_NAMES[d.month - 1]}-{d.year}"),
    "named_german": Dates(lambda d: f"{d.day}. {_GERMAN[d.month - 1]} {d.year}"),
    "chinese": Dates(lambda d: f"{d.year}年{d.month}月{d.day}日"),
    "named_two_digits": Dates(
        lambda d: f"{d.day:02}-{_NAMES[d.month - 1]}-{d.year % 100:02}", _CENTURY
    ),
    "dmy_two_digits": Dates(lambda d: f"{d:%d/%m/}{d.year % 100:02}", _CENTURY),
    "mdy_two_digits": Dates(lambda d: f"{d:%m/%d/}{d.year % 100:02}", _CENTURY),
    "dotted_two_digits": Dates(lambda d: f"{d:%d.%m.}{d.year % 100:02}", _CENTURY),
    "ymd_two_digits": Dates(lambda d: f"{d.year % 100:02}{d:-%m-%d}", _CENTURY),
    "roc": Dates(lambda d: f"{d.year - 1911}{d:/%m/%d}", dt.date(2011, 1, 1)),
    "midnight": Dates(lambda d: f"{d} 00:00:00"),
    "midnight_offset": Dates(lambda d: f"{d}T00:00:00+08:00"),
    "epoch": Dates(lambda d: str((d - dt.date(1970, 1, 1)).days * 86400), dt.date(2001, 9, 10)),
    "serial": Dates(lambda d: str((d - dt.date(1899, 12, 30)).days)),
}
GROUPS = {".": ["", ",", " ", "'", "\u00a0"], ",": ["", ".", " ", "\u00a0"]}
NUMBERS = [(decimal, group) for decimal, groups in GROUPS.items() for group in groups]
BYTES = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
LAYOUTS = ("tidy", "wide", "single", "prices")
ORDERS = ("oldest first", "newest first", "unordered")


class Convention(NamedTuple):
    """How a table is written."""

    layout: str
    dates: str
    number: tuple[str, str]
    places: int
    delimiter: str
    encoding: str
    order: str


conventions = st.builds(
    Convention,
    layout=st.sampled_from(LAYOUTS),
    dates=st.sampled_from([*DATES]),
    number=st.sampled_from(NUMBERS),
    places=st.integers(0, 4),
    delimiter=st.sampled_from(DELIMITERS),
    encoding=st.sampled_from(BYTES),
    order=st.sampled_from(ORDERS),
)


@st.composite
def closes_for(draw: st.DrawFn, how: Convention) -> Closes:
    symbols = SYMBOLS[:1] if how.layout == "single" else SYMBOLS
    days = st.dates(DATES[how.dates].first, dt.date(2049, 12, 31))
    if draw(st.booleans()):  # one stretch of days, as files have them
        start = draw(days)
        days = st.integers(0, 60).map(lambda n: min(start + dt.timedelta(n), dt.date(2049, 12, 31)))
    keys = st.tuples(st.sampled_from(symbols), days)
    units = st.integers(1, 10 ** (draw(st.integers(3, 7)) + how.places))
    return draw(st.dictionaries(keys, units, min_size=1, max_size=12))


def _number(units: int, how: Convention) -> str:
    decimal, group = how.number
    whole, part = divmod(units, 10**how.places)
    text = f"{whole:,}".replace(",", group)
    return f"{text}{decimal}{part:0{how.places}}" if how.places else text


def _table(closes: Closes, how: Convention) -> list[list[str]]:
    """The rows of a table, each beginning with its date; the header first."""
    write = DATES[how.dates].write
    keys = sorted(closes, key=lambda key: (key[1], key[0]), reverse=how.order == "newest first")
    if how.order == "unordered":
        keys.sort(key=lambda key: closes[key] % 97)
    if how.layout == "wide":
        days = dict.fromkeys(day for _, day in keys)
        cells = [[closes.get((symbol, day)) for symbol in SYMBOLS] for day in days]
        texts = [["" if u is None else _number(u, how) for u in row] for row in cells]
        rows = [[write(day), *row] for day, row in zip(days, texts, strict=True)]
        return [["date", *SYMBOLS], *rows]
    if how.layout == "single":
        return [["Date", "Close"], *([write(k[1]), _number(closes[k], how)] for k in keys)]
    if how.layout == "tidy":
        tidy = [[write(k[1]), k[0], _number(closes[k], how)] for k in keys]
        return [["date", "symbol", "close"], *tidy]
    table = [["Date", "Ticker", "Open", "High", "Low", "Close", "Volume"]]
    for key in keys:
        close = closes[key]
        prices = (close + 1, close + 2, max(close - 1, 1), close)
        cells_of = [_number(price, how) for price in prices]
        table.append([write(key[1]), key[0], *cells_of, str(close * 7919)])
    return table


def file_of(closes: Closes, how: Convention) -> bytes | None:
    """The file; None where its encoding has no such characters."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=how.delimiter, lineterminator="\n")
    writer.writerows(_table(closes, how))
    try:
        return buffer.getvalue().encode(how.encoding)
    except UnicodeEncodeError:
        return None


def read_bytes(data: bytes, label: str = "AAA.csv") -> Levels:
    """Read the bytes of a file as the program does, whatever it is packed in."""
    source = open_source(io.BytesIO(data), label)._replace(stem=label.partition(".")[0])
    return fold(read_blocks([source], ReadOptions(), CONTEXT), CONFIG.registry)


def as_read(read: Levels) -> dict[Key, float]:
    return {(row.symbol, row.session): row.close for row in read.frame.rows()}


def wrong(found: dict[Key, float], closes: Closes, places: int) -> dict[Key, float]:
    """What was read and never written."""
    return {
        key: close
        for key, close in found.items()
        if key not in closes or not _same(close, closes[key] / 10**places)
    }


def _same(read: float, written: float) -> bool:
    """Whether a level is the one written, or the decimal that a 32-bit float made it from."""
    noise = read == round(written, 2) and abs(float(np.float32(read)) - written) <= 6e-6
    return read == written or noise


# Days above 12 and prices of four digits settle everything; of two-digit years, one that is no day.
DAYS = [dt.date(2024, 12, 27), dt.date(2024, 12, 31), dt.date(2025, 1, 2), dt.date(2025, 1, 15)]
SETTLED = {
    (symbol, day): 100_00 * (3 * n + 2 * m + 11) + 37 * (n + m)
    for n, symbol in enumerate(SYMBOLS)
    for m, day in enumerate(DAYS)
}
