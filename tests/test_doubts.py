"""What may be no close is warned of beside every figure that rests on it, and counts nowhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from program import DATA, SAMPLE_CLOSES, rows_by_symbol

if TYPE_CHECKING:
    from program import Ran, RunCli, Write

CASES = DATA / "cases"
HEADER = "date,symbol,close\n"


def pct(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def codes(ran: Ran) -> set[tuple[str, str | None]]:
    return {(warning["code"], warning["symbol"]) for warning in ran.document["warnings"]}


def move(ran: Ran, symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in ran.document["moves"] if m["symbol"] == symbol)
    return found


# --- no close yet


def test_a_session_that_has_not_begun(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-11-28T12:00:00+00:00")
    path = CASES / "27-tomorrow" / "t.csv"
    ran = run_cli("session", "latest", "-l", path, "-f", "json")
    assert {symbol for code, symbol in codes(ran) if code == "future"} == {"HSI", "SPX"}
    assert {m["doubt"] for m in ran.document["moves"]} == {"future"}
    table = run_cli("session", "latest", "-l", path).stdout
    assert "0.00%" not in table
    assert "S&P 500     7,735.10, as before: its session has not begun" in table
    words = run_cli("summary", "latest", "-l", path).stdout
    assert words.startswith("No move to report: the moves of Hang Seng and S&P 500 are doubtful.")
    assert "2026-11-27" in run_cli("session", "--as-of", "now", "-l", path).stdout


@pytest.mark.parametrize(
    ("now", "doubt"),
    [
        ("2025-02-14T15:59+08:00", "unfinished"),
        ("2025-02-14T16:00+08:00", None),
        ("2025-02-13T23:59+08:00", "future"),
        ("2025-02-14T07:59Z", "unfinished"),
    ],
)
def test_a_session_is_over_by_the_clock_of_its_exchange(
    now: str, doubt: str | None, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", now)
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI", "-f", "json")
    ran = run_cli(*asked)
    found = move(ran, "HSI")
    assert (found["doubt"], found["change_pts"]) == (doubt, 805.96)
    assert codes(ran) == ({(doubt, "HSI")} if doubt else set())


def test_a_moment_of_another_form(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2025-02-14T15:59")
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "MARKETMOVE_NOW: 2025-02-14T15:59 has no offset" in ran.stderr


def test_a_row_stamped_before_the_close_is_none(run_cli: RunCli) -> None:
    path = CASES / "13-intraday-last" / "stamped-long.csv"
    ran = run_cli("session", "latest", "-l", path, "--symbol", "HSI")
    assert (ran.stdout, ran.status) == ("", 4)
    early, no_close = ran.stderr.splitlines()
    assert "the row of 2025-02-14 is stamped 14:31, before the close at 16:00" in early
    assert "no chosen index has a close on 2025-02-14 yet" in no_close
    checked = run_cli("check", path, "--symbol", "HSI", "-f", "csv").rows
    assert [(row["code"], row["session"]) for row in checked] == [("unfinished", "2025-02-14")]


def test_a_stamp_of_a_half_day_is_a_close(run_cli: RunCli, write: Write) -> None:
    days = [f"2025-01-{day}" for day in (*range(13, 18), *range(20, 25), 27)]
    rows = "".join(f"{day} 16:08,{20000 + n}.5\n" for n, day in enumerate(days))
    path = write("HSI.csv", f"Time,Close\n{rows}2025-01-28 12:08,20105.5\n")
    ran = run_cli("session", "2025-01-28", "-l", path, "-f", "json")
    assert (move(ran, "HSI")["close"], ran.document["warnings"]) == (20105.5, [])


def test_closes_carried_forward(run_cli: RunCli, write: Write) -> None:
    """Two trailing rows of most indices that repeat the last close to the last digit."""
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    last = {line.split(",")[1]: line.split(",")[2] for line in lines if line[:10] == "2025-02-26"}
    kept = [line for line in lines if line[:10] not in {"2025-02-27", "2025-02-28"}]
    for day in ("2025-02-27", "2025-02-28"):
        kept += [f"{day},{symbol},{close}" for symbol, close in last.items()]
    path = write("c.csv", "\n".join(kept) + "\n")
    ran = run_cli("session", "latest", "-l", path, "-f", "json")
    doubts = {m["symbol"]: m["doubt"] for m in ran.document["moves"] if m["status"] == "ok"}
    assert set(doubts.values()) == {"carried_forward"}
    assert ran.document["breadth"]["unchanged"] == 0
    assert "unchanged" not in run_cli("summary", "latest", "-l", path).stdout


def test_a_file_that_is_a_day_off_is_one_finding(run_cli: RunCli, write: Write) -> None:
    rows = []
    for line in SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()[1:]:
        day, symbol, close = line.split(",")
        if symbol == "HSI":
            moved = dt.date.fromisoformat(day) - dt.timedelta(days=1)
            rows.append(f"{moved},{symbol},{close}\n")
    path = write("c.csv", HEADER + "".join(rows))
    ran = run_cli("session", "2025-02-13", "-l", path, "-f", "json")
    assert codes(ran) == {("shifted", "HSI")}
    assert move(ran, "HSI")["doubt"] == "shifted"
    found = run_cli("check", path, "-f", "csv").rows
    assert [row["code"] for row in found].count("shifted") == 1


# --- stale, absent, unusable


def test_a_feed_that_has_ended_is_stale(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-10,HSI,21521.98\n2025-02-11,HSI,21294.86\n"
    rows += "2025-02-13,N225,39461.47\n2025-02-14,N225,39149.43\n"
    path = write("c.csv", HEADER + rows)
    ran = run_cli("session", "2025-02-14", "-l", path, "-f", "json")
    found = move(ran, "HSI")
    assert (found["status"], found["sessions_behind"], found["prior_close"]) == (
        "stale",
        3,
        21294.86,
    )
    assert ran.document["breadth"]["stale"] == 1
    asked = ("2025-02-14", "-l", path)
    assert (
        "Hang Seng        3 sessions behind; last 21,294.86 on 2025-02-11"
        in run_cli("session", *asked).stdout
    )
    assert "Hang Seng: 3 sessions behind; last 21,294.86" in run_cli("summary", *asked).stdout
    history = run_cli("history", "2025-02-12", *asked, "--all", "-f", "csv").rows
    behind = {
        row["session"]: (row["status"], row["sessions_behind"])
        for row in history
        if row["symbol"] == "HSI"
    }
    assert behind == {
        "2025-02-12": ("pending", "1"),
        "2025-02-13": ("stale", "2"),
        "2025-02-14": ("stale", "3"),
    }


def test_one_session_behind_is_no_close_yet(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """Friday's session is not over in Hong Kong, so that Thursday's alone is lacking."""
    path = write("c.csv", HEADER + "2025-02-12,HSI,21857.92\n2025-02-14,N225,39149.43\n")
    asked = ("session", "2025-02-14", "-l", path, "-f", "json")
    monkeypatch.setenv("MARKETMOVE_NOW", "2025-02-14T15:00+08:00")
    assert move(run_cli(*asked), "HSI")["status"] == "pending"
    monkeypatch.setenv("MARKETMOVE_NOW", "2025-02-14T16:30+08:00")
    assert move(run_cli(*asked), "HSI")["status"] == "stale"


@pytest.mark.parametrize("command", ["session", "summary"])
def test_the_age_of_the_data_is_said(
    command: str, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (command, "latest", "-l", SAMPLE_CLOSES, "-i", "HSI", "-f", "json")
    monkeypatch.setenv("MARKETMOVE_NOW", "2025-03-03T16:30+08:00")
    notes = run_cli(*asked).document["notes"]
    assert "old_data" not in {note["code"] for note in notes}
    monkeypatch.setenv("MARKETMOVE_NOW", "2025-03-04T16:30+08:00")
    note = run_cli(*asked).document["notes"][0]
    assert (note["code"], note["text"]) == (
        "old_data",
        "the data ends with 2025-02-28: since then 2 sessions of HSI are over",
    )


def test_an_index_chosen_that_the_data_lacks(run_cli: RunCli, write: Write) -> None:
    path = write("c.csv", HEADER + "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n")
    for asked in (("session", "latest"), ("summary", "latest"), ("session", "--as-of", "now")):
        ran = run_cli(*asked, "-i", "DAX", "-l", path)
        assert (ran.stdout, ran.status) == ("", 4)
        assert ran.stderr == "marketmove: GDAXI has no close in the data; it has HSI\n"
    path = write("HistoricalPrices.csv", "Date,Close\n2025-02-13,22612.02\n2025-02-14,22513.42\n")
    ran = run_cli("session", "latest", "-i", "DAX", "-l", path)
    assert "it has HistoricalPrices, which is not a known index; --symbol names it" in ran.stderr
    assert run_cli("session", "latest", "-i", "DAX", "--symbol", "DAX", "-l", path).status == 0


@pytest.mark.parametrize("name", ["w", "zero", "loading"])
def test_one_bad_cell_does_not_silence_the_others(name: str, run_cli: RunCli) -> None:
    path = CASES / "20-one-bad-cell" / f"{name}.csv"
    ran = run_cli("session", "2025-02-14", "-l", path, "-f", "csv")
    rows = rows_by_symbol(ran)
    assert (ran.status, pct(rows["HSI"]["change_pct"])) == (3, Decimal("3.69"))
    assert pct(rows["SPX"]["change_pct"]) == Decimal("-0.01")
    assert (rows["N225"]["status"], rows["N225"]["close"]) == ("unusable", "")
    assert rows["N225"]["source"].startswith(f"{path}:")
    assert rows["N225"]["source"] in ran.stderr
    strict = run_cli("session", "2025-02-14", "-l", path, "-f", "csv", "--strict")
    assert (strict.stdout, strict.status) == ("", 3)
    summed = run_cli("summary", "2025-02-14", "-l", path, "-f", "json")
    assert summed.status == 3
    absent = next(s for s in summed.document["sections"] if s["code"] == "absent")
    assert absent["sentences"][0]["text"] == f"Nikkei 225: unusable: {rows['N225']['source']}."


# --- volatility, names


def test_volatility_stands_apart_everywhere(run_cli: RunCli) -> None:
    path = CASES / "10-vix-in-range" / "us.csv"
    alerts = ("--alert", "any: 5", "--alert", "any pair: 10pp")
    for command in ("session", "summary"):
        document = run_cli(command, "2024-08-05", "-l", path, *alerts, "-f", "json").document
        assert (document["breadth"]["up"], document["breadth"]["down"]) == (0, 3)
        assert round(document["dispersion"]["range_pp"], 2) == 0.83
        assert round(document["dispersion"]["dispersion_pp"], 2) == 0.34
        assert (document["divergences"], document["alerts"]) == ([], [])
    table = run_cli("session", "2024-08-05", "-l", path).stdout
    assert "Volatility   Close" in table
    assert table.index("Nasdaq Composite") < table.index("Cboe VIX")
    chart = run_cli("chart", "session", "2024-08-05", "-l", path).stdout
    assert "Volatility\n  Cboe VIX     38.57, +64.90%" in chart
    asked = run_cli("session", "2024-08-05", "-l", path, "--alert", "VIX: 5", "-f", "json")
    assert [alert["symbols"] for alert in asked.document["alerts"]] == [["VIX"]]


def test_names_of_ones_own_come_beside_the_known_ones(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "indices:\n  HSI: {name: Hong Kong, aliases: [HKIDX]}\n")
    for stem in ("^HSI", "HKIDX", "Hang Seng"):
        path = write(f"{stem}.csv", "Date,Close\n2025-02-13,21814.37\n2025-02-14,22620.33\n")
        ran = run_cli("session", "2025-02-14", "-l", path, "-c", own, "-f", "csv")
        assert [(row["symbol"], row["name"]) for row in ran.rows] == [("HSI", "Hong Kong")]


def test_an_index_that_looks_known_is_noted(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI_closes,21814.37\n2025-02-14,HSI_closes,22620.33\n"
    ran = run_cli("session", "2025-02-14", "-l", write("c.csv", HEADER + rows), "-f", "json")
    text = (
        "HSI_closes is not a known index, though it looks like Hang Seng; if it is, say so with"
        " aliases: [HSI_closes] under indices: in the configuration"
    )
    notes = ran.document["notes"]
    assert [note["text"] for note in notes if note["code"] == "not_known"] == [text]
