"""The command line: the commands and their options, what is said on failure, exit statuses.

With its parts the only package that prints, ends the program, or reads the clock or environment.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import typer
from typer.main import get_command

from marketmove.cli import own_files, progress
from marketmove.cli.app import COMMANDS, WHOLE_HELP, program, typed_command
from marketmove.cli.misused import misused
from marketmove.cli.terminal import emit, reader_left, say, unwritten
from marketmove.errors import (
    ExitStatus,
    MarketMoveError,
    OutputError,
    Place,
    Problem,
    WrongUsageError,
)

__all__ = ["COMMANDS", "main", "program", "run"]

_NO_MEMORY = "there is not enough memory for this; use fewer indices, sessions or files"
# What else fails then: to load a library, or to start a thread of one.
_NO_MEMORY_SIGNS = ("failed to map segment", "cannot allocate memory", "can't start new thread")


def main() -> None:
    """Run the program with the arguments it was called with, and end with its status."""
    # A run that is asked to end does so as if it was interrupted: it ends what it started, and
    # records what is done. What was started to be deaf to that (nohup) stays so.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # What libraries warn their own users of is not for ours, unless Python is told to say it.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    try:
        status = run(sys.argv[1:])
    except MemoryError:
        # There was not even enough to say so.
        os.write(2, f"marketmove: {_NO_MEMORY}\n".encode())
        status = ExitStatus.BAD_DATA
    sys.exit(status)


def run(typed: Sequence[str]) -> int:
    """Run the program, say on stderr what went wrong, and give the exit status."""
    own_files.forget()
    debug = "--debug" in typed  # wherever it stands
    asked, typed = _asked_help([word for word in typed if word != "--debug"])
    command = get_command(program(typed))
    try:
        _refuse_broken(typed)
        try:
            name = "marketmove"
            status = command.main(list(typed), prog_name=name, standalone_mode=False, obj=asked)
        finally:
            progress.end()
        if sys.stdout is not None:
            sys.stdout.flush()
    except MarketMoveError as error:
        return _failed(command, typed, error.status, error.problems)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # typer ends so, by itself, when the reader of a pipe has left while it prints its help.
        return reader_left()
    except Exception as error:
        # What a wrong command line raises, of which typer has other classes in each version.
        if message := getattr(error, "format_message", None):
            path = f"marketmove {typed_command(typed)}".strip()
            said = own_files.without_typed_urls(message(), typed)
            return _failed(command, typed, ExitStatus.USAGE, [misused(error, said, path)])
        if debug:
            raise
        if isinstance(error, OSError):
            return _failed(command, typed, ExitStatus.BAD_DATA, [_of_system(error)])
        if isinstance(error, MemoryError) or any(sign in str(error) for sign in _NO_MEMORY_SIGNS):
            return _failed(command, typed, ExitStatus.BAD_DATA, [Problem(None, _NO_MEMORY)])
        text = f"a bug: {type(error).__name__}: {error}; --debug shows where"
        return _failed(command, typed, ExitStatus.BUG, [Problem(None, text)])
    return status if isinstance(status, int) else ExitStatus.DONE


def _asked_help(typed: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Take `help COMMAND` for `COMMAND --help`, with all that there is to say."""
    return (WHOLE_HELP, [*typed[1:], "--help"]) if typed[:1] == ["help"] else (None, typed)


def _of_system(error: OSError) -> Problem:
    """Say what the system did not do, of the path that it names; else of standard output."""
    if isinstance(error.filename, str | bytes):
        why = (error.strerror or "cannot be used").lower()
        return Problem(Place(os.fsdecode(error.filename)), why)
    return unwritten(error)


def _refuse_broken(typed: Sequence[str]) -> None:
    """Refuse a text that the system cannot have handed over: half of a pair that is one letter."""
    for text in typed:
        try:
            os.fsencode(text)
        except UnicodeEncodeError:
            what = "an argument has half a character, as no file name has; type it again"
            raise WrongUsageError.at(None, what) from None


def _failed(
    command: Any, typed: Sequence[str], status: ExitStatus, problems: Sequence[Problem]
) -> int:
    """Say what is wrong, on stderr and, where JSON was asked for, as the document of the run."""
    from marketmove.delivery.targets import without_secret_path, without_secrets

    def shown(text: str) -> str:
        return own_files.without_typed_urls(without_secrets(text), typed)

    problems = [
        Problem(
            one.place and one.place._replace(path=shown(without_secret_path(one.place.path))),
            shown(one.text),
        )
        for one in problems
    ]
    say(problems)
    name = typed_command(typed)
    if name and _format(command.commands[name], typed[typed.index(name) + 1 :]) == "json":
        from marketmove.render.machine import failure
        from marketmove.reports import records, summary

        schema = getattr(summary if name == "summary" else records, f"{name.upper()}_SCHEMA")
        with contextlib.suppress(BrokenPipeError, OutputError):
            emit(failure(schema, status, problems), None, people=False)
    return status


def _format(command: Any, words: Sequence[str]) -> Any:
    """The format that the words after a command ask for, be they right otherwise or not."""
    lenient = {"ignore_unknown_options": True, "allow_extra_args": True}
    context = command.make_context(command.name, list(words), resilient_parsing=True, **lenient)
    return context.params.get("output_format")
