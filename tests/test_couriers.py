"""Who brings a summary ends with the run that sent it; who gets it is known by the address."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from profiles import tried
from program import Ran, RunCli, run_process, start_process
from servers import FEBRUARY_14, Web, summary
from test_delivered_once import THE_13TH

needs_unix = pytest.mark.skipif(os.name != "posix", reason="needs Unix signals and modes")


def _courier_of(run: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if b"marketmove.cli.send_process" in line and parent == run:
                found.append(int(entry.name))
    return found


def _ends(process: int) -> bool:
    for _ in range(100):
        try:
            if (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2][1] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_courier_ends_with_its_run(how: signal.Signals, web: Web, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", "env:DESK")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"json://127.0.0.1:{silent.getsockname()[1]}/s"
        process = start_process(*FEBRUARY_14, *kept, environment={"DESK": hanging})
        silent.settimeout(60)
        connection, _ = silent.accept()
        with connection:
            couriers = _courier_of(process.pid)
            assert len(couriers) == 1
            process.send_signal(how)
            process.communicate(timeout=60)
            assert process.returncode == (-how if how is signal.SIGKILL else 130)
            assert _ends(couriers[0])
        # The same address gets it again, and is told so; another has not had it.
        again = start_process(*FEBRUARY_14, *kept, environment={"DESK": hanging})
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(60)
            got = b""
            while b"may be a repeat" not in got:
                piece = connection.recv(65536)
                assert piece, got
                got += piece
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        again.communicate(timeout=60)
        assert again.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]
    assert summary(*kept, DESK=web.url("other")) == ("", "", 0)
    assert "repeat" not in web.got[0].body["message"]


@needs_unix
def test_the_command_of_an_alert_ends_with_its_run(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    command = f"sh -c 'echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 60'"
    asked = (*FEBRUARY_14, "--alert", "HSI: 3", "--on-alert", command, "--on-alert-timeout", "60")
    process = start_process(*asked)
    while not pid.exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert _ends(int(pid.read_text()))


def test_targets_of_one_kind_are_told_by_their_address(web: Web, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    kept = ("--once", "--journal", tmp_path / "journal.sqlite")
    one, other = web.url("A"), web.url("B")
    assert summary(*kept, "--to", one).status == 0
    assert summary(*kept, "--to", other, "--to", one) == ("", "", 0)
    assert [got.path for got in web.got] == ["/A", "/B"]
    assert summary(*kept, "--to", one, "--to", other) == ("", "", 0)
    assert summary(*kept, "--to", "env:DESK", DESK=one) == ("", "", 0)
    assert len(web.got) == 2
    data = (tmp_path / "journal.sqlite").read_bytes()
    assert b"127.0.0.1" not in data


def test_late_messages_do_not_cross(web: Web, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    kept = ("--once", "--journal", tmp_path / "journal.sqlite")
    one, other = web.url("A"), web.url("B")
    assert run_process(*THE_13TH, *kept, "--to", one).status == 0
    web.answers[0] = 500
    assert run_process(*THE_13TH, *kept, "--to", one, "--to", other).status == 6
    web.answers[0] = 200
    web.got.clear()
    assert summary(*kept, "--to", other, "--to", one).status == 0
    assert sorted((got.path, got.body["title"]) for got in web.got) == [
        ("/A", "Session of Fri 14 Feb 2025"),
        ("/B", "Session of Fri 14 Feb 2025"),
        ("/B", "Session of Thu 13 Feb 2025"),
    ]


def test_an_address_with_two_names_gets_one_message(web: Web) -> None:
    pytest.importorskip("apprise")
    assert summary("--to", "env:DESK", "--to", web.url("A"), DESK=web.url("A")).status == 0
    assert len(web.got) == 1


@needs_unix
def test_only_its_user_reads_a_journal(run_cli: RunCli, path: Path) -> None:
    run_cli(*FEBRUARY_14, "--once", "--journal", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_journal_of_the_version_before_goes_on(run_cli: RunCli, path: Path) -> None:
    asked = (*FEBRUARY_14, "--once", "--journal", path)
    assert run_cli(*asked).stdout
    with sqlite3.connect(path) as before:
        before.execute("DROP TABLE salts")
        before.execute("ALTER TABLE deliveries DROP COLUMN name")
        before.execute("PRAGMA user_version = 3")
    before.close()
    assert run_cli("journal", "--journal", path).stdout.count(" printed") == 1
    assert run_cli(*asked) == ("", "", 0)
    assert run_cli("journal", "--journal", path).stdout.count(" printed") == 1


@needs_unix
def test_a_target_that_is_a_pipe_does_not_hang(run_cli: RunCli, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    ran = run_cli(*FEBRUARY_14, "--to", f"file:{pipe}")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "is not a file" in ran.stderr


def test_a_damaged_journal_never_costs_the_summary(run_cli: RunCli, tmp_path: Path) -> None:
    """Of bytes changed at random, any: the summary, or that it is out already; never a bug."""
    path = tmp_path / "journal.sqlite"
    changed = tmp_path / "damaged.sqlite"
    asked = (*FEBRUARY_14, "--once", "--journal")
    whole = run_cli(*asked, path).stdout
    sound = path.read_bytes()
    chance = random.Random(21)  # noqa: S311 - damages, not secrets
    used = [n for n, byte in enumerate(sound) if byte]
    for n in range(tried(60, 700)):
        data = bytearray(sound)
        for place in (chance.choice(used), chance.randrange(len(data)))[: 1 + n % 2]:
            data[place] = chance.randrange(256)
        changed.write_bytes(data)
        _is_sound(run_cli(*asked, changed), whole)
        _is_sound(run_cli("journal", "--journal", changed, "-f", "json"), "")


def _is_sound(ran: Ran, whole: str) -> None:
    assert ran.status in {0, 3}, ran.stderr
    if whole:
        assert ran.stdout.endswith(whole.partition("\n\n")[2]) or (ran.stdout, ran.status) == (
            "",
            0,
        )


def test_a_symbol_that_is_no_text_costs_the_record_alone(run_cli: RunCli, path: Path) -> None:
    rows = b"date,symbol,close\n2025-02-13,A\\B,100\n2025-02-14,A\\B,101\n"
    closes = path.with_name("closes.jsonl")
    lines = rows.decode().splitlines()[1:]
    closes.write_text(
        "".join(
            '{{"date": "{}", "symbol": "A\\ud800B", "close": {}}}\n'.format(
                *(line.split(",")[0], line.split(",")[2])
            )
            for line in lines
        )
    )
    ran = run_cli("summary", "2025-02-14", "-l", closes, "--once", "--journal", path)
    assert ran.status in {0, 3}, ran.stderr
    assert "1.00%" in ran.stdout


def test_an_endless_answer_is_no_delivery() -> None:
    """A server that never stops talking costs its time and some memory, and no more."""
    pytest.importorskip("apprise")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)

        def answer() -> None:
            with contextlib.suppress(OSError), listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    connection.sendall(b"x" * 65536)

        server = threading.Thread(target=answer)
        server.start()
        target = f"json://127.0.0.1:{listener.getsockname()[1]}/"
        start = time.monotonic()
        ran = run_process(*FEBRUARY_14, "--to", target, "--to-timeout", "4")
        assert time.monotonic() - start < 60
        server.join(60)
    assert ran.status == 6
    assert ran.stdout.startswith("Hang Seng up 3.69%")
    assert ran.stderr.startswith("marketmove: not delivered to json://…: ")
