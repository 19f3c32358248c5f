"""The options of `check`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options
from marketmove.errors import ExitStatus


def check(
    *,
    files: shared.FilesArgument = None,
    reading: shared.ReadingOptions,
    output_format: shared.TableFormat = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    csv_safe: shared.CsvSafeOption = False,
    everything: shared.AllOption = False,
    explain: shared.ExplainOption = False,
    strict: Annotated[
        bool, shared.output_option("--strict", help="End with status 1 for suspicions too.")
    ] = False,
    config: shared.ConfigOption = None,
) -> ExitStatus:
    """Say what is wrong with closes, by file and line, worst first.

    Errors cannot be right, and end with status 1: cells that cannot be read, two closes for a
    date, closes outside their low and high. Suspicions may be right: repeats, gaps, jumps,
    weekends.

    $ marketmove check closes.csv
    $ marketmove check downloads/ --explain
    $ marketmove check closes.csv --strict --format csv
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    specs, checked = arguments.specs(files or ()), reading.checked()
    settings = environment.settings(config)

    from marketmove.commands import check as command

    report = command.check(specs, checked, settings, environment.now())

    from marketmove.render.check import FORMATS

    look = render_options(output, "none", ascii_only)
    look = look._replace(everything=everything, explain=explain)
    emit(FORMATS[output_format](report, look), output, output_format == "table", csv_safe)
    found = report.errors or (strict and report.findings)
    return ExitStatus.FOUND if found else ExitStatus.DONE
