"""The options of `pair`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    HistoryFormat,
    LevelsOption,
    OutputOption,
    PaletteOption,
    QuietOption,
    StrictOption,
    SymbolOption,
)
from marketmove.cli.settings import settings_of, specs_of
from marketmove.cli.terminal import emit, render_options, same_terminal, say
from marketmove.errors import Problem

_PAIR_HELP = (
    "Show one pair through time: the spread of A less B, and how rare the latest one is."
    "\n\nEach spread is held against those of the common sessions before it, up to --window of"
    " them, never itself. Moves of one session are subtracted (pp), those of a span compound (%)."
)


@app.command("pair", help=_PAIR_HELP, context_settings={"allow_extra_args": True})
def _pair(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="B", show_default=False)],
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first date; else as the data begins.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last date; else as the data ends.")
    ] = None,
    window: Annotated[
        int, typer.Option(min=60, help="How many common sessions each is held against.")
    ] = 250,
    floor_pct: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Least size of both moves of a divergent pair."),
    ] = None,
    levels: LevelsOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output_format: Annotated[
        HistoryFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args, "the two indices")
    start, end = arguments.open_range(since, until, dt.date.today())  # noqa: DTZ011 - the typist's
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    floor = arguments.floor_pct(floor_pct)
    settings = settings_of(config, palette=palette, floor_pct=floor)

    from marketmove.commands.pair import PairRequest, pair

    report = pair(
        PairRequest(
            one=one,
            other=other,
            since=start,
            until=end,
            levels=specs,
            reading=reading,
            config=settings,
            window=window,
            strict=strict,
        )
    )
    from marketmove.render.pair import FORMATS

    people = output_format == "table"
    look = render_options(output, settings.palette, ascii_only)
    if not (quiet or (people and output is None and same_terminal())):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    emit(FORMATS[output_format](report, look), output, people)
