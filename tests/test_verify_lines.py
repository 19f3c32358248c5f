"""Lines as they were printed, and closes of any precision, held against each other."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import tried
from program import Ran

if TYPE_CHECKING:
    from program import RunCli, Write


def _report(session: str, *figures: str) -> str:
    return f"session: {session}\nfigures:\n" + "".join(f"  - {{{row}}}\n" for row in figures)


def _verdicts(ran: Ran) -> dict[str, str]:
    return {row["symbol"]: row["verdict"] for row in ran.rows}


# Lines of the newswires, with the base that their points give.

PRINTED_LINES = [
    ("Nikkei official 2014-12-19", "17621.40", "411.35", "2.39"),
    ("Xinhua HSI 2015-05-15", "27822.28", "535.73", "1.96"),
    ("Xinhua HSCEI 2015-05-15", "14009.76", "233.81", "1.70"),
    ("Xinhua HSI 2015-05-26", "28249.86", "257.03", "0.92"),
    ("Xinhua HSI 2015-07-21", "25536.43", "131.62", "0.52"),
    ("Xinhua HSI 2015-08-14", "23991.03", "-27.77", "-0.12"),
    ("Xinhua HSI 2015-08-25", "21404.96", "153.39", "0.72"),
    ("AP S&P 500 2021-12-21", "4649.23", "81.21", "1.8"),
    ("AP Dow 2021-12-21, week", "35492.70", "127.26", "0.4"),
    ("AP Dow 2021-12-21, year", "35492.70", "4886.22", "16"),
    ("AP Russell 2021-12-21, year", "2202.95", "228.09", "11.5"),
    ("Dow 2020-12-31", "30606.48", "196.92", "0.65"),
]


def _line(
    close: str, points: str, pct: str, run_cli: RunCli, write: Write
) -> tuple[str, dict[str, Any]]:
    base = Decimal(close) - Decimal(points)
    closes = write(
        "closes.csv", f"date,symbol,close\n2021-01-04,LINE,{base}\n2021-01-05,LINE,{close}\n"
    )
    path = write("r.yaml", _report("2021-01-05", f"index: LINE, close: {close}, change_pct: {pct}"))
    (row,) = run_cli("verify", path, "-l", closes, "-f", "json").document["figures"]
    return row["verdict"], row


@pytest.mark.parametrize(("line", "close", "points", "pct"), PRINTED_LINES, ids=lambda v: str(v))
def test_lines_in_print_agree(
    line: str, close: str, points: str, pct: str, run_cli: RunCli, write: Write
) -> None:
    assert _line(close, points, pct, run_cli, write)[0] == "agrees", line


def test_an_error_in_print(run_cli: RunCli, write: Write) -> None:
    """AP, S&P 500, 2021-12-21: up 27.8% for the year, as sandiegouniontribune.com carries it."""
    verdict, row = _line("4649.23", "893.16", "27.8", run_cli, write)
    assert (verdict, row["wrong"]) == ("disagrees", ["change_pct"])
    assert round(row["change_pct"], 5) == 23.77911


def test_a_head_that_contradicts_its_body(run_cli: RunCli, write: Write) -> None:
    """Xinhua, 2015-07-21: "close 0.04 pct lower" over a body that says HSI rose 0.52."""
    assert _line("25536.43", "131.62", "-0.04", run_cli, write)[0] == "disagrees"


# What holds for any figures.

levels = st.decimals("0.01", "99999.99", places=2)
each_example = settings(
    max_examples=tried(8, 40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _held(close: Decimal, prior: Decimal, figures: str, run_cli: RunCli, write: Write) -> str:
    rows = f"2021-01-04,LINE,{prior}\n2021-01-05,LINE,{close}\n"
    closes = write("closes.csv", "date,symbol,close\n" + rows)
    path = write("r.yaml", _report("2021-01-05", f"index: LINE, {figures}"))
    return _verdicts(run_cli("verify", path, "-l", closes, "-f", "csv"))["LINE"]


def _exact_pct(close: Decimal, prior: Decimal, places: int) -> Decimal:
    return ((close - prior) * 100 / prior).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@each_example
@given(close=levels, prior=levels, places=st.integers(0, 6))
def test_what_closes_give_agrees_at_any_precision(
    close: Decimal, prior: Decimal, places: int, run_cli: RunCli, write: Write
) -> None:
    pct = _exact_pct(close, prior, places)
    if pct > -100:
        figures = f"close: {close}, change_pct: '{pct:f}'"
        assert _held(close, prior, figures, run_cli, write) == "agrees"


@each_example
@given(close=levels, prior=levels, places=st.integers(0, 6), units=st.sampled_from([-3, -1, 1, 2]))
def test_what_is_off_by_more_than_half_a_unit_disagrees(
    close: Decimal, prior: Decimal, places: int, units: int, run_cli: RunCli, write: Write
) -> None:
    pct = _exact_pct(close, prior, places) + units * Decimal(1).scaleb(-places)
    if pct > -100:
        assert _held(close, prior, f"change_pct: '{pct:f}'", run_cli, write) == "disagrees"
    other = close + abs(units) * Decimal("0.01")
    assert _held(close, prior, f"close: {other}", run_cli, write) == "disagrees"
