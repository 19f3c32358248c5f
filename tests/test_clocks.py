"""When a close is final: by clock, season, weekday and date, after auctions and calculations."""

from __future__ import annotations

import csv
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import yaml

import plain_calendar
from marketmove import config
from marketmove.market import calendars
from marketmove.market.clocks import last_completed, settled
from marketmove.market.indices import Index
from marketmove.resources import root
from program import DATA, RunCli, Write, rows_by_symbol

HEADER = "date,symbol,close\n"


def _instants() -> list[tuple[str, str, str]]:
    with (DATA / "instants.csv").open(encoding="utf-8", newline="") as file:
        return [(row["index"], row["moment"], row["session"]) for row in csv.DictReader(file)]


def _every_day(symbol: str, around: dt.date, reach: int = 40, level: float = 1000) -> str:
    """Closes of every date around one, each another than the one before."""
    days = [around + dt.timedelta(days=n) for n in range(-reach, reach)]
    closes = [round(level * (1 + n / 1000), 3) for n in range(2 * reach)]
    return "".join(f"{day},{symbol},{close}\n" for day, close in zip(days, closes, strict=True))


@pytest.mark.parametrize(("symbol", "moment", "session"), _instants())
def test_the_last_session_at_a_moment_worked_out_by_hand(
    symbol: str, moment: str, session: str, run_cli: RunCli, write: Write
) -> None:
    weekdays = [
        row
        for row in _every_day(symbol, dt.date.fromisoformat(session)).splitlines(keepends=True)
        if symbol not in {"MXWO", "CASE30"} or _weekday(row)
    ]
    path = write("closes.csv", HEADER + "".join(weekdays))
    (row,) = run_cli("session", "--as-of", moment, "-l", path, "--no-context", "-f", "csv").rows
    assert (row["session"], row["status"]) == (session, "ok")


def _level(index: Index) -> float:
    assert index.levels
    return index.levels[0] * 1.5


def _weekday(row: str) -> bool:
    return dt.date.fromisoformat(row[:10]).weekday() < 5


def test_close_to_each_end_of_a_session_the_minute_decides() -> None:
    """At 400 ends around changes of clocks and holidays; a minute earlier, it is the one before."""
    settings = config.load(None)
    edges = [dt.date(2025, 3, 7), dt.date(2025, 3, 28), dt.date(2025, 4, 4), dt.date(2025, 9, 5)]
    edges += [dt.date(2025, 10, 24), dt.date(2025, 10, 31), dt.date(2024, 12, 20)]
    edges += [dt.date(2025, 3, 10), dt.date(2026, 12, 23), dt.date(2025, 1, 27)]
    tried = 0
    for code in sorted(settings.exchanges):
        calendar, plain = calendars.load([code]).get(code), plain_calendar.calendar(code)
        if calendar is None or plain is None:
            continue
        clock = settings.exchanges[code]
        for edge in edges:
            if not (plain.first < edge < plain.last):
                continue
            day = plain.following(edge)
            before = plain.until(day - dt.timedelta(days=1)) if day else None
            if day is None or before is None:
                continue
            end = plain_calendar.ended(code, day)
            assert end is not None
            final = end.astimezone(dt.UTC) + dt.timedelta(minutes=clock.settles_after)
            minute = dt.timedelta(minutes=1)
            assert last_completed(final, clock, calendar) == day, (code, day)
            assert last_completed(final - minute, clock, calendar) == before, (code, day)
            tried += 1
    assert tried > 400


def test_the_two_files_tell_one_hour() -> None:
    """The close of exchanges.yaml is the latest that the calendars have in 2026."""
    settings = config.load(None)
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    for code, calendar in calendars.load(settings.exchanges).items():
        ends = [end for day in days if calendar.has(day) and (end := calendar.usual_end(day))]
        friday = dt.time(16, 30)  # the second session of Karachi's Fridays
        assert max(end for end in ends if (code, end) != ("XKAR", friday)) == (
            settings.exchanges[code].close
        ), code


def test_every_clock_is_of_a_zone_and_its_delays_are_short() -> None:
    text = (root() / "config" / "exchanges.yaml").read_text(encoding="utf-8")
    for code, clock in yaml.safe_load(text).items():
        assert ZoneInfo(clock["zone"]).key == clock["zone"], code
        assert 0 <= clock.get("settles_after", 0) <= 15, code
    clock = config.load(None).exchanges["XETR"]
    session = settled(dt.date(2025, 2, 14), clock, None)
    assert session == dt.datetime(2025, 2, 14, 16, 35, tzinfo=dt.UTC)


# Where calendars end, and where they are provisional.

OWN_CALENDAR = (
    "exchange,date,kind,time,name,source\n"
    "XOWN,2025-01-01,from,,,me\nXOWN,2025-01-31,until,,,me\n"
    "XOWN,2025-01-01,week,,Mon Tue Wed Thu Fri,me\nXOWN,2025-01-01,close,12:00,,me\n"
    "XOWN,2025-01-01,close,10:00,Fri,me\n"
)
OWN = "sessions: own.csv\nindices:\n  MINE: {exchange: XOWN, name: Mine}\n"


def test_after_the_end_of_a_calendar_the_last_close_counts(run_cli: RunCli, write: Write) -> None:
    """What the file has is shown, with a note; an ended calendar is no worse than none."""
    write("sessions.csv", "exchange,date,kind,time,name,source\nXHKG,2025-01-31,until,,,me\n")
    settings = write("own.yaml", "sessions: sessions.csv\n")
    path = write(
        "closes.csv", HEADER + "2025-02-12,HSI,100\n2025-02-13,HSI,101\n2025-02-17,HSI,9\n"
    )
    asked = ("--as-of", "2025-02-14T12:00+08:00", "-l", path, "-c", settings)
    document = run_cli("session", *asked, "-f", "json").document
    (move,) = document["moves"]
    assert (move["session"], move["status"], move["change_pts"]) == ("2025-02-13", "ok", 1.0)
    notes = [note["text"] for note in document["notes"] if note["code"] == "no_calendar"]
    assert "no calendar tells the last session of HSI: the last close is shown" in notes
    assert "2025-01-31" in "".join(notes)


def test_a_calendar_that_ends_soon_is_named(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2028-10-30,HSI,100\n2028-10-31,HSI,101\n")
    said = "the calendar of XHKG ends on 2028-12-31; after that the closes alone tell which dates"
    asked = ("indices", "HSI", "--as-of")
    assert said in run_cli(*asked, "2028-11-02T12:00+08:00").stdout
    assert "ends on" not in run_cli(*asked, "2028-11-01T12:00+08:00").stdout
    document = run_cli(*asked, "2029-03-01T12:00+08:00", "-f", "json").document
    assert [note["code"] for note in document["notes"]] == ["calendar_ends"]
    assert "the calendar of XHKG ended on 2028-12-31" in document["notes"][0]["text"]
    write("sessions.csv", "exchange,date,kind,time,name,source\nXHKG,2025-01-31,until,,,me\n")
    settings = write("own.yaml", "sessions: sessions.csv\n")
    ran = run_cli("check", path, "-c", settings)
    assert "the calendar of XHKG ended on 2025-01-31" in ran.stdout
    notes = run_cli("check", path, "-c", settings, "-f", "json").document["notes"]
    assert [note["code"] for note in notes] == ["calendar_ends"]


@pytest.mark.parametrize("moment", ["2027-01-04T23:59Z", "2028-12-29T23:59Z"])
def test_every_index_has_its_figure_until_2028(moment: str, run_cli: RunCli, write: Write) -> None:
    registry = config.load(None).registry.indices
    day = dt.date.fromisoformat(moment[:10])
    rows = "".join(_every_day(s, day, 12, _level(index)) for s, index in registry.items())
    path = write("closes.csv", HEADER + rows)
    document = run_cli("session", "--as-of", moment, "-l", path, "-f", "json").document
    moves = {move["symbol"]: move for move in document["moves"]}
    assert set(moves) == set(registry)
    assert {move["status"] for move in moves.values()} == {"ok"}
    assert {symbol for symbol, move in moves.items() if move["session"] > str(day)} == set()
    (note,) = (n["text"] for n in document["notes"] if n["code"] == "provisional_calendar")
    for code in ("XBOM", "XIDX", "XKAR", "XSHG"):
        assert code in note
    assert ("XNYS" in note) == (day.year == 2028)
    assert "made by rule, not as announced" in note


def test_a_provisional_calendar_hides_no_close(run_cli: RunCli, write: Write) -> None:
    """By rule there is a session on 2028-12-28: the closes have none, and the last one is shown."""
    path = write("closes.csv", HEADER + "2028-12-26,NSEI,100\n2028-12-27,NSEI,101\n")
    asked = ("session", "--as-of", "2028-12-28T18:00+05:30", "-l", path)
    (row,) = run_cli(*asked, "-f", "csv").rows
    assert (row["session"], row["status"]) == ("2028-12-27", "ok")
    assert "not as announced; the last close is shown" in run_cli(*asked).stdout
    rows = rows_by_symbol(
        run_cli("indices", "NSEI", "--as-of", "2028-12-28T18:00+05:30", "-f", "csv")
    )
    assert (rows["NSEI"]["next_session"], rows["NSEI"]["provisional"]) == ("2028-12-29", "true")


@pytest.mark.parametrize("close", [100, 101])
def test_a_close_on_a_provisional_holiday_counts(
    close: int, run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rule, Eid is on Wednesday 10 March 2027: a close of that day tells better."""
    monkeypatch.setenv("MARKETMOVE_NOW", "2027-04-01T12:00:00+00:00")
    rows = f"2027-03-08,NSEI,99\n2027-03-09,NSEI,100\n2027-03-10,NSEI,{close}\n"
    path = write("closes.csv", HEADER + rows)
    document = run_cli("session", "2027-03-10", "-l", path, "-f", "json").document
    (move,) = document["moves"]
    assert (move["status"], move["change_pts"], move["doubt"]) == ("ok", close - 100, None)
    assert {note["code"] for note in document["notes"]} >= {"provisional_calendar"}
    saturday = write("saturday.csv", HEADER + rows.replace("03-10", "03-13"))
    ran = run_cli("session", "2027-03-13", "-l", saturday, "-f", "json")
    assert ran.status == (4 if close == 100 else 0)
    if close != 100:
        assert ran.document["moves"][0]["doubt"] == "shut_day"
    empty = write("empty.csv", "date,NSEI,OWN\n2027-03-09,100,10\n2027-03-10,,11\n")
    rows_there = rows_by_symbol(run_cli("session", "2027-03-10", "-l", empty, "-f", "csv"))
    assert rows_there["NSEI"]["status"] == "closed"


def test_hours_of_ones_own_by_weekday(run_cli: RunCli, write: Write) -> None:
    write("own.csv", OWN_CALENDAR)
    settings = write("own.yaml", OWN)
    known = calendars.load(["XOWN"], settings.with_name("own.csv"))["XOWN"]
    assert known.end_of(dt.date(2025, 1, 9)) == dt.time(12)
    assert known.end_of(dt.date(2025, 1, 10)) == dt.time(10)
    wrong = write("wrong.csv", OWN_CALENDAR + "XOWN,2025-01-01,close,10:00,Friday,me\n")
    path = write("wrong.yaml", OWN.replace("own.csv", "wrong.csv"))
    ran = run_cli(
        "session", "2025-01-09", "-c", path, "-l", write("c.csv", "date,MINE\n2025-01-09,1\n")
    )
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr == f"{wrong}:7: Friday is not weekdays such as Mon Tue Wed Thu Fri\n"


def test_a_percent_that_cannot_be_disagrees(run_cli: RunCli, write: Write) -> None:
    """Points printed as percent end no run: the Nikkei fell 312.04 points, 0.79%."""
    report = write(
        "report.yaml",
        "session: 2025-02-14\nfigures:\n"
        '  - {index: N225, close: "39,149.43", change_pct: "-312.04"}\n'
        '  - {index: HSI, close: "22,620.33", change_pct: "+3.69"}\n'
        '  - {index: OWN, change_pct: "-440"}\n  - {index: SPX, over_pct: "-165"}\n',
    )
    ran = run_cli("verify", report, "-l", root() / "samples" / "closes.csv", "-f", "csv")
    assert ran.status == 1
    verdicts = {row["symbol"]: row["verdict"] for row in ran.rows}
    assert verdicts == {"N225": "disagrees", "HSI": "agrees", "OWN": "disagrees", "SPX": "agrees"}
    alone = run_cli("session", "2025-02-14", "-l", report)
    assert (alone.stdout, alone.status) == ("", 3)
    assert "change_pct: -312.04 is not a percentage above −100" in alone.stderr
