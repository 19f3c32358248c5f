"""How far long work is: one line on a terminal, gone when it is over."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from marketmove.cli.terminal import stderr_is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from marketmove.frame import Frame
    from marketmove.sources import Progress

# What takes less is over before one has read of it.
_SECONDS_UNSEEN, _SECONDS_BETWEEN = 1.0, 0.1
_shown: list[_Line] = []


def line() -> Progress | None:
    """Give what shows how far a run is; None where nobody would see it."""
    moves = os.environ.get("TERM") != "dumb"
    return _Line() if moves and stderr_is_terminal() else None


def end() -> None:
    """Take away what is shown, also where the run was stopped."""
    while _shown:
        _shown.pop().stop()


def followed(
    blocks: Callable[[], Iterator[Frame]], rows: int, shown: Progress | None
) -> Callable[[], Iterator[Frame]]:
    """Give blocks of so many rows together, and show how far those are that were made use of."""

    def each() -> Iterator[Frame]:
        done = 0
        for block in blocks():
            yield block
            done += len(block)
            if shown is not None and rows:
                shown(done, done / rows)

    return each


class _Line:
    """A bar with the rows that are read, worked out or written, their rate, and the time left."""

    def __init__(self) -> None:
        self._began = self._latest = time.monotonic()
        self._share = 0.0
        self._bar: Any = None

    def __call__(self, rows: int, share: float) -> None:
        """Show how many rows are done, and which share of all; with less than before, anew."""
        now = time.monotonic()
        if share < self._share:
            self._began = now
        self._share = share
        elapsed = now - self._began
        if share >= 1:
            self.stop()
        elif elapsed >= _SECONDS_UNSEEN and now - self._latest >= _SECONDS_BETWEEN:
            self._latest = now
            self._show(rows, share, elapsed)

    def _show(self, rows: int, share: float, elapsed: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        from marketmove.wording.progress import how_far

        left = elapsed * (1 - share) / share if share else None
        said = how_far(rows, rows / elapsed, left)
        if self._bar is None:
            text = TextColumn("{task.description}", markup=False)
            # Without a thread of its own, which would write into what an error says.
            self._bar = Progress(
                BarColumn(),
                text,
                console=Console(file=sys.stderr),
                transient=True,
                auto_refresh=False,
            )
            self._bar.add_task(said, total=1.0)
            self._bar.start()
            _shown.append(self)
        self._bar.update(0, completed=share, description=said)
        self._bar.refresh()

    def stop(self) -> None:
        """Take the line away; a further step shows it anew."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
