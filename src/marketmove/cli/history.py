"""The options of `history`."""

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
    GroupOption,
    HistoryFormat,
    IndexOption,
    LevelsOption,
    OutputOption,
    PaletteOption,
    PeriodOption,
    QuietOption,
    StrictOption,
    SymbolOption,
)
from marketmove.cli.settings import groups_of, settings_of, specs_of
from marketmove.cli.terminal import emit_pieces, render_options, same_terminal, say
from marketmove.errors import Problem

_HISTORY_HELP = (
    "Give the moves of many sessions, in order of session and symbol."
    "\n\nEvery index has a row for every session of its exchange, each move from its own last close"
    " before it. What cannot be known has a status instead of a figure. Where a bad row touches a"
    " move, CSV and NDJSON on stdout end before that session, with status 3."
)


@app.command("history", help=_HISTORY_HELP, context_settings={"allow_extra_args": True})
def _history(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="FROM", show_default=False)],
    last: Annotated[str, typer.Argument(metavar="TO|latest|today", show_default=False)],
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    period: PeriodOption = None,
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
    everything: Annotated[
        bool,
        typer.Option("--all", help="All rows of a long table, and dates without a session."),
    ] = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args)
    today = dt.date.today()  # noqa: DTZ011 - the typist's own day
    start, end = arguments.date_range(first, last, today)
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette)
    groups = groups_of(group or (), settings)

    from marketmove.commands.history import HistoryRequest, history

    report = history(
        HistoryRequest(
            first=start,
            last=end,
            levels=specs,
            chosen=tuple(index or ()),
            reading=reading,
            config=settings,
            strict=strict,
            shut_days=everything,
            periods=arguments.periods(period or ()),
            groups=groups,
        )
    )
    from marketmove.render.history import FORMATS

    people = output_format == "table"
    look = render_options(output, settings.palette, ascii_only)._replace(everything=everything)
    if not (quiet or (people and output is None and same_terminal())):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    emit_pieces(FORMATS[output_format](report, look), output, people)
