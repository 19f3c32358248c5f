"""The process that runs one plug-in: what to fetch on its standard input, the bytes on stdout.

A process of its own can be ended when its time is up, whatever it waits for, and nothing that a
library prints or raises in it reaches anybody.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys


def main() -> int:
    """Fetch once, and write what came; or why nothing did, and say so by the status."""
    outcome = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    job = json.load(sys.stdin.buffer)

    from marketmove.feeds.failure import FeedFailure
    from marketmove.feeds.plugins import plugin
    from marketmove.feeds.programs import FAILED, GAVE, SAID
    from marketmove.market.indices import Index

    status, output = GAVE, b""
    try:
        symbol, name, aliases, *rest = job["index"]
        index = Index(symbol, name, tuple(aliases), *rest)
        output = bytes(plugin(job["plugin"])(index, dt.date.fromisoformat(job["since"])))
    except FeedFailure as failure:
        status, output = SAID, failure.reason.encode()
    except Exception as error:  # noqa: BLE001 - whatever a plug-in raises is a failed fetch
        status, output = FAILED, f"the plug-in failed: {type(error).__name__}".encode()
    with os.fdopen(outcome, "wb") as stream:
        stream.write(output)
    return status


if __name__ == "__main__":
    sys.exit(main())
