"""The options of `summary`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from marketmove import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    AsOfOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    GroupOption,
    IndexOption,
    LevelsOption,
    OutputOption,
    PaletteOption,
    QuietOption,
    StrictOption,
    SummaryFormat,
    SymbolOption,
)
from marketmove.cli.terminal import emit, look_for, same_terminal, say
from marketmove.cli.typed import groups_of, session_of, settings_of, specs_of
from marketmove.errors import Problem

_SUMMARY_HELP = (
    "Sum up one session in words: a headline, the moves by region, divergent pairs, records."
    "\n\nWhat a market wrap says, from closes alone, for mail (text, html), chats (markdown) and"
    " programs (json). Text is 72 columns wide."
)


@app.command("summary", help=_SUMMARY_HELP, context_settings={"allow_extra_args": True})
def _summary(
    typed: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE|latest|today|yesterday]", show_default=False)
    ] = None,
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    as_of: AsOfOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output_format: Annotated[
        SummaryFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "text",
    output: OutputOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(typed.args)
    moment = None if as_of is None else arguments.moment(as_of, dt.datetime.now(dt.UTC))
    when = session_of(date, as_of, moment)
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette)
    groups = groups_of(group or (), settings)

    from marketmove.commands.session import Request
    from marketmove.commands.summary import summary

    told = summary(
        Request(
            session=when,
            levels=specs,
            chosen=tuple(index or ()),
            reading=reading,
            config=settings,
            strict=strict,
            as_of=moment,
            groups=groups,
        )
    )
    from marketmove.render.summary import FORMATS

    people = output_format in {"text", "markdown"}
    look = look_for(output, settings.palette, ascii_only)
    if not (quiet or (people and output is None and same_terminal())):
        say(Problem(w.place, f"warning: {w.text}") for w in told.session.warnings)
    emit(FORMATS[output_format](told, look), output, people)
