"""Closes on one scale, where an exchange struck zeros off its index one day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import Levels
from marketmove.errors import Place, Problem

# How far an index may move beside the rebasing, as the quotient of two closes.
_MOST = math.log(1.5)
_LEVELS = ("close", "low", "high", "prior_close")
_DECIMALS = 10


class _Step(NamedTuple):
    """The row of an index from which on its levels are smaller by a factor."""

    start: int
    end: int
    factor: float


def on_one_scale(levels: Levels) -> Levels:
    """Divide the closes before a rebasing that the registry knows, with a note of each.

    A file that somebody has brought on one scale already has no jump there, and stays as it is.
    """
    frame, notes = levels.frame, []
    divisor = np.ones(len(frame))
    for step in _steps(levels):
        divisor[step.start : step.end] *= step.factor
        row = frame.row(step.end)
        text = (
            f"{row.symbol} was divided by {step.factor:g} on {row.session}; the closes"
            " before are divided by it too"
        )
        notes.append(Problem(Place(row.file, row.line), text))
    if not notes:
        return levels
    changed = divisor != 1.0
    scaled = {name: _divided(frame[name], divisor, changed) for name in _LEVELS}
    return replace(levels, frame=frame.assign(**scaled), notes=(*levels.notes, *notes))


def _steps(levels: Levels) -> Iterator[_Step]:
    frame = levels.frame
    symbols = frame.labels("symbol")
    known = levels.registry.among(symbols.values)
    rebased = {symbol: index.rebased for symbol, index in known.items() if index.rebased}
    for code, symbol in enumerate(symbols.values) if rebased else ():
        for date, factor in rebased.get(symbol, ()):
            start, end = np.searchsorted(symbols.codes, [code, code + 1]).tolist()
            days, close = frame["session"][start:end], frame["close"][start:end]
            at = int(np.searchsorted(days, np.datetime64(date)))
            if 0 < at < len(days) and abs(math.log(close[at - 1] / close[at] / factor)) < _MOST:
                yield _Step(start, start + at, factor)


def _divided(
    values: npt.NDArray[np.float64],
    divisor: npt.NDArray[np.float64],
    changed: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    return np.where(changed, np.round(values / divisor, _DECIMALS), values)
