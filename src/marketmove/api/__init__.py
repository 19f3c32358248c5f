"""The program for notebooks and scripts: typed functions over files and DataFrames.

Each function asks the command of its name and returns its report, with DataFrames in the place of
CSV. Nothing here prints, or reads the clock, the environment or the user's own configuration. What
the command line prints as a warning is a ``MarketMoveWarning`` here, and the result keeps it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, TypeVar

import pandas as pd

from marketmove.api import closes as given
from marketmove.api.closes import Closes, CloseTable, Date, File, Texts, read_closes
from marketmove.api.results import MarketMoveWarning, Result, SessionResult, warned
from marketmove.commands import calc as calc_command
from marketmove.commands import check as check_command
from marketmove.commands import history as history_command
from marketmove.commands import pair as pair_command
from marketmove.commands import session as session_command
from marketmove.commands import verify as verify_command
from marketmove.config import load
from marketmove.errors import WrongUsageError
from marketmove.market import calendars
from marketmove.market.choose import Comparison
from marketmove.market.names import find_index
from marketmove.market.periods import chosen_periods
from marketmove.published.figures import Figure
from marketmove.rarity.index_history import LEAST, WINDOW
from marketmove.render import check as check_render
from marketmove.render import history as history_render
from marketmove.render import pair as pair_render
from marketmove.render import session as session_render
from marketmove.render import verify as verify_render
from marketmove.reports import records
from marketmove.sources.typed import number_text

__all__ = [
    "CloseTable", "MarketMoveWarning", "Result", "SessionCalendar", "SessionResult", "calendar",
    "check", "history", "implied_prior_close", "pair", "read_closes", "session", "verify",
]  # fmt: skip

_T = TypeVar("_T")


def session(
    closes: Closes,
    date: Date = "latest",
    *,
    indices: Texts = (),
    groups: Texts = (),
    periods: Texts = (),
    as_of: dt.datetime | None = None,
    against: str | None = None,
    pairs: Texts = (),
    wide: bool = False,
    context: bool | None = None,
    floor_pct: float | None = None,
    in_currency: str = "",
    strict: bool = False,
    now: dt.datetime | None = None,
) -> SessionResult:
    """Work out one session: each index's move from its own last close before it.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or takes; or a file of published figures.
    date
        An ISO date, a date, or ``"latest"``: the last with a close.
    indices, groups
        Symbols, names or aliases; names of groups. All indices if neither is given.
    periods
        ``week``, ``month``, ``qtd``, ``ytd``, so many sessions (``5d``), calendar weeks, months or
        years (``2w``, ``3m``, ``1y``), ``since:2025-01-02``: measured beside the session, in
        columns of their own (``ytd_change_pct``, ``d5_change_pct``).
    as_of
        A moment, with its offset from UTC: each index has its last session that was over by then.
    against, pairs, wide
        Compare with this index; show such pairs as ``HSI:N225``; show pairs wider than usual.
    context
        True for columns that tell how rare each move is; False leaves it out altogether.
    in_currency
        Moves and pairs in one currency, such as ``USD``, by the rates among the closes, such as a
        column ``USDJPY``: each move compounded with that of its currency.
    floor_pct, strict
        The least size of a divergent pair's moves, in percent; whether each row that cannot be
        used is an error. Else an index whose figures rest on one is ``unusable``, with a warning.
    now
        The moment that tells which sessions are over, with its offset from UTC; None if all are.

    Raises
    ------
    NoSessionError, BadFiguresError
        If no chosen index has a close in the session; if rows that all figures rest on are
        unusable.
    WrongUsageError, UnreadableFileError, UnrecognisedFileError
        If what was asked for is not known; if a file cannot be read with certainty.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> day = session(root() / "samples" / "closes.csv", "2025-02-14", indices=["HSI", "N225"])
    >>> day.moves[["symbol", "close", "prior_close", "change_pts", "status"]]
      symbol     close  prior_close  change_pts status
    0    HSI  22620.33     21814.37      805.96     ok
    1   N225  39149.43     39461.47     -312.04     ok
    """
    day = given.parse_when(date)
    given.check_moment("as_of", as_of)
    given.check_moment("now", now)
    given.refuse(
        as_of is not None and day != "latest", f"{day} and as_of both give the date; leave one out"
    )
    request = session_command.SessionRequest(
        session=day,
        strict=strict,
        as_of=as_of,
        now=now,
        periods=chosen_periods(given.texts(periods)),
        comparison=Comparison(against, given.texts(pairs), wide),
        context=wide or context,
        pair_lines=True,
        in_currency=given.currency(in_currency),
        **given.asked(given.with_floor(closes, floor_pct), indices, groups),
    )
    return warned(SessionResult(session_command.session(request), session_render))


def history(
    closes: Closes,
    first: Date,
    last: Date = "latest",
    *,
    indices: Texts = (),
    groups: Texts = (),
    periods: Texts = (),
    shut_days: bool = False,
    in_currency: str = "",
    strict: bool = False,
    now: dt.datetime | None = None,
) -> Result[records.HistoryReport]:
    """Work out the moves of many sessions: a row a session and index.

    Parameters
    ----------
    first, last
        The range, both included; ``last`` may be ``"latest"``.
    shut_days
        Whether dates on which an index had no session, and another had one, are rows too.
    closes, indices, groups, periods, in_currency, strict, now
        As of ``session``.

    Raises
    ------
    NoSessionError, BadFiguresError, WrongUsageError, UnreadableFileError, UnrecognisedFileError
        As of ``session``.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> moves = history(root() / "samples" / "closes.csv", "2025-02-13", indices="HSI").frame
    >>> moves["change_pct"].head(2).round(2).tolist()
    [-0.2, 3.69]
    """
    given.check_moment("now", now)
    table, start = given.close_table(closes), given.parse_day(first)
    end = given.parse_when(last, start)
    request = history_command.HistoryRequest(
        start,
        end,
        strict=strict,
        shut_days=shut_days,
        periods=chosen_periods(given.texts(periods)),
        now=now,
        in_currency=given.currency(in_currency),
        **given.asked(table, indices, groups),
    )
    return warned(Result(history_command.history(request), history_render))


def pair(
    closes: Closes,
    one: str,
    other: str,
    *,
    since: Date | None = None,
    until: Date | None = None,
    window: int = WINDOW,
    floor_pct: float | None = None,
    in_currency: str = "",
    strict: bool = False,
    now: dt.datetime | None = None,
) -> Result[records.PairReport]:
    """Work out one pair through time, the spread of one move less the other: a row a session.

    Parameters
    ----------
    one, other
        Symbols, names or aliases.
    since, until
        The range, both included; None for as far as the closes go.
    window
        How many common sessions before it each spread is held against, 60 or more.
    closes, floor_pct, in_currency, strict, now
        As of ``session``.

    Raises
    ------
    NoSessionError, BadFiguresError, WrongUsageError, UnreadableFileError, UnrecognisedFileError
        As of ``session``.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> hsi_n225 = pair(root() / "samples" / "closes.csv", "HSI", "N225", until="2025-02-14")
    >>> hsi_n225.frame[["spread_pp", "percentile"]].iloc[-1].round(2).tolist()
    [4.49, 96.8]
    """
    start = None if since is None else given.parse_day(since)
    end = None if until is None else given.parse_when(until, start)
    given.refuse(window < LEAST, f"window: {window} is below {LEAST}")
    given.check_moment("now", now)
    table = given.with_floor(closes, floor_pct)
    request = pair_command.PairRequest(
        one, other, start, end, table.sources, table.reading, table.config, window, strict, now
    )._replace(in_currency=given.currency(in_currency))
    return warned(Result(pair_command.pair(request), pair_render))


def check(closes: Closes, *, now: dt.datetime | None = None) -> Result[records.CheckReport]:
    """Say what is wrong with closes, or doubtful, each with its place: a row a finding.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or takes.
    now
        As of ``session``.

    Raises
    ------
    UnreadableFileError, UnrecognisedFileError, BadFiguresError
        If a file cannot be read with certainty, or there is not one usable close.

    Examples
    --------
    >>> tidy = {"date": ["2025-02-13", "2025-02-14"], "symbol": "HSI", "close": [21814.37, "22,62"]}
    >>> check(pd.DataFrame(tidy)).frame[["severity", "symbol", "place"]]
      severity symbol        place
    0    error    HSI  DataFrame:1
    """
    given.check_moment("now", now)
    table = given.close_table(closes)
    report = check_command.check(table.sources, table.reading, table.config, now)
    return Result(report, check_render)


def verify(
    report: File | BinaryIO, closes: Closes, *, indices: Texts = (), groups: Texts = ()
) -> Result[records.VerifyReport]:
    """Hold the figures that a report printed against closes: a verdict a row.

    Parameters
    ----------
    report
        A file of published figures, as ``samples/published/`` has them, or an open stream of one.
    closes, indices, groups
        As of ``session``.

    Raises
    ------
    NoSessionError, BadFiguresError, WrongUsageError, UnreadableFileError, UnrecognisedFileError
        As of ``session``; also if the report has no figure of the chosen indices.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> samples = root() / "samples"
    >>> held = verify(samples / "published" / "2025-02-04.yaml", samples / "closes.csv")
    >>> held.frame["verdict"].value_counts().to_dict(), held.report.found
    ({'disagrees': 3, 'agrees': 1, 'no_session': 1}, True)
    """
    known = given.asked(given.close_table(closes), indices, groups)
    request = verify_command.VerifyRequest(given.opened_one(report), **known)
    return warned(Result(verify_command.verify(request), verify_render))


def implied_prior_close(close: str | Decimal | float, change_pct: str | Decimal | float) -> Figure:
    """Work out the prior close, and between what bounds, that printed figures imply.

    Parameters
    ----------
    close, change_pct
        Index points and percent. Text (``"+3.51%"``) and Decimal say how they were rounded.

    Raises
    ------
    WrongUsageError
        If one is no such number; with both problems.

    Examples
    --------
    >>> value, low, high = implied_prior_close("22,579.05", "+3.51%")
    >>> print(f"{value:.2f} ({low:.2f} to {high:.2f})")
    21813.40 (21812.34 to 21814.46)
    """
    printed = [v if isinstance(v, str) else number_text(v) for v in (close, change_pct)]
    return calc_command.calc(printed[0], None, printed[1]).prior_close


@dataclass(frozen=True, eq=False, repr=False)
class SessionCalendar:
    """The sessions of an index's exchange, in order; what ``rules`` do not cover is an error."""

    symbol: str
    rules: calendars.Calendar
    sessions: pd.DatetimeIndex
    first_session: dt.date
    last_session: dt.date

    def is_session(self, date: Date) -> bool:
        """Tell whether a date is a session."""
        return self._known(self.rules.has(given.parse_day(date)), date)

    def previous_session(self, date: Date) -> dt.date:
        """Return the last session before a date."""
        return self._known(self.rules.until(given.parse_day(date) - dt.timedelta(days=1)), date)

    def next_session(self, date: Date) -> dt.date:
        """Return the first session after a date."""
        return self._known(self.rules.following(given.parse_day(date)), date)

    def why_closed(self, date: Date) -> str | None:
        """Return the name of the holiday, ``weekend``, or "" if it has none; None for a session."""
        return None if self.is_session(date) else self.rules.why_shut(given.parse_day(date))

    def _known(self, found: _T | None, date: Date) -> _T:
        if found is None:
            reach = f"{self.rules.exchange} is from {self.rules.first} to {self.rules.last}"
            raise WrongUsageError.at(None, f"{date}: not known, the calendar of {reach}")
        return found

    def __repr__(self) -> str:
        sessions = f"{len(self.sessions):,} sessions, {self.rules.first} to {self.rules.last}"
        return f"<SessionCalendar {self.symbol} ({self.rules.exchange}): {sessions}>"


def calendar(index: str, *, config: File | None = None) -> SessionCalendar:
    """Return the sessions of the exchange of an index.

    Parameters
    ----------
    index
        A symbol, name or alias.
    config
        A configuration file, which may add indices and sessions; None for the bundled ones.

    Raises
    ------
    WrongUsageError, BadConfigError, UnreadableFileError
        If the index or its exchange is not known, or the configuration is not sound.

    Examples
    --------
    >>> hong_kong = calendar("Hang Seng")
    >>> hong_kong.is_session("2025-01-29"), hong_kong.why_closed("2025-01-29")
    (False, 'Lunar New Year')
    """
    settings = load(None if config is None else Path(config))
    symbol = find_index(index, list(settings.registry.indices), settings.registry)
    exchange = settings.registry.resolve(symbol).exchange
    rules = calendars.load([exchange], settings.sessions).get(exchange)
    if rules is None:
        raise WrongUsageError.at(None, f"no calendar of the exchange of {symbol} is known")
    sessions = pd.DatetimeIndex(rules.sessions.astype("datetime64[s]"), name="session")
    return SessionCalendar(symbol, rules, sessions, sessions[0].date(), sessions[-1].date())
