"""The options of `history`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli import arguments, engines, environment, progress
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit_pieces, say_unusable, stdout_is_terminal, warn
from marketmove.errors import ExitStatus
from marketmove.market.periods import chosen_periods


def history(
    *,
    typed: typer.Context,
    dates: shared.HistoryArguments,
    chosen: shared.ChosenOptions,
    period: shared.PeriodOption = None,
    in_currency: shared.InOption = "",
    columns: shared.ColumnsOption = None,
    wide: Annotated[
        bool,
        shared.output_option(
            "--wide", help="A column an index: of its change in %, or of --columns."
        ),
    ] = False,
    context: Annotated[
        bool, shared.compare_option("--context", help="How rare each was beside those before.")
    ] = False,
    reading: shared.ReadingOptions,
    output_format: shared.HistoryFormat = "table",
    look: shared.LookOptions,
    csv_safe: shared.CsvSafeOption = False,
    everything: Annotated[
        bool,
        shared.output_option(
            "--all",
            help="All rows of a long table, dates without a session, and before a first close.",
        ),
    ] = False,
    engine: shared.EngineOptions,
    run: shared.RunOptions,
) -> ExitStatus:
    """Give the moves of many sessions, as a table, CSV or JSON.

    Every index has a row for every session of its exchange, each move from its own last close
    before it. A move that cannot be known has a status instead of figures: if a bad row affects
    it, it is unusable, and the exit status is 3. For what is too large for this machine's
    memory, --engine works out the same figures elsewhere, from what convert writes.

    $ marketmove history 2025-02-03 2025-02-14 -i HSI -i N225
    $ marketmove history ytd latest -l closes.csv --format csv -o moves.csv
    $ marketmove history 2025-02-03 2025-02-14 --wide --columns close
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    arguments.refuse_stray(typed.args)
    engines.refuse_master(engine)
    first, last = arguments.history_range(*dates, environment.today())
    in_currency = arguments.currency(in_currency)
    shown = arguments.history_columns(columns, output_format, wide, in_currency)
    if engine.engine is not None:
        asked_for = {
            "--period": period, "--columns": columns, "--wide": wide, "--in": in_currency,
            "--context": context,
        }  # fmt: skip
        engines.refuse_options(asked_for, reading, output_format)
        written = engines.run((first, last), everything, engine, chosen, look, run)
        return engines.told(written, output_format, look, run)
    context = arguments.history_context(context, shown, in_currency)
    asked = shared.asked(chosen, reading, run, palette=look.palette)

    from marketmove.commands import history as command

    report = command.history(
        command.HistoryRequest(
            first=first,
            last=last,
            shut_days=everything,
            in_currency=in_currency,
            context=context,
            periods=arguments.with_periods_of(chosen_periods(period or ()), shown),
            **asked,
        )
    )

    from marketmove.render.history import FORMATS, WIDE_FORMATS

    people = output_format == "table"
    warn(report.warnings, look.output, people, run.quiet)
    options = look.render_options(asked["config"])._replace(everything=everything, columns=shown)
    formats = WIDE_FORMATS if wide else FORMATS
    if not (str(look.output or "-") == "-" and stdout_is_terminal()):
        shown = asked["config"].progress
        report = report._replace(blocks=progress.followed(report.blocks, report.rows, shown))
    emit_pieces(formats[output_format](report, options), look.output, people, csv_safe)
    return say_unusable(report.unusable)
