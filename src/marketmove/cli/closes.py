"""The options of `closes`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options


def closes(
    *,
    indices: shared.SymbolsArgument = None,
    revisions: Annotated[
        bool, shared.what_option("--revisions", help="What closes were before they changed.")
    ] = False,
    output_format: shared.TableFormat = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    csv_safe: shared.CsvSafeOption = False,
    config: shared.ConfigOption = None,
) -> None:
    """List what fetch has archived, by index and feed.

    Only reads. Missing counts the sessions without a close between the first and the last.

    $ marketmove closes
    $ marketmove closes HSI N225 --revisions
    $ marketmove closes --format csv -o archive.csv
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    settings = environment.settings(config)

    from marketmove.commands import closes as command

    report = command.closes(tuple(indices or ()), settings)

    from marketmove.render.closes import FORMATS, ClosesView

    look = render_options(output, "none", ascii_only)
    emit(
        FORMATS[output_format](ClosesView(report, revisions), look),
        output,
        output_format == "table",
        csv_safe,
    )
