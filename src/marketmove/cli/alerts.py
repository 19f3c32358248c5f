"""What the command line does about alerts: the command it runs, and the status it ends with."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.cli.options import AlertOptions
from marketmove.cli.terminal import say
from marketmove.errors import ExitStatus, Problem, WrongUsageError

if TYPE_CHECKING:
    from marketmove.alerts.conditions import Condition
    from marketmove.config import Config
    from marketmove.reports.records import Alert


class Alerting(NamedTuple):
    """What is to happen where alerts are met.

    ``conditions`` are those typed. ``command`` is run, none if empty, for ``seconds`` at the most;
    with ``exit_code`` the configured conditions ask for a status of their own too.
    """

    conditions: tuple[Condition, ...] = ()
    exit_code: bool = False
    command: tuple[str, ...] = ()
    seconds: int = 30


def alerting_of(options: AlertOptions, config: Config) -> Alerting:
    """Read the options of alerts."""
    from marketmove.alerts.conditions import parse_conditions

    conditions = parse_conditions(options.alert or (), config.registry)
    if options.on_alert is not None and not (conditions or config.alerts):
        text = "--on-alert: there is no alert; give one with --alert, or alerts: in a configuration"
        raise WrongUsageError.at(None, text)
    if options.exit_code and not config.alerts:
        text = "--exit-code is about alerts: in a configuration, which has none; --alert needs none"
        raise WrongUsageError.at(None, text)
    command = _command(options.on_alert)
    return Alerting(conditions, options.exit_code, command, options.on_alert_timeout)


def _command(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise WrongUsageError.at(None, f"--on-alert: {str(error).lower()}") from None
    if not parts:
        raise WrongUsageError.at(None, "--on-alert: expected a command, such as 'notify-me --now'")
    if "\0" in text:
        raise WrongUsageError.at(None, "--on-alert: a command has no null characters")
    return tuple(parts)


def announce(alerts: Sequence[Alert]) -> None:
    """Name the alerts met on stderr, where the result itself has no room for them."""
    from marketmove.wording.session_rows import alert_lines

    say(Problem(None, f"alert: {line}") for line in alert_lines(alerts))


def act_on_alerts(
    alerts: Sequence[Alert], document: Callable[[], str], alerting: Alerting
) -> ExitStatus:
    """Run the command, if an alert is met, and give the status that the run ends with."""
    if alerts and alerting.command:
        failure = _run(
            alerting.command, document().encode("utf-8", "backslashreplace"), alerting.seconds
        )
        if failure:
            say([Problem(None, f"--on-alert: {alerting.command[0]}: {failure}")])
            return ExitStatus.UNDELIVERED
    met = any(alert.asked or alerting.exit_code for alert in alerts)
    return ExitStatus.ALERT if met else ExitStatus.DONE


def _run(command: Sequence[str], data: bytes, seconds: int) -> str:
    """Run a command with data on its standard input; give why it failed, empty if it did not."""
    stderr = _descriptor()
    try:
        # Its own process group, so that what it started ends with it.
        process = subprocess.Popen(  # noqa: S603 - the user's own command, and no shell
            command, stdin=subprocess.PIPE, stdout=stderr, stderr=stderr, start_new_session=True
        )
    except OSError as error:
        return f"cannot be run: {(error.strerror or str(error)).lower()}"
    try:
        process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"not finished within {seconds} s (--on-alert-timeout), so it was ended"
    finally:
        if process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.wait()
    if process.returncode < 0:
        return f"ended by signal {-process.returncode}"
    return f"ended with status {process.returncode}" if process.returncode else ""


def _descriptor() -> int:
    """Where the command writes: our own stderr, or nowhere if that is closed."""
    try:
        return sys.stderr.fileno()
    except (OSError, ValueError, AttributeError):
        return subprocess.DEVNULL
