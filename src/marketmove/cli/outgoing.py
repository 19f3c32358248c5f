"""A summary on its way out: what heads it, how it is written and sent, and what would go where."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.cli import options as shared
from marketmove.cli.delivery import ReadyTargets, deliver
from marketmove.cli.terminal import emit, warn
from marketmove.cli.waiting import Waiting, waiting_text
from marketmove.delivery import publish as publishing
from marketmove.delivery.targets import Message
from marketmove.errors import ExitStatus
from marketmove.render import RenderOptions

if TYPE_CHECKING:
    from marketmove.config import Config
    from marketmove.delivery.revisions import SummaryKey
    from marketmove.reports.summary import SummaryReport


class Outgoing(NamedTuple):
    """A summary, what it lacks, and how it is wanted."""

    report: SummaryReport
    waiting: Waiting
    output_format: str
    look: shared.LookOptions
    options: RenderOptions
    quiet: bool
    config: Config

    def destination(self, targets: ReadyTargets) -> publishing.Destination:
        """Give where it goes: printed or written, and sent, each headed by what is new of it."""
        return publishing.Destination(
            output=publishing.destination_name(self.look.output),
            prints=targets.prints or self.look.output is not None,
            write=self._write,
            urls=targets.urls,
            message=functools.cache(self._message),
            send=functools.partial(deliver, targets, quiet=self.quiet),
            seconds=targets.seconds,
        )

    def say_what_would_go(
        self,
        wanted: publishing.JournalOptions,
        key: SummaryKey,
        targets: ReadyTargets,
        command: Sequence[str],
    ) -> int:
        """Print what would go where, and do none of it."""
        from marketmove.delivery.send import reason_or_pieces
        from marketmove.wording import outgoing

        lines = [outgoing.DRY_RUN]
        if text := waiting_text(self.waiting, self.config.registry):
            lines.append(text)
        destination = self.destination(targets)
        for one in publishing.plan(wanted, key, destination):
            problem, pieces = "", 1
            message = self._message(one.again)
            what = " ".join([*(said.text for said in self._headed(one.again).revised), ""])
            if one.name in targets.urls:
                found = reason_or_pieces(targets.urls[one.name], message)
                problem, pieces = (found, 1) if isinstance(found, str) else ("", found)
            what = f"{what}{message.subject}" if one.sends else ""
            lines.append(
                outgoing.would_go(
                    one.name, what, pieces=pieces, earlier=one.earlier, problem=problem
                )
            )
        if self.report.session.alerts and command:
            lines.append(outgoing.would_run(command))
        emit("\n".join(lines) + "\n", None, people=True)
        return ExitStatus.DONE

    def _headed(self, again: publishing.Again) -> SummaryReport:
        """The summary with what comes first: why it is out again, and what it lacks."""
        from marketmove.wording import awaited, revisions

        def name(symbol: str) -> str:
            return self.config.registry.resolve(symbol).name

        lacks = [(one.symbol, name(one.symbol), one.session) for one in self.waiting.lacks]
        head = (revisions.REPEAT,) * again.repeat
        head += tuple(map(revisions.sentence, again.revised))
        head += tuple(awaited.gone(symbol, name(symbol)) for symbol in again.gone)
        return self.report._replace(revised=(*head, *awaited.lacks(lacks)))

    def _write(self, again: publishing.Again) -> None:
        from marketmove.render.summary.text import FORMATS

        people = self.output_format in {"text", "markdown"}
        # Every format has its warnings, so that each is said once where both come together.
        warn(self.report.session.warnings, self.look.output, people=True, quiet=self.quiet)
        text = FORMATS[self.output_format](self._headed(again), self.options)
        emit(text, self.look.output, people)

    def _message(self, again: publishing.Again) -> Message:
        from marketmove.render.summary.text import message

        # What is delivered is UTF-8, whatever the locale says.
        signs = self.options._replace(ascii_only=self.look.ascii_only)
        return message(self._headed(again), self.output_format, signs)
