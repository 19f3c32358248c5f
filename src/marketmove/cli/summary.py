"""The options of `summary`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import typer

from marketmove.cli import arguments, environment, waiting
from marketmove.cli import options as shared
from marketmove.cli.alerts import act_on_alerts, alerting_of
from marketmove.cli.delivery import DeliveryOptions, delivery_of, refuse_page
from marketmove.cli.outgoing import Outgoing
from marketmove.cli.terminal import say
from marketmove.delivery import publish as publishing
from marketmove.delivery.revisions import summary_key
from marketmove.errors import ExitStatus, NoSessionError
from marketmove.market.periods import chosen_periods


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
    kept: waiting.OnceOptions,
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
    kept.refuse_contradictions(look.output)
    kept.read_patience()
    asked = shared.asked(chosen, reading, run, palette=look.palette)
    alerting = alerting_of(alerts, asked["config"])
    targets = delivery_of(delivery, asked["config"])
    refuse_page(targets, output_format)

    from marketmove.commands import summary as command
    from marketmove.commands.session import SessionRequest

    currency = arguments.currency(in_currency)
    request = SessionRequest(
        session=when,
        as_of=moment,
        periods=chosen_periods(period or ()),
        alerts=alerting.conditions,
        in_currency=currency,
        **asked,
    )
    options_text = _options_text(chosen, period, run.config, currency)
    try:
        report = command.summary(request)
    except NoSessionError:
        none = summary_key((), output_format, options_text)
        if kept.waits and waiting.is_to_come(when):
            return ExitStatus.DONE
        if (state := waiting.look(kept, None, request, none)).until is None:
            raise
        waiting.say_waiting(state, asked["config"].registry)
        return ExitStatus.DONE
    rolling = when == "latest"
    key = summary_key(
        report.session.moves,
        output_format,
        options_text,
        session=report.session.session,
        rolling=rolling,
    )
    state = waiting.look(kept, report, request, key)
    if state.until is not None and not kept.dry_run:
        waiting.say_waiting(state, asked["config"].registry)
        return ExitStatus.DONE

    from marketmove.render.summary.text import FORMATS

    options = look.render_options(asked["config"])
    outgoing = Outgoing(report, state, output_format, look, options, run.quiet, asked["config"])
    destination = outgoing.destination(targets)
    recorded = kept.once or kept.journal is not None
    find = environment.journal_file if kept.dry_run else environment.journal_to_write
    place = functools.partial(find, kept.journal) if recorded else None
    wanted = publishing.JournalOptions(kept.once, kept.force, place, report.archived)
    if kept.dry_run:
        return outgoing.say_what_would_go(wanted, key, targets, alerting.command)
    outcome = publishing.Outcome()
    try:
        outcome = publishing.publish(wanted, key, destination, environment.clock)
        # What a run that writes nothing said before, it does not say each hour.
        unusable = report.session.unusable if outcome.fresh or not kept.once else ()
        say((*outcome.problems, *unusable))
    except KeyboardInterrupt:
        outcome = publishing.Outcome(fresh=False)
        raise
    finally:
        # An alert is met whether or not the result could be written; but once is enough.
        met = report.session.alerts if outcome.fresh else ()
        status = act_on_alerts(met, lambda: FORMATS["json"](report, options), alerting)
    if outcome.problems or unusable:
        return ExitStatus.BAD_DATA
    return max(status, status if outcome.delivered else ExitStatus.UNDELIVERED)


def _options_text(
    chosen: shared.ChosenOptions,
    periods: Sequence[str] | None,
    config: Path | None,
    in_currency: str,
) -> str:
    """What else was typed that makes summaries of the same indices different ones."""
    typed = [f"--index {name}" for name in sorted(chosen.indices or ())]
    typed += [f"--group {name}" for name in sorted(chosen.group or ())]
    typed += [f"--period {name}" for name in chosen_periods(periods or ())]
    typed += [f"--in {in_currency}"] if in_currency else []
    if config is not None:
        typed.append(f"--config {config.resolve()}")
    return " ".join(typed)
