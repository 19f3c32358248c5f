"""What closes say, computed as plainly as can be: lists, fractions and loops, none of our code."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WINDOW, LEAST = 250, 60
_SAME = Fraction(1, 10**9)


class Closes:
    """The closes of some indices by symbol, in order of date; without the rows named as ghosts."""

    def __init__(
        self, rows: Iterable[tuple[str, str, str]], ghosts: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self.days: dict[str, list[dt.date]] = {}
        self.close: dict[str, list[Fraction]] = {}
        for symbol, day, close in sorted(rows):
            if (symbol, day) not in ghosts:
                self.days.setdefault(symbol, []).append(dt.date.fromisoformat(day))
                self.close.setdefault(symbol, []).append(Fraction(close))
        self.pct: dict[str, list[Fraction | None]] = {
            symbol: [None, *((b - a) / a * 100 for a, b in itertools.pairwise(of))]
            for symbol, of in self.close.items()
        }

    def at(self, symbol: str, day: dt.date) -> int | None:
        """The place of a session in the lists of an index; None if it has no close then."""
        days = self.days.get(symbol, [])
        return days.index(day) if day in days else None

    def move(self, symbol: str, day: dt.date) -> Fraction | None:
        at = self.at(symbol, day)
        return None if at is None else self.pct[symbol][at]

    def here(self, symbol: str, day: dt.date) -> int:
        at = self.at(symbol, day)
        assert at is not None
        return at

    def best_since(self, symbol: str, day: dt.date) -> dt.date | None:
        """The last session before with a move at least as large the same way."""
        at = self.here(symbol, day)
        today = self.pct[symbol][at]
        assert today
        sign = 1 if today > 0 else -1
        for before in range(at - 1, 0, -1):
            if (self.pct[symbol][before] or 0) * sign >= abs(today) - _SAME:
                return self.days[symbol][before]
        return None

    def beyond_since(self, symbol: str, day: dt.date, sign: int) -> dt.date | None:
        """The last session before with a higher close (or with -1 a lower one)."""
        at = self.here(symbol, day)
        close = self.close[symbol]
        for before in range(at - 1, -1, -1):
            if (close[before] - close[at]) * sign > 0:
                return self.days[symbol][before]
        return None

    def streak(self, symbol: str, day: dt.date) -> tuple[int, bool]:
        """How many sessions in a row went the way of this one; whether the data began with it."""
        at = self.here(symbol, day)
        signs = [0 if not pct else 1 if pct > 0 else -1 for pct in self.pct[symbol][: at + 1]]
        count = 0
        while at - count > 0 and signs[at - count] == signs[at]:
            count += 1
        return count, at - count == 0

    def share_smaller(self, symbol: str, day: dt.date) -> Fraction | None:
        """The share of the last moves before that are smaller in size, in percent."""
        at = self.here(symbol, day)
        before = [abs(pct) for pct in self.pct[symbol][1:at][-WINDOW:] if pct is not None]
        if len(before) < LEAST:
            return None
        today = abs(self.pct[symbol][at] or Fraction(0))
        return Fraction(100 * sum(size < today - _SAME for size in before), len(before))

    def spreads(self, one: str, other: str, day: dt.date) -> list[tuple[dt.date, Fraction]]:
        """The spreads of the common sessions up to a day, in order."""
        moves = dict(zip(self.days[other], self.pct[other], strict=True))
        apart = []
        for when, pct in zip(self.days[one], self.pct[one], strict=True):
            versus = moves.get(when)
            if when <= day and pct is not None and versus is not None:
                apart.append((when, pct - versus))
        return apart


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Rounded half away from zero, by way of whole numbers."""
    units = abs(value) * 10**places
    whole = int(units + Fraction(1, 2))
    return (Decimal(whole).scaleb(-places) * (1 if value >= 0 else -1)).quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
    )


def tidy(path: Path) -> list[tuple[str, str, str]]:
    """The rows of a file with date, symbol and close."""
    with path.open(newline="") as file:
        return [(row["symbol"], row["date"], row["close"]) for row in csv.DictReader(file)]


def folder(path: Path) -> list[tuple[str, str, str]]:
    """The rows of a folder with one index a file."""
    rows = []
    for file in sorted(path.glob("*.csv")):
        with file.open(newline="") as lines:
            rows += [(file.stem, row["date"], row["close"]) for row in csv.DictReader(lines)]
    return rows
