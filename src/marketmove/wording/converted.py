"""What there is to say of closes that were written as a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from marketmove.closes.checks import Finding, doubtful_rows, early_rows
from marketmove.closes.doubts import Doubts
from marketmove.closes.read import ChosenCloses
from marketmove.errors import Remark

# What is doubted of a close by what stands beside it in its file, or in all rows of its date.
_LOST = ("other_index", "outside_range")


def convert_warnings(known: ChosenCloses, doubts: Doubts) -> Iterator[Remark]:
    """Warn of what the table does not say: doubts that it has no columns for, rows left out."""
    yield from (Remark("reading", w.text, place=w.place) for w in known.levels.warnings)
    rows = np.flatnonzero(doubts.code.are(_LOST))
    yield from map(_remark, chain(early_rows(known.early), doubtful_rows(doubts, rows, known)))


def _remark(finding: Finding) -> Remark:
    return Remark(finding.code, finding.text, finding.symbol, finding.place)
