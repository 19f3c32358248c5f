"""The options of `indices`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli import arguments, environment
from marketmove.cli.options import AsciiOption, ConfigOption, OutputOption, TableFormat
from marketmove.cli.terminal import emit, render_options


def indices(
    chosen: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INDEX...]", help="Only these: symbols, names or aliases."),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(metavar="MOMENT|now", help="The next session that ends after this moment."),
    ] = "now",
    output_format: TableFormat = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    config: ConfigOption = None,
) -> None:
    """List the indices that are known by name: exchange, time zone, close, next session.

    Returns tells whether dividends count in: not in a price index, before tax in a gross one,
    after tax in a net one. Your configuration can add indices and change these.
    """
    moment = arguments.moment(as_of, environment.now())
    settings = environment.settings(config)

    from marketmove.commands import indices as command
    from marketmove.render.indices import FORMATS

    listed = command.indices(chosen or (), settings, moment)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](listed, look), output, output_format == "table")
