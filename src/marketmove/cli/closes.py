"""The options of `closes`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli import environment
from marketmove.cli.options import AsciiOption, ConfigOption, OutputOption, TableFormat
from marketmove.cli.terminal import emit, render_options


def closes(
    *,
    indices: Annotated[
        list[str] | None,
        typer.Argument(metavar="INDEX", help="Only these: symbol, name or alias."),
    ] = None,
    revisions: Annotated[
        bool, typer.Option("--revisions", help="What closes were before they changed.")
    ] = False,
    output_format: TableFormat = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    config: ConfigOption = None,
) -> None:
    """List what `fetch` has archived: which indices, from which feeds, from when to when.

    Only reads. Missing counts the sessions without a close between the first and the last.
    """
    settings = environment.settings(config)

    from marketmove.commands import closes as command

    report = command.closes(tuple(indices or ()), settings)

    from marketmove.render.closes import FORMATS, ClosesView

    look = render_options(output, "none", ascii_only)
    emit(
        FORMATS[output_format](ClosesView(report, revisions), look),
        output,
        output_format == "table",
    )
