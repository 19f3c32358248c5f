"""The options of `journal`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    JournalFormat,
    JournalOption,
    OutputOption,
)
from marketmove.cli.terminal import emit, journal_file, render_options

_JOURNAL_HELP = (
    "List what `summary --once` or `summary --journal` wrote: sessions, when, where, revisions."
    "\n\nOnly reads. CSV has a row for each place that a summary went to, JSON the closes too."
    " Moments are in UTC."
)


@app.command("journal", help=_JOURNAL_HELP)
def _journal(
    journal: JournalOption = None,
    output_format: Annotated[
        JournalFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    everything: Annotated[bool, typer.Option("--all", help="All rows, not the last 20.")] = False,
) -> None:
    from marketmove.commands.journal import journal as listed
    from marketmove.render.journal import FORMATS

    report = listed(journal_file(journal))
    look = render_options(output, "none", ascii_only)._replace(everything=everything)
    emit(FORMATS[output_format](report, look), output, output_format == "table")
