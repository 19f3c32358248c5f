"""The moves of a session from closes: the figures, the statuses, and what can be chosen."""

from __future__ import annotations

import csv
import itertools
import random
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest

from profiles import tried
from program import DATA, SAMPLE_CLOSES, RunCli, Write, rows_by_symbol

if TYPE_CHECKING:
    from pathlib import Path

FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEADER = "date,symbol,close\n"
Rows = list[dict[str, str]]


def _answers() -> list[tuple[str, Rows]]:
    with (DATA / "answers" / "moves.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(day, list(of_day)) for day, of_day in itertools.groupby(rows, lambda r: r["session"])]


@pytest.mark.parametrize(("session", "answers"), _answers(), ids=[a[0] for a in _answers()])
def test_moves_are_those_worked_out_in_decimals(
    session: str, answers: Rows, run_cli: RunCli
) -> None:
    ran = run_cli("session", session, "--levels", SAMPLE_CLOSES, "--format", "csv")
    assert ran.status == 0
    found = rows_by_symbol(ran)
    assert set(found) == {answer["symbol"] for answer in answers}
    assert len(ran.rows) == len(answers) == 20
    for answer in answers:
        row = found[answer["symbol"]]
        assert row["session"] == session
        assert (row["status"], row["basis"]) == (answer["status"], "closes")
        assert row["prior_session"] == answer["prior_session"]
        for column in ("close", "prior_close", "change_pts"):
            assert _float(row[column]) == _float(answer[column]), (column, answer["reason"])
        if answer["change_pct"]:
            exact, given = Decimal(answer["change_pct"]), Decimal(row["change_pct"])
            assert abs(given - exact) <= Decimal("1e-12"), answer["reason"]
            assert float(given) == float(exact), answer["reason"]
        else:
            assert row["change_pct"] == ""
        if answer["published_pct"]:
            rounded = Decimal(row["change_pct"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert rounded == Decimal(answer["published_pct"]), answer["reason"]


def _float(text: str) -> float | None:
    return float(text) if text else None


def test_the_figures_of_14_february_as_people_see_them(run_cli: RunCli) -> None:
    lines = run_cli(*FEBRUARY_14).stdout.splitlines()
    assert lines[0] == f"Session of Fri 14 Feb 2025 · closes · {SAMPLE_CLOSES}"
    shown = {" ".join(line.split()[:-1]) for line in lines}
    assert {
        "Hang Seng 22,620.33 21,814.37 +805.96 +3.69%",
        "Nikkei 225 39,149.43 39,461.47 −312.04 −0.79%",
        "Shanghai Composite 3,346.72 3,332.48 +14.24 +0.43%",
        "Taiex 23,152.61 23,399.41 −246.80 −1.05%",
    } <= shown


def test_the_spread_is_of_unrounded_moves(run_cli: RunCli) -> None:
    """3.69 − (−0.79) would be 4.48; the moves themselves are 4.49 apart."""
    ran = run_cli(*FEBRUARY_14, "--format", "json")
    pairs = [(pair["up"], pair["down"]) for pair in ran.document["divergences"]]
    assert len(pairs) == 8
    assert pairs[1] == ("HSI", "N225")
    spread = ran.document["divergences"][1]["spread_pp"]
    exact = Decimal("3.69462881577602286933") + Decimal("0.79074601123576998019")
    assert abs(Decimal(repr(spread)) - exact) <= Decimal("1e-12")

    lines = run_cli(*FEBRUARY_14, "--sort", "spread").stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  Divergent pairs"))
    sixth = " ".join(lines[first + 6].split())
    assert sixth == "Hang Seng +3.69% versus Nikkei 225 −0.79% 4.49 pp 96.8"
    assert not lines[first + 9].strip()


def test_pairs_of_any_session_are_the_rarest_first(run_cli: RunCli) -> None:
    """Every two that went apart are a pair, once each; the rarest of them stand first."""
    with SAMPLE_CLOSES.open(encoding="utf-8", newline="") as file:
        days = sorted({row["date"] for row in csv.DictReader(file)})[1:]
    for day in random.Random(3).sample(days, tried(4, min(300, len(days)))):  # noqa: S311
        asked = ("session", day, "-l", SAMPLE_CLOSES, "--floor-pct", "0", "--top", "500")
        document = run_cli(*asked, "-f", "json", "-q").document
        moves = {m["symbol"]: m["change_pct"] for m in document["moves"] if not m["doubt"]}
        known = {symbol: pct for symbol, pct in moves.items() if pct}
        apart = {(a, b) for a in known for b in known if known[a] > 0 > known[b]}
        pairs = [p for p in document["divergences"] if p["kind"] == "split"]
        assert len(pairs) == len(apart)
        assert {(p["up"], p["down"]) for p in pairs} == apart
        keys = [(p["percentile"] or -1.0, abs(p["z"] or 0.0), p["spread_pp"]) for p in pairs]
        assert keys == sorted(keys, reverse=True), day


def test_pairs_are_the_rarest_first(run_cli: RunCli) -> None:
    """By percentile, then by z; those without either last, by their spread."""
    asked = (*FEBRUARY_14, "--format", "json", "--floor-pct", "0")
    document = run_cli(*asked).document
    pairs = document["divergences"]
    assert len(pairs) == 100
    keys = [(p["percentile"] or -1.0, abs(p["z"] or 0.0), p["spread_pp"]) for p in pairs]
    assert keys == sorted(keys, reverse=True)
    assert 0 < sum(pair["percentile"] is None for pair in pairs) < 100
    moves = {move["symbol"]: move["change_pct"] for move in document["moves"]}
    for pair in pairs:
        assert pair["up_pct"] == moves[pair["up"]] > 0
        assert pair["down_pct"] == moves[pair["down"]] < 0
        assert pair["spread_pp"] == pytest.approx(pair["up_pct"] - pair["down_pct"], abs=1e-12)
        assert pair["kind"] == "split"
    for arguments in (("--sort", "spread"), ("--no-context",)):
        widest = run_cli(*asked, *arguments).document["divergences"]
        spreads = [pair["spread_pp"] for pair in widest]
        assert spreads == sorted(spreads, reverse=True)
        assert len(spreads) == 100


def test_an_index_that_opposes_many_has_one_line(run_cli: RunCli) -> None:
    lines = [" ".join(line.split()) for line in run_cli(*FEBRUARY_14).stdout.splitlines()]
    first = lines.index("Divergent pairs Spread Percentile")
    others = "Hang Seng, CSI 300, Hang Seng Tech and Hang Seng China Enterprises"
    assert lines[first + 1 : first + 4] == [
        f"Taiex −1.05% versus {others}, widest: Hang Seng Tech +5.56% 6.61 pp Hang Seng 98.4",
        f"Nikkei 225 −0.79% versus {others}, widest: Hang Seng Tech +5.56% 6.35 pp Hang Seng 96.8",
        "",
    ]
    # Of those against one that rose, the ones that fell are most.
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "--floor-pct", "0.3")
    chosen = [word for s in ("HSI", "N225", "TWII", "DJI", "FTSE", "GDAXI") for word in ("-i", s)]
    text = " ".join(run_cli(*asked, *chosen).stdout.split())
    assert (
        "Hang Seng +3.69% versus FTSE 100, DAX, Dow Jones and 2 more, widest: Taiex −1.05%"
        " 4.75 pp FTSE 100 99.2" in text
    )


def test_the_home_market_comes_first(run_cli: RunCli, write: Write) -> None:
    config = ("--config", write("own.yaml", "home: nikkei\n"))
    ran = run_cli(*FEBRUARY_14, *config, "-f", "json").document
    assert ran["moves"][0]["symbol"] == "N225"
    others = [move["change_pct"] for move in ran["moves"][1:]]
    assert others == sorted(others, reverse=True)
    assert ["N225" in (p["up"], p["down"]) for p in ran["divergences"]] == [True] * 4 + [False] * 4
    summed = run_cli("summary", *FEBRUARY_14[1:], *config, "-f", "json").document
    assert summed["headline"]["text"].startswith("Nikkei 225 down 0.79%; Hang Seng up 3.69%, its")
    assert summed["regions"][0]["name"] == "Asia"
    assert summed["regions"][0]["symbols"][0] == "N225"
    assert summed["sections"][0]["sentences"][0]["text"].startswith("Nikkei 225 down 0.79% versus")
    unknown = write("unknown.yaml", "home: Hang Sneg\n")
    warning = "home: Hang Sneg is an unknown index; did you mean Hang Seng?"
    assert warning in run_cli(*FEBRUARY_14, "-c", unknown).stderr
    no_index = write("wrong.yaml", "home: [HSI]\n")
    assert "home: expected an index, such as HSI" in run_cli(*FEBRUARY_14, "-c", no_index).stderr


@pytest.mark.parametrize(
    ("session", "index", "prior_session", "shown"),
    [
        ("2025-02-05", "SSEC", "2025-01-27", True),
        ("2025-02-05", "HSI", "2025-02-04", False),
        ("2025-02-03", "HSI", "2025-01-28", True),
        ("2025-02-03", "N225", "2025-01-31", False),
        ("2025-02-03", "NSEI", "2025-02-01", True),
        ("2025-02-14", "HSI", "2025-02-13", False),
    ],
)
def test_the_prior_session_is_shown_where_it_is_not_the_weekday_before(
    session: str, index: str, prior_session: str, shown: bool, run_cli: RunCli
) -> None:
    asked = ("session", session, "--levels", SAMPLE_CLOSES, "--index", index)
    assert run_cli(*asked, "--format", "csv").rows[0]["prior_session"] == prior_session
    table = run_cli(*asked).stdout
    assert (prior_session in table) is shown
    assert ("Prior session" in table) is shown


def test_no_close_is_said_so_and_is_not_zero(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-04", "--levels", SAMPLE_CLOSES)
    table = run_cli(*asked).stdout
    assert "  Shanghai Composite   shut: Lunar New Year, opens again 2025-02-05\n" in table
    assert "0.00%" not in table
    assert "15 up · 3 down · 2 shut" in table
    row = rows_by_symbol(run_cli(*asked, "--format", "csv"))["SSEC"]
    assert (row["status"], row["closed_for"], row["reopens"]) == (
        *("closed", "Lunar New Year", "2025-02-05"),
    )
    assert (row["close"], row["change_pts"], row["change_pct"]) == ("", "", "")
    assert (row["prior_session"], row["prior_close"]) == ("2025-01-27", "3250.6")


def test_the_first_close_has_no_move(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2025-02-14,HSI,22620.33\n2025-02-17,HSI,22616.23\n")
    ran = run_cli("session", "2025-02-14", "--levels", path)
    assert ran.status == 0
    assert "Hang Seng        closed at 22,620.33; no close before it is known" in ran.stdout
    assert "1 without a move" in ran.stdout
    row = run_cli("session", "2025-02-14", "--levels", path, "--format", "csv").rows[0]
    assert (row["status"], row["close"], row["change_pct"]) == ("no_prior", "22620.33", "")


def test_flat_is_measured(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI,100\n2025-02-14,HSI,100.00\n2025-02-13,N225,3e4\n2025-02-14,N225,30001\n"
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("session", "2025-02-14", "--levels", path)
    assert " ".join(ran.stdout.splitlines()[4].split()) == "Hang Seng 100.00 100.00 0.00 0.00% │"
    assert " ".join(ran.stdout.splitlines()[3].split()[:6]).endswith("+1.00 +<0.01%")
    assert "1 up · 1 unchanged" in ran.stdout
    row = rows_by_symbol(run_cli("session", "2025-02-14", "-l", path, "-f", "csv"))["HSI"]
    assert (row["status"], row["change_pts"], row["change_pct"]) == ("ok", "0.0", "0.0")


def test_never_minus_zero(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI,30001\n2025-02-14,HSI,30000.999\n"
    table = run_cli("session", "2025-02-14", "-l", write("closes.csv", HEADER + rows)).stdout
    assert "−<0.01 " in table
    assert "−<0.01%" in table
    assert "0.00%" not in table


@pytest.mark.parametrize("text", ["HSI", "hsi", "Hang Seng", "hang  SENG", "^HSI", ".HSI"])
def test_an_index_by_symbol_name_and_alias(text: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--format", "csv", "--index", text)
    assert [row["symbol"] for row in ran.rows] == ["HSI"]


def test_an_index_asked_for_twice_stands_once(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--format", "csv", "-i", "Nikkei", "-i", "N225", "-i", "^N225")
    assert [row["symbol"] for row in ran.rows] == ["N225"]


def test_an_index_that_nobody_knows(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "-i", "Nikei", "-i", "Hang Send")
    assert (ran.stdout, ran.status) == ("", 2)
    one, other = ran.stderr.splitlines()
    assert one.startswith("marketmove: unknown index: Nikei; did you mean Nikkei")
    assert "Hang Seng" in other


def test_an_index_that_the_closes_lack_has_a_row_and_a_warning(
    run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", HEADER + "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n")
    asked = ("session", "2025-02-14", "--levels", path, "-i", "HSI", "-i", "DAX")
    ran = run_cli(*asked, "--format", "json")
    assert ran.status == 0
    assert ran.stderr == "marketmove: warning: GDAXI has no close in the data\n"
    moves = {move["symbol"]: move for move in ran.document["moves"]}
    assert set(moves) == {"HSI", "GDAXI"}
    assert moves["GDAXI"]["status"] == "pending"
    assert [(w["code"], w["symbol"]) for w in ran.document["warnings"]] == [
        ("not_in_data", "GDAXI")
    ]


def test_an_index_of_the_file_alone_is_known(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2025-02-13,MYX,200\n2025-02-14,MYX,203\n")
    row = run_cli("session", "2025-02-14", "-l", path, "-i", "MYX", "-f", "csv").rows[0]
    assert (row["symbol"], row["name"], row["change_pct"]) == ("MYX", "MYX", "1.5")
    near = run_cli("session", "2025-02-14", "-l", path, "-i", "MXY")
    assert near.stderr.startswith("marketmove: unknown index: MXY; did you mean ")
    assert "MYX" in near.stderr
    assert (near.stdout, near.status) == ("", 2)


@pytest.mark.parametrize(
    ("sort", "symbols"),
    [
        ("change", ["HSI", "SSEC", "N225", "TWII"]),
        ("name", ["HSI", "N225", "SSEC", "TWII"]),
        ("given", ["TWII", "SSEC", "N225", "HSI"]),
    ],
)
def test_sort(sort: str, symbols: list[str], run_cli: RunCli) -> None:
    chosen = [part for name in ("Taiex", "SSEC", "N225", "HSI") for part in ("-i", name)]
    for output_format in ("csv", "json"):
        ran = run_cli(*FEBRUARY_14, *chosen, "--sort", sort, "--format", output_format)
        rows = ran.rows if output_format == "csv" else ran.document["moves"]
        assert [row["symbol"] for row in rows] == symbols


def test_those_without_a_move_stand_last(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-04", "-l", SAMPLE_CLOSES, "--format", "csv")
    assert [row["status"] for row in ran.rows] == ["ok"] * 18 + ["closed"] * 2
    percents = [float(row["change_pct"]) for row in ran.rows[:18]]
    assert percents == sorted(percents, reverse=True)


def test_top_shortens_the_pairs(run_cli: RunCli) -> None:
    by_spread = (*FEBRUARY_14, "--sort", "spread")
    table = run_cli(*by_spread, "--top", "3").stdout
    assert table.count(" versus ") == 3
    assert "5 more divergent pairs; --top N shows more" in table
    assert "more divergent" not in run_cli(*by_spread, "--top", "8").stdout
    assert "1 more divergent pair;" in run_cli(*by_spread, "--top", "7").stdout
    table = run_cli(*FEBRUARY_14, "--top", "1").stdout
    assert table.count(" versus ") == 1
    assert "4 more divergent pairs; --top N shows more" in table
    document = run_cli(*FEBRUARY_14, "--top", "3", "--format", "json").document
    assert len(document["divergences"]) == 3


def test_machines_get_all_pairs_and_people_ten(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-05", "--levels", SAMPLE_CLOSES)
    assert run_cli(*asked, "--sort", "spread").stdout.count(" versus ") == 10
    # Each of the six that rose is against the six that fell.
    assert run_cli(*asked).stdout.count(" versus ") == 6
    assert len(run_cli(*asked, "--format", "json").document["divergences"]) == 36


@pytest.mark.parametrize(("floor", "pairs"), [("0.5", 8), ("0.8", 4), ("1%", 3), ("4", 0)])
def test_floor(floor: str, pairs: int, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--floor-pct", floor, "--format", "json")
    assert len(ran.document["divergences"]) == pairs


def test_the_floor_itself_is_included(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,A,200\n2025-02-14,A,201\n2025-02-13,B,200\n2025-02-14,B,199\n"
    asked = ("session", "2025-02-14", "-l", write("closes.csv", HEADER + rows), "-f", "json")
    assert len(run_cli(*asked, "--floor-pct", "0.5").document["divergences"]) == 1
    assert len(run_cli(*asked, "--floor-pct", "0.500001").document["divergences"]) == 0


@pytest.mark.parametrize(
    ("close", "read"),
    [
        # 32-bit floats of 20225.11 and 22620.33, as a feed writes them.
        ("22620.330078", ("20225.11", "22620.33")),
        # One close of another form is as the file has it, and changes no other.
        ("22620.3307", ("20225.11", "22620.3307")),
    ],
)
def test_the_noise_of_floats_is_taken_off_each_close_that_has_it(
    close: str, read: tuple[str, str], run_cli: RunCli, write: Write
) -> None:
    rows = f"2025-02-13,HSI,20225.109375\n2025-02-14,HSI,{close}\n"
    ran = run_cli("session", "2025-02-14", "-l", write("closes.csv", HEADER + rows), "-f", "csv")
    assert (ran.rows[0]["prior_close"], ran.rows[0]["close"]) == read


def test_a_half_is_rounded_away_from_zero(run_cli: RunCli, write: Write) -> None:
    """0.1 of 80 is 0.125%."""
    rows = "2025-02-13,AAA,80\n2025-02-14,AAA,80.1\n2025-02-13,BBB,80\n2025-02-14,BBB,79.9\n"
    table = run_cli("session", "2025-02-14", "-l", write("closes.csv", HEADER + rows)).stdout
    assert "+0.13%" in table
    assert "−0.13%" in table


def test_an_unchanged_index_is_on_neither_side(run_cli: RunCli, write: Write) -> None:
    closes = {"AAA": 101, "BBB": 100, "CCC": 98}
    rows = (f"2025-02-13,{n},100\n2025-02-14,{n},{close}\n" for n, close in closes.items())
    path = write("closes.csv", HEADER + "".join(rows))
    asked = ("session", "2025-02-14", "-l", path, "--floor-pct", "0", "-f", "json")
    pairs = run_cli(*asked).document["divergences"]
    assert [(pair["up"], pair["down"], pair["spread_pp"]) for pair in pairs] == [("AAA", "CCC", 3)]


@pytest.mark.parametrize("floor", ["-1", "x", "", "inf", "nan", "1e3", "0,5"])
def test_a_floor_that_is_none(floor: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, f"--floor-pct={floor}")
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr.startswith("marketmove: --floor-pct: ")


def test_a_long_table_shows_its_ends(run_cli: RunCli, write: Write) -> None:
    rows = "".join(
        f"2025-02-13,I{n:03},1000\n2025-02-14,I{n:03},{1000 + n}\n" for n in range(1, 202)
    )
    path = write("closes.csv", HEADER + rows)
    short = run_cli("session", "2025-02-14", "--levels", path).stdout
    shown = [
        line.split()[0] for line in short.splitlines() if line.startswith("  I") and "," in line
    ]
    assert shown == [f"I{n:03}" for n in (*range(201, 181, -1), *range(20, 0, -1))]
    assert "161 rows in the middle left out; --all shows them" in short
    everything = run_cli("session", "2025-02-14", "--levels", path, "--all").stdout
    assert sum(line.startswith("  I") and "," in line for line in everything.splitlines()) == 201
    assert "left out" not in everything
    assert len(run_cli("session", "2025-02-14", "-l", path, "-f", "csv").rows) == 201


@pytest.mark.parametrize("output_format", ["table", "markdown"])
def test_ascii(output_format: str, run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-04", "--ascii", "--format", output_format)
    assert ran.stdout.isascii()
    assert "-311.74" in ran.stdout or r"-311.74" in ran.stdout.replace("\\", "")


@pytest.mark.parametrize("output_format", ["table", "csv", "json", "markdown"])
def test_output_is_what_stdout_would_have(
    output_format: str, run_cli: RunCli, tmp_path: Path
) -> None:
    path = tmp_path / "moves.txt"
    asked = (*FEBRUARY_14, "--format", output_format)
    ran = run_cli(*asked, "--output", path)
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    assert path.read_bytes().decode() == run_cli(*asked).stdout
    assert list(tmp_path.glob("*moves.txt*")) == [path]


def test_decimals_of_an_index_are_those_of_the_configuration(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", HEADER + "2025-02-13,MYX,200\n2025-02-14,MYX,203.5\n")
    config = write("own.yaml", "indices:\n  MYX: {name: My Index, decimals: 3}\n")
    table = run_cli("session", "2025-02-14", "-l", closes, "-c", config).stdout
    assert "  My Index   203.500       200.000   +3.500     +1.75%" in table


def test_published_figures_and_closes_are_not_mixed(run_cli: RunCli, write: Write) -> None:
    report = write(
        "report.yaml", "session: 2025-02-14\nfigures:\n  - {index: HSI, change_pct: 3.69}\n"
    )
    ran = run_cli(*FEBRUARY_14, "--levels", report)
    assert (ran.stdout, ran.status) == ("", 2)
    assert f"{report} has published figures and {SAMPLE_CLOSES} closes" in ran.stderr
