"""What was typed, with what only the world knows: today, standard input, the user's folders."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marketmove.cli import arguments
from marketmove.cli.terminal import config_file
from marketmove.errors import WrongUsageError

if TYPE_CHECKING:
    from marketmove.closes.find import Spec, When
    from marketmove.config import Config
    from marketmove.market.groups import Group


def session_of(date: str | None, as_of: str | None, moment: dt.datetime | None) -> When:
    """Give the session asked for; with a moment, the date that the samples may serve for."""
    if moment is None:
        today = dt.date.today()  # noqa: DTZ011 - the typist's own day
        return arguments.session_date("latest" if date is None else date, today)
    if date is not None:
        raise WrongUsageError.at(None, f"{date} and --as-of both say when; leave one of them out")
    return "latest" if as_of == "now" else moment.date()


def specs_of(texts: Sequence[str]) -> tuple[Spec, ...]:
    """Give the files to read; "-" is standard input."""
    if "-" in texts and sys.stdin is None:
        raise WrongUsageError.at(None, "- needs standard input, which is closed")
    return tuple(sys.stdin.buffer if text == "-" else Path(text) for text in texts)


def settings_of(config: Path | None, **chosen: str | float | int | None) -> Config:
    """Give the configuration, with what was chosen on the command line over it."""
    from marketmove.config import load, with_choices

    return with_choices(load(*config_file(config)), **chosen)


def groups_of(texts: Sequence[str], config: Config) -> tuple[Group, ...]:
    """Give the groups named, of the bundled ones and the user's own."""
    from marketmove.market.groups import find_groups

    return find_groups(texts, config.groups)
