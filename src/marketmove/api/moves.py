"""Moves from closes: one session, many sessions, one pair through time."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from marketmove.api import arguments
from marketmove.api.arguments import Date, Texts
from marketmove.api.closes import Closes, table_of, warn
from marketmove.api.results import HistoryResult, PairResult, SessionResult
from marketmove.commands import history as history_command
from marketmove.commands import pair as pair_command
from marketmove.commands import session as session_command
from marketmove.config import with_choices
from marketmove.errors import BadFiguresError, WrongUsageError
from marketmove.market.choose import Comparison
from marketmove.market.groups import find_groups
from marketmove.rarity.index_history import LEAST, WINDOW


def session(
    closes: Closes,
    date: Date = "latest",
    *,
    indices: Texts | None = None,
    groups: Texts | None = None,
    periods: Texts = (),
    as_of: dt.datetime | None = None,
    against: str | None = None,
    pairs: Texts | None = None,
    wide: bool = False,
    context: bool | None = None,
    floor_pct: float | None = None,
    top: int | None = None,
    sort: Literal["change", "name", "given"] | None = None,
    strict: bool = False,
) -> SessionResult:
    """Work out one session: each index's move from its own last close before it.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or anything that it takes; or a file of published figures.
    date
        An ISO date, a date, or ``"latest"``: the last with a close.
    indices
        Symbols, names or aliases; all of the closes if neither they nor groups are given.
    groups
        Names of groups, whose indices are taken and summed up.
    periods
        ``week``, ``month``, ``ytd``: measured beside the session, in columns of their own.
    as_of
        A moment, with its offset from UTC: each index has its last session that was over by then.
    against
        Compare each index with this one, instead of all with all.
    pairs
        Pairs to show whatever their signs, such as ``HSI:N225``.
    wide
        Pairs wider than 95 % of their own past instead of divergent ones.
    context
        True for columns that tell how rare each move is; False leaves it out of ``to_dict`` too.
    floor_pct
        The least size of both moves of a divergent pair, in percent, included.
    top
        The most divergent pairs to give; None for all.
    sort
        The order of rows: ``change`` (highest first), ``name`` or ``given``.
    strict
        Whether every row that cannot be used is an error, also where no figure rests on it.

    Returns
    -------
    SessionResult
        With ``moves`` and ``divergences`` (frames), ``breadth``, ``warnings``, ``notes``.

    Raises
    ------
    NoSessionError
        If no chosen index has a close in the session.
    BadFiguresError
        If rows that the figures rest on cannot be used; with all of them.
    WrongUsageError
        If an index, group or option is not known.
    UnreadableFileError, UnrecognisedFileError
        If a file cannot be read with certainty.

    Warns
    -----
    MarketMoveWarning
        For each thing that may make figures other than they seem.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> day = session(root() / "samples" / "closes.csv", "2025-02-14", indices=["HSI", "N225"])
    >>> day.moves[["symbol", "close", "prior_close", "change_pts", "status"]]
      symbol     close  prior_close  change_pts status
    0    HSI  22620.33     21814.37      805.96     ok
    1   N225  39149.43     39461.47     -312.04     ok
    >>> day.divergences[["up", "down", "spread_pp"]].round(2)
        up  down  spread_pp
    0  HSI  N225       4.49
    """
    table = table_of(closes)
    when = arguments.when_of(date)
    config = with_choices(
        table.config, floor_pct=arguments.percent_of(floor_pct), sort=arguments.sort_of(sort)
    )
    report = session_command.session(
        session_command.SessionRequest(
            session=when,
            levels=table.sources,
            chosen=arguments.texts_of(indices),
            reading=table.reading,
            config=config,
            strict=strict,
            pairs=arguments.at_least(top, 1, "top"),
            as_of=arguments.moment_of(as_of, when),
            periods=arguments.periods_of(periods),
            comparison=Comparison(against, arguments.texts_of(pairs), wide),
            context=True if wide else context,
            groups=find_groups(arguments.texts_of(groups), config.groups),
        )
    )
    warn(report.warnings)
    return SessionResult(report)


def history(
    closes: Closes,
    first: Date,
    last: Date = "latest",
    *,
    indices: Texts | None = None,
    groups: Texts | None = None,
    periods: Texts = (),
    shut_days: bool = False,
    strict: bool = False,
) -> HistoryResult:
    """Work out the moves of many sessions, tidy: a row a session and index.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or anything that it takes.
    first, last
        The range, both included: ISO dates or dates; ``last`` may be ``"latest"``.
    indices, groups, periods, strict
        As of ``session``.
    shut_days
        Whether dates on which an index had no session, and another had one, are rows too.

    Returns
    -------
    HistoryResult
        With ``moves`` (a frame), ``warnings``, ``notes``.

    Raises
    ------
    NoSessionError
        If no chosen index has a close in the range.
    BadFiguresError
        If rows that the moves rest on cannot be used; with all of them.
    WrongUsageError
        If an index, group or option is not known, or the range is none.

    Warns
    -----
    MarketMoveWarning
        For each thing that may make figures other than they seem.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> closes = root() / "samples" / "closes.csv"
    >>> moves = history(closes, "2025-02-13", "2025-02-14", indices=["HSI", "N225"]).moves
    >>> moves[["session", "symbol", "change_pct"]].round({"change_pct": 2})
         session symbol  change_pct
    0 2025-02-13    HSI       -0.20
    1 2025-02-13   N225        1.28
    2 2025-02-14    HSI        3.69
    3 2025-02-14   N225       -0.79
    """
    table = table_of(closes)
    start, end = arguments.range_of(first, last, ("first", "last"))
    if start is None or end is None:
        raise WrongUsageError.at(None, "history needs a first and a last date")
    report = history_command.history(
        history_command.HistoryRequest(
            first=start,
            last=end,
            levels=table.sources,
            chosen=arguments.texts_of(indices),
            reading=table.reading,
            config=table.config,
            strict=strict,
            shut_days=shut_days,
            periods=arguments.periods_of(periods),
            groups=find_groups(arguments.texts_of(groups), table.config.groups),
        )
    )
    if report.unusable:
        raise BadFiguresError(report.unusable)
    warn(report.warnings)
    return HistoryResult(report)


def pair(
    closes: Closes,
    one: str,
    other: str,
    *,
    since: Date | None = None,
    until: Date | None = None,
    window: int = WINDOW,
    floor_pct: float | None = None,
    strict: bool = False,
) -> PairResult:
    """Work out one pair through time: the spread of one move less the other.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or anything that it takes.
    one, other
        Symbols, names or aliases.
    since, until
        The range, both included; None for as far as the closes go.
    window
        How many common sessions before it each spread is held against, 60 or more.
    floor_pct
        The least size of both moves of a split session, in percent, included.
    strict
        As of ``session``.

    Returns
    -------
    PairResult
        With ``frame`` (a row a common session), ``summary``, ``warnings``, ``notes``.

    Raises
    ------
    NoSessionError
        If the two have no common session in the range.
    BadFiguresError
        If rows that the spreads may rest on cannot be used; with all of them.
    WrongUsageError
        If an index is not known, both are the same, or an option is not one.

    Warns
    -----
    MarketMoveWarning
        For each thing that may make figures other than they seem.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> hsi_n225 = pair(root() / "samples" / "closes.csv", "HSI", "N225", until="2025-02-14")
    >>> latest = hsi_n225.frame.iloc[-1]
    >>> f"{latest.spread_pp:.2f} pp, wider than {latest.percentile:.1f}% of {latest.n} sessions"
    '4.49 pp, wider than 96.8% of 250 sessions'
    """
    table = table_of(closes)
    start, end = arguments.range_of(since, until, ("since", "until"))
    arguments.at_least(window, LEAST, "window")
    report = pair_command.pair(
        pair_command.PairRequest(
            one=one,
            other=other,
            since=start,
            until=end,
            levels=table.sources,
            reading=table.reading,
            config=with_choices(table.config, floor_pct=arguments.percent_of(floor_pct)),
            window=window,
            strict=strict,
        )
    )
    warn(report.warnings)
    return PairResult(report)
