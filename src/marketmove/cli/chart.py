"""The options of `chart` and its kinds: pictures in files, or drawn in the terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AllOption,
    AsciiOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    GroupOption,
    IndexOption,
    LevelsOption,
    PaletteOption,
    QuietOption,
    Sort,
    StrictOption,
    SymbolOption,
)
from marketmove.cli.settings import groups_of, session_of, settings_of, specs_of
from marketmove.cli.terminal import emit, render_options, same_terminal, say
from marketmove.errors import Problem
from marketmove.render import RenderOptions

if TYPE_CHECKING:
    from marketmove.errors import Remark
    from marketmove.render.pictures import Drawing

_CHART_HELP = (
    "Draw moves: in the terminal, or with --output into a picture."
    "\n\nA picture is .svg, .png, .pdf, or .html, which has the figures as a table beside it."
)
_SESSION_HELP = (
    "Draw one session: a bar an index from a zero line."
    "\n\nAn index without a move is named, with the reason."
)
_HEATMAP_HELP = (
    "Draw many sessions: a row an index, by region, and a column a session."
    "\n\nA move is told by colour and by its sign or figure. Days on which an exchange was shut"
    " are marked."
)
_PAIR_HELP = (
    "Draw one pair through time: the spread of A less B, and their relative strength."
    "\n\nThe spread is in percentage points (pp); the relative strength is the ratio of the closes,"
    " 100 in the first session drawn."
)
PictureOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Draw into this file: .svg, .png, .pdf or .html.",
    ),
]

chart = typer.Typer(help=_CHART_HELP)
app.add_typer(chart, name="chart")


@chart.command("session", help=_SESSION_HELP, context_settings={"allow_extra_args": True})
def _session(
    context: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE|latest|today|yesterday]", show_default=False)
    ] = None,
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    sort: Annotated[Sort | None, typer.Option(help="Order of the bars.")] = None,
    output: PictureOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    everything: AllOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args)
    ending = _ending(output)
    when = session_of(date, None, None)
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette, sort=sort)

    from marketmove.commands.session import SessionRequest, session

    report = session(
        SessionRequest(
            session=when,
            levels=specs,
            chosen=tuple(index or ()),
            groups=groups_of(group or (), settings),
            reading=reading,
            config=settings,
            strict=strict,
            pairs=1,
            context=False,
        )
    )
    look = render_options(output, settings.palette, ascii_only)._replace(everything=everything)
    _say(report.warnings, output, quiet)

    def drawn() -> str:
        from marketmove.render.drawings.bars import session as as_text

        return as_text(report, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.session import drawing as as_drawing

        return as_drawing(report, settings.palette, everything)

    _give(drawn, drawing, look, output, ending, quiet)


@chart.command("heatmap", help=_HEATMAP_HELP, context_settings={"allow_extra_args": True})
def _heatmap(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="FROM", show_default=False)],
    last: Annotated[str, typer.Argument(metavar="TO|latest|today", show_default=False)],
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output: PictureOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args)
    ending = _ending(output)
    start, end = arguments.date_range(first, last, dt.date.today())  # noqa: DTZ011 - the typist's
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette)

    from marketmove.commands.history import HistoryRequest, history
    from marketmove.market.groups import VOLATILITY_GROUP
    from marketmove.render.drawings.heatmap import grid

    report = history(
        HistoryRequest(
            first=start,
            last=end,
            levels=specs,
            chosen=tuple(index or ()),
            groups=groups_of(group or (), settings),
            reading=reading,
            config=settings,
            strict=strict,
            shut_days=True,
        )
    )
    volatility = settings.groups.get(VOLATILITY_GROUP)
    cells = grid(report, settings.registry, volatility.symbols if volatility else ())
    look = render_options(output, settings.palette, ascii_only)
    _say(report.warnings, output, quiet)

    def drawn() -> str:
        from marketmove.render.drawings.heatmap import heatmap

        return heatmap(report, cells, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.heatmap import drawing as as_drawing

        return as_drawing(report, cells, settings.palette)

    _give(drawn, drawing, look, output, ending, quiet)


@chart.command("pair", help=_PAIR_HELP, context_settings={"allow_extra_args": True})
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
    levels: LevelsOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output: PictureOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args, "the two indices")
    ending = _ending(output)
    start, end = arguments.open_range(since, until, dt.date.today())  # noqa: DTZ011 - the typist's
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette)

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
    look = render_options(output, settings.palette, ascii_only)
    _say(report.warnings, output, quiet)

    def drawn() -> str:
        from marketmove.render.drawings.pair import pair as as_text

        return as_text(report, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.pair import drawing as as_drawing

        return as_drawing(report, settings.palette)

    _give(drawn, drawing, look, output, ending, quiet)


def _ending(output: Path | None) -> str:
    """The ending of the file to draw into, which says how, once all is there to draw with."""
    if output is None:
        return ""
    ending = arguments.picture_ending(output)

    from marketmove.render.pictures import need_matplotlib

    need_matplotlib()
    return ending


def _say(warnings: Sequence[Remark], output: Path | None, quiet: bool) -> None:
    if not (quiet or (output is None and same_terminal())):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in warnings)


def _give(
    drawn: Callable[[], str],
    drawing: Callable[[], Drawing],
    look: RenderOptions,
    output: Path | None,
    ending: str,
    quiet: bool,
) -> None:
    """Draw in the terminal, or into the file, whole or not at all."""
    if output is None:
        emit(drawn(), None, people=True)
        return
    from marketmove.atomic import write_file
    from marketmove.render.pictures import picture

    made = picture(drawing(), ending, look.palette)
    if not quiet:
        say(Problem(None, f"warning: {text}") for text in made.warnings)
    write_file(output, made.data)
