"""Delivery from the command line: what is needed for it, the processes that do it, what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from marketmove.cli.terminal import say
from marketmove.delivery import Delivered, parse_targets, urls_of
from marketmove.errors import Problem, WrongUsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from marketmove.config import Config
    from marketmove.delivery import Message, Target

_AT_ONCE = 8


class Delivery(NamedTuple):
    """The targets of a run, with the URL of each by its name, and how long each may take.

    ``prints`` tells that the result goes to standard output too.
    """

    targets: tuple[Target, ...] = ()
    urls: Mapping[str, str] = MappingProxyType({})
    seconds: int = 30
    prints: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """What the targets are called."""
        return tuple(target.name for target in self.targets)

    def only(self, names: Sequence[str]) -> Delivery:
        """Give the same to the targets of some names alone."""
        return self._replace(targets=tuple(t for t in self.targets if t.name in names))

    def __repr__(self) -> str:
        return f"<Delivery to {', '.join(target.name for target in self.targets)}>"


def delivery_of(texts: Sequence[str] | None, seconds: int, config: Config) -> Delivery:
    """Find where a result goes: as typed, else as configured, else to standard output alone.

    Raises
    ------
    WrongUsageError
        If a target is none, its URL cannot be found, or apprise is not there.
    """
    home = Path(os.environ["HOME"]) if os.environ.get("HOME") else None
    try:
        typed = parse_targets([(text, None) for text in texts or ()], Path(), home)
    except ValueError as error:
        raise WrongUsageError.at(None, f"--to: {error}") from None
    chosen = typed or config.to
    targets = tuple(target for target in chosen if target.kind != "stdout")
    if not targets:
        return Delivery(seconds=seconds)
    if find_spec("apprise") is None:
        text = (
            f"delivery to {targets[0].name} needs apprise;"
            " type: python3 -m pip install 'marketmove[notify]'"
        )
        raise WrongUsageError.at(targets[0].place, text)
    prints = len(targets) < len(chosen)
    return Delivery(targets, urls_of(targets, os.environ), seconds, prints)


def deliver(delivery: Delivery, message: Callable[[], Message]) -> tuple[Delivered, ...]:
    """Deliver a message to every target, at the same time, and say on stderr what failed.

    Parameters
    ----------
    delivery
        The targets; nothing is done where there are none.
    message
        Gives what is delivered.

    Returns
    -------
    tuple of Delivered
        One a target, in their order.
    """
    if not delivery.targets:
        return ()
    from concurrent.futures import ThreadPoolExecutor

    told = message()

    def one(target: Target) -> Delivered:
        reason = _courier(delivery.urls[target.name], told, delivery.seconds)
        return Delivered(target.name, not reason, reason)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = tuple(pool.map(one, delivery.targets))
    say(Problem(None, f"not delivered to {d.name}: {d.reason}") for d in done if not d.ok)
    return done


def _courier(url: str, message: Message, seconds: int) -> str:
    """Have a process deliver; give why that failed, empty if it did not."""
    job = json.dumps({"url": url, "message": message, "seconds": seconds})
    # The folder that this package is in, where the process may not find it by itself; and never
    # the current one, in which anything may lie.
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "marketmove.cli.courier"],
            input=job.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done within {seconds} s (--to-timeout)"
    except OSError as error:
        return f"no process for it: {(error.strerror or 'no reason given').lower()}"
    return str(json.loads(done.stdout)) if done.stdout else "apprise failed"
