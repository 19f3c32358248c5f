"""`marketmove schedule`: when to run the summary of a group, after its last close of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from marketmove.closes.find import archive_files, find_closes
from marketmove.config import Config
from marketmove.errors import MarketMoveError, WrongUsageError
from marketmove.market import calendars, last_close
from marketmove.market.groups import Group
from marketmove.market.last_close import SchedulePlan
from marketmove.sources import ReadOptions

ALL = "all"


def group_of_own(group: Group | None, config: Config) -> tuple[Group, bool]:
    """Give the indices that are waited for: those of the user's closes that are of a group.

    Without a group all of them; where there are no closes yet, or none of the group, all of the
    group. With it comes whether they are the user's own.

    Raises
    ------
    WrongUsageError
        If neither a group nor closes are named.
    MarketMoveError
        If no group is named, and the closes cannot be read.
    """
    try:
        own = _own_symbols(config)
    except MarketMoveError:
        if group is None:
            raise
        own = ()
    if group is None:
        if not own:
            text = "no closes are named: say --group GROUP or --group all, or set levels: or feeds:"
            raise WrongUsageError.at(None, f"{text} in a configuration")
        return Group(ALL, own), True
    within = group.within(own)
    return (group._replace(symbols=tuple(within)), True) if within else (group, False)


def _own_symbols(config: Config) -> tuple[str, ...]:
    """The indices of ``levels:``, else those with a feed and those of the archive."""
    archived, _ = archive_files(config.archive) if config.archive else ([], [])
    if not config.levels:
        return tuple(dict.fromkeys([*config.feeds, *(path.stem for path in archived)]))
    sources = find_closes((), config.closes).sources

    # It loads numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.read import read_levels

    return tuple(read_levels(sources, ReadOptions(), config.closes).symbols)


def schedule(
    group: Group,
    config: Config,
    command: Sequence[str],
    zone: str | None,
    after_minutes: int,
    today: dt.date,
    fetch: Sequence[str] = (),
    own: bool = False,
) -> SchedulePlan:
    """Find the time of day that is after the last close of a group on every day of a year.

    ``zone`` is the clock that the time is told by; None for that of the group's own that changes
    least over the year. ``own`` says that the group is of the user's closes.
    """
    known = (config.registry.find(symbol) for symbol in group.symbols)
    strangers = [s for s in group.symbols if config.registry.find(s) is None]
    codes = list(dict.fromkeys(index.exchange for index in known if index and index.exchange))
    loaded = calendars.load(codes, config.sessions)
    clocks = config.exchanges
    markets = [
        last_close.Market(code, clocks[code], loaded.get(code)) for code in codes if code in clocks
    ]
    unknown = tuple(code for code in codes if code not in clocks) + tuple(strangers)
    closes = last_close.last_closes(markets, today)
    if not closes:
        text = f"when the exchanges of {group.name} close is not known"
        raise WrongUsageError.at(None, f"{text} ({', '.join(unknown) or 'it has none'})")
    last = last_close.last_exchanges(closes, markets)
    zones = [one.zone for one in last] + [market.clock.zone for market in markets]
    zone = zone or last_close.steadiest_zone(closes, zones)
    earliest, latest = last_close.local_range(closes, zone)
    finals = (close._replace(moment=close.final) for close in closes)
    _, final = last_close.local_range(finals, zone)
    return SchedulePlan(
        group=group.name,
        command=tuple(command),
        fetch=tuple(fetch),
        own=own,
        zone=zone,
        after_minutes=after_minutes,
        last=last,
        earliest=earliest,
        latest=latest,
        final=final,
        weekdays=tuple(sorted({close.session.weekday() for close in closes})),
        unknown=unknown,
        assumed=tuple(market.exchange for market in markets if market.calendar is None),
    )


def fetch_command(
    program: Sequence[str], group: Group, config: Config, place: Path | None
) -> tuple[str, ...]:
    """Give the command that fetches the closes of a group; nothing where none of it has a feed."""
    if not any(symbol in config.feeds for symbol in group.symbols):
        return ()
    settings = () if place is None else ("--config", str(place))
    return (*program, "fetch", "--quiet", *_of_group(group.name), *settings)


def summary_command(program: Sequence[str], group: str, config: Path | None) -> tuple[str, ...]:
    """Give the command that summarises the latest sessions of a group, as a list of words.

    Holidays change no time, and systemd makes up for a run that was missed: ``--once`` keeps both
    from printing a session again. It is run once a day, and so waits for nothing.
    """
    settings = () if config is None else ("--config", str(config))
    once = ("summary", "--once", "--as-of", "now")
    return (*program, *once, *_of_group(group), *settings, "--patience", "0m")


def _of_group(group: str) -> tuple[str, ...]:
    return () if group == ALL else ("--group", group)
