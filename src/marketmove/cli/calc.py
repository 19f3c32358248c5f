"""The options of `calc`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from marketmove.cli.options import AsciiOption, CalcFormat, OutputOption, what_option
from marketmove.cli.terminal import emit, render_options
from marketmove.errors import WrongUsageError
from marketmove.published.figures import parse_level, parse_pct

_SUCH_AS = "such as: marketmove calc --close 22579.05 --pct +3.51"
# A percent is that much smaller than the level beside it.
_SMALLER = 20


def calc(
    *,
    typed: typer.Context,
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
    if typed.args:
        raise WrongUsageError.at(None, _by_name(typed.args, (close, prior, pct)))

    from marketmove.commands import calc as command
    from marketmove.render.calc import FORMATS

    calculation = command.calc(close, prior, pct)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](calculation, look), output, output_format == "table")


def _by_name(words: Sequence[str], named: Sequence[str | None]) -> str:
    """Say what to type where figures stand without their names."""
    text = "calc takes its figures by name"
    figures = [word for word in words if any(map(str.isdigit, word))]
    if not len(figures) == len(words) == 2 or any(named):
        return f"{text}: two of --close, --prior and --pct, {_SUCH_AS}"
    one, other = words
    if _is_pct(one, other):
        one, other = other, one
    level = one.replace(",", "")
    if not _is_pct(other, one):
        return f"{text}; type: marketmove calc --close {level} --prior {other.replace(',', '')}"
    pct = other.rstrip("%")
    typed = f"marketmove calc --close {level} --pct {pct}"
    return f"{text}; type: {typed} (or --prior {level}, if that is the prior close)"


def _is_pct(text: str, beside: str) -> bool:
    """Whether a figure is a percent rather than a level, by its signs or its size."""
    try:
        return not text[0].isdigit() or abs(parse_pct(text)) * _SMALLER < parse_level(beside)
    except ValueError:
        return "%" in text
