"""The data of the calendars and its tools: what they were made of, and the last comparison."""

from __future__ import annotations

import csv
import hashlib
import re

from marketmove import config
from marketmove.market import calendars
from marketmove.resources import root

TOOLS = root() / "tools"


def _lines(name: str) -> list[dict[str, str]]:
    with (TOOLS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_last_comparison_is_of_this_file_and_leaves_nothing_open() -> None:
    """From 2015 on, no date differs from one of the packages without an explanation."""
    whole, *counts = _lines("compared.csv")
    sessions = (root() / calendars.SESSIONS).read_bytes()
    assert whole["why"] == hashlib.sha256(sessions).hexdigest(), "run tools/compare.py again"
    assert {line["source"].split()[0] for line in counts} == {
        *("exchange_calendars", "holidays", "pandas_market_calendars"),
    }
    open_since = [line for line in counts if line["why"] == "not explained"]
    assert all(line["since 2015"] == "0" for line in open_since)
    assert sum(int(line["dates"]) for line in counts) > 5000


def test_every_exchange_is_announced_to_some_day_and_goes_on_to_2028() -> None:
    known = calendars.load(line["exchange"] for line in _lines("exchanges.csv"))
    for line in _lines("exchanges.csv"):
        calendar = known[line["exchange"]]
        assert str(calendar.last) == "2028-12-31", line
        if line["announced"]:
            assert str(calendar.announced) == line["announced"], line
    indices = config.load(None).registry.indices.values()
    without = {index.exchange for index in indices} - known.keys()
    assert without == {"", "XNEP"}, "Kathmandu has changed its week; MSCI's are of no exchange"
    assert known.keys() <= config.load(None).exchanges.keys()
    assert {index.exchange for index in indices} - config.load(None).exchanges.keys() == {""}


def test_corrections_and_hours_have_their_sources() -> None:
    exchanges = {line["exchange"] for line in _lines("exchanges.csv")}
    for name in ("corrections.csv", "hours.csv"):
        for line in _lines(name):
            assert line["exchange"] in exchanges, line
            assert line["source"].strip(), line
    dates = [(line["exchange"], line["date"], line["kind"]) for line in _lines("corrections.csv")]
    assert len(dates) == len(set(dates))
    for line in _lines("reasons.csv"):
        assert line["reason"].strip(), line
        assert re.compile(line["name"]), line
