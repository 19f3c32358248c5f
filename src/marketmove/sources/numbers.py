"""Closes as files write them: the columns decide what comma and point mean, or it is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

GAPS = frozenset({
    "", ".", "-", "–", "—", "--", "n/a", "na", "nan", "null", "none", "nil", "<na>",
    "#n/a", "#n/a n/a", "nd", "n.a.",
})  # fmt: skip
EXPECTED = "a close such as 22620.33"
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
# An exponent alone is no number: E5 is a name.
_DIGIT_FIRST = "(?=[.,]?[0-9])"
_GROUPED = {
    # 1,23,456.78 is how India groups: no other reading has a comma twice and a point.
    ".": re.compile(
        _DIGIT_FIRST
        + r"(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})?"
        rf"(?:\.[0-9]+)?{_EXPONENT}"
    ),
    ",": re.compile(
        rf"{_DIGIT_FIRST}(?:[0-9]+|[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+)?(?:,[0-9]+)?{_EXPONENT}"
    ),
}
_SPACED = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f\u2009'’][0-9]{3})+(?=[.,]|$)")
_SPACES = re.compile(r"[ \u00a0\u202f\u2009'’]")
_CURRENCY = re.compile(r"^[$€£¥₹₩]\s?|\s?[$€£¥₹₩]$")
_NEGATIVE = re.compile(r"[-−][0-9][0-9.,]*")
_DECORATION = re.compile(r"^[-+−]|\s*[%KkMBbTt]$")
LONGEST = 40
# Levels of one to nine digits, not zero, with a point or without: what needs no second look.
_PLAIN = r"[1-9][0-9]{0,8}(?:\.[0-9]{1,6})?"
_ALL_PLAIN = re.compile(rf"{_PLAIN}(?:\n{_PLAIN})*")
# Numbers with a point that parts no thousands.
_POINT = r"(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,20})|[0-9]{4,20}\.[0-9]{3})"
_ALL_POINTS = re.compile(rf"{_POINT}(?:\n{_POINT})*")
# What a level can be: from the smallest, included, to the largest, not included.
SMALLEST, LARGEST = 1e-6, 1e15


class Evidence(NamedTuple):
    """What the cells of one column say about the decimal mark.

    ``point`` and ``comma`` count the cells that fit that decimal mark alone; ``open_text`` is the
    first cell, such as 1.234, that means something else under each.
    """

    point: int
    comma: int
    open_text: str | None


def is_gap(text: str) -> bool:
    """Tell whether a cell says that there is no close: empty, ``N/A``, ``null``, a lone dot."""
    return not text[:1].isdecimal() and text.casefold() in GAPS


def weigh(texts: Iterable[str], decorated: bool = False) -> Evidence:
    """Collect what the cells of a column say about the decimal mark.

    ``decorated`` looks through signs, "%" and the letters of 9.38B: such cells are no closes, but
    they show how the file writes numbers.

    >>> weigh(["22.620,33", "1.234", "5"])
    Evidence(point=0, comma=1, open_text='1.234')
    >>> weigh(["9,38B", "-1,52%"], decorated=True)
    Evidence(point=0, comma=2, open_text=None)
    """
    texts = [*texts]
    if _ALL_POINTS.fullmatch("\n".join(texts)):
        return Evidence(len(texts), 0, None)
    point = comma = 0
    open_text = None
    for text in texts:
        head, mark, tail = text.partition(".")
        if mark and head.isdecimal() and tail.isdecimal() and (len(tail) != 3 or len(head) > 3):
            point += 1  # the common case, said quickly
            continue
        bare = _DECORATION.sub("", _DECORATION.sub("", text)) if decorated else text
        if "," not in bare and "." not in bare:
            continue
        bare = _ungrouped(bare)
        # Of 22 620,33 the spaces say which mark groups no thousands: the other is the decimal one.
        fits_point, fits_comma = (_fits(bare, mark) for mark in ".,")
        point += fits_point and not fits_comma
        comma += fits_comma and not fits_point
        if fits_point and fits_comma and open_text is None and _differs(bare):
            open_text = text
    return Evidence(point, comma, open_text)


def _fits(text: str, mark: str) -> bool:
    return _GROUPED[mark].fullmatch(text) is not None


def _differs(text: str) -> bool:
    return _plain(text, ".") != _plain(text, ",")


def _plain(text: str, mark: str) -> float:
    return float(text.replace("," if mark == "." else ".", "").replace(",", "."))


def _ungrouped(text: str) -> str:
    """A number without the spaces or apostrophes between its thousands, or a currency's sign."""
    if text and not (text[0].isdecimal() and text[-1].isdecimal()):
        text = _CURRENCY.sub("", text, count=1)
    return _SPACES.sub("", text) if _SPACED.match(text) else text


def decimal_mark(own: Evidence, beside: Iterable[Evidence] = ()) -> str | None:
    """Decide the decimal mark of a column: by its own cells, else by the columns beside it.

    None where both remain possible, or where the cells contradict each other.

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

    Raises ``ValueError`` if the text is no number, or one that a close cannot be; the message says
    so.

    >>> read_number("22.620,33", ","), read_number("22 620.33", ".")
    (22620.33, 22620.33)
    """
    bare = _ungrouped(text)
    if len(bare) > LONGEST or not _fits(bare, mark):
        if _NEGATIVE.fullmatch(bare):
            raise ValueError(f"{text} is below zero; expected {EXPECTED}")
        raise ValueError(f"{text[:LONGEST]} is not a number; expected {EXPECTED}")
    value = _plain(bare, mark)
    if not SMALLEST <= value < LARGEST:
        reason = "too large" if value >= LARGEST else "too small" if value else "not above zero"
        raise ValueError(f"{text} is {reason}; expected {EXPECTED}")
    return value


def read_all(texts: Sequence[str], mark: str) -> list[float | str | None]:
    """Read the closes of a column: a number each, None for a gap, a message for what is neither."""
    if mark == "." and _ALL_PLAIN.fullmatch("\n".join(texts)):
        return list(map(float, texts))
    return [_read(text, mark) for text in texts]


def _read(text: str, mark: str) -> float | str | None:
    if is_gap(text):
        return None
    try:
        return read_number(text, mark)
    except ValueError as error:
        return str(error)


def read_signed(text: str, mark: str) -> float | None:
    """Read a number that may have a sign and a "%", such as a stated change; None if it is none.

    >>> read_signed("-1,52%", ","), read_signed("n/a", ".")
    (-1.52, None)
    """
    bare = _ungrouped(text.strip().removesuffix("%").strip().replace("−", "-"))
    size = bare.removeprefix("-").removeprefix("+")
    if len(size) > LONGEST or not _fits(size, mark):
        return None
    return -_plain(size, mark) if bare.startswith("-") else _plain(size, mark)


def read_all_signed(texts: Sequence[str], mark: str) -> list[float]:
    """Read the numbers of a column that may have signs; nan for what is none."""
    if mark == "." and _ALL_PLAIN.fullmatch("\n".join(texts)):
        return list(map(float, texts))
    found = (read_signed(text, mark) for text in texts)
    return [math.nan if value is None else value for value in found]


def open_mark(text: str) -> str:
    """Say of a cell such as 1.234 that it may be two numbers, and which option settles it."""
    settled = "no other cell settles it; say --decimal . or --decimal ,"
    try:
        as_point, as_comma = (read_number(text, mark) for mark in ".,")
    except ValueError:  # one of the two is no close
        return f"{text} may be read in two ways, and {settled}"
    return f"{text} may be {as_point:.15g} or {as_comma:.15g}, and {settled}"
