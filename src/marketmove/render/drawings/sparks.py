"""Numbers as a line of small blocks, each as high as its number among the others."""

from __future__ import annotations

import math
from collections.abc import Sequence

HEIGHTS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float], cells: int) -> str:
    """Draw a line of at most ``cells`` blocks, the lowest ``▁`` and the highest ``█``.

    Parameters
    ----------
    values
        In order; nan, as in all of a cell, leaves a gap. Those that are all the same stand half
        high.
    cells
        The most blocks there may be; of more values each is the mean of its part.

    Examples
    --------
    >>> spark([1, 2, 3, 8], 60), spark([1, 3, 5, 7], 2), spark([2, 2], 60)
    ('▁▂▃█', '▁█', '▄▄')
    """
    means = [_mean(values[start:end]) for start, end in parts(len(values), cells)]
    known = [mean for mean in means if not math.isnan(mean)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(_block(mean, low, high) for mean in means)


def parts(number: int, cells: int) -> list[tuple[int, int]]:
    """Give where each cell starts and ends: as even as can be, none without a value.

    Examples
    --------
    >>> parts(5, 2), parts(2, 60)
    ([(0, 2), (2, 5)], [(0, 1), (1, 2)])
    """
    cells = max(1, min(cells, number))
    return [(n * number // cells, (n + 1) * number // cells) for n in range(cells if number else 0)]


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _block(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return " "
    if low == high:
        return HEIGHTS[len(HEIGHTS) // 2 - 1]
    return HEIGHTS[round((value - low) / (high - low) * (len(HEIGHTS) - 1))]
