"""The program for notebooks and scripts: typed functions over files and DataFrames.

Each function asks the command of its name and returns its report, with DataFrames in the place of
CSV. Nothing here prints, or reads the clock, the environment or the user's own configuration. What
the command line prints as a warning is a ``MarketMoveWarning`` here, and the result keeps it.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Generic, TypeVar

import pandas as pd

from marketmove.closes.find import When, find_closes, named
from marketmove.closes.levels import Levels
from marketmove.closes.read import read_levels
from marketmove.commands import calc as calc_command
from marketmove.commands import check as check_command
from marketmove.commands import history as history_command
from marketmove.commands import pair as pair_command
from marketmove.commands import session as session_command
from marketmove.commands import verify as verify_command
from marketmove.config import Config, load, with_choices
from marketmove.errors import BadFiguresError, Remark, WrongUsageError, by_place
from marketmove.market import calendars
from marketmove.market.choose import Comparison, choose
from marketmove.market.groups import find_groups
from marketmove.market.periods import chosen_periods
from marketmove.moves.divergence import Divergence
from marketmove.published.figures import Figure
from marketmove.rarity.index_history import LEAST, WINDOW
from marketmove.render import RenderOptions
from marketmove.render import check as check_render
from marketmove.render import history as history_render
from marketmove.render import pair as pair_render
from marketmove.render import session as session_render
from marketmove.render import verify as verify_render
from marketmove.reports import records
from marketmove.reports.documents import plain
from marketmove.reports.frames import typed_frame
from marketmove.sources import ReadOptions, Source, open_all, open_source
from marketmove.sources.block import read_options
from marketmove.sources.frames import FRAME_LABEL, frame_source, number_text

# An ISO date as text, or a date; a Timestamp at midnight is one too.
Date = str | dt.date
Texts = str | Iterable[str]
File = str | os.PathLike[str]
# A file or a folder, an open stream of bytes, or a frame.
OneSource = File | BinaryIO | pd.DataFrame
ReportT = TypeVar("ReportT")
_T = TypeVar("_T")


class MarketMoveWarning(UserWarning):
    """Figures may not be what they seem; the result's ``warnings`` say it too."""


@dataclass(frozen=True, eq=False, repr=False)
class Result(Generic[ReportT]):
    """What a command found: ``report`` has each figure under its name; it prints as the table."""

    report: ReportT
    render: ModuleType

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows of the command's CSV, under its columns."""
        names, *rows = self.render.csv_table(self.report)
        return typed_frame(names, rows)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make figures other than they seem: ``code``, ``text``, ``symbol``, ``place``."""
        return getattr(self.report, "warnings", ())

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What helps to read the figures, in the form of ``warnings``."""
        return getattr(self.report, "notes", ())

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        document: dict[str, Any] = plain(self.render.document(self.report))
        return document

    def __repr__(self) -> str:
        return "".join(self.render.as_table(self.report, RenderOptions())).rstrip("\n")


class SessionResult(Result[records.SessionReport]):
    """One session: beside ``moves``, which is ``frame``, the pairs that diverge."""

    @property
    def moves(self) -> pd.DataFrame:
        """A row an index; without a move, ``status`` says why."""
        return self.frame

    @cached_property
    def divergences(self) -> pd.DataFrame:
        """The divergent pairs, or those asked for, under the keys of JSON."""
        pairs = self.report.divergences
        return typed_frame(Divergence._fields, [tuple(plain(pair).values()) for pair in pairs])


@dataclass(frozen=True, eq=False, repr=False)
class CloseTable:
    """Closing levels as opened, what was said of them, and settings; from ``read_closes``."""

    sources: tuple[Source, ...]
    reading: ReadOptions
    config: Config

    @cached_property
    def _levels(self) -> Levels:
        settings = self.config.closes
        return read_levels(find_closes(self.sources, settings).sources, self.reading, settings)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Each ``date``, ``symbol`` and ``close``, also those that figures leave out."""
        closes = self._levels.frame.rename(columns={"session": "date"})
        closes = closes[["date", "symbol", "close"]].astype({"symbol": "object"})
        return closes.sort_values(["date", "symbol"], ignore_index=True)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The indices, in the order of the files."""
        return self._levels.symbols

    @cached_property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make the closes other than they seem: rows that cannot be used, and the like."""
        coded = [("reading", problem) for problem in self._levels.warnings]
        unusable = sorted((fault.problem for fault in self._levels.faults), key=by_place)
        coded = [*(("unusable_row", problem) for problem in unusable), *coded]
        return tuple(Remark(code, p.text, place=p.place) for code, p in coded)

    def __repr__(self) -> str:
        dates = f"{self.frame['date'].min():%Y-%m-%d} to {self.frame['date'].max():%Y-%m-%d}"
        indices = "1 index" if len(self.symbols) == 1 else f"{len(self.symbols)} indices"
        label = named([source.label for source in self.sources])
        return f"<CloseTable {label}: {len(self.frame):,} closes of {indices}, {dates}>"


_ResultT = TypeVar("_ResultT", bound=Result[Any])
Closes = CloseTable | OneSource | Iterable[OneSource]


def read_closes(
    closes: OneSource | Iterable[OneSource],
    *,
    symbol: str | None = None,
    decimal: str | None = None,
    date_format: str | None = None,
    encoding: str | None = None,
    config: File | None = None,
) -> CloseTable:
    """Read closing levels, and warn of rows that cannot be used.

    The other functions take the result; or what this takes, where no option is needed.

    Parameters
    ----------
    closes
        A path, a folder, an open stream of bytes or a DataFrame, or several of them. A frame is
        tidy (``date``, ``symbol``, ``close``) or wide (dates in the index or a column, one column
        an index), and read by the rules of files; places in it are positions, as ``iloc`` counts.
    symbol, decimal, date_format, encoding
        As ``--symbol`` and the like, where the closes leave it open.
    config
        A configuration file, used wherever these closes are; None for the bundled defaults.

    Raises
    ------
    UnreadableFileError, UnrecognisedFileError, BadFiguresError, BadConfigError, WrongUsageError
        If a file, the configuration or an option cannot be used with certainty.

    Examples
    --------
    >>> wide = pd.DataFrame({"HSI": [1.5, 1.6]}, pd.to_datetime(["2025-02-13", "2025-02-14"]))
    >>> read_closes(wide)
    <CloseTable DataFrame: 2 closes of 1 index, 2025-02-13 to 2025-02-14>
    """
    settings = load(None if config is None else Path(config))
    table = _opened(closes, read_options(symbol, decimal, date_format, encoding), settings)
    unusable = [remark for remark in table.warnings if remark.code == "unusable_row"]
    said = [str(remark) for remark in table.warnings[len(unusable) :]]
    if unusable:
        rows = "a row" if len(unusable) == 1 else f"{len(unusable):,} rows"
        said.insert(0, f"{rows} cannot be used; the first: {unusable[0]}")
    for text in said:
        warnings.warn(text, MarketMoveWarning, stacklevel=2)
    return table


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
    strict: bool = False,
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
        ``week``, ``month``, ``ytd``: measured beside the session, in columns of their own.
    as_of
        A moment, with its offset from UTC: each index has its last session that was over by then.
    against, pairs, wide
        Compare with this index; show such pairs as ``HSI:N225``; show pairs wider than usual.
    context
        True for columns that tell how rare each move is; False leaves it out altogether.
    floor_pct, strict
        The least size of a divergent pair's moves, in percent; whether each row that cannot be
        used is an error, also where no figure rests on it.

    Raises
    ------
    NoSessionError, BadFiguresError
        If no chosen index has a close in the session; if rows that figures rest on are unusable.
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
    day = _when(date)
    if as_of is not None and not (isinstance(as_of, dt.datetime) and as_of.tzinfo):
        text = f"as_of: {as_of!r} is not a datetime with its offset from UTC"
        raise WrongUsageError.at(None, f"{text}, such as datetime.now(timezone.utc)")
    _refuse(as_of is not None and day != "latest", f"{day} and as_of both say when; leave one out")
    request = session_command.SessionRequest(
        session=day,
        strict=strict,
        as_of=as_of,
        periods=chosen_periods(_texts(periods)),
        comparison=Comparison(against, _texts(pairs), wide),
        context=wide or context,
        **_asked(_with(closes, floor_pct), indices, groups),
    )
    return _warned(SessionResult(session_command.session(request), session_render))


def history(
    closes: Closes,
    first: Date,
    last: Date = "latest",
    *,
    indices: Texts = (),
    groups: Texts = (),
    periods: Texts = (),
    shut_days: bool = False,
    strict: bool = False,
) -> Result[records.HistoryReport]:
    """Work out the moves of many sessions: a row a session and index.

    Parameters
    ----------
    first, last
        The range, both included; ``last`` may be ``"latest"``.
    shut_days
        Whether dates on which an index had no session, and another had one, are rows too.
    closes, indices, groups, periods, strict
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
    table, start = _table(closes), _day(first)
    end = _when(last, start)
    chosen, asked = chosen_periods(_texts(periods)), _asked(table, indices, groups)
    request = history_command.HistoryRequest(
        start, end, strict=strict, shut_days=shut_days, periods=chosen, **asked
    )
    report = history_command.history(request)
    if report.unusable:
        raise BadFiguresError(report.unusable)
    return _warned(Result(report, history_render))


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
    closes, floor_pct, strict
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
    start = None if since is None else _day(since)
    end = None if until is None else _when(until, start)
    _refuse(window < LEAST, f"window: {window} is below {LEAST}")
    table = _with(closes, floor_pct)
    request = pair_command.PairRequest(
        one, other, start, end, table.sources, table.reading, table.config, window, strict
    )
    return _warned(Result(pair_command.pair(request), pair_render))


def check(closes: Closes, *, today: Date | None = None) -> Result[records.CheckReport]:
    """Say what is wrong with closes, or doubtful, each with its place: a row a finding.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or takes.
    today
        The date after which a session is in the future; None to let every date be.

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
    table, day = _table(closes), dt.date.max if today is None else _day(today)
    report = check_command.check(table.sources, table.reading, table.config, day)
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
    asked = _asked(_table(closes), indices, groups)
    request = verify_command.VerifyRequest(_opened_one(report), **asked)
    return _warned(Result(verify_command.verify(request), verify_render))


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
    texts = [v if isinstance(v, str) else number_text(v) for v in (close, change_pct)]
    return calc_command.calc(texts[0], None, texts[1]).prior_close


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
        return self._known(self.rules.has(_day(date)), date)

    def previous_session(self, date: Date) -> dt.date:
        """Return the last session before a date."""
        return self._known(self.rules.until(_day(date) - dt.timedelta(days=1)), date)

    def next_session(self, date: Date) -> dt.date:
        """Return the first session after a date."""
        return self._known(self.rules.following(_day(date)), date)

    def why_closed(self, date: Date) -> str | None:
        """Return the name of the holiday, ``weekend``, or "" if it has none; None for a session."""
        return None if self.is_session(date) else self.rules.why_shut(_day(date))

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
    (symbol,), _ = choose([index], list(settings.registry.indices), settings.registry)
    exchange = settings.registry.resolve(symbol).exchange
    rules = calendars.load([exchange], settings.sessions).get(exchange)
    if rules is None:
        raise WrongUsageError.at(None, f"no calendar of the exchange of {symbol} is known")
    sessions = pd.DatetimeIndex(rules.sessions.astype("datetime64[s]"), name="session")
    return SessionCalendar(symbol, rules, sessions, sessions[0].date(), sessions[-1].date())


def _table(closes: Closes) -> CloseTable:
    """Closes as they were handed in; what is no table with the bundled defaults."""
    return closes if isinstance(closes, CloseTable) else _opened(closes, ReadOptions(), load(None))


def _with(closes: Closes, floor_pct: float | None) -> CloseTable:
    """Closes with this floor instead of that of their configuration."""
    wrong = floor_pct is not None and not 0 <= floor_pct < math.inf
    _refuse(wrong, f"floor_pct: {floor_pct} is not a percentage such as 0.5")
    table = _table(closes)
    return replace(table, config=with_choices(table.config, floor_pct=floor_pct))


def _opened(closes: Any, reading: ReadOptions, config: Config) -> CloseTable:
    alone = isinstance(closes, str | os.PathLike | pd.DataFrame) or hasattr(closes, "read")
    items = [closes] if alone or not isinstance(closes, Iterable) else list(closes)
    _refuse(not items, "closes: an empty list; name a file or pass a DataFrame")
    names = [f"closes[{n}]" for n in range(len(items))] if len(items) > 1 else [""]
    opened = [_opened_one(*each, reading.decimal) for each in zip(items, names, strict=True)]
    return CloseTable(tuple(open_all(opened)), reading, config)


def _opened_one(item: Any, name: str = "", decimal: str | None = None) -> Source | Path:
    """A stream or a frame, opened and called by a name; a path is given as such."""
    if isinstance(item, pd.DataFrame):
        return frame_source(item, decimal, name or FRAME_LABEL)
    if isinstance(item, str | os.PathLike):
        return Path(item)
    text = f"closes: {type(item).__name__} is no path, open stream of bytes or DataFrame"
    _refuse(not hasattr(item, "read"), text)
    label = getattr(item, "name", None)
    return open_source(item, label if isinstance(label, str) else name or "<stream>")


def _asked(table: CloseTable, indices: Texts, groups: Texts) -> dict[str, Any]:
    """What the requests of commands share."""
    known = {"levels": table.sources, "reading": table.reading, "config": table.config}
    found = find_groups(_texts(groups), table.config.groups)
    return {**known, "chosen": _texts(indices), "groups": found}


def _warned(result: _ResultT) -> _ResultT:
    """The result, after the caller of the function that gives it was warned."""
    for remark in result.warnings:
        warnings.warn(str(remark), MarketMoveWarning, stacklevel=3)
    return result


def _when(value: Date, first: dt.date | None = None) -> When:
    return "latest" if isinstance(value, str) and value == "latest" else _day(value, first)


def _day(value: Date, first: dt.date | None = None) -> dt.date:
    """A date, and none before the first."""
    day: Any = value
    if isinstance(value, str):
        with suppress(ValueError):
            day = dt.datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a date is a label
    if isinstance(day, dt.datetime) and day == day and not day.tzinfo and day.time() == dt.time():
        day = day.date()
    if isinstance(day, dt.datetime) or not isinstance(day, dt.date):
        raise WrongUsageError.at(None, f"{value} is not a date; expected such as 2025-02-14")
    _refuse(bool(first and first > day), f"{first} is after {day}; the first date comes first")
    return day


def _texts(value: Texts) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _refuse(wrong: bool, text: str) -> None:
    if wrong:
        raise WrongUsageError.at(None, text)
