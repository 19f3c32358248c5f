"""A report held against closes: which session each of its figures is of, and what is true of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from marketmove.closes.levels import Levels
from marketmove.closes.read import ChosenCloses
from marketmove.frame import Frame
from marketmove.moves.measure import moves_at
from marketmove.moves.move import Move
from marketmove.moves.rows import read_moves
from marketmove.published.faults import with_faults
from marketmove.published.report_file import Printed
from marketmove.published.verdicts import (
    Checked,
    fitting_sessions,
    judge,
    shared_session,
    with_fits,
)

# More than a row has figures.
_ALL = 10


class Held(NamedTuple):
    """The rows of a report with their verdicts, and which other session most of them fit.

    ``session`` is that of the report, and ``frame`` has the moves of its indices in it;
    ``elsewhere`` are the rows held against the other session; ``by_closes`` tells that the
    figures alone told the session.
    """

    session: dt.date
    rows: tuple[Checked, ...]
    fits_session: dt.date | None
    elsewhere: tuple[Checked, ...]
    frame: Frame
    by_closes: bool = False


def session_by_closes(printed: Sequence[Printed], known: ChosenCloses) -> dt.date | None:
    """Give the session that the figures of a report without a date fit, if they tell one."""
    rows = [row for row in printed if not row.period and row.session is None]
    fits = [
        (row, fitting_sessions(row, known.levels, as_in_data(row.symbol, known.levels)))
        for row in rows
    ]
    return shared_session(fits)


def hold_against(
    printed: Sequence[Printed], session: dt.date, known: ChosenCloses, *, by_closes: bool = False
) -> Held:
    """Hold every figure of a report against the closes of its session."""
    if by_closes:
        # What the figures tell is the day of most of them: some may be of the session before.
        printed = [
            row._replace(maybe_before=not (row.session or row.day_before)) for row in printed
        ]
    rows = [_row(row, session, known, as_in_data(row.symbol, known.levels)) for row in printed]
    placed, fits = with_fits(rows, known.levels, session)
    closes = {row.move.session: _closes(known.levels, row.move.session) for row in placed}
    there = (
        ()
        if fits is None
        else tuple(_row(row, fits, known, as_in_data(row.symbol, known.levels)) for row in printed)
    )
    main = dict.fromkeys((as_in_data(row.symbol, known.levels) for row in printed), session)
    return Held(
        session=session,
        rows=tuple(with_faults(row, closes[row.move.session]) for row in placed),
        fits_session=fits,
        elsewhere=there,
        frame=moves_at(known.levels, main, known.calendars),
        by_closes=by_closes,
    )


def _row(printed: Printed, session: dt.date, known: ChosenCloses, symbol: str) -> Checked:
    """One figure held against its own session, or that of the report."""
    own = printed.session or session
    if not (printed.day_before or printed.maybe_before):
        return _judged(printed, own, known, symbol)
    before = _session_before(known.levels, symbol, session)
    tries = [own] if before is None else [before, own] if printed.day_before else [own, before]
    rows = [_judged(printed, when, known, symbol) for when in tries]
    # Where neither agrees, the session that leaves less to say.
    return min(rows, key=lambda row: (row.verdict != "agrees", _lacking(row)))


def _lacking(row: Checked) -> int:
    """How many printed figures of a row are not borne out; of one that cannot be held, all."""
    return len(row.wrong) if row.verdict == "disagrees" else _ALL


def _judged(printed: Printed, session: dt.date, known: ChosenCloses, symbol: str) -> Checked:
    periods = [printed.period] if printed.period else []
    frame = moves_at(known.levels, {symbol: session}, known.calendars, periods)
    move: Move = read_moves(frame, periods)[0]
    return judge(printed, move, known.levels)


def _session_before(levels: Levels, symbol: str, session: dt.date) -> dt.date | None:
    """The last session of an index before a date that the closes have."""
    symbols, days = levels.frame.labels("symbol"), levels.frame["session"]
    own = (symbols.codes == symbols.number(symbol)) & (days < np.datetime64(session))
    before: dt.date | None = days[own].max().item() if own.any() else None
    return before


def _closes(levels: Levels, session: dt.date | None) -> Mapping[str, float]:
    """The close of every index in a session."""
    if session is None:
        return {}
    rows = levels.frame.take(levels.frame["session"] == np.datetime64(session))
    return dict(zip(rows["symbol"].tolist(), rows["close"].tolist(), strict=True))


def as_in_data(symbol: str, levels: Levels) -> str:
    """Give a symbol as the data writes it, where only its case differs."""
    own = {known.casefold(): known for known in levels.symbols}
    return own.get(symbol.casefold(), symbol)
