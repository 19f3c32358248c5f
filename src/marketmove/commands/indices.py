"""`marketmove indices`: the registry, and when each exchange holds its next session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from marketmove.config import Config
from marketmove.errors import Problem, WrongUsageError
from marketmove.market import calendars
from marketmove.market.calendars import Calendar
from marketmove.market.choose import unknown_index
from marketmove.market.clocks import last_completed
from marketmove.market.indices import Index, Registry
from marketmove.reports.records import IndexListing, IndexRow


def indices(chosen: Sequence[str], config: Config, moment: dt.datetime) -> IndexListing:
    """List the known indices with their exchanges.

    The next session is over after ``moment``, which has its offset from UTC. Raises
    ``WrongUsageError`` with each text that the registry does not know, and what looks like it.
    """
    wanted = _chosen(chosen, config.registry)
    known = calendars.load((index.exchange for index in wanted), config.sessions)
    rows = [_row(index, config, known.get(index.exchange), moment) for index in wanted]
    return IndexListing(moment, tuple(rows))


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
    usual = calendar.end_of(following) if calendar and following else None
    end = usual or (clock.close if clock else None)
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
