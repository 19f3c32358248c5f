"""What is doubtful of the figures shown: rows that are no close, other scales, old data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from marketmove.closes.checks import Finding, doubtful_rows, early_rows
from marketmove.closes.doubts import Doubts, culprits
from marketmove.closes.read import ChosenCloses
from marketmove.closes.shut_days import shut_between
from marketmove.errors import Remark, listed
from marketmove.frame import Frame
from marketmove.moves.move import Move
from marketmove.moves.table import chosen, of_symbols
from marketmove.wording import numbers
from marketmove.wording import periods as periods_wording
from marketmove.wording.numbers import count

# From so many sessions on that are over since the last close, the age of the data is said.
_OLD = 2


def doubted(
    rows: Frame, known: ChosenCloses, doubts: Doubts, periods: Sequence[str]
) -> Iterator[Remark]:
    """Say in a sentence an index why figures of one session are doubtful."""
    if len(known.early):
        yield from early(known, dates_of(rows, "prior_session"), dates_of(rows, "session"))
    for row in _doubted_rows(rows, periods).rows():
        finding, spans = cause(row, periods, doubts, known)
        text = finding.text
        if "" not in spans:
            names = listed([periods_wording.words(name) for name in spans])
            text = f"{text.rstrip('?')}; {names} {'rests' if len(spans) == 1 else 'rest'} on it"
        yield of_finding(finding, text)


def early(
    known: ChosenCloses,
    begins: Mapping[str, dt.date | None],
    until: Mapping[str, dt.date | None],
) -> list[Remark]:
    """Rows stamped before the close, from the first prior session on: no closes."""
    if not len(known.early):
        return []
    return [*map(of_finding, early_rows(shut_between(known.early, begins, until)))]


def dates_of(rows: Frame, column: str) -> dict[str, dt.date | None]:
    """Give by symbol the date in a column of some rows: of several the last."""
    dates: list[dt.date | None] = rows[column].tolist()
    return dict(zip(rows["symbol"].tolist(), dates, strict=True))


def of_finding(finding: Finding, text: str = "") -> Remark:
    """Make a remark of a finding about closes, with a text of its own or another."""
    return Remark(finding.code, text or finding.text, finding.symbol, finding.place)


def _doubted_rows(rows: Frame, periods: Sequence[str]) -> Frame:
    found = rows.has("doubt")
    for period in periods:
        found |= rows.has(f"{period}_doubt")
    return rows.take(found)


def _value(row: Any, period: str, name: str) -> Any:
    return getattr(row, f"{period}_{name}" if period else name)


def cause(
    row: Any, periods: Sequence[str], doubts: Doubts, known: ChosenCloses
) -> tuple[Finding, list[str]]:
    """Give the finding about the row because of which figures of a move are doubtful, and which.

    They are named by their period, the move itself by nothing.
    """
    spans = [name for name in ("", *periods) if _value(row, name, "doubt")]
    base = _value(row, spans[0], "prior_session")
    since = row.session if base is None else base
    causes = culprits(doubts, row.symbol, since, row.session)
    return next(doubtful_rows(doubts, causes[-1:], known)), spans


def without_base(rows: Frame, periods: Sequence[str]) -> Iterator[Remark]:
    """Say which changes of a period there are not, as no close is recent enough to start from."""
    by_row: dict[int, list[str]] = {}
    for period in periods:
        for row in np.flatnonzero(~np.isnat(rows[f"{period}_too_old"])).tolist():
            by_row.setdefault(row, []).append(period)
    for number, names in by_row.items():
        yield no_base(rows.row(number), names)


def no_base(row: Any, periods: Sequence[str], rows: int = 1) -> Remark:
    """Say of the first of some rows that a period has no close to start from."""
    names = listed([periods_wording.words(period) for period in periods])
    last = getattr(row, f"{periods[0]}_too_old")
    which = f" of {row.session:%Y-%m-%d}" if rows > 1 else ""
    text = (
        f"{row.symbol}: no change of {names}{which}, as the data has no close shortly before;"
        f" the last is of {last:%Y-%m-%d}"
    )
    if rows > 1:
        text += f"; {count(rows - 1, 'more row', 'more rows')} alike"
    return Remark("no_base", text, row.symbol)


def age_of_data(
    moves: Sequence[Move], known: ChosenCloses, completed: Mapping[str, dt.date]
) -> list[Remark]:
    """Say how many sessions are over since the latest closes, if it is more than one."""
    ages: list[tuple[int, Move]] = []
    for move in chosen(moves, of_symbols(moves, known.calendars)):
        calendar, last = known.calendars.get(move.symbol), completed.get(move.symbol)
        if move.close is None or move.session is None or calendar is None or last is None:
            continue
        if (between := calendar.between(move.session, last)) is not None and last > move.session:
            ages.append((between + 1, move))
    oldest = max(ages, key=lambda age: age[0], default=None)
    if oldest is None or oldest[0] < _OLD:
        return []
    age, move = oldest
    text = (
        f"the data ends with {move.session}: since then {numbers.count(age, 'session', 'sessions')}"
        f" of {move.symbol} are over"
    )
    return [Remark("old_data", text)]
