"""Conditions of alerts: how they are read, typed and configured, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketmove.config import load
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEADER = "date,symbol,close\n"
REGISTRY = load(None).registry


def _met(run_cli: RunCli, *arguments: str | Path) -> list[str]:
    ran = run_cli(*arguments, "-f", "json")
    alerts = ran.document["alerts"]
    assert ran.status == (5 if any(alert["asked"] for alert in alerts) else 0)
    return [alert["text"] for alert in alerts]


def test_a_condition_names_indices_of_its_own(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "-i", "HSI", "--alert", "N225: 0.5", "-f", "json")
    assert [move["symbol"] for move in ran.document["moves"]] == ["HSI", "N225"]
    assert ran.status == 5


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("HSI 3", 'marketmove: --alert "HSI 3": no colon; expected a condition such as HSI: 3'),
        ("HSI: 3 points", '"HSI: 3 points": expected a move such as 3 or -3%, a percentile'),
        ("HSI: 3,5", '"HSI: 3,5": expected a move'),
        ("HSI: 3pp", '"HSI: 3pp": pp is the unit of a spread of two indices'),
        ("HSI: 0", '"HSI: 0": a size of zero is always met'),
        ("HSI: p0", "a percentile is above 0 and at most 100, such as p99"),
        ("HSI: p101", "a percentile is above 0 and at most 100, such as p99"),
        ("HSI: streak 1", "a streak is of 2 sessions or more"),
        ("HSI: streak", "expected a move such as"),
        ("HSI:", "expected a move such as"),
        (": 3", "nothing before the colon; expected an index, any, a pair"),
        (
            "HSI-N225: 4",
            '"HSI-N225: 4": expected a spread such as 4pp, or a percentile such as p99',
        ),
        ("HSI-N225: 4%", "expected a spread such as 4pp"),
        ("HSI-N225: record", "expected a spread such as 4pp"),
        ("any pair: +4pp", "any pair has no direction; leave the sign out"),
        ("HSI-HSI: 4pp", "a pair needs two different indices"),
        ("Nikei: 3", 'alert "Nikei: 3": unknown index: Nikei; did you mean Nikkei'),
        ("any: nan", "expected a move"),
        ("HSI: 1e3", "expected a move"),
    ],
)
def test_nonsense_is_refused(condition: str, said: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--alert", condition)
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_names_with_hyphens_and_colons(run_cli: RunCli, write: Write) -> None:
    config = write("own.yaml", "indices:\n  A-B: {name: 'Alpha: Beta'}\n  C: {name: Gamma-C}\n")
    rows = "2025-02-13,A-B,100\n2025-02-14,A-B,103\n2025-02-13,C,100\n2025-02-14,C,99\n"
    closes = write("closes.csv", HEADER + rows)
    asked = ("session", "2025-02-14", "-l", closes, "-c", config, "--alert")
    assert _met(run_cli, *asked, "A-B: 3") == ["Alpha: Beta up 3.00%: at least 3%"]
    for pair in ("A-B-C", "A-B:C", "Alpha: Beta:Gamma-C", "C - Alpha: Beta"):
        assert _met(run_cli, *asked, f"{pair}: 4pp") == [
            "Alpha: Beta 4.00 pp above Gamma-C: at least 4 pp"
        ]


def test_a_pair_of_names_that_only_the_data_has(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,AAA,100\n2025-02-14,AAA,103\n2025-02-13,BBB,100\n2025-02-14,BBB,99\n"
    asked = ("session", "2025-02-14", "-l", write("closes.csv", HEADER + rows), "--alert")
    assert _met(run_cli, *asked, "AAA-BBB: 4pp")
    assert _met(run_cli, *asked, "aaa: 3")


def test_the_configuration(run_cli: RunCli, write: Write) -> None:
    """Its alerts are shown; they ask for a status only with --exit-code."""
    text = "alerts:\n  HSI: [3, streak 9]\n  N225: -9\n  any pair: 6.5pp\n"
    asked = (*FEBRUARY_14, "-c", write("own.yaml", text))
    ran = run_cli(*asked, "-f", "json")
    alerts = ran.document["alerts"]
    assert [(a["condition"], a["asked"]) for a in alerts] == [
        ("HSI: 3", False),
        ("any pair: 6.5pp", False),
    ]
    assert ran.status == 0
    assert run_cli(*asked, "--exit-code").status == 5
    typed = run_cli(*asked, "--alert", "HSI: 3", "-f", "json")
    assert [a["asked"] for a in typed.document["alerts"]] == [True, False]
    assert typed.status == 5
    # Among chosen indices, configured alerts of others are silent.
    few = run_cli(*asked, "-i", "DJI", "-f", "json").document
    assert (few["alerts"], [m["symbol"] for m in few["moves"]]) == ([], ["DJI"])
    assert not [n for n in few["notes"] if n["code"] == "alert_not_judged"]


def test_a_wrong_configuration(run_cli: RunCli, write: Write) -> None:
    text = "palete: none\nalerts:\n  HSI: 3 points\n  N225:\n    - 2\n    - {a: b}\n  any: 4pp\n"
    config = write("own.yaml", text)
    ran = run_cli(*FEBRUARY_14, "-c", config)
    assert (ran.stdout, ran.status) == ("", 3)
    assert [line.partition(": ")[0] for line in ran.stderr.splitlines()] == [
        *(f"{config}:1", f"{config}:3", f"{config}:6", f"{config}:7"),
    ]
    assert 'alerts: "HSI: 3 points": expected a move such as' in ran.stderr
    listed = run_cli(*FEBRUARY_14, "-c", write("list.yaml", "alerts:\n  - HSI: 3\n"))
    assert listed.status == 3
    assert (
        "alerts: expected conditions by index or pair, such as HSI: 3, not a list" in listed.stderr
    )
    unknown = write("unknown.yaml", "alerts:\n  Nikei: 3\n")
    ran = run_cli(*FEBRUARY_14, "-c", unknown)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f'{unknown}:2: alert "Nikei: 3": unknown index: Nikei;')
