"""Kills, at random and just after something went out: none lost, a repeat says so, none left."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES, Process, run_process, start_process

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from servers import Web

pytest.importorskip("apprise")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

REPEAT = re.compile(r"This may be a repeat: [^.]*\.")
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
DAYS = ("2025-02-11", "2025-02-12", "2025-02-13", "2025-02-14")
# How many write to a journal at once.
WRITERS = (1, 2, 5)


class Desk(NamedTuple):
    """Where summaries go, and the journal that keeps account of them."""

    web: Web
    journal: Path

    def start(self, day: str, *to: str) -> Process:
        asked = ("summary", day, "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225", "--once")
        targets = [word for one in to for word in ("--to", one)]
        names = {"DESK": self.web.url(self.journal.stem)}
        return start_process(*asked, "--journal", self.journal, *targets, environment=names)

    @property
    def got(self) -> list[str]:
        return [str(got.body["message"]) for got in self.web.got]

    def couriers(self) -> list[str]:
        """Name the processes that still bring something of this journal."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (entry / "cmdline").read_bytes()
                    names = (entry / "environ").read_bytes()
                except OSError:
                    continue
                if b"send_process" in line and self.journal.stem.encode() in names:
                    found.append(entry.name)
        return found


@pytest.fixture
def desk(web: Web, tmp_path: Path) -> Desk:
    return Desk(web, tmp_path / f"journal{os.getpid()}x{time.monotonic_ns()}.sqlite")


def _usual_s(desk: Desk, *to: str) -> float:
    """How long a run takes, that of another journal."""
    other = desk._replace(journal=desk.journal.with_name("usual.sqlite"))
    start = time.monotonic()
    other.start(DAYS[0], *to).communicate()
    desk.web.got.clear()
    return time.monotonic() - start


def _end(runs: Sequence[Process], how: Sequence[signal.Signals]) -> list[str]:
    """End runs, and give what each printed."""
    for run, number in zip(runs, how, strict=True):
        run.send_signal(number)
    printed = [run.communicate(timeout=60)[0].decode() for run in runs]
    assert {run.returncode for run in runs} <= {0, 130, -signal.SIGKILL}
    return printed


def _nobody_is_left(desk: Desk) -> None:
    for _ in range(200):
        if not desk.couriers():
            return
        time.sleep(0.05)
    raise AssertionError(desk.couriers())


def _each_came(texts: Sequence[str], wanted: str) -> None:
    """Check that a text came whole, and that what came after it says that it may be a repeat."""
    came = [text for text in texts if wanted in text]
    assert came
    for text in came[1:]:
        assert REPEAT.search(text), text


def _wanted(day: str) -> str:
    asked = ("summary", day, "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
    return run_process(*asked).stdout.split("\n\n", maxsplit=1)[0]


@pytest.mark.skipif(not THOROUGH, reason="only where all is tried")
def test_kills_at_random_moments_of_couriers(desk: Desk) -> None:
    """Two targets, one of which is standard output; one, two and five runs at a time."""
    chance = random.Random(2120)  # noqa: S311 - moments, not secrets
    usual_s = _usual_s(desk, "env:DESK", "-")
    kills = 130
    printed: dict[str, list[str]] = {day: [] for day in DAYS}
    done = 0
    while done < kills:
        day = DAYS[done * len(DAYS) // kills]
        runs = [desk.start(day, "env:DESK", "-") for _ in range(WRITERS[done % 3])]
        time.sleep(chance.uniform(0, 1.1) * usual_s)
        printed[day] += _end(runs, [chance.choice(SIGNALS) for _ in runs])
        done += len(runs)
        _nobody_is_left(desk)
    for day in DAYS:
        printed[day].append(desk.start(day, "env:DESK", "-").communicate()[0].decode())
        _each_came(printed[day], _wanted(day))
        _each_came(desk.got, _wanted(day))
        assert desk.start(day, "env:DESK", "-").communicate() == (b"", b"")
    _nobody_is_left(desk)


def _until_sent(desk: Desk, _runs: Sequence[Process]) -> None:
    before = len(desk.web.got)
    for _ in range(6_000):
        if len(desk.web.got) > before:
            return
        time.sleep(0.002)


def _until_printed(_desk: Desk, runs: Sequence[Process]) -> None:
    stream = runs[0].stdout
    assert stream is not None
    os.set_blocking(stream.fileno(), False)
    for _ in range(6_000):
        if stream.peek(1):  # type: ignore[attr-defined]
            break
        time.sleep(0.002)
    os.set_blocking(stream.fileno(), True)


@pytest.mark.parametrize(
    ("until", "to"), [(_until_sent, "env:DESK"), (_until_printed, "-")], ids=["sent", "printed"]
)
def test_kills_just_after_something_went_out(
    until: Callable[[Desk, Sequence[Process]], None], to: str, desk: Desk
) -> None:
    chance = random.Random(2121)  # noqa: S311 - moments, not secrets
    for turn in range(tried(1, 50)):
        day = DAYS[turn % len(DAYS)]
        one = desk._replace(journal=desk.journal.with_name(f"j{turn}of{desk.journal.name}"))
        one.web.got.clear()
        runs = [one.start(day, to)]
        until(one, runs)
        time.sleep(chance.choice((0, 0, 0.001, 0.004)))
        printed = _end(runs, [signal.SIGKILL])
        _nobody_is_left(one)
        printed.append(one.start(day, to).communicate()[0].decode())
        assert one.start(day, to).communicate() == (b"", b"")
        _each_came(printed if to == "-" else one.got, _wanted(day))
