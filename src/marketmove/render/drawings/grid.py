"""Many sessions as a grid: a row an index, by region, and a column a session."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from marketmove.errors import BadFiguresError
from marketmove.market.indices import Registry
from marketmove.reports.records import HistoryReport
from marketmove.wording import numbers as words

# Regions as the day goes round; others follow by name, and those without one come last.
_REGIONS = ("asia", "oceania", "middle-east", "africa", "europe", "americas")
_NO_REGION = "Other"


class HeatRow(NamedTuple):
    """An index and its moves in percent, one a session; None where there is none.

    ``shut`` tells of each session whether the exchange was shut in it.
    """

    symbol: str
    name: str
    moves_pct: tuple[float | None, ...]
    shut: tuple[bool, ...]


class HeatRegion(NamedTuple):
    """The rows of one part of the world; without a name where all are in one."""

    name: str
    rows: tuple[HeatRow, ...]


class HeatGrid(NamedTuple):
    """The sessions, oldest first, and the rows by region."""

    sessions: tuple[dt.date, ...]
    regions: tuple[HeatRegion, ...]

    @property
    def rows(self) -> list[HeatRow]:
        """All rows, from top to bottom."""
        return [row for region in self.regions for row in region.rows]

    @property
    def moves_pct(self) -> list[float]:
        """All moves that are known, in percent."""
        return [pct for row in self.rows for pct in row.moves_pct if pct is not None]

    def last(self, number: int) -> HeatGrid:
        """Give the same with so many of the latest sessions."""
        regions = (
            HeatRegion(name, tuple(_last_of(row, number) for row in rows))
            for name, rows in self.regions
        )
        return HeatGrid(self.sessions[-number:], tuple(regions))

    def kinds(self) -> tuple[bool, bool]:
        """Tell whether a cell is of a shut exchange, and whether one has no figure otherwise."""
        cells = [cell for row in self.rows for cell in zip(row.moves_pct, row.shut, strict=True)]
        bare = any(pct is None and not shut for pct, shut in cells)
        return any(shut for _, shut in cells), bare


def _last_of(row: HeatRow, number: int) -> HeatRow:
    return row._replace(moves_pct=row.moves_pct[-number:], shut=row.shut[-number:])


def grid(report: HistoryReport, registry: Registry) -> HeatGrid:
    """Arrange the moves of many sessions; shut days have to be among them.

    Raises
    ------
    BadFiguresError
        If not all that was asked for can be given.
    """
    if report.unusable:
        raise BadFiguresError(report.unusable)
    frame = report.frame
    moves: Any = frame.pivot(index="symbol", columns="session", values="change_pct")
    shut: Any = frame.assign(shut=frame["status"] == "closed").pivot(
        index="symbol", columns="session", values="shut"
    )
    names = dict(zip(frame["symbol"].tolist(), frame["name"].tolist(), strict=True))
    rows = {
        symbol: HeatRow(
            symbol,
            words.visible(names[symbol]),
            tuple(None if math.isnan(pct) else float(pct) for pct in percents),
            tuple(flag is True for flag in flags),
        )
        for symbol, percents, flags in zip(
            moves.index, moves.to_numpy(), shut.to_numpy().astype(object), strict=True
        )
    }
    sessions = tuple(session.date() for session in moves.columns)
    return HeatGrid(sessions, tuple(_by_region(rows.values(), registry)))


def _by_region(rows: Iterable[HeatRow], registry: Registry) -> Iterator[HeatRegion]:
    """Part rows by region, in the order in which the registry has them."""
    place = {symbol: n for n, symbol in enumerate(registry.indices)}
    ordered = sorted(rows, key=lambda row: (place.get(row.symbol, len(place)), row.symbol))
    region_of = {row.symbol: registry.resolve(row.symbol).region for row in ordered}
    found = sorted(set(region_of.values()), key=_order)
    for region in found:
        name = region.replace("-", " ").title() or _NO_REGION
        within = tuple(row for row in ordered if region_of[row.symbol] == region)
        yield HeatRegion(name if len(found) > 1 else "", within)


def _order(region: str) -> tuple[int, str]:
    known = region in _REGIONS
    return (_REGIONS.index(region) if known else len(_REGIONS) + (not region)), region
