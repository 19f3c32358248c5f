"""The frozen record that leaves the program: plain typed values, in the order people see them."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.errors import BadFiguresError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from marketmove.context import MoveContext
    from marketmove.divergence import Breadth, Divergence
    from marketmove.doubts import Finding
    from marketmove.errors import Place, Problem
    from marketmove.figures import Figure
    from marketmove.indices import Index
    from marketmove.moves import Basis, Move
    from marketmove.pairs import Summary
    from marketmove.sources import Reading
    from marketmove.verification import Checked

SESSION_SCHEMA = "marketmove.session/1"
HISTORY_SCHEMA = "marketmove.history/1"
CALC_SCHEMA = "marketmove.calc/1"
CHECK_SCHEMA = "marketmove.check/1"
INDICES_SCHEMA = "marketmove.indices/1"
PAIR_SCHEMA = "marketmove.pair/1"
VERIFY_SCHEMA = "marketmove.verify/1"

# The columns of CSV, in order; new ones are only ever added at the end.
CSV_COLUMNS = (
    *("session", "symbol", "name", "status", "basis", "close", "prior_session", "prior_close"),
    *("change_pts", "change_pct", "source", "change_pct_over", "change_pct_under"),
    *("gap_sessions", "closed_for", "reopens"),
)
# What the context adds where it is asked for, as in ``context.MoveContext``.
CONTEXT_COLUMNS = (
    *("streak", "streak_is_least", "record", "highest_since", "lowest_since", "largest_since"),
    *("size_percentile", "size_n", "data_since"),
)
# What each period asked for adds, under its name: ``ytd_change_pct``.
_PERIOD_COLUMNS = ("prior_session", "prior_close", "change_pts", "change_pct")
# Rows that are written at a time, so that their text is never all in memory.
_BLOCK_ROWS = 10_000
_JSON_ONLY = (
    *("prior_close_low", "prior_close_high", "change_pts_low", "change_pts_high"),
    *("change_pct_low", "change_pct_high"),
)


class Remark(NamedTuple):
    """A warning or a note: a stable ``code``, a sentence, and where known the index and place."""

    code: str
    text: str
    symbol: str | None = None
    place: Place | None = None

    def __str__(self) -> str:
        return self.text if self.place is None else f"{self.place}: {self.text}"


class SessionReport(NamedTuple):
    """One session: the moves as sorted, the divergent pairs, and what there is to say of them.

    ``session`` is None where each index has its last one that was over at ``as_of``. ``source``
    names the files; ``bundled`` tells that they are the samples. ``divergences`` are all pairs but
    ``pairs_left_out``, those asked for last. ``periods`` are those measured beside the session;
    ``contexts`` tells by symbol how rare the moves are; with ``context``, in CSV too.
    """

    session: dt.date | None
    basis: Basis
    source: str
    bundled: bool
    moves: tuple[Move, ...]
    divergences: tuple[Divergence, ...]
    breadth: Breadth
    pairs_left_out: int
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    as_of: dt.datetime | None = None
    periods: tuple[str, ...] = ()
    contexts: Mapping[str, MoveContext] = MappingProxyType({})
    context: bool = False


class HistoryReport(NamedTuple):
    """Many sessions: their moves in the order of session and symbol, and what there is to say.

    ``frame`` is as ``history.history`` makes it. ``unusable`` are the problems because of which
    it ends before ``last``. The rest is as in ``SessionReport``.
    """

    first: dt.date
    last: dt.date
    source: str
    bundled: bool
    frame: pd.DataFrame
    periods: tuple[str, ...]
    unusable: tuple[Problem, ...] = ()
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()

    def blocks(self) -> Iterator[pd.DataFrame]:
        """Give the moves block by block.

        Raises
        ------
        BadFiguresError
            After the last sound one, if there are others.
        """
        for start in range(0, len(self.frame), _BLOCK_ROWS):
            yield self.frame.iloc[start : start + _BLOCK_ROWS]
        if self.unusable:
            raise BadFiguresError(self.unusable)


class PairReport(NamedTuple):
    """One pair through time: its common sessions, what they come to, and what there is to say.

    ``frame`` is as ``pairs.between`` makes it, with at least one row; ``first`` and ``last`` are
    its first and last session. The spread is that of ``one`` less that of ``other``. Each session
    is held against up to ``window`` before it.
    """

    one: Index
    other: Index
    first: dt.date
    last: dt.date
    source: str
    bundled: bool
    frame: pd.DataFrame
    summary: Summary
    window: int
    floor_pct: float
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


class Calculation(NamedTuple):
    """A close, its prior close and the change between them, in index points and percent.

    Each is exact, or encloses what the rounding of the figures given leaves open. ``given`` names
    the two that were typed.
    """

    close: Figure
    prior_close: Figure
    change_pts: Figure
    change_pct: Figure
    given: tuple[str, str]


class FileRead(NamedTuple):
    """How one file was read: its closes, each index's number of sessions, the first and last."""

    label: str
    reading: Reading
    sessions: dict[str, int]
    closes: int
    first: dt.date
    last: dt.date


class CheckReport(NamedTuple):
    """How each file was read, and every finding, the worst first."""

    source: str
    files: tuple[FileRead, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings cannot be right."""
        return sum(finding.severity == "error" for finding in self.findings)


class IndexRow(NamedTuple):
    """A known index: its exchange's time zone, and the next session and its end there.

    ``returns`` is ``price``, ``gross`` or ``net``; None and empty stand for what is not known.
    """

    symbol: str
    name: str
    exchange: str
    zone: str
    close_time: str | None
    next_session: dt.date | None
    returns: str
    region: str
    currency: str
    decimals: int
    aliases: tuple[str, ...]


class Registered(NamedTuple):
    """The known indices, with what comes next after a moment."""

    moment: dt.datetime
    rows: tuple[IndexRow, ...]


class VerifyReport(NamedTuple):
    """Published figures held against closes: a verdict a row, and what follows from them.

    ``published`` and ``closes`` name the files; ``bundled`` tells that the closes are the samples.
    ``fits_session`` is the other session whose figures the most rows have, if there is one.
    """

    session: dt.date
    published: str
    closes: str
    bundled: bool
    rows: tuple[Checked, ...]
    fits_session: dt.date | None
    findings: tuple[Remark, ...]
    warnings: tuple[Remark, ...] = ()

    @property
    def found(self) -> bool:
        """Tell whether a figure is not that of its session."""
        return any(
            row.verdict in {"disagrees", "no_session"} or row.fits_session for row in self.rows
        )

    @property
    def checked(self) -> bool:
        """Tell whether anything could be checked."""
        return any(row.verdict != "unchecked" for row in self.rows)


def in_order(moves: Sequence[Move], sort: str) -> list[Move]:
    """Sort moves as a table shows them.

    Parameters
    ----------
    moves
        In the order given.
    sort
        ``change``: highest first, a bound by its bound, those without a move last; ``name``;
        ``given``: as they come.

    Examples
    --------
    >>> from marketmove.moves import Move
    >>> flat = Move("A", "Alpha", "ok", "closes", change_pct=0.0)
    >>> gone = Move("B", "Beta", "unknown", "closes")
    >>> rose = Move("C", "Gamma", "ok", "closes", change_pct=1.0)
    >>> [move.symbol for move in in_order([gone, flat, rose], "change")]
    ['C', 'A', 'B']
    """
    keys: dict[str, Callable[[Move], Any]] = {"change": _by_change, "name": _by_name}
    return sorted(moves, key=keys[sort]) if sort in keys else list(moves)


def _by_change(move: Move) -> tuple[bool, float, str]:
    figures = (move.change_pct, move.change_pct_over, move.change_pct_under)
    known = next((pct for pct in figures if pct is not None), None)
    return known is None, -(known or 0.0), move.symbol


def _by_name(move: Move) -> tuple[str, str]:
    return move.name.casefold(), move.symbol


def columns(periods: Sequence[str]) -> list[str]:
    """Give the columns of CSV: ``CSV_COLUMNS``, and those of the periods asked for."""
    return [*CSV_COLUMNS, *(f"{period}_{name}" for period in periods for name in _PERIOD_COLUMNS)]


def csv_row(move: Move, periods: Sequence[str]) -> list[Any]:
    """Give the cells of one move, under ``columns``."""
    cells = [getattr(move, column) for column in CSV_COLUMNS]
    return cells + [
        getattr(move.periods.get(period), name, None)
        for period in periods
        for name in _PERIOD_COLUMNS
    ]


def session_columns(report: SessionReport) -> list[str]:
    """Give the columns of CSV of a session: ``columns``, and the context where it was asked for."""
    return columns(report.periods) + (list(CONTEXT_COLUMNS) if report.context else [])


def session_row(report: SessionReport, move: Move) -> list[Any]:
    """Give the cells of one move of a session, under ``session_columns``."""
    told = _context_cells(report, move) if report.context else {}
    return [*csv_row(move, report.periods), *told.values()]


def _context_cells(report: SessionReport, move: Move) -> dict[str, Any]:
    told = report.contexts.get(move.symbol)
    return {name: getattr(told, name, None) for name in CONTEXT_COLUMNS}


def csv_rows(block: pd.DataFrame, periods: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give the cells of each move of a frame, under ``columns``, the same as ``csv_row``."""
    places = zip(_plain_column(block["file"]), block["line"].tolist(), strict=True)
    told = {
        "basis": ["closes"] * len(block),
        "source": ["" if file is None else f"{file}:{line}" for file, line in places],
        "change_pct_over": [None] * len(block),
        "change_pct_under": [None] * len(block),
    }
    cells = (told.get(name) or _plain_column(block[name]) for name in columns(periods))
    return zip(*cells, strict=True)


def _plain_column(column: pd.Series[Any]) -> list[Any]:
    """The values of a column as Python has them; dates as text, missing as None."""
    if column.dtype.kind == "M":
        values = column.to_numpy().astype("datetime64[D]").astype(str).astype(object)
    elif column.name == "gap_sessions":
        values = column.astype("Int64").to_numpy(dtype=object, copy=True)
    else:
        values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    plain: list[Any] = values.tolist()
    return plain


def history_document(report: HistoryReport) -> dict[str, Any]:
    """Give many sessions as the JSON document that machines read: plain values, missing as None.

    Raises
    ------
    BadFiguresError
        If not all that was asked for can be given.
    """
    names = columns(report.periods)
    return {
        "schema": HISTORY_SCHEMA,
        "from": _plain(report.first),
        "to": _plain(report.last),
        "source": report.source,
        "moves": [
            dict(zip(names, row, strict=True))
            for block in report.blocks()
            for row in csv_rows(block, report.periods)
        ],
        "warnings": [remark_document(remark) for remark in report.warnings],
        "notes": [remark_document(remark) for remark in report.notes],
    }


def as_document(report: SessionReport) -> dict[str, Any]:
    """Give a session as the JSON document that machines read: plain values, missing as None."""
    return {
        "schema": SESSION_SCHEMA,
        "session": _plain(report.session),
        "as_of": _plain(report.as_of),
        "basis": report.basis,
        "source": report.source,
        "moves": [_session_document(report, move) for move in report.moves],
        "divergences": [fields_of(divergence) for divergence in report.divergences],
        "breadth": fields_of(report.breadth),
        "warnings": [remark_document(remark) for remark in report.warnings],
        "notes": [remark_document(remark) for remark in report.notes],
    }


def _session_document(report: SessionReport, move: Move) -> dict[str, Any]:
    told = _context_cells(report, move)
    return move_document(move, report.periods) | {n: _plain(cell) for n, cell in told.items()}


def move_document(move: Move, periods: Sequence[str]) -> dict[str, Any]:
    """Give a move as plain values: the columns of CSV, and the intervals of what is implied."""
    cells = zip(columns(periods), csv_row(move, periods), strict=True)
    document = {name: _plain(value) for name, value in cells}
    return document | {name: getattr(move, name) for name in _JSON_ONLY}


def csv_document(report: SessionReport, move: Move) -> dict[str, Any]:
    """Give the cells of one move of a session as plain values by ``session_columns``."""
    cells = zip(session_columns(report), session_row(report, move), strict=True)
    return {name: _plain(value) for name, value in cells}


def remark_document(remark: Remark) -> dict[str, Any]:
    """Give a warning or note as plain values."""
    place = None if remark.place is None else str(remark.place)
    return {"code": remark.code, "text": remark.text, "symbol": remark.symbol, "place": place}


def fields_of(record: NamedTuple) -> dict[str, Any]:
    """Give the fields of a frozen record as plain values."""
    return {name: _plain(value) for name, value in record._asdict().items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
