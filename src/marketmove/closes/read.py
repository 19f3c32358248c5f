"""Steps that commands share once the files are known: read the closes, judge them by calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.closes.levels import Levels, fold
from marketmove.closes.shut_days import on_shut_days, without
from marketmove.config import Config
from marketmove.errors import Remark
from marketmove.market import calendars
from marketmove.market.calendars import Calendar
from marketmove.market.choose import choose
from marketmove.market.groups import Group
from marketmove.market.indices import Exchange
from marketmove.sources import Context, ReadOptions, Source, read_blocks

if TYPE_CHECKING:
    import pandas as pd

    from marketmove.sources.large import RowFilter


class ChosenCloses(NamedTuple):
    """The closes of the chosen indices, and what is known of their exchanges, by symbol.

    ``levels`` are without ghosts; ``shut`` has the closes of dates without a session, with a
    column ``ghost``. ``absent`` warns of the indices that the data does not have.
    """

    levels: Levels
    symbols: list[str]
    shut: pd.DataFrame
    calendars: Mapping[str, Calendar]
    clocks: Mapping[str, Exchange]
    absent: list[Remark]


def read_closes(
    sources: Sequence[Source],
    reading: ReadOptions,
    config: Config,
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
    config
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
        If the files cannot be read, or an index is not known.
    """
    levels = read_levels(sources, reading, config, keep)
    symbols, absent = choose(chosen, levels.symbols, config.registry, groups)
    known = by_calendar(levels, symbols, config)._replace(absent=absent)
    if len(known.shut) and keep and any(source.large is not None for source in sources):
        # Of a large file only some rows were kept: not those that tell whether these count.
        return read_closes(sources, reading, config, chosen, groups=groups)
    return known


def read_levels(
    sources: Sequence[Source], reading: ReadOptions, config: Config, keep: RowFilter | None = None
) -> Levels:
    """Read closes as the files have them, ghosts and all; parameters as of ``read_closes``."""
    context = Context(config.registry, config.words, config.exchanges)
    return fold(read_blocks(sources, reading, context, keep), config.registry)


def by_calendar(levels: Levels, symbols: Sequence[str], config: Config) -> ChosenCloses:
    """Take the ghosts out of closes, and add what is known of the exchanges of some indices.

    Parameters
    ----------
    levels
        The closes, as ``read_levels`` gives them.
    symbols
        The indices wanted, also such as the closes do not have.
    config
        The registry, the clocks and the user's own sessions.
    """
    exchanges = {s: i.exchange for s in symbols if (i := config.registry.find(s)) and i.exchange}
    known = calendars.load(exchanges.values(), config.sessions)
    by_symbol = {s: known[code] for s, code in exchanges.items() if code in known}
    shut = on_shut_days(levels, by_symbol)
    clocks = {s: config.exchanges[c] for s, c in exchanges.items() if c in config.exchanges}
    return ChosenCloses(
        without(levels, shut[shut["ghost"]]), list(symbols), shut, by_symbol, clocks, []
    )


def with_rows_of(known: ChosenCloses, symbols: Sequence[str], config: Config) -> ChosenCloses:
    """Add indices that the data does not have, so that the calendar says what their row means."""
    lacking = [symbol for symbol in dict.fromkeys(symbols) if symbol not in known.symbols]
    if not lacking:
        return known
    exchanges = {s: config.registry.resolve(s).exchange for s in lacking}
    calendar = calendars.load(exchanges.values(), config.sessions)
    return known._replace(
        symbols=[*known.symbols, *lacking],
        calendars={**known.calendars}
        | {s: calendar[code] for s, code in exchanges.items() if code in calendar},
        clocks={**known.clocks}
        | {s: config.exchanges[c] for s, c in exchanges.items() if c in config.exchanges},
    )
