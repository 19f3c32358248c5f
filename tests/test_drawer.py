"""One small file a format that people export: read with no option given, or refused."""

from __future__ import annotations

import csv
import itertools
from typing import TYPE_CHECKING

import pytest

from program import DATA

if TYPE_CHECKING:
    from program import RunCli

FORMATS = DATA / "formats"
ABOUT = {"truths.csv", "README.txt"}
Rows = list[dict[str, str]]


def _truths() -> dict[str, Rows]:
    with (FORMATS / "truths.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    return {name: list(of_file) for name, of_file in itertools.groupby(rows, lambda r: r["file"])}


TRUTHS = _truths()


def test_every_file_has_its_truth() -> None:
    assert {path.name for path in FORMATS.iterdir()} - ABOUT == set(TRUTHS)


@pytest.mark.parametrize("name", TRUTHS)
def test_format(name: str, run_cli: RunCli) -> None:
    for truth in TRUTHS[name]:
        session = truth["session"] or "latest"
        ran = run_cli("session", session, "--levels", FORMATS / name, "--format", "csv")
        if truth["outcome"] == "refuse":
            assert (ran.stdout, ran.status) == ("", 3)
            assert name in ran.stderr
            return
        assert ran.status == 0
        warned = bool(ran.stderr)
        assert warned or truth["outcome"] == "read"
        assert not warned or truth["outcome"] == "warn"
        row = next(row for row in ran.rows if row["symbol"] == truth["symbol"])
        assert row["prior_session"] == truth["prior_session"]
        for column in ("close", "prior_close"):
            assert float(row[column]) == float(truth[column])
