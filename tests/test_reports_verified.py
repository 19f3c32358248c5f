"""Reports with an error planted in each, held against closes: found, and named rightly."""

from __future__ import annotations

import csv
import itertools
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from profiles import chosen
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from program import RunCli, Write

NAMES = {
    "HSI": "the Hang Seng Index",
    "N225": "Japan's Nikkei 225",
    "TWII": "Taiwan's Taiex",
    "SSEC": "the Shanghai Composite",
    "KS11": "South Korea's Kospi",
    "STI": "the Straits Times Index",
}
DAYS = ("2025-02-12", "2025-02-13", "2025-02-14", "2025-02-18", "2025-02-19", "2025-02-20")
FAULTS = (
    *("cut", "wrong_way", "early", "misfit", "other_index", "tenfold", "points_as_percent"),
    *("other_session", "shut", "none"),
)


class Move(NamedTuple):
    """A close with the one before, in decimals."""

    close: Decimal
    prior: Decimal

    @property
    def points(self) -> Decimal:
        return self.close - self.prior

    @property
    def percent(self) -> Decimal:
        return self.points / self.prior * 100


def _closes() -> dict[str, dict[str, Decimal]]:
    with SAMPLE_CLOSES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
    closes: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        closes.setdefault(row["symbol"], {})[row["date"]] = Decimal(row["close"])
    return closes


CLOSES = _closes()


def _move(symbol: str, day: str) -> Move:
    days = list(CLOSES[symbol])
    at = days.index(day)
    return Move(CLOSES[symbol][day], CLOSES[symbol][days[at - 1]])


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _says(
    symbol: str, close: Decimal, points: Decimal, percent: Decimal, style: int, *, up: bool
) -> str:
    """A sentence of one figure, in one of several wordings."""
    name, size, part = NAMES[symbol], f"{abs(points):,}", f"{abs(percent)}"
    level = f"{close:,}"
    if style == 0:
        verb = "rose" if up else "fell"
        return f"{name} {verb} {size} points, or {part} percent, to close at {level}."
    if style == 1:
        verb = "higher" if up else "lower"
        return f"{name} ended {size} points, or {part}%, {verb} at {level}."
    verb = "up" if up else "down"
    return f"{name} finished at {level}, {verb} {size} points or {part} per cent."


def _planted(fault: str, symbol: str, day: str, style: int) -> str:
    """The sentence of an index with an error of a kind in it."""
    move = _move(symbol, day)
    close, points, percent, up = move.close, move.points, _two(move.percent), move.points > 0
    if fault == "cut":
        percent = abs(move.percent).quantize(Decimal("0.01"), ROUND_DOWN)
    if fault == "wrong_way":
        up = not up
    if fault == "early":
        close = move.prior + _two(points * Decimal("0.83"))
        points = close - move.prior
        percent = _two(points / move.prior * 100)
    if fault == "misfit":
        points = _two(points * Decimal("1.37"))
    if fault == "other_index":
        other = next(s for s in NAMES if s != symbol and day in CLOSES[s])
        close = CLOSES[other][day]
    if fault == "tenfold":
        close = move.close * 10
    if fault == "points_as_percent":
        percent = _two(abs(points))
    if fault == "other_session":
        days = list(CLOSES[symbol])
        before = _move(symbol, days[days.index(day) - 3])
        close, points, percent = before.close, before.points, _two(before.percent)
        up = points > 0
    return _says(symbol, close, points, percent, style, up=up)


def _is_plain(symbol: str, day: str) -> bool:
    """Whether a move is large enough to be cut, turned round and taken early."""
    if day not in CLOSES[symbol]:
        return False
    move = _move(symbol, day)
    cut = abs(move.percent).quantize(Decimal("0.01"), ROUND_DOWN)
    return abs(move.percent) > Decimal("0.2") and cut != abs(_two(move.percent))


def _cases() -> list[tuple[str, str, str, int]]:
    """Sixty of them: a kind of error, an index, a day, a wording."""
    plain = [(s, d) for d, s in itertools.product(DAYS, NAMES) if _is_plain(s, d)]
    cycle = itertools.cycle(plain)
    return [(fault, *next(cycle), n % 3) for n, fault in enumerate(FAULTS * 6)]


@pytest.mark.parametrize(("fault", "symbol", "day", "style"), chosen(_cases(), 20))
def test_a_planted_error_is_named(
    fault: str, symbol: str, day: str, style: int, run_cli: RunCli, write: Write
) -> None:
    when = "2025-01-29" if fault == "shut" else day
    if fault == "shut":
        symbol = "HSI"
        sentences = [
            _says("HSI", *(Decimal(x) for x in ("20225.11", "27.34", "0.14")), style, up=True)
        ]
    else:
        sentences = [_planted(fault, symbol, day, style)]
        others = [s for s in NAMES if s != symbol and day in CLOSES[s]][:3]
        sentences += [_planted("none", other, day, (style + 1) % 3) for other in others]
    text = f"ASIA, {when} - Shares were mixed.\n\n" + "\n\n".join(
        sentence[0].upper() + sentence[1:] for sentence in sentences
    )
    ran = run_cli("verify", write("report.txt", text), "--format", "csv")
    rows = {row["symbol"]: row for row in ran.rows}
    row = rows.pop(symbol)
    assert {other["verdict"] for other in rows.values()} <= {"agrees"}, ran.stdout
    assert len(rows) == len(sentences) - 1
    if fault == "none":
        assert (row["verdict"], row["faults"], ran.status) == ("agrees", "", 0)
    elif fault == "shut":
        assert (row["verdict"], ran.status) == ("no_session", 1)
    else:
        assert (row["verdict"], row["faults"], ran.status) == ("disagrees", fault, 1), text
