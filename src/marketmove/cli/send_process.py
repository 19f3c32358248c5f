"""The process that makes one delivery: what to send on its standard input, the outcome on stdout.

A process of its own can be ended when its time is up, whatever it waits for, and nothing that a
library prints or raises in it, secrets and all, reaches anybody. It ends with the run that started
it, however that ends, and by an alarm of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys

# What Linux calls it that a process is sent a signal when the one that started it ends.
_PR_SET_PDEATHSIG = 1
# Until which more than its time the run has had the chance to end it itself.
_GRACE_S = 2
_MOST_MEMORY = 800 << 20


def main() -> None:
    """Deliver once, and write why it failed, as a JSON text; empty if it did not."""
    outcome = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    # What a server answers is of no use beyond a few lines, and no plugin has a bound for it.
    _bound_memory()
    job = json.load(sys.stdin.buffer)
    _end_with(job["run"], job["seconds"])

    from marketmove.delivery.send import send
    from marketmove.delivery.targets import message_of

    reason = send(job["url"], message_of(job["message"]), job["seconds"])
    os.write(outcome, json.dumps(reason).encode())


def _end_with(run: int, seconds: int) -> None:
    """See to it that this process ends with the run, and in time, where the system has that."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds + _GRACE_S)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.name == "posix" and os.getppid() != run:
        os._exit(1)


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    main()
