"""How the dates of each index follow each other in a file that is read by blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from marketmove.sources.parts import Part, Rows

_FEW = np.iinfo(np.uint16).max
_MOST_TURNS = 2
_NEVER = np.iinfo(np.int64).min


class SeriesOrder:
    """What the blocks had so far: the indices by number, and which ways their dates went."""

    def __init__(self) -> None:
        self.symbols: dict[str, int] = {}
        self.rising = self.falling = True
        self.doubled = False
        self._last = np.full(0, _NEVER)
        self._up = self._down = np.zeros(0, dtype=bool)
        self._end: int | None = None

    def numbered(self, part: Part) -> Rows:
        """Give the rows of a part with the numbers that indices have in the whole file."""
        numbers = [self.symbols.setdefault(name, len(self.symbols)) for name in part.symbols]
        symbol = np.array(numbers, dtype=np.int32)[part.rows.symbol]
        return part.rows._replace(symbol=symbol)

    def follow(self, rows: Rows) -> None:
        """Go on to the dated rows of the next part."""
        if not len(rows.line):
            return
        self._make_room()
        days = rows.session.astype(np.int64)
        steps = np.diff(days, prepend=days[0] if self._end is None else self._end)
        self.rising &= bool((steps >= 0).all())
        self.falling &= bool((steps <= 0).all())
        self._end = int(days[-1])
        symbols, days = _by_symbol(rows.symbol, days)
        first = np.append(True, symbols[1:] != symbols[:-1])
        before = np.append(_NEVER, days[:-1])
        before[first] = self._last[symbols[first]]
        known = before != _NEVER
        self._up[symbols[known & (days > before)]] = True
        self._down[symbols[known & (days < before)]] = True
        self.doubled |= bool((days == before).any())
        self._last[symbols[np.append(first[1:], True)]] = days[np.append(first[1:], True)]

    @property
    def turns(self) -> bool:
        """Tell whether the dates of some index go up and down."""
        return bool((self._up & self._down).any())

    def _make_room(self) -> None:
        more = len(self.symbols) - len(self._last)
        self._last = np.append(self._last, np.full(more, _NEVER))
        self._up, self._down = (
            np.append(went, np.zeros(more, dtype=bool)) for went in (self._up, self._down)
        )


def _by_symbol(symbols: npt.NDArray[Any], *columns: npt.NDArray[Any]) -> Iterable[Any]:
    """Columns by index, those of one in the order of the file; few numbers are sorted quickly."""
    small = symbols.astype(np.uint16) if symbols.max(initial=0) <= _FEW else symbols
    order = np.argsort(small, kind="stable")
    return [column[order] for column in (symbols, *columns)]


def turning_once_or_twice(rows: Rows) -> npt.NDArray[np.intp]:
    """Give the rows of indices whose dates begin anew once or twice, or turn round for good."""
    numbers = np.arange(len(rows.line))
    symbols, days, numbers = _by_symbol(rows.symbol, rows.session.astype(np.int64), numbers)
    same = symbols[1:] == symbols[:-1]
    count = int(symbols.max(initial=-1)) + 1
    ups, downs = (np.flatnonzero(same & way) for way in (np.diff(days) > 0, np.diff(days) < 0))
    up, down = (np.bincount(symbols[way], minlength=count) for way in (ups, downs))
    few = (np.minimum(up, down) > 0) & (np.minimum(up, down) <= _MOST_TURNS)
    for one, other in ((ups, downs), (downs, ups)):
        last, first = np.full(count, -1), np.full(count, -1)
        last[symbols[one]] = one  # of several, the last one stays
        first[symbols[other][::-1]] = other[::-1]
        few |= (last >= 0) & (last < first)
    return np.sort(numbers[few[symbols]])
