"""The options of `journal`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli import arguments
from marketmove.cli.environment import journal_file
from marketmove.cli.options import (
    AsciiOption,
    CsvSafeOption,
    JournalOption,
    OutputOption,
    TableFormat,
    output_option,
)
from marketmove.cli.terminal import emit, render_options


def journal(
    journal: JournalOption = None,
    output_format: TableFormat = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    csv_safe: CsvSafeOption = False,
    everything: Annotated[bool, output_option("--all", help="All rows, not the last 20.")] = False,
) -> None:
    """List the summaries that were written or sent.

    Those of summary --once or --journal: sessions, when, where, revisions. Only reads. CSV has a
    row for each place that a summary went to, JSON the closes too. Moments are in UTC. Its usual
    place is, on Linux, ~/.local/state/marketmove/journal.sqlite.

    $ marketmove journal
    $ marketmove journal --all
    $ marketmove journal --format csv -o sent.csv
    """
    arguments.refuse_csv_safe(csv_safe, output_format)

    from marketmove.commands import journal as command
    from marketmove.render.journal import FORMATS

    report = command.journal(journal_file(journal))
    look = render_options(output, "none", ascii_only)._replace(everything=everything)
    emit(FORMATS[output_format](report, look), output, output_format == "table", csv_safe)
