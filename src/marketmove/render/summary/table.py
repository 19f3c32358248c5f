"""The moves of a summary in columns, for mail: within a width, with nothing cut."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from marketmove.moves.move import Move
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import SummaryReport
from marketmove.wording import dates, numbers, periods, phrases, session_rows

WIDTH = 72
_BREAK = re.compile(rf"(?<!\d) | (?!pp\b|{'|'.join(calendar.month_abbr[1:])})")
_GAP, _INDENT, _NARROWEST = 2, 2, 12


class SummaryRow(NamedTuple):
    """The cells of one index: its name, its session where each has its own, and its figures."""

    name: str
    session: str
    close: str
    points: str
    percent: str
    periods: tuple[str, ...]

    def figures(self) -> dict[str, str]:
        """Give the cells beside the name, each under what it is."""
        fixed = {name: getattr(self, name) for name in self._fields[1:-1]}
        return fixed | {f"period {n}": cell for n, cell in enumerate(self.periods)}


def heads(report: SessionReport) -> SummaryRow:
    """Give what stands above the columns."""
    of_periods = tuple(map(periods.column_head, longer(report)))
    return SummaryRow("Index", "Session", "Close", "Change", "Day %", of_periods)


def longer(report: SessionReport) -> list[str]:
    """Give the periods that are more than the day, which has a column anyway."""
    return [period for period in report.periods if period != "day"]


def row(report: SessionReport, move: Move) -> SummaryRow:
    """Give the cells of one move; the session is empty where all have the same."""
    ends = None if report.as_of is None else report.as_of.date()
    own = report.session is None and move.session is not None
    return SummaryRow(
        name=phrases.name(move),
        session=dates.near(move.session, ends).partition(" ")[2] if own and move.session else "",
        close=numbers.level(move.close, move.decimals),
        points=numbers.points(move.change_pts, move.decimals),
        percent=numbers.percent(move.change_pct),
        periods=tuple(
            numbers.percent(session_rows.period_pct(move, period)) for period in longer(report)
        ),
    )


def by_region(summary: SummaryReport) -> list[tuple[str, list[Move]]]:
    """Give the moves of each region; its name is empty where it would be the only one, and none."""
    moves = {move.symbol: move for move in summary.session.moves}
    regions = [(name, [moves[symbol] for symbol in symbols]) for name, symbols in summary.regions]
    return [("", rows) for _, rows in regions] if [n for n, _ in regions] == ["Other"] else regions


def table(summary: SummaryReport) -> list[str]:
    """Give the lines of the table: columns where they fit, else each figure on a line."""
    return [line for row in table_rows(summary) for line in row.split("\n")]


def table_rows(summary: SummaryReport) -> list[str]:
    """Give the rows of the table, the first its heads; one may be of several lines.

    The name of a region stands above its first row, and is part of it.
    """
    regions = [
        (name, [row(summary.session, move) for move in moves]) for name, moves in by_region(summary)
    ]
    rows = [row for _, of in regions for row in of]
    if not rows:
        return []
    above = heads(summary.session)
    dated = any(row.session for row in rows)
    cells = [row.figures() for row in (above, *rows)]
    every = [name for name in cells[0] if dated or name != "session"]
    widest = max(cell_len(row.name) for row in (above, *rows))
    for fields in (every, [name for name in every if name != "points"]):
        widths = {name: max(cell_len(of[name]) for of in cells) for name in fields}
        room = WIDTH - _INDENT - sum(widths.values()) - _GAP * len(fields)
        if room >= min(_NARROWEST, widest):
            return _columns(above, regions, widths, min(room, widest))
    return _stacked(above, regions)


def _columns(
    above: SummaryRow,
    regions: Sequence[tuple[str, Sequence[SummaryRow]]],
    widths: dict[str, int],
    room: int,
) -> list[str]:
    found = [_line(above, above.name, widths, room)]
    for region, rows in regions:
        head = [region] if region else []
        for row in rows:
            *first, last = wrapped(row.name, room)
            lines = [*(" " * _INDENT + part for part in first), _line(row, last, widths, room)]
            found.append("\n".join([*head, *lines]))
            head = []
    return found


def _line(row: SummaryRow, name: str, widths: dict[str, int], room: int) -> str:
    cells, figures = [name + " " * (room - cell_len(name))], row.figures()
    for field, width in widths.items():
        text = figures[field]
        cells.append(" " * (width - cell_len(text)) + text)
    return " " * _INDENT + (" " * _GAP).join(cells)


def _stacked(above: SummaryRow, regions: Sequence[tuple[str, Sequence[SummaryRow]]]) -> list[str]:
    """Each figure on a line of its own, under the name."""
    found = []
    width = max(8, *(cell_len(head) + 1 for head in above.figures().values()))
    for region, rows in regions:
        head = [region] if region else []
        for row in rows:
            lines = [" " * _INDENT + part for part in wrapped(row.name, WIDTH - _INDENT)]
            figures = zip(above.figures().values(), row.figures().values(), strict=True)
            lines += [f"{' ' * 2 * _INDENT}{what:<{width}}{cell}" for what, cell in figures if cell]
            found.append("\n".join([*head, *lines]))
            head = []
    return found


def wrapped(text: str, width: int, first: str = "", after: str = "") -> list[str]:
    """Set a text on lines of a width in terminal cells; a word that is too long is broken.

    The first line begins with ``first``, the others with ``after``; a day stays with its month, and
    a figure with its unit.

    >>> wrapped("Hang Seng China Enterprises", 18), wrapped("abcdef", 4, "", " ")
    (['Hang Seng China', 'Enterprises'], ['abcd', ' ef'])
    >>> wrapped("reopen Wed 5 Feb", 14)
    ['reopen Wed', '5 Feb']
    """
    lines, line, begins = [], first, first
    for word in re.split(_BREAK, text):
        longer = line + word if line == begins else f"{line} {word}"
        if cell_len(longer) > width and line != begins:
            lines.append(line)
            longer, begins = after + word, after
        line = longer
        while cell_len(line) > width:
            head = _head(line, width)
            lines.append(head)
            line, begins = after + line[len(head) :], after
    return [*lines, line]


def _head(text: str, width: int) -> str:
    """As much of the beginning of a text as a line has room for."""
    taken = 0
    for at, sign in enumerate(text):
        taken += cell_len(sign)
        if taken > width:
            return text[: max(at, 1)]
    return text
