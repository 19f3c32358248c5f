"""Closed, missing, pending, a ghost: why an index has no close, on dates that really were so."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from marketmove import config
from marketmove.closes.levels import levels_of
from marketmove.closes.shut_days import on_shut_days
from marketmove.market import calendars
from marketmove.resources import root
from program import DATA, SAMPLE_CLOSES, run_process

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

HEADER = "date,symbol,close\n"
# Index, date, why its exchange was shut, when it opened again.
SHUT = [
    ("SSEC", "2025-02-04", "Lunar New Year", "2025-02-05"),
    ("HSI", "2025-01-30", "Lunar New Year", "2025-02-03"),
    ("TWII", "2025-01-23", "", "2025-02-03"),
    ("KS11", "2025-01-29", "Lunar New Year", "2025-01-31"),
    ("STI", "2025-01-29", "Lunar New Year", "2025-01-31"),
    ("N225", "2025-02-11", "National Foundation Day", "2025-02-12"),
    ("N225", "2025-02-24", "Emperor's Birthday", "2025-02-25"),
    ("SPX", "2025-01-09", "Carter", "2025-01-10"),
    ("SPX", "2025-02-17", "Washington's Birthday", "2025-02-18"),
    ("SPX", "2001-09-12", "", "2001-09-17"),
    ("SPX", "2012-10-29", "Sandy", "2012-10-31"),
    ("FTSE", "2022-09-19", "", "2022-09-20"),
    ("HSI", "2023-09-01", "Saola", "2023-09-04"),
    ("HSI", "2023-09-08", "rain", "2023-09-11"),
    ("HSI", "2021-10-13", "Kompasu", "2021-10-15"),
    ("HSI", "2024-09-06", "Yagi", "2024-09-09"),
    ("TWII", "2024-10-31", "Kong-rey", "2024-11-01"),
    ("NSEI", "2024-01-22", "", "2024-01-23"),
    ("HSI", "2025-02-15", "weekend", "2025-02-17"),
]


@pytest.mark.parametrize(("symbol", "day", "why", "reopens"), SHUT)
def test_a_shut_exchange(
    symbol: str, day: str, why: str, reopens: str, run_cli: RunCli, write: Write
) -> None:
    before = dt.date.fromisoformat(day) - dt.timedelta(days=30)
    # An index without a calendar has a close on every date, so that there is a session to ask for.
    rows = f"{before},{symbol},100\n{reopens},{symbol},101\n{before},OWN,1\n{day},OWN,1\n"
    path = write("closes.csv", HEADER + rows)
    moves = run_cli("session", day, "-l", path, "-f", "json").document["moves"]
    (move,) = (move for move in moves if move["symbol"] == symbol)
    assert (move["status"], move["reopens"]) == ("closed", reopens)
    assert why.casefold() in (move["closed_for"] or "").casefold()
    assert (move["close"], move["change_pts"], move["change_pct"]) == (None, None, None)
    assert move["prior_close"] == 100


@pytest.mark.parametrize(
    ("symbol", "day"),
    [
        *(("NSEI", "2025-02-01"), ("NSEI", "2024-01-20"), ("NSEI", "2024-11-01")),
        *(("HSI", "2025-01-28"), ("N225", "2018-07-17"), ("SPX", "2001-09-17")),
        ("KS11", "2025-01-31"),
    ],
)
def test_a_session_without_a_close(symbol: str, day: str, run_cli: RunCli, write: Write) -> None:
    """A Saturday for the Budget, an evening for Diwali, a half day: all of them were sessions."""
    date = dt.date.fromisoformat(day)
    long_before, after = date - dt.timedelta(days=40), date + dt.timedelta(days=40)
    rows = f"{long_before},{symbol},100\n{long_before},OWN,10\n{day},OWN,11\n"
    asked = ("session", day, "-f", "csv", "-i", symbol, "-i", "OWN")
    path = write("pending.csv", HEADER + rows)
    ran = run_cli(*asked, "-l", path)
    assert _statuses(ran.rows)[symbol] == "stale"
    assert int(next(r for r in ran.rows if r["symbol"] == symbol)["sessions_behind"]) > 20
    path = write("missing.csv", HEADER + rows + f"{after},{symbol},101\n")
    assert _statuses(run_cli(*asked, "-l", path).rows)[symbol] == "missing"


def _statuses(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["symbol"]: row["status"] for row in rows}


def test_the_table_says_it_in_words(run_cli: RunCli, write: Write) -> None:
    rows = (
        "2025-01-27,SSEC,3250.6\n2025-02-03,N225,38520.09\n2025-02-03,HSI,20217.26\n"
        "2025-02-04,N225,38798.37\n2025-02-05,HSI,20597.09\n2025-02-03,SPX,5994.57\n"
        "2025-02-03,QQ,1\n2025-02-04,TWII,22793.96\n"
    )
    ran = run_cli("session", "2025-02-04", "-l", write("closes.csv", HEADER + rows))
    below = ran.stdout.split("Without a move\n")[1]
    assert below == (
        "  Hang Seng            the close is missing, though later ones are there;"
        " last 20,217.26 on 2025-02-03\n"
        "  QQ                   no close, and no calendar tells why; last 1.00 on 2025-02-03\n"
        "  S&P 500              no close yet; last 5,994.57 on 2025-02-03\n"
        "  Shanghai Composite   shut: Lunar New Year, opens again 2025-02-05\n"
        "  Taiex                closed at 22,793.96; no close before it is known\n"
        "\n"
        "  1 up · 1 shut · 1 no close yet · 1 missing · 2 without a move\n"
        "  fewer than 60 earlier moves, so only streaks are told\n"
    )


def test_a_ghost_is_no_close(run_cli: RunCli, write: Write) -> None:
    """A feed repeated Friday's close on 2018-07-16, Marine Day in Tokyo."""
    rows = "2018-07-13,N225,22597.35\n2018-07-16,N225,22597.35\n2018-07-17,N225,22697.36\n"
    path = write("closes.csv", HEADER + rows + "2018-07-13,OWN,1\n2018-07-16,OWN,1\n")
    ran = run_cli("session", "2018-07-16", "-l", path, "-f", "json")
    (move,) = (move for move in ran.document["moves"] if move["symbol"] == "N225")
    assert (move["status"], move["closed_for"]) == ("closed", "Marine Day")
    assert move["prior_session"] == "2018-07-13"
    assert [warning["code"] for warning in ran.document["warnings"]] == ["ghost"]
    assert ran.stderr == (
        f"{path}:3: warning: a row repeats the close before on a date without a session, and it is"
        " left out: N225 2018-07-16, when XTKS was shut (Marine Day)\n"
    )
    (row,) = run_cli("session", "2018-07-17", "-l", path, "-i", "N225", "-f", "csv").rows
    assert (row["prior_session"], row["gap_sessions"]) == ("2018-07-13", "0")
    assert row["change_pct"].startswith("0.44257")


def test_another_close_on_a_shut_day_counts_with_a_warning(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2025-02-10,N225,38801.17\n2025-02-11,N225,38900\n")
    ran = run_cli("session", "2025-02-11", "-l", path, "-f", "csv")
    assert (ran.rows[0]["status"], ran.rows[0]["close"]) == ("ok", "38900.0")
    assert (ran.rows[0]["closed_for"], ran.rows[0]["reopens"]) == ("", "")
    assert ran.rows[0]["doubt"] == "shut_day"
    assert "N225: XTKS was shut on 2025-02-11 (National Foundation Day); the row" in ran.stderr


def test_a_change_over_a_hole_says_so(run_cli: RunCli, write: Write) -> None:
    """N225 2009-09-01 is lacking in a feed: the change of the 2nd is of two sessions."""
    path = write("closes.csv", HEADER + "2009-08-31,N225,10492.53\n2009-09-02,N225,10280.46\n")
    ran = run_cli("session", "2009-09-02", "-l", path, "-f", "csv")
    assert ran.rows[0]["gap_sessions"] == "1"
    assert ran.stderr == (
        "marketmove: warning: N225: a session between 2009-08-31 and 2009-09-02 not in the data;"
        " the change is of 2 sessions, not of one\n"
    )


def test_no_session_names_the_holiday(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-17", "-l", SAMPLE_CLOSES, "-i", "SPX", "-i", "DJI")
    assert (ran.stdout, ran.status) == ("", 4)
    assert "their exchanges were shut (Washington's Birthday)" in ran.stderr


def test_outside_the_calendar_is_unknown_and_said_once(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"2035-01-0{n},OWN,1{n}\n2035-01-02,{s},1\n" for n, s in ((2, "HSI"), (3, "SSEC"))
    )
    monkeypatch.setenv("MARKETMOVE_NOW", "2035-02-01T12:00:00+00:00")
    ran = run_cli("session", "2035-01-03", "-l", write("closes.csv", HEADER + rows), "-f", "json")
    statuses = {move["symbol"]: move["status"] for move in ran.document["moves"]}
    assert statuses == {"HSI": "unknown", "SSEC": "unknown", "OWN": "ok"}
    assert [warning["code"] for warning in ran.document["warnings"]] == ["no_calendar"]
    assert ran.status == 0


OWN_SESSIONS = (
    "exchange,date,kind,time,name,source\n"
    "XHKG,2025-02-14,closed,,A storm,me\n"
    "XHKG,2025-02-15,open,,A Saturday,me\n"
    "XOWN,2025-01-01,from,,,me\nXOWN,2025-12-31,until,,,me\n"
    "XOWN,2025-01-01,week,,Mon Tue Wed Thu,me\nXOWN,2025-01-01,close,12:00,,me\n"
)


def test_sessions_of_the_users_own(run_cli: RunCli, write: Write) -> None:
    write("own.csv", OWN_SESSIONS)
    settings = write("own.yaml", "sessions: own.csv\nindices:\n  MINE: {exchange: XOWN}\n")
    rows = "2025-02-13,HSI,100\n2025-02-13,MINE,10\n2025-02-14,OTHER,1\n2025-02-17,HSI,101\n"
    path = write("closes.csv", HEADER + rows)
    asked = ("session", "2025-02-14", "-l", path, "-c", settings, "-f", "csv")
    found = {row["symbol"]: row for row in run_cli(*asked).rows}
    assert (found["HSI"]["closed_for"], found["HSI"]["reopens"]) == ("A storm", "2025-02-15")
    assert (found["MINE"]["status"], found["MINE"]["reopens"]) == ("closed", "2025-02-17")


def test_a_broken_sessions_file_is_named_line_by_line(run_cli: RunCli, write: Write) -> None:
    path = write(
        "own.csv",
        "exchange,date,kind,time,name,source\nXHKG,2025-02-30,closed,,,\nXHKG,2025-02-14,shut,,,\n"
        "XHKG,2025-02-14,half,1200,,\nXHKG,2025-02-14,closed\nXOWN,2025-01-01,week,,Monday,\n\n",
    )
    settings = write("own.yaml", "sessions: own.csv\n")
    ran = run_cli("session", "2025-02-14", "-c", settings, "-l", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", 3)
    kinds = "from, until, week, close, closed, half, open, as"
    assert ran.stderr.splitlines() == [
        f"{path}:2: 2025-02-30 is not a date such as 2025-02-14",
        f"{path}:3: shut is not one of {kinds}",
        f"{path}:4: 1200 is not a time such as 12:30",
        f"{path}:5: 3 cells; expected exchange,date,kind,time,name,source",
        f"{path}:6: Monday is not weekdays such as Mon Tue Wed Thu Fri",
    ]


@pytest.mark.parametrize("text", ["", "date,close\n2025-02-14,1\n"])
def test_a_sessions_file_of_another_form(text: str, run_cli: RunCli, write: Write) -> None:
    write("own.csv", text)
    settings = write("own.yaml", "sessions: own.csv\n")
    ran = run_cli("session", "2025-02-14", "-c", settings, "-l", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", 3)
    assert "own.csv:1: the first line is" in ran.stderr
    missing = write("none.yaml", "sessions: no.csv\n")
    ran = run_cli("session", "2025-02-14", "-c", missing, "-l", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", 3)
    assert "no.csv: the sessions: no such file or directory" in ran.stderr


def test_the_bundled_calendars_are_of_the_form() -> None:
    text = (root() / calendars.SESSIONS).read_text(encoding="utf-8")
    lines = calendars.read_lines(text, calendars.SESSIONS)
    assert list(lines) == sorted(lines)
    order = [line.split(",", 1)[0] for line in text.splitlines()[1:]]
    assert [code for code, _ in itertools.groupby(order)] == list(lines), "each stands together"
    known = calendars.load(lines)
    assert set(known) == set(lines)
    for code, calendar in known.items():
        assert calendar.end_of(calendar.last), code
        single = [line.date for line in lines[code] if line.kind in {"closed", "half", "open"}]
        assert len(single) == len(set(single)), code
        assert 200 < len(calendar.sessions) / (calendar.last - calendar.first).days * 365 < 265


def test_every_known_exchange_has_a_clock_and_a_known_zone() -> None:
    settings = config.load(None)
    codes = {index.exchange for index in settings.registry.indices.values()}
    moment = dt.datetime(2025, 2, 14, 12, tzinfo=dt.UTC)
    for code in calendars.load(codes):
        assert moment.astimezone(ZoneInfo(settings.exchanges[code].zone)), code


def _differences() -> list[tuple[str, str, str]]:
    with (DATA / "calendar_differences.csv").open(encoding="utf-8", newline="") as file:
        return [(row["symbol"], row["date"], row["kind"]) for row in csv.DictReader(file)]


def test_the_long_series_differ_from_the_calendars_only_where_it_is_known(
    market_data: Path,
) -> None:
    registry = config.load(None).registry
    found = []
    for path in sorted((market_data / "closes-long").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(path.stem, row["date"], row["close"]) for row in csv.DictReader(file)]
        exchange = registry.resolve(path.stem).exchange
        calendar = calendars.load([exchange])[exchange]
        levels = levels_of(rows)
        shut = on_shut_days(levels, {path.stem: calendar})
        found += [
            (path.stem, str(when), "ghost" if ghost else "extra")
            for when, ghost in zip(shut["session"].tolist(), shut["ghost"], strict=True)
        ]
        have = {dt.date.fromisoformat(date) for _, date, _ in rows}
        first, last = min(have), max(have)
        expected = [day for day in calendar.sessions.tolist() if first <= day <= last]
        found += [(path.stem, str(day), "hole") for day in expected if day not in have]
    assert sorted(found) == sorted(_differences())


def test_no_time_zone_of_the_machine_changes_anything() -> None:
    asked = ["session", "--as-of", "2025-02-14T18:00+08:00", "-f", "csv", "-l", str(SAMPLE_CLOSES)]
    zones = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati")
    outputs = {run_process(*asked, environment={"TZ": zone}) for zone in zones}
    (ran,) = outputs
    assert ran.stdout
    assert (ran.stderr, ran.status) == ("", 0)


SHUT_AFTER_BAD = ("2025-02-07,HSI,bad\n", "2025-02-07,HSI,21000\n2025-02-07,HSI,21100\n")


@pytest.mark.parametrize("friday", SHUT_AFTER_BAD)
@pytest.mark.parametrize(
    "asked", [("session", "2025-02-10"), ("history", "2025-02-10", "2025-02-10")]
)
def test_a_shut_day_after_a_row_that_cannot_be_used_is_no_prior_close(
    friday: str, asked: tuple[str, ...], run_cli: RunCli, write: Write
) -> None:
    rows = "2025-02-06,HSI,20800\n" + friday + "2025-02-08,HSI,21000\n2025-02-10,HSI,21500\n"
    ran = run_cli(*asked, "-l", write("closes.csv", HEADER + rows), "-f", "csv", "-o", "out.csv")
    assert (ran.stdout, ran.status) == ("", 3)


def test_a_ghost_in_a_large_file_is_judged_by_the_row_before(
    run_cli: RunCli, tmp_path: Path
) -> None:
    """Of a large file few rows are kept: the one that a ghost repeats has to be among them."""
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(1897)]
    path = tmp_path / "closes.csv"
    others = [f",IX{n:04},{1000 + n}.25\n" for n in range(900)]
    with path.open("w") as file:
        file.write(HEADER)
        for day in days:
            file.write(str(day) + str(day).join(others))
            if str(day) == "2025-03-06" or str(day) == "2025-03-08":
                file.write(f"{day},HSI,20704.50\n")
            if str(day) == "2025-03-10":
                file.write(f"{day},HSI,20708.50\n")
    assert path.stat().st_size > 32 << 20
    (row,) = run_cli("session", "2025-03-10", "-l", path, "-i", "HSI", "-f", "csv").rows
    assert (row["prior_session"], row["gap_sessions"]) == ("2025-03-06", "1")


def test_cells_in_quotes_and_later_lines(write: Write) -> None:
    own = write(
        "own.csv",
        "exchange,date,kind,time,name,source\n"
        '"XHKG","2025-02-07","closed","","A storm, a big one",me\n'
        "XHKG,2000-01-01,week,,Mon Tue Wed Thu Fri,see Sun Hung Kai\n"
        "XHKG,2000-01-01,close,15:30,,me\n",
    )
    calendar = calendars.load(["XHKG"], own)["XHKG"]
    assert calendar.why_shut(dt.date(2025, 2, 7)) == "A storm, a big one"
    assert not calendar.has(dt.date(2025, 2, 9)), "a Sunday"
    assert calendar.end_of(dt.date(2025, 2, 10)) == dt.time(15, 30)


def test_a_last_row_that_cannot_be_used_is_not_passed_over(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-12,VNINDEX,1266.91\n2025-02-13,VNINDEX,1270.35\n2025-02-14,VNINDEX,12x6\n"
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("session", "--as-of", "2025-02-14T18:00+07:00", "-l", path)
    assert (ran.stdout, ran.status) == ("", 3)


def test_a_weekend_of_another_week(run_cli: RunCli, write: Write) -> None:
    path = write(
        "closes.csv", HEADER + "2025-02-06,TASI,12430\n2025-02-07,OWN,1\n2025-02-09,TASI,1\n"
    )
    rows = run_cli("session", "2025-02-07", "-l", path, "-f", "csv").rows
    assert {row["symbol"]: row["closed_for"] for row in rows}["TASI"] == "weekend"
