"""The options of `convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options, warn
from marketmove.errors import ExitStatus


def convert(
    *,
    files: shared.FilesArgument = None,
    reading: shared.ReadingOptions,
    output: Annotated[
        Path,
        shared.output_option(
            "--output",
            "-o",
            metavar="FOLDER.parquet",
            help="The folder to write, whole or not at all.",
        ),
    ],
    output_format: shared.CalcFormat = "table",
    ascii_only: shared.AsciiOption = False,
    quiet: shared.QuietOption = False,
    config: shared.ConfigOption = None,
) -> ExitStatus:
    """Write closes as one typed Parquet table: what history --engine reads.

    Files of any kind are read as every command reads them. The folder has a folder for each year,
    and in it the columns date, symbol and close; a row that cannot be used is refused.

    $ marketmove convert closes.csv -o closes.parquet
    $ marketmove convert downloads/ -o downloads.parquet --format json
    $ marketmove convert closes.csv downloads/ --later-wins -o all.parquet
    """
    specs, checked = arguments.specs(files or ()), reading.checked()
    settings = environment.settings(config)

    from marketmove.commands import convert as command

    report = command.convert(specs, output, checked, settings)

    from marketmove.render.convert import FORMATS

    people = output_format == "table"
    warn(report.warnings, None, people, quiet)
    look = render_options(None, "none", ascii_only)
    emit(FORMATS[output_format](report, look), None, people)
    return ExitStatus.DONE
