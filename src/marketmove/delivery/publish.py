"""A summary that goes out once: what the journal is asked, and what is done where it cannot serve.

A summary is worth more than its record. Where the journal cannot be read or written, the summary
is printed all the same, and the outcome says why it is not recorded.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from marketmove.delivery.revisions import DatedRevision, Revision, SummaryKey
from marketmove.delivery.targets import STANDARD_OUTPUT, Delivered, Message
from marketmove.errors import JournalError, Problem

if TYPE_CHECKING:
    # It loads SQLite, which a summary without a journal does not need.
    from marketmove.delivery.journal import Journal, Result

Revisions = tuple[Revision, ...]
# Writes the summary to the end, headed by the closes that changed since it was last out.
Write = Callable[[Revisions], None]
# Sends messages to the targets of their names, and gives the outcome of each as soon as it is
# there; the flag says that they are of an earlier run.
Send = Callable[[Mapping[str, Message], bool], Iterator[Delivered]]

_WAIT_S = 60.0


class JournalOptions(NamedTuple):
    """What is asked of the journal: to print only news, to print anyway, and where it is.

    ``place`` gives the path of the file, the folder of which is there, or raises a
    ``JournalError``; None where there is to be no journal. ``archived`` are revisions of the
    archive, of which those are said that came since the last summary.
    """

    once: bool
    force: bool
    place: Callable[[], Path] | None
    archived: tuple[DatedRevision, ...] = ()


def destination_name(output: Path | None) -> str:
    """Name where the summary is written: standard output, or the full path of a file."""
    if output is None or str(output) == "-":
        return STANDARD_OUTPUT
    # What /dev/stdout leads to has another name in each run.
    special = output.exists() and not output.is_file()
    return str(output.absolute() if special else output.resolve())


class Destination(NamedTuple):
    """Where a summary goes: how it is written and sent, and by what names the journal knows that.

    ``prints`` says that it is written in any case, and not only instead of what is not delivered.
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
    """What became of a summary: whether this run is the first with it, and whether all have it.

    What is only tried again at a target is not ``fresh``. ``problems`` say why it is not recorded.
    """

    fresh: bool = True
    delivered: bool = True
    problems: tuple[Problem, ...] = ()


def publish(
    options: JournalOptions,
    summary: SummaryKey,
    destination: Destination,
    clock: Callable[[], dt.datetime],
) -> Outcome:
    """Send and write a summary where it is wanted, and record where it went once it is out.

    What could not be delivered is written instead, once, and stays pending for its target.
    """
    if options.place is None:
        messages = {name: destination.message(()) for name in destination.names}
        delivered = all(one.ok for one in list(destination.send(messages, False)))
        if destination.prints or not delivered:
            destination.write(())
        return Outcome(delivered=delivered)
    done: set[str] = set()

    def write(revised: Revisions) -> None:
        destination.write(revised)
        done.add("printed")

    def send(messages: Mapping[str, Message], earlier: bool) -> Iterator[Delivered]:
        for one in destination.send(messages, earlier):
            if not earlier:
                done.add("sent" if one.ok else "missed")
            yield one

    try:
        watched = destination._replace(write=write, send=send)
        return _publish(options, options.place(), summary, watched, clock)
    except JournalError as error:
        if "printed" not in done and (destination.prints or done != {"sent"}):
            destination.write(())
        why = _not_recorded("sent" in done, bool(destination.names))
        return Outcome(problems=(*error.problems, Problem(None, why)))


def _not_recorded(sent: bool, wanted: bool) -> str:
    if wanted and not sent:
        return "the summary is printed, not sent, and not recorded; a run with --once will send it"
    done, again = ("sent", "send") if sent else ("printed", "print")
    return f"the summary is {done}, but not recorded; a run with --once will {again} it again"


def _publish(
    options: JournalOptions,
    path: Path,
    summary: SummaryKey,
    destination: Destination,
    clock: Callable[[], dt.datetime],
) -> Outcome:
    from marketmove.delivery.journal import writing

    output, names = destination.output, destination.names
    # Another run may hold the journal for as long as its targets take.
    with writing(path, _WAIT_S + len(names) * destination.seconds) as journal:
        pending: tuple[str, ...] = (output, *names)
        if options.once and not options.force:
            pending = journal.pending_targets(summary, pending)
        news = any(name in pending for name in names) or (destination.prints and output in pending)
        fresh = options.force or not options.once or journal.is_new(summary)
        failed = set()
        run = _Run(journal, destination, clock, options.archived)
        if news:
            failed = run.send_and_write(summary, pending)
        elif fresh:
            # All of it was out when a kill kept the last run from its end, and its alerts.
            journal.end(summary)
        if options.once:
            failed |= run.send_undelivered(summary, failed)
    return Outcome(fresh, not failed)


class _Run(NamedTuple):
    """A run that holds the journal."""

    journal: Journal
    destination: Destination
    clock: Callable[[], dt.datetime]
    archived: tuple[DatedRevision, ...]

    def send_and_write(self, summary: SummaryKey, pending: Sequence[str]) -> set[str]:
        """Bring a summary to where it is pending; give the targets that do not have it."""
        journal, (output, prints, write, names, message, *_) = self.journal, self.destination
        number = journal.record(summary, self.clock())
        wanted = [name for name in names if name in pending]
        messages = {
            name: message(journal.revisions(summary, name, self.archived)) for name in wanted
        }
        # Where it is printed instead, what changed is said since it was last out anywhere.
        revised = journal.revisions(summary, output if prints else None, self.archived)
        failed = self._send(dict.fromkeys(wanted, number), messages, earlier=False)
        if output in pending and (prints or failed):
            write(revised)
            journal.record_delivery(number, output, "printed", self.clock())
        journal.end(summary)
        return failed

    def send_undelivered(self, summary: SummaryKey, failed: set[str]) -> set[str]:
        """Bring targets what they lack of earlier sessions, as long as they take it."""
        lacking = {
            name: list(self.journal.undelivered(summary, name)) for name in self.destination.names
        }
        failed = set(failed)
        while first := {n: of.pop(0) for n, of in lacking.items() if of and n not in failed}:
            numbers = {name: one.number for name, one in first.items()}
            messages = {name: Message(*json.loads(one.message)) for name, one in first.items()}
            failed |= self._send(numbers, messages, earlier=True)
        return failed

    def _send(
        self, numbers: Mapping[str, int], messages: Mapping[str, Message], earlier: bool
    ) -> set[str]:
        """Send, and record each delivery once it is made; give the targets that failed.

        A journal that fails keeps no target from its message.
        """
        failed = set()
        trouble = None
        for name, ok, reason in self.destination.send(messages, earlier):
            result: Result = "delivered" if ok else "failed"
            lacks = "" if ok else json.dumps(messages[name])
            failed |= set() if ok else {name}
            try:
                self.journal.record_delivery(
                    numbers[name], name, result, self.clock(), reason, lacks
                )
            except JournalError as error:
                trouble = error
        if trouble is not None:
            raise trouble
        return failed
