"""The sessions of the exchange of one index, under the names that calendars usually have."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from marketmove.api.arguments import Date, date_of
from marketmove.config import load
from marketmove.errors import WrongUsageError
from marketmove.market import calendars
from marketmove.market.calendars import Calendar


@dataclass(frozen=True, eq=False, repr=False)
class SessionCalendar:
    """The sessions of the exchange of an index; made by ``calendar``.

    Dates are exchange-local. One that is not covered raises a ``WrongUsageError``: whether it was
    a session is not known.
    """

    symbol: str
    rules: Calendar

    @property
    def exchange(self) -> str:
        """The market identifier code of the exchange, such as ``XHKG``."""
        return self.rules.exchange

    @property
    def first(self) -> dt.date:
        """The first date that is covered, session or not."""
        return self.rules.first

    @property
    def last(self) -> dt.date:
        """The last date that is covered, session or not."""
        return self.rules.last

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """All sessions that are known, in order."""
        return pd.DatetimeIndex(self.rules.sessions.astype("datetime64[s]"), name="session")

    @property
    def first_session(self) -> dt.date:
        """The first session that is known."""
        return _date(self.sessions[0])

    @property
    def last_session(self) -> dt.date:
        """The last session that is known."""
        return _date(self.sessions[-1])

    def is_session(self, date: Date) -> bool:
        """Tell whether a date is a session."""
        return bool(self.rules.has(self._covered(date)))

    def previous_session(self, date: Date) -> dt.date:
        """Return the last session before a date."""
        day = self._covered(date)
        found = self.rules.until(day - dt.timedelta(days=1)) if day > self.first else None
        return self._known(found, f"before {day}")

    def next_session(self, date: Date) -> dt.date:
        """Return the first session after a date."""
        day = self._covered(date)
        return self._known(self.rules.following(day), f"after {day}")

    def sessions_in_range(self, start: Date, end: Date) -> pd.DatetimeIndex:
        """Return the sessions from one date to another, both included."""
        first, last = (self._covered(date) for date in (start, end))
        sessions = self.sessions
        return sessions[(sessions >= pd.Timestamp(first)) & (sessions <= pd.Timestamp(last))]

    def why_closed(self, date: Date) -> str | None:
        """Return the name of the holiday, or ``weekend``; None for a session.

        An empty text where there was no session, and the reason has no name.
        """
        day = self._covered(date)
        return None if self.rules.has(day) else self.rules.why_shut(day)

    def _covered(self, date: Date) -> dt.date:
        day = date_of(date)
        if not self.rules.covers(day):
            text = f"{day} is not covered: {self._reach()}"
            raise WrongUsageError.at(None, text)
        return day

    def _known(self, session: dt.date | None, where: str) -> dt.date:
        if session is None:
            raise WrongUsageError.at(None, f"no session {where} is known: {self._reach()}")
        return session

    def _reach(self) -> str:
        return f"the calendar of {self.exchange} is from {self.first} to {self.last}"

    def __repr__(self) -> str:
        count = len(self.rules.sessions)
        return (
            f"<SessionCalendar {self.symbol} ({self.exchange}):"
            f" {count:,} sessions, {self.first} to {self.last}>"
        )


def calendar(index: str, *, config: str | os.PathLike[str] | None = None) -> SessionCalendar:
    """Return the sessions of the exchange of an index.

    Parameters
    ----------
    index
        A symbol, name or alias, such as ``HSI``.
    config
        A configuration file, which may add indices and sessions; None for the bundled ones.

    Raises
    ------
    WrongUsageError
        If the index is not known, or no calendar of its exchange is.
    BadConfigError
        If the configuration or its sessions are not sound.

    Examples
    --------
    >>> hong_kong = calendar("Hang Seng")
    >>> hong_kong.is_session("2025-01-29"), hong_kong.why_closed("2025-01-29")
    (False, 'Lunar New Year')
    >>> str(hong_kong.previous_session("2025-02-03"))
    '2025-01-28'
    """
    settings = load(None if config is None else Path(config))
    known = settings.registry.find(index)
    if known is None:
        near = settings.registry.nearest(index)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise WrongUsageError.at(None, f"unknown index: {index}{hint}")
    rules = calendars.load([known.exchange], settings.sessions).get(known.exchange)
    if rules is None:
        raise WrongUsageError.at(None, f"no calendar of the exchange of {known.symbol} is known")
    return SessionCalendar(known.symbol, rules)


def _date(stamp: pd.Timestamp) -> dt.date:
    return stamp.date()
