"""The options of `pair`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, warn


def pair(
    *,
    typed: typer.Context,
    asked: shared.PairOptions,
    floor_pct: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Least size of both moves of a divergent pair."),
    ] = None,
    levels: shared.LevelsOption = None,
    reading: shared.ReadingOptions,
    output_format: shared.HistoryFormat = "table",
    look: shared.LookOptions,
    run: shared.RunOptions,
) -> None:
    """Show one pair through time: the spread of A less B, and how rare the latest one is.

    Each spread is held against those of the common sessions before it, up to --window of them,
    never itself. Moves of one session are subtracted (pp), those of a span compound (%).
    """
    arguments.refuse_stray(typed.args, "the two indices")
    since, until = arguments.open_range(asked.since, asked.until, environment.today())
    specs, checked = arguments.specs(levels or ()), reading.checked()
    floor = arguments.floor_pct(floor_pct)
    settings = run.settings(palette=look.palette, floor_pct=floor)

    from marketmove.commands import pair as command

    report = command.pair(
        command.PairRequest(
            one=asked.one,
            other=asked.other,
            since=since,
            until=until,
            levels=specs,
            reading=checked,
            config=settings,
            window=asked.window,
            strict=run.strict,
        )
    )

    from marketmove.render.pair import FORMATS

    people = output_format == "table"
    warn(report.warnings, look.output, people, run.quiet)
    emit(FORMATS[output_format](report, look.render_options(settings)), look.output, people)
