"""The options of `chart` and its kinds: pictures in files, or drawn in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.app import command_group
from marketmove.cli.own_files import refuse_over
from marketmove.cli.pair import pair_request
from marketmove.cli.terminal import emit, render_options, say, say_unusable, warn
from marketmove.errors import ExitStatus, Problem, WrongUsageError
from marketmove.market.periods import chosen_periods
from marketmove.render import RenderOptions

if TYPE_CHECKING:
    from marketmove.commands.chart import Chart
    from marketmove.config import Config
    from marketmove.render.pictures import PictureLook
    from marketmove.render.pictures.style import PictureWords


class PictureOptions(NamedTuple):
    """Where a chart is drawn, and how it looks."""

    output: Annotated[
        Path | None,
        shared.output_option(
            "--output", "-o", metavar="FILE", help="Draw into this file: .svg, .png, .pdf or .html."
        ),
    ] = None
    palette: shared.PaletteOption = None
    ascii_only: shared.AsciiOption = False
    title: Annotated[
        str,
        shared.output_option(
            "--title", metavar="TEXT", help="Above a picture.", show_default=False
        ),
    ] = ""
    source: Annotated[
        str,
        shared.output_option(
            "--source", metavar="TEXT", help="The source, under a picture.", show_default=False
        ),
    ] = ""
    width: Annotated[
        int | None,
        shared.output_option(
            "--width",
            metavar="PIXELS",
            min=600,
            max=8000,
            help="Of a picture, 200 an inch.",
            show_default="at most 1600",
        ),
    ] = None
    dark: Annotated[
        bool,
        shared.output_option("--dark", help="A picture on dark ground; .html follows its screen."),
    ] = False

    def check(self) -> None:
        """Refuse a file that cannot be drawn into, before any work."""
        asked = {"--title": self.title, "--source": self.source, "--width": self.width}
        for name, value in (asked | {"--dark": self.dark}).items():
            if value and self.output is None:
                problem = f"{name} is for a picture; add --output FILE"
                raise WrongUsageError.at(None, problem)
        if self.output is not None:
            arguments.picture_ending(self.output)

            from marketmove.render.pictures import need_matplotlib

            need_matplotlib()

    def words(self) -> PictureWords:
        """Give what is asked to be written in a picture."""
        from marketmove.render.pictures.style import PictureWords

        return PictureWords(self.title, self.source)

    def picture_look(self, palette: str) -> PictureLook:
        """Give how a picture is to look, in inches."""
        from marketmove.render.pictures import PictureLook
        from marketmove.render.pictures.style import DOTS_AN_INCH

        width = None if self.width is None else self.width / DOTS_AN_INCH
        return PictureLook(palette, width, self.dark)

    def render_options(self, config: Config) -> RenderOptions:
        """Give how the chart is to look in the terminal."""
        return render_options(self.output, config.palette, self.ascii_only)


def session(
    *,
    typed: typer.Context,
    date: shared.DateArgument = None,
    chosen: shared.ChosenOptions,
    as_of: shared.AsOfOption = None,
    period: Annotated[
        str | None,
        shared.what_option(
            metavar="PERIOD|week|month|qtd|ytd|5d|1y",
            help="Draw the change since a period began instead: week, month, qtd, ytd, 5d, 1y.",
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        shared.compare_option(metavar="A:B", help="Name this pair and its spread."),
    ] = None,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    sort: Annotated[
        shared.BarSort | None,
        shared.output_option(metavar="ORDER", help="Of the bars.", show_default="change"),
    ] = None,
    picture: PictureOptions,
    everything: shared.AllOption = False,
    run: shared.RunOptions,
) -> ExitStatus:
    """Draw one session: a bar an index from a zero line.

    An index without a move is named, with the reason.

    $ marketmove chart session latest -l closes.csv
    $ marketmove chart session 2025-02-14 --period ytd
    $ marketmove chart session 2025-02-14 -o moves.svg
    """
    date, named = arguments.date_or_indices(date, typed.args, chosen.indices, run.registry)
    chosen = chosen._replace(indices=named)
    picture.check()
    when, moment = arguments.session_or_moment(date, as_of, environment.now(), environment.today())
    periods = chosen_periods([period] if period else [])
    asked = shared.asked(chosen, reading, run, palette=picture.palette, sort=sort)
    from marketmove.commands.chart import session_chart
    from marketmove.commands.session import SessionRequest
    from marketmove.market.choose import Comparison

    request = SessionRequest(
        session=when,
        as_of=moment,
        periods=periods,
        pairs=1,
        comparison=Comparison(pairs=tuple(pair or ())),
        context=False,
        in_currency=arguments.currency(in_currency),
        **asked,
    )
    look = picture.render_options(request.config)._replace(everything=everything)
    return _draw(session_chart(request, look, picture.words()), picture, look.palette, run.quiet)


def heatmap(
    *,
    typed: typer.Context,
    dates: shared.RangeArguments,
    chosen: shared.ChosenOptions,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    picture: PictureOptions,
    run: shared.RunOptions,
) -> ExitStatus:
    """Draw many sessions: a row an index, a column a session.

    Indices stand by region. A move is told by colour and by its sign or figure. Days on which an
    exchange was shut are marked.

    $ marketmove chart heatmap 2025-02-03 2025-02-14 -l closes.csv
    $ marketmove chart heatmap 2025-02-03 latest -l closes.csv --group asia
    $ marketmove chart heatmap 2025-02-03 2025-02-14 -l closes.csv -o moves.png
    """
    arguments.refuse_stray(typed.args)
    picture.check()
    first, last = arguments.date_range(*dates, environment.today())
    asked = shared.asked(chosen, reading, run, palette=picture.palette)
    from marketmove.commands.chart import heatmap_chart
    from marketmove.commands.history import HistoryRequest

    money = arguments.currency(in_currency)
    request = HistoryRequest(first=first, last=last, shut_days=True, in_currency=money, **asked)
    look = picture.render_options(request.config)
    return _draw(heatmap_chart(request, look, picture.words()), picture, look.palette, run.quiet)


def pair(
    *,
    typed: typer.Context,
    asked: shared.PairOptions,
    levels: shared.LevelsOption = None,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    picture: PictureOptions,
    run: shared.RunOptions,
) -> ExitStatus:
    """Draw one pair over time: its spread, its relative strength.

    The spread is A less B, in percentage points (pp); the relative strength is the ratio of the
    closes, 100 in the first session drawn.

    $ marketmove chart pair HSI N225 -l closes.csv
    $ marketmove chart pair HSI:N225 -l closes.csv --since 2025-01-01
    $ marketmove chart pair HSI N225 -l closes.csv -o pair.html
    """
    picture.check()
    from marketmove.commands.chart import pair_chart

    request = pair_request(asked, typed.args, levels, reading, run, palette=picture.palette)
    request = request._replace(in_currency=arguments.currency(in_currency))
    look = picture.render_options(request.config)
    return _draw(pair_chart(request, look, picture.words()), picture, look.palette, run.quiet)


def lines(
    *,
    indices: shared.SymbolsArgument = None,
    since: Annotated[
        str | None,
        shared.what_option(metavar="DATE", help="Where each is 100; else where all have begun."),
    ] = None,
    until: Annotated[
        str | None,
        shared.what_option(metavar="DATE", help="The last date; else as the data ends."),
    ] = None,
    levels: shared.LevelsOption = None,
    group: shared.GroupOption = None,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    picture: PictureOptions,
    run: shared.RunOptions,
) -> ExitStatus:
    """Draw indices over time, each 100 at the start.

    Each line has its name at its end, and its index's own sessions, from its last close on or
    before --since. More than eight have a panel each.

    $ marketmove chart lines HSI N225 SPX --since 2025-01-02 -l closes.csv
    $ marketmove chart lines HSI N225 SPX --until 2025-02-14 -l closes.csv
    $ marketmove chart lines --group asia -l closes.csv -o asia.svg
    """
    picture.check()
    first, last = arguments.open_range(since, until, environment.today())
    specs, checked = arguments.specs(levels or ()), reading.checked()
    settings = run.settings(palette=picture.palette)
    from marketmove.commands.chart import LinesRequest, lines_chart

    request = LinesRequest(
        tuple(indices or ()),
        first,
        last,
        specs,
        checked,
        settings,
        run.strict,
        arguments.groups(group or (), settings),
        environment.now(),
        arguments.currency(in_currency),
    )
    look = picture.render_options(settings)
    return _draw(lines_chart(request, look, picture.words()), picture, look.palette, run.quiet)


def _draw(chart: Chart, asked: PictureOptions, palette: str, quiet: bool) -> ExitStatus:
    """Draw in the terminal, or into the file, whole or not at all."""
    output = asked.output
    warn(chart.warnings, output, people=True, quiet=quiet)
    if output is None:
        emit(chart.text(), None, people=True)
        return say_unusable(chart.unusable)
    from marketmove.atomic import write_file
    from marketmove.render.pictures import picture

    look = asked.picture_look(palette)
    made = picture(chart.drawing(), arguments.picture_ending(output), look)
    if not quiet:
        say(Problem(None, f"warning: {text}") for text in made.warnings)
    refuse_over(output)
    write_file(output, made.data)
    return say_unusable(chart.unusable)


chart = command_group(
    """Draw moves, in the terminal or into a picture.

    With --output the picture is .svg, .png, .pdf, or .html, which has the figures as a table
    beside it.

    $ marketmove chart session latest -l closes.csv
    $ marketmove chart pair HSI N225 -l closes.csv -o pair.svg
    $ marketmove chart lines HSI N225 SPX --since 2025-01-02 -l closes.csv
    """,
    {kind.__name__: kind for kind in (session, heatmap, pair, lines)},
)
