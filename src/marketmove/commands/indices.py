"""`marketmove indices`: the registry, and when each exchange holds its next session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from marketmove.config import Config
from marketmove.errors import Problem, WrongUsageError
from marketmove.market import calendars
from marketmove.market.calendars import Calendar
from marketmove.market.choose import unknown_index
from marketmove.market.clocks import end_of, last_completed
from marketmove.market.indices import Index, Registry
from marketmove.reports.records import IndexListing, IndexRow
from marketmove.wording.calendar_notes import ending, provisional


def indices(chosen: Sequence[str], config: Config, moment: dt.datetime) -> IndexListing:
    """List the known indices with their exchanges.

    Parameters
    ----------
    chosen
        Symbols, names or aliases, as typed; all indices if empty.
    config
        The registry, the clocks, and the user's own sessions.
    moment
        When the next session is to be over after; with its offset from UTC.

    Raises
    ------
    WrongUsageError
        With each text that the registry does not know, and what looks like it.
    """
    wanted = _chosen(chosen, config.registry)
    known = calendars.load((index.exchange for index in wanted), config.sessions)
    rows = [_row(index, config, known.get(index.exchange), moment) for index in wanted]
    following = ((row.symbol, row.next_session) for row in rows)
    by_symbol = {row.symbol: known[row.exchange] for row in rows if row.exchange in known}
    notes = (*ending(known.values(), moment.date()), *provisional(following, by_symbol))
    return IndexListing(moment, tuple(rows), notes)


def _chosen(chosen: Iterable[str], registry: Registry) -> list[Index]:
    found: dict[str, Index] = {}
    unknown: list[Problem] = []
    for text in chosen:
        if index := registry.find(text):
            found[index.symbol] = index
        else:
            near = registry.nearest(text, ())
            unknown.append(Problem(None, unknown_index(text, near)))
    if unknown:
        raise WrongUsageError(unknown)
    return list(found.values()) or list(registry.indices.values())


def _row(index: Index, config: Config, calendar: Calendar | None, moment: dt.datetime) -> IndexRow:
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
    )
