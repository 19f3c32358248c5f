"""The options of `calc`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli.options import AsciiOption, CalcFormat, OutputOption, what_option
from marketmove.cli.terminal import emit, render_options


def calc(
    close: Annotated[
        str | None, what_option(metavar="LEVEL", help="The close, such as 22,579.05.")
    ] = None,
    prior: Annotated[str | None, what_option(metavar="LEVEL", help="The prior close.")] = None,
    pct: Annotated[
        str | None, what_option(metavar="PERCENT", help="The change in percent, such as +3.51.")
    ] = None,
    output_format: CalcFormat = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
) -> None:
    """Work out the third of close, prior close and percent.

    And the change in points. Give two of --close, --prior and --pct. Two levels are exact. A
    percent was rounded to the digits it has, and so was the level beside it: what follows has an
    interval.

    $ marketmove calc --close 22579.05 --pct +3.51
    $ marketmove calc --close 22620.33 --prior 21814.37
    $ marketmove calc --prior 21814.37 --pct 3.69 --format json
    """
    from marketmove.commands import calc as command
    from marketmove.render.calc import FORMATS

    calculation = command.calc(close, prior, pct)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](calculation, look), output, output_format == "table")
