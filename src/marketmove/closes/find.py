"""Steps that commands share: which files, which indices, what to say of a date without closes."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from marketmove.config import Config
from marketmove.errors import MarketMoveError, NoSessionError, Problem, WrongUsageError
from marketmove.market.groups import Group
from marketmove.market.indices import Registry
from marketmove.reports.records import Remark
from marketmove.resources import root
from marketmove.sources import Source, open_all, open_source

if TYPE_CHECKING:
    from marketmove.moves.move import Move

Spec = Path | BinaryIO
When = dt.date | Literal["latest"]
SAMPLE_CLOSES = "samples/closes.csv"
_NAME_THEM = "say --levels FILE, or set levels: in the configuration"


def find_sources(
    specs: Sequence[Spec], config: Config, when: When, *, closes_only: bool = False
) -> tuple[list[Source], bool]:
    """Open the files named, else those of the configuration, else the bundled samples.

    The samples serve an explicit date only: published figures of that date if there are any, and
    not ``closes_only`` are wanted, else the sample closes.

    Returns
    -------
    tuple
        The sources, and whether they are the samples.

    Raises
    ------
    WrongUsageError
        If no closes are named and the date is not an explicit one.
    UnreadableFileError
        With every file that cannot be opened.
    """
    if specs:
        return open_all(specs), False
    if config.levels:
        try:
            return open_all(config.levels), False
        except MarketMoveError as error:
            named = Problem(config.places.get("levels"), "this setting names what cannot be read")
            raise type(error)([*error.problems, named]) from None
    if when == "latest":
        raise WrongUsageError.at(None, f"no closes are named; {_NAME_THEM}")
    published = f"samples/published/{when}.yaml"
    printed = (root() / published).is_file() and not closes_only
    label = published if printed else SAMPLE_CLOSES
    return [open_source(root() / label, label)], True


def find_closes(specs: Sequence[Spec], config: Config) -> list[Source]:
    """Open the files named, else those of the configuration; never the samples.

    Raises
    ------
    WrongUsageError
        If no closes are named, or one of the files has published figures.
    UnreadableFileError
        With every file that cannot be opened.
    """
    sources, _ = find_sources(specs, config, "latest")
    _refuse_published(sources)
    return sources


def find_closes_of(
    specs: Sequence[Spec], config: Config, *dates: When
) -> tuple[list[Source], bool]:
    """Open the files named, else those of the configuration, else the samples if they hold dates.

    Returns
    -------
    tuple
        The sources, and whether they are the samples.

    Raises
    ------
    WrongUsageError
        If no closes are named and the samples do not reach all dates, or one of the files has
        published figures.
    UnreadableFileError
        With every file that cannot be opened.
    """
    when = "latest" if "latest" in dates else dates[0]
    sources, bundled = find_sources(specs, config, when, closes_only=True)
    _refuse_published(sources)
    if bundled:
        first, last = _reach(sources[0])
        if beyond := [date for date in dates if not first <= str(date) <= last]:
            text = (
                f"the bundled samples are from {first} to {last}, without {beyond[0]}; {_NAME_THEM}"
            )
            raise WrongUsageError.at(None, f"no closes are named, and {text}")
    return sources, bundled


def _refuse_published(sources: Iterable[Source]) -> None:
    published = [source.label for source in sources if source.yaml_key == "figures"]
    if published:
        raise WrongUsageError.at(None, f"{published[0]} has published figures, not closes")


def _reach(samples: Source) -> tuple[str, str]:
    """The first and the last date of the sample closes, which stand in order of date."""
    _, first, *_, last = samples.data.decode().splitlines()
    return first.partition(",")[0], last.partition(",")[0]


def choose(
    chosen: Iterable[str], known: Sequence[str], registry: Registry, groups: Sequence[Group] = ()
) -> tuple[list[str], list[Remark]]:
    """Give the symbols of the indices wanted, in the order given; all that are known if none is.

    Of groups those that the data has, after the indices named.

    Parameters
    ----------
    chosen
        Symbols, names or aliases, as typed.
    known
        The symbols that the data has.
    registry
        The indices known by name.
    groups
        The groups wanted, as ``find_groups`` gives them.

    Returns
    -------
    tuple
        The symbols, and a warning for each index named that the data does not have, and each of a
        group that looks misspelt.

    Raises
    ------
    WrongUsageError
        With each text that neither the data nor the registry knows, and what looks like it; and
        with each group of which the data has nothing.
    """
    symbols: dict[str, None] = {}
    unknown: list[Problem] = []
    spelt = spelling(known)
    for text in chosen:
        symbol = symbol_of(text, spelt, registry)
        if symbol in known or registry.find(text):
            symbols[symbol] = None
        else:
            near = registry.nearest(text, known)
            hint = f"did you mean {', '.join(near)}?" if near else f"the data has {_some(known)}"
            unknown.append(Problem(None, f"{text} is not an index that is known; {hint}"))
    named = list(symbols)
    for group in groups:
        within = group.within(known)
        symbols |= dict.fromkeys(within)
        if not within:
            text = f"the data has no index of the group {group.name}; it has {_some(known)}"
            unknown.append(Problem(None, text))
    if unknown:
        raise WrongUsageError(unknown)
    absent = [
        Remark("not_in_data", f"{symbol} has no close in the data", symbol)
        for symbol in named
        if symbol not in known
    ]
    misspelt = [remark for group in groups for remark in _misspelt(group, known, registry)]
    return list(symbols or known), absent + misspelt


def _misspelt(group: Group, known: Sequence[str], registry: Registry) -> list[Remark]:
    """Warn of texts of a group that nobody knows but that look like a name that somebody does."""
    here = {symbol.casefold() for symbol in known}
    unknown = [s for s in group.symbols if not registry.find(s) and s.casefold() not in here]
    near = {text: registry.nearest(text, known) for text in unknown}
    return [
        Remark(
            "not_known",
            f"{text}, of the group {group.name}, is not an index that is known;"
            f" did you mean {', '.join(names)}?",
            place=group.place,
        )
        for text, names in near.items()
        if names
    ]


def spelling(known: Iterable[str]) -> dict[str, str]:
    """Give the symbols of the data by what they are when case does not count."""
    return {symbol.casefold(): symbol for symbol in known}


def symbol_of(text: str, spelt: Mapping[str, str], registry: Registry) -> str:
    """Give the symbol that a symbol, name or alias stands for, spelt as the data spells it."""
    symbol = registry.resolve(text).symbol
    return spelt.get(symbol.casefold(), symbol)


def no_session(
    when: dt.date | None, sessions: Sequence[dt.date], bundled: bool, moves: Sequence[Move] = ()
) -> MarketMoveError:
    """Make the error for a date without a close, which names the nearest sessions there are.

    Parameters
    ----------
    when
        The date asked for; None if each index had a date of its own.
    sessions
        The sessions of the chosen indices, in order.
    bundled
        Whether the data is the sample closes, so that the user may not have named any.
    moves
        The rows of the chosen indices, which may tell why.
    """
    if when is None:
        ends = f"; the data has closes from {sessions[0]} to {sessions[-1]}" if sessions else ""
        text = f"no chosen index has a close of its last session by then{ends}"
        return NoSessionError.at(None, text)
    at = bisect.bisect(sessions, when)
    near = [str(session) for session in sessions[max(0, at - 1) : at + 1]]
    nearest = (
        f"the nearest in the data: {' and '.join(near)}" if near else "the data has none of them"
    )
    reasons = {move.closed_for for move in moves if move.status == "closed"}
    if moves and all(move.status == "closed" for move in moves):
        why = f" ({', '.join(sorted(filter(None, reasons)))})" if any(reasons) else ""
        shut = "its exchange was shut" if len(moves) == 1 else "their exchanges were shut"
        nearest = f"{shut}{why}; {nearest}"
    if not bundled:
        return NoSessionError.at(None, f"no chosen index has a close on {when}; {nearest}")
    text = (
        f"the bundled samples have no session on {when} ({nearest}), and no closes are named;"
        f" {_NAME_THEM}"
    )
    within = bool(sessions) and sessions[0] <= when <= sessions[-1]
    return (NoSessionError if within else WrongUsageError).at(None, text)


def no_close_within(first: dt.date, last: dt.date, sessions: Sequence[dt.date]) -> MarketMoveError:
    """Make the error for a range without a close, which names the dates that have some."""
    have = f"closes from {sessions[0]} to {sessions[-1]}" if sessions else "none of them"
    text = f"no chosen index has a close from {first} to {last}; the data has {have}"
    return NoSessionError.at(None, text)


def bad_rows_elsewhere(
    problems: Sequence[Problem], what: str = "this session does"
) -> list[Remark]:
    """Warn of rows that cannot be used but do not touch the figures asked for."""
    if not problems:
        return []
    first = problems[0]
    rows = "a row" if len(problems) == 1 else f"{len(problems):,} rows"
    text = f"{rows} that {what} not touch cannot be used; the first: {first.text}"
    return [Remark("bad_rows_elsewhere", text, place=first.place)]


def named(labels: Sequence[str]) -> str:
    """Name the files in a title.

    Examples
    --------
    >>> named(["a.csv", "b.csv", "c.csv"])
    'a.csv and 2 more'
    """
    return labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more"


def _some(symbols: Sequence[str], most: int = 12) -> str:
    more = len(symbols) - most
    return ", ".join(symbols[:most]) + (f" and {more} more" if more > 0 else "")
