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

    Raises
    ------
    ValueError
        If it is no such number, or not above zero; the message says what was expected.

    Examples
    --------
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
    """Read a percentage as people write it, with or without its sign and "%".

    Raises
    ------
    ValueError
        If it is no such number, or not above −100; the message says what was expected.

    Examples
    --------
    >>> parse_pct("−0.79%"), parse_pct("+3.51")
    (Decimal('-0.79'), Decimal('3.51'))
    """
    written = text.strip().replace("−", "-")
    match = _PCT.fullmatch(written)
    if len(written) > _LONGEST or not match:
        raise ValueError(f"{text.strip()} is not a percentage such as +3.51")
    value = Decimal(match[1] + match[2])
    if value <= -_HUNDRED:
        raise ValueError(f"{text.strip()} is not a percentage above −100")
    return value


def exactly(value: Decimal) -> Figure:
    """Make a figure that leaves nothing open.

    Examples
    --------
    >>> exactly(Decimal("3.51")).exact
    True
    """
    return Figure(value, value, value)


def as_printed(value: Decimal) -> Figure:
    """Make the figure that a printed number is: half a unit of its last digit to either side.

    Examples
    --------
    >>> figure = as_printed(Decimal("3.51"))
    >>> figure.low, figure.high
    (Decimal('3.505'), Decimal('3.515'))
    """
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    return Figure(value, value - half, value + half)


def combine(rule: Callable[[Decimal, Decimal], Decimal], a: Figure, b: Figure) -> Figure:
    """Apply a rule to two figures and to the four corners of what they may stand for.

    The rules of this module rise or fall steadily in each figure, so their extremes are corners.

    Examples
    --------
    >>> hsi = combine(prior_close, as_printed(Decimal("22579.05")), as_printed(Decimal("3.51")))
    >>> [f"{x:.2f}" for x in (hsi.value, hsi.low, hsi.high)]
    ['21813.40', '21812.34', '21814.46']
    """
    corners = [rule(x, y) for x, y in itertools.product((a.low, a.high), (b.low, b.high))]
    return Figure(rule(a.value, b.value), min(corners), max(corners))


def prior_close(close: Decimal, pct: Decimal) -> Decimal:
    """Give the prior close, in points, that a close and its change in percent imply.

    Examples
    --------
    >>> float(prior_close(Decimal(203), Decimal("1.5")))
    200.0
    """
    return close * _HUNDRED / (_HUNDRED + pct)


def close_from_prior(prior: Decimal, pct: Decimal) -> Decimal:
    """Give the close, in points, that a prior close and the change in percent imply.

    Examples
    --------
    >>> close_from_prior(Decimal(200), Decimal("1.5"))
    Decimal('203.0')
    """
    return prior * (_HUNDRED + pct) / _HUNDRED


def change_pts_from_close(close: Decimal, pct: Decimal) -> Decimal:
    """Give the change, in points, that a close and its change in percent imply.

    Examples
    --------
    >>> float(change_pts_from_close(Decimal(203), Decimal("1.5")))
    3.0
    """
    return close * pct / (_HUNDRED + pct)


def change_pts_from_prior(prior: Decimal, pct: Decimal) -> Decimal:
    """Give the change, in points, that a prior close and the change in percent imply.

    Examples
    --------
    >>> change_pts_from_prior(Decimal(200), Decimal("1.5"))
    Decimal('3.0')
    """
    return prior * pct / _HUNDRED


def change_pct(close: Decimal, prior: Decimal) -> Decimal:
    """Give the change in percent from the prior close to the close.

    Examples
    --------
    >>> float(change_pct(Decimal(203), Decimal(200)))
    1.5
    """
    return (close - prior) / prior * _HUNDRED
