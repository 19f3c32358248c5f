"""A summary that goes out once: what the journal is asked, and what is done where it cannot serve.

A summary is worth more than its record. Where the journal cannot be read or written, the summary
is printed all the same, and the outcome says why it is not recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from marketmove.delivery.revisions import DatedRevision, Revision, SummaryKey
from marketmove.delivery.targets import STANDARD_OUTPUT, Delivered, Message
from marketmove.errors import JournalError, OutputError, Problem

if TYPE_CHECKING:
    # It loads SQLite, which a summary without a journal does not need.
    from marketmove.delivery.journal import Journal
    from marketmove.delivery.journal_rows import Result

Revisions = tuple[Revision, ...]


class Again(NamedTuple):
    """Why a summary goes out again: closes that changed, indices that are gone, or a kill.

    ``repeat`` says that it may be out already.
    """

    revised: Revisions = ()
    gone: tuple[str, ...] = ()
    repeat: bool = False


# Writes the summary to the end, headed by what is new of it.
Write = Callable[[Again], None]
# Sends messages to the targets of their names, and gives the outcome of each as soon as it is
# there; the flag says that they are of an earlier run.
Send = Callable[[Mapping[str, Message], bool], Iterator[Delivered]]

_WAIT_S = 60.0
MAY_REPEAT = "(may be a repeat)"


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
    ``message`` gives what is sent, as ``write`` does, ``urls`` where to, by the names, and
    ``seconds`` is how long one target may take.
    """

    output: str
    prints: bool
    write: Write
    urls: Mapping[str, str]
    message: Callable[[Again], Message]
    send: Send
    seconds: float

    @property
    def names(self) -> tuple[str, ...]:
        """What the targets are called."""
        return tuple(self.urls)

    def __repr__(self) -> str:
        return f"<Destination {', '.join((self.output, *self.names))}>"


class Outcome(NamedTuple):
    """What became of a summary: whether this run is the first with it, and whether all have it.

    What is only tried again at a target is not ``fresh``. ``problems`` say why it is not recorded.
    """

    fresh: bool = True
    delivered: bool = True
    problems: tuple[Problem, ...] = ()


class Planned(NamedTuple):
    """What a run would bring to a place: the summary, or nothing where it is out there already.

    ``again`` says why it would come again, and ``earlier`` how many summaries of earlier sessions
    the place lacks.
    """

    name: str
    sends: bool = True
    again: Again = Again()
    earlier: int = 0


def plan(
    options: JournalOptions, summary: SummaryKey, destination: Destination
) -> tuple[Planned, ...]:
    """Tell what ``publish`` would do now; nothing is sent, written or recorded.

    Raises ``JournalError`` where the journal cannot be read.
    """
    places = (destination.output,) * destination.prints + destination.names
    if options.place is None:
        return tuple(map(Planned, places))
    from marketmove.delivery.journal import looking

    planned = []
    with looking(options.place(), _WAIT_S, destination.urls) as journal:
        pending = places
        if options.once and not options.force:
            pending = journal.pending_targets(summary, places)
        for place in places:
            revised = journal.revisions(summary, place, options.archived)
            again = Again(revised, journal.gone(summary, place))
            sent_to = options.once and place in destination.names
            earlier = len(journal.undelivered(summary, place)) if sent_to else 0
            planned.append(Planned(place, place in pending, again, earlier))
    return tuple(planned)


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
        messages = {name: destination.message(Again()) for name in destination.names}
        delivered = all(one.ok for one in list(destination.send(messages, False)))
        if destination.prints or not delivered:
            destination.write(Again())
        return Outcome(delivered=delivered)
    done: set[str] = set()

    def write(again: Again) -> None:
        destination.write(again)
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
            destination.write(Again())
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
    wait_s = _WAIT_S + len(names) * destination.seconds
    with writing(path, wait_s, destination.urls) as journal:
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


def _again(message: Message, begun: bool) -> Message:
    """A message of an earlier run, which says of itself where it may be a repeat."""
    subject, title = message.subject, message.title
    if not begun or subject.endswith(MAY_REPEAT):
        return message
    return message._replace(subject=f"{subject} {MAY_REPEAT}", title=f"{title} {MAY_REPEAT}")


class _Run(NamedTuple):
    """A run that holds the journal."""

    journal: Journal
    destination: Destination
    clock: Callable[[], dt.datetime]
    archived: tuple[DatedRevision, ...]

    def send_and_write(self, summary: SummaryKey, pending: Sequence[str]) -> set[str]:
        """Bring a summary to where it is pending; give the targets that do not have it."""
        journal, (output, prints, write, _, message, *_) = self.journal, self.destination
        wanted = [name for name in self.destination.names if name in pending]
        # A file is there once, however often it is written.
        printed = [output] if output == STANDARD_OUTPUT else []
        begun = journal.begin(summary[:4], wanted)
        number = journal.record(summary, self.clock())
        messages = {
            name: message(self._again(summary, name, repeat=name in begun)) for name in wanted
        }
        # Where it is printed instead, what changed is said since it was last out anywhere.
        printing = self._again(summary, output if prints else None, repeat=False)
        failed = self._send(dict.fromkeys(wanted, number), messages, earlier=False)
        if output in pending and (prints or failed):
            again = bool(journal.begin(summary[:4], printed))
            try:
                write(printing._replace(repeat=again))
            except (OutputError, BrokenPipeError):
                journal.not_out(summary[:4], output)
                raise
            journal.record_delivery(number, output, "printed", self.clock())
        journal.end(summary)
        return failed

    def _again(self, summary: SummaryKey, target: str | None, *, repeat: bool) -> Again:
        revised = self.journal.revisions(summary, target, self.archived)
        return Again(revised, self.journal.gone(summary, target), repeat)

    def send_undelivered(self, summary: SummaryKey, failed: set[str]) -> set[str]:
        """Bring targets what they lack of earlier sessions, as long as they take it."""
        lacking = {
            name: list(self.journal.undelivered(summary, name)) for name in self.destination.names
        }
        failed = set(failed)
        while first := {n: of.pop(0) for n, of in lacking.items() if of and n not in failed}:
            numbers = {name: one.number for name, one in first.items()}
            messages = {n: _again(one.message, one.begun) for n, one in first.items()}
            for name, number in numbers.items():
                self.journal.begin_again(number, name)
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
            lacks = None if ok else messages[name]
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
