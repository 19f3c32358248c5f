"""Figures as printed: exact decimals, the interval their rounding leaves, and what two imply.

A printed 3.51 stands for any value from 3.505 to 3.515. What is worked out from printed figures
carries the interval of everything they may have been.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

_LEVEL = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+")
_PCT = re.compile(r"([+-]?)([0-9]*\.?[0-9]+)\s*%?")
_LONGEST = 30
_HUNDRED = Decimal(100)


class Figure(NamedTuple):
    """A value with the lowest and the highest that it may stand for, both included."""

    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def exact(self) -> bool:
        """Tell whether nothing is left open."""
        return self.low == self.high


def parse_level(text: str) -> Decimal:
    """Read a level as people write it: digits, thousands commas, a decimal point.

    >>> parse_level("22,579.05")
    Decimal('22579.05')
    """
    text = text.strip()
    if len(text) > _LONGEST or not _LEVEL.fullmatch(text):
        raise ValueError(f"{text} is not a level such as 22,579.05")
    value = Decimal(text.replace(",", ""))
    if not value:
        raise ValueError(f"{text} is not a level above zero")
    return value


def parse_pct(text: str) -> Decimal:
    """Read a percentage that a level can have changed by, as people write it.

    >>> parse_pct("−0.79%"), parse_pct("+3.51")
    (Decimal('-0.79'), Decimal('3.51'))
    """
    value = parse_printed_pct(text)
    if value <= -_HUNDRED:
        raise ValueError(f"{text.strip()} is not a percentage above −100")
    return value


def parse_printed_pct(text: str) -> Decimal:
    """Read a percentage as it was printed, with or without its sign and "%", be it impossible.

    Raises
    ------
    ValueError
        If it is no such number; the message says what was expected.

    Examples
    --------
    >>> parse_printed_pct("−219.71%")
    Decimal('-219.71')
    """
    written = text.strip().replace("−", "-")
    match = _PCT.fullmatch(written)
    if len(written) > _LONGEST or not match:
        raise ValueError(f"{text.strip()} is not a percentage such as +3.51")
    return Decimal(match[1] + match[2])


def is_impossible(change_pct: Decimal) -> bool:
    """Tell whether no level above zero can have changed by so much, however it was rounded.

    Examples
    --------
    >>> is_impossible(Decimal("-219.71")), is_impossible(Decimal("-100.0"))
    (True, False)
    """
    return as_printed(change_pct).high <= -_HUNDRED


def parse_points(text: str) -> Decimal:
    """Read a change in points as people write it, with or without its sign.

    >>> parse_points("−1,311.74")
    Decimal('-1311.74')
    """
    written = text.strip().replace("−", "-")
    sign = -1 if written.startswith("-") else 1
    size = written.removeprefix("-").removeprefix("+")
    if len(size) > _LONGEST or not _LEVEL.fullmatch(size):
        raise ValueError(f"{text.strip()} is not a change in points such as −311.74")
    return sign * Decimal(size.replace(",", ""))


def exactly(value: Decimal) -> Figure:
    """Make a figure that leaves nothing open."""
    return Figure(value, value, value)


def as_printed(value: Decimal) -> Figure:
    """Make the figure that a printed number is: half a unit of its last digit to either side.

    >>> figure = as_printed(Decimal("3.51"))
    >>> figure.low, figure.high
    (Decimal('3.505'), Decimal('3.515'))
    """
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    return Figure(value, value - half, value + half)


def implied_prior_close(close: Decimal, change_pct: Decimal) -> Figure:
    """Give the prior close that a printed close and its printed change in percent imply.

    >>> hsi = implied_prior_close(Decimal("22579.05"), Decimal("3.51"))
    >>> [f"{x:.2f}" for x in hsi]
    ['21813.40', '21812.34', '21814.46']
    """
    return _combined(lambda c, pct: c * _HUNDRED / (_HUNDRED + pct), close, change_pct)


def implied_change_pts(close: Decimal, change_pct: Decimal) -> Figure:
    """Give the change, in points, that a printed close and its change in percent imply."""
    return _combined(lambda c, pct: c * pct / (_HUNDRED + pct), close, change_pct)


def implied_close(prior_close: Decimal, change_pct: Decimal) -> Figure:
    """Give the close, in points, that a printed prior close and the change in percent imply."""
    return _combined(lambda p, pct: p * (_HUNDRED + pct) / _HUNDRED, prior_close, change_pct)


def implied_change_pts_from_prior(prior_close: Decimal, change_pct: Decimal) -> Figure:
    """Give the change, in points, that a printed prior close and the change in percent imply."""
    return _combined(lambda p, pct: p * pct / _HUNDRED, prior_close, change_pct)


def change_pct(close: Decimal, prior: Decimal) -> Decimal:
    """Give the change in percent from the prior close to the close."""
    return (close - prior) / prior * _HUNDRED


def _combined(rule: Callable[[Decimal, Decimal], Decimal], a: Decimal, b: Decimal) -> Figure:
    """Apply a rule to two printed numbers, and to the four corners of what they may stand for.

    The rules here rise or fall steadily in each number, so their extremes are corners.
    """
    one, other = as_printed(a), as_printed(b)
    corners = itertools.product((one.low, one.high), (other.low, other.high))
    values = list(itertools.starmap(rule, corners))
    return Figure(rule(a, b), min(values), max(values))
