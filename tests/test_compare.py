"""What a session holds against each other: all pairs, each against one, pairs asked for, wide."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from marketmove.rarity.session import reads_past
from marketmove.sources import Source, count_lines
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "date,symbol,close\n"
FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
START = dt.date(2024, 1, 1)


def _weekdays(count: int) -> list[dt.date]:
    days = (START + dt.timedelta(days=n) for n in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


def _rows(symbol: str, closes: list[str]) -> str:
    days = _weekdays(len(closes))
    return "".join(f"{day},{symbol},{c}\n" for day, c in zip(days, closes, strict=True))


def _pairs(document: Any, kind: str = "asked") -> list[tuple[str, str]]:
    return [(p["up"], p["down"]) for p in document["divergences"] if p["kind"] == kind]


def test_each_against_one(run_cli: RunCli) -> None:
    """All others, whatever their signs, the widest first."""
    asked = (*FEBRUARY_14, "--against", "Nikkei", "-i", "HSI", "-i", "TWII", "-i", "SPX")
    pairs = run_cli(*asked, "-f", "json").document["divergences"]
    assert [(p["up"], p["down"], p["kind"]) for p in pairs] == [
        ("HSI", "N225", "asked"),
        ("SPX", "N225", "asked"),
        ("N225", "TWII", "asked"),
    ]
    # 39,149.43 / 39,461.47 and 23,152.61 / 23,399.41, less one, in percent.
    spread = Fraction("39149.43") / Fraction("39461.47") - Fraction("23152.61") / Fraction(
        "23399.41"
    )
    assert pairs[2]["spread_pp"] == pytest.approx(float(spread * 100), abs=1e-12)
    text = run_cli(*asked).stdout
    assert "Pairs asked for" in text
    assert "Divergent pairs" not in text


def test_a_pair_asked_for_is_shown_whatever_its_signs(run_cli: RunCli) -> None:
    asked = (*FEBRUARY_14, "--pair", "DJI:SPX", "--pair", "HSI:N225")
    document = run_cli(*asked, "-f", "json").document
    assert _pairs(document) == [("HSI", "N225"), ("SPX", "DJI")]
    others = _pairs(document, "split")
    assert len(others) == 7
    assert ("HSI", "N225") not in others
    text = run_cli(*asked).stdout
    assert text.index("Pairs asked for") < text.index("Other divergent pairs")
    assert "S&P 500 −0.01%" in text.split("Pairs asked for")[1]
    assert "3 more divergent pairs" in run_cli(*asked, "--top", "1").stdout


def test_a_session_without_divergent_moves_says_so(run_cli: RunCli) -> None:
    asked = ("session", "2024-08-05", "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
    assert "no divergent pairs: every move is down" in run_cli(*asked).stdout
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "SSEC")
    assert "no divergent pairs: every move is up" in run_cli(*asked).stdout
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "SPX")
    said = "no divergent pairs: no two moves of opposite sign are both 0.5% or more"
    assert said in run_cli(*asked).stdout
    assert "divergent" not in run_cli(*asked[:6]).stdout


def test_an_index_of_a_pair_needs_no_option_of_its_own(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "-i", "HSI", "--pair", "SPX:Dow Jones", "-f", "json")
    assert [move["symbol"] for move in ran.document["moves"]] == ["HSI", "SPX", "DJI"]
    assert _pairs(ran.document) == [("SPX", "DJI")]


def test_pairs_of_the_configuration(run_cli: RunCli, write: Write) -> None:
    config = write("own.yaml", "pairs: [HSI:N225, 'Hang Seng:S&P 500']\n")
    ran = run_cli(*FEBRUARY_14, "--config", config, "-f", "json")
    assert _pairs(ran.document) == [("HSI", "N225"), ("HSI", "SPX")]
    typed = run_cli(*FEBRUARY_14, "--config", config, "--pair", "DJI:SPX", "-f", "json")
    assert _pairs(typed.document) == [("SPX", "DJI")]
    few = run_cli(*FEBRUARY_14, "--config", config, "-i", "DJI", "-f", "json")
    assert (few.document["divergences"], few.stderr, few.status) == ([], "", 0)


@pytest.mark.parametrize("wrong", ["[HSI]", "['HSI:']", "{HSI: N225}", "['']"])
def test_what_is_no_pair_in_the_configuration(wrong: str, run_cli: RunCli, write: Write) -> None:
    config = write("own.yaml", f"pairs: {wrong}\n")
    ran = run_cli(*FEBRUARY_14, "--config", config)
    assert ran.status == 3
    assert ran.stderr.startswith(f"{config}:1: pairs: ")
    assert "such as [HSI:N225]" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pair", "HSI"), "HSI is not a pair of indices, such as HSI:N225"),
        (("--pair", "HSI:"), "HSI: is not a pair of indices, such as HSI:N225"),
        (("--pair", "HSI:Hang Seng"), "HSI:Hang Seng: a pair needs two different indices"),
        (("--pair", "HSI:Nikei"), "unknown index: Nikei; did you mean Nikkei"),
        (("--against", "XYZ"), "unknown index: XYZ; the data has CSI300"),
        (("--wide", "--no-context"), "--wide needs the context that --no-context leaves out"),
        (("--wide", "-f", "csv"), "--wide chooses pairs, and csv has moves alone; json has both"),
        (("--pair", "HSI:SPX", "-f", "ndjson"), "--pair chooses pairs, and ndjson has moves"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_is_refused(arguments: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, *arguments)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr.startswith(f"marketmove: {said}")


@pytest.mark.parametrize("option", ["--wide", "--context"])
def test_published_figures_have_no_past(option: str, run_cli: RunCli) -> None:
    report = SAMPLE_CLOSES.parent / "published" / "2025-02-04.yaml"
    ran = run_cli("session", "2025-02-04", "--levels", report, option)
    assert ran.status == 2
    assert f"has published figures; {option} needs closes" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pair", "HSI:SSEC"), "HSI:SSEC: no move of SSEC"),
        (("--pair", "HSI:KOSDAQ"), "HSI:KOSDAQ: no close of KQ11 in the data"),
        (("--against", "SSEC"), "nothing is compared with SSEC, which has no move"),
        (("--wide", "--against", "N225"), "no pair with N225 is at percentile 95 of its past"),
    ],
    ids=" ".join,
)
def test_a_pair_that_is_not_shown_is_explained(
    arguments: tuple[str, ...], said: str, run_cli: RunCli
) -> None:
    ran = run_cli("session", "2025-02-04", "-l", SAMPLE_CLOSES, *arguments)
    assert ran.status == 0
    assert any(line.strip().startswith(said) for line in ran.stdout.splitlines())


def test_a_bound_that_leaves_the_higher_open(run_cli: RunCli, write: Write) -> None:
    report = write(
        "report.yaml",
        "session: 2025-02-04\nsource: a report\nfigures:\n"
        "  - {index: HSTECH, over_pct: 5}\n  - {index: HSI, close: 22579.05, change_pct: +7.51}\n"
        "  - {index: N225, close: 39149.43, change_pct: -0.79}\n",
    )
    asked = ("session", "2025-02-04", "-l", report, "--pair", "HSTECH:HSI", "--pair", "HSTECH:N225")
    document = run_cli(*asked, "-f", "json", "-q").document
    assert _pairs(document) == [("HSTECH", "N225")]
    assert document["divergences"][0]["spread_pp_over"] == 5.79
    assert "HSTECH:HSI: a bound leaves open which is higher" in run_cli(*asked, "-q").stdout


def test_wide_pairs_need_no_opposite_signs(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--wide", "-i", "HSI", "-i", "SSEC", "-i", "N225", "-f", "json")
    pairs = ran.document["divergences"]
    assert [(p["up"], p["down"], p["percentile"]) for p in pairs] == [
        ("HSI", "SSEC", 98.0),
        ("HSI", "N225", 96.8),
    ]
    assert {p["kind"] for p in pairs} == {"wide"}


def test_the_example_of_february_14(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "-i", "HSI", "-i", "N225", "-f", "json")
    (pair,) = ran.document["divergences"]
    assert (round(pair["spread_pp"], 2), pair["percentile"], pair["n"]) == (4.49, 96.8, 250)
    assert (round(pair["z"], 2), pair["widest_since"]) == (2.04, "2024-11-06")


def test_context_of_csv_is_asked_for(run_cli: RunCli) -> None:
    plain = run_cli(*FEBRUARY_14, "-i", "HSI", "-f", "csv")
    assert "streak" not in plain.stdout
    told = run_cli(*FEBRUARY_14, "-i", "HSI", "-f", "csv", "--context").rows[0]
    trust = ["sessions_behind", "doubt"]
    columns = [name for name in plain.rows[0] if name not in trust]
    assert list(plain.rows[0]) == columns + trust
    assert [*list(told)[: len(columns)], *list(told)[-2:]] == columns + trust
    assert list(told.items())[len(columns) : -2] == [
        ("streak", "1"),
        ("streak_is_least", "false"),
        ("record", ""),
        ("highest_since", "2024-10-07"),
        ("lowest_since", "2025-02-13"),
        ("largest_since", "2024-10-02"),
        ("size_percentile", "98.0"),
        ("size_n", "250"),
        ("data_since", "2023-12-28"),
    ]


def test_no_context_leaves_it_out(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--no-context")
    assert "Percentile" not in ran.stdout
    assert "Highlights" not in ran.stdout
    assert "fewer than 60" not in ran.stdout
    document = run_cli(*FEBRUARY_14, "--no-context", "-f", "json").document
    assert all(move["streak"] is None for move in document["moves"])
    assert all(pair["percentile"] is None for pair in document["divergences"])


def test_too_few_sessions_are_said_once(run_cli: RunCli, write: Write) -> None:
    closes = [str(100 + n % 3) for n in range(61)]
    path = write("closes.csv", HEADER + _rows("AA", closes) + _rows("BB", closes[::-1]))
    last = _weekdays(61)[-1]
    ran = run_cli("session", str(last), "-l", path, "--explain")
    assert "fewer than 60" in ran.stdout
    assert ran.stdout.count("fewer than 60") == 1
    longer = write(
        "longer.csv", HEADER + _rows("AA", [*closes, "90"]) + _rows("BB", [*closes, "1"])
    )
    ran = run_cli("session", str(_weekdays(62)[-1]), "-l", longer, "--explain")
    assert "fewer than 60" not in ran.stdout


def test_long_series_with_few_common_sessions(run_cli: RunCli, write: Write) -> None:
    days = _weekdays(160)
    closes = {day: 100 + n % 3 for n, day in enumerate(days)}
    early, late = days[:140:2] + days[140:], days[1:140:2] + days[140:]
    rows = "".join(f"{day},AA,{closes[day]}\n" for day in early)
    rows += "".join(f"{day},BB,{200 - closes[day]}\n" for day in late)
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("session", str(days[-1]), "-l", path, "-f", "json")
    assert [note["text"] for note in ran.document["notes"]] == [
        "fewer than 60 earlier common sessions, so no percentile: BB:AA"
    ]
    (pair,) = ran.document["divergences"]
    assert (pair["percentile"], pair["z"], pair["widest_since"], pair["n"]) == (None,) * 3 + (19,)


def test_a_spread_that_never_varied_has_no_z(run_cli: RunCli, write: Write) -> None:
    rows = _rows("AA", ["100"] * 70 + ["101"]) + _rows("BB", ["100"] * 70 + ["99"])
    # Others that move: two indices that both stay would be closes carried forward.
    rows += "".join(_rows(name, [str(100 + n) for n in range(71)]) for name in ("CC", "DD"))
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("session", "latest", "-l", path, "-f", "json", "-i", "AA", "-i", "BB")
    (pair,) = ran.document["divergences"]
    assert (pair["percentile"], pair["z"], pair["widest_since"]) == (100.0, None, None)
    texts = [note["text"] for note in ran.document["notes"]]
    assert texts == ["spreads that did not vary before, so no z: AA:BB"]


def test_moves_of_different_sessions_have_no_percentile(run_cli: RunCli) -> None:
    asked = ("session", "--as-of", "2025-02-14T18:00+08:00", "-l", SAMPLE_CLOSES, "-f", "json")
    document = run_cli(*asked, "-i", "N225", "-i", "SPX").document
    (pair,) = document["divergences"]
    assert (pair["percentile"], pair["n"]) == (None, None)
    assert "moves of different sessions, so no percentile: SPX:N225" in [
        note["text"] for note in document["notes"]
    ]


def test_unusable_rows_leave_nothing_to_say_of_how_rare(run_cli: RunCli, write: Write) -> None:
    lines = _rows("AA", [str(100 + n % 7) for n in range(80)]).splitlines(keepends=True)
    lines[20] = f"{_weekdays(80)[20]},AA,broken\n"
    path = write("closes.csv", HEADER + "".join(lines))
    ran = run_cli("session", "latest", "-l", path, "-f", "json", "-q")
    assert ran.document["moves"][0]["size_percentile"] is None
    texts = [note["text"] for note in ran.document["notes"]]
    assert texts == ["rows that cannot be used, so nothing on how rare the moves are: AA"]
    earlier = str(_weekdays(80)[10])
    assert run_cli("session", earlier, "-l", path, "-f", "json", "-q").document["moves"][0][
        "streak"
    ]


def test_files_of_many_closes_are_not_gone_through(tmp_path: Path) -> None:
    """A large file is judged by its size and the lines of its beginning."""
    path = tmp_path / "closes.csv"
    with path.open("wb") as file:
        file.truncate(40_000_000)  # sparse: takes no room
    source = Source("closes.csv", "closes", b"2025-02-14,HSI,1\n" * 1000, path)
    assert count_lines(source) == 40_000_000 // 17
    assert not reads_past(count_lines(source), None)
    assert reads_past(count_lines(source), asked=True)
    assert reads_past(count_lines(source._replace(large=None)), None)
    assert not reads_past(count_lines(source._replace(large=None)), asked=False)


def _many(rising: int, falling: int) -> str:
    """Indices of which some rise from 1,000 by different steps, and others fall."""
    rows = [f"2024-05-02,IX{n:03d},1000\n" for n in range(rising + falling)]
    rows += [f"2024-05-03,IX{n:03d},{1000 + n + 1}\n" for n in range(rising)]
    rows += [f"2024-05-03,IX{rising + n:03d},{999 - n}\n" for n in range(falling)]
    return HEADER + "".join(rows)


def test_of_very_many_pairs_the_widest_are_given(run_cli: RunCli, write: Write) -> None:
    """Of 116 times 106 pairs 10,000, unless more are asked for; the rest is a number."""
    path = write("many.csv", _many(120, 110))
    asked = ("session", "2024-05-03", "--levels", path, "-f", "json")
    document = run_cli(*asked, "--sort", "spread").document
    spreads = [pair["spread_pp"] for pair in document["divergences"]]
    # Some rose by 0.1%, 0.2%, … to 12%, and others fell; what moved less than 0.5% does not count.
    every = sorted(round((n + m) / 10, 1) for n in range(5, 121) for m in range(5, 111))[::-1]
    assert [round(spread, 9) for spread in spreads] == every[:10_000]
    assert document["divergences_left_out"] == 2_296
    said = (
        "of 12,296 divergent pairs the 10,000 with the widest spreads are here; --top N gives more"
    )
    assert said in [note["text"] for note in document["notes"]]
    more = run_cli(*asked, "--top", "12296").document
    assert (len(more["divergences"]), more["divergences_left_out"]) == (12_296, 0)
    assert said not in [note["text"] for note in more["notes"]]
    few = run_cli(*asked, "--top", "3").document
    assert [round(pair["spread_pp"], 9) for pair in few["divergences"]] == [23.0, 22.9, 22.9]
