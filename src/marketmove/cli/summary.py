"""The options of `summary`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.alerts import act_on_alerts, alerting_of
from marketmove.cli.delivery import DeliveryOptions, ReadyTargets, deliver, delivery_of
from marketmove.cli.terminal import emit, say, warn
from marketmove.delivery import publish as publishing
from marketmove.delivery.revisions import summary_key
from marketmove.delivery.targets import Message
from marketmove.errors import ExitStatus
from marketmove.market.periods import chosen_periods
from marketmove.render import RenderOptions

if TYPE_CHECKING:
    from marketmove.reports.summary import SummaryReport


class OnceOptions(NamedTuple):
    """What is asked of the journal."""

    once: Annotated[
        bool,
        shared.delivery_option("--once", help="Only news: nothing where the session is done."),
    ] = False
    force: Annotated[
        bool,
        shared.delivery_option("--force", help="Print what --once would not, and record it."),
    ] = False
    journal: shared.JournalOption = None


def summary(
    *,
    typed: typer.Context,
    date: shared.DateArgument = None,
    chosen: shared.ChosenOptions,
    as_of: shared.AsOfOption = None,
    period: shared.PeriodOption = None,
    in_currency: shared.InOption = "",
    reading: shared.ReadingOptions,
    alerts: shared.AlertOptions,
    delivery: DeliveryOptions,
    output_format: shared.SummaryFormat = "text",
    look: shared.LookOptions,
    kept: OnceOptions,
    run: shared.RunOptions,
) -> int:
    """Sum up one session in words, for mail, chats and programs.

    What a market wrap says, from closes alone: a headline, the moves by region, divergent pairs,
    records; for mail (text, html), chats (markdown) and programs (json). Text is 72 columns wide.

    $ marketmove summary latest -l closes.csv
    $ marketmove summary 2025-02-14 --group asia --format markdown
    $ marketmove summary latest -l closes.csv --once --to env:CHAT_URL
    """
    date, named = arguments.date_or_indices(date, typed.args, chosen.indices, run.registry)
    chosen = chosen._replace(indices=named)
    when, moment = arguments.session_or_moment(date, as_of, environment.now(), environment.today())
    asked = shared.asked(chosen, reading, run, palette=look.palette)
    once, force, journal = kept
    arguments.refuse_journal(once, force, journal, look.output)
    alerting = alerting_of(alerts, asked["config"])
    targets = delivery_of(delivery, asked["config"])

    from marketmove.commands import summary as command
    from marketmove.commands.session import SessionRequest

    report = command.summary(
        SessionRequest(
            session=when,
            as_of=moment,
            periods=chosen_periods(period or ()),
            alerts=alerting.conditions,
            in_currency=arguments.currency(in_currency),
            **asked,
        )
    )

    from marketmove.render.summary.text import FORMATS

    options = look.render_options(asked["config"])
    destination = _destination(report, output_format, look, options, run.quiet, targets)
    recorded = once or journal is not None
    place = functools.partial(environment.journal_to_write, journal) if recorded else None
    options_text = _options_text(chosen.group, period, run.config, report.session.in_currency)
    key = summary_key(report.session.moves, output_format, options_text)
    outcome = publishing.Outcome()
    try:
        outcome = publishing.publish(
            publishing.JournalOptions(once, force, place, report.archived),
            key,
            destination,
            environment.clock,
        )
        say((*outcome.problems, *report.session.unusable))
    except KeyboardInterrupt:
        outcome = publishing.Outcome(fresh=False)
        raise
    finally:
        # An alert is met whether or not the result could be written; but once is enough.
        met = report.session.alerts if outcome.fresh else ()
        status = act_on_alerts(met, lambda: FORMATS["json"](report, options), alerting)
    if outcome.problems or report.session.unusable:
        return ExitStatus.BAD_DATA
    return max(status, status if outcome.delivered else ExitStatus.UNDELIVERED)


def _destination(
    report: SummaryReport,
    output_format: str,
    look: shared.LookOptions,
    options: RenderOptions,
    quiet: bool,
    targets: ReadyTargets,
) -> publishing.Destination:
    """Where a summary goes: printed or written, and sent, each headed by what was revised."""
    from marketmove.render.summary.text import FORMATS, message
    from marketmove.wording import revisions

    people = output_format in {"text", "markdown"}

    def headed(revised: publishing.Revisions, again: bool) -> SummaryReport:
        head = (revisions.REPEAT,) * again + tuple(map(revisions.sentence, revised))
        return report._replace(revised=head)

    def write(revised: publishing.Revisions, again: bool) -> None:
        warn(report.session.warnings, look.output, people, quiet)
        emit(FORMATS[output_format](headed(revised, again), options), look.output, people)

    @functools.cache
    def as_message(revised: publishing.Revisions, again: bool) -> Message:
        # What is delivered is UTF-8, whatever the locale says.
        signs = options._replace(ascii_only=look.ascii_only)
        return message(headed(revised, again), output_format, signs)

    return publishing.Destination(
        output=publishing.destination_name(look.output),
        prints=targets.prints or look.output is not None,
        write=write,
        urls=targets.urls,
        message=as_message,
        send=functools.partial(deliver, targets),
        seconds=targets.seconds,
    )


def _options_text(
    groups: Sequence[str] | None,
    periods: Sequence[str] | None,
    config: Path | None,
    in_currency: str,
) -> str:
    """What else was typed that makes summaries of the same indices different ones."""
    typed = [f"--group {name}" for name in sorted(groups or ())]
    typed += [f"--period {name}" for name in chosen_periods(periods or ())]
    typed += [f"--in {in_currency}"] if in_currency else []
    if config is not None:
        typed.append(f"--config {config.resolve()}")
    return " ".join(typed)
