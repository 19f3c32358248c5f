"""What a caller hands in, made into what the commands take.

Each function raises a ``WrongUsageError`` that names the parameter and what was expected instead.
"""

from __future__ import annotations

import codecs
import datetime as dt
import math
from collections.abc import Iterable
from typing import Literal

from marketmove.closes.find import When
from marketmove.config import SORTS
from marketmove.errors import WrongUsageError
from marketmove.market.periods import PERIODS
from marketmove.sources import ReadOptions

# A session: an ISO date as text, or a date; a Timestamp at midnight is one too.
Date = str | dt.date
Texts = str | Iterable[str]
_ORDERS = ("dmy", "mdy", "ymd")
_DATE_PARTS = (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))


def date_of(value: Date, name: str = "date") -> dt.date:
    """Read a session.

    Examples
    --------
    >>> date_of("2025-02-14"), date_of(dt.datetime(2025, 2, 14))
    (datetime.date(2025, 2, 14), datetime.date(2025, 2, 14))
    """
    expected = "expected a date such as 2025-02-14"
    if isinstance(value, str):
        try:
            found = dt.date.fromisoformat(value)
        except ValueError:
            raise WrongUsageError.at(None, f"{name}: {value} is not a date; {expected}") from None
        if found.isoformat() != value:
            raise WrongUsageError.at(None, f"{name}: {value} is not a date; {expected}")
        return found
    if isinstance(value, dt.datetime):
        if value != value or value.tzinfo or value.time() != dt.time():
            raise WrongUsageError.at(None, f"{name}: {value} is a moment, not a date; {expected}")
        return value.date()
    if not isinstance(value, dt.date):
        raise WrongUsageError.at(None, f"{name}: {value!r} is not a date; {expected}")
    return value


def when_of(value: Date, name: str = "date") -> When:
    """Read a session, or ``latest``."""
    return "latest" if isinstance(value, str) and value == "latest" else date_of(value, name)


def range_of(
    first: Date | None, last: Date | None, names: tuple[str, str]
) -> tuple[dt.date | None, When | None]:
    """Read the first and the last date of a range that may be open at either end."""
    start = None if first is None else date_of(first, names[0])
    end = None if last is None else when_of(last, names[1])
    if start and isinstance(end, dt.date) and start > end:
        raise WrongUsageError.at(None, f"{names[0]}: {start} is after {names[1]}, {end}")
    return start, end


def moment_of(value: dt.datetime | None, when: When) -> dt.datetime | None:
    """Check a moment of the world."""
    if value is None:
        return None
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        text = (
            f"as_of: {value!r} is not a datetime with its offset from UTC; for this moment pass"
            " datetime.now(timezone.utc): only the command line reads the clock"
        )
        raise WrongUsageError.at(None, text)
    if when != "latest":
        raise WrongUsageError.at(None, f"{when} and as_of both say when; leave one of them out")
    return value


def texts_of(value: Texts | None) -> tuple[str, ...]:
    """Give one text, or several, as several."""
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def periods_of(value: Texts) -> tuple[str, ...]:
    """Give the periods to measure beside the day, each once."""
    asked = texts_of(value)
    if unknown := [period for period in asked if period not in {"day", *PERIODS}]:
        text = f"unknown period {unknown[0]}; choose day, {', '.join(PERIODS)}"
        raise WrongUsageError.at(None, text)
    return tuple(period for period in PERIODS if period in asked)


def percent_of(value: float | None) -> float | None:
    """Check a least size of a move, in percent."""
    if value is None or (math.isfinite(value) and value >= 0):
        return value
    raise WrongUsageError.at(None, f"floor_pct: {value} is not a percentage such as 0.5")


def at_least(value: int | None, least: int, name: str) -> int | None:
    """Check a whole number."""
    if value is not None and value < least:
        raise WrongUsageError.at(None, f"{name}: {value} is below {least}")
    return value


def sort_of(value: Literal["change", "name", "given"] | None) -> str | None:
    """Check an order of rows."""
    if value is not None and value not in SORTS:
        raise WrongUsageError.at(None, f"unknown sort {value}; choose {', '.join(SORTS)}")
    return value


def reading_of(
    symbol: str | None, decimal: str | None, date_format: str | None, encoding: str | None
) -> ReadOptions:
    """Check what is said of files that leave something open."""
    if symbol is not None and not symbol.strip():
        raise WrongUsageError.at(None, "symbol is empty; say the index, such as HSI")
    if decimal not in {None, ".", ","}:
        raise WrongUsageError.at(None, f"decimal: {decimal} is neither . nor ,")
    pattern = date_format or ""
    whole = all(any(part in pattern for part in parts) for parts in _DATE_PARTS)
    if date_format is not None and date_format not in _ORDERS and not whole:
        expected = "dmy, mdy, ymd, or a pattern such as %d/%m/%Y"
        raise WrongUsageError.at(None, f"date_format: {date_format} is none of {expected}")
    try:
        codec = None if encoding is None else codecs.lookup(encoding).name
    except LookupError:
        text = f"unknown encoding {encoding}; expected such as gb18030, cp1252"
        raise WrongUsageError.at(None, text) from None
    return ReadOptions(symbol, decimal, date_format, codec)
