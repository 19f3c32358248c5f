"""The options of `session`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.alerts import alerting_of, announce, settle
from marketmove.cli.app import app
from marketmove.cli.options import (
    AlertOption,
    AllOption,
    AsciiOption,
    AsOfOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    ExitCodeOption,
    ExplainOption,
    Format,
    GroupOption,
    IndexOption,
    LevelsOption,
    OnAlertOption,
    OnAlertTimeoutOption,
    OutputOption,
    PaletteOption,
    PeriodOption,
    QuietOption,
    Sort,
    StrictOption,
    SymbolOption,
)
from marketmove.cli.settings import groups_of, session_of, settings_of, specs_of
from marketmove.cli.terminal import emit, render_options, same_terminal, say
from marketmove.errors import Problem

_SESSION_HELP = (
    "Show one session: each index's close, prior close and change, and which markets parted."
    "\n\nAn index is measured from its own last close before the session; the change in percent is"
    " (close - prior close) / prior close x 100. Where there is no close there is no figure."
)


@app.command("session", help=_SESSION_HELP, context_settings={"allow_extra_args": True})
def _session(
    typed: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE|latest|today|yesterday]", show_default=False)
    ] = None,
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    as_of: AsOfOption = None,
    period: PeriodOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    against: Annotated[
        str | None, typer.Option(metavar="INDEX", help="Compare each index with this one.")
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="A:B", help="Show this pair, whatever its signs. Repeatable."),
    ] = None,
    wide: Annotated[
        bool,
        typer.Option(
            "--wide", help="Pairs wider than 95% of their past instead of divergent ones."
        ),
    ] = False,
    context: Annotated[
        bool | None,
        typer.Option(help="How rare each move is, also in CSV; or not at all."),
    ] = None,
    sort: Annotated[Sort | None, typer.Option(help="Order of the rows.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many pairs.")] = None,
    floor_pct: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Least size of both moves of a divergent pair."),
    ] = None,
    alert: AlertOption = None,
    exit_code: ExitCodeOption = False,
    on_alert: OnAlertOption = None,
    on_alert_timeout: OnAlertTimeoutOption = 30,
    output_format: Annotated[
        Format, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    everything: AllOption = False,
    explain: ExplainOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> int:
    arguments.refuse_stray(typed.args)
    moment = None if as_of is None else arguments.moment(as_of, dt.datetime.now(dt.UTC))
    when = session_of(date, as_of, moment)
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    floor = arguments.floor_pct(floor_pct)
    settings = settings_of(config, palette=palette, floor_pct=floor, top=top, sort=sort)
    groups = groups_of(group or (), settings)
    alerting = alerting_of(alert, exit_code, on_alert, on_alert_timeout, settings)
    people = output_format in {"table", "markdown"}
    arguments.refuse_pairs(output_format, against, pair, wide, context)
    if context is None and output_format in {"csv", "ndjson"}:
        context = False

    from marketmove.commands.session import SessionRequest, session
    from marketmove.market.choose import Comparison
    from marketmove.render import render

    report = session(
        SessionRequest(
            session=when,
            levels=specs,
            chosen=tuple(index or ()),
            reading=reading,
            config=settings,
            strict=strict,
            explain=explain,
            pairs=settings.top if people else top if output_format == "json" else 0,
            as_of=moment,
            periods=arguments.periods(period or ()),
            comparison=Comparison(against, tuple(pair or ()), wide),
            context=True if wide else context,
            groups=groups,
            alerts=alerting.conditions,
        )
    )
    look = render_options(output, settings.palette, ascii_only)._replace(everything=everything)
    seen = output_format == "table" and output is None and same_terminal()
    if not (quiet or seen):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    if output_format in {"csv", "ndjson"}:
        announce(report.alerts)
    try:
        emit(render(report, output_format, look), output, people)
    finally:
        # An alert is met whether or not the result could be written.
        status = settle(report.alerts, lambda: render(report, "json", look), alerting)
    return status
