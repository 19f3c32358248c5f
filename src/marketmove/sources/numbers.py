"""Closes as files write them: the columns decide what comma and point mean, or it is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

GAPS = frozenset(["", ".", "-", "–", "—", "n/a", "na", "nan", "null", "none", "#n/a", "#n/a n/a"])
EXPECTED = "a close such as 22620.33"
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
_GROUPED = {
    ".": re.compile(rf"(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\.[0-9]+)?{_EXPONENT}"),
    ",": re.compile(rf"(?:[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+)(?:,[0-9]+)?{_EXPONENT}"),
}
_SEPARATED = re.compile(r"[.,]")
_NEGATIVE = re.compile(r"[-−][0-9][0-9.,]*")
_LONGEST = 40
_SMALLEST, _LARGEST = 1e-6, 1e15


class Evidence(NamedTuple):
    """What the cells of one column say about the decimal mark.

    ``point`` and ``comma`` count the cells that fit that decimal mark alone; ``open_text`` is the
    first cell, such as 1.234, that means something else under each.
    """

    point: int
    comma: int
    open_text: str | None


def is_gap(text: str) -> bool:
    """Tell whether a cell says that there is no close: empty, ``N/A``, ``null``, a lone dot.

    Examples
    --------
    >>> is_gap("#N/A"), is_gap("0")
    (True, False)
    """
    return text.casefold() in GAPS


def weigh(texts: Iterable[str]) -> Evidence:
    """Collect what the cells of a column say about the decimal mark.

    Examples
    --------
    >>> weigh(["22.620,33", "1.234", "5"])
    Evidence(point=0, comma=1, open_text='1.234')
    """
    point = comma = 0
    open_text = None
    for text in texts:
        head, mark, tail = text.partition(".")
        if mark and head.isdecimal() and tail.isdecimal() and (len(tail) != 3 or len(head) > 3):
            point += 1  # the common case, said quickly
            continue
        if not _SEPARATED.search(text):
            continue
        fits_point, fits_comma = (_GROUPED[mark].fullmatch(text) is not None for mark in ".,")
        point += fits_point and not fits_comma
        comma += fits_comma and not fits_point
        if fits_point and fits_comma and open_text is None:
            open_text = text
    return Evidence(point, comma, open_text)


def decimal_mark(own: Evidence, beside: Iterable[Evidence] = ()) -> str | None:
    """Decide the decimal mark of a column: by its own cells, else by the columns beside it.

    Returns
    -------
    str or None
        "." or ","; None where both remain possible, or where the cells contradict each other.

    Examples
    --------
    >>> decimal_mark(Evidence(0, 0, "1.234"), [Evidence(0, 7, None)])
    ','
    >>> decimal_mark(Evidence(0, 0, "1.234")) is None
    True
    """
    if own.point or own.comma:
        if own.open_text is None:
            return "." if own.point >= own.comma else ","
        return None if own.point and own.comma else "." if own.point else ","
    if own.open_text is None:
        return "."
    others = list(beside)
    points, commas = any(e.point for e in others), any(e.comma for e in others)
    return None if points == commas else "." if points else ","


def read_number(text: str, mark: str) -> float:
    """Read one close, with the decimal mark that was decided.

    Raises
    ------
    ValueError
        If the text is no number, or one that a close cannot be; the message says so.

    Examples
    --------
    >>> read_number("22.620,33", ",")
    22620.33
    """
    if len(text) > _LONGEST or not _GROUPED[mark].fullmatch(text):
        if _NEGATIVE.fullmatch(text):
            raise ValueError(f"{text} is below zero; expected {EXPECTED}")
        raise ValueError(f"{text[:_LONGEST]} is not a number; expected {EXPECTED}")
    value = float(text.replace("," if mark == "." else ".", "").replace(",", "."))
    if not _SMALLEST <= value < _LARGEST:
        reason = "too large" if value >= _LARGEST else "too small" if value else "not above zero"
        raise ValueError(f"{text} is {reason}; expected {EXPECTED}")
    return value


def open_mark(text: str) -> str:
    """Say of a cell such as 1.234 that it may be two numbers, and which option settles it."""
    as_point, as_comma = (read_number(text, mark) for mark in ".,")
    return (
        f"{text} may be {as_point:.15g} or {as_comma:.15g}, and no other close settles it;"
        " say --decimal . or --decimal ,"
    )
