"""`marketmove schedule`: when to run the summary of a group, after its last close of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from marketmove.config import Config
from marketmove.errors import WrongUsageError
from marketmove.market import calendars, last_close
from marketmove.market.groups import Group
from marketmove.market.last_close import SchedulePlan


def schedule(
    group: Group,
    config: Config,
    command: Sequence[str],
    zone: str | None,
    after_minutes: int,
    today: dt.date,
    fetch: Sequence[str] = (),
) -> SchedulePlan:
    """Find the time of day that is after the last close of a group on every day of a year.

    ``zone`` is the clock that the time is told by; None for that of the group's own that changes
    least over the year.
    """
    known = (config.registry.find(symbol) for symbol in group.symbols)
    strangers = [s for s in group.symbols if config.registry.find(s) is None]
    codes = list(dict.fromkeys(index.exchange for index in known if index and index.exchange))
    own = calendars.load(codes, config.sessions)
    clocks = config.exchanges
    markets = [
        last_close.Market(code, clocks[code], own.get(code)) for code in codes if code in clocks
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
    return (*program, "fetch", "--quiet", "--group", group.name, *settings)


def summary_command(program: Sequence[str], group: str, config: Path | None) -> tuple[str, ...]:
    """Give the command that summarises the latest sessions of a group, as a list of words.

    Holidays change no time, and systemd makes up for a run that was missed: ``--once`` keeps both
    from printing a session again.
    """
    settings = () if config is None else ("--config", str(config))
    return (*program, "summary", "--once", "--as-of", "now", "--group", group, *settings)
