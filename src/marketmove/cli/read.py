"""The options of `read`."""

from __future__ import annotations

from typing import Annotated, Literal

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options, warn
from marketmove.sources.block import read_options


def read(
    *,
    file: Annotated[
        str, shared.what_argument(metavar="FILE", help="A market report; - is standard input.")
    ],
    date: Annotated[
        str | None,
        shared.what_option(metavar="DATE", help="The day of the report, where it is open."),
    ] = None,
    everything: Annotated[
        bool,
        shared.what_option(
            "--all", help="Also what is no session's move: within it, week, futures."
        ),
    ] = False,
    encoding: shared.EncodingOption = None,
    output_format: Annotated[
        Literal["table", "yaml", "csv", "json"],
        shared.output_option("--format", "-f", metavar="FORMAT", help="How to write it."),
    ] = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    csv_safe: shared.CsvSafeOption = False,
    quiet: shared.QuietOption = False,
    config: shared.ConfigOption = None,
) -> None:
    """Read the figures of a market report in prose.

    The report is text, HTML or Markdown, in ten languages. A figure is sure if the text gives a
    closing level and a change that fits it. Other figures, such as a level within the session
    or the change of a week, are left out. --format yaml writes what verify and session take.

    $ marketmove read report.txt
    $ marketmove read report.html --date 2025-02-14 --all
    $ marketmove read report.txt --format yaml -o figures.yaml
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    (report,) = arguments.specs([file])
    when = None if date is None else arguments.plain_date(date, "--date", environment.today())
    checked = read_options(None, None, None, encoding)
    settings = environment.settings(config)

    from marketmove.commands import read as command
    from marketmove.render.read import FORMATS

    found = command.read(command.ReadRequest(report, when, checked.encoding, everything, settings))
    people = output_format == "table"
    warn(found.warnings, output, people, quiet)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](found, look), output, people, csv_safe)
