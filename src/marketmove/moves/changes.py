"""The change between two closes, exact: of the decimals written, not of their binary fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Below this, a whole number and a hundred times it are exact as float64.
_EXACT = 2.0**53 / 100
_MOST_DIGITS = 16


def changes(close: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Change in points and percent between levels, as the decimals written, correctly rounded.

    The difference of two floats is not the difference of the two decimals they were written as
    (22620.33 − 21814.37 gives 805.9600000000028). So both are taken as whole numbers of their
    last digit, where the difference is exact and one division rounds once.

    Levels are in index points, above zero, of the same length.

    >>> import numpy as np
    >>> pts, pct = changes(np.array([22620.33]), np.array([21814.37]))
    >>> float(pts[0]), round(float(pct[0]), 6)
    (805.96, 3.694629)
    """
    scale = np.maximum(_unit_scale(close), _unit_scale(prior))
    close_units, prior_units = np.rint(close * scale), np.rint(prior * scale)
    units = close_units - prior_units
    change_pts, change_pct = units / scale, units * 100.0 / prior_units
    for i in np.flatnonzero(~(np.maximum(close_units, prior_units) < _EXACT)):
        change_pts[i], change_pct[i] = _exact_change(float(close[i]), float(prior[i]))
    return change_pts, change_pct


def _exact_change(close: float, prior: float) -> tuple[float, float]:
    """The same for levels of too many digits to be whole numbers of their last one."""
    exact_close, exact_prior = Fraction(repr(close)), Fraction(repr(prior))
    change = exact_close - exact_prior
    return float(change), float(change / exact_prior * 100)


def _unit_scale(levels: Floats) -> Floats:
    """How many units of its last written digit make one point: 100 for 22620.33."""
    scale = np.full(levels.shape, 1.0)
    for _ in range(_MOST_DIGITS):
        inexact = np.rint(levels * scale) / scale != levels
        if not inexact.any():
            break
        scale[inexact] *= 10.0
    return scale
