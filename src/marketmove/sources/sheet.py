"""A table that is understood: what its columns are, and what its dates and numbers mean."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import NamedTuple

from marketmove.sources.block import Reading, ReadOptions
from marketmove.sources.columns import Layout
from marketmove.sources.grid import Grid
from marketmove.sources.header import Table


class ReadSheet(NamedTuple):
    """A table that is understood: its layout, its sessions by row, its decimal marks by column.

    ``early`` has by line what ``Dates.early`` has by text.
    """

    table: Table
    layout: Layout
    single: str
    sessions: list[dt.date | None]
    date_style: str
    marks: dict[int, str]
    early: Mapping[int, float]
    single_why: str = ""

    def reading(self, grid: Grid, options: ReadOptions) -> Reading:
        """Say in words how the table was read."""
        dated = [session for session in self.sessions if session]
        rising = all(a <= b for a, b in itertools.pairwise(dated))
        falling = all(a >= b for a, b in itertools.pairwise(dated))
        order = "oldest first" if rising else "newest first" if falling else "unordered"
        marks = {self.marks[n] for n in self.layout.closes}
        return Reading(
            delimiter=grid.delimiter,
            layout=self.layout.kind,
            dates=self.date_style,
            decimal_mark=" and ".join(sorted(marks)),
            close=self.layout.close_header,
            order=order,
            why=self.layout.why,
            told=tuple(name for name, value in options._asdict().items() if value),
            named=self.single_why,
        )
