"""The options of `indices`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    CheckFormat,
    ConfigOption,
    OutputOption,
)
from marketmove.cli.settings import settings_of
from marketmove.cli.terminal import emit, render_options

_INDICES_HELP = (
    "List the indices that are known by name: exchange, time zone, close, next session."
    "\n\nReturns tells whether dividends count in: not in a price index, before tax in a gross"
    " one, after tax in a net one. Your configuration can add indices and change these."
)


@app.command("indices", help=_INDICES_HELP)
def _indices(
    chosen: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INDEX...]", help="Only these: symbols, names or aliases."),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(metavar="MOMENT|now", help="The next session that ends after this moment."),
    ] = "now",
    output_format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    config: ConfigOption = None,
) -> None:
    moment = arguments.moment(as_of, dt.datetime.now(dt.UTC))
    settings = settings_of(config)

    from marketmove.commands.indices import indices
    from marketmove.render.indices import FORMATS

    listed = indices(chosen or (), settings, moment)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](listed, look), output, output_format == "table")
