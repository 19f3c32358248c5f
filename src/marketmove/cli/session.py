"""The options of `session`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.alerts import act_on_alerts, alerting_of, announce
from marketmove.cli.terminal import emit_pieces, say_unusable, warn
from marketmove.errors import WrongUsageError
from marketmove.market.periods import chosen_periods
from marketmove.reports.documents import CONTEXT_COLUMNS, EXTREME_COLUMNS


class ComparedOptions(NamedTuple):
    """Which pairs are shown, how rare things are, and in which order."""

    against: Annotated[
        str | None, shared.compare_option(metavar="INDEX", help="Compare each index with this one.")
    ] = None
    pair: Annotated[
        list[str] | None,
        shared.compare_option(metavar="A:B", help="Show this pair, whatever its signs."),
    ] = None
    wide: Annotated[
        bool,
        shared.compare_option("--wide", help="Pairs wider than 95% of their past, instead."),
    ] = False
    context: Annotated[
        bool | None,
        shared.compare_option(help="How rare each move is, in CSV too; or not at all."),
    ] = None
    sort: Annotated[
        shared.Sort | None,
        shared.output_option(
            metavar="ORDER", help="Of the rows; spread: of the pairs.", show_default="change"
        ),
    ] = None
    top: Annotated[
        int | None,
        shared.compare_option(metavar="N", min=1, help="How many pairs.", show_default="10"),
    ] = None
    floor_pct: shared.FloorOption = None


def session(
    *,
    typed: typer.Context,
    date: shared.DateArgument = None,
    chosen: shared.ChosenOptions,
    as_of: shared.AsOfOption = None,
    period: shared.PeriodOption = None,
    in_currency: shared.InOption = "",
    columns: shared.ColumnsOption = None,
    reading: shared.ReadingOptions,
    compared: ComparedOptions,
    alerts: shared.AlertOptions,
    output_format: shared.SessionFormat = "table",
    look: shared.LookOptions,
    csv_safe: shared.CsvSafeOption = False,
    everything: shared.AllOption = False,
    explain: shared.ExplainOption = False,
    brief: Annotated[
        bool, shared.output_option("--brief", help="The tables alone, without what stands below.")
    ] = False,
    run: shared.RunOptions,
) -> int:
    """Show one session: closes, changes, divergent pairs.

    An index is measured from its own last close before the session; the change in percent is
    (close - prior close) / prior close x 100. Where there is no close there is no figure.

    $ marketmove session latest -l closes.csv
    $ marketmove session 2025-02-14 --group asia --period ytd
    $ marketmove session 2025-02-14 --pair HSI:N225 --alert 'HSI: 3'
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    date, named = arguments.date_or_indices(date, typed.args, chosen.indices, run.registry)
    chosen = chosen._replace(indices=named)
    when, moment = arguments.session_or_moment(date, as_of, environment.now(), environment.today())
    against, pairs, wide, context, sort, top, floor_pct = compared
    asked = shared.asked(
        chosen, reading, run, palette=look.palette, floor_pct=floor_pct, top=top, sort=sort
    )
    settings = asked["config"]
    alerting = alerting_of(alerts, settings)
    if brief and output_format != "table":
        text = f"--brief is of the table; --format {output_format} has all that there is to say"
        raise WrongUsageError.at(None, text)
    arguments.refuse_pairs(output_format, against, pairs, wide, context)
    in_currency = arguments.currency(in_currency)
    shown = arguments.columns(columns, output_format, in_currency)
    periods = arguments.with_periods_of(chosen_periods(period or ()), shown)
    people, rows = output_format in {"table", "markdown"}, output_format in {"csv", "ndjson"}
    if any(name in {*CONTEXT_COLUMNS, *EXTREME_COLUMNS} for name in shown):
        arguments.refuse_context(context)
        context = True
    if context is None and rows:
        context = False

    from marketmove.commands import session as command
    from marketmove.market.choose import Comparison

    report = command.session(
        command.SessionRequest(
            session=when,
            explain=explain,
            pairs=settings.top if people else top if output_format == "json" else 0,
            as_of=moment,
            periods=periods,
            comparison=Comparison(against, tuple(pairs or ()), wide),
            context=True if wide else context,
            pair_lines=people,
            in_currency=in_currency,
            alerts=alerting.conditions,
            **asked,
        )
    )

    from marketmove.render.session import FORMATS

    options = look.render_options(settings)._replace(
        everything=everything, columns=shown, explain=explain, brief=brief
    )
    warn(report.warnings, look.output, output_format == "table" and not brief, run.quiet)
    if rows:
        announce(report.alerts)
    try:
        emit_pieces(FORMATS[output_format](report, options), look.output, people, csv_safe)
    finally:
        # An alert is met whether or not the result could be written.
        status = act_on_alerts(
            report.alerts, lambda: "".join(FORMATS["json"](report, options)), alerting
        )
    return say_unusable(report.unusable) or status
