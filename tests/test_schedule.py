"""The lines that run the summary: late enough all year round, in any zone, and as typed."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import yaml

from marketmove import config
from marketmove.commands.schedule import schedule
from marketmove.market import calendars
from marketmove.market.indices import Exchange
from marketmove.market.last_close import Market, last_closes, last_exchanges, local_range
from marketmove.render.schedule import FORMATS
from marketmove.resources import root
from program import RunCli, Write, bare_environment, run_process
from schedulers import cron_fields, cron_runs, exec_words, unescaped

if TYPE_CHECKING:
    from marketmove.market.last_close import SchedulePlan

REGIONS = ("africa", "americas", "asia", "europe", "middle-east", "oceania")
SCHEDULERS = ("cron", "systemd", "github", "launchd", "windows")
ZONES = (
    *("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata"),
    *("Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
)
SATURDAY = dt.date(2025, 3, 1)
GROUPS = (
    "groups: {hong-kong: [HSI], new-york: [SPX], sydney: [AORD], riyadh: [TASI],"
    " both: [SPX, FTSE], nowhere: [FAR, MXWO], kathmandu: [NEPSE, MYX]}\n"
    "indices: {FAR: {exchange: XFAR}}\n"
)
ONCE_NOW = ("--once", "--as-of", "now")
# It is run once a day, and so waits for nothing.
NOW_OR_NEVER = ("--patience", "0m")


def _plan(
    group: str, zone: str | None, after: int = 30, first: dt.date = SATURDAY, text: str = ""
) -> SchedulePlan:
    settings = config.load(Path(text) if text else None)
    return schedule(settings.groups[group], settings, ["marketmove"], zone, after, first)


def _closes(group: str, first: dt.date) -> list[dt.datetime]:
    """The last close of each date of a year, in order, by the sessions that calendars have."""
    settings = config.load(None)
    indices = [settings.registry.indices[symbol] for symbol in settings.groups[group].symbols]
    codes = {index.exchange for index in indices} & settings.exchanges.keys()
    known = calendars.load(codes)
    last: dict[dt.date, dt.datetime] = {}
    for code in codes:
        clock, calendar = settings.exchanges[code], known.get(code)
        for day in (first + dt.timedelta(days=n) for n in range(365)):
            if calendar is None or not calendar.has(day) or day.isoformat() in calendar.single:
                continue
            end = calendar.end_of(day) or clock.close
            moment = dt.datetime.combine(day, end, ZoneInfo(clock.zone)).astimezone(dt.UTC)
            last[day] = max(moment, last.get(day, moment))
    return [last[day] for day in sorted(last)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("region", REGIONS)
def test_each_last_close_has_its_run(region: str, zone: str) -> None:
    """After each last close comes a run before the next, and none comes too early after it."""
    first = dt.date(2024, 6, 1)
    margin = dt.timedelta(minutes=30)
    runs = cron_runs(FORMATS["cron"](_plan(region, zone, first=first)), zone, first)
    closes = _closes(region, first)
    assert len(closes) > 240
    for close, following in itertools.pairwise(closes):
        run = runs[bisect.bisect_left(runs, close)]
        assert run >= close + margin
        assert run < following + margin
        assert run - close < dt.timedelta(hours=8)


@pytest.mark.parametrize(
    ("group", "zone", "after", "line"),
    [
        # 16:00 in Hong Kong is 08:00 UTC all year.
        ("hong-kong", "UTC", 30, "30 8 * * 1-5"),
        # The closing auction ends by 16:10.
        ("hong-kong", "UTC", 0, "10 8 * * 1-5"),
        # 16:00 in New York is 05:00 of the next day in Tokyo in summer, 06:00 in winter.
        ("new-york", "Asia/Tokyo", 30, "30 6 * * 2-6"),
        # Sydney closes at 05:00 or 06:00 UTC, before midnight of the day before in California.
        ("sydney", "America/Los_Angeles", 30, "30 23 * * 0-4"),
        ("sydney", "America/Los_Angeles", 90, "30 0 * * 1-5"),
        ("new-york", "America/New_York", 600, "0 2 * * 2-6"),
        # Sunday to Thursday.
        ("riyadh", "Asia/Riyadh", 30, "30 15 * * 0-4"),
        ("riyadh", "Pacific/Auckland", 30, "30 1 * * 1-5"),
        # New York closes last all year, 21:00 at the latest; in London that is the same.
        ("both", "Europe/London", 30, "30 21 * * 1-5"),
    ],
)  # fmt: skip
def test_by_hand(group: str, zone: str, after: int, line: str, write: Write) -> None:
    plan = _plan(group, zone, after, text=str(write("own.yaml", GROUPS)))
    assert " ".join(cron_fields(FORMATS["cron"](plan))[:5]) == line


@pytest.mark.parametrize(
    ("group", "calendar"),
    [
        ("hong-kong", "Mon..Fri 16:30 Asia/Hong_Kong"),
        ("new-york", "Mon..Fri 16:30 America/New_York"),
        ("riyadh", "Mon..Thu,Sun 15:30 Asia/Riyadh"),
        # Moscow's 18:45 is 15:45 UTC, fifteen minutes after London's close in summer alone.
        ("europe", "Mon..Fri 17:15 Europe/London"),
    ],
)
def test_the_timer_has_the_clock_of_an_exchange(group: str, calendar: str, write: Write) -> None:
    text = FORMATS["systemd"](_plan(group, None, text=str(write("own.yaml", GROUPS))))
    assert f"\nOnCalendar={calendar}\n" in text
    assert "\nPersistent=true\n" in text


def test_the_comment_tells_the_range(write: Write) -> None:
    plan = _plan("new-york", "Asia/Tokyo", text=str(write("own.yaml", GROUPS)))
    comment = " ".join(FORMATS["cron"](plan).replace("\n#", "").split())
    assert "Last to close is XNYS (16:00 America/New_York);" in comment
    assert "Asia/Tokyo, by which that is between 05:00 and 06:00 the day after" in comment


def test_the_last_exchange_changes_over_the_year() -> None:
    text = FORMATS["cron"](_plan("europe", "Europe/Berlin"))
    comment = " ".join(text.replace("\n#", "").split())
    assert "XMOS (18:45 Europe/Moscow) or XLON (16:30 Europe/London), depending on" in comment
    assert "between 17:30 and 17:45 over the year" in comment


def test_a_week_follows_the_calendar() -> None:
    clock = Exchange("Asia/Jerusalem", dt.time(17, 25))
    market = Market("XTAE", clock, calendars.load(["XTAE"])["XTAE"])
    assert market.weekdays(dt.date(2025, 3, 1)) == {6, 0, 1, 2, 3}
    assert market.weekdays(dt.date(2026, 3, 1)) == {0, 1, 2, 3, 4}
    assert market.weekdays(dt.date(2099, 3, 1)) == {0, 1, 2, 3, 4}
    # A special session on a Saturday is no reason to wait on every Saturday.
    bombay = Market("XBOM", Exchange("Asia/Kolkata", dt.time(15, 30)))
    bombay = bombay._replace(calendar=calendars.load(["XBOM"])["XBOM"])
    assert bombay.weekdays(dt.date(2024, 1, 1)) == {0, 1, 2, 3, 4}


def test_two_exchanges_that_take_turns() -> None:
    """London leads New York by five hours but for some weeks, when both clocks are not changed."""
    london = Market("XLON", Exchange("Europe/London", dt.time(21)))
    new_york = Market("XNYS", Exchange("America/New_York", dt.time(16)))
    closes = last_closes([london, new_york], dt.date(2025, 1, 1))
    assert closes[0].exchanges == ("XLON", "XNYS")
    (march,) = (close for close in closes if close.session == dt.date(2025, 3, 10))
    assert march.exchanges == ("XLON",)
    assert [last.exchange for last in last_exchanges(closes, [london, new_york])] == ["XLON"]
    assert local_range(closes, "Europe/London") == (dt.timedelta(hours=21),) * 2


def test_what_is_not_known_is_said(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", GROUPS)
    asked = ("schedule", "--print", "cron", "--zone", "UTC", "--config", own, "--region")
    ran = run_cli(*asked, "nowhere")
    said = "when the exchanges of nowhere close is not known (XFAR)"
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr
    text = run_cli(*asked, "kathmandu").stdout
    assert "# Not counted, since nothing tells when they close: MYX.\n" in text
    assert "# Taken to have sessions from Monday to Friday: XNEP.\n" in text


def test_no_such_region(run_cli: RunCli) -> None:
    ran = run_cli("schedule", "--region", "asai", "--print", "cron", "--zone", "UTC")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "asai is not a group; did you mean asia? the groups are africa, amer" in ran.stderr


@pytest.mark.parametrize("zone", ["Europe/Berlinn", "", "/etc/localtime", "..", "CET-1CEST"])
def test_no_such_zone(zone: str, run_cli: RunCli) -> None:
    ran = run_cli("schedule", "--region", "asia", "--print", "cron", "--zone", zone)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "is not a known time zone; expected one such as Europe/Berlin" in ran.stderr


def test_closes_that_are_not_named_are_missed(run_cli: RunCli, write: Write) -> None:
    asked = ("schedule", "--region", "asia", "--print", "systemd")
    ran = run_cli(*asked)
    warning = (
        "no closes are named for it: set levels: or feeds: in a configuration (marketmove init)"
    )
    assert (ran.stderr, ran.status) == (f"marketmove: warning: {warning}\n", 0)
    assert "--config" not in ran.stdout
    assert run_cli(*asked, "-c", write("own.yaml", "levels: [a.csv]\n")).stderr == ""


NASTY = (
    "a b",
    "100%",
    "it's",
    'say "x"',
    "$HOME",
    "back\\slash",
    "\\%",
    "a;b&c|d",
    "#x",
    "沪深",
    "~",
)


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
@pytest.mark.parametrize("name", NASTY)
def test_the_command_is_what_was_meant(name: str, run_cli: RunCli, write: Write) -> None:
    own = write(f"{name}/{name}.yaml", f"groups: {{{_yaml(name)}: [HSI]}}\n")
    asked = ("schedule", "--group", name, "--config", own, "--zone", "UTC", "--print")
    meant = ["summary", *ONCE_NOW, "--group", name, "--config", str(own), *NOW_OR_NEVER]
    command = cron_fields(run_cli(*asked, "cron").stdout)[5]
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {unescaped(command)}"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.decode().splitlines()[-10:] == meant
    assert exec_words(run_cli(*asked, "systemd").stdout)[-10:] == meant


def _yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
def test_a_name_of_two_lines_is_refused(run_cli: RunCli, write: Write) -> None:
    own = write("two\nlines.yaml", "top: 3\n")
    for scheduler in SCHEDULERS:
        asked = ("schedule", "--region", "asia", "--print", scheduler, "--zone", "UTC")
        ran = run_cli(*asked, "-c", own)
        assert (ran.stdout, ran.status) == ("", 2)
        assert "has characters that a line cannot have; rename it" in ran.stderr


def test_the_program_is_found_from_anywhere(tmp_path: Path, write: Write) -> None:
    """The command starts this program, in another folder and with an empty environment."""
    write("own.yaml", "levels: [a.csv]\n")
    asked = ("schedule", "--region", "asia", "--print", "cron", "--zone", "UTC", "-c", "own.yaml")
    ran = run_process(*asked, cwd=tmp_path)
    assert (ran.stderr, ran.status) == ("", 0)
    words = shlex.split(cron_fields(ran.stdout)[5])
    *program, summary, once, as_of, now, group, asia, option, place, patience, none = words
    assert (patience, none) == NOW_OR_NEVER
    assert [summary, once, as_of, now] == ["summary", *ONCE_NOW]
    assert [group, asia] == ["--group", "asia"]
    assert (option, place) == ("--config", str(tmp_path / "own.yaml"))
    version = [*program, "--version"]
    done = subprocess.run(
        version, cwd="/", env=bare_environment(), capture_output=True, check=True, timeout=60
    )
    assert done.stdout.startswith(b"marketmove ")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no cron")
@pytest.mark.parametrize("scheduler", ["cron", "systemd"])
def test_the_line_runs_as_printed_and_prints_once(
    scheduler: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """With a home folder and nothing else; the second time, and on a holiday, there is no news."""
    write("my data/100%.csv", "date,close\n2025-02-13,1200\n2025-02-14,1212\n")
    # No calendar knows its sessions, so that what is latest does not hang on today's date.
    own = write(
        "my data/own.yaml",
        "levels: [100%.csv]\ngroups: {saigon: [VNINDEX]}\n"
        "indices: {VNINDEX: {aliases: ['100%']}}\n",
    )
    text = run_cli(
        *("schedule", "--group", "saigon", "--print", scheduler, "--zone", "UTC", "-c", own)
    ).stdout
    words = exec_words(text) if scheduler == "systemd" else ["/bin/sh", "-c", ""]
    if scheduler == "cron":
        words[-1] = unescaped(cron_fields(text)[5])
    home = tmp_path / "home"
    home.mkdir()

    def run() -> tuple[str, str, int]:
        done = subprocess.run(
            words,
            cwd="/",
            env=bare_environment() | {"HOME": str(home)},
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done.stdout.decode(), done.stderr.decode(), done.returncode

    printed, said, status = run()
    assert (said, status) == ("", 0)
    assert printed.startswith("VN Index up 1.00%.\n")
    assert run() == ("", "", 0)
    assert [path.name for path in home.rglob("*.sqlite")] == ["journal.sqlite"]


def test_the_script_is_named_where_it_was_started() -> None:
    # Python may have been started through "..", which the program does not print.
    script = Path(os.path.abspath(sys.executable)).with_name("marketmove")  # noqa: PTH100
    if not script.is_file():
        pytest.skip("the program is not installed beside this Python")
    asked = ["schedule", "--region", "asia", "--print", "systemd"]
    done = subprocess.run(
        [f"./{script.name}", *asked],
        cwd=script.parent,
        env=bare_environment(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    named, command = exec_words(done.stdout.decode())[:2]
    # Where a folder is a link, both names are right.
    assert Path(named).samefile(script)
    assert (".." in named, command) == (False, "summary")


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a Unix machine")
def test_the_zone_of_the_machine() -> None:
    """The zone is named in the comment; or where two are told, neither is taken."""
    asked = ("schedule", "--region", "asia", "--print", "cron")
    ran = run_process(*asked)
    zones = [run_process(*asked, environment={"TZ": zone}) for zone in ("Asia/Tokyo", "Asia/Qatar")]
    refused = [one for one in zones if one.status == 2]
    assert refused
    assert all("--zone Europe/Berlin, for one" in one.stderr for one in refused)
    if ran.status == 0:
        assert re.search(r"cron\s+(?:# )?knows\s+(?:# )?one\s+(?:# )?clock,", ran.stdout)
    else:
        assert "this machine does not name its time zone" in ran.stderr


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_it_is_plain_text(scheduler: str, run_cli: RunCli) -> None:
    for region in REGIONS:
        ran = run_cli("schedule", "--region", region, "--print", scheduler, "--zone", "UTC")
        assert ran.stdout.isascii()
        assert ran.stdout.endswith("\n")
        comments = [line for line in ran.stdout.splitlines() if line.startswith("#")]
        assert all(len(line) <= 100 for line in comments)


@pytest.mark.skipif(not shutil.which("crontab"), reason="crontab is not installed")
def test_crontab_takes_it(run_cli: RunCli, tmp_path: Path) -> None:
    table = tmp_path / "table"
    run_cli(*("schedule", "--region", "asia", "--print", "cron", "--zone", "UTC", "-o", table))
    done = subprocess.run(["crontab", "-n", table], capture_output=True, check=False, timeout=60)
    if b"usage" in done.stderr or b"invalid option" in done.stderr:
        pytest.skip("this crontab cannot try a table")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_it(run_cli: RunCli, tmp_path: Path) -> None:
    text = run_cli("schedule", "--region", "middle-east", "--print", "systemd").stdout
    _, *parts = re.split(r"^# ~/\.config/systemd/user/(\S+)\n", text, flags=re.MULTILINE)
    files = [tmp_path / name for name in parts[::2]]
    assert [file.name for file in files] == [
        "marketmove-middle-east.service",
        "marketmove-middle-east.timer",
    ]
    for file, unit in zip(files, parts[1::2], strict=True):
        file.write_text(unit, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *files],
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_page_shows_what_is_printed(run_cli: RunCli) -> None:
    text = (root() / "docs" / "every-day.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^marketmove (schedule --region .* --zone \S+)$", text, re.MULTILINE)
    below = text.partition(command)[2]
    shown = re.findall(r"^```crontab\n(.*?)^```$", below, re.MULTILINE | re.DOTALL)[0]
    printed = run_cli(*command.split()).stdout
    program = cron_fields(printed)[5].partition(" summary ")[0]
    assert printed.replace(program, "/home/you/.local/bin/marketmove") == shown


TOKYO = "date,symbol,close\n2025-02-13,N225,39461.47\n2025-02-14,N225,39149.43\n"


def test_the_exchanges_are_those_of_the_closes(run_cli: RunCli, write: Write) -> None:
    """Who has Tokyo waits for Tokyo, and not for the last exchange of Asia."""
    write("closes.csv", TOKYO)
    own = write("own.yaml", "levels: [closes.csv]\n")
    asked = ("schedule", "--print", "cron", "--zone", "Asia/Tokyo", "-c", own)
    for group, typed in (([], ()), (["--group", "asia"], ("-g", "asia")), ([], ("-g", "ALL"))):
        ran = run_cli(*asked, *typed)
        assert (ran.stderr, ran.status) == ("", 0)
        assert "Last to close is XTKS (15:30 Asia/Tokyo);" in ran.stdout
        fields = cron_fields(ran.stdout)
        assert fields[:5] == ["0", "16", "*", "*", "1-5"]
        words = shlex.split(fields[5])
        words = words[words.index("summary") :]
        assert words == ["summary", *ONCE_NOW, *group, "--config", str(own), *NOW_OR_NEVER]
    # Of a group that is none of the closes, and where a file is not there yet, all of the group.
    assert "XNYS" in run_cli(*asked, "-g", "americas").stdout
    (write("closes.csv", "").parent / "closes.csv").unlink()
    assert "XTKS (15" not in run_cli(*asked, "-g", "asia").stdout
    refused = run_cli(*asked)
    assert (refused.stdout, refused.status) == ("", 3)
    assert "closes.csv" in refused.stderr


def test_the_exchanges_are_those_of_the_feeds(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "feeds:\n  HSI: {url: https://example.com/hsi.csv}\n")
    ran = run_cli("schedule", "--print", "systemd", "-c", own)
    assert "OnCalendar=Mon..Fri 16:30 Asia/Hong_Kong\n" in ran.stdout
    (fetch,) = re.findall(r"^ExecStart=-.* fetch (.*)$", ran.stdout, re.MULTILINE)
    assert shlex.split(fetch) == ["--quiet", "--config", str(own)]


def test_all_is_all_there_is(run_cli: RunCli) -> None:
    asked = ("schedule", "--print", "cron", "--zone", "UTC")
    ran = run_cli(*asked, "--group", "all")
    assert ran.status == 0
    assert "--group" not in cron_fields(ran.stdout)[5]
    assert cron_fields(ran.stdout)[4] == "0-5"
    refused = run_cli(*asked)
    assert (refused.stdout, refused.status) == ("", 2)
    assert "no closes are named: say --group GROUP or --group all" in refused.stderr


def test_a_workflow_of_github(run_cli: RunCli, write: Write) -> None:
    """YAML that says the time in the zone of the exchange, and what is typed in a clone."""
    write("closes.csv", TOKYO)
    own = write("own.yaml", "levels: [closes.csv]\n")
    text = run_cli("schedule", "--print", "github", "-c", own).stdout
    flow = yaml.safe_load(text)
    # YAML 1.1 takes "on" for yes.
    assert flow[True]["schedule"] == [{"cron": "0 16 * * 1-5", "timezone": "Asia/Tokyo"}]
    steps = flow["jobs"]["summary"]["steps"]
    assert shlex.split(steps[-1]["run"].partition(" | ")[0]) == [
        *("marketmove", "summary", *ONCE_NOW, "--config", "own.yaml", *NOW_OR_NEVER),
        *("--journal", ".marketmove/journal.sqlite", "--format", "markdown"),
    ]
    feeds = write("feeds.yaml", "feeds:\n  HSI: {url: https://example.com/hsi.csv}\n")
    steps = yaml.safe_load(run_cli("schedule", "--print", "github", "-c", feeds).stdout)
    runs = [step["run"] for step in steps["jobs"]["summary"]["steps"] if "run" in step]
    assert runs[1] == "marketmove fetch --quiet --config feeds.yaml || true"
    hostile = write("groups.yaml", 'groups: {"${{ secrets.X }}": [HSI]}\n')
    asked = ("schedule", "--print", "github", "-c", hostile, "--group", "${{ secrets.X }}")
    ran = run_cli(*asked)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "GitHub would read the ${{ in that; rename it" in ran.stderr


@pytest.mark.parametrize("name", NASTY)
def test_the_command_of_launchd_and_of_windows(name: str, run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", f"groups: {{{_yaml(name)}: [HSI]}}\n")
    asked = ("schedule", "--group", name, "--config", own, "--zone", "America/New_York", "--print")
    meant = ["summary", *ONCE_NOW, "--group", name, "--config", str(own), *NOW_OR_NEVER]
    job = plistlib.loads(run_cli(*asked, "launchd").stdout.encode())
    shell, _, script = job["ProgramArguments"]
    assert shell == "/bin/sh"
    assert shlex.split(script.partition("; ")[2])[-10:] == meant
    # 16:10 in Hong Kong is 04:10 or 03:10 of the same day in New York.
    assert job["StartCalendarInterval"] == [
        {"Weekday": day, "Hour": 4, "Minute": 30} for day in range(1, 6)
    ]
    text = run_cli(*asked, "windows").stdout
    (arguments,) = re.findall(r"-Argument '((?:[^']|'')*)'$", text, re.MULTILINE)
    assert _windows_words(arguments.replace("''", "'"))[-10:] == meant
    assert "-At '04:30' -DaysOfWeek Monday,Tuesday,Wednesday,Thursday,Friday\n" in text


def _windows_words(line: str) -> list[str]:
    """What a program on Windows makes of its command line, by the rules of its C library."""
    words, word, quoted, begun = [], "", False, False
    at = 0
    while at < len(line):
        slashes = len(line) - at - len(line[at:].lstrip("\\"))
        if line[at + slashes : at + slashes + 1] == '"':
            word += "\\" * (slashes // 2) + ('"' if slashes % 2 else "")
            quoted, begun = quoted ^ (slashes % 2 == 0), True
            at += slashes + 1
        elif slashes:
            word, begun, at = word + "\\" * slashes, True, at + slashes
        elif line[at].isspace() and not quoted:
            words += [word] if begun else []
            word, begun, at = "", False, at + 1
        else:
            word, begun, at = word + line[at], True, at + 1
    return [*words, word] if begun else words
