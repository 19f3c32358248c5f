"""Which files the closes come from: those named, else those of the configuration, else samples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from marketmove.errors import MarketMoveError, Place, Problem, WrongUsageError, listed
from marketmove.market.indices import Exchange, Registry
from marketmove.resources import root
from marketmove.sources import Source, open_all, open_source
from marketmove.sources import Spec as Spec
from marketmove.sources.vocabulary import Words

When = dt.date | Literal["latest"]
SAMPLE_CLOSES = "samples/closes.csv"
NAME_THEM = "say --levels FILE, or set levels: in the configuration"


class CloseSettings(NamedTuple):
    """What is known of closes beforehand: the user's files, names, words, clocks, own sessions.

    ``place`` is where ``files`` are set; ``sessions`` is the user's own file of them, if any.
    """

    files: tuple[Path, ...]
    place: Place | None
    registry: Registry
    words: Words
    exchanges: Mapping[str, Exchange]
    sessions: Path | None


def find_sources(
    specs: Sequence[Spec], settings: CloseSettings, when: When, *, closes_only: bool = False
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
    if settings.files:
        try:
            return open_all(settings.files), False
        except MarketMoveError as error:
            named = Problem(settings.place, "this setting names what cannot be read")
            raise type(error)([*error.problems, named]) from None
    if when == "latest":
        raise WrongUsageError.at(None, f"no closes are named; {NAME_THEM}")
    published = f"samples/published/{when}.yaml"
    printed = (root() / published).is_file() and not closes_only
    label = published if printed else SAMPLE_CLOSES
    return [open_source(root() / label, label)], True


def find_closes(specs: Sequence[Spec], settings: CloseSettings) -> list[Source]:
    """Open the files named, else those of the configuration; never the samples.

    Raises
    ------
    WrongUsageError
        If no closes are named, or one of the files has published figures.
    UnreadableFileError
        With every file that cannot be opened.
    """
    sources, _ = find_sources(specs, settings, "latest")
    _refuse_published(sources)
    return sources


def find_closes_of(
    specs: Sequence[Spec], settings: CloseSettings, *dates: When
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
    when = "latest" if "latest" in dates else next(iter(dates), dt.date.min)
    sources, bundled = find_sources(specs, settings, when, closes_only=True)
    _refuse_published(sources)
    if bundled:
        first, last = _reach(sources[0])
        if beyond := [date for date in dates if not first <= str(date) <= last]:
            text = (
                f"the bundled samples are from {first} to {last}, without {beyond[0]}; {NAME_THEM}"
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


def named(labels: Sequence[str]) -> str:
    """Name the files in a title."""
    return listed(labels, 1)
