"""The move of an index from its own prior close to its close, exact, and only if both are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from marketmove.frame import Frame

Status = Literal[
    "ok", "closed", "pending", "stale", "missing", "no_prior", "bound", "unusable", "unknown",
    "no_rate",
]  # fmt: skip
Basis = Literal["closes", "published"]


# What is counted, and so whole.
COUNTS = ("gap_sessions", "sessions_behind", "streak", "size_n")


class PeriodMove(NamedTuple):
    """The change from an index's last close before a period, such as the year, to its close.

    In index points and percent; None where one of the two closes is not known, or the last before
    is too old to be that of the period. ``doubt`` is as in ``Move``. ``reason`` tells why there
    is a close and no change: ``no_earlier_close``, ``too_old``, or ``not_begun`` before the date
    that a period is since, ``unusable``; None if there is one.
    """

    prior_session: dt.date | None
    prior_close: float | None
    change_pts: float | None
    change_pct: float | None
    doubt: str | None = None
    reason: str | None = None


def exact(value: float) -> Decimal:
    """Give the decimal that a figure was written as: the shortest that reads as the same float."""
    return Decimal(repr(float(value)))


Reason = Literal[
    "not_money", "no_currency", "no_rates", "no_rate", "no_prior_rate", "jump", "other_way"
]


class Conversion(NamedTuple):
    """The move of an index in another currency, and what it is made of; in percent.

    ``rate`` is units of ``to`` for one of ``currency``, of ``rate_session``; ``prior_rate`` that
    of the prior session. ``fx_effect_pp`` is what the currency adds to ``local_change_pct``, that
    is ``fx_change_pct`` × (1 + local); the move is ``change_pct``. ``reason`` tells why there is
    none though there is a local one.
    """

    to: str
    currency: str | None
    local_change_pct: float | None = None
    rate: float | None = None
    rate_session: dt.date | None = None
    prior_rate: float | None = None
    prior_rate_session: dt.date | None = None
    fx_change_pct: float | None = None
    fx_effect_pp: float | None = None
    change_pct: float | None = None
    reason: Reason | None = None


# The columns that moves in one currency add, with the fields of ``Conversion``; and each period.
FX_FIELDS = {
    "currency": "currency",
    "in_currency": "to",
    "fx_rate": "rate",
    "fx_rate_session": "rate_session",
    "prior_fx_rate": "prior_rate",
    "prior_fx_rate_session": "prior_rate_session",
    "fx_change_pct": "fx_change_pct",
    "fx_effect_pp": "fx_effect_pp",
    "converted_change_pct": "change_pct",
    "converted_reason": "reason",
}
PERIOD_FX = tuple(FX_FIELDS)[4:]


class Move(NamedTuple):
    """One index in one session, full precision; None where a figure is not known.

    ``_pts`` are index points, ``_pct`` percent (1.5 is 1.5 %). ``change_pct_over`` and
    ``change_pct_under`` are the bounds that a report printed instead of a figure, not included.
    ``_low`` and ``_high`` enclose what is implied by rounded figures. ``source`` is the
    ``file:line`` of the close or, without one, of the prior close. ``gap_sessions`` counts the
    sessions between the prior session and this one that the data lacks; ``closed_for`` names why
    the exchange was shut, and ``reopens`` is its next session. ``sessions_behind`` counts the
    sessions that are over since the last close, where there is none of this one. ``weekday_before``
    is the exchange's last trading weekday before. ``doubt`` says as a code of ``Doubt`` why the
    figures are doubtful, None if they are not. ``periods`` has the change since the last close
    before each period, by its name. In one currency, percents are of that currency, and ``fx`` says
    what each is made of, by the name of its period, that of the session under ""; without a rate
    for it the status is ``no_rate``, of people alone: ``local`` is what machines have.
    """

    symbol: str
    name: str
    status: Status
    basis: Basis
    close: float | None = None
    prior_session: dt.date | None = None
    prior_close: float | None = None
    change_pts: float | None = None
    change_pct: float | None = None
    source: str = ""
    change_pct_over: float | None = None
    change_pct_under: float | None = None
    prior_close_low: float | None = None
    prior_close_high: float | None = None
    change_pts_low: float | None = None
    change_pts_high: float | None = None
    change_pct_low: float | None = None
    change_pct_high: float | None = None
    decimals: int = 2
    session: dt.date | None = None
    gap_sessions: int | None = None
    closed_for: str | None = None
    reopens: dt.date | None = None
    sessions_behind: int | None = None
    weekday_before: dt.date | None = None
    doubt: str | None = None
    periods: Mapping[str, PeriodMove] = MappingProxyType({})
    fx: Mapping[str, Conversion] = MappingProxyType({})

    def converted(self) -> Move:
        """Give the move in the currency of ``fx``, in place of its own."""
        own = self.fx[""]
        periods = {
            name: of._replace(change_pct=self.fx[name].change_pct)
            for name, of in self.periods.items()
        }
        status: Status = "no_rate" if self.status == "ok" and own.reason else self.status
        return self._replace(status=status, change_pct=own.change_pct, periods=periods)

    @property
    def local(self) -> Move:
        """Give the move in points of the index, as it was before it was put into one currency."""
        if not self.fx:
            return self
        periods = {
            name: of._replace(change_pct=self.fx[name].local_change_pct)
            for name, of in self.periods.items()
        }
        status: Status = "ok" if self.status == "no_rate" else self.status
        own = self.fx[""].local_change_pct
        return self._replace(status=status, change_pct=own, periods=periods)

    def over(self, period: str) -> Move:
        """Give the move over a period in place of that of the session; without one, no prior.

        One that has no change keeps its close: it is without a prior close of the period.
        """
        if self.fx:
            over = self.local._replace(fx={}).over(period)
            return over._replace(fx={**self.fx, "": self.fx[period]}).converted()
        of = self.periods.get(period, PeriodMove(None, None, None, None))
        status: Status = self.status
        if self.close is not None and status in {"ok", "no_prior"}:
            status = {None: "ok", "unusable": "unusable"}.get(of.reason, "no_prior")  # type: ignore[assignment]
        return self._replace(
            status=status,
            prior_session=of.prior_session,
            prior_close=of.prior_close,
            change_pts=of.change_pts,
            change_pct=of.change_pct,
            gap_sessions=None,
            doubt=of.doubt or (self.doubt if of.change_pct is None else None),
        )

    @property
    def counts(self) -> bool:
        """Tell whether there is a move, or a bound for one, that is not doubtful."""
        return self.status in {"ok", "bound"} and not self.doubt

    @property
    def up_by_pct(self) -> float | None:
        """The least that the index is known to have risen, in percent; negative if it fell."""
        return self.change_pct_over if self.change_pct is None else self.change_pct

    @property
    def down_by_pct(self) -> float | None:
        """The most that the index is known to have risen, in percent; negative if it fell."""
        return self.change_pct_under if self.change_pct is None else self.change_pct


def plain_column(rows: Frame, name: str) -> list[Any]:
    """Give a column of moves as Python has it: dates, whole numbers where it counts, or None."""
    values: list[Any] = rows[name].tolist()
    if name.endswith(COUNTS):
        return [None if value != value else int(value) for value in values]
    return [None if value != value else value for value in values]
