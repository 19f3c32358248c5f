"""What closes say, computed as plainly as can be: lists, fractions and loops, none of our code."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import plain_calendar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WINDOW, LEAST = 250, 60
SAME = Fraction(1, 10**9)


class Row(NamedTuple):
    """A close as a file has it, and where."""

    symbol: str
    day: dt.date
    close: Decimal
    place: str


class Closes:
    """The closes of some indices by symbol, in order of date; without the ghosts.

    ``shut`` are the closes of dates on which their exchange had no session, each with whether it
    is a ghost: whether it repeats the one before.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.days: dict[str, list[dt.date]] = {}
        self.close: dict[str, list[Fraction]] = {}
        self.shut: list[tuple[Row, bool]] = []
        rows = list(rows)
        self.symbols = list(dict.fromkeys(row.symbol for row in rows))
        before: Row | None = None
        for row in sorted(rows, key=lambda row: (row.symbol, row.day)):
            last, before = before, row
            known = plain_calendar.calendar_of(row.symbol)
            if known and known.covers(row.day) and not known.has(row.day):
                same = bool(last and last[::2] == row[::2])
                self.shut.append((row, same))
                if same:
                    continue
            self.days.setdefault(row.symbol, []).append(row.day)
            self.close.setdefault(row.symbol, []).append(Fraction(row.close))
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
        sign, least = (1 if today > 0 else -1), abs(today) - SAME
        for before in range(at - 1, 0, -1):
            if (self.pct[symbol][before] or 0) * sign >= least:
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

    def lacking(self, symbol: str, at: int) -> int:
        """How many sessions the data lacks before one of an index, as far as that is known."""
        known, days = plain_calendar.calendar_of(symbol), self.days[symbol]
        return (known.between(days[at - 1], days[at]) or 0) if known and at else 0

    def streak(self, symbol: str, day: dt.date) -> tuple[int, bool]:
        """How many sessions in a row went the way of this one; whether there may be more.

        A move over sessions that the data lacks tells nothing of each of them.
        """
        at = self.here(symbol, day)
        signs = [0 if not pct else 1 if pct > 0 else -1 for pct in self.pct[symbol][: at + 1]]
        count = 0
        while at - count > 0 and not self.lacking(symbol, at - count):
            if signs[at - count] != signs[at]:
                return count, False
            count += 1
        return count, True

    def share_smaller(self, symbol: str, day: dt.date) -> Fraction | None:
        """The share of the last moves before that are smaller in size, in percent."""
        at = self.here(symbol, day)
        before = [abs(pct) for pct in self.pct[symbol][1:at][-WINDOW:] if pct is not None]
        if len(before) < LEAST:
            return None
        least = abs(self.pct[symbol][at] or Fraction(0)) - SAME
        return Fraction(100 * sum(size < least for size in before), len(before))

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


def tidy(path: Path) -> list[Row]:
    """The rows of a file with date, symbol and close."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                row["symbol"],
                dt.date.fromisoformat(row["date"]),
                Decimal(row["close"]),
                f"{path}:{line}",
            )
            for line, row in enumerate(csv.DictReader(file), start=2)
        ]


def folder(path: Path) -> list[Row]:
    """The rows of a folder with one index a file."""
    rows = []
    for file in sorted(path.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as lines:
            rows += [
                Row(
                    file.stem,
                    dt.date.fromisoformat(row["date"]),
                    Decimal(row["close"]),
                    f"{file}:{line}",
                )
                for line, row in enumerate(csv.DictReader(lines), start=2)
            ]
    return rows
