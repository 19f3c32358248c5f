"""Whether a summary goes out yet, or waits for closes that are due, as asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from marketmove.cli import environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import say, stderr_is_terminal
from marketmove.errors import JournalError, Problem, WrongUsageError, quoted

if TYPE_CHECKING:
    from marketmove.closes.expected import ExpectedClose
    from marketmove.commands.session import SessionRequest
    from marketmove.delivery.revisions import SummaryKey
    from marketmove.market.indices import Registry
    from marketmove.reports.summary import SummaryReport

_WAIT_S = 10.0
_USUAL = dt.timedelta(hours=3)
_PATIENCE = re.compile(r"(?=\d)(?:(\d{1,3})\s*h)?\s*(?:(\d{1,4})\s*m(?:in)?)?", re.IGNORECASE)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class OnceOptions(NamedTuple):
    """What is asked of the journal, and when the summary is whole enough to go out."""

    once: Annotated[
        bool, shared.delivery_option("--once", help="Only news: nothing where the session is done.")
    ] = False
    force: Annotated[
        bool, shared.delivery_option("--force", help="Print what --once would not, and record it.")
    ] = False
    journal: shared.JournalOption = None
    complete: Annotated[
        bool | None,
        shared.delivery_option(
            "--complete/--no-complete",
            help="Wait for every close that is due.",
            show_default="with --once",
        ),
    ] = None
    wait_until: Annotated[
        str | None,
        shared.delivery_option(metavar="HH:MM", help="Wait to this time of day, no longer."),
    ] = None
    patience: Annotated[
        str | None,
        shared.delivery_option(
            metavar="TIME", help="Wait so long after the last close.", show_default="3h"
        ),
    ] = None
    dry_run: Annotated[
        bool, shared.delivery_option("--dry-run", help="Only say what would go where.")
    ] = False

    @property
    def waits(self) -> bool:
        """Whether closes that lack are waited for."""
        return not self.force and (self.once if self.complete is None else self.complete)

    def refuse_contradictions(self, output: Path | None) -> None:
        """Refuse what contradicts itself."""
        if self.force and not self.once:
            text = "--force prints what --once would not; without --once all is printed"
            raise WrongUsageError.at(None, text)
        if self.complete and self.force:
            text = "--complete waits for closes, and --force does not; leave one of them out"
            raise WrongUsageError.at(None, text)
        if self.journal and output is not None and self.journal.resolve() == output.resolve():
            text = f"--journal and --output are the same file, {quoted(self.journal)}; name two"
            raise WrongUsageError.at(None, text)
        limits = {"--wait-until": self.wait_until, "--patience": self.patience}
        given = [name for name, text in limits.items() if text is not None]
        if len(given) > 1:
            text = "--wait-until and --patience both say how long to wait; leave one of them out"
            raise WrongUsageError.at(None, text)
        if given and not self.waits:
            text = f"{given[0]} says how long closes are waited for"
            why = "--force waits for none" if self.force else "say --once or --complete too"
            raise WrongUsageError.at(None, f"{text}; {why}")

    def read_patience(self) -> dt.time | dt.timedelta:
        """Read up to what time closes are waited for, or how long after the last one."""
        if self.wait_until is not None:
            found = _TIME.fullmatch(self.wait_until.strip())
            if not found:
                expected = "a time of day such as 22:00"
                text = f"--wait-until: {self.wait_until} is not {expected}"
                raise WrongUsageError.at(None, text)
            return dt.time(int(found[1]), int(found[2]))
        if self.patience is None:
            return _USUAL
        found = _PATIENCE.fullmatch(self.patience.strip())
        if not found:
            text = f"--patience: {self.patience} is not a length of time such as 3h, 90m or 1h30m"
            raise WrongUsageError.at(None, text)
        hours, minutes = (int(part or 0) for part in found.groups())
        return dt.timedelta(hours=hours, minutes=minutes)


class Waiting(NamedTuple):
    """What a summary lacks; what it waits for, and until when, which is None where it goes out."""

    lacks: tuple[ExpectedClose, ...] = ()
    awaited: tuple[ExpectedClose, ...] = ()
    until: dt.datetime | None = None


def look(
    kept: OnceOptions, report: SummaryReport | None, request: SessionRequest, key: SummaryKey
) -> Waiting:
    """Tell what of a summary is not there, and whether it is time to go out without it.

    There is no report where no index has a close yet.
    """
    if not kept.waits:
        return Waiting()
    from marketmove.closes.expected import awaited, lacking
    from marketmove.commands.summary import expected

    before = () if request.chosen else _before(kept, key)
    moment = request.as_of or environment.now()
    due = expected(report, request, before, moment)
    closes, until = awaited(due, moment, kept.read_patience(), _zone(request))
    waits = until is not None and environment.now() < until
    return Waiting(lacking(due, moment), closes, until if waits else None)


def _before(kept: OnceOptions, key: SummaryKey) -> Sequence[str]:
    """The indices of the last such summary, by the journal, if there is one."""
    from marketmove.delivery.journal import indices_before

    if not (kept.once or kept.journal):
        return ()
    try:
        return indices_before(environment.journal_file(kept.journal), key, _WAIT_S)
    except JournalError:
        return ()


def _zone(request: SessionRequest) -> dt.tzinfo:
    """The clock of a time of day: that of the moment asked for, else the machine's."""
    fixed = request.as_of is not None and request.session != "latest"
    return (request.as_of.tzinfo if fixed and request.as_of else None) or environment.zone()


def is_to_come(session: object) -> bool:
    """Tell whether a date of which there is no close yet is not over everywhere."""
    from marketmove.market.clocks import over_everywhere

    return isinstance(session, dt.date) and session > over_everywhere(environment.now())


def waiting_text(waiting: Waiting, registry: Registry) -> str:
    """Say why nothing goes out yet, and until when; empty where it does."""
    if waiting.until is None:
        return ""
    from marketmove.wording import awaited

    names = [registry.resolve(one.symbol).name for one in waiting.awaited]
    return awaited.waits(names, waiting.until.astimezone(environment.zone()))


def say_waiting(waiting: Waiting, registry: Registry) -> None:
    """Say on a terminal, and there alone, why nothing goes out."""
    if stderr_is_terminal() and (text := waiting_text(waiting, registry)):
        say([Problem(None, text)])
