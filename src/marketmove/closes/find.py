"""Steps that commands share: which files, which indices, what to say of a date without closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from marketmove.config import Config
from marketmove.errors import MarketMoveError, Problem, Remark, WrongUsageError
from marketmove.resources import root
from marketmove.sources import Source, open_all, open_source
from marketmove.sources import Spec as Spec

if TYPE_CHECKING:
    pass

When = dt.date | Literal["latest"]
SAMPLE_CLOSES = "samples/closes.csv"
NAME_THEM = "say --levels FILE, or set levels: in the configuration"


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
        raise WrongUsageError.at(None, f"no closes are named; {NAME_THEM}")
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
