"""Feeds that are programs: a command of the user's, or a plug-in in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from marketmove.feeds.failure import MOST_BYTES, FeedFailure, within

# What the process of a plug-in ends with: it gave closes, or its own words, or failed somehow.
GAVE, SAID, FAILED = 0, 3, 4


def output_of(command: Sequence[str], seconds: float) -> bytes:
    """Run a command, and give its standard output; what it says on stderr goes nowhere.

    Raises
    ------
    FeedFailure
        If it cannot be run, fails, is not done in time, or writes too much.
    """
    status, output = _run(command, None, None, seconds)
    if status != 0:
        raise FeedFailure(f"the command ended with status {status}")
    return output


def closes_of_plugin(
    command: Sequence[str],
    job: Mapping[str, object],
    environment: Mapping[str, str],
    seconds: float,
) -> bytes:
    """Run the process of a plug-in, and give what it fetched.

    Raises
    ------
    FeedFailure
        If it fails; in the words of the plug-in, if it has some.
    """
    status, output = _run(command, json.dumps(job).encode(), environment, seconds)
    if status == GAVE:
        return output
    if status in {SAID, FAILED}:
        raise FeedFailure(output.decode("utf-8", "replace"))
    raise FeedFailure("the plug-in ended in an unexpected way")


def _run(
    command: Sequence[str], job: bytes | None, environment: Mapping[str, str] | None, seconds: float
) -> tuple[int, bytes]:
    try:
        process = subprocess.Popen(  # noqa: S603 - without a shell, as the user configured it
            list(command),
            stdin=subprocess.DEVNULL if job is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise FeedFailure(f"the command cannot be run: {reason}") from None
    try:
        output = within(seconds, lambda: _talk(process, job))
        return within(seconds, process.wait), output
    finally:
        _end(process)


def _talk(process: subprocess.Popen[bytes], job: bytes | None) -> bytes:
    if process.stdin is not None and job is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(job)
    stream = process.stdout
    output = b"" if stream is None else stream.read(MOST_BYTES + 1)
    if len(output) > MOST_BYTES:
        raise FeedFailure(f"it writes more than {MOST_BYTES >> 20} MB")
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        process.wait(5)
        if process.stdout is not None:
            process.stdout.close()
