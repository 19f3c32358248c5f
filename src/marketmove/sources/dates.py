"""Dates as files write them: the whole column decides, and what it leaves open is refused."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import get_args

from marketmove.market.indices import Exchange
from marketmove.sources.date_texts import (
    Order,
    Stamp,
    date_of,
    day_of,
    epochs_of,
    parse_date_text,
    roc_date,
    serial_date,
)
from marketmove.sources.stamps import Dates, UndecidedError, judged_by_clock

ORDERS: tuple[Order, ...] = get_args(Order)
EXPECTED = "a date such as 2025-02-14 or 14.02.2025"
_PIVOTS: tuple[int, ...] = (69, *range(1, 100))
_SHORTEST_RUN, _USUAL_STEP_DAYS = 5, 10
_CENTURY_DAYS, _LONGEST_SPAN_DAYS = 90 * 365, 60 * 365
_WEEKDAYS = frozenset(range(5))
_FEWEST_GAPS, _DAYS, _MONTH, _YEAR = 5, 5, 20, 360


def read_dates(
    texts: Iterable[str],
    months: Mapping[str, int],
    date_format: str | None = None,
    exchange: Exchange | None = None,
) -> Dates:
    """Read the distinct texts of a date column.

    Dates with the year first and dotted days first (``14.02.2025``) say themselves what they are.
    Of ``02/03/2025`` the column decides: one cell above 12 settles the order of all. Two-digit
    years are put into the century that keeps the column in order.

    Raises ``UndecidedError`` if day and month could be exchanged, or the year is not told, or a
    time of day says that a row is not a session.

    >>> read_dates(["02/14/2025", "02/03/2025"], {}).by_text["02/03/2025"]
    datetime.date(2025, 2, 3)
    """
    distinct = list(dict.fromkeys(texts))
    if date_format is not None and date_format not in ORDERS:
        return Dates({text: by_pattern(text, date_format) for text in distinct}, date_format)
    if date_format is None and (moments := epochs_of(distinct)):
        read = _from_moments(moments, exchange)
        return read._replace(by_text={text: read.by_text.get(text) for text in distinct})
    parts = {text: part for text in distinct if (part := parse_date_text(text, months))}
    _refuse_incomplete(parts, len(distinct))
    numbers = {text: part for text, part in parts.items() if part.kind == "number"}
    if numbers and len(numbers) == len(parts):
        read = _from_numbers(numbers, date_format)
    else:
        dates, style = _from_calendar(parts, date_format)
        read = judged_by_clock(parts, Dates(dates, style), exchange)
    return read._replace(by_text={text: read.by_text.get(text) for text in distinct})


def _refuse_incomplete(parts: Mapping[str, Stamp], total: int) -> None:
    """Refuse a column of months, or of days without a year, which no order can mend."""
    for kind, message in (
        ("month", "is a month without a day; marketmove needs one close a session"),
        ("yearless", "is a day without its year; export the dates with four-digit years"),
    ):
        found = [text for text, part in parts.items() if part.kind == kind]
        if found and len(found) * 2 > total:
            raise UndecidedError(found[0], f"{found[0]} {message}")


def _from_numbers(parts: Mapping[str, Stamp], wanted: Order | None) -> Dates:
    """Dates of a column of whole numbers: spreadsheet serials, or digits."""
    if any(part.short_year for part in parts.values()):
        return Dates(*_from_digits(parts, wanted))
    return Dates({text: serial_date(part) for text, part in parts.items()}, "serial number")


def _from_moments(moments: Mapping[str, dt.datetime], exchange: Exchange | None) -> Dates:
    """Dates of a column of seconds since 1970."""
    parts = {
        text: Stamp("number", (m.year, m.month, m.day), None, m.time(), dt.timedelta(0))
        for text, m in moments.items()
    }
    dates: dict[str, dt.date | None] = {text: day_of(*p.numbers) for text, p in parts.items()}
    return judged_by_clock(parts, Dates(dates, "seconds since 1970"), exchange)


def _from_digits(
    parts: Mapping[str, Stamp], wanted: Order | None
) -> tuple[dict[str, dt.date | None], str]:
    """Dates such as 250214, in the one order that makes the column a run of weekdays."""
    text, first = next(iter(parts.items()))
    for other, part in parts.items():
        if (part.order, len(part.numbers)) != (first.order, len(first.numbers)):
            raise UndecidedError(
                other, f"{other} does not have the form of {text}; write plain dates"
            )
    roc = first.order is not None
    orders = (wanted,) if wanted else ORDERS[:1] if roc else ORDERS
    fitting = {order: {t: date_of(p, order) for t, p in parts.items()} for order in orders}
    for order, dates in fitting.items():
        if wanted or _is_run_of_weekdays(dates.values()):
            style = "ROC year/month/day" if roc else _STYLE[order]
            return dates, f"{style}, in digits"
    possible = {order: date for order, dates in fitting.items() if (date := dates[text])}
    if not possible:
        raise UndecidedError(text, f"{text} is not a date; expected {EXPECTED}")
    readings = " or ".join(map(str, possible.values()))
    options = " or ".join(f"--date-format {order}" for order in possible)
    raise UndecidedError(
        text, f"{text} may be {readings}, and the column does not settle it; say {options}"
    )


def _is_run_of_weekdays(dates: Collection[dt.date | None]) -> bool:
    """Whether all are dates and make a run, three of four of them on Monday to Friday.

    Some markets are open on Sundays, or now and then on a Saturday.
    """
    days = [date for date in dates if date]
    weekdays = sum(day.weekday() in _WEEKDAYS for day in days)
    return len(days) == len(dates) and weekdays * 4 >= 3 * len(days) and _is_run(days)


def _from_calendar(
    parts: Mapping[str, Stamp], wanted: Order | None
) -> tuple[dict[str, dt.date | None], str]:
    """Dates of a column of written days, in the one order that the column leaves."""
    three = {text: part for text, part in parts.items() if len(part.numbers) == 3}
    roc = [t for t, p in three.items() if p.kind == "short" and p.numbers[0] >= 100]
    short = {text: part for text, part in three.items() if part.kind == "short"}
    others = sum(part.numbers[0] < _EARLIEST_ROC for part in short.values())
    if len(roc) > others:
        return {text: roc_date(part) for text, part in short.items()}, "ROC year/month/day"
    # What most rows say decides: few years that count from 1911 are damaged cells among others.
    three = {text: part for text, part in three.items() if text not in roc}
    open_texts = [text for text, part in three.items() if part.order is None]
    order = wanted or (_order({text: three[text] for text in open_texts}) if open_texts else None)
    pivot = _pivot(three, order) if any(p.short_year for p in three.values()) else 69
    dates = {
        text: date_of(part, part.order or order or "dmy", pivot) for text, part in three.items()
    }
    styles = dict.fromkeys(part.order or order or "dmy" for part in three.values())
    dates |= dict.fromkeys(roc)
    return dates, " and ".join(_STYLE[style] for style in styles)


# A year from 1911 on that a column may begin with which reaches to 100 and beyond.
_EARLIEST_ROC = 60
_STYLE = {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"}


def _order(parts: Mapping[str, Stamp]) -> Order:
    """The order that every open date of the column fits, if it is one."""
    short = any(part.short_year for part in parts.values())
    orders = ORDERS if short else ORDERS[1:]
    fitting = {order: {t: date_of(p, order) for t, p in parts.items()} for order in orders}
    most = max(sum(d is not None for d in dates.values()) for dates in fitting.values())
    best = [o for o in orders if sum(d is not None for d in fitting[o].values()) == most]
    if most < len(parts):
        _refuse_contradiction(fitting)
    if len(best) > 1 and short:
        ordered = [o for o in best if any(_in_order(_with_pivot(parts, o, p)) for p in _PIVOTS)]
        runs = [o for o in ordered if any(_is_run(_with_pivot(parts, o, p)) for p in _PIVOTS)]
        best = runs if len(ordered) == 1 and runs else _daily(parts, best)
    if len(best) == 1 or len({tuple(fitting[order].values()) for order in best}) == 1:
        _refuse_exchanged(fitting, best[0])
        return best[0]
    text = next(t for t in parts if len({fitting[order][t] for order in best}) > 1)
    readings = " or ".join(str(fitting[order][text]) for order in best)
    options = " or ".join(f"--date-format {order}" for order in best)
    raise UndecidedError(
        text, f"{text} may be {readings}, and no date in the column settles it; say {options}"
    )


def _daily(parts: Mapping[str, Stamp], orders: list[Order]) -> list[Order]:
    """The orders under which the rows are days apart, where the year's other place makes months.

    The day is not told from the month so: rows a month apart are as well possible. Of few rows all
    have to be days apart, and in the other order years.
    """
    usual: dict[bool, int] = {}
    for order in orders:
        dates = _with_pivot(parts, order, _pivot(parts, order))
        apart = sorted(abs((b - a).days) for a, b in itertools.pairwise(dates))
        if not apart:
            return orders
        few = len(apart) < _FEWEST_GAPS
        near, far = (apart[-1], apart[0]) if few else (apart[len(apart) // 2],) * 2
        says = -1 if near <= _DAYS else 1 if far >= (_YEAR if few else _MONTH) else 0
        usual[order == "ymd"] = min(says, usual.get(order == "ymd", says))
    if sorted(usual.values()) != [-1, 1]:
        return orders
    year_first = usual[True] < usual[False]
    return [order for order in orders if (order == "ymd") == year_first]


def _refuse_exchanged(fitting: Mapping[Order, Mapping[str, dt.date | None]], order: Order) -> None:
    """Refuse a column that is in order only if day and month of some dates are exchanged."""
    if order == "ymd":
        return
    other: Order = "mdy" if order == "dmy" else "dmy"
    told = fitting[order]
    swapped = {t: fitting[other].get(t) or date for t, date in told.items()}
    as_told = [date for date in told.values() if date]
    as_swapped = [date for date in swapped.values() if date]
    if len(as_told) >= _FEWEST_GAPS and not _in_order(as_told) and _in_order(as_swapped):
        text = next(t for t, date in told.items() if date != swapped[t])
        raise UndecidedError(
            text,
            f"{text} is out of order as {told[text]}, and in order as {swapped[text]};"
            " day and month are swapped in some rows: export the dates again",
        )


def _refuse_contradiction(fitting: Mapping[Order, Mapping[str, dt.date | None]]) -> None:
    """Refuse a column in which one date has the day first and another the month."""
    if "dmy" not in fitting or "mdy" not in fitting:
        return
    day_first, month_first = fitting["dmy"], fitting["mdy"]
    only_day = [t for t, d in day_first.items() if d and not month_first[t]]
    only_month = [t for t, d in month_first.items() if d and not day_first[t]]
    if only_day and only_month:
        raise UndecidedError(
            only_day[0],
            f"{only_day[0]} has the day first and {only_month[0]} the month; correct one of them",
        )


def _pivot(parts: Mapping[str, Stamp], order: Order | None) -> int:
    """The century of two-digit years: the usual one, or the one that makes the column a run."""
    usual, *others = _PIVOTS
    dates = _with_pivot(parts, order or "dmy", usual)
    if _in_order(dates):
        return usual
    for pivot in others:
        if _is_run(_with_pivot(parts, order or "dmy", pivot)):
            return pivot
    if (max(dates) - min(dates)).days > _LONGEST_SPAN_DAYS:
        text = next(text for text, part in parts.items() if part.short_year)
        raise UndecidedError(text, f"{text} does not say its century; write years in full")
    return usual


def _is_run(dates: Sequence[dt.date]) -> bool:
    """Whether dates are in order and near each other, so that it cannot be by chance."""
    steps = sorted(abs((b - a).days) for a, b in itertools.pairwise(dates))
    if len(dates) < _SHORTEST_RUN or not _in_order(dates):
        return False
    return steps[len(steps) // 2] <= _USUAL_STEP_DAYS and steps[-1] < _CENTURY_DAYS


def _with_pivot(parts: Mapping[str, Stamp], order: Order, pivot: int) -> list[dt.date]:
    dates = (date_of(part, part.order or order, pivot) for part in parts.values())
    return [date for date in dates if date is not None]


def _in_order(dates: Sequence[dt.date]) -> bool:
    pairs = list(itertools.pairwise(dates))
    rising, falling = (a <= b for a, b in pairs), (a >= b for a, b in pairs)
    return all(rising) or all(falling)


def by_pattern(text: str, pattern: str) -> dt.date | None:
    """Read a date of a pattern such as ``%d/%m/%Y``; None if it is none."""
    try:
        date = dt.datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a date is a label
    except ValueError:
        return None
    return day_of(date.year, date.month, date.day)


def read_date(text: str, date_format: str | None = None) -> dt.date | None:
    """Read a single date that knows no column: certain forms only; None if it is none."""
    try:
        return read_dates([text], {}, date_format).by_text[text]
    except UndecidedError:
        return None
