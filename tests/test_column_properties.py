"""Tables of many columns: each comes out under its own name, is named as left out, or all refused.

Indices beside counters of rows, statistics, units, leftovers of merges, closes without a name, and
names of indices that have a word of a column in them; by date or by seconds since 1970.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from contextlib import nullcontext
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketmove.errors import MarketMoveError
from profiles import tried
from tables import CONFIG, as_read, read_bytes

# How an index is headed, and the symbol that it has to come out under.
KNOWN = {
    "HSI": "HSI", "^GSPC": "SPX", "Nikkei 225": "N225", "NIFTY_BANK": "NSEBANK", "VIX": "VIX",
    "FTSE 100": "FTSE", "KOSPI": "KS11", "Shanghai Composite": "SSEC", "SP500": "SPX",
}  # fmt: skip
UNKNOWN = (
    "AAPL", "MSFT.O", "C", "V", "NIFTY_MEDIA", "MSCI World Momentum", "S&P 500 Low Volatility",
    "S&P 500 Equal Weight", "Dow Jones Commodity Index", "STOXX 600 Media", "SKEW", "Gold", "US10Y",
)  # fmt: skip
FORMS = ("{}", "{} Close", "Schluss {}", "{} (USD)", "{}_x", "{}.Close")
COUNTERS = ("id", "No", "Unnamed: 0", "index", "row", "")
STATISTICS = ("MA20", "HV20", "{} Return", "{} Volume", "{} MA5", "RC40", "PE")
CLOSES = ("Close", "Value", "Price USD", "Predicted Close", "Close_x", "Daily Close", "level")


class Part(NamedTuple):
    """A column as written: its header, its cells, and the symbol of its index, if it is of one."""

    header: str
    cells: list[str]
    symbol: str | None


def levels(chance: random.Random, days: int, level: float, size: float) -> list[str]:
    values = []
    for _ in range(days):
        level *= 1 + chance.gauss(0, size)
        values.append(f"{level:.2f}")
    return values


def index(chance: random.Random, days: int, name: str) -> Part:
    form = chance.choice(FORMS) if name in KNOWN else "{}"
    level = chance.choice([15, 90, 800, 6000, 23000, 130000])
    cells = levels(chance, days, level, chance.choice([0.004, 0.01, 0.02]))
    return Part(form.format(name), cells, KNOWN.get(name, name))


def statistic(chance: random.Random, days: int, header: str, of: list[str]) -> Part:
    values = [float(cell) for cell in of]
    if "MA" in header:
        cells = [sum(values[max(0, n - 19) : n + 1]) / min(n + 1, 20) for n in range(days)]
    elif "Volume" in header:
        cells = [float(chance.randint(10**7, 10**9)) for _ in range(days)]
    elif "Return" in header or header.startswith("RC"):
        cells = [chance.gauss(0, 0.01) for _ in range(days)]
    elif header == "PE":
        cells = [value / 220 for value in values]
    else:
        cells = [20 + 3 * math.sin(n / 9) for n in range(days)]
    return Part(header, [f"{cell:.4f}" for cell in cells], None)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Part], list[dt.date], bool]:
    chance = draw(st.randoms(use_true_random=True))
    days = draw(st.integers(8, 60))
    names = draw(st.lists(st.sampled_from([*KNOWN, *UNKNOWN]), min_size=1, max_size=3, unique=True))
    parts = [index(chance, days, name) for name in names]
    for header in draw(st.lists(st.sampled_from(COUNTERS), max_size=2, unique=True)):
        start = chance.choice([0, 1, 872])
        parts.append(Part(header, [str(start + n) for n in range(days)], None))
    for header in draw(st.lists(st.sampled_from(STATISTICS), max_size=2, unique=True)):
        parts.append(statistic(chance, days, header.format(names[0]), parts[0].cells))
    closes = draw(st.lists(st.sampled_from(CLOSES), max_size=1))
    parts += [Part(header, levels(chance, days, 80, 0.01), None) for header in closes]
    monday = dt.date(2024, 1, 1)
    dates = [monday + dt.timedelta(n + n // 5 * 2) for n in range(days)]
    return draw(st.permutations(parts)), dates, draw(st.booleans())


def written(parts: list[Part], dates: list[dt.date], epochs: bool) -> bytes:
    zone = dt.UTC
    moments = [int(dt.datetime(d.year, d.month, d.day, tzinfo=zone).timestamp()) for d in dates]
    first = [str(m) for m in moments] if epochs else [d.isoformat() for d in dates]
    place = next((n for n, part in enumerate(parts) if part.symbol), 0)
    columns = [(part.header, part.cells) for part in parts]
    columns.insert(place, ("time" if epochs else "Date", first))
    rows = [[head for head, _ in columns], *zip(*(cells for _, cells in columns), strict=True)]
    return "".join(",".join(row) + "\n" for row in rows).encode()


@settings(max_examples=tried(150, 5_000), deadline=None)
@given(tables())
def test_no_column_is_lost_invented_or_renamed(
    table: tuple[list[Part], list[dt.date], bool],
) -> None:
    parts, dates, epochs = table
    try:
        read = read_bytes(written(parts, dates, epochs), "table.csv")
    except MarketMoveError:
        return
    found: dict[str, dict[dt.date, float]] = {}
    for (symbol, day), close in as_read(read).items():
        found.setdefault(symbol, {})[day] = close
    said = " ".join(problem.text for problem in (*read.notes, *read.warnings))
    said += " ".join(fault.problem.text for fault in read.faults)
    of_name = {part.symbol: part for part in parts if part.symbol}
    for symbol, closes in found.items():
        # What comes out is a column of that name, or the one close of the file's own name.
        own = [p for p in parts if symbol in (p.symbol, p.header) or symbol == "table"]
        figures = [dict(zip(dates, map(float, p.cells), strict=True)) for p in own]
        assert closes in figures, (symbol, [p.header for p in parts])
        if symbol not in of_name and symbol != "table":
            assert symbol in said, (symbol, said)
    for symbol, part in of_name.items():
        assert symbol in found or part.header in said, (symbol, [p.header for p in parts], said)
    for part in parts:
        name = CONFIG.registry.resolve(part.header).symbol
        taken = part.symbol in found or name in found or "table" in found
        taken = taken or (len(found) == 1 and "Volume" in part.header)
        assert taken or not part.header or part.header in said, (part.header, said)


@settings(max_examples=tried(25, 500), deadline=None)
@given(st.data(), st.integers(15, 60), st.integers(3, 12), st.booleans(), st.booleans())
def test_months_below_the_days_that_they_cover_are_refused(
    data: st.DataObject, days: int, months: int, falling: bool, first: bool
) -> None:
    chance = data.draw(st.randoms(use_true_random=True))
    start = dt.date(2024, 1, 1)
    daily = [start + dt.timedelta(n + n // 5 * 2) for n in range(days)]
    monthly = [dt.date(2023 + n // 12, n % 12 + 1, 2) for n in range(13 - months, 13)]
    blocks = [sorted(block, reverse=falling) for block in (daily, monthly)]
    if not first:
        blocks.reverse()
    dates = [day for block in blocks for day in block]
    header = data.draw(st.sampled_from(["HSI", "Close", "Gold"]))
    part = Part(header, levels(chance, len(dates), 20000, 0.01), None)
    covered = max(monthly) >= min(daily)
    with (
        pytest.raises(MarketMoveError, match="the dates start again here")
        if covered
        else nullcontext()
    ):
        read_bytes(written([part], dates, epochs=False), "HSI.csv")
