"""Runs of the program, each a process of its own, forked from one that has loaded it.

A fresh Python takes most of its time to load what every run needs. A fork is a process all the
same: it has arguments, an environment, a folder and streams of its own, it can be killed, and it
ends with a status. What it does not show is how Python starts: its streams are those of an
environment that names nothing, and more is loaded than a run by itself would load. What looks at
that takes ``program.command``.

This file is both sides: the tests take ``Forked``, which starts this file as the process to fork
from, one for each process that tests.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn, Self, TextIO

from marketmove import __main__ as program
from marketmove.cli import run
from marketmove.resources import root

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER = struct.Struct("i")

# The side of the tests.


class Forked:
    """A run that was started; what is used of it is as in ``subprocess.Popen``."""

    def __init__(
        self,
        *arguments: str | Path,
        environment: Mapping[str, str],
        cwd: Path | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> None:
        self.returncode: int | None = None
        self._told, theirs = socket.socketpair()
        given = _Streams()
        with theirs, given:
            self.stdin = given.add(stdin, "wb")
            self.stdout = given.add(stdout, "rb")
            self.stderr = given.add(stderr, "rb")
            socket.send_fds(_server(), [b"."], [theirs.fileno(), *given.ends])
        request = {
            "typed": [str(argument) for argument in arguments],
            "environment": dict(environment),
            "folder": str(cwd or Path.cwd()),
        }
        self._told.sendall(json.dumps(request).encode() + b"\n")
        self.pid = self._number()

    def _number(self) -> int:
        data = self._told.recv(NUMBER.size)
        if not data:
            raise RuntimeError("the process to fork from has ended")
        return int(NUMBER.unpack(data)[0])

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = self._number()
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("marketmove", timeout) from None
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended since
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, data: bytes = b"", timeout: float = 60) -> tuple[bytes, bytes]:
        """Write all, read all, and wait; after a time that is too long, kill."""
        watch = threading.Timer(timeout, self.kill)
        watch.start()
        writing = threading.Thread(target=self._write, args=(data,))
        reading = _Reading(self.stderr)
        writing.start()
        reading.start()
        out = self.stdout.read() if self.stdout and not self.stdout.closed else b""
        reading.join()
        writing.join()
        self.wait(timeout)
        watch.cancel()
        watch.join()
        self._close()
        return out, reading.data

    def _write(self, data: bytes) -> None:
        if self.stdin and not self.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self.stdin.write(data)
            with contextlib.suppress(BrokenPipeError):
                self.stdin.close()

    def _close(self) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream:
                stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self.wait(60)


class _Reading(threading.Thread):
    """Reads a stream to its end."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__()
        self._stream = stream
        self.data = b""

    def run(self) -> None:
        if self._stream and not self._stream.closed:
            self.data = self._stream.read()


class _Streams:
    """The ends of streams that a run gets; what is made for it is closed on this side."""

    def __init__(self) -> None:
        self.ends: list[int] = []
        self._made: list[int] = []

    def add(self, stream: int, mode: str) -> IO[bytes] | None:
        """Take a file descriptor, or make a pipe, and give the other end of the pipe."""
        if stream >= 0:
            self.ends.append(stream)
            return None
        if stream == subprocess.DEVNULL:
            self._made.append(os.open(os.devnull, os.O_RDWR))
            self.ends.append(self._made[-1])
            return None
        reading, writing = os.pipe()
        ours, theirs = (writing, reading) if mode == "wb" else (reading, writing)
        self._made.append(theirs)
        self.ends.append(theirs)
        return os.fdopen(ours, mode)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self._made:
            os.close(end)


@functools.cache
def _server() -> socket.socket:
    """Start the process to fork from; it ends when this one does."""
    ours, theirs = socket.socketpair()
    kept = ("PYTHONPATH", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            # A process that has threads would not be safe to copy.
            env=environment | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )

    def end() -> None:
        ours.close()
        process.wait(60)

    atexit.register(end)
    return ours


# The side that forks.


def _load() -> None:
    """Load what a run may need, which is done where it is needed: by runs of the usual kinds."""
    closes = ("-l", str(root() / "samples" / "closes.csv"))
    with tempfile.TemporaryDirectory() as folder:
        once = ("--once", "--journal", str(Path(folder, "journal.sqlite")))
        for typed in (
            ("session", "2025-02-04", "--quiet"),
            ("session", "2025-02-14", *closes, "--format", "csv"),
            ("summary", "2025-02-14", *closes, *once),
        ):
            run(typed)


def _serve(control: socket.socket) -> NoReturn:
    """Fork a process for each run, which forks the run, waits for it, and tells how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which a terminal sends to all; the tests end it
    while True:
        asked, ends, _, _ = socket.recv_fds(control, 1, 4)
        if not asked:
            os._exit(0)
        if _fork() == 0:
            control.close()
            _attend(socket.socket(fileno=ends[0]), ends[1:])
        for end in ends:
            os.close(end)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _fork() -> int:
    """Fork, also where a library has a thread of its own, which leaves its data fit to copy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _attend(told: socket.socket, streams: list[int]) -> NoReturn:
    with told.makefile("rb") as asked:
        request = json.loads(asked.readline())
    process = _fork()
    if process == 0:
        told.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os._exit(_run(request["typed"], request["environment"], request["folder"]))
    for stream in streams:
        os.close(stream)
    told.sendall(NUMBER.pack(process))
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # a test that has failed does not wait
        told.sendall(NUMBER.pack(status))
    os._exit(0)


def _run(typed: list[str], environment: dict[str, str], folder: str) -> int:
    """Run the program as Python would, up to the flush of the streams at the end."""
    # As where a person starts it, also where the tests run in the background or under nohup.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(folder)
    # Where nothing names a locale Python names one, for the programs that it starts.
    coerced = {name: os.environ[name] for name in ("LC_CTYPE",) if name in os.environ}
    os.environ.clear()
    os.environ.update(coerced | environment)
    time.tzset()
    sys.argv = [program.__file__, *typed]
    sys.stdin = _opened(0, sys.stdin)
    sys.stdout = _opened(1, sys.stdout)
    sys.stderr = _opened(2, sys.stderr)
    try:
        status = program.main()
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:  # noqa: BLE001
        sys.excepthook(*sys.exc_info())
        status = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            status = 120
    return status


def _opened(number: int, like: TextIO) -> TextIO:
    """Give a stream as Python opens it at its start."""
    encoding, errors = like.encoding, like.errors
    if number == 0:
        return open(0, encoding=encoding, errors=errors, closefd=False)
    return open(number, "w", 1 if number == 2 else -1, encoding, errors, closefd=False)


if __name__ == "__main__":
    _load()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
