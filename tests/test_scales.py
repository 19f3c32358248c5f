"""Weeks as exchanges have them, other scales, and periods that no close is near enough to begin."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from program import DATA, SAMPLE_CLOSES

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


# --- the week of the exchange


def test_a_week_begins_when_that_of_the_exchange_does(run_cli: RunCli) -> None:
    """The Saudi week is measured from Thursday to Thursday, as Mubasher does."""
    path = CASES / "01-gulf-week" / "tasi.csv"
    asked = ("history", "2025-02-02", "2025-02-09", "-l", path, "--period", "week")
    rows = run_cli(*asked, "-f", "csv").rows
    assert {row["session"]: pct(row["week_change_pct"]) for row in rows} == {
        "2025-02-02": Decimal("-0.29"),
        "2025-02-03": Decimal("-0.37"),
        "2025-02-04": Decimal("-0.05"),
        "2025-02-05": Decimal("0.32"),
        "2025-02-06": Decimal("0.15"),
        "2025-02-09": Decimal("-0.16"),
    }
    assert "Prior session" not in run_cli(*asked).stdout  # only usual weekends lie between


def test_the_old_week_of_tel_aviv_began_on_sunday(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-02-01T12:00:00+00:00")
    path = CASES / "06-tase-friday" / "ta35.csv"
    ran = run_cli("session", "2026-01-04", "-l", path, "--period", "week", "-f", "csv")
    (row,) = ran.rows
    assert (pct(row["week_change_pct"]), pct(row["change_pct"])) == (Decimal("1.17"),) * 2


# --- another scale


@pytest.mark.parametrize(
    ("session", "day", "ytd"),
    [("2020-07-27", "-0.13", "4.08"), ("2020-07-28", "-2.15", "1.85"), ("2020-12-31", "", "29.06")],
)
def test_zeros_struck_off_an_index_are_no_fall(
    session: str, day: str, ytd: str, run_cli: RunCli
) -> None:
    path = CASES / "02-redenomination" / "xu100.csv"
    asked = ("-l", path, "--symbol", "XU100", "--period", "ytd", "-f", "json")
    ran = run_cli("session", session, *asked)
    found = move(ran, "XU100")
    assert not day or pct(str(found["change_pct"])) == Decimal(day)
    assert pct(str(found["ytd_change_pct"])) == Decimal(ytd)
    assert (found["doubt"], found["ytd_doubt"]) == (None, None)
    notes = [note["text"] for note in ran.document["notes"]]
    assert any("XU100 was divided by 100 on 2020-07-27" in text for text in notes)


def test_a_file_that_is_on_one_scale_already_is_left_so(run_cli: RunCli, write: Write) -> None:
    rows = "2020-07-24,XU100,1192.4736\n2020-07-27,XU100,1190.97\n"
    ran = run_cli("session", "2020-07-27", "-l", write("c.csv", HEADER + rows), "-f", "json")
    assert move(ran, "XU100")["prior_close"] == 1192.4736
    assert not any("divided" in note["text"] for note in ran.document["notes"])


def test_a_rebasing_of_ones_own(run_cli: RunCli, write: Write) -> None:
    rows = "2024-05-30,MINE,12000\n2024-05-31,MINE,12100\n2024-06-03,MINE,1222.1\n"
    path = write("c.csv", HEADER + rows)
    doubtful = run_cli("session", "2024-06-03", "-l", path, "-f", "json")
    assert move(doubtful, "MINE")["doubt"] == "jump"
    assert "about a 10th" in doubtful.document["warnings"][0]["text"]
    own = write("own.yaml", "indices:\n  MINE: {rebased: {2024-06-03: 10}}\n")
    ran = run_cli("session", "2024-06-03", "-l", path, "-c", own, "-f", "json")
    found = move(ran, "MINE")
    assert (found["prior_close"], found["change_pct"], found["doubt"]) == (1210.0, 1.0, None)


@pytest.mark.parametrize("text", ["{2024-06-31: 10}", "{2024-06-03: ten}", "{2024-06-03: 0}", "x"])
def test_a_rebasing_of_another_form(text: str, run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", f"indices:\n  MINE: {{rebased: {text}}}\n")
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-c", own)
    assert (ran.stdout, ran.status) == ("", 3)
    assert f"{own}:2: rebased: " in ran.stderr


def test_a_splice_of_two_series_is_doubted_wherever_it_is_spanned(run_cli: RunCli) -> None:
    path = CASES / "19-return-types" / "splice.csv"
    ran = run_cli("session", "2025-02-13", "-l", path, "-f", "json")
    found = move(ran, "SPX")
    assert (found["status"], found["doubt"], pct(str(found["change_pct"]))) == (
        *("ok", "jump"),
        Decimal("-53.88"),
    )
    assert codes(ran) == {("jump", "SPX")}
    table = run_cli("session", "2025-02-13", "-l", path).stdout
    assert "Doubtful\n  S&P 500    6,115.07, −53.88%: on another scale\n" in table
    assert "1 doubtful" in table


def test_a_period_that_spans_another_scale_is_doubted(run_cli: RunCli, write: Write) -> None:
    rows = "2024-12-31,MINE,1000\n2025-01-02,MINE,1010\n2025-01-03,MINE,10200\n"
    path = write("c.csv", HEADER + rows + "2025-01-06,MINE,10210\n2025-01-07,MINE,10220\n")
    asked = ("-l", path, "--period", "week", "--period", "ytd")
    ran = run_cli("session", "2025-01-07", *asked, "-f", "json")
    found = move(ran, "MINE")
    assert [found[f"{name}doubt"] for name in ("", "week_", "ytd_")] == [None, None, "jump"]
    (warning,) = ran.document["warnings"]
    assert warning["text"].endswith("; the year rests on it")
    assert "+922.00%?" in run_cli("session", "2025-01-07", *asked).stdout


def test_what_is_doubtful_makes_no_pair_breadth_or_alert(run_cli: RunCli, write: Write) -> None:
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8")
    path = write("c.csv", lines.replace("2025-02-14,HSI,22620.33", "2025-02-14,HSI,2262.033"))
    asked = ("2025-02-14", "-l", path, "-i", "HSI", "-i", "N225", "-i", "SPX")
    alerts = ("--alert", "HSI: 3", "--alert", "any: 3", "--alert", "any pair: 10pp")
    ran = run_cli("session", *asked, *alerts, "-f", "json")
    document = ran.document
    assert (document["divergences"], document["alerts"], ran.status) == ([], [], 0)
    assert (document["breadth"]["down"], document["breadth"]["doubtful"]) == (2, 1)
    assert document["dispersion"]["n"] == 2
    assert move(ran, "HSI")["record"] is None
    assert ("alert_not_judged", "HSI") in {(n["code"], n["symbol"]) for n in document["notes"]}
    words = run_cli("summary", *asked)
    assert words.stdout.startswith("Nikkei 225 down 0.79%")
    assert "Hang Seng: 2,262.03, −89.63%: a stray row." in words.stdout
    (row,) = (
        r
        for r in run_cli("history", "2025-02-14", *asked, "-f", "csv").rows
        if r["symbol"] == "HSI"
    )
    assert row["doubt"] == "stray"
    pair = run_cli(
        "pair", "HSI", "N225", "--until", "2025-02-14", "-l", path, "-f", "json"
    ).document
    assert pair["latest"]["session"] == "2025-02-13"
    assert {warning["code"] for warning in pair["warnings"]} == {"jump"}


def test_a_pair_does_not_reach_over_another_scale(run_cli: RunCli, write: Write) -> None:
    """From 6 February on MINE is of a tenth: only what follows is compared, and it is said."""
    days = [f"2025-02-{day:02}" for day in (3, 4, 5, 6, 7, 10)]
    mine = (1000, 1010, 1005, 100.1, 101, 100.5)
    rows = "".join(
        f"{day},MINE,{close}\n{day},SPX,{6000 + 9 * n}\n"
        for n, (day, close) in enumerate(zip(days, mine, strict=True))
    )
    ran = run_cli("pair", "MINE", "SPX", "-l", write("c.csv", HEADER + rows), "-f", "json")
    document = ran.document
    assert [row["session"] for row in document["series"]] == ["2025-02-07", "2025-02-10"]
    assert codes(ran) == {("jump", "MINE")}


def test_what_follows_a_stray_row_is_sound_but_for_the_next_move(
    run_cli: RunCli, write: Write
) -> None:
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8")
    path = write("c.csv", lines.replace("2025-02-14,HSI,22620.33", "2025-02-14,HSI,2262.033"))
    asked = ("-l", path, "-i", "HSI", "--period", "ytd", "-f", "json")
    monday = move(run_cli("session", "2025-02-17", *asked), "HSI")
    assert (monday["doubt"], monday["ytd_doubt"]) == ("stray", None)
    tuesday = move(run_cli("session", "2025-02-18", *asked), "HSI")
    whole = move(run_cli("session", "2025-02-18", "-l", SAMPLE_CLOSES, *asked[2:]), "HSI")
    assert (tuesday["doubt"], tuesday["change_pct"]) == (None, whole["change_pct"])


# --- no base, no figure


def test_a_period_without_a_recent_close_has_no_figure(run_cli: RunCli, write: Write) -> None:
    rows = "2024-09-13,HSI,17369.09\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    path = write("c.csv", HEADER + rows)
    periods = ("--period", "week", "--period", "month", "--period", "ytd")
    ran = run_cli("session", "2025-02-14", "-l", path, *periods, "-f", "json")
    found = move(ran, "HSI")
    assert [found[f"{name}_change_pct"] for name in ("week", "month", "ytd")] == [None] * 3
    assert pct(str(found["change_pct"])) == Decimal("3.69")
    (text,) = [w["text"] for w in ran.document["warnings"] if w["code"] == "no_base"]
    assert text == (
        "HSI: no change of the week, the month and the year, as the data has no close shortly"
        " before; the last is of 2024-09-13"
    )
    table = run_cli("session", "2025-02-14", "-l", path, *periods).stdout
    assert ("WTD %" in table, "MTD %" in table, "YTD %" in table) == (True, True, True)
    assert "+3.69%       –       –       –" in table


@pytest.mark.parametrize(
    ("base", "known"), [("2025-01-31", True), ("2025-01-28", True), ("2025-01-22", False)]
)
def test_a_week_starts_from_a_close_at_most_five_sessions_before_it(
    base: str, known: bool, run_cli: RunCli, write: Write
) -> None:
    """The week of 3 February 2025, over the Lunar New Year in Hong Kong, and in New York."""
    symbol = "HSI" if base == "2025-01-28" else "SPX"
    rows = f"{base},{symbol},6000\n2025-02-03,{symbol},6010\n2025-02-04,{symbol},6020\n"
    ran = run_cli(
        "session",
        "2025-02-04",
        "-l",
        write("c.csv", HEADER + rows),
        "--period",
        "week",
        "-f",
        "json",
    )
    assert (move(ran, symbol)["week_change_pct"] is not None) == known
