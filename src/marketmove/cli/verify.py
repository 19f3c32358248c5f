"""The options of `verify`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options, say, warn
from marketmove.errors import ExitStatus, Problem


def verify(
    *,
    file: Annotated[
        str,
        shared.what_argument(metavar="FILE", help="A report, or its figures; - is standard input."),
    ],
    date: Annotated[
        str | None,
        shared.what_option(metavar="DATE", help="The day of the report, where it is open."),
    ] = None,
    chosen: shared.ChosenOptions,
    reading: shared.ReadingOptions,
    output_format: shared.TableFormat = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    csv_safe: shared.CsvSafeOption = False,
    quiet: shared.QuietOption = False,
    config: shared.ConfigOption = None,
) -> ExitStatus:
    """Check published figures against closes.

    Says which agree, which do not, and which date they fit. A figure agrees if it is what the
    closes give, rounded half away from zero to the digits that were printed. Ends with status 1
    if one disagrees, is for a date without a session, or is that of another date; with 4 if
    none can be checked.

    $ marketmove verify report.txt -l closes.csv
    $ marketmove verify report.txt --date 2025-02-14 -l closes.csv
    $ marketmove verify figures.yaml -l closes.csv --format json
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    published, *closes = arguments.specs([file, *(chosen.levels or [])])
    when = None if date is None else arguments.plain_date(date, "--date", environment.today())
    checked = reading.checked()
    settings = environment.settings(config)

    from marketmove.commands import verify as command

    report = command.verify(
        command.VerifyRequest(
            published,
            tuple(closes),
            tuple(chosen.indices or ()),
            checked,
            settings,
            chosen.groups(settings),
            when,
        )
    )

    from marketmove.render.verify import FORMATS

    people = output_format == "table"
    warn(report.warnings, output, people, quiet)
    text = FORMATS[output_format](report, render_options(output, "none", ascii_only))
    emit(text, output, people, csv_safe)
    if report.found:
        return ExitStatus.FOUND
    if not report.checked:
        say([Problem(None, "no figure can be checked")])
        return ExitStatus.NO_SESSION
    return ExitStatus.DONE
