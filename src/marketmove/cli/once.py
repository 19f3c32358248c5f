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

    from marketmove.delivery import Delivered
    from marketmove.journal import Result
    from marketmove.news import Revision, Summary

    # Writes the summary to the end, headed by the closes that changed since it was last out.
    Write = Callable[[tuple[Revision, ...]], None]
    # Sends the same to the targets of some names.
    Send = Callable[[Sequence[str], tuple[Revision, ...]], tuple[Delivered, ...]]

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


class Going(NamedTuple):
    """Where a summary goes: how it is written and sent, and by what names the journal knows that.

    ``prints`` tells that it is written in any case, and not only instead of what is not delivered.
    """

    output: str
    prints: bool
    write: Write
    names: tuple[str, ...]
    send: Send


class Gone(NamedTuple):
    """What became of a summary: whether it was news, and whether all who wanted it have it."""

    news: bool = True
    delivered: bool = True


def publish(asked: Keeping, summary: Summary, going: Going) -> Gone:
    """Send and write a summary where it is wanted, and record where it went once it is out.

    What could not be delivered is written instead, once, and stays owed to its target.
    """
    if not asked.wanted:
        delivered = all(done.ok for done in going.send(going.names, ()))
        if going.prints or not delivered:
            going.write(())
        return Gone(True, delivered)
    out = False

    def write_once(revised: tuple[Revision, ...]) -> None:
        nonlocal out
        going.write(revised)
        out = True

    def send_once(names: Sequence[str], revised: tuple[Revision, ...]) -> tuple[Delivered, ...]:
        nonlocal out
        done = going.send(names, revised)
        out = out or any(one.ok for one in done)
        return done

    try:
        return _publish(asked, summary, going._replace(write=write_once, send=send_once))
    except JournalError as error:
        if not out:
            going.write(())
        done, again = ("sent", "send") if going.names and out else ("printed", "print")
        text = f"the summary is {done}, but not recorded; a run with --once will {again} it again"
        say([*error.problems, Problem(None, text)])
        raise typer.Exit(ExitStatus.BAD_DATA) from None


def _publish(asked: Keeping, summary: Summary, going: Going) -> Gone:
    from marketmove.journal import writing

    path = journal_file(asked.path)
    if asked.path is None:
        _make_folder(path.parent)
    all_of_them = (going.output, *going.names)
    with writing(path, _WAIT_S) as journal:
        owed = all_of_them
        if asked.once and not asked.force:
            owed = journal.owed(summary, all_of_them)
        names = [name for name in going.names if name in owed]
        if not names and not (going.prints and going.output in owed):
            return Gone(news=False)
        revised = journal.revisions(summary)
        number = journal.record(summary, dt.datetime.now(dt.UTC))
        done = going.send(names, revised)
        for one in done:
            result: Result = "delivered" if one.ok else "failed"
            journal.went(number, one.name, result, dt.datetime.now(dt.UTC), one.reason)
        delivered = all(one.ok for one in done)
        if going.output in owed and (going.prints or not delivered):
            going.write(revised)
            journal.went(number, going.output, "printed", dt.datetime.now(dt.UTC))
    return Gone(True, delivered)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "cannot be made").lower()
        text = f"the folder for the journal cannot be made: {reason}; say --journal PATH"
        raise JournalError.at(Place(str(path)), text) from None
