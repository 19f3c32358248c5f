"""What there is to say of the moves of many sessions: how many are of a kind, and the first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from marketmove.closes.checks import Finding, stated_otherwise
from marketmove.frame import Bools, Frame
from marketmove.moves.move import Reason
from marketmove.sources import Progress

# What a period may lack, as the kinds of ``Tally.kinds`` name it; those of ``reason`` last.
LATE, TOO_OLD = "late", "too_old"
_REASONS = ("no_earlier_close", "not_begun")
GAP = ("gap", "")


class Some(NamedTuple):
    """How many rows are of a kind, and the first of them."""

    first: Any
    rows: int


class Tally:
    """Moves counted block by block, as ``measure.history_blocks`` gives them.

    ``kinds`` has moves over sessions that the data lacks (``GAP``), and of each period the changes
    from a close too early (``LATE``), and those that there are not (``TOO_OLD``, or their reason);
    ``doubts`` has the doubtful ones by what is doubtful. ``stated`` are the changes that a file has
    otherwise; ``begins`` has the prior session of the first row of each index. With
    ``in_currency``, ``rates`` counts what the moves in one currency rest on.
    """

    def __init__(self, periods: Sequence[str] = (), in_currency: bool = False) -> None:
        self._periods = periods
        self.rates = RatesUsed() if in_currency else None
        self.closes = self.sessions = 0
        self.statuses: Counter[str] = Counter()
        self.moved: set[str] = set()
        self.begins: dict[str, dt.date | None] = {}
        self.kinds: dict[tuple[str, str], Some] = {}
        self.doubts: dict[str, Some] = {}
        self.stated: Some | None = None

    @classmethod
    def of(cls, rows: Frame) -> Tally:
        """Count the moves of one block."""
        tally = cls()
        tally.add(rows)
        return tally

    @property
    def rows(self) -> int:
        """Give how many moves there are."""
        return self.statuses.total()

    def count(self, blocks: Iterable[Frame], number: int, progress: Progress | None) -> None:
        """Count all of a number of blocks, and tell how far that is."""
        for done, rows in enumerate(blocks, start=1):
            self.add(rows)
            if progress is not None:
                progress(self.rows, done / number)

    def add(self, rows: Frame) -> None:
        """Count a further block, of later sessions."""
        status, symbols = rows.labels("status"), rows.labels("symbol")
        counts = np.bincount(status.codes, minlength=len(status.values)).tolist()
        self.statuses.update(dict(zip(status.values, counts, strict=True)))
        self.closes += int(np.count_nonzero(~np.isnan(rows["close"])))
        self.sessions += len(set(rows["session"].tolist()))
        are_moves = status.are(["ok"])
        moved = np.bincount(symbols.codes[are_moves], minlength=len(symbols.values))
        self.moved.update(symbols.values[code] for code in np.flatnonzero(moved).tolist())
        self._begin(rows)
        self._count(GAP, rows, are_moves & (rows["gap_sessions"] > 0))
        for period in self._periods:
            late = rows[f"{period}_gap_sessions"] > 0
            self._count((LATE, period), rows, late & ~np.isnan(rows[f"{period}_change_pct"]))
            self._count((TOO_OLD, period), rows, ~np.isnat(rows[f"{period}_too_old"]))
            for reason in _REASONS:
                self._count((reason, period), rows, rows.labels(f"{period}_reason").are([reason]))
        self._doubt(rows)
        self._state(stated_otherwise(rows))
        if self.rates is not None:
            self.rates.add(rows)

    def _count(self, kind: tuple[str, str], rows: Frame, which: Bools) -> None:
        if count := int(np.count_nonzero(which)):
            first, before = self.kinds.get(kind) or (rows.row(int(which.argmax())), 0)
            self.kinds[kind] = Some(first, before + count)

    def _begin(self, rows: Frame) -> None:
        symbols = rows.labels("symbol")
        first = np.full(len(symbols.values), -1)
        first[symbols.codes[::-1]] = np.arange(len(rows))[::-1]  # of several, the first stays
        dates = rows["prior_session"]
        for code in np.flatnonzero(first >= 0).tolist():
            if (symbol := symbols.values[code]) not in self.begins:
                self.begins[symbol] = dates[first[code]].item()

    def _doubt(self, rows: Frame) -> None:
        """Count the doubtful rows by what is doubtful of their first figure that is."""
        doubt = rows.labels("doubt")
        codes = doubt.codes
        for period in self._periods:
            codes = np.where(codes == -1, rows.labels(f"{period}_doubt").codes, codes)
        found = np.flatnonzero(codes >= 0)
        for code in dict.fromkeys(codes[found].tolist()):
            own = found[codes[found] == code]
            kind = doubt.values[code]
            first, before = self.doubts.get(kind) or (rows.row(int(own[0])), 0)
            self.doubts[kind] = Some(first, before + len(own))

    def _state(self, found: Iterable[Finding]) -> None:
        for finding in found:
            first, count = self.stated or (finding, 0)
            self.stated = Some(min(first, finding, key=_when), count + 1)


def _when(finding: Finding) -> tuple[str, str, str]:
    return str(finding.session), finding.code, finding.symbol or ""


class RatesUsed:
    """What moves in one currency rest on, counted block by block, as ``OneCurrency.rows`` has them.

    ``currencies`` are those that moves are known of, in their order; ``earlier`` of the moves rest
    on a rate of an earlier date; ``lacking`` counts those without a figure by index, currency and
    reason.
    """

    def __init__(self) -> None:
        self.currencies: dict[str, None] = {}
        self.earlier = 0
        self.lacking: Counter[tuple[str, str | None, Reason]] = Counter()

    def add(self, rows: Frame) -> None:
        """Count a further block."""
        known = ~np.isnan(rows["converted_change_pct"])
        self.currencies |= dict.fromkeys(rows["currency"][known].tolist())
        earlier = (rows["fx_rate_session"] != rows["session"]) | (
            rows["prior_fx_rate_session"] != rows["prior_session"]
        )
        self.earlier += int(np.count_nonzero(known & earlier))
        lacking = rows.take(rows.has("converted_reason"))
        columns = (lacking[name].tolist() for name in ("symbol", "currency", "converted_reason"))
        self.lacking.update(zip(*columns, strict=True))
