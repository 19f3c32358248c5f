"""The options of `pair`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, warn

if TYPE_CHECKING:
    from marketmove.commands.pair import PairRequest


def pair(
    *,
    typed: typer.Context,
    asked: shared.PairOptions,
    floor_pct: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Least size of both moves of a divergent pair."),
    ] = None,
    levels: shared.LevelsOption = None,
    in_currency: shared.InOption = "",
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
    request = pair_request(asked, levels, reading, run, palette=look.palette, floor_pct=floor_pct)
    request = request._replace(in_currency=arguments.currency(in_currency))
    from marketmove.commands import pair as command

    report = command.pair(request)
    from marketmove.render.pair import FORMATS

    people = output_format == "table"
    warn(report.warnings, look.output, people, run.quiet)
    emit(FORMATS[output_format](report, look.render_options(request.config)), look.output, people)


def pair_request(
    asked: shared.PairOptions,
    levels: Sequence[str] | None,
    reading: shared.ReadingOptions,
    run: shared.RunOptions,
    palette: str | None,
    floor_pct: str | None = None,
) -> PairRequest:
    """Give what is asked of a pair, for its figures and for its chart."""
    since, until = arguments.open_range(asked.since, asked.until, environment.today())
    specs, checked = arguments.specs(levels or ()), reading.checked()
    settings = run.settings(palette=palette, floor_pct=arguments.floor_pct(floor_pct))
    from marketmove.commands.pair import PairRequest

    request = PairRequest(*asked[:2], since, until, specs, checked, settings, asked.window)
    return request._replace(strict=run.strict, now=environment.now())
