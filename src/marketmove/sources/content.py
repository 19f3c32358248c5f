"""What a column is by its cells, whatever heads it: a counter of rows, levels, text, dates."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from marketmove.sources import date_texts, numbers
from marketmove.sources.header import Table

_PLAIN = r"(?:-?\d{1,12}(?:\.\d{1,20})?)?"
_ALL_PLAIN = re.compile(rf"{_PLAIN}(?:\n{_PLAIN})*", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}(?:\.0+)?", re.ASCII)
_MOST = 0.9
_FEW = 20
# Rows that tell how a column behaves from one to the next.
_SAMPLE_ROWS = 120
_NUMBER_SHARE = 0.5
# The usual change from row to row, as a logarithm: of VIX on a day about 0.05, of a month's 0.1;
# of sizes of daily returns about 1.
_USUAL_CHANGE, _WILD_CHANGE = 0.12, 0.5
_FEWEST_CHANGES = 4
_CERTAIN_RUN = 15
# Open, high, low and close of one index are this near to each other on every day.
_NEAR = 1.05
# A mean of the last sessions stays about the level that it is of.
_ABOUT = 1.3
_SAME_MOVES = 0.995
_SCALE = 10


def counts_rows(cells: Sequence[str]) -> bool:
    """Whether whole numbers do nothing but count: in steps of one size, or ever on.

    >>> counts_rows(["872", "873", "874"]), counts_rows(["22620", "22513", "22614"])
    (True, False)
    """
    if len(cells) < 2 or not all(map(_WHOLE.fullmatch, cells)):
        return False
    count = [int(cell.partition(".")[0]) for cell in cells]
    steps = [b - a for a, b in itertools.pairwise(count)]
    usual = max(set(steps), key=steps.count)
    if usual and steps.count(usual) >= _MOST * len(steps):
        return True
    rising, falling = (step > 0 for step in steps), (step < 0 for step in steps)
    onward = all(rising) or all(falling)
    whole = len(set(count)) == len(count) and max(count) - min(count) == len(count) - 1
    return len(cells) >= _CERTAIN_RUN and (onward or whole)


def behaves_like_level(table: Table, number: int, certain: bool = False) -> bool:
    """Whether numbers are above zero, and change from row to row as an index might.

    Sizes of daily returns, volumes and yes and no do not. ``certain`` is whether the header names
    an index, which may be a wild one. Too few rows say nothing against it.
    """
    values = [value for value in _numbers(table.filled(number)) if value is not None]
    above = [value for value in values if value > 0]
    changes = sorted(abs(math.log(b) - math.log(a)) for a, b in itertools.pairwise(above))
    if len(values) <= (_CERTAIN_RUN if certain else _FEWEST_CHANGES):
        return True
    if len(above) < _MOST * len(values):
        return False
    return changes[len(changes) // 2] <= (_WILD_CHANGE if certain else _USUAL_CHANGE)


def hardly_moves(table: Table, number: int) -> bool:
    """Whether most rows repeat the one before, as what is published now and then does."""
    values = [value for value in sample(table, number) if value is not None]
    same = sum(a == b for a, b in itertools.pairwise(values))
    return len(values) > _FEWEST_CHANGES and same * 2 > len(values) - 1


def sample(table: Table, number: int) -> list[float | None]:
    """Give the numbers of the first rows, None where a cell is none."""
    return _numbers([row.cells[number] for row in table.rows[:_SAMPLE_ROWS]])


def _numbers(texts: Sequence[str]) -> list[float | None]:
    cells = texts[:_SAMPLE_ROWS]
    mark = numbers.decimal_mark(numbers.weigh(cells)) or "."
    if mark == "." and _ALL_PLAIN.fullmatch("\n".join(cells)):
        return [float(cell) if cell else None for cell in cells]
    return [numbers.read_signed(cell, mark) for cell in cells]


def always_near(table: Table, one: int, other: int, bound: float = _NEAR) -> bool:
    """Whether two columns are as near on every row as the low and high of one index are."""
    return _near(_pairs(sample(table, one), sample(table, other)), bound)


def two_always_near(table: Table, columns: Sequence[int]) -> bool:
    """Whether some two of many columns, of different headers, are as near as that."""
    samples = {number: sample(table, number) for number in columns}
    return any(
        table.heads[one] != table.heads[other]
        and _near(_pairs(samples[one], samples[other]), _NEAR)
        for one, other in itertools.combinations(columns, 2)
    )


def _near(pairs: Iterable[tuple[float, float]], bound: float) -> bool:
    count = 0
    for a, b in pairs:
        count += 1
        if not 1 / bound < a / b < bound:
            return False
    return count > 1


def follows(table: Table, one: int, other: int) -> bool:
    """Whether one column stays about another, as a moving average does, or repeats its moves."""
    return always_near(table, one, other, _ABOUT) or repeats_moves(table, one, other)


def repeats_moves(table: Table, one: int, other: int) -> bool:
    """Whether the moves of two columns are the same but for little: a ratio of the level."""
    pairs = list(_pairs(sample(table, one), sample(table, other)))
    moves = [
        (math.log(b[0]) - math.log(a[0]), math.log(b[1]) - math.log(a[1]))
        for a, b in itertools.pairwise(pairs)
    ]
    if len(moves) < _CERTAIN_RUN:
        return False
    squares = [sum(move[n] ** 2 for move in moves) for n in (0, 1)]
    product = sum(a * b for a, b in moves)
    return product > _SAME_MOVES * math.sqrt(squares[0] * squares[1]) > 0


def of_one_scale(table: Table, one: int, other: int) -> bool:
    """Whether the usual numbers of two columns are within ten times of each other."""
    usual = []
    for number in (one, other):
        values = sorted(value for value in sample(table, number) if value)
        if not values:
            return False
        usual.append(abs(values[len(values) // 2]))
    return max(usual) <= _SCALE * min(usual)


def is_between(table: Table, number: int, low: int, high: int) -> bool:
    """Whether the numbers of a column lie between those of two others on every row."""
    rows = zip(*(sample(table, n) for n in (low, number, high)), strict=True)
    said = [(a, b, c) for a, b, c in rows if a is not None and b is not None and c is not None]
    return len(said) > 1 and all(a <= b <= c for a, b, c in said)


def _pairs(
    one: Sequence[float | None], other: Sequence[float | None]
) -> Iterator[tuple[float, float]]:
    return ((a, b) for a, b in zip(one, other, strict=True) if a and b and a > 0 and b > 0)


def mostly_numbers(table: Table, number: int) -> bool:
    """Whether at least half of the cells that say something are numbers."""
    cells = table.filled(number)
    few = cells[:: max(1, len(cells) // 100)]
    readings = ([numbers.read_signed(cell, mark) for mark in ".,"] for cell in few)
    fitting = sum(reading != [None, None] for reading in readings)
    return bool(few) and fitting >= _NUMBER_SHARE * len(few)


def holds_text(table: Table, number: int) -> bool:
    """Whether cells say something, and none of it is a number."""
    cells = table.filled(number)
    return bool(cells) and not any(
        any(map(str.isdigit, cell)) and not cell[0].isalpha() for cell in cells
    )


def holds_dates(table: Table, number: int) -> bool:
    """Whether most cells are days that there are; one that might be one makes no dates."""
    cells = table.filled(number)
    few = cells[:: max(1, len(cells) // 100)]
    others = (cell for cell in few if not _is_dated(cell))
    too_many = len(few) - math.ceil(_MOST * len(few)) + 1
    return bool(few) and len([*itertools.islice(others, too_many)]) < too_many


def _is_dated(cell: str) -> bool:
    stamp = date_texts.parse_date_text(cell, {})
    # Digits alone, as of 128219.0, are a level as well.
    if stamp is None or len(stamp.numbers) != 3 or stamp.kind == "number":
        return False
    orders: tuple[date_texts.Order, ...] = (stamp.order,) if stamp.order else ("ymd", "dmy", "mdy")
    return any(date_texts.date_of(stamp, order) for order in orders)


def goes_below_zero(table: Table, number: int) -> bool:
    """Whether more than a few cells of a column are negative numbers: changes or differences."""
    cells = table.filled(number)
    below = sum(cell[0] in "-−" for cell in cells)
    return below > 1 and below * _FEW >= len(cells)


def is_decorated(cell: str) -> bool:
    """Whether a cell has the sign of a change, or the letter of a volume."""
    return len(cell) > 1 and (cell[0] in "+-−" or cell[-1] in "%KMBkmb")
