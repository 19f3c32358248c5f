"""The closes of the chosen indices, once the files are known: read, and judged by calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.find import CloseSettings, When
from marketmove.closes.levels import Levels, fold, rows_needed
from marketmove.closes.rebased import on_one_scale
from marketmove.closes.shut_days import on_shut_days, stamped_early, without
from marketmove.errors import NoSessionError, Remark, listed
from marketmove.frame import Frame
from marketmove.market import calendars
from marketmove.market.calendars import Calendar
from marketmove.market.choose import choose
from marketmove.market.clocks import last_completed, last_over, over_everywhere
from marketmove.market.groups import Group
from marketmove.market.indices import Exchange
from marketmove.market.periods import days_before
from marketmove.sources import Context, ReadOptions, Source, read_blocks
from marketmove.sources.file_names import index_of_file

if TYPE_CHECKING:
    from marketmove.sources.parts import RowFilter


_MOST_NAMED = 12


class ChosenCloses(NamedTuple):
    """The closes of the chosen indices, and what is known of their exchanges, by symbol.

    ``levels`` are without ghosts and such as are no close yet, and on one scale where the registry
    knows that there were two; ``shut`` has the closes of dates without a session, with a column
    ``ghost``, ``early`` those stamped before the close. ``absent`` warns of the indices that the
    data does not have.
    """

    levels: Levels
    symbols: list[str]
    shut: Frame
    early: Frame
    calendars: Mapping[str, Calendar]
    clocks: Mapping[str, Exchange]
    absent: list[Remark]

    def without(self, others: Iterable[str]) -> ChosenCloses:
        """Give the same without indices that are none; all where nothing else is there."""
        symbols = [symbol for symbol in self.symbols if symbol not in {*others}]
        return self._replace(symbols=symbols or self.symbols)


def read_closes(
    sources: Sequence[Source],
    reading: ReadOptions,
    settings: CloseSettings,
    chosen: Sequence[str],
    keep: RowFilter | None = None,
    groups: Sequence[Group] = (),
) -> ChosenCloses:
    """Read the closes that are asked for.

    Parameters
    ----------
    sources
        The files, as ``find_sources`` gives them.
    reading
        What the user said of them.
    settings
        The registry, words and clocks, and the user's own sessions.
    chosen
        The indices wanted, as typed; all if neither they nor groups are given.
    keep
        The rows that matter, where files are too large to hold; None for all.
    groups
        The groups wanted beside them, as ``find_groups`` gives them.

    Raises
    ------
    MarketMoveError
        If the files cannot be read, an index is not known, or the data has none of those chosen.
    """
    levels = read_levels(sources, reading, settings, keep)
    symbols, absent = choose(chosen, levels.symbols, settings.registry, groups)
    if absent and not {*symbols} & {*levels.symbols}:
        raise NoSessionError.at(None, _none_of(symbols, levels))
    return by_calendar(levels, symbols, settings)._replace(absent=absent)


def _none_of(symbols: Sequence[str], levels: Levels) -> str:
    """Say that the data has none of the indices chosen, and what it has instead."""
    have = "has no close" if len(symbols) == 1 else "have no close"
    text = f"{listed(symbols)} {have} in the data; it has {listed(levels.symbols, _MOST_NAMED)}"
    if len(levels.symbols) == 1 and not levels.registry.find(levels.symbols[0]):
        text += ", which is not a known index; --symbol names it"
    return text


def read_levels(
    sources: Sequence[Source],
    reading: ReadOptions,
    settings: CloseSettings,
    keep: RowFilter | None = None,
) -> Levels:
    """Read closes as the files have them, ghosts and all; parameters as of ``read_closes``."""
    context = Context(settings.registry, settings.words, settings.exchanges, settings.progress)
    later_wins = reading.later_wins or settings.prefer == "later"
    return fold(read_blocks(sources, reading, context, keep), settings.registry, later_wins)


def by_calendar(levels: Levels, symbols: Sequence[str], settings: CloseSettings) -> ChosenCloses:
    """Take out what is no close, and add what is known of the exchanges of some indices.

    Parameters
    ----------
    levels
        The closes, as ``read_levels`` gives them.
    symbols
        The indices wanted, also such as the closes do not have.
    settings
        The registry, the clocks and the user's own sessions.
    """
    known, clocks = exchanges_of(symbols, settings)
    early = stamped_early(levels, known, clocks)
    levels = without(levels, early["row"])
    shut = on_shut_days(levels, known)
    sound = on_one_scale(without(levels, shut["row"][shut["ghost"]]))
    return ChosenCloses(sound, list(symbols), shut, early, known, clocks, [])


def with_rows_of(
    known: ChosenCloses, names: Iterable[str], settings: CloseSettings
) -> ChosenCloses:
    """Add indices that the data does not have, so that the calendar says what their row means."""
    symbols = dict.fromkeys(i.symbol for name in names if (i := settings.registry.find(name)))
    lacking = [symbol for symbol in symbols if symbol not in known.symbols]
    if not lacking:
        return known
    by_symbol, clocks = exchanges_of(lacking, settings)
    return known._replace(
        symbols=[*known.symbols, *lacking],
        calendars={**known.calendars, **by_symbol},
        clocks={**known.clocks, **clocks},
    )


def exchanges_of(
    symbols: Sequence[str], settings: CloseSettings
) -> tuple[dict[str, Calendar], dict[str, Exchange]]:
    """Give the calendar and the clock of each index whose exchange is known, by symbol."""
    known = settings.registry.among(symbols)
    exchanges = {symbol: index.exchange for symbol, index in known.items() if index.exchange}
    loaded = calendars.load(exchanges.values(), settings.sessions)
    by_symbol = {s: loaded[code] for s, code in exchanges.items() if code in loaded}
    clocks = {s: settings.exchanges[c] for s, c in exchanges.items() if c in settings.exchanges}
    return by_symbol, clocks


def keep_for_session(
    when: When, as_of: dt.datetime | None, periods: Iterable[str]
) -> RowFilter | None:
    """Tell which rows of a large file a session needs; None where that depends on the data."""
    days: list[dt.date] | None = None
    if as_of is not None:
        # Somewhere in the world it is the next day, or the session before has not begun.
        days = [as_of.date() + n * dt.timedelta(days=1) for n in (-2, -1, 0, 1)]
    elif when != "latest":
        starts = _starts(when, periods)
        if starts is None:
            return None
        days = [when, *starts]
    if periods and (as_of or when == "latest"):
        return None
    return lambda symbols, sessions: rows_needed(symbols, sessions, days)


def _starts(session: dt.date, periods: Iterable[str]) -> list[dt.date] | None:
    """The last dates before some periods of a session; None where that depends on the data."""
    starts: list[dt.date] = []
    for period in periods:
        days = days_before(session, period)
        if days is None:
            return None
        starts += days
    return starts


def keep_for_range(first: dt.date, last: When, periods: Iterable[str]) -> RowFilter | None:
    """Tell which rows of a large file a range needs: its own, and the closes around it.

    None where that depends on the data.
    """
    starts = _starts(first, periods)
    if starts is None:
        return None
    # The sessions of a range have periods that begin one after the other.
    begins = min([first, *starts])
    before = begins - dt.timedelta(days=1)

    def keep(symbols: npt.NDArray[Any], sessions: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        inside = sessions >= np.datetime64(begins)
        if last != "latest":
            inside &= sessions <= np.datetime64(last)
        outside = np.flatnonzero(~inside)
        inside[outside[rows_needed(symbols[outside], sessions[outside], [before])]] = True
        return np.flatnonzero(inside)

    return keep


def session_of_each(
    known: ChosenCloses, when: When, as_of: dt.datetime | None
) -> dict[str, dt.date | None]:
    """Give the session of each index: the one asked for, or its last that was over at a moment."""
    if as_of is None:
        session = _latest(known) if when == "latest" else when
        return dict.fromkeys(known.symbols, session)
    return {symbol: _completed(symbol, known, as_of) for symbol in known.symbols}


def _completed(symbol: str, known: ChosenCloses, as_of: dt.datetime) -> dt.date | None:
    clock, calendar = known.clocks.get(symbol), known.calendars.get(symbol)
    day = last_over(as_of, clock, calendar) if clock else over_everywhere(as_of)
    if calendar and (session := calendar.until(day)) and not calendar.is_provisional(day):
        return session
    # Where no calendar reaches, or by rule only, the data alone tells which dates had a session.
    return known.levels.latest([symbol], day)


def _latest(known: ChosenCloses) -> dt.date | None:
    """The last date of any index chosen; a last row that is no close yet is not passed over."""
    early = known.early["session"][known.early.labels("symbol").are(known.symbols)]
    dates = [known.levels.latest(known.symbols), *early.tolist()]
    return max((date for date in dates if date), default=None)


def completed_sessions(known: ChosenCloses, now: dt.datetime | None) -> dict[str, dt.date]:
    """Give by symbol the last session that is over at a moment; nothing where it is not known."""
    if now is None:
        return {}
    return {
        symbol: day
        for symbol, clock in known.clocks.items()
        if (day := last_completed(now, clock, known.calendars.get(symbol)))
    }


def lookalikes(known: ChosenCloses) -> list[tuple[str, str]]:
    """Give the indices that the registry does not know, each with the known one it looks like."""
    registry = known.levels.registry
    found = registry.among(known.symbols)
    unknown = (symbol for symbol in known.symbols if symbol not in found)
    # What is called "DAX (not GDAXI)" was told from the index already.
    strangers = [symbol for symbol in unknown if " (not " not in symbol]
    if len(strangers) > _MOST_NAMED:
        return []
    looked_up = ((symbol, index_of_file(symbol, registry)) for symbol in strangers)
    return [(symbol, registry.resolve(alike).name) for symbol, alike in looked_up if alike]
