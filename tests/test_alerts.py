"""Alerts: what is met, what stays open, what is refused, and what happens then."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketmove.alerts.conditions import parse_condition
from marketmove.alerts.judge import SessionFacts, judge
from marketmove.config import load
from marketmove.moves.move import Move
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEADER = "date,symbol,close\n"
REGISTRY = load(None).registry
# Exactly 3 up, exactly 2.5 down, flat.
EXACT = HEADER + (
    "2025-02-13,HSI,100\n2025-02-14,HSI,103\n"
    "2025-02-13,N225,200\n2025-02-14,N225,195\n"
    "2025-02-13,SPX,50\n2025-02-14,SPX,50\n"
)


def _met(run_cli: RunCli, *arguments: str | Path) -> list[str]:
    ran = run_cli(*arguments, "-f", "json")
    alerts = ran.document["alerts"]
    assert ran.status == (5 if any(alert["asked"] for alert in alerts) else 0)
    return [alert["text"] for alert in alerts]


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("HSI: 3", True),
        ("HSI: 3%", True),
        ("Hang Seng: 3 pct", True),
        ("HSI:3.0", True),
        ("HSI: +3", True),
        ("HSI: -3", False),
        ("HSI: 3.000001", False),
        ("N225: 2.5", True),
        ("N225: −2.5", True),
        ("N225: +2.5", False),
        ("SPX: 0.01", False),
        ("any: 3", True),
        ("any: -2.6", False),
        ("HSI-N225: 5.5pp", True),
        ("HSI:N225: 5.5 PP", True),
        ("N225-HSI: 5.5pp", True),
        ("N225-HSI: +5.5pp", False),
        ("N225-HSI: -5.5pp", True),
        ("Hang Seng - Nikkei 225: 5.51pp", False),
        ("any pair: 5.5pp", True),
        ("any pair: 5.51pp", False),
    ],
)
def test_as_large_counts_and_a_sign_restricts(
    condition: str, met: bool, run_cli: RunCli, write: Write
) -> None:
    closes = write("closes.csv", EXACT)
    ran = run_cli("session", "2025-02-14", "-l", closes, "--alert", condition)
    assert ran.status == (5 if met else 0)
    assert ran.stdout.startswith("Alert: ") is met


def test_the_sentence_and_its_figures(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", EXACT)
    asked = ("session", "2025-02-14", "-l", closes)
    typed = ("--alert", "HSI: 2.999", "--alert", "N225-HSI: 5pp")
    assert run_cli(*asked, *typed).stdout.splitlines()[:3] == [
        "Alert: Hang Seng up 3.000%: at least 2.999%",
        "Alert: Hang Seng 5.50 pp above Nikkei 225: at least 5 pp",
        "",
    ]
    tiny = run_cli(*asked, "--alert", "HSI: 0.0000001").stdout
    assert tiny.startswith("Alert: Hang Seng up 3.0000000%: at least 0.0000001%\n")
    assert run_cli(*asked, *typed, "-f", "json").document["alerts"] == [
        {
            "condition": "HSI: 2.999",
            "kind": "move",
            "asked": True,
            "text": "Hang Seng up 3.000%: at least 2.999%",
            "symbols": ["HSI"],
            "figures": {"change_pct": 3.0},
        },
        {
            "condition": "N225-HSI: 5pp",
            "kind": "spread",
            "asked": True,
            "text": "Hang Seng 5.50 pp above Nikkei 225: at least 5 pp",
            "symbols": ["N225", "HSI"],
            "figures": {"spread_pp": 5.5},
        },
    ]


def test_every_format_shows_them(run_cli: RunCli) -> None:
    asked = (*FEBRUARY_14, "--alert", "HSI: 3")
    plain = run_cli(*FEBRUARY_14, "-f", "csv")
    text = "Hang Seng up 3.69%: at least 3%"
    assert run_cli(*asked).stdout.startswith(f"Alert: {text}\n\nSession of")
    assert run_cli(*asked, "-f", "markdown").stdout.startswith(f"**Alert:** {text}\n\n## Session")
    for output_format in ("csv", "ndjson"):
        ran = run_cli(*asked, "-f", output_format)
        assert (ran.stderr, ran.status) == (f"marketmove: alert: {text}\n", 5)
    assert run_cli(*asked, "-f", "csv").stdout == plain.stdout
    assert run_cli(*FEBRUARY_14, "--alert", "HSI: 4").stdout == run_cli(*FEBRUARY_14).stdout


def test_a_summary_shows_them_first(run_cli: RunCli) -> None:
    asked = ("summary", *FEBRUARY_14[1:], "-i", "HSI", "-i", "N225", "--alert", "HSI-N225: p95")
    text = (
        "Hang Seng 4.49 pp above Nikkei 225, wider than 96.8% of their last 250 common sessions:"
        " at least p95"
    )
    ran = run_cli(*asked)
    assert ran.status == 5
    first, second, empty, _ = ran.stdout.split("\n", 3)
    assert (f"{first} {second.strip()}", empty) == (f"Alert: {text}", "")
    assert max(len(first), len(second)) <= 72
    assert run_cli(*asked, "-f", "markdown").stdout.startswith(f"*Alert:* {text}\n\n*Hang Seng up")
    assert f"<b>Alert:</b> {text}</p>" in run_cli(*asked, "-f", "html").stdout
    document = run_cli(*asked, "-f", "json").document
    assert document["schema"] == "marketmove.summary/1"
    assert [alert["text"] for alert in document["alerts"]] == [text]


def test_how_rare_something_is(run_cli: RunCli) -> None:
    """The percentile that the pair's own table has decides; so does the streak."""
    asked = ("-i", "HSI", "-i", "N225", "-i", "TWII")
    assert _met(run_cli, *FEBRUARY_14, *asked, "--alert", "HSI-N225: p96.8") == [
        (
            "Hang Seng 4.49 pp above Nikkei 225, wider than 96.8% of their last 250 common"
            " sessions: at least p96.8"
        )
    ]
    assert _met(run_cli, *FEBRUARY_14, *asked, "--alert", "N225:HSI: p96.9") == []
    document = run_cli(*FEBRUARY_14, "--wide", "-f", "json").document
    wide = {frozenset((p["up"], p["down"])) for p in document["divergences"]}
    any_pair = run_cli(*FEBRUARY_14, "--alert", "any pair: p95", "-f", "json").document["alerts"]
    assert {frozenset(alert["symbols"]) for alert in any_pair} == wide
    assert len(any_pair) > 6
    lines = run_cli(*FEBRUARY_14, "--alert", "any pair: p95").stdout.partition("\n\n")[0]
    assert lines.count("Alert: ") == 6
    assert lines.endswith(f"Alert: any pair: p95: and {len(any_pair) - 5} more")


@pytest.mark.parametrize("output_format", ["table", "csv"])
def test_rarity_is_worked_out_where_an_alert_needs_it(output_format: str, run_cli: RunCli) -> None:
    """And shown only where it was wanted."""
    hidden = ("--no-context",) if output_format == "table" else ()
    plain = run_cli(*FEBRUARY_14, *hidden, "-f", output_format)
    ran = run_cli(*FEBRUARY_14, *hidden, "-f", output_format, "--alert", "HSI: p90")
    assert ran.status == 5
    assert ran.stdout.endswith(plain.stdout)


def _closes(symbol: str, pcts: list[int], start: int = 1) -> str:
    """One close a weekday of 2024, each so many percent off 100 000 added up."""
    import datetime as dt

    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(2 * len(pcts) + start)]
    days = [day for day in days if day.weekday() < 5]
    rows, level = "", 100_000
    for day, pct in zip(days, pcts, strict=False):
        level += 100 * pct
        rows += f"{day},{symbol},{level}\n"
    return rows


def test_streaks_and_records(run_cli: RunCli, write: Write) -> None:
    """Up and down in turn, then four rises, the last to a new high: a name no calendar knows."""
    pcts = [0, *([1, -1] * 35), 1, 1, 1, 1]
    closes = write("closes.csv", HEADER + _closes("MYX", pcts))
    asked = ("session", "latest", "-l", closes, "--alert")
    assert _met(run_cli, *asked, "MYX: streak 4") == ["MYX up for a fourth session: at least 4"]
    assert _met(run_cli, *asked, "MYX: streak +4")
    for condition in ("MYX: streak 5", "MYX: streak -2", "MYX: record low"):
        assert _met(run_cli, *asked, condition) == []
    for condition in ("MYX: record", "MYX: record high", "any: record"):
        (text,) = _met(run_cli, *asked, condition)
        assert text == "MYX up 0.10%, its highest close in this data, since 2024-01-01"


def test_a_close_that_equals_the_highest_is_no_record(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", HEADER + _closes("MYX", [0, *([1, -1] * 35), 1]))
    assert _met(run_cli, "session", "latest", "-l", closes, "--alert", "MYX: record") == []


def _open(run_cli: RunCli, *arguments: str | Path) -> list[str]:
    ran = run_cli(*arguments, "-f", "json")
    assert (ran.document["alerts"], ran.status) == ([], 0)
    return [n["text"] for n in ran.document["notes"] if n["code"] == "alert_not_judged"]


def test_what_cannot_be_judged_is_not_met_and_said(run_cli: RunCli, write: Write) -> None:
    short = ("session", "2025-02-14", "-l", write("closes.csv", EXACT), "--alert")
    few = "fewer than 60 earlier sessions of HSI"
    assert _open(run_cli, *short, "HSI: p99") == [f'the alert "HSI: p99" cannot be judged: {few}']
    assert _open(run_cli, *short, "HSI: record") == [
        f'the alert "HSI: record" cannot be judged: {few}'
    ]
    assert _open(run_cli, *short, "any pair: p99") == [
        (
            'the alert "any pair: p99" cannot be judged of any pair:'
            " no two indices have 60 earlier sessions"
        )
    ]
    assert _open(run_cli, *short, "HSI: streak 2") == [
        'the alert "HSI: streak 2" cannot be judged: when the streak of HSI began is not known'
    ]
    # A fall of one session is a streak of one, whatever came before: it cannot be a rise of two.
    assert _open(run_cli, *short, "N225: streak +2") == []
    assert _open(run_cli, *short, "FTSE: 3") == [
        'the alert "FTSE: 3" cannot be judged: no close of FTSE in the data'
    ]


def test_a_shut_index_is_not_judged(run_cli: RunCli) -> None:
    """Hong Kong and mainland China were shut for the new year of 2025."""
    asked = ("session", "2025-01-30", "--levels", SAMPLE_CLOSES, "--alert")
    assert _open(run_cli, *asked, "HSI: 3") == [
        'the alert "HSI: 3" cannot be judged: no move of HSI'
    ]
    assert _open(run_cli, *asked, "HSI-N225: 4pp") == [
        'the alert "HSI-N225: 4pp" cannot be judged: no move of HSI'
    ]
    assert _open(run_cli, *asked, "HSI: missing") == []
    assert _open(run_cli, *asked, "any: 9") == []


@pytest.mark.parametrize(
    ("condition", "met"), [("DJI: 4", True), ("DJI: 5", True), ("DJI: -3", False), ("DJI: 6", None)]
)
def test_a_bound_is_met_where_it_is_certain(
    condition: str, met: bool | None, run_cli: RunCli, write: Write
) -> None:
    report = write(
        "report.yaml",
        "session: 2025-02-04\nfigures:\n"
        "  - {index: DJI, over_pct: 5}\n  - {index: HSI, close: 100, change_pct: 1}\n",
    )
    ran = run_cli("session", "2025-02-04", "-l", report, "--alert", condition, "-f", "json")
    assert ran.status == (5 if met else 0)
    notes = [n["text"] for n in ran.document["notes"] if n["code"] == "alert_not_judged"]
    assert bool(notes) is (met is None)
    if met:
        assert ran.document["alerts"][0]["figures"] == {"change_pct_over": 5.0}


MISSING = HEADER + (
    "2025-02-12,HSI,100\n2025-02-14,HSI,103\n2025-02-12,N225,200\n2025-02-13,N225,200\n"
)


def test_a_missing_close(run_cli: RunCli, write: Write) -> None:
    """One that later closes show to be missing; one that may come; and one known to be late."""
    closes = write("closes.csv", MISSING)
    on_13th = ("session", "2025-02-13", "-l", closes, "--alert", "HSI: missing")
    assert _met(run_cli, *on_13th) == [
        "no close of Hang Seng on 2025-02-13, when there was a session"
    ]
    assert _open(run_cli, "session", "2025-02-14", "-l", closes, "--alert", "N225: missing") == [
        (
            'the alert "N225: missing" cannot be judged: no close of N225 yet;'
            " with --as-of it is known when its session is over"
        )
    ]
    evening = ("session", "--as-of", "2025-02-14T18:00+09:00", "-l", closes)
    assert _met(run_cli, *evening, "--alert", "N225: missing") == [
        "no close of Nikkei 225 on 2025-02-14, when there was a session"
    ]
    assert _met(run_cli, *evening, "--alert", "HSI: missing") == []


def test_an_index_that_the_data_never_had_is_missing_too(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", MISSING)
    evening = ("session", "--as-of", "2025-02-14T18:00+09:00", "-l", closes)
    ran = run_cli(*evening, "--alert", "KOSPI: missing")
    assert ran.status == 5
    assert ran.stdout.startswith("Alert: no close of KOSPI on 2025-02-14, when there was a session")


@given(
    pct=st.decimals("-50", "50", places=6),
    size=st.decimals("0.01", "50", places=2),
    way=st.sampled_from(["", "+", "-"]),
)
def test_a_move_is_met_as_exact_numbers_say(pct: Decimal, size: Decimal, way: str) -> None:
    condition = parse_condition(f"HSI: {way}{size}", REGISTRY)
    move = Move("HSI", "Hang Seng", "ok", "closes", change_pct=float(pct))
    judged = judge([condition], SessionFacts({"HSI": move}, {}))
    large = {"": abs(pct) >= size, "+": pct >= size, "-": pct <= -size}[way]
    assert bool(judged.alerts) is large
    if large:
        said = judged.alerts[0].text.removeprefix("Hang Seng ")
        figure, least = said.split("%: at least ")
        direction, shown = figure.split(" ")
        assert direction == ("up" if pct > 0 else "down")
        assert Decimal(shown) >= Decimal(least.rstrip("%")) == size
