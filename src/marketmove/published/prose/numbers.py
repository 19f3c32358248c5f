"""Numbers as ten languages write them, from digits to exact decimals."""

from __future__ import annotations

import re
from decimal import Decimal

# Digits with the marks between them; groups of three after spaces.
PLAIN = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009'’]\d{3})+(?![\d ]?\d)(?:[.,]\d+)?", re.ASCII)
NARROW = re.compile(r"\d{1,3}(?:[\u00a0\u202f\u2009'’]\d{3})+(?!\d)(?:[.,]\d+)?", re.ASCII)
# 3万4279円92銭, 2万0668ドル, 1.5萬: tens of thousands, then yen and sen.
MYRIADS = re.compile(
    r"(?P<high>\d+)[万萬만](?P<low>\d{1,4}(?:\.\d+)?)?(?:(?:円|元|ドル)(?P<sen>\d{1,2})(?:銭|分|セント))?",
    re.ASCII,
)
SEN = re.compile(r"(?P<yen>[\d,]+)(?:円|ドル)(?P<sen>\d{1,2})(?:銭|セント)", re.ASCII)
_MARKS = re.compile(r"[.,]")
_THREE, _TWO = 3, 2
_LONGEST = 24


def decimal_of(text: str, mark: str) -> Decimal | None:
    """Read digits with their marks; None if they are no number.

    Parameters
    ----------
    text
        Digits, points, commas, and spaces between groups.
    mark
        The decimal mark that the text uses, for a number such as 1.234 that may be two.

    Examples
    --------
    >>> decimal_of("22,579.05", "."), decimal_of("22.579,05", ","), decimal_of("10 137", ",")
    (Decimal('22579.05'), Decimal('22579.05'), Decimal('10137'))
    >>> decimal_of("11.146.46", "."), decimal_of("12.390", ","), decimal_of("137.757", ".")
    (Decimal('11146.46'), Decimal('12390'), Decimal('137.757'))
    """
    if len(text) > _LONGEST:
        return None
    bare = re.sub(r"[ \u00a0\u202f\u2009'’]", "", text)
    marks = _MARKS.findall(bare)
    if not marks:
        return Decimal(bare)
    head, *groups = _MARKS.split(bare)
    last = marks[-1]
    if len(set(marks)) > 1:
        if marks.count(last) > 1 or not _grouped(head, groups[:-1]):
            return None
        return Decimal("".join([head, *groups[:-1]]) + "." + groups[-1])
    if len(marks) > 1:
        if _grouped(head, groups):
            return Decimal(head + "".join(groups))
        if _grouped(head, groups[:-1]) and len(groups[-1]) <= _TWO:
            return Decimal(head + "".join(groups[:-1]) + "." + groups[-1])
        return None
    tail = groups[0]
    if len(tail) == _THREE and len(head) <= _THREE and head != "0" and last != mark:
        return Decimal(head + tail)
    return Decimal(f"{head}.{tail}")


def _grouped(head: str, groups: list[str]) -> bool:
    """Whether groups are thousands; or, as in India, pairs before the last three."""
    if not groups:
        return True
    if len(groups[-1]) != _THREE or not 0 < len(head) <= _THREE:
        return False
    middle = {len(group) for group in groups[:-1]}
    return middle <= {_THREE} or middle == {_TWO}


def mark_of(text: str, usual: str) -> str:
    """Tell which decimal mark a text uses: what its numbers show, else what its language has.

    Examples
    --------
    >>> mark_of("subió 0.06 por ciento, 32.29 puntos", ",")
    '.'
    """
    points = len(re.findall(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d{1,2}(?![\d.,]*\d)", text[:50_000]))
    commas = len(re.findall(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d{1,2}(?![\d.,]*\d)", text[:50_000]))
    if points > 2 * commas:
        return "."
    return "," if commas > 2 * points else usual


def myriads(match: re.Match[str]) -> Decimal:
    """Give the value of digits around 万, with the sen behind."""
    low = match["low"] or "0"
    value = Decimal(match["high"]) * 10_000 + Decimal(low)
    return _with_sen(value, match["sen"])


def yen(match: re.Match[str]) -> Decimal:
    """Give the value of yen and sen."""
    return _with_sen(Decimal(match["yen"].replace(",", "")), match["sen"])


def _with_sen(value: Decimal, sen: str | None) -> Decimal:
    return value if sen is None else value + Decimal(sen.zfill(2)).scaleb(-2)
