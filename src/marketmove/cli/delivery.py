"""Delivery from the command line: what is needed for it, the processes that do it, what is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NamedTuple

from marketmove.cli import options as shared
from marketmove.cli.environment import home, of_own_process, own_process
from marketmove.cli.terminal import say, stderr_is_terminal
from marketmove.delivery.targets import Delivered, Message, Target, parse_targets, urls_of
from marketmove.errors import Problem, WrongUsageError

if TYPE_CHECKING:
    from marketmove.config import Config

_AT_ONCE = 8


class DeliveryOptions(NamedTuple):
    """Where to deliver to, as typed."""

    to: Annotated[
        list[str] | None,
        shared.delivery_option(
            metavar="TARGET",
            help="Deliver here instead of printing: env:NAME or file:PATH, which have an apprise"
            " URL; a URL itself; - prints.",
        ),
    ] = None
    to_timeout: Annotated[
        int,
        shared.delivery_option(
            metavar="SECONDS", min=1, max=3_600, help="How long one target may take."
        ),
    ] = 30


class ReadyTargets(NamedTuple):
    """The targets of a run, with the URL of each by its name, and how long each may take.

    ``prints`` says that the result goes to standard output too.
    """

    targets: tuple[Target, ...] = ()
    urls: Mapping[str, str] = MappingProxyType({})
    seconds: int = 30
    prints: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """What the targets are called."""
        return tuple(target.name for target in self.targets)

    def __repr__(self) -> str:
        return f"<ReadyTargets to {', '.join(target.name for target in self.targets)}>"


def delivery_of(options: DeliveryOptions, config: Config) -> ReadyTargets:
    """Find where a result goes: as typed, else as configured, else to standard output alone."""
    try:
        texts = [(text, None) for text in options.to or ()]
        typed = parse_targets(texts, Path(), home())
    except ValueError as error:
        raise WrongUsageError.at(None, f"--to: {error}") from None
    chosen = typed or config.to
    targets = tuple(target for target in chosen if target.kind != "stdout")
    if not targets:
        return ReadyTargets(seconds=options.to_timeout)
    if find_spec("apprise") is None:
        text = (
            f"delivery to {targets[0].name} needs apprise;"
            " type: python3 -m pip install 'marketmove[notify]'"
        )
        raise WrongUsageError.at(targets[0].place, text)
    prints = len(targets) < len(chosen)
    # One address that has two names is one target.
    urls = urls_of(targets, os.environ)
    first = {url: name for name, url in reversed(urls.items())}
    targets = tuple(target for target in targets if first[urls[target.name]] == target.name)
    urls = {target.name: urls[target.name] for target in targets}
    return ReadyTargets(targets, urls, options.to_timeout, prints)


def refuse_page(to: ReadyTargets, output_format: str) -> None:
    """Refuse to send a page to a service that takes none; nothing else needs to know them."""
    if output_format != "html" or not to.targets:
        return
    from marketmove.delivery.send import takes_pages

    problems = [
        Problem(
            target.place,
            f"--format html: {target.name} takes no HTML page; leave --format out, and its text is"
            " made for it, or send the page by mail (mailtos://…)",
        )
        for target in to.targets
        if not takes_pages(to.urls[target.name])
    ]
    if problems:
        raise WrongUsageError(problems)


def deliver(
    to: ReadyTargets, messages: Mapping[str, Message], earlier: bool, *, quiet: bool
) -> Iterator[Delivered]:
    """Deliver to all at once, each as soon as it is done; say on stderr at the end what failed.

    On a terminal what was sent is said as well.
    Where the run is interrupted the couriers are ended, and what they had done is given still.
    """
    if not messages:
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed

    reasons: dict[str, str] = {}
    couriers = _Couriers()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {
            pool.submit(couriers.send, to.urls[name], message, to.seconds): name
            for name, message in messages.items()
        }
        try:
            for future in as_completed(running):
                name, reason = running[future], future.result()
                if reason is not None:
                    reasons[name] = reason
                    yield Delivered(name, not reason, reason)
        except KeyboardInterrupt:
            couriers.end()
            for future, name in running.items():
                if name not in reasons and (reason := future.result()) is not None:
                    yield Delivered(name, not reason, reason)
            raise
        finally:
            couriers.end()
    done = [name for name in messages if not reasons[name]]
    if done and stderr_is_terminal() and not quiet:
        title = messages[done[0]].title
        say([Problem(None, f"{title[0].lower()}{title[1:]}: sent to {', '.join(done)}")])
    for name, message in messages.items():
        if reasons[name]:
            still = f"{message.title} is still " if earlier else ""
            say([Problem(None, f"{still}not delivered to {name}: {reasons[name]}")])


class _Couriers:
    """The processes that deliver, which end with the run."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def end(self) -> None:
        """End those that are not done, and start no more."""
        self._ended = True
        for process in tuple(self._running):
            process.kill()

    def send(self, url: str, message: Message, seconds: int) -> str | None:
        """Have a process deliver; give why that failed, empty if it did not, None if it was ended.

        It is no part of our process group, or an interrupt would end it before it is asked.
        """
        if self._ended:
            return None
        job = {"url": url, "message": message, "seconds": seconds, "run": os.getpid()}
        try:
            process = _courier()
        except OSError as error:
            return f"no process could be started: {(error.strerror or 'no reason given').lower()}"
        self._running.add(process)
        if self._ended:
            process.kill()
        try:
            said, _ = process.communicate(json.dumps(job).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"not finished within {seconds} s (--to-timeout)"
        finally:
            self._running.discard(process)
        if said:
            return str(json.loads(said))
        if self._ended:
            return None
        by_alarm = hasattr(signal, "SIGALRM") and process.returncode == -signal.SIGALRM
        return f"not finished within {seconds} s (--to-timeout)" if by_alarm else "apprise failed"


def _courier() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this program itself
        own_process("marketmove.cli.send_process"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=of_own_process(),
        start_new_session=True,
    )
