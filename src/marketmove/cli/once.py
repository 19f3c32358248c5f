"""A summary that goes out once: what the journal is asked, and what is done where it cannot serve.

A summary is worth more than its record. Where the journal cannot be read or written, the summary
is printed all the same, the reason is said on stderr, and the program ends with status 3.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from marketmove.cli.terminal import journal_file, say
from marketmove.errors import ExitStatus, JournalError, Place, Problem, WrongUsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marketmove.news import Revision, Summary

    # Writes the summary to the end, headed by the closes that changed since it was last out.
    Write = Callable[[tuple[Revision, ...]], None]

_WAIT_S = 60.0


class Keeping(NamedTuple):
    """What is asked of the journal: to print only news, to print anyway, and which file it is."""

    once: bool
    force: bool
    path: Path | None

    @property
    def wanted(self) -> bool:
        """Tell whether there is to be a journal at all."""
        return self.once or self.path is not None


def keeping(once: bool, force: bool, path: Path | None) -> Keeping:
    """Check what was typed.

    Raises
    ------
    WrongUsageError
        If --force has nothing to overrule.
    """
    if force and not once:
        text = "--force prints what --once would not; without --once all is printed"
        raise WrongUsageError.at(None, text)
    return Keeping(once, force, path)


def target_of(output: Path | None) -> str:
    """Name where the summary goes: standard output, or the full path of a file."""
    from marketmove.journal import STANDARD_OUTPUT

    return STANDARD_OUTPUT if output is None or str(output) == "-" else str(output.resolve())


def options_text(groups: Sequence[str] | None, config: Path | None) -> str:
    """Give what else was typed that makes lines for the same indices different ones."""
    typed = [f"--group {name}" for name in sorted(groups or ())]
    if config is not None:
        typed.append(f"--config {config.resolve()}")
    return " ".join(typed)


def publish(asked: Keeping, summary: Summary, target: str, write: Write) -> bool:
    """Write a summary if it is wanted, and record that it is out once it is out to the end.

    Returns
    -------
    bool
        Whether it was wanted.
    """
    out = False

    def write_once(revised: tuple[Revision, ...]) -> None:
        nonlocal out
        write(revised)
        out = True

    try:
        _publish(asked, summary, target, write_once)
    except JournalError as error:
        if not out:
            write(())
        text = "the summary is printed, but not recorded; a run with --once will print it again"
        say([*error.problems, Problem(None, text)])
        raise typer.Exit(ExitStatus.BAD_DATA) from None
    return out


def _publish(asked: Keeping, summary: Summary, target: str, write: Write) -> None:
    from marketmove.journal import writing

    path = journal_file(asked.path)
    if asked.path is None:
        _make_folder(path.parent)
    with writing(path, _WAIT_S) as journal:
        if asked.once and not asked.force and not journal.owed(summary, [target]):
            return
        revised = journal.revisions(summary)
        number = journal.record(summary, dt.datetime.now(dt.UTC))
        write(revised)
        journal.went(number, target, "printed", dt.datetime.now(dt.UTC))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "cannot be made").lower()
        text = f"the folder for the journal cannot be made: {reason}; say --journal PATH"
        raise JournalError.at(Place(str(path)), text) from None
