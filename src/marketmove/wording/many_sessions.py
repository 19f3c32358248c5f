"""What there is to say of many sessions: each kind in a sentence, with a count and the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import first_sessions
from marketmove.closes.read import ChosenCloses
from marketmove.errors import Problem, Remark
from marketmove.market.periods import span
from marketmove.moves.measure import Range
from marketmove.moves.tally import GAP, LATE, TOO_OLD, Some, Tally
from marketmove.wording import periods
from marketmove.wording.doubts import cause, early, no_base, of_finding
from marketmove.wording.numbers import count
from marketmove.wording.remarks import ghosts, not_reaching, of_calendars, of_reading, of_row


def warnings_of_many(
    found: Tally,
    known: ChosenCloses,
    elsewhere: Sequence[Problem],
    doubts: Doubts,
    within: Range,
    what: str = "these sessions do",
) -> list[Remark]:
    """Warn of what makes figures of a range other than they seem: bad rows, shut days, gaps.

    ``what`` is what bad rows elsewhere do not touch.
    """
    until = dict.fromkeys(known.symbols, within.last)
    names, kinds = within.periods, found.kinds
    stamped = early(known, found.begins, until)
    return [
        *of_reading(known, elsewhere, what),
        *([_stated(found.stated)] if found.stated else ()),
        *ghosts(known, found.begins, until),
        *([_and_more(stamped[0], len(stamped), "row", "alike")] if stamped else ()),
        *(_doubted(some, names, doubts, known) for some in found.doubts.values()),
        *([_gap(kinds[GAP])] if GAP in kinds else ()),
        *(_period_gap(kinds[LATE, name], name) for name in names if (LATE, name) in kinds),
        *(_no_base(kinds[TOO_OLD, name], name) for name in names if (TOO_OLD, name) in kinds),
        *_uncovered(known, within),
    ]


def empty_notes_of_many(found: Tally, names: Sequence[str]) -> Iterator[Remark]:
    """Say in how many rows a period has no change, as no close is before it."""
    for name in names:
        for reason in periods.NOTED:
            if some := found.kinds.get((reason, name)):
                begins = "" if some.rows == 1 else ", the first"
                of = f"{count(some.rows, 'row', 'rows')}{begins} {some.first.symbol}"
                yield periods.no_change(name, reason, f"in {of} of {some.first.session}")


def _stated(some: Some) -> Remark:
    others = some.rows - 1
    more = f"; and {others:,} more that the closes do not give" if others else ""
    return Remark("stated_otherwise", f"{some.first.text}{more}", place=some.first.place)


def _and_more(first: Remark, rows: int, what: str, verb: str) -> Remark:
    more = f"; and {count(rows - 1, f'more {what}', f'more {what}s')} {verb}" if rows > 1 else ""
    return first._replace(text=f"{first.text}{more}")


def _doubted(some: Some, names: Sequence[str], doubts: Doubts, known: ChosenCloses) -> Remark:
    finding, _ = cause(some.first, names, doubts, known)
    others = some.rows - 1
    moves = count(others, "more move is", "more moves are")
    return of_finding(finding, f"{finding.text}{f'; {moves} as doubtful' if others else ''}")


def _gap(some: Some) -> Remark:
    first = some.first
    moves = "a move spans" if some.rows == 1 else f"{some.rows:,} moves span"
    text = (
        f"{moves} more than one session, as the data lacks what lies between"
        f" ({_the_first(some)}{first.symbol} from {first.prior_session} to {first.session})"
    )
    return of_row(first, "gap", text)


def _period_gap(some: Some, name: str) -> Remark:
    first = some.first
    prior = getattr(first, f"{name}_prior_session")
    changes = "a change" if some.rows == 1 else f"{some.rows:,} changes"
    lacks = "sessions within" if span(name).kind == "d" else "the last before it"
    text = (
        f"{changes} of {periods.words(name)} measured from an earlier close, as the data"
        f" lacks {lacks} ({_the_first(some)}{first.symbol} in {first.session}, from {prior})"
    )
    return of_row(first, "period_gap", text)


def _the_first(some: Some) -> str:
    return "" if some.rows == 1 else "the first: "


def _no_base(some: Some, name: str) -> Remark:
    return no_base(some.first, [name], some.rows)


def _uncovered(known: ChosenCloses, within: Range) -> Iterator[Remark]:
    """The calendars that do not reach over the range.

    Outside them only dates with a close are rows, so that one that is lacking does not show.
    """
    firsts = first_sessions(known.levels)
    spans = {
        symbol: (max(firsts.get(symbol) or within.first, within.first), within.last)
        for symbol in known.symbols
    }
    return of_calendars(not_reaching(spans, known), "outside")
