"""How the moves of groups lie together: medians, breadth, dispersion, and group against group."""

from __future__ import annotations

import csv
import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketmove import config
from marketmove.moves.breadth import dispersion, group_moves, group_spreads
from marketmove.moves.move import Move
from marketmove.render import RenderOptions
from marketmove.render.session import FORMATS
from program import SAMPLE_CLOSES, Ran, RunCli, Write

SESSION = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HOLIDAY = ("session", "2025-02-04", "--levels", SAMPLE_CLOSES)


def _sample_moves(session: str, symbols: list[str]) -> dict[str, Decimal]:
    """Each index's own move in percent, from the file, one close after another."""
    closes: dict[str, list[tuple[str, Decimal]]] = {symbol: [] for symbol in symbols}
    with SAMPLE_CLOSES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["symbol"] in closes and row["date"] <= session:
                closes[row["symbol"]].append((row["date"], Decimal(row["close"])))
    moves = {}
    for symbol, rows in closes.items():
        (_, prior), (last, close) = sorted(rows)[-2:]
        if last == session:
            moves[symbol] = (close - prior) / prior * 100
    return moves


def _median(values: list[Decimal]) -> Decimal:
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def _deviation(values: list[Decimal]) -> Decimal:
    mean = sum(values, Decimal(0)) / len(values)
    return (sum(((value - mean) ** 2 for value in values), Decimal(0)) / len(values)).sqrt()


def _groups(ran: Ran) -> dict[str, dict[str, Any]]:
    return {group["name"]: group for group in ran.document["groups"]}


# The figures.


@pytest.mark.parametrize("session", ["2025-02-04", "2025-02-14", "2025-02-21"])
def test_the_figures_of_a_session_by_decimal(session: str, run_cli: RunCli) -> None:
    asked = ("session", session, "-l", SAMPLE_CLOSES, "-g", "asia", "-g", "europe", "-f", "json")
    ran = run_cli(*asked)
    for group in _groups(ran).values():
        moves = _sample_moves(session, group["symbols"])
        values = list(moves.values())
        assert group["n"] == len(values) == group["dispersion"]["n"]
        assert group["median_pct"] == pytest.approx(float(_median(values)), rel=1e-12)
        assert group["mean_pct"] == pytest.approx(float(sum(values) / len(values)), rel=1e-12)
        assert group["best"] == max(moves, key=lambda symbol: moves[symbol])
        assert group["best_pct"] == pytest.approx(float(max(values)), rel=1e-12)
        assert group["worst"] == min(moves, key=lambda symbol: moves[symbol])
        assert group["worst_pct"] == pytest.approx(float(min(values)), rel=1e-12)
        assert group["breadth"]["up"] == sum(value > 0 for value in values)
        assert sum(group["breadth"].values()) == len(group["symbols"])
        _check_dispersion(group["dispersion"], values)
    chosen = [move["symbol"] for move in ran.document["moves"]]
    _check_dispersion(ran.document["dispersion"], list(_sample_moves(session, chosen).values()))


def _check_dispersion(found: dict[str, Any], values: list[Decimal]) -> None:
    assert found["n"] == len(values)
    assert found["range_pp"] == pytest.approx(float(max(values) - min(values)), rel=1e-12)
    assert found["dispersion_pp"] == pytest.approx(float(_deviation(values)), rel=1e-12)


def test_group_against_group(run_cli: RunCli) -> None:
    asked = ("-g", "europe", "-g", "asia", "-g", "americas", "-f", "json")
    ran = run_cli(*SESSION, *asked)
    groups, spreads = _groups(ran), ran.document["group_spreads"]
    pairs = [(spread["up"], spread["down"]) for spread in spreads]
    assert pairs == [("asia", "europe"), ("asia", "americas"), ("americas", "europe")]
    for spread in spreads:
        up, down = groups[spread["up"]], groups[spread["down"]]
        for kind in ("median", "mean"):
            assert spread[f"up_{kind}_pct"] == up[f"{kind}_pct"]
            exact = Decimal(repr(up[f"{kind}_pct"])) - Decimal(repr(down[f"{kind}_pct"]))
            assert spread[f"{kind}_spread_pp"] == float(exact)


def test_a_volatility_index_is_no_share_index(run_cli: RunCli, write: Write) -> None:
    """It falls where shares rise: session and summary count and compare the others alone."""
    rows = "date,HSI,N225,SPX,VIX\n2025-02-13,100,100,100,20\n2025-02-14,102,99,101,10\n"
    asked = ("2025-02-14", "-l", write("closes.csv", rows), "-f", "json")
    session, summary = (run_cli(name, *asked).document for name in ("session", "summary"))
    for document in (session, summary):
        assert list(document["breadth"].values())[:3] == [2, 1, 0]
        assert (document["dispersion"]["n"], document["dispersion"]["range_pp"]) == (3, 3.0)
        pairs = [(pair["up"], pair["down"]) for pair in document["divergences"]]
        assert pairs == [("HSI", "N225"), ("SPX", "N225")]
    asked_for = run_cli("session", *asked, "--pair", "SPX:VIX").document["divergences"]
    assert (asked_for[0]["up"], asked_for[0]["down"]) == ("SPX", "VIX")
    alone = run_cli("session", *asked, "-i", "VIX").document
    assert (alone["breadth"]["down"], alone["dispersion"]["n"]) == (1, 1)


def test_closed_missing_and_pending_stay_apart(run_cli: RunCli, write: Write) -> None:
    closes = write(
        "c.csv",
        "date,HSI,TWII,SSEC,N225,FTSE\n2025-01-27,100,,100,100,100\n2025-02-03,100,,,99,99\n"
        "2025-02-04,101,100,,,\n2025-02-05,,,,100,\n",
    )
    ran = run_cli("session", "2025-02-04", "-l", closes, "-g", "asia", "-g", "europe", "-f", "json")
    asia, europe = _groups(ran).values()
    assert {status: n for status, n in asia["breadth"].items() if n} == {
        "up": 1,
        "closed": 1,
        "missing": 1,
        "no_prior": 1,
    }
    assert {status: n for status, n in europe["breadth"].items() if n} == {"pending": 1}
    assert (asia["n"], asia["median_pct"], asia["dispersion"]["range_pp"]) == (1, 1.0, None)
    assert (europe["n"], europe["median_pct"], europe["best"]) == (0, None, None)
    assert ran.document["group_spreads"] == []
    asked = ("session", "2025-02-04", "-l", closes, "-g", "asia", "-g", "europe")
    text = run_cli(*asked, "--explain").stdout
    assert [line.split() for line in text.splitlines() if line.startswith("  europe  ")] == [
        ["europe", "0", "no", "move", *"–––––"],
    ]
    assert "\n  asia: 1 shut · 1 missing · 1 without a move\n  europe: 1 no close yet\n" in text
    assert "\n  no dispersion of fewer than 3 moves: asia\n" in text
    assert "range" not in text


def test_a_bound_leaves_open_what_it_must(run_cli: RunCli) -> None:
    """Over 5 %, +3.51, +0.43, −0.79, −1.05: the median and both ends are known all the same."""
    ran = run_cli("session", "2025-02-04", "-g", "asia", "-f", "json")
    asia = _groups(ran)["asia"]
    assert (asia["n"], asia["median_pct"], asia["mean_pct"]) == (5, 0.43, None)
    assert (asia["best"], asia["best_pct"]) == ("HSTECH", None)
    assert (asia["worst"], asia["worst_pct"]) == ("TWII", -1.05)
    assert asia["dispersion"] == {"n": 5, "range_pp": None, "dispersion_pp": None}
    assert ran.document["dispersion"] == asia["dispersion"]
    text = run_cli("session", "2025-02-04", "-g", "asia", "--explain").stdout
    assert "\n  no range, mean or dispersion: Hang Seng Tech has only a bound\n" in text
    assert "≈ +0.43%      –          3/2/0   Hang Seng Tech > +5%   Taiex −1.05%" in text


def test_published_figures_are_approximate(run_cli: RunCli, write: Write) -> None:
    text = (
        "session: 2025-02-14\nsource: a report\nfigures:\n"
        "  - {index: HSI, close: 22620.33, change_pct: +3.69}\n"
        "  - {index: N225, close: 39149.43, change_pct: -0.79}\n"
        "  - {index: TWII, close: 23152.61, change_pct: -1.05}\n"
    )
    report = write("report.yaml", text)
    assert (
        "range ≈ 4.74 pp · dispersion ≈ 2.18 pp"
        in run_cli("session", "2025-02-14", "-l", report, "-g", "asia", "-q").stdout
    )
    ran = run_cli("session", "2025-02-14", "-l", report, "-g", "asia", "-q", "--explain")
    assert "\n  range ≈ 4.74 pp, highest less lowest\n" in ran.stdout
    # 3.69, −0.79, −1.05: the mean is 0.61667, the squared gaps are 9.44553, 1.97867, 2.77778.
    assert "\n  cross-index dispersion (1 day, equal-weighted) ≈ 2.18 pp\n" in ran.stdout
    assert "≈ −0.79%   ≈ +0.62%" in ran.stdout


def test_each_index_at_its_own_last_session_has_a_dispersion_too(run_cli: RunCli) -> None:
    asked = ("--as-of", "2025-02-14T18:00+08:00", "-l", SAMPLE_CLOSES)
    chosen = ("-i", "HSI", "-i", "N225", "-i", "SPX")
    document = run_cli("session", *asked, *chosen, "-f", "json").document
    values = [Decimal(repr(move["change_pct"])) for move in document["moves"]]
    _check_dispersion(document["dispersion"], values)


@pytest.mark.parametrize("output_format", ["csv", "ndjson"])
def test_rows_for_machines_are_as_ever(output_format: str, run_cli: RunCli) -> None:
    by_index = [part for symbol in ("SPX", "DJI", "IXIC") for part in ("-i", symbol)]
    by_group = run_cli(*SESSION, "-g", "americas", "-f", output_format)
    assert by_group.stdout == run_cli(*SESSION, *by_index, "-f", output_format).stdout


# What people see.


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("date", ["2025-02-04", "2025-02-14"])
def test_tables_of_groups_stay_within_the_width(width: int, date: str) -> None:
    from marketmove.commands.session import SessionRequest, session
    from marketmove.market.groups import find_groups
    from marketmove.sources import ReadOptions

    settings = config.load(None)
    names = ("asia", "developed", "greater-china", "europe", "emerging")
    request = SessionRequest(
        dt.date.fromisoformat(date),
        (SAMPLE_CLOSES,),
        (),
        ReadOptions(),
        settings,
        pairs=2,
        groups=find_groups(names, settings.groups),
    )
    text = "".join(FORMATS["table"](session(request), RenderOptions(width=width)))
    tables = text.partition("Groups")[2].partition(" up · ")[0].splitlines()
    assert max(map(len, tables)) <= width
    for name in names:
        assert f"\n  {name} " in text
    assert ("Dispersion" in text) == (width == 140)


def test_markdown_has_the_same_table(run_cli: RunCli) -> None:
    text = run_cli(*HOLIDAY, "-g", "greater-china", "-g", "europe", "-f", "markdown").stdout
    assert "| greater-china | 4 | +3.17% | +2.96% | 4/0/0 | Hang Seng Tech +5.06% | " in text
    assert "| greater-china +3.17% | europe +0.51% | 2.67 pp | 2.52 pp |" in text
    assert "- greater-china: 2 shut\n" in text


# The arithmetic, for any moves.

percents = st.one_of(
    st.floats(-99, 1e4, allow_nan=False),
    st.decimals(-9, 9, places=2).map(float),
    st.sampled_from([0.0, 0.5, -0.5]),
)


def _moves(values: list[float]) -> list[Move]:
    return [Move(f"S{n}", "", "ok", "closes", change_pct=v) for n, v in enumerate(values)]


@given(st.lists(percents, min_size=1, max_size=12))
def test_groups_agree_with_fractions(values: list[float]) -> None:
    group = group_moves("any", _moves(values))
    exact = sorted(Fraction(repr(value)) for value in values)
    n = len(exact)
    assert group.n == group.dispersion.n == n
    assert group.mean_pct == float(sum(exact) / n)
    assert group.median_pct == float((exact[(n - 1) // 2] + exact[n // 2]) / 2)
    assert (group.best_pct, group.worst_pct) == (max(values), min(values))
    assert group.dispersion.range_pp == (float(exact[-1] - exact[0]) if n > 1 else None)
    if n < 3:
        assert group.dispersion.dispersion_pp is None
    else:
        mean = sum(exact) / n
        variance = sum((value - mean) ** 2 for value in exact) / n
        assert group.dispersion.dispersion_pp is not None
        low, high = (
            Fraction(math.nextafter(group.dispersion.dispersion_pp, to)) for to in (0.0, math.inf)
        )
        assert max(low, Fraction(0)) ** 2 <= variance <= high**2


@given(st.lists(percents, min_size=1, max_size=7), st.lists(percents, min_size=1, max_size=7))
def test_a_spread_of_groups_is_the_difference(one: list[float], other: list[float]) -> None:
    groups = [group_moves("one", _moves(one)), group_moves("other", _moves(other))]
    (spread,) = group_spreads(groups)
    by_name = {group.name: group for group in groups}
    up, down = by_name[spread.up], by_name[spread.down]
    assert spread.median_spread_pp >= 0
    for found, high, low in (
        (spread.median_spread_pp, up.median_pct, down.median_pct),
        (spread.mean_spread_pp, up.mean_pct, down.mean_pct),
    ):
        assert found == float(Fraction(repr(high)) - Fraction(repr(low)))


@given(st.lists(percents, max_size=6), st.floats(-5, 5), st.booleans())
def test_a_bound_never_pretends(values: list[float], bound: float, over: bool) -> None:
    """Whatever the move is that has only a bound: what is said of the group holds."""
    limit = {"change_pct_over" if over else "change_pct_under": bound}
    hidden = Move("ZZ", "", "bound", "published", **limit)  # type: ignore[arg-type]
    group = group_moves("any", [*_moves(values), hidden])
    assert group.mean_pct is None
    assert group.dispersion[1:] == (None, None)
    assert group.n == len(values) + 1
    for further in (1e-9, 3.0, 1e6):
        real = bound + further if over else bound - further
        known = group_moves("any", [*_moves(values), hidden._replace(change_pct=real)])
        assert group.median_pct in {None, known.median_pct}
        highest, lowest = max([real, *values]), min([real, *values])
        by_symbol = {"ZZ": real} | {f"S{n}": value for n, value in enumerate(values)}
        assert group.best is None or by_symbol[group.best] == highest
        assert group.worst is None or by_symbol[group.worst] == lowest


def test_all_flat() -> None:
    group = group_moves("flat", _moves([0.0, 0.0, 0.0]))
    assert (group.median_pct, group.mean_pct) == (0.0, 0.0)
    assert (group.best, group.worst) == ("S0", "S0")
    assert group.dispersion == (3, 0.0, 0.0)
    assert group.breadth[:3] == (0, 0, 3)


def test_one_sided_days_and_ties() -> None:
    group = group_moves("up", _moves([0.1, 0.3, 0.3]))
    assert group.breadth[:3] == (3, 0, 0)
    assert (group.best, group.worst, group.median_pct) == ("S1", "S0", 0.3)
    assert group.mean_pct == float(Fraction(7, 30))
    one, other = group._replace(name="one"), group._replace(name="other")
    (spread,) = group_spreads([one, other])
    assert (spread.up, spread.down, spread.median_spread_pp) == ("one", "other", 0.0)


def test_too_few_to_be_apart() -> None:
    assert dispersion([]) == (0, None, None)
    assert dispersion(_moves([1.0])) == (1, None, None)
    assert dispersion(_moves([1.0, -0.5])) == (2, 1.5, None)
