"""A summary that goes out once: what the journal is asked, and what is done where it cannot serve.

A summary is worth more than its record. Where the journal cannot be read or written, the summary
is printed all the same, the reason is said on stderr, and the program ends with status 3.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from marketmove.cli.terminal import journal_file, say
from marketmove.delivery.targets import Delivered, Message
from marketmove.errors import ExitStatus, JournalError, Place, Problem, WrongUsageError

if TYPE_CHECKING:
    from marketmove.delivery.journal import Journal, Result
    from marketmove.delivery.revisions import Revision, SummaryKey

    Revisions = tuple[Revision, ...]
    # Writes the summary to the end, headed by the closes that changed since it was last out.
    Write = Callable[[Revisions], None]
    # Sends messages to the targets of their names, and gives what became of each once it did; tells
    # whether they are of an earlier run.
    Send = Callable[[Mapping[str, Message], bool], Iterator[Delivered]]

_WAIT_S = 60.0


class JournalOptions(NamedTuple):
    """What is asked of the journal: to print only news, to print anyway, and which file it is."""

    once: bool
    force: bool
    path: Path | None

    @property
    def wanted(self) -> bool:
        """Tell whether there is to be a journal at all."""
        return self.once or self.path is not None


def journal_options(
    once: bool, force: bool, path: Path | None, output: Path | None
) -> JournalOptions:
    """Check what was typed.

    Raises
    ------
    WrongUsageError
        If --force has nothing to overrule, or the summary would take the place of the journal.
    """
    if force and not once:
        text = "--force prints what --once would not; without --once all is printed"
        raise WrongUsageError.at(None, text)
    if path is not None and output is not None and path.resolve() == output.resolve():
        text = f"--journal and --output are the same file, {path}; name two"
        raise WrongUsageError.at(None, text)
    return JournalOptions(once, force, path)


def target_of(output: Path | None) -> str:
    """Name where the summary goes: standard output, or the full path of a file."""
    from marketmove.delivery.journal import STANDARD_OUTPUT

    if output is None or str(output) == "-":
        return STANDARD_OUTPUT
    # What /dev/stdout leads to has another name in each run.
    special = output.exists() and not output.is_file()
    return str(output.absolute() if special else output.resolve())


def options_text(groups: Sequence[str] | None, config: Path | None) -> str:
    """Give what else was typed that makes lines for the same indices different ones."""
    typed = [f"--group {name}" for name in sorted(groups or ())]
    if config is not None:
        typed.append(f"--config {config.resolve()}")
    return " ".join(typed)


class Destination(NamedTuple):
    """Where a summary goes: how it is written and sent, and by what names the journal knows that.

    ``prints`` tells that it is written in any case, and not only instead of what is not delivered.
    ``message`` gives what is sent, and ``seconds`` is how long one target may take.
    """

    output: str
    prints: bool
    write: Write
    names: tuple[str, ...]
    message: Callable[[Revisions], Message]
    send: Send
    seconds: float


class Outcome(NamedTuple):
    """What became of a summary: whether a run told it first, and whether all have what they want.

    What is only tried again at a target was told before.
    """

    fresh: bool = True
    delivered: bool = True


def publish(asked: JournalOptions, summary: SummaryKey, going: Destination) -> Outcome:
    """Send and write a summary where it is wanted, and record where it went once it is out.

    What could not be delivered is written instead, once, and stays owed to its target.
    """
    if not asked.wanted:
        done = list(going.send({name: going.message(()) for name in going.names}, False))
        delivered = all(one.ok for one in done)
        if going.prints or not delivered:
            going.write(())
        return Outcome(True, delivered)
    became: set[str] = set()

    def write(revised: Revisions) -> None:
        going.write(revised)
        became.add("printed")

    def send(messages: Mapping[str, Message], late: bool) -> Iterator[Delivered]:
        for one in going.send(messages, late):
            if not late:
                became.add("sent" if one.ok else "missed")
            yield one

    try:
        return _publish(asked, summary, going._replace(write=write, send=send))
    except JournalError as error:
        if "printed" not in became and (going.prints or became != {"sent"}):
            going.write(())
        say([*error.problems, Problem(None, _not_recorded("sent" in became, bool(going.names)))])
        raise typer.Exit(ExitStatus.BAD_DATA) from None


def _not_recorded(sent: bool, wanted: bool) -> str:
    if wanted and not sent:
        return "the summary is printed, not sent, and not recorded; a run with --once will send it"
    done, again = ("sent", "send") if sent else ("printed", "print")
    return f"the summary is {done}, but not recorded; a run with --once will {again} it again"


def _publish(asked: JournalOptions, summary: SummaryKey, going: Destination) -> Outcome:
    from marketmove.delivery.journal import writing

    path = journal_file(asked.path)
    if asked.path is None:
        _make_folder(path.parent)
    # Another run may hold the journal for as long as its targets take.
    with writing(path, _WAIT_S + len(going.names) * going.seconds) as journal:
        owed: tuple[str, ...] = (going.output, *going.names)
        if asked.once and not asked.force:
            owed = journal.owed(summary, owed)
        news = any(name in owed for name in going.names) or (going.prints and going.output in owed)
        fresh = asked.force or not asked.once or journal.is_new(summary)
        failed = set()
        if news:
            failed = _send_and_write(journal, summary, going, owed)
        elif fresh:
            # All of it was out when a kill kept the last run from its end, and its alerts.
            journal.end(summary)
        if asked.once:
            failed |= _send_late(journal, summary, going, failed)
    return Outcome(fresh, not failed)


def _send_and_write(
    journal: Journal, summary: SummaryKey, going: Destination, owed: Sequence[str]
) -> set[str]:
    """Bring a summary to where it is owed; give the targets that do not have it."""
    number = journal.record(summary, _now())
    names = [name for name in going.names if name in owed]
    messages = {name: going.message(journal.revisions(summary, name)) for name in names}
    # Where it is printed instead, what changed is told since it was last out anywhere.
    revised = journal.revisions(summary, going.output if going.prints else None)
    failed = _recorded(journal, dict.fromkeys(names, number), messages, going.send(messages, False))
    if going.output in owed and (going.prints or failed):
        going.write(revised)
        journal.went(number, going.output, "printed", _now())
    journal.end(summary)
    return failed


def _send_late(
    journal: Journal, summary: SummaryKey, going: Destination, failed: set[str]
) -> set[str]:
    """Bring targets what they lack of earlier sessions, as long as they take it."""
    from marketmove.delivery.targets import Message

    lacking = {name: list(journal.late(summary, name)) for name in going.names}
    failed = set(failed)
    while first := {n: late.pop(0) for n, late in lacking.items() if late and n not in failed}:
        numbers = {name: one.number for name, one in first.items()}
        messages = {name: Message(*json.loads(one.message)) for name, one in first.items()}
        failed |= _recorded(journal, numbers, messages, going.send(messages, True))
    return failed


def _recorded(
    journal: Journal,
    numbers: Mapping[str, int],
    messages: Mapping[str, Message],
    sent: Iterator[Delivered],
) -> set[str]:
    """Record each delivery once it is made; give the targets that failed.

    A journal that fails keeps no target from its message.
    """
    failed = set()
    trouble = None
    for name, ok, reason in sent:
        result: Result = "delivered" if ok else "failed"
        lacks = "" if ok else json.dumps(messages[name])
        failed |= set() if ok else {name}
        try:
            journal.went(numbers[name], name, result, _now(), reason, lacks)
        except JournalError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return failed


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "cannot be made").lower()
        text = f"the folder for the journal cannot be made: {reason}; say --journal PATH"
        raise JournalError.at(Place(str(path)), text) from None
