"""`marketmove indices`: the registry, and when each exchange holds its next session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Sequence

from marketmove.config import Config
from marketmove.errors import Problem, WrongUsageError
from marketmove.market import calendars
from marketmove.market.calendars import Calendar
from marketmove.market.choose import volatility_indices
from marketmove.market.clocks import end_of, last_completed
from marketmove.market.groups import VOLATILITY_GROUP, Group
from marketmove.market.indices import Index, Registry
from marketmove.market.names import matching, unknown_index
from marketmove.reports.records import IndexListing, IndexRow
from marketmove.wording.calendar_notes import ending, provisional


def indices(
    chosen: Sequence[str], groups: Sequence[Group], config: Config, moment: dt.datetime
) -> IndexListing:
    """List the known indices with their exchanges: all, or those chosen and those of groups.

    What is chosen may be a name or a part of names, or a country. The next session is over after
    ``moment``, which has its offset from UTC. Raises ``WrongUsageError`` with each text that is
    like no name.
    """
    wanted = _chosen(chosen, groups, config.registry)
    known = calendars.load((index.exchange for index in wanted), config.sessions)
    volatility = volatility_indices(config.groups, [index.symbol for index in wanted])
    rows = [_row(i, config, known.get(i.exchange), volatility, moment) for i in wanted]
    following = ((row.symbol, row.next_session) for row in rows)
    by_symbol = {row.symbol: known[row.exchange] for row in rows if row.exchange in known}
    notes = (*ending(known.values(), moment.date()), *provisional(following, by_symbol))
    return IndexListing(moment, tuple(rows), notes)


def _chosen(chosen: Iterable[str], groups: Iterable[Group], registry: Registry) -> list[Index]:
    symbols: dict[str, None] = {}
    unknown: list[Problem] = []
    for text in chosen:
        found = matching(text, registry)
        symbols |= dict.fromkeys(found)
        if not found:
            unknown.append(Problem(None, unknown_index(text, registry.nearest(text))))
    if unknown:
        raise WrongUsageError(unknown)
    symbols |= {symbol: None for group in groups for symbol in group.symbols}
    known = [registry.find(symbol) for symbol in symbols or registry.indices]
    return list(filter(None, known))


def _row(
    index: Index,
    config: Config,
    calendar: Calendar | None,
    volatility: Container[str],
    moment: dt.datetime,
) -> IndexRow:
    clock = config.exchanges.get(index.exchange)
    over = last_completed(moment, clock, calendar) if clock and calendar else None
    following = calendar.following(over) if calendar and over else None
    end = end_of(following, clock, calendar) if clock and following else clock and clock.close
    return IndexRow(
        symbol=index.symbol,
        name=index.name,
        exchange=index.exchange,
        zone=clock.zone if clock else "",
        close_time=None if end is None else f"{end:%H:%M}",
        next_session=following,
        returns=index.returns,
        region=index.region,
        currency=index.currency,
        decimals=index.decimals,
        aliases=index.aliases,
        kind=VOLATILITY_GROUP if index.symbol in volatility else "shares",
        level_low=index.levels and index.levels[0],
        level_high=index.levels and index.levels[1],
        level_since=index.since if index.levels else None,
        settles_after=clock and clock.settles_after,
        provisional=calendar.is_provisional(following) if calendar and following else None,
    )
