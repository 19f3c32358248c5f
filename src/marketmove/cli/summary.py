"""The options of `summary`."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.alerts import alerting_of, settle
from marketmove.cli.app import app
from marketmove.cli.delivery import deliver, delivery_of
from marketmove.cli.options import (
    AlertOption,
    AsciiOption,
    AsOfOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    ExitCodeOption,
    GroupOption,
    IndexOption,
    JournalOption,
    LevelsOption,
    OnAlertOption,
    OnAlertTimeoutOption,
    OutputOption,
    PaletteOption,
    QuietOption,
    StrictOption,
    SummaryFormat,
    SymbolOption,
    ToOption,
    ToTimeoutOption,
)
from marketmove.cli.settings import groups_of, session_of, settings_of, specs_of
from marketmove.cli.terminal import emit, render_options, same_terminal, say
from marketmove.delivery.publish import (
    Destination,
    Outcome,
    journal_options,
    options_text,
    publish,
    target_of,
)
from marketmove.delivery.targets import Message
from marketmove.errors import ExitStatus, Problem

if TYPE_CHECKING:
    from marketmove.delivery.revisions import Revision
    from marketmove.reports.summary import SummaryReport

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
    alert: AlertOption = None,
    exit_code: ExitCodeOption = False,
    on_alert: OnAlertOption = None,
    on_alert_timeout: OnAlertTimeoutOption = 30,
    to: ToOption = None,
    to_timeout: ToTimeoutOption = 30,
    output_format: Annotated[
        SummaryFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "text",
    output: OutputOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    once: Annotated[
        bool, typer.Option("--once", help="Only news: nothing where the session is done.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Print what --once would not, and record it.")
    ] = False,
    journal: JournalOption = None,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> int:
    arguments.refuse_stray(typed.args)
    moment = None if as_of is None else arguments.moment(as_of, dt.datetime.now(dt.UTC))
    when = session_of(date, as_of, moment)
    specs = specs_of(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config, palette=palette)
    groups = groups_of(group or (), settings)
    asked = journal_options(once, force, journal, output)
    alerting = alerting_of(alert, exit_code, on_alert, on_alert_timeout, settings)
    delivery = delivery_of(to, to_timeout, settings)

    from marketmove.commands.session import SessionRequest
    from marketmove.commands.summary import summary

    told = summary(
        SessionRequest(
            session=when,
            levels=specs,
            chosen=tuple(index or ()),
            reading=reading,
            config=settings,
            strict=strict,
            as_of=moment,
            groups=groups,
            alerts=alerting.conditions,
        )
    )
    from marketmove.delivery.revisions import summary_key
    from marketmove.render.summary.text import FORMATS, message
    from marketmove.wording import revisions

    people = output_format in {"text", "markdown"}
    look = render_options(output, settings.palette, ascii_only)
    quiet = quiet or (people and output is None and same_terminal())

    def headed(revised: tuple[Revision, ...]) -> SummaryReport:
        return told._replace(revised=tuple(map(revisions.sentence, revised)))

    def write(revised: tuple[Revision, ...]) -> None:
        if not quiet:
            say(Problem(w.place, f"warning: {w.text}") for w in told.session.warnings)
        emit(FORMATS[output_format](headed(revised), look), output, people)

    @functools.cache
    def told_to_targets(revised: tuple[Revision, ...]) -> Message:
        # What is delivered is UTF-8, whatever the locale says.
        signs = look._replace(ascii_only=ascii_only)
        return message(headed(revised), output_format, signs)

    going = Destination(
        output=target_of(output),
        prints=delivery.prints or output is not None,
        write=write,
        names=delivery.names,
        message=told_to_targets,
        send=functools.partial(deliver, delivery),
        seconds=to_timeout,
    )
    rests_on = summary_key(told.session.moves, output_format, options_text(group, config))
    gone = Outcome()
    try:
        gone = publish(asked, rests_on, going)
    except KeyboardInterrupt:
        gone = Outcome(fresh=False)
        raise
    finally:
        # An alert is met whether or not the result could be written; but once is enough.
        met = told.session.alerts if gone.fresh else ()
        status = settle(met, lambda: FORMATS["json"](told, look), alerting)
    return max(status, status if gone.delivered else ExitStatus.UNDELIVERED)
