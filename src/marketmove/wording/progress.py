"""How far the reading of long files is, in words."""

from __future__ import annotations

_MINUTE = 60


def how_far(rows: int, rate: float, left_s: float | None) -> str:
    """Say how many rows are read, how many a second, and how long it will take.

    >>> how_far(3_400_000, 850_000.0, 12.4)
    '3,400,000 rows, 850,000 a second, 12 s left'
    >>> how_far(3_400_000, 850_000.0, 94.0)
    '3,400,000 rows, 850,000 a second, 1:34 min left'
    """
    said = f"{rows:,} rows, {rate:,.0f} a second"
    if left_s is None:
        return said
    minutes, seconds = divmod(round(left_s), _MINUTE)
    return f"{said}, {f'{minutes}:{seconds:02} min' if minutes else f'{seconds} s'} left"
