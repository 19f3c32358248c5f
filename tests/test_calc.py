"""Close, prior close and percent: of two the third, with the interval that rounding leaves."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from program import RunCli

KEYS = ("close", "prior_close", "change_pts", "change_pct")


def test_from_close_and_percent(run_cli: RunCli) -> None:
    ran = run_cli("calc", "--close", "22579.05", "--pct", "+3.51")
    assert ran == (
        (
            "Close          22,579.05\n"
            "Prior close  ≈ 21,813.40   between 21,812.34 and 21,814.46\n"
            "Change         ≈ +765.65   between +764.60 and +766.70\n"
            "Change %          +3.51%\n"
        ),
        "",
        0,
    )


def test_from_close_and_prior_is_exact(run_cli: RunCli) -> None:
    ran = run_cli("calc", "--close", "22,620.33", "--prior", "21,814.37")
    assert ran.stdout == (
        "Close        22,620.33\n"
        "Prior close  21,814.37\n"
        "Change         +805.96\n"
        "Change %        +3.69%\n"
    )
    document = run_cli(
        "calc", "--close", "22620.33", "--prior", "21814.37", "--format", "json"
    ).document
    assert list(document) == ["schema", *KEYS]
    assert document["schema"] == "marketmove.calc/1"
    assert document["change_pts"] == 805.96
    assert document["change_pct"] == pytest.approx(3.69462881577602286933, abs=1e-12)


def test_from_prior_and_percent(run_cli: RunCli) -> None:
    document = run_cli("calc", "--prior", "21814.37", "--pct", "3.69", "-f", "json").document
    prior, pct, half = Decimal("21814.37"), Decimal("3.69"), Decimal("0.005")
    closes = [
        p * (1 + q / 100)
        for p, q in product((prior - half, prior + half), (pct - half, pct + half))
    ]
    assert document["close"] == pytest.approx(float(prior * (1 + pct / 100)), abs=1e-9)
    assert document["close_low"] == pytest.approx(float(min(closes)), abs=1e-9)
    assert document["close_high"] == pytest.approx(float(max(closes)), abs=1e-9)


def test_json_has_the_interval_of_all_that_was_printed(run_cli: RunCli) -> None:
    document = run_cli("calc", "--close", "22579.05", "--pct", "+3.51", "-f", "json").document
    bounds = [f"{key}{end}" for key in KEYS for end in ("", "_low", "_high")]
    assert list(document) == ["schema", *bounds]
    assert f"{document['prior_close']:.2f}" == "21813.40"
    assert f"{document['prior_close_low']:.2f}" == "21812.34"
    assert f"{document['prior_close_high']:.2f}" == "21814.46"
    for key in KEYS:
        assert document[f"{key}_low"] < document[key] < document[f"{key}_high"]


@pytest.mark.parametrize(
    ("close", "pct"), [("39149.43", "−0.79%"), (" 39,149.43 ", "-0.79 %"), ("39149.43", "-.79")]
)
def test_figures_as_people_paste_them(close: str, pct: str, run_cli: RunCli) -> None:
    ran = run_cli("calc", f"--close={close}", f"--pct={pct}")
    assert ran.status == 0
    assert "Prior close  ≈ 39,461.17" in ran.stdout


def test_a_flat_day(run_cli: RunCli) -> None:
    lines = run_cli("calc", "--close", "100", "--prior", "100").stdout.splitlines()
    assert [line.split()[-1] for line in lines[2:]] == ["0.00", "0.00%"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--close", "1"),
        ("--pct", "1"),
        ("--close", "103", "--prior", "100", "--pct", "3"),
    ],
)
def test_two_are_wanted(arguments: tuple[str, ...], run_cli: RunCli) -> None:
    ran = run_cli("calc", *arguments)
    assert ran == ("", "marketmove: give two of --close, --prior and --pct\n", 2)


@pytest.mark.parametrize(
    ("close", "pct", "said"),
    [
        ("x", "1", "--close: x is not a level such as 22,579.05"),
        ("0", "1", "--close: 0 is not a level above zero"),
        ("-5", "1", "--close: -5 is not a level such as 22,579.05"),
        ("inf", "1", "--close: inf is not a level such as 22,579.05"),
        ("nan", "1", "--close: nan is not a level such as 22,579.05"),
        ("1,23", "1", "--close: 1,23 is not a level such as 22,579.05"),
        ("1e5", "1", "--close: 1e5 is not a level such as 22,579.05"),
        ("9" * 31, "1", f"--close: {'9' * 31} is not a level such as 22,579.05"),
        ("1", "up", "--pct: up is not a percentage such as +3.51"),
        ("1", "-100", "--pct: -100 is not a percentage above −100"),
        ("1", "nan", "--pct: nan is not a percentage such as +3.51"),
    ],
)
def test_a_figure_that_is_none(close: str, pct: str, said: str, run_cli: RunCli) -> None:
    ran = run_cli("calc", f"--close={close}", f"--pct={pct}")
    assert ran == ("", f"marketmove: {said}\n", 2)
    document = run_cli("calc", f"--close={close}", f"--pct={pct}", "-f", "json").document
    assert document["schema"] == "marketmove.calc/1"
    assert [problem["text"] for problem in document["error"]["problems"]] == [said]


def test_both_wrong_figures_are_named(run_cli: RunCli) -> None:
    ran = run_cli("calc", "--close", "x", "--pct", "y")
    assert ran.stderr.splitlines() == [
        "marketmove: --close: x is not a level such as 22,579.05",
        "marketmove: --pct: y is not a percentage such as +3.51",
    ]


@pytest.mark.parametrize("pct", ["-99.99", "-99.999", "-99.5", "-99"])
def test_a_loss_of_nearly_all_has_a_finite_interval(pct: str, run_cli: RunCli) -> None:
    """−99.99 was rounded from above −99.995: what it implies is large, and has bounds in order."""
    document = run_cli("calc", "--close", "1.00", f"--pct={pct}", "-f", "json").document
    assert 0 < document["prior_close_low"] < document["prior_close"] < document["prior_close_high"]


def test_ascii(run_cli: RunCli) -> None:
    ran = run_cli("calc", "--close", "39149.43", "--pct=-0.79", "--ascii")
    assert ran.stdout.isascii()
    assert "~ -311.74" in ran.stdout
