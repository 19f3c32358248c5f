"""What is delivered is so once, and what was not is tried again; by real processes."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from program import SAMPLE_CLOSES, Write, run_process, start_process
from servers import FEBRUARY_14, SECRET, Web, summary

pytest.importorskip("apprise")


def test_what_was_not_delivered_is_tried_again_and_printed_once(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", "env:DESK")
    web.answers[0] = 500
    first = summary(*kept, DESK=web.url())
    assert first.stdout.startswith("Hang Seng up 3.69%")
    assert (first.stderr.count("not delivered to env:DESK"), first.status) == (1, 6)
    again = summary(*kept, DESK=web.url())
    assert (again.stdout, again.stderr.count("not delivered"), again.status) == ("", 1, 6)
    web.answers[0] = 200
    assert summary(*kept, DESK=web.url()) == ("", "", 0)
    assert len(web.got) == 3
    assert summary(*kept, DESK=web.url()) == ("", "", 0)
    assert len(web.got) == 3
    ran = run_process("journal", "--journal", tmp_path / "journal.sqlite", "-f", "json")
    assert SECRET not in ran.stdout
    results = [
        [(one["target"], one["result"]) for one in entry["deliveries"]]
        for entry in ran.document["summaries"]
    ]
    assert results == [
        [("env:DESK", "failed"), ("standard output", "printed")],
        [("env:DESK", "failed")],
        [("env:DESK", "delivered")],
    ]


def test_a_new_target_is_owed_what_another_has(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", "env:DESK")
    assert summary(*kept, DESK=web.url("one")) == ("", "", 0)
    both = (*kept, "--to", web.url("two"))
    assert summary(*both, DESK=web.url("one")) == ("", "", 0)
    assert [got.path for got in web.got] == ["/one", "/two"]
    forced = summary(*both, "--force", DESK=web.url("one"))
    assert (forced.stdout, forced.status, len(web.got)) == ("", 0, 4)


def test_an_alert_is_met_once(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--alert", "HSI: 3")
    assert summary(*kept, "--to", web.url("one")).status == 5
    assert summary(*kept, "--to", web.url("one")) == ("", "", 0)


def test_revisions_are_delivered(web: Web, write: Write, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", web.url("one"))
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    before = write("before.csv", text)
    asked = ("summary", "2025-02-14", "-i", "HSI", "-i", "N225", *kept)
    assert run_process(*asked, "-l", before) == ("", "", 0)
    after = write("after.csv", text.replace("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    assert run_process(*asked, "-l", after) == ("", "", 0)
    assert (
        web.got[1].body["message"].startswith("N225 2025-02-14 revised from 39,149.43 to 39,150.00")
    )


def _kept(folder: Path, *targets: str) -> tuple[str | Path, ...]:
    to = (part for target in targets for part in ("--to", target))
    return ("--once", "--journal", folder / "journal.sqlite", *to)


def _deliveries(folder: Path) -> list[list[tuple[str, str]]]:
    ran = run_process("journal", "--journal", folder / "journal.sqlite", "-f", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    return [
        [(one["target"], one["result"]) for one in entry["deliveries"]]
        for entry in ran.document["summaries"]
    ]


def test_what_is_delivered_is_not_sent_again_where_printing_fails(web: Web, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    kept = _kept(tmp_path, "-", web.url("one"))
    for _ in range(2):
        with Path("/dev/full").open("wb") as full:
            process = start_process(*FEBRUARY_14, *kept, stdout=full.fileno())
            process.communicate(timeout=60)
        assert process.returncode == 3
        assert len(web.got) == 1
    assert summary(*kept).stdout == summary().stdout
    assert len(web.got) == 1
    assert _deliveries(tmp_path) == [[("json://…", "delivered")], [("standard output", "printed")]]


@pytest.mark.skipif(os.name != "posix", reason="needs Unix signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_is_delivered_is_not_sent_again_after_a_kill(
    how: signal.Signals, web: Web, tmp_path: Path
) -> None:
    """One target has it, the other hangs: what is owed then is the other, and the alert."""
    journal = tmp_path / "state"
    journal.mkdir()
    raised = tmp_path / "raised"
    alert = ("--alert", "HSI: 3", "--on-alert", f"sh -c 'echo met >> {raised}'")
    kept = (*_kept(journal, "env:ONE", "env:TWO"), *alert)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"json://127.0.0.1:{silent.getsockname()[1]}/"
        asked = (*FEBRUARY_14, *kept, "--to-timeout", "10")
        names = {"ONE": web.url("one"), "TWO": hanging}
        with start_process(*asked, environment=names) as process:
            while not web.got:
                time.sleep(0.05)
            time.sleep(2)
            assert process.poll() is None
            process.send_signal(how)
            process.communicate(timeout=60)
        assert process.returncode == (-how if how is signal.SIGKILL else 130)
    names["TWO"] = web.url("two")
    assert not raised.exists()
    assert summary(*kept, **names) == ("", "", 5)
    assert raised.read_text(encoding="utf-8") == "met\n"
    assert [got.path for got in web.got] == ["/one", "/two"]
    assert _deliveries(journal) == [[("env:ONE", "delivered")], [("env:TWO", "delivered")]]
    assert [path.name for path in journal.iterdir()] == ["journal.sqlite"]


def test_ten_runs_at_once_deliver_once(web: Web, tmp_path: Path) -> None:
    kept = _kept(tmp_path, "-", "env:ONE")
    names = {"ONE": web.url("one")}
    runs = [start_process(*FEBRUARY_14, *kept, environment=names) for _ in range(10)]
    outputs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0] * 10
    assert sorted(outputs) == [(b"", b"")] * 9 + [(summary().stdout.encode(), b"")]
    assert len(web.got) == 1


def test_a_revision_is_told_to_each_target_that_had_the_summary(
    web: Web, write: Write, tmp_path: Path
) -> None:
    """Also to the one that could not be reached at first, after others have it."""
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    after = write("after.csv", text.replace("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    revised = (*FEBRUARY_14[:3], after, *FEBRUARY_14[4:])
    line = "N225 2025-02-14 revised from 39,149.43 to 39,150.00"
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"json://127.0.0.1:{free.getsockname()[1]}/"
    names = {"ONE": web.url("one"), "TWO": web.url("two"), "NEW": web.url("new")}
    printed: list[str] = []

    def sent(*targets: str, **environment: str) -> dict[str, bool]:
        web.got.clear()
        kept = _kept(tmp_path, *targets)
        printed.append(run_process(*revised, *kept, environment=names | environment).stdout)
        return {got.path: got.body["message"].startswith(line) for got in web.got}

    assert summary(*_kept(tmp_path, "env:ONE", "env:TWO"), **names).status == 0
    assert sent("env:ONE", "env:TWO", TWO=nowhere) == {"/one": True}
    assert printed[-1].startswith(line)
    assert sent("env:ONE", "env:TWO", "env:NEW") == {"/two": True, "/new": False}


THE_13TH = ("summary", "2025-02-13", *FEBRUARY_14[2:])


def test_what_was_not_delivered_is_tried_again_after_the_next_session(
    web: Web, tmp_path: Path
) -> None:
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    web.answers[0] = 500
    assert run_process(*THE_13TH, *kept, environment=names).status == 6
    ran = summary(*kept, **names)
    assert ran.status == 6
    assert ran.stderr.count("not delivered") == 1
    web.got.clear()
    web.answers[0] = 200
    assert summary(*kept, **names) == ("", "", 0)
    titles = [got.body["title"] for got in web.got]
    assert titles == ["Session of Fri 14 Feb 2025", "Session of Thu 13 Feb 2025"]
    assert web.got[1].body["message"].rstrip() == run_process(*THE_13TH).stdout.rstrip()
    assert summary(*kept, **names) == ("", "", 0)
    assert len(web.got) == 2
    assert _deliveries(tmp_path) == [
        [("env:DESK", "delivered"), ("standard output", "printed")],
        [("env:DESK", "failed"), ("standard output", "printed")],
        [("env:DESK", "delivered")],
    ]


def test_what_is_tried_again_belongs_to_the_same_line(web: Web, tmp_path: Path) -> None:
    """Another line, of other indices or another format, may have another desk of that name."""
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    web.answers[0] = 500
    assert run_process(*THE_13TH, *kept, environment=names).status == 6
    web.answers[0] = 200
    web.got.clear()
    for other in (("-i", "SPX"), ("-f", "markdown")):
        assert summary(*kept, *other, **names).status == 0
    assert [got.body["title"] for got in web.got] == ["Session of Fri 14 Feb 2025"] * 2
    assert summary(*kept, **names).status == 0
    assert web.got[3].body["title"] == "Session of Thu 13 Feb 2025"


def test_a_close_that_is_as_it_was_again_leaves_nothing_to_be_sent(
    web: Web, write: Write, tmp_path: Path
) -> None:
    """What was not delivered of closes that nobody stands by any more is not delivered later."""
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    after = write("after.csv", text.replace("2025-02-13,N225,39461.47", "2025-02-13,N225,39461"))
    assert run_process(*THE_13TH, *kept, environment=names).status == 0
    web.answers[0] = 500
    wrong = (*THE_13TH[:3], after, *THE_13TH[4:])
    assert run_process(*wrong, *kept, environment=names).status == 6
    web.answers[0] = 200
    assert run_process(*THE_13TH, *kept, environment=names) == ("", "", 0)
    assert summary(*kept, **names) == ("", "", 0)
    assert [got.body["title"] for got in web.got[2:]] == ["Session of Fri 14 Feb 2025"]


def test_an_alert_is_raised_once_where_delivery_is_tried_again(web: Web, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    alerts = ("--alert", "HSI: 3", "--on-alert", f"sh -c 'echo met >> {seen}'")
    kept = (*_kept(tmp_path, web.url("one")), *alerts)
    web.answers[0] = 500
    assert [summary(*kept).status for _ in range(2)] == [6, 6]
    web.answers[0] = 200
    assert summary(*kept).status == 0
    assert seen.read_text(encoding="utf-8") == "met\n"
    assert summary(*kept, "--force").status == 5
    assert seen.read_text(encoding="utf-8") == "met\n" * 2


def test_a_journal_that_cannot_serve_has_all_printed(web: Web, write: Write) -> None:
    path = write("journal.sqlite", "no journal")
    ran = summary("--once", "--journal", path, "--to", web.url())
    assert (ran.stdout, ran.status, web.got) == (summary().stdout, 3, [])
    assert ran.stderr.splitlines()[1] == (
        "marketmove: the summary is printed, not sent, and not recorded;"
        " a run with --once will send it"
    )
