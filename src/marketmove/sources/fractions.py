"""Stated changes that are fractions, 0.0369 for 3.69%: the whole column shows it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from marketmove.sources.block import Closes

# Below it a change may be stated either way, within what is rounded away.
_TELLING_PCT, _TOLERANCE = 0.05, 0.0151
_USUAL_SHARE = 0.8
SAMPLE_ROWS = 500


def in_percent(closes: Closes) -> Closes | None:
    """Give closes with stated changes in percent, where they are fractions; None where not."""
    pairs = list(_stated_and_true(closes))
    fractions = sum(abs(stated * 100 - true) <= _TOLERANCE for stated, true in pairs)
    if not pairs or fractions < _USUAL_SHARE * len(pairs):
        return None
    return closes._replace(change_pct=[stated * 100 for stated in closes.change_pct])


def _stated_and_true(closes: Closes) -> Iterator[tuple[float, float]]:
    """The stated change of each close and the one from the close before, where both tell."""
    columns = (closes.symbol, closes.session, closes.close, closes.change_pct)
    rows = sorted(zip(*(column[:SAMPLE_ROWS] for column in columns), strict=True))
    for before, row in itertools.pairwise(rows):
        if before[0] == row[0] and row[3] == row[3]:
            true = (row[2] / before[2] - 1) * 100
            if abs(true) >= _TELLING_PCT:
                yield row[3], true
