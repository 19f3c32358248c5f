"""What `pair` refuses, what it warns of, and what it writes for people and for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from marketmove.render.drawings.pair import HEIGHTS, spark
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "session,symbol,versus,change_pct,versus_change_pct,spread_pp,split,relative_strength,n,"
    "percentile,z,prior_session,versus_prior_session"
)
KEYS = [
    *("schema", "symbol", "versus", "first", "last", "source", "window", "floor_pct", "latest"),
    *("span", "correlation", "counts", "widest", "series", "warnings", "notes"),
]
CLOSES = """date,symbol,close
2025-01-06,AAA,100
2025-01-07,AAA,101
2025-01-08,AAA,102
2025-01-11,BBB,102
2025-01-12,BBB,104
2025-01-06,CCC,104
2025-01-07,CCC,101
2025-01-08,DDD,101
"""


@pytest.mark.parametrize(
    ("asked", "status", "text"),
    [
        (
            "AAA BBB",
            4,
            "AAA and BBB never trade on the same date; the data has AAA from 2025-01-06",
        ),
        ("AAA DDD", 4, "no common session: no date on which both have a close and one before it"),
        ("AAA SPX", 4, "SPX has no close in the data"),
        ("AAA SPXX", 2, "unknown index: SPXX"),
        ("AAA aaa", 2, "AAA and aaa are the same index; name two"),
        ("AAA CCC --since 2025-01-08", 4, "from 2025-01-08; the nearest: 2025-01-07; the data has"),
        ("AAA CCC --until 2025-01-06", 4, "up to 2025-01-06; the nearest: 2025-01-07; the data"),
        ("AAA CCC --since 2025-01-08 --until 2025-01-07", 2, "the first date comes first"),
        ("AAA CCC --since latest", 2, "--since is latest; expected a date"),
        ("AAA CCC --since soon", 2, "soon is not a date"),
        ("AAA CCC --window 59", 2, "60"),
        ("AAA CCC --floor-pct x", 2, "x is not a percentage"),
        ("AAA", 2, "AAA is not a pair of indices"),
        ("AAA CCC more.csv", 2, "more.csv stands after the two indices"),
    ],
)
def test_refusals(asked: str, status: int, text: str, run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", CLOSES)
    ran = run_cli("pair", *asked.split(), "-l", path)
    assert (ran.stdout, ran.status) == ("", status)
    assert text in ran.stderr
    assert "Traceback" not in ran.stderr
    document = run_cli("pair", *asked.split(), "-l", path, "-f", "json").document
    assert (document["schema"], document["error"]["status"]) == ("marketmove.pair/1", status)


@pytest.mark.parametrize(
    "asked", ["", "--since 2025-01-20 --until latest", "--since 2025-03-03", "--until 2023-01-03"]
)
def test_the_samples_serve_only_dates_that_they_hold(asked: str, run_cli: RunCli) -> None:
    ran = run_cli("pair", "HSI", "N225", *asked.split())
    assert (ran.stdout, ran.status) == ("", 2)
    assert "no closes are named" in ran.stderr
    assert "say --levels FILE" in ran.stderr


def _with_bad_rows(write: Write, *bad: str) -> Path:
    return write("closes.csv", SAMPLE_CLOSES.read_bytes() + "".join(f"{b}\n" for b in bad).encode())


@pytest.mark.parametrize("bad", ["2025-02-13,HSI,oops", "2024-01-05,N225,1.0.0", "oops,HSI,20000"])
def test_a_bad_row_that_the_figures_may_rest_on(bad: str, run_cli: RunCli, write: Write) -> None:
    symbol = bad.split(",")[1]
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(",".join(bad.split(",")[:2]))]
    path = write("closes.csv", "\n".join([*kept, bad]) + "\n")
    ran = run_cli("pair", "HSI", "N225", "--until", "2025-02-14", "-l", path)
    assert (ran.stdout, ran.status) == ("", 3)
    assert f"closes.csv:{len(kept) + 1}: " in ran.stderr
    others = {"HSI": ("N225", "TWII"), "N225": ("HSI", "TWII")}[symbol]
    assert run_cli("pair", *others, "--until", "2025-02-14", "-l", path).status == 0


def test_a_bad_row_elsewhere_is_one_warning(run_cli: RunCli, write: Write) -> None:
    path = _with_bad_rows(write, "2025-03-03,HSI,oops", "2025-01-03,XXX,oops")
    asked = ("pair", "HSI", "N225", "--until", "2025-02-14", "-l", path)
    ran = run_cli(*asked)
    assert ran.status == 0
    assert ran.stderr.count("warning") == 1
    assert "2 rows that this pair does not touch cannot be used" in ran.stderr
    assert "Warning: " in ran.stdout
    assert run_cli(*asked, "--strict").status == 3
    assert run_cli(*asked, "--quiet").stderr == ""
    # Without an end the row of March is one that the latest figures may rest on.
    assert run_cli(*asked[:3], "-l", path).status == 3


def test_gaps_and_ghosts_are_said(run_cli: RunCli, write: Write) -> None:
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    (repeated,) = (line for line in lines if line.startswith("2025-01-28,HSI,"))
    kept = [line for line in lines if not line.startswith("2025-02-12,HSI,")]
    ghost = repeated.replace("2025-01-28", "2025-01-30")
    path = write("closes.csv", "\n".join([*kept, ghost]) + "\n")
    ran = run_cli("pair", "HSI", "N225", "--since", "2025-01-20", "-l", path, "-f", "csv")
    assert ran.status == 0
    assert "2025-01-30, when XHKG was shut (Lunar New Year)" in ran.stderr
    assert "HSI from 2025-02-11 to 2025-02-13" in ran.stderr
    days = [row["session"] for row in ran.rows]
    assert "2025-01-30" not in days
    assert "2025-02-12" not in days
    # What lies before all baselines of the range is not spoken of.
    assert (
        "warning" not in run_cli("pair", "HSI", "N225", "--until", "2025-01-28", "-l", path).stderr
    )


def test_hours_and_kinds_of_return_are_notes(run_cli: RunCli) -> None:
    asked = ("--since", "2025-01-20", "-f", "json")
    codes = {
        pair: [note["code"] for note in run_cli("pair", *pair, *asked).document["notes"]]
        for pair in (("HSI", "N225"), ("GDAXI", "FCHI"), ("SPX", "DJI"))
    }
    assert codes[("HSI", "N225")] == ["hours_apart"]
    assert "mixed_returns" in codes[("GDAXI", "FCHI")]
    assert codes[("SPX", "DJI")] == []
    text = "S&P 500 without dividends, DAX with dividends\n"
    assert text in run_cli("pair", "SPX", "GDAXI", *asked[:2]).stdout


def test_formats_for_machines(run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "-l", SAMPLE_CLOSES, "--until", "2025-02-14", "-f")
    text = run_cli(*asked, "csv")
    assert text.stdout.split("\n")[0] == HEADER
    assert not {"nan", "inf", "none", "null"} & set(text.stdout.casefold().split(","))
    document = run_cli(*asked, "json").document
    assert list(document) == KEYS
    assert document["schema"] == "marketmove.pair/1"
    lines = [json.loads(line) for line in run_cli(*asked, "ndjson").stdout.splitlines()]
    assert lines == document["series"]
    assert len(lines) == len(text.rows) == 257
    for row, line in zip(text.rows, lines, strict=True):
        assert list(line) == HEADER.split(",")
        assert [_as_csv(line[key]) for key in line] == list(row.values())
    assert (lines[0]["percentile"], text.rows[0]["z"]) == (None, "")
    latest = document["latest"]
    assert {key: lines[-1][key] for key in ("session", "spread_pp", "percentile", "z", "n")} == {
        key: latest[key] for key in ("session", "spread_pp", "percentile", "z", "n")
    }
    excess = document["span"]["excess_pct"]
    assert excess == pytest.approx(lines[-1]["relative_strength"] - 100, abs=1e-9)


def _as_csv(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_an_output_file_is_whole(run_cli: RunCli, tmp_path: Path) -> None:
    asked = ("pair", "HSI", "N225", "--since", "2025-01-20", "-f", "csv")
    path = tmp_path / "pair.csv"
    assert run_cli(*asked, "-o", path).stdout == ""
    assert path.read_text(encoding="utf-8") == run_cli(*asked).stdout


def test_ascii_has_no_other_sign(run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "--since", "2024-02-01", "--until", "2025-02-14")
    text = run_cli(*asked, "--ascii").stdout
    assert text.isascii()
    assert "+4.49 pp on Fri 14 Feb 2025" in text
    assert ". lowest, @ highest" in text
    own = run_cli(*asked).stdout
    assert own.count("\n") == text.count("\n")
    heights = str.maketrans(dict(zip(HEIGHTS, ".:-=+*#@", strict=True)))
    drawn = [line.translate(heights) for line in own.splitlines() if line.startswith("  Relative")]
    assert drawn == [line for line in text.splitlines() if line.startswith("  Relative")]


def test_an_unknown_sign_of_a_name_is_shown(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", CLOSES.replace("CCC", "C\x1bC"))
    ran = run_cli("pair", "AAA", "C\x1bC", "-l", path)
    assert ran.status == 0
    assert "\x1b" not in ran.stdout
    assert "\\x1b" in ran.stdout


@pytest.mark.parametrize(
    ("values", "cells", "drawn"),
    [
        ([], 60, ""),
        ([5.0], 60, "▄"),
        ([0.0, 7.0], 60, "▁█"),
        (list(range(8)), 8, HEIGHTS),
        (list(range(16)), 8, HEIGHTS),
        ([7.0, float("nan"), 0.0], 60, "█ ▁"),
        ([float("nan")] * 3, 60, "   "),
        ([-1.0, -1.0, -1.0], 2, "▄▄"),
        ([0.0, 10.0, 0.0, 10.0, 30.0], 2, "▁█"),
    ],
)
def test_sparks(values: list[float], cells: int, drawn: str) -> None:
    assert spark(values, cells) == drawn
