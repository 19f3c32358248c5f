"""The options of `pair`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, warn
from marketmove.errors import WrongUsageError

if TYPE_CHECKING:
    from marketmove.commands.pair import PairRequest


def pair(
    *,
    typed: typer.Context,
    asked: shared.PairOptions,
    floor_pct: shared.FloorOption = None,
    levels: shared.LevelsOption = None,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    output_format: shared.HistoryFormat = "table",
    look: shared.LookOptions,
    csv_safe: shared.CsvSafeOption = False,
    run: shared.RunOptions,
) -> None:
    """Show one pair over time, and how rare its spread is.

    The spread is the move of A less that of B. Each is compared with those of the common
    sessions before it, up to --window of them, never itself. Moves of one session are
    subtracted (pp), those of a span compound (%).

    $ marketmove pair HSI N225 -l closes.csv
    $ marketmove pair HSI:N225 -l closes.csv --since 2025-01-01
    $ marketmove pair "Hang Seng" "Nikkei 225" -l closes.csv --format csv
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    request = pair_request(
        asked, typed.args, levels, reading, run, palette=look.palette, floor_pct=floor_pct
    )
    request = request._replace(in_currency=arguments.currency(in_currency))
    from marketmove.commands import pair as command

    report = command.pair(request)
    from marketmove.render.pair import FORMATS

    people = output_format == "table"
    warn(report.warnings, look.output, people, run.quiet)
    text = FORMATS[output_format](report, look.render_options(request.config))
    emit(text, look.output, people, csv_safe)


def pair_request(
    asked: shared.PairOptions,
    further: Sequence[str],
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
    from marketmove.market.choose import split_pair

    text = " ".join(filter(None, [asked.one, asked.other, *further]))
    try:
        exact = asked.other is not None and not further
        two = (asked.one, asked.other or "") if exact else split_pair(text, settings.registry)
    except WrongUsageError:
        arguments.refuse_stray(further, "the two indices")
        raise
    request = PairRequest(*two, since, until, specs, checked, settings, asked.window)
    return request._replace(strict=run.strict, now=environment.now())
