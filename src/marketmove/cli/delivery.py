"""Delivery from the command line: what is needed for it, the processes that do it, what is said."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from marketmove.cli.environment import home, of_own_process, own_process
from marketmove.cli.terminal import say
from marketmove.delivery.targets import Delivered, Message, Target, parse_targets, urls_of
from marketmove.errors import Problem, WrongUsageError

if TYPE_CHECKING:
    from marketmove.config import Config

_AT_ONCE = 8


class DeliveryOptions(NamedTuple):
    """Where to deliver to, as typed."""

    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET",
            help="Deliver here instead of printing: env:NAME or file:PATH, which have an apprise"
            " URL; a URL itself; - prints. Repeatable.",
        ),
    ] = None
    to_timeout: Annotated[
        int, typer.Option(metavar="SECONDS", min=1, max=3_600, help="How long one target may take.")
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
    return ReadyTargets(targets, urls_of(targets, os.environ), options.to_timeout, prints)


def deliver(
    to: ReadyTargets, messages: Mapping[str, Message], earlier: bool
) -> Iterator[Delivered]:
    """Deliver to all at once, each as soon as it is done; say on stderr at the end what failed."""
    if not messages:
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed

    reasons: dict[str, str] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {
            pool.submit(_send, to.urls[name], message, to.seconds): name
            for name, message in messages.items()
        }
        for future in as_completed(running):
            name, reason = running[future], future.result()
            reasons[name] = reason
            yield Delivered(name, not reason, reason)
    for name, message in messages.items():
        if reasons[name]:
            still = f"{message.title} is still " if earlier else ""
            say([Problem(None, f"{still}not delivered to {name}: {reasons[name]}")])


def _send(url: str, message: Message, seconds: int) -> str:
    """Have a process deliver; give why that failed, empty if it did not."""
    job = json.dumps({"url": url, "message": message, "seconds": seconds})
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            own_process("marketmove.cli.send_process"),
            input=job.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=of_own_process(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done within {seconds} s (--to-timeout)"
    except OSError as error:
        return f"no process for it: {(error.strerror or 'no reason given').lower()}"
    return str(json.loads(done.stdout)) if done.stdout else "apprise failed"
