"""The options of `init`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.environment import config_place
from marketmove.cli.options import files_option
from marketmove.cli.terminal import emit
from marketmove.errors import WrongUsageError


def init(
    typed: typer.Context,
    levels: Annotated[
        list[str] | None,
        files_option(
            "--levels", "-l", metavar="PATH", help="Files of closes, or folders, to put into it."
        ),
    ] = None,
    config: Annotated[
        Path | None,
        files_option(
            "--config", "-c", metavar="FILE", help="Write it here, not into its usual place."
        ),
    ] = None,
) -> None:
    """Write a configuration to start from.

    It has every setting with a comment on each. It goes to the usual place, and never over a
    file that exists.

    $ marketmove init
    $ marketmove init -l closes.csv
    $ marketmove init -l downloads/ -c marketmove.yaml
    """
    arguments.refuse_stray(typed.args, "init")
    texts = arguments.paths(levels or [])
    if "-" in texts:
        text = "--levels - is standard input, which differs each time; name a file"
        raise WrongUsageError.at(None, text)
    paths = list(map(_whole, map(Path, texts)))
    place = config_place(config).absolute()

    from marketmove.commands import init as command

    command.init(place, paths)
    emit(f"Wrote {place}\n\n{_next_steps(place, bool(paths), config)}", None, people=True)


def _whole(path: Path) -> Path:
    """A path from the root on, without ".."; links are followed only where one could change it."""
    return path.resolve() if ".." in path.parts else path.absolute()


def _next_steps(place: Path, has_levels: bool, named: Path | None) -> str:
    """What to do with a configuration that was just written."""
    option = "" if named is None else f" --config {shlex.quote(str(place))}"
    if named is not None and os.environ.get("MARKETMOVE_CONFIG") == str(named):
        option = ""
    steps = []
    if not has_levels:
        steps.append("Name your files of closes in it, under levels:")
        steps.append(f"Or take the # from a line under feeds:, and type: marketmove fetch{option}")
    steps.append(f"See the latest session: marketmove session latest{option}")
    return "".join(f"{number}. {step}\n" for number, step in enumerate(steps, start=1))
