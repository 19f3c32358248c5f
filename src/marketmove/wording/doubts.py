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
from marketmove.moves.measure import Range
from marketmove.moves.move import Move
from marketmove.moves.table import chosen, of_symbols
from marketmove.wording import numbers
from marketmove.wording import periods as periods_wording
from marketmove.wording.numbers import count

# From so many sessions on that are over since the last close, the age of the data is said.
_OLD = 2


def doubted(
    rows: Frame,
    known: ChosenCloses,
    doubts: Doubts,
    within: Range | None,
    periods: Sequence[str],
) -> list[Remark]:
    """Say why figures are doubtful: of one session in a sentence an index, of many one a kind."""
    return [
        *_early(rows, known, within),
        *(_of_many if within else _of_session)(rows, known, doubts, periods),
    ]


def _early(rows: Frame, known: ChosenCloses, within: Range | None) -> Iterator[Remark]:
    """Rows stamped before the close, from the first prior session on: no closes."""
    if not len(known.early):
        return
    until = dict.fromkeys(known.symbols, within.last) if within else dates_of(rows, "session")
    early = shut_between(known.early, first_dates_of(rows, "prior_session"), until)
    found = [_remark(finding) for finding in early_rows(early)]
    yield from [_and_more(found)] if within and found else found


def dates_of(rows: Frame, column: str) -> dict[str, dt.date | None]:
    """Give by symbol the date in a column of some rows: of several the last."""
    dates: list[dt.date | None] = rows[column].tolist()
    return dict(zip(rows["symbol"].tolist(), dates, strict=True))


def first_dates_of(rows: Frame, column: str) -> dict[str, dt.date | None]:
    """Give by symbol the date in a column of its first row."""
    symbols = rows.labels("symbol")
    first = np.full(len(symbols.values), -1)
    first[symbols.codes[::-1]] = np.arange(len(symbols))[::-1]
    return dates_of(rows.take(np.sort(first[first >= 0])), column)


def _remark(finding: Finding, text: str = "") -> Remark:
    return Remark(finding.code, text or finding.text, finding.symbol, finding.place)


def _and_more(remarks: Sequence[Remark], what: str = "row", verb: str = "alike") -> Remark:
    first, others = remarks[0], len(remarks) - 1
    more = f"; and {count(others, f'more {what}', f'more {what}s')} {verb}" if others else ""
    return first._replace(text=f"{first.text}{more}")


def _of_session(
    rows: Frame, known: ChosenCloses, doubts: Doubts, periods: Sequence[str]
) -> Iterator[Remark]:
    for row in _doubted_rows(rows, periods).rows():
        spans = [name for name in ("", *periods) if _value(row, name, "doubt")]
        finding = _cause(row, spans, doubts, known)
        text = finding.text
        if "" not in spans:
            names = listed([periods_wording.words(name) for name in spans])
            text = f"{text.rstrip('?')}; {names} {'rests' if len(spans) == 1 else 'rest'} on it"
        yield _remark(finding, text)


def _of_many(
    rows: Frame, known: ChosenCloses, doubts: Doubts, periods: Sequence[str]
) -> Iterator[Remark]:
    found = _doubted_rows(rows, periods)
    kinds: dict[str, list[tuple[Any, list[str]]]] = {}
    for row in found.rows():
        spans = [name for name in ("", *periods) if _value(row, name, "doubt")]
        kinds.setdefault(str(_value(row, spans[0], "doubt")), []).append((row, spans))
    for of_kind in kinds.values():
        row, spans = of_kind[0]
        finding = _cause(row, spans, doubts, known)
        others = len(of_kind) - 1
        moves = count(others, "more move is", "more moves are")
        yield _remark(finding, f"{finding.text}{f'; {moves} as doubtful' if others else ''}")


def _doubted_rows(rows: Frame, periods: Sequence[str]) -> Frame:
    found = rows.has("doubt")
    for period in periods:
        found |= rows.has(f"{period}_doubt")
    return rows.take(found)


def _value(row: Any, period: str, name: str) -> Any:
    return getattr(row, f"{period}_{name}" if period else name)


def _cause(row: Any, spans: Sequence[str], doubts: Doubts, known: ChosenCloses) -> Finding:
    """The finding about the row because of which the first of some figures is doubtful."""
    base = _value(row, spans[0], "prior_session")
    since = row.session if base is None else base
    causes = culprits(doubts, row.symbol, since, row.session)
    return next(doubtful_rows(doubts, causes[-1:], known))


def without_base(rows: Frame, periods: Sequence[str], many: bool) -> Iterator[Remark]:
    """Say which changes of a period there are not, as no close is recent enough to start from."""
    lacking = {
        period: np.flatnonzero(~np.isnat(rows[f"{period}_too_old"])).tolist() for period in periods
    }
    if many:
        for period, found in lacking.items():
            if found:
                yield _no_base(rows.row(found[0]), [period], len(found))
        return
    by_row: dict[int, list[str]] = {}
    for period, found in lacking.items():
        for row in found:
            by_row.setdefault(row, []).append(period)
    for row, names in by_row.items():
        yield _no_base(rows.row(row), names, 1)


def _no_base(row: Any, periods: Sequence[str], rows: int) -> Remark:
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
