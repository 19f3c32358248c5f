"""Why a feed gave nothing, in words that have no answer and no key in them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")
# What no answer with the closes of an index has, packed or unpacked.
MOST_BYTES = 32 << 20


class FeedFailure(Exception):  # noqa: N818 - it is what people read
    """A feed that gave nothing that can be used, and why.

    A plug-in raises it with words of its own. ``wait_s`` is how long the provider wants no other
    request, in seconds, where it said so.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.reason = reason
        self.wait_s = wait_s
        super().__init__(reason)


def within(seconds: float, work: Callable[[], _Result]) -> _Result:
    """Do work that may wait for others, and leave it where it is when its time is up.

    Raises
    ------
    FeedFailure
        If it was not done in time; what the work itself raises is passed on.
    """
    done: queue.SimpleQueue[tuple[_Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise FeedFailure(f"not finished within {seconds:g} s (--timeout)") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
