"""Which column is what: nothing is lost, invented or renamed without a word.

``tests/data/readers`` has a small file for each kind of misreading.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from program import RunCli

READERS = Path(__file__).parent / "data" / "readers"

# The close of the newest session by index.
READ: dict[str, dict[str, str]] = {
    # A word for the close, and what is no name beside it.
    "HSI.csv": {"HSI": "22620.33"},
    "f1.csv": {"f1": "201.3"},
    "h2.csv": {"h2": "201.3"},
    "g7.csv": {"g7": "22.9"},
    "f13.csv": {"f13": "22.9"},
    "c.csv": {"c": "22620.33"},
    # Columns headed by indices, some with a word of a price in the name.
    "b.csv": {"SPX": "6114.63", "Oil Price": "70.7"},
    "f2.csv": {"SPX": "6114.63", "VIX": "14.8"},
    "f3.csv": {"AAPL": "233.5", "MSFT": "409.4", "C": "82.5"},
    "g6.csv": {"SPX": "6114.63", "Gold Price": "2880.3", "US10Y": "4.48"},
    "d.csv": {"MXWO": "3822.1", "MSCI World Momentum": "4140.2", "MSCI World Quality": "5140.3"},
    "e.csv": {"Dow Transport Alpha": "3822.1", "Other Index Beta": "4140.2"},
    "g4.csv": {"NSEI": "22929.25", "NIFTY_MEDIA": "1550.3", "NIFTY_AUTO": "21200.7"},
    "h4.csv": {"DJI": "44546.08", "SPX": "6114.63", "IXIC": "20026.77", "SKEW": "172.3"},
    "h4b.csv": {
        "DJI": "44546.08", "SPX": "6114.63", "IXIC": "20026.77", "STOXX 600 Media": "172.3",
    },
    "l7.csv": {"Dow Jones Commodity Index TR": "292.63", "Dow Jones Commodity Index": "309.14"},
    "l8.csv": {"SPX": "6114.63", "Dow Jones Commodity Index": "309.14"},
    "n11.csv": {"HSI": "22620.33", "HSI Volatility": "21.2"},
    "g5.csv": {"HSI": "22620.33"},
    # Counters of rows, and names of rows that repeat the date.
    "f9.csv": {"NSEI": "22929.25"},
    "f9b.csv": {"NSEI": "22929.25"},
    "g1.csv": {"g1": "22620.33"},
    "g2.csv": {"NSEI": "22929.25", "NSEBANK": "49099.45"},
    "g3.csv": {"HSI": "22620.33"},
    "f10.csv": {"f10": "13.0"},
    # "Index" or "Data" over the levels.
    "a.csv": {"a": "22620.33"},
    "n10.csv": {"n10": "22620.33"},
    "f7.csv": {"f7": "22620.33"},
    "l4.csv": {"X1": "22620.33"},
    "f11.csv": {"HSI": "22620.33", "N225": "39149.43"},
    # Seconds since 1970, few or negative; rows of numbers are no header.
    "l1.csv": {"l1": "1347.56"},
    "l2.csv": {"l2": "1101.5"},
    "n6.csv": {"n6": "1101.5"},
    "n7.csv": {"SPX": "1101.5", "NDX": "1420.3"},
    "n8.csv": {"n8": "93.0"},
    "n3.csv": {"HSI": "22620.33", "N225": "39149.43"},
    "l5.csv": {"HSI": "26449.13"},
}  # fmt: skip

REFUSED = {
    "f4.csv": "Close names no index, and beside it stand columns of HSI, SSEC",
    "f5.csv": "Value names no index, and beside it stand columns of HSI, N225",
    "f6.csv": "Price names no index, and beside it stand columns of HSI;",
    "h1.csv": "Close_x and Close_y may both be the close, and differ",
    "h3.csv": "no close column; the columns are: Date, Actual, Predicted",
    "m1.csv": ":32: the dates turn back here",
    "g9.csv": ":46: the dates turn back here",
    "n2.csv": ":2: an empty cell is not a date",
    "l9.csv": "a header only",
}


@pytest.mark.parametrize("name", READ)
def test_every_index_comes_out_under_its_own_name(name: str, run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", READERS / name, "-f", "csv")
    assert ran.status == 0, ran.stderr
    assert {row["symbol"]: row["close"] for row in ran.rows} == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_certain_is_refused(name: str, run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", READERS / name, "-f", "csv")
    assert (ran.status, ran.stdout) == (3, "")
    assert REFUSED[name] in ran.stderr


def test_a_close_beside_indices_is_of_the_index_that_is_told(run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", READERS / "f6.csv", "--symbol", "SPX", "-f", "csv")
    assert {row["symbol"]: row["close"] for row in ran.rows} == {"SPX": "82.5", "HSI": "22620.33"}


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("f1.csv", "Close is the close; left out: Predicted Close"),
        ("c.csv", "level is the close; left out: tr_extra"),
        ("f9b.csv", "Unnamed: 0 counts the rows, and is left out"),
        ("g2.csv", "id counts the rows, and is left out"),
        ("g5.csv", "left out beside the levels: MA20"),
        ("n11.csv", "no known indices, and read under the names they have: HSI Volatility"),
        ("f7.csv", "f7 is no known index; --symbol names it"),
    ],
)
def test_what_is_left_out_or_unknown_is_named(name: str, note: str, run_cli: RunCli) -> None:
    document = run_cli("session", "latest", "-l", READERS / name, "-f", "json").document
    assert note in [remark["text"] for remark in document["notes"]]


def test_of_two_headers_of_one_index_the_shorter_is_kept(run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", READERS / "p1.csv", "-f", "csv")
    assert {row["symbol"]: row["close"] for row in ran.rows} == {
        "HSI": "22620.33",
        "FTSE": "37960.3",
    }
    assert "FTSE and FTSE 100 Index are both FTSE 100, and differ" in ran.stderr
