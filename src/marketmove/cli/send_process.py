"""The process that makes one delivery: what to send on its standard input, the outcome on stdout.

A process of its own can be ended when its time is up, whatever it waits for, and nothing that a
library prints or raises in it, secrets and all, reaches anybody.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Deliver once, and write why it failed, as a JSON text; empty if it did not."""
    outcome = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    job = json.load(sys.stdin.buffer)

    from marketmove.delivery.send import send
    from marketmove.delivery.targets import Message

    reason = send(job["url"], Message(*job["message"]), job["seconds"])
    os.write(outcome, json.dumps(reason).encode())


if __name__ == "__main__":
    main()
