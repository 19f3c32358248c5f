"""The move of an index from its own prior close to its close, exact, and only if both are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Status = Literal["ok", "closed", "pending", "missing", "no_prior", "bound", "unknown"]
Basis = Literal["closes", "published"]

# Below this, a whole number and a hundred times it are exact as float64.
_EXACT = 2.0**53 / 100
_MOST_DIGITS = 16


def exact(value: float) -> Decimal:
    """Give the decimal that a figure was written as: the shortest that reads as the same float.

    Examples
    --------
    >>> exact(22579.045)
    Decimal('22579.045')
    """
    return Decimal(repr(float(value)))


class Move(NamedTuple):
    """One index in one session, full precision; None where a figure is not known.

    ``_pts`` are index points, ``_pct`` percent (1.5 is 1.5 %). ``change_pct_over`` and
    ``change_pct_under`` are the bounds that a report printed instead of a figure, not included.
    ``_low`` and ``_high`` enclose what is implied by rounded figures. ``source`` is the
    ``file:line`` of the close or, without one, of the prior close. ``gap_sessions`` counts the
    sessions between the prior session and this one that the data lacks; ``closed_for`` names why
    the exchange was shut, and ``reopens`` is its next session. ``periods`` has the same figures
    from the last close before a week, month or year.
    """

    symbol: str
    name: str
    status: Status
    basis: Basis
    close: float | None = None
    prior_session: dt.date | None = None
    prior_close: float | None = None
    change_pts: float | None = None
    change_pct: float | None = None
    source: str = ""
    change_pct_over: float | None = None
    change_pct_under: float | None = None
    prior_close_low: float | None = None
    prior_close_high: float | None = None
    change_pts_low: float | None = None
    change_pts_high: float | None = None
    change_pct_low: float | None = None
    change_pct_high: float | None = None
    decimals: int = 2
    session: dt.date | None = None
    gap_sessions: int | None = None
    closed_for: str | None = None
    reopens: dt.date | None = None
    periods: Mapping[str, Move] = MappingProxyType({})

    @property
    def up_by_pct(self) -> float | None:
        """The least that the index is known to have risen, in percent; negative if it fell."""
        return self.change_pct_over if self.change_pct is None else self.change_pct

    @property
    def down_by_pct(self) -> float | None:
        """The most that the index is known to have risen, in percent; negative if it fell."""
        return self.change_pct_under if self.change_pct is None else self.change_pct


def changes(close: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Change in points and percent between levels, as the decimals written, correctly rounded.

    The difference of two floats is not the difference of the two decimals they were written as
    (22620.33 − 21814.37 gives 805.9600000000028). So both are taken as whole numbers of their
    last digit, where the difference is exact and one division rounds once.

    Parameters
    ----------
    close, prior
        Levels in index points, above zero, of the same length.

    Returns
    -------
    tuple of arrays
        ``change_pts`` in index points and ``change_pct`` in percent: the float64 nearest to the
        exact value.

    Examples
    --------
    >>> import numpy as np
    >>> pts, pct = changes(np.array([22620.33]), np.array([21814.37]))
    >>> float(pts[0]), round(float(pct[0]), 6)
    (805.96, 3.694629)
    """
    import numpy as np

    scale = np.maximum(_unit_scale(close), _unit_scale(prior))
    close_units, prior_units = np.rint(close * scale), np.rint(prior * scale)
    units = close_units - prior_units
    change_pts, change_pct = units / scale, units * 100.0 / prior_units
    for i in np.flatnonzero(~(np.maximum(close_units, prior_units) < _EXACT)):
        change_pts[i], change_pct[i] = _exact_change(float(close[i]), float(prior[i]))
    return change_pts, change_pct


def _exact_change(close: float, prior: float) -> tuple[float, float]:
    """The same for levels of too many digits to be whole numbers of their last one."""
    from fractions import Fraction

    exact_close, exact_prior = Fraction(repr(close)), Fraction(repr(prior))
    change = exact_close - exact_prior
    return float(change), float(change / exact_prior * 100)


def _unit_scale(levels: Floats) -> Floats:
    """How many units of its last written digit make one point: 100 for 22620.33."""
    import numpy as np

    scale = np.full(levels.shape, 1.0)
    for _ in range(_MOST_DIGITS):
        inexact = np.rint(levels * scale) / scale != levels
        if not inexact.any():
            break
        scale[inexact] *= 10.0
    return scale
