"""One date as a file writes it: which numbers stand in it, and what each of them may be."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

Order = Literal["ymd", "dmy", "mdy"]
DateKind = Literal["full", "short", "named", "number", "month", "yearless"]

_CLOCK = re.compile(
    r"(?P<date>.*?[^\s:T+])(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s*\[.*\])?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*(?:[-/.]|年|년)\s*(\d{1,2})\s*(?:[-/.]|月|월)\s*(\d{1,2})\s*[.日일]?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_THREE = re.compile(r"(\d{1,3})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{1,2})", re.ASCII)
# 250214 or 1140214, which no one takes for a date but under a header that says so.
_DIGITS = re.compile(r"(\d{2}|1[0-4]\d)(\d{2})(\d{2})(?:\.0+)?", re.ASCII)
_WHOLE = re.compile(r"(\d{5}|\d{10}|\d{13})(?:\.0+)?", re.ASCII)
_INTEGER = re.compile(r"(-?\d{1,14})(?:\.0+)?", re.ASCII)
_MONTH_ONLY = re.compile(r"\d{4}\s*(?:[-/]|年|년)\s*\d{1,2}\s*[月월]?|\d{1,2}[-/]\d{4}", re.ASCII)
_TIME_ONLY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\.\d+)?", re.ASCII)
_WORDS = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d+", re.ASCII)
_DAY_NAMES_IN_A_TEXT = """
    mon tue wed thu fri sat sun tues wednes thur thurs monday tuesday wednesday thursday
    friday saturday sunday mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag
    samstag sonntag lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi
    dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì
    giovedì venerdì sabato domenica
"""
_DAY_NAMES = frozenset(_DAY_NAMES_IN_A_TEXT.split())
# What stands between the numbers of a date in words: 14 de febrero de 2025, February 14th, 2025 г.
_LINKS = frozenset(["de", "del", "of", "st", "nd", "rd", "th", "г", "года"])
# The day of the week behind a date, as in 2025/02/14(金) or 2025-02-14,五.
_DAY_BEHIND = re.compile(r"(?<=\d)(?:\s*[(（][^\d()（）]{1,9}[)）]|,[一二三四五六日])$")
_EARLIEST, _LATEST = 1800, 2200
_ROC_OFFSET = 1911
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_UNIX_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Seconds from one session to the next: more than numbers that are dates themselves ever differ by.
_SECONDS_APART = 80_000
_MILLISECONDS = 10**11
_LATEST_SECOND = 7_000_000_000
_LONGEST = 100


class Stamp(NamedTuple):
    """A date text taken apart: its kind, its three numbers as written, and a time of day.

    ``kind`` is ``full`` (the year has four digits, or the order is certain), ``short`` (three
    short numbers), ``named`` (a month in words: day, month, year), ``number`` (a serial, an epoch,
    or three numbers as one), ``month`` (no day) or ``yearless``. ``order`` is None where the column
    has to decide it.
    """

    kind: DateKind
    numbers: tuple[int, ...]
    order: Order | None = None
    time: dt.time | None = None
    offset: dt.timedelta | None = None
    short_year: bool = False


class _Taken(NamedTuple):
    """A date text in its parts: a stamp of numbers alone, else what may be one in words."""

    stamp: Stamp | None
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    time: dt.time | None = None
    offset: dt.timedelta | None = None


def parse_date_text(text: str, months: Mapping[str, int]) -> Stamp | None:
    """Take a date text apart; None if it is no date at all.

    >>> parse_date_text("14.02.2025", {}).numbers
    (14, 2, 2025)
    >>> parse_date_text("Feb 14, 2025", {"feb": 2}).numbers
    (14, 2, 2025)
    """
    if len(text) > _LONGEST:
        return None
    taken = _take_apart(text)
    stamp = taken.stamp or _named(taken.words, taken.numbers, months)
    if stamp is None or taken.time is None:
        return stamp
    return stamp._replace(time=taken.time, offset=taken.offset)


# Many files have the same dates, and one file has each of them in many rows.
@functools.lru_cache(maxsize=1 << 16)
def _take_apart(text: str) -> _Taken:
    text = _DAY_BEHIND.sub("", text.strip().strip("\"'"))
    match = _CLOCK.fullmatch(text)
    if match is None:
        return _parts(text)
    taken = _parts(match["date"].rstrip(" ,"))
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    if hour > 23 or int(match["minute"]) > 59 or int(match["second"] or 0) > 59:
        return _Taken(None)
    time = dt.time(hour, int(match["minute"]), int(match["second"] or 0))
    return taken._replace(time=time, offset=_offset(match["zone"]))


def _offset(text: str | None) -> dt.timedelta | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return dt.timedelta(0)
    digits = text[1:].replace(":", "")
    size = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def _parts(text: str) -> _Taken:
    stamp = _of_numbers(text)
    if stamp is not None:
        return _Taken(stamp)
    words = tuple(word.casefold() for word in _WORDS.findall(text))
    return _Taken(None, words, tuple(_NUMBERS.findall(text)))


def _of_numbers(text: str) -> Stamp | None:
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
        return Stamp("full", (year, month, day), "ymd")
    if match := _COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
        return Stamp("full", (year, month, day), "ymd") if day_of(year, month, day) else None
    if match := _THREE.fullmatch(text):
        first, separator, second, third = match.groups()
        numbers = (int(first), int(second), int(third))
        if len(third) == 4:
            certain: Order | None = "dmy" if separator == "." else None
            return Stamp("full", numbers, certain) if len(first) < 3 else None
        return Stamp("short", numbers, "ymd" if len(first) == 3 else None, short_year=True)
    if match := _DIGITS.fullmatch(text):
        order: Order | None = "ymd" if len(match[1]) == 3 else None
        return Stamp("number", tuple(map(int, match.groups())), order, short_year=True)
    if match := _WHOLE.fullmatch(text):
        return Stamp("number", (int(match[1]),))
    if _MONTH_ONLY.fullmatch(text):
        return Stamp("month", ())
    return None


def _named(words: Sequence[str], numbers: Sequence[str], months: Mapping[str, int]) -> Stamp | None:
    named = [months[word] for word in words if word in months]
    others = [w for w in words if w not in months and w not in _DAY_NAMES | _LINKS]
    if len(named) != 1 or others or not 1 <= len(numbers) <= 2:
        return None
    if len(numbers) == 1:
        return Stamp("month" if len(numbers[0]) == 4 else "yearless", ())
    first, second = numbers
    if len(first) == 4:
        return Stamp("named", (int(second), named[0], int(first)), "dmy")
    if len(first) > 2 or len(second) not in {2, 4}:
        return None
    short = len(second) == 2
    return Stamp("named", (int(first), named[0], int(second)), "dmy", short_year=short)


def is_time_only(text: str) -> bool:
    """Tell whether a text is a time of day without a date."""
    return _TIME_ONLY.fullmatch(text.strip()) is not None


def date_of(stamp: Stamp, order: Order, pivot: int = 69) -> dt.date | None:
    """Make the date of a stamp in an order of its numbers; None if there is no such day.

    Not of the kinds without three numbers. Two-digit years below ``pivot`` are of this century.
    """
    if len(stamp.numbers) != 3:
        return None
    parts = dict(zip(order, stamp.numbers, strict=True))
    year = parts["y"]
    if stamp.short_year and year >= 100:
        year += _ROC_OFFSET
    elif stamp.short_year:
        year += 2000 if year < pivot else 1900
    return day_of(year, parts["m"], parts["d"])


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """Make a date; None if there is no such day, or in a year that no index has seen."""
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    return date if _EARLIEST <= year <= _LATEST else None


def roc_date(stamp: Stamp) -> dt.date | None:
    """Make the date of a stamp whose year counts from 1911, as in Taiwan."""
    year, month, day = stamp.numbers
    return day_of(year + _ROC_OFFSET, month, day)


def epochs_of(texts: Iterable[str]) -> dict[str, dt.datetime] | None:
    """Give the moments, in UTC, of a column of seconds or milliseconds since 1970.

    Whole numbers of any size are, before 1970 too, where they are about a day apart or more: plain
    digits of dates, such as 20250214, and serial numbers differ by less. None where they are none.

    >>> [str(moment.date()) for moment in epochs_of(["-86400", "0", "86400"]).values()]
    ['1969-12-31', '1970-01-01', '1970-01-02']
    >>> epochs_of(["20250213", "20250214"]) is None
    True
    """
    matches = {text: _INTEGER.fullmatch(text.strip()) for text in texts}
    whole = {text: int(match[1]) for text, match in matches.items() if match}
    if not whole or len(whole) * 10 < 9 * len(matches) or all(map(_is_compact, whole)):
        return None
    ordered = sorted(set(whole.values()))
    scale = 1000 if max(map(abs, ordered)) >= _MILLISECONDS else 1
    steps = sorted(b - a for a, b in itertools.pairwise(ordered))
    apart = steps[len(steps) // 2] >= _SECONDS_APART * scale if steps else ordered[0] >= 10**9
    if not apart or max(map(abs, ordered)) > _LATEST_SECOND * scale:
        return None
    return {t: _UNIX_EPOCH + dt.timedelta(seconds=n / scale) for t, n in whole.items()}


def _is_compact(text: str) -> bool:
    match = _COMPACT.fullmatch(text.strip())
    return match is not None and day_of(*map(int, match.groups())) is not None


def serial_date(stamp: Stamp) -> dt.date | None:
    """Make the date of a spreadsheet's serial number."""
    date = _EXCEL_EPOCH + dt.timedelta(days=min(stamp.numbers[0], 100_000))
    return day_of(date.year, date.month, date.day)
