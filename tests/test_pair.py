"""One pair through time, against plain loops over the decimals of the files."""

from __future__ import annotations

import csv
import datetime as dt
import random
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketmove.closes.levels import levels_of
from marketmove.moves.measure import series
from marketmove.rarity.pair import between, common, pair_summary
from profiles import tried
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# A row of Marine Day that repeats the close before it: no session, so no move.
GHOSTS = {("N225", "2018-07-16")}
Closes = list[tuple[str, Decimal]]
# Sizes nearer than this are the same.
SAME = Decimal("1e-9")


class Row(NamedTuple):
    """A common session, worked out by loops over decimals."""

    session: str
    prior: str
    versus_prior: str
    own: Decimal
    versus: Decimal
    n: int
    percentile: Decimal | None
    z: Decimal | None

    @property
    def spread(self) -> Decimal:
        return self.own - self.versus


def _moves(closes: Closes) -> dict[str, tuple[str, Decimal]]:
    found, prior = {}, None
    for day, close in closes:
        if prior is not None:
            found[day] = (prior[0], (close - prior[1]) / prior[1] * 100)
        prior = (day, close)
    return found


def _by_loops(one: Closes, other: Closes, window: int = 250) -> list[Row]:
    own, versus = _moves(one), _moves(other)
    rows: list[Row] = []
    with localcontext(prec=40):
        spreads: list[Decimal] = []
        for day in sorted(own.keys() & versus.keys()):
            spread = own[day][1] - versus[day][1]
            told = _told(spreads[-window:], spread)
            rows.append(Row(day, own[day][0], versus[day][0], own[day][1], versus[day][1], *told))
            spreads.append(spread)
    return rows


def _told(before: Sequence[Decimal], spread: Decimal) -> tuple[int, Decimal | None, Decimal | None]:
    n = len(before)
    if n < 60:
        return n, None, None
    smaller = sum(1 for size in before if abs(size) < abs(spread) - SAME)
    mean = sum(before, Decimal(0)) / n
    deviation = (sum(((size - mean) ** 2 for size in before), Decimal(0)) / n).sqrt()
    z = (spread - mean) / deviation if deviation > SAME else None
    return n, Decimal(smaller) * 100 / n, z


def _long(folder: Path, symbol: str) -> Closes:
    with (folder / "closes-long" / f"{symbol}.csv").open(newline="") as text:
        rows = [(row["date"], Decimal(row["close"])) for row in csv.DictReader(text)]
    return [row for row in rows if (symbol, row[0]) not in GHOSTS]


def _samples(symbol: str) -> Closes:
    with SAMPLE_CLOSES.open(newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["symbol"] == symbol]
    return [(row["date"], Decimal(row["close"])) for row in rows]


def _file(write: Write, *series_of: tuple[str, Iterable[str | float | None]]) -> Path:
    """Closes a weekday from 1 January 2024 on; None is none."""
    days = [day for n in range(700) if (day := dt.date(2024, 1, 1) + dt.timedelta(n)).weekday() < 5]
    lines = ["date,symbol,close"]
    for symbol, closes in series_of:
        known = zip(days, closes, strict=False)
        lines += [f"{day},{symbol},{close}" for day, close in known if close is not None]
    return write("closes.csv", "\n".join(lines) + "\n")


def _close(found: str, expected: Decimal | None) -> bool:
    if expected is None:
        return found == ""
    return float(found) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)


def _assert_same(row: dict[str, str], expected: Row) -> None:
    assert row["session"] == expected.session
    assert (row["prior_session"], row["versus_prior_session"]) == expected[1:3]
    assert _close(row["change_pct"], expected.own)
    assert _close(row["versus_change_pct"], expected.versus)
    assert _close(row["spread_pp"], expected.spread)
    assert int(row["n"]) == expected.n
    assert _close(row["percentile"], expected.percentile), row
    assert _close(row["z"], expected.z), row
    split = expected.own * expected.versus < 0 and min(map(abs, expected[3:5])) >= Decimal("0.5")
    assert row["split"] == str(split).lower()


# --- real closes


@pytest.mark.usefixtures("_after_the_long_series")
def test_the_measures_of_five_years(market_data: Path, run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "-l", market_data / "closes-long")
    within = ("--since", "2021-06-25", "--until", "2026-06-23", "-q")
    rows = run_cli(*asked, *within, "-f", "csv").rows
    document = run_cli(*asked, *within, "-f", "json").document
    assert (rows[0]["session"], rows[-1]["session"]) == ("2021-06-25", "2026-06-23")
    assert len(rows) == len(document["series"]) == document["counts"]["sessions"] == 1149
    assert document["counts"]["opposite"] == 445
    assert document["counts"]["opposite_pct"] == pytest.approx(44500 / 1149)
    assert sum(abs(float(row["spread_pp"])) >= 3 for row in rows) == 75
    assert document["counts"]["split"] == sum(row["split"] == "true" for row in rows) > 0


@pytest.mark.parametrize("samples", [False, True], ids=["long", "samples"])
def test_the_measures_of_one_day(samples: bool, request: Any, run_cli: RunCli) -> None:
    files: tuple[str | Path, ...] = ("--since", "2025-01-20")
    if not samples:
        files = ("-l", request.getfixturevalue("market_data") / "closes-long", "-q")
    ran = run_cli("pair", "HSI", "N225", "--until", "2025-02-14", *files, "-f", "json")
    assert ran.status == 0
    latest = ran.document["latest"]
    assert (latest["session"], latest["n"]) == ("2025-02-14", 250)
    assert round(latest["spread_pp"], 2) == 4.49
    assert latest["percentile"] == pytest.approx(96.8)
    assert round(latest["z"], 2) == 2.04
    assert latest["widest_since"] == "2024-11-06"


@pytest.mark.usefixtures("_after_the_long_series")
def test_any_row_of_a_quarter_of_a_century(market_data: Path, run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "-l", market_data / "closes-long", "-f", "csv", "-q")
    rows = run_cli(*asked).rows
    expected = _by_loops(_long(market_data, "HSI"), _long(market_data, "N225"))
    assert [row["session"] for row in rows] == [row.session for row in expected]
    some = random.Random(20250214).sample(range(len(rows)), tried(50, 250))  # noqa: S311 - the same ones
    for at in [0, 59, 60, 61, 249, 250, *some]:
        _assert_same(rows[at], expected[at])


@pytest.mark.parametrize("window", [60, 100, 10**20])
def test_another_window(window: int, run_cli: RunCli) -> None:
    ran = run_cli("pair", "HSI", "N225", "-l", SAMPLE_CLOSES, "--window", str(window), "-f", "csv")
    expected = _by_loops(_samples("HSI"), _samples("N225"), window)
    assert len(ran.rows) == len(expected)
    for row, by_loops in zip(ran.rows, expected, strict=True):
        _assert_same(row, by_loops)


def test_the_correlation_is_of_the_last_sessions_with_the_latest(run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "--until", "2025-02-14", "--window", "60", "-f", "json")
    rows = _by_loops(_samples("HSI"), [c for c in _samples("N225") if c[0] <= "2025-02-14"])[-60:]
    assert rows[-1].session == "2025-02-14"
    one, other = [row.own for row in rows], [row.versus for row in rows]
    means = sum(one, Decimal(0)) / 60, sum(other, Decimal(0)) / 60
    both = sum((a - means[0]) * (b - means[1]) for a, b in zip(one, other, strict=True))
    sizes = sum((a - means[0]) ** 2 for a in one), sum((b - means[1]) ** 2 for b in other)
    expected = Decimal(both) / (Decimal(sizes[0]) * Decimal(sizes[1])).sqrt()
    correlation = run_cli(*asked).document["correlation"]
    assert correlation["value"] == pytest.approx(float(expected), rel=1e-9)
    assert (correlation["n"], correlation["reason"]) == (60, None)


@pytest.mark.parametrize("last", ["2024-04-15", "2024-12-31", "2025-02-13"])
def test_later_rows_change_no_earlier_one(last: str, run_cli: RunCli, write: Write) -> None:
    header, *lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    kept = [header, *(line for line in lines if line[:10] <= last)]
    shorter = write("closes.csv", "\n".join(kept) + "\n")
    asked = ("pair", "HSI", "N225", "-f")
    whole = run_cli(*asked, "csv", "-l", SAMPLE_CLOSES).stdout
    assert whole.startswith(run_cli(*asked, "csv", "-l", shorter).stdout)
    until = run_cli(*asked, "json", "-l", SAMPLE_CLOSES, "--until", last).document
    assert until | {"source": ""} == run_cli(*asked, "json", "-l", shorter).document | {
        "source": ""
    }


def test_a_range_changes_only_what_is_rebased(run_cli: RunCli) -> None:
    asked = ("pair", "HSI", "N225", "-l", SAMPLE_CLOSES, "-f", "csv")
    whole = {row["session"]: row for row in run_cli(*asked).rows}
    # Hong Kong was shut from 29 to 31 January: the first common session is of 3 February.
    rows = run_cli(*asked, "--since", "2025-01-29", "--until", "2025-02-14").rows
    assert (rows[0]["session"], rows[0]["relative_strength"]) == ("2025-02-03", "100.0")
    assert rows[0]["prior_session"] == "2025-01-28"
    assert rows[0]["versus_prior_session"] == "2025-01-31"
    base = float(whole["2025-02-03"]["relative_strength"])
    for row in rows:
        rebased = float(whole[row["session"]]["relative_strength"]) / base * 100
        assert float(row["relative_strength"]) == pytest.approx(rebased, rel=1e-12)
        assert row | {"relative_strength": ""} == whole[row["session"]] | {"relative_strength": ""}


def test_names_and_order(run_cli: RunCli) -> None:
    asked = ("-l", SAMPLE_CLOSES, "--since", "2025-01-02", "-f", "csv")
    rows = run_cli("pair", "HSI", "N225", *asked)
    assert run_cli("pair", "Hang Seng", "nikkei", *asked) == rows
    turned = run_cli("pair", "^N225", "^hsi", *asked).rows
    assert (turned[0]["symbol"], turned[0]["versus"]) == ("N225", "HSI")
    for row, other in zip(rows.rows, turned, strict=True):
        assert float(row["spread_pp"]) == -float(other["spread_pp"])
        assert float(row["z"]) == pytest.approx(-float(other["z"]), rel=1e-9)
        assert row["percentile"] == other["percentile"]
        assert (row["change_pct"], row["split"]) == (other["versus_change_pct"], other["split"])


# --- made up closes


def _rising(steps: Sequence[int], number: int, start: float = 100.0) -> list[float]:
    return [start + steps[n % len(steps)] for n in range(number)]


def test_ties_are_not_smaller_and_the_later_is_shown_first(run_cli: RunCli, write: Write) -> None:
    path = _file(write, ("AAA", _rising([0, 1], 80)), ("BBB", [50] * 80))
    ran = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "json")
    latest = ran.document["latest"]
    # From 100 to 101 is 1 %; half of those before are smaller (back to 100), none is larger.
    assert latest["spread_pp"] == 1.0
    assert latest["n"] == 78
    assert latest["percentile"] == 50.0
    last = ran.document["series"][-3]["session"]
    assert latest["widest_since"] == last
    widest = [day["session"] for day in ran.document["widest"]]
    assert len(widest) == 10
    assert widest == sorted(widest, reverse=True)
    assert widest[:2] == [latest["session"], last]


def test_the_same_size_by_other_fractions_is_a_tie(run_cli: RunCli, write: Write) -> None:
    # 3.3 - 1.1 is 2.1999999999999997 in binary fractions, and as wide as 2.2.
    def ends(first: float, last: float) -> list[float]:
        steady = [1000.0, 1001.0] * 35
        return [*steady, 1000, 1000 * (1 + first / 100), 1000, 1000 * (1 + last / 100)]

    path = _file(write, ("AAA", ends(2.2, 3.3)), ("BBB", ends(0, 1.1)))
    latest = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "json").document
    days = [row["session"] for row in latest["series"]]
    assert latest["latest"]["widest_since"] == days[-3]
    assert [day["session"] for day in latest["widest"][:2]] == [days[-1], days[-3]]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (([0], [0]), "the moves of neither vary"),
        (([0, 1], [0]), "the moves of BBB do not vary"),
        (([0], [0, 1]), "the moves of AAA do not vary"),
    ],
    ids=["both", "the second", "the first"],
)
def test_constants(
    steps: tuple[list[int], list[int]], reason: str, run_cli: RunCli, write: Write
) -> None:
    own = [("AAA", _rising(steps[0], 90)), ("BBB", _rising(steps[1], 90))]
    # Others that move: two indices that both stay would be closes carried forward.
    path = _file(write, *own, ("CCC", _rising(range(90), 90)), ("DDD", _rising(range(90), 90)))
    ran = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "json")
    assert ran.status == 0
    assert ran.document["correlation"] == {"value": None, "n": 89, "reason": reason}
    still = reason.startswith("the moves of neither")
    assert (ran.document["latest"]["z"] is None) == still
    assert ran.document["latest"]["percentile"] == (0.0 if still else 50.0)
    text = run_cli("pair", "AAA", "BBB", "-l", path).stdout
    assert f"not given: {reason}" in text
    assert ("no z: they are all the same" in text) == still
    assert "nan" not in text


@pytest.mark.parametrize(
    ("closes", "percentile", "correlation"), [(60, 0, 0), (61, 0, 1), (62, 1, 1)]
)
def test_few_common_sessions(
    closes: int, percentile: int, correlation: int, run_cli: RunCli, write: Write
) -> None:
    """With 62 closes there are 61 moves: the latest, and 60 before it."""
    path = _file(write, ("AAA", _rising([0, 1, 3], closes)), ("BBB", _rising([0, 2], closes)))
    asked = ("pair", "AAA", "BBB", "-l", path)
    document = run_cli(*asked, "-f", "json").document
    latest = document["latest"]
    assert latest["n"] == closes - 2
    told = [latest[key] is not None for key in ("percentile", "z", "widest_since")]
    assert told == [bool(percentile)] * 3
    assert (document["correlation"]["value"] is not None) == bool(correlation)
    notes = [note for note in document["notes"] if note["code"] == "few_sessions"]
    assert len(notes) == 1 - percentile
    assert all(("nor a correlation" in note["text"]) != correlation for note in notes)
    row = run_cli(*asked, "-f", "csv").rows[-1]
    assert (row["percentile"] != "", row["z"] != "") == (bool(percentile), bool(percentile))
    assert ("fewer than 60" in run_cli(*asked).stdout) == (not percentile)


def test_an_index_that_starts_late(run_cli: RunCli, write: Write) -> None:
    late = [None] * 30 + _rising([0, 1, 3], 70)
    path = _file(write, ("AAA", _rising([0, 2], 100)), ("BBB", late))
    document = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "json").document
    assert document["counts"]["sessions"] == 69
    assert [row["n"] for row in document["series"]] == list(range(69))
    assert document["first"] == document["latest"]["data_since"] == "2024-02-13"


def test_a_hole_takes_each_from_its_own_prior_close(run_cli: RunCli, write: Write) -> None:
    path = _file(write, ("AAA", [100, None, 110, 121]), ("BBB", [50, 40, 50, 50]))
    rows = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "csv").rows
    assert [row["session"] for row in rows] == ["2024-01-03", "2024-01-04"]
    assert (rows[0]["change_pct"], rows[0]["versus_change_pct"]) == ("10.0", "25.0")
    assert (rows[0]["prior_session"], rows[0]["versus_prior_session"]) == (
        "2024-01-01",
        "2024-01-02",
    )
    assert [float(row["relative_strength"]) for row in rows] == pytest.approx([100, 110])


def test_the_floor_is_of_the_configuration_or_the_option(run_cli: RunCli, write: Write) -> None:
    path = _file(write, ("AAA", [100, 101, 100.5, 101]), ("BBB", [100, 99, 99.5, 99]))
    asked = ("pair", "AAA", "BBB", "-l", path, "-f", "csv")
    assert [row["split"] for row in run_cli(*asked).rows] == ["true", "false", "false"]
    assert [row["split"] for row in run_cli(*asked, "--floor-pct", "1.1").rows] == ["false"] * 3
    settings = write("own.yaml", "floor_pct: 0\n")
    assert [row["split"] for row in run_cli(*asked, "-c", settings).rows] == ["true"] * 3


def test_one_session_has_no_span(run_cli: RunCli, write: Write) -> None:
    path = _file(write, ("AAA", [100, 103]), ("BBB", [100, 101]))
    document = run_cli("pair", "AAA", "BBB", "-l", path, "-f", "json").document
    span = document["span"]
    assert [span[key] for key in ("change_pct", "versus_change_pct", "excess_pct")] == [None] * 3
    text = run_cli("pair", "AAA", "BBB", "-l", path).stdout
    assert "one session" in text
    assert "+2.00 pp" in text


def test_an_index_with_doubtful_closes_alone_has_no_session(run_cli: RunCli, write: Write) -> None:
    """A close of a Saturday is none."""
    rows = "2025-01-02,AAA,100\n2025-01-03,AAA,101\n2025-01-06,AAA,102\n2025-01-04,SPX,5868.55\n"
    ran = run_cli("pair", "AAA", "SPX", "-l", write("closes.csv", f"date,symbol,close\n{rows}"))
    assert ran.status == 4
    assert "SPX has no close that is not doubtful" in ran.stderr


@given(st.lists(st.tuples(*[st.integers(1, 10**7)] * 2), min_size=3, max_size=20))
def test_the_excess_is_the_relative_strength_less_100(units: list[tuple[int, int]]) -> None:
    days = [dt.date(2024, 1, 1) + dt.timedelta(n) for n in range(len(units))]
    closes = [
        (symbol, str(day), f"{pair[side] / 100:.2f}")
        for side, symbol in enumerate(["AAA", "BBB"])
        for day, pair in zip(days, units, strict=True)
    ]
    known = series(levels_of(closes), ["AAA", "BBB"])
    sessions = common(known["AAA"], known["BBB"], 0.5)
    shown = between(sessions)
    span = pair_summary(sessions, shown).span
    one, other = (Fraction(units[-1][side], units[1][side]) - 1 for side in (0, 1))
    geometric = (1 + one) / (1 + other) - 1
    assert (span.change_pct, span.versus_change_pct) == (float(one * 100), float(other * 100))
    assert span.excess_pct == float(geometric * 100)
    strengths = [Fraction(a, units[1][0]) / Fraction(b, units[1][1]) * 100 for a, b in units[1:]]
    assert shown["relative_strength"].tolist() == pytest.approx([*map(float, strengths)], rel=1e-12)
    assert strengths[-1] - 100 == geometric * 100
