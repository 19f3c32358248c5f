"""Closes that arrive by themselves: over real HTTP into the archive, and only what is a close."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import EVENING, KEY, N225, Desk, csv_of, desk
from program import RunCli, run_fresh
from provider import Provider, Reply, provider, providers

__all__ = ["desk", "provider", "providers"]


def test_closes_are_fetched_and_read_everywhere(desk: Desk, provider: Provider) -> None:
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(N225))}\n")
    ran = desk.fetch()
    assert ran.status == 0
    assert ran.stderr == ""
    assert "All 1 index is current" in ran.stdout or "The index is current" in ran.stdout
    assert desk.closes() == N225 | {"2025-02-12": "38963.7"}
    ran = desk.run("session", "latest", "-f", "csv")
    assert ran.rows[0]["change_pts"] == "-312.04"
    assert ran.rows[0]["source"] == f"{desk.archive}/N225.csv:10"
    title = desk.run("session", "latest").stdout.splitlines()[0]
    assert title.endswith(f"the archive {desk.archive}")
    assert "HSI" in desk.run("session", "2025-02-14", "-l", "samples/closes.csv").stdout or True
    for words in (["history", "2025-02-12", "latest"], ["check"], ["summary"], ["closes"]):
        ran = desk.run(*words)
        assert ran.status == 0, ran
        assert "N225" in ran.stdout or "Nikkei 225" in ran.stdout
    row = desk.run("closes", "-f", "csv").rows[0]
    assert (row["closes"], row["first"], row["last"]) == ("9", "2025-02-03", "2025-02-14")
    assert (row["feeds"], row["missing"], row["revisions"]) == ("127.0.0.1", "0", "0")


def test_levels_stand_before_the_archive_and_samples_behind(
    desk: Desk, provider: Provider, tmp_path: Path
) -> None:
    url = provider.serve("/n225.csv", csv_of(N225))
    desk.feeds(f"  N225: {url}\n")
    assert "bundled sample" in desk.run("session", "2025-02-14").stdout
    assert "the archive has none yet; type: marketmove fetch" in desk.run("session").stderr
    desk.fetch()
    assert "the archive" in desk.run("session", "2025-02-14").stdout
    own = tmp_path / "own.csv"
    own.write_text("date,HSI\n2025-02-13,21814.37\n2025-02-14,22620.33\n", encoding="utf-8")
    assert "own.csv" in desk.run("session", "2025-02-14", "--levels", own).stdout
    desk.config.write_text(
        f"levels: own.csv\narchive: closes\nfeeds: {{N225: '{url}'}}\n", encoding="utf-8"
    )
    assert "own.csv" in desk.run("session", "2025-02-14").stdout
    assert "commands read those, and not the archive" in desk.fetch().stdout


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        ("2025-02-14T11:58+09:00", False),
        ("2025-02-14T15:35+09:00", False),
        ("2025-02-14T16:00+09:00", True),
    ],
)
def test_an_unfinished_session_is_no_close(
    moment: str, stored: bool, desk: Desk, provider: Provider
) -> None:
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(N225))}\n")
    ran = desk.fetch(as_of=moment)
    assert ran.status == 0, "the newest close that there can be is there"
    assert ("2025-02-14" in desk.closes()) == stored
    assert ("left out 2025-02-14: the session was not over" in ran.stdout) == (not stored)


def test_a_close_on_a_shut_day_or_in_the_future_is_none(desk: Desk, provider: Provider) -> None:
    odd = N225 | {"2025-02-11": "38801.17", "2025-02-17": "39174.25"}
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(dict(sorted(odd.items()))))}\n")
    ran = desk.fetch()
    assert "left out 2025-02-11: XTKS was shut" in ran.stdout
    assert "left out 2025-02-17: the session was not over" in ran.stdout
    assert list(desk.closes()) == list(N225)


def test_what_changed_is_a_revision_and_nothing_is_lost(
    desk: Desk, providers: Callable[[], Provider]
) -> None:
    later = N225 | {"2025-02-12": "38964.00"}
    del later["2025-02-07"]
    for closes in (N225, later):
        desk.feeds(f"  N225: {{url: {providers().serve('/', csv_of(closes))}, name: tokyo}}\n")
        ran = desk.fetch()
        assert ran.status == 0
    said = "N225: 2025-02-12 is revised to 38964; it was 38963.7 of tokyo, fetched 20"
    assert said in ran.stdout
    assert "tokyo no longer gives 2025-02-07; the archive keeps it" in ran.stdout
    assert desk.closes()["2025-02-07"] == N225["2025-02-07"]
    (row,) = desk.run("closes", "--revisions", "-f", "csv").rows
    assert (row["session"], row["before"], row["after"]) == ("2025-02-12", "38963.7", "38964.0")
    assert desk.run("closes", "-f", "csv").rows[0]["revisions"] == "1"


def test_the_summary_tells_of_a_revision(desk: Desk, providers: Callable[[], Provider]) -> None:
    revised = N225 | {"2025-02-14": "39150.00"}
    for closes, said in ((N225, ""), (revised, "39,149.43")):
        desk.feeds(f"  N225: {{url: {providers().serve('/', csv_of(closes))}, name: tokyo}}\n")
        desk.fetch("--quiet")
        ran = desk.run("summary", "2025-02-14", "--once", "--journal", desk.folder / "j.sqlite")
        assert ran.status == 0
        assert said in ran.stdout.splitlines()[0]


def test_the_summary_of_the_next_day_tells_what_was_revised(
    desk: Desk, providers: Callable[[], Provider]
) -> None:
    first = {day: close for day, close in N225.items() if day < "2025-02-14"}
    later = N225 | {"2025-02-10": "38801.99"}
    for closes, as_of in ((first, "2025-02-13T18:00+09:00"), (later, EVENING)):
        desk.feeds(f"  N225: {{url: {providers().serve('/', csv_of(closes))}, name: tokyo}}\n")
        desk.fetch("--quiet", as_of=as_of)
        words = ("--once", "--as-of", as_of, "--journal", desk.folder / "j.sqlite")
        ran = desk.run("summary", *words)
        time.sleep(1.1)  # moments are kept to the second
    assert ran.stdout.startswith("N225 2025-02-10 revised from 38,801.17 to 38,801.99\n")
    assert desk.run("summary", *words).stdout == ""


def test_gaps_are_named_and_whether_the_newest_close_is_there(
    desk: Desk, provider: Provider
) -> None:
    holey = {day: N225[day] for day in N225 if day not in {"2025-02-05", "2025-02-14"}}
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(holey))}\n")
    ran = desk.fetch()
    assert ran.status == 3
    assert "N225: the archive lacks 1 session: 2025-02-05; try marketmove fetch" in ran.stdout
    said = "N225 is not current: no close of 2025-02-14 yet, the newest is of 2025-02-13"
    assert said in ran.stdout
    quiet = desk.fetch("--quiet")
    assert quiet.stdout == ""
    assert said in quiet.stderr


def test_feeds_are_tried_in_order_and_do_not_revise_the_better_one(
    desk: Desk, providers: Callable[[], Provider]
) -> None:
    first = {day: close for day, close in N225.items() if day < "2025-02-14"}
    second = N225 | {"2025-02-13": "39461.99"}
    one, other = providers().serve("/", csv_of(first)), providers().serve("/", csv_of(second))
    desk.feeds(f"  N225: [{{url: {one}, name: best}}, {{url: {other}, name: other}}]\n")
    assert desk.fetch().status == 0
    assert desk.closes()["2025-02-13"] == "39461.47"
    assert desk.closes()["2025-02-14"] == "39149.43"
    rows = (desk.archive / "N225.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[2] for row in rows[-2:]] == ["best", "other"]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("", "text/csv", "an empty answer"),
        ("<!DOCTYPE html><html><body>Please consent</body></html>", "text/csv", "a web page"),
        ("You have reached your limit of requests for today", "text/csv", "no closes can be read"),
        ('{"Information": "25 requests per day"}', "application/json", "no closes can be read"),
        ("Date,Close\n2025-02-13,39461.47\n2025-02-14,3946\x00", "text/csv", "no closes"),
        ("symbol,date,close\nHSI,2025-02-13,21814.37\n", "text/csv", "is of HSI, not of N225"),
        (
            "Date,Close\n2025-01-06,39307\n2025-01-14,38474\n2025-01-20,38902\n2025-01-27,39565\n",
            "text/csv",
            "are not one a session",
        ),
        (
            "Date,Close\n" + "".join(f"2025-02-14 {h}:00,{39000 + h}\n" for h in range(9, 15)),
            "text/csv",
            "no closes can be read",
        ),
    ],
)
def test_what_is_no_table_of_closes_is_refused(
    body: str, kind: str, said: str, desk: Desk, provider: Provider
) -> None:
    reply = Reply(body.encode(), headers={"Content-Type": kind})
    desk.feeds(f"  N225: {provider.serve('/n225.csv', reply)}\n")
    assert said in desk.failure()


def test_dates_a_day_off_are_refused(desk: Desk, provider: Provider) -> None:
    days = ["2025-02-02", *list(N225)[:4], "2025-02-09"]
    shifted = dict(zip(days, N225.values(), strict=False))
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(shifted))}\n")
    assert "the dates look a day early" in desk.failure()


def test_levels_that_the_index_never_had_are_refused(desk: Desk, provider: Provider) -> None:
    """DJX, which some call the Dow, is the Dow divided by 100."""
    hundredth = {day: f"{float(close) / 100:.2f}" for day, close in N225.items()}
    desk.feeds(f"  DJI: {provider.serve('/dow.csv', csv_of(hundredth))}\n")
    assert "are not those of DJI" in desk.failure()


def test_another_scale_is_another_index(desk: Desk, providers: Callable[[], Provider]) -> None:
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225))}\n")
    desk.fetch()
    tenth = {day: str(float(close) / 10) for day, close in N225.items()}
    desk.feeds(f"  N225: {providers().serve('/', csv_of(tenth))}\n")
    index = desk.report()
    assert "is not on the scale of the archive" in index["feeds"][0]["failure"]
    stray = N225 | {"2025-02-06": "390665.30", "2025-02-12": ""}
    desk.feeds(f"  N225: {providers().serve('/', csv_of(stray))}\n")
    index = desk.report()
    assert {row["session"]: row["code"] for row in index["feeds"][0]["left_out"]} == {
        "2025-02-06": "scale",
        "2025-02-12": "blank",
    }
    assert not index["revised"]


def test_the_last_session_twice_is_in_doubt(desk: Desk, provider: Provider) -> None:
    text = csv_of(N225).replace("2025-02-13,39461.47\n", "") + "2025-02-14,39150.01\n"
    desk.feeds(f"  N225: {provider.serve('/n225.csv', text)}\n")
    index = desk.report()
    assert [row["session"] for row in index["feeds"][0]["left_out"]] == ["2025-02-14"]
    assert index["newest"] == "2025-02-12"
    assert not index["current"]


def test_float_noise_is_taken_off(desk: Desk, provider: Provider) -> None:
    import struct

    noisy = {
        day: repr(struct.unpack("f", struct.pack("f", float(c)))[0]) for day, c in N225.items()
    }
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(noisy))}\n")
    desk.fetch()
    assert [float(c) for c in desk.closes().values()] == [float(c) for c in N225.values()]


def test_from_an_empty_home_in_five_commands(run_cli: RunCli, provider: Provider) -> None:
    """What a new user types, following what each message says."""
    ran = run_cli("fetch")
    assert ran.status == 2
    assert "marketmove init" in ran.stderr
    ran = run_cli("init")
    assert "take the # from a line under feeds:, and type: marketmove fetch" in ran.stdout
    config = Path(ran.stdout.splitlines()[0].removeprefix("Wrote "))
    lines = config.read_text(encoding="utf-8").splitlines()
    n = next(n for n, line in enumerate(lines) if "#N225:" in line)
    url = provider.serve("/n225.csv", csv_of(N225))
    lines[n] = re.sub("nikkei$", url, lines[n].replace("#", "", 1))
    config.write_text("\n".join(lines), encoding="utf-8")
    ran = run_cli("fetch", "--as-of", EVENING)
    assert (ran.stderr, ran.status) == ("", 0)
    ran = run_cli("session", "latest")
    assert ran.status == 0
    assert "Nikkei 225   39,149.43" in ran.stdout


def test_a_file_a_session(desk: Desk, providers: Callable[[], Provider]) -> None:
    host = providers()
    for day, close in list(N225.items())[-2:]:
        year, month, date = day.split("-")
        host.serve(f"/ind_{date}{month}{year}.csv", f"Index,Date,Close\nN225,{day},{close}\n")
    url = f"http://127.0.0.1:{host.port}/ind_{{session:%d%m%Y}}.csv"
    desk.feeds(f"  N225: {{url: '{url}'}}\n")
    (desk.archive).mkdir()
    rows = [f"{day},{close},tokyo,2025-02-12T09:00:00Z" for day, close in N225.items()][:-2]
    text = "\n".join(["date,close,source,fetched", *rows[-1:], ""])
    (desk.archive / "N225.csv").write_text(text, encoding="utf-8")
    index = desk.report()
    assert index["current"]
    assert [one.path for one in host.asked] == [
        *("/ind_12022025.csv", "/ind_13022025.csv", "/ind_14022025.csv"),
    ]
    assert index["feeds"][0]["remarks"] == ["2025-02-12: its server answered 404 (Not Found)"]
    assert "2025-02-12" in desk.closes()


def test_pages_are_turned(desk: Desk, providers: Callable[[], Provider]) -> None:
    host = providers()
    days = list(N225)
    pages = [csv_of({day: N225[day] for day in days[n : n + 5]}) for n in (0, 5)]
    host.serve("/first", pages[0])
    url = host.serve("/next", pages[1], "Date,Close\n")
    first = url.replace("next", "first")
    desk.feeds(f"  N225: {{url: '{first}?from={{from}}', next: '{url}?start={{rows}}'}}\n")
    assert desk.fetch("--from", "2025-02-03").status == 0
    assert [one.path for one in host.asked][1:] == ["/next?start=5", "/next?start=9"]
    assert list(desk.closes()) == days


def test_a_command_is_a_feed(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "closes.sh"
    script.write_text(f'#!/bin/sh\necho "Date,Close"\ncat {tmp_path}/rows\n', encoding="utf-8")
    script.chmod(0o700)
    rows = csv_of(N225).partition("\n")[2]
    (tmp_path / "rows").write_text(rows, encoding="utf-8")
    desk.feeds(f"  N225: {{command: [{script}, '{{from}}']}}\n")
    assert desk.fetch().status == 0
    assert list(desk.closes()) == list(N225)
    script.write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    assert desk.report()["feeds"][0]["failure"] == "the command ended with status 9"
    script.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    assert "not finished within 1 s" in desk.report("--timeout", "1")["feeds"][0]["failure"]


def test_explain_stores_nothing(desk: Desk, provider: Provider) -> None:
    desk.feeds(f"  N225: {provider.serve('/n225.csv', csv_of(N225))}\n")
    ran = desk.fetch("--explain")
    assert ran.status == 0
    assert not desk.archive.exists()
    for text in ("dates", "2025-02-14  39,149.43", "Nothing was stored", "decimal mark"):
        assert text in ran.stdout


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        ("  XYZ: https://example.org/\n", "3: feeds: XYZ: unknown index"),
        ("  HSI: http://example.org/\n", "http:// can be read and changed on its way"),
        ("  HSI: {url: 'https://example.org/{date}'}\n", "{date} is not a placeholder here"),
        ("  HSI: {url: 'https://example.org/{key}'}\n", "{key} without key:"),
        (f"  HSI: {{url: 'https://e.org/{{key}}', key: {KEY}}}\n", "not the key"),
        ("  HSI: {url: 'https://a:b@e.org/'}\n", "a login in the URL"),
        ("  HSI: {adress: x}\n", "adress is not a key here"),
        ("  HSI: {url: 'https://e.org/', command: [x]}\n", "expected one of url:, command:"),
        ("  HSI: {url: 'https://e.org/', date_format: xyz}\n", "date_format: xyz is none of"),
        ("  HSI: {url: 'https://e.org/', next: 'https://f.org/'}\n", "another host"),
        ("  HSI: [a b]\n", "expected a URL, the name of a provider or plug-in"),
    ],
)
def test_feeds_that_cannot_be(feeds: str, said: str, desk: Desk) -> None:
    desk.feeds(feeds)
    ran = desk.fetch()
    assert (ran.stdout, ran.status) == ("", 3)
    assert said in ran.stderr
    assert KEY not in ran.stderr


def test_what_cannot_be_asked_for(desk: Desk) -> None:
    desk.feeds("  HSI: https://example.org/\n")
    for words, said in (
        (["N225"], "no feed for N225"),
        (["nikei"], "unknown index: nikei"),
        (["--feed", "x"], "no feed is called x; there is example.org"),
        (["-g", "africa"], "no index of africa has a feed"),
        (["--from", "latest"], "--from is latest"),
    ):
        ran = desk.fetch(*words)
        assert ran.status == 2, words
        assert said in ran.stderr
    desk.feeds("  HSI: yahu\n")
    assert "no provider or plug-in is called yahu; there is " in desk.fetch().stderr


def test_an_archive_that_somebody_edited(desk: Desk, providers: Callable[[], Provider]) -> None:
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225))}\n")
    desk.fetch()
    path = desk.archive / "N225.csv"
    text = path.read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    path.write_text("\n".join([head, *reversed(rows), ""]), encoding="utf-8")
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225 | {'2025-02-03': '38520.10'}))}\n")
    assert desk.fetch().status == 0
    assert desk.closes()["2025-02-03"] == "38520.1"
    path.write_text(text.replace("38520.09", "38,520.09"), encoding="utf-8")
    edited = path.read_bytes()
    ran = desk.fetch()
    assert ran.status == 3
    assert f"{path}:2: 5 cells; expected date,close,source,fetched" in ran.stdout
    assert path.read_bytes() == edited


def test_a_foreign_file_in_the_archive(desk: Desk, provider: Provider) -> None:
    desk.feeds(f"  N225: {provider.serve('/', csv_of(N225))}\n")
    desk.archive.mkdir()
    (desk.archive / "notes.txt").write_text("mine", encoding="utf-8")
    (desk.archive / "HSI.csv").write_text("date,close\n2025-02-14,1\n", encoding="utf-8")
    assert desk.fetch().status == 0
    ran = desk.run("session", "latest")
    assert ran.status == 0
    said = f"{desk.archive}/HSI.csv: warning: not a file of the archive, so it is not read"
    assert said in ran.stderr
    assert "Hang Seng" not in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_a_full_disk_leaves_what_was_there(desk: Desk, providers: Callable[[], Provider]) -> None:
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225))}\n")
    desk.fetch()
    before = {path.name: path.read_bytes() for path in desk.archive.glob("*.csv")}
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225 | {'2025-02-03': '38521'}))}\n")
    # Two blocks of 512 bytes hold no file of the archive.
    line = f"ulimit -f 0; exec {shlex.quote(sys.executable)} -m marketmove fetch --as-of {EVENING}"
    ran = run_fresh(["/bin/sh", "-c", f"{line} --config {desk.config}"])
    assert ran.status in {3, 6}
    assert "cannot be" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert {path.name: path.read_bytes() for path in desk.archive.glob("*.csv")} == before
    assert desk.fetch().status == 0
    assert desk.closes()["2025-02-03"] == "38521"


def test_an_archive_that_cannot_be(desk: Desk, provider: Provider) -> None:
    desk.feeds(f"  N225: {provider.serve('/', csv_of(N225))}\n")
    desk.archive.write_text("in the way", encoding="utf-8")
    ran = desk.fetch()
    assert (ran.stdout, ran.status) == ("", 3)
    assert "the archive cannot be made: file exists; name another place: archive:" in ran.stderr
    desk.archive.unlink()
    desk.archive.mkdir()
    (desk.archive / ".fetch.sqlite").write_bytes(b"no database" * 100)
    ran = desk.fetch()
    assert (ran.stdout, ran.status) == ("", 3)
    assert "remove it, it holds no closes" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_is_read_only(desk: Desk, providers: Callable[[], Provider]) -> None:
    desk.feeds(f"  N225: {providers().serve('/', csv_of(N225))}\n")
    desk.fetch()
    desk.archive.chmod(0o500)
    try:
        assert desk.run("session", "latest").status == 0
        ran = desk.fetch()
        assert ran.status == 3
        assert "read-only" in ran.stderr
    finally:
        desk.archive.chmod(0o700)


def test_json_says_it_all(desk: Desk, provider: Provider) -> None:
    desk.feeds(f"  N225: {provider.serve('/', csv_of(N225))}\n")
    document = json.loads(desk.fetch("-f", "json").stdout)
    assert document["schema"] == "marketmove.fetch/1"
    (index,) = document["indices"]
    assert index["added"][-1] == {"session": "2025-02-14", "close": 39149.43}
