"""The command line: the commands and their options, what is said on failure, exit statuses.

With its parts the only package that prints, ends the program, or reads the clock or environment.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from marketmove.cli.app import app
from marketmove.cli.terminal import emit, reader_left, say, unwritten
from marketmove.errors import ExitStatus, MarketMoveError, OutputError, Problem

COMMANDS = (
    *("calc", "chart", "check", "completion", "history", "indices", "init"),
    *("journal", "pair", "schedule", "session", "summary", "verify"),
)
# What a wrong command line raises; typer keeps the class under different names by version.
_CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]


def main() -> None:
    """Run the program with the arguments it was called with, and end with its status."""
    sys.exit(run(sys.argv[1:]))


def program(typed: Sequence[str] = ()) -> typer.Typer:
    """Give the program with its commands; with the one alone that was typed, if one was."""
    for name in [word for word in typed if word in COMMANDS][:1] or COMMANDS:
        import_module(f"marketmove.cli.{name}")
    return app


def run(typed: Sequence[str]) -> int:
    """Run the program, say on stderr what went wrong, and give the exit status."""
    try:
        status = program(typed)(list(typed), prog_name="marketmove", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except MarketMoveError as error:
        return _failed(typed, error.status, error.problems)
    except _CommandLineError as error:
        return _misused(typed, error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # typer ends so, by itself, when the reader of a pipe has left while it prints its help.
        return reader_left()
    except OSError as error:
        if "--debug" in typed:
            raise
        return _failed(typed, ExitStatus.BAD_DATA, [unwritten(error)])
    except Exception as error:
        if "--debug" in typed:
            raise
        text = f"a bug: {type(error).__name__}: {error}; --debug shows where"
        return _failed(typed, ExitStatus.BUG, [Problem(None, text)])
    return status if isinstance(status, int) else ExitStatus.DONE


def _failed(typed: Sequence[str], status: ExitStatus, problems: Sequence[Problem]) -> int:
    """Say what is wrong, on stderr and, where JSON was asked for, as the document of the run."""
    from marketmove.delivery.targets import without_secrets

    problems = [problem._replace(text=without_secrets(problem.text)) for problem in problems]
    say(problems)
    if re.search(r"(^|\s)(--format[=\s]|-f[=\s]?)json(\s|$)", " ".join(typed)):
        from marketmove.render.machine import failure
        from marketmove.reports import records as report
        from marketmove.reports import summary as digest

        schemas = {
            "calc": report.CALC_SCHEMA,
            "check": report.CHECK_SCHEMA,
            "history": report.HISTORY_SCHEMA,
            "indices": report.INDICES_SCHEMA,
            "journal": report.JOURNAL_SCHEMA,
            "pair": report.PAIR_SCHEMA,
            "summary": digest.SUMMARY_SCHEMA,
            "verify": report.VERIFY_SCHEMA,
        }
        schema = next((schemas[word] for word in typed if word in schemas), report.SESSION_SCHEMA)
        with contextlib.suppress(BrokenPipeError, OutputError):
            emit(failure(schema, status, problems), None, people=False)
    return status


def _misused(typed: Sequence[str], error: Exception) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "marketmove"
    message = str(getattr(error, "format_message", lambda: error)())
    return _failed(typed, ExitStatus.USAGE, [Problem(None, f"{message} ({path} --help)")])
