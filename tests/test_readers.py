"""Which column is what: nothing is lost, invented or renamed without a word.

``tests/data/readers`` has a small file for each kind of misreading.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from program import RunCli, Write

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
    # Levels of six and seven digits are no dates.
    "03/wide.csv": {"BVSP": "128219.0", "SPX": "6114.63"},
    "03/kse.csv": {"KSE": "112085.0", "NSEI": "22929.25"},
    "03/merval.csv": {"MERV": "1033921.0"},
    "03/one.csv": {"BVSP": "128219.0"},
    "03/trades.csv": {"trades": "22513.42"},
    # Stamps of the open, labels of a day, and clocks of several exchanges.
    "HSI, 1D.csv": {"HSI": "22620.33"},
    "SP_SPX, 1D.csv": {"SPX": "6114.63"},
    "l3.csv": {"l3": "6114.63"},
    "13/logger2.csv": {"HSI": "22620.33", "SPX": "6114.63"},
    "30/gf2.csv": {"HSI": "22620.33", "SPX": "6114.63"},
    "30/gf4.csv": {"HSI": "20789.96", "N225": "38798.37"},
    "30/gf6.csv": {"HSI": "22620.33", "TASI": ""},
    # Cells parted by blanks, row names of R, prices of ledgers, a legend in another encoding.
    "k2.txt": {"k2": "22620.33"},
    "k3.txt": {"k3": "22620.33"},
    "25/prices.journal": {"HSI": "22620.33"},
    "25/prices.beancount": {"HSI": "22620.33"},
    "25/pl.csv": {"WIG20": "2515.15", "MWIG40": "6961.34"},
    # JSON documents of many forms, and workbooks of several sheets.
    **{f"j{n}.json": {f"j{n}": "22620.33"} for n in (1, 2, 3, 4, 6, 7)},
    "j5.json": {"HSI": "22620.33"},
    "22/fmp.json": {"AXJO": "5387.3"},
    "22/arr.json": {"AXJO": "5387.3"},
    "30/sheets.xlsx": {"HSI": "22620.33", "N225": "39149.43"},
}  # fmt: skip

REFUSED = {
    "f4.csv": "Close names no index, and beside it stand columns of HSI, SSEC",
    "f5.csv": "Value names no index, and beside it stand columns of HSI, N225",
    "f6.csv": "Price names no index, and beside it stand columns of HSI;",
    "h1.csv": "Close_x and Close_y may both be the close, and differ",
    "h3.csv": "no close column; the columns are: Date, Actual, Predicted",
    "m1.csv": ":32: the dates start again here",
    "g9.csv": ":46: the dates start again here",
    "n2.csv": ":2: an empty cell is not a date",
    "l9.csv": "a header only",
    "f8.csv": "say --symbol, if the file is of one index",
    "k1.xls": "an HTML page named as a workbook",
    "30/formula.xlsx": ":3: HSI: =B2*1.0369463 without a value is not a number",
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
        ("f7.csv", "f7 is not a known index; --symbol names it"),
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


# What JSON documents look like that have the same closes.
DOCUMENTS = {
    "records": '[{"date": "2025-02-13", "close": 5000.25}, {"date": "2025-02-14", "close": 5010}]',
    "lines": '{"date": "2025-02-13", "close": 5000.25}\n{"date": "2025-02-14", "close": 5010}\n',
    "deep": '{"a": {"b": [{"rows": [{"d": 1}], "n": [["2025-02-13", 5000.25], ["2025-02-14", 5010]]'
    "}]}}",
    "fields": '{"fields": ["Date", "Close"], "data": [["2025-02-13", "5,000.25"],'
    ' ["2025-02-14", "5,010.00"]]}',
    "split": '{"columns": ["Close"], "index": [1739404800000, 1739491200000], "data": [[5000.25],'
    " [5010]]}",
    "index": '{"1739404800000": {"Close": 5000.25}, "1739491200000": {"Close": 5010}}',
    "columns": '{"Close": {"2025-02-13": 5000.25, "2025-02-14": 5010}}',
    "by date": '{"2025-02-13": 5000.25, "2025-02-14": 5010}',
    "numbered": '{"Meta": {"1. Updated": "now"}, "Time Series (Daily)": {"2025-02-14":'
    ' {"1. open": "1", "4. close": "5010"}, "2025-02-13": {"1. open": "2", "4. close":'
    ' "5000.25"}}}',
    "parallel": '{"updated": "2026-01-02", "dates": ["2025-02-13", "2025-02-14"],'
    ' "values": [5000.25, 5010]}',
    "chart": '{"chart": {"result": [{"meta": {"x": 1}, "timestamp": [1739457000, 1739543400],'
    ' "indicators": {"quote": [{"open": [1.0, 2.0], "close": [5000.25, 5010]}]}}], "error": null}}',
}


@pytest.mark.parametrize("form", DOCUMENTS)
@pytest.mark.parametrize("pretty", [False, True])
def test_json_documents(form: str, pretty: bool, run_cli: RunCli, write: Write) -> None:
    text = DOCUMENTS[form]
    if pretty and form != "lines":
        text = json.dumps(json.loads(text), indent=2)
    path = write("GSPC.json", text)
    (row,) = run_cli("session", "latest", "-l", path, "-f", "csv").rows
    found = (row["symbol"], row["session"], row["close"], row["prior_close"])
    assert found == ("SPX", "2025-02-14", "5010.0", "5000.25")


def test_json_of_several_indices(run_cli: RunCli, write: Write) -> None:
    records = {
        name: [{"date": f"2025-02-{day}", "close": level + day} for day in (13, 14)]
        for name, level in (("HSI", 21000.5), ("N225", 39000.25))
    }
    path = write("x.json", json.dumps({"data": records}))
    rows = run_cli("session", "latest", "-l", path, "-f", "csv").rows
    assert {r["symbol"]: r["close"] for r in rows} == {"HSI": "21014.5", "N225": "39014.25"}


def test_our_own_json_is_read_back(run_cli: RunCli, write: Write) -> None:
    closes = write(
        "closes.csv", "date,symbol,close\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    )
    for command in ("session", "summary"):
        path = write("own.json", run_cli(command, "2025-02-14", "-l", closes, "-f", "json").stdout)
        (row,) = run_cli("session", "latest", "-l", path, "-f", "csv").rows
        assert (row["symbol"], row["close"], row["prior_close"]) == ("HSI", "22620.33", "21814.37")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ('{"Information": "a limit of 25 requests"}', "no table of closes in the JSON"),
        ('{"data": [{"name": "HSI", "weight": 3}]}', "and found data (1 row of name, weight)"),
        ('{"date": "2025-02-14", "date": "2025-02-13", "close": 1}', "an object has date twice"),
        ('{"a": [1, 2', ":1: not valid JSON"),
        (
            '{"a": [{"date": "2025-02-14", "close": 1}], "b": [{"day": "2025-02-14", "x": 2}]}',
            "several tables: a (1 row of date, close); b (1 row of day, x)",
        ),
    ],
)
def test_json_that_is_not_read_says_what_was_found(
    document: str, says: str, run_cli: RunCli, write: Write
) -> None:
    ran = run_cli("session", "latest", "-l", write("x.json", document))
    assert (ran.stdout, ran.status) == ("", 3)
    assert says in ran.stderr


def test_a_number_of_json_has_its_point(run_cli: RunCli, write: Write) -> None:
    text = """[{"date": "2025-02-13", "symbol": "VIX", "close": 17, "change": "-1,52%"},
               {"date": "2025-02-14", "symbol": "VIX", "close": 17.125, "change": "+0,74%"}]"""
    for options in ((), ("--decimal", ",")):
        ran = run_cli("session", "latest", "-l", write("x.json", text), "-f", "csv", *options)
        assert [(row["close"], row["prior_close"]) for row in ran.rows] == [("17.125", "17.0")]


def test_a_later_file_revises_if_told(run_cli: RunCli, write: Write) -> None:
    daily = READERS / "04" / "daily"
    ran = run_cli("session", "2025-02-17", "-l", daily)
    assert ran.status == 3
    assert "8,732.46 here and 8,732.40 at" in ran.stderr
    own = write("own.yaml", "prefer: later\n")
    for options in (("--later-wins",), ("--config", own)):
        document = run_cli("session", "2025-02-17", "-l", daily, "-f", "json", *options).document
        (move,) = document["moves"]
        assert (move["prior_close"], move["change_pts"]) == (8732.46, 35.55)
        (note,) = [n["text"] for n in document["notes"] if "revised" in n["text"]]
        assert note.startswith("FTSE 2025-02-14 is revised to 8,732.46 here, from 8,732.40 at")


def test_a_rounded_close_contradicts_none(run_cli: RunCli) -> None:
    files = [READERS / "04" / "dec" / name for name in ("a.csv", "b.csv")]
    for one, other in (files, files[::-1]):
        document = run_cli("session", "2025-02-17", "-l", one, "-l", other, "-f", "json").document
        assert [move["change_pts"] for move in document["moves"]] == [35.55]
        assert any("with fewer digits elsewhere" in note["text"] for note in document["notes"])


@pytest.mark.parametrize("name", ["30/frac.csv", "30/pctfmt.xlsx", "30/title.xlsx"])
def test_stated_changes_in_fractions_are_no_doubt(name: str, run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", READERS / name, "-f", "csv")
    assert (ran.stderr, ran.status) == ("", 0)
    assert "in fractions" in run_cli("session", "latest", "-l", READERS / name).stdout or (
        name == "30/pctfmt.xlsx"  # a wide table, whose changes are left out
    )


def test_shares_with_the_name_of_an_index_are_told_by_their_levels(
    run_cli: RunCli, write: Write
) -> None:
    rows = "date,close\n2025-02-13,{}\n2025-02-14,{}\n"
    share = write("MOEX.csv", rows.format("62.1", "63.64"))
    index = write("moex_daily.csv", rows.format("3111.5", "3222.25"))
    fund = write("x.csv", "date,symbol,close\n2025-02-13,DAX,38.2\n2025-02-14,DAX,38.1\n")
    found = [
        run_cli("session", "latest", "-l", p, "-f", "csv").rows[0] for p in (share, index, fund)
    ]
    assert [row["symbol"] for row in found] == ["MOEX (not IMOEX)", "IMOEX", "DAX (not GDAXI)"]
    assert "63.64 is not a level of MOEX Russia" in run_cli("session", "latest", "-l", share).stdout


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("Hang Seng Historical Results Price Data", "HSI"),
        ("HangSeng", "HSI"),
        ("HSI_closes", "HSI"),
        ("nk225", "N225"),
        ("nikkei_stock_average_daily_en", "N225"),
        ("NASDAQ_NDX, 1D", "NDX"),
        ("TVC_HSI, 1D_a1b2c", "HSI"),
        ("Straits Times Singapore Historical Data", "STI"),
        ("S&P 500 – Historical Data", "SPX"),
        ("S&P 500 Historical Data-2", "SPX"),
        ("HS300", "CSI300"),
        ("dowjones", "DJI"),
        ("HistoricalPrices", "HistoricalPrices"),
        ("NIFTY 100", "NIFTY 100"),
        ("S&P 500 Growth", "S&P 500 Growth"),
        ("DAX Futures Historical Data", "DAX Futures Historical Data"),
    ],
)
def test_a_file_of_one_index_is_known_by_its_name(
    name: str, symbol: str, run_cli: RunCli, write: Write
) -> None:
    path = write(f"{name}.csv", "Date,Close\n2025-02-13,5000.25\n2025-02-14,5010.75\n")
    document = run_cli("session", "latest", "-l", path, "-f", "json", "--explain").document
    assert [move["symbol"] for move in document["moves"]] == [symbol]
    unknown = f"{symbol} is not a known index; --symbol names it"
    assert (unknown in [note["text"] for note in document["notes"]]) == (symbol == name)


def test_a_damaged_old_workbook_is_refused(run_cli: RunCli, write: Write) -> None:
    """One that is damaged where its sheet says how many rows it has."""
    pytest.importorskip("python_calamine")
    signature = bytes.fromhex("d0cf11e0a1b11ae1")
    ran = run_cli("check", write("old.xls", signature + bytes(range(256)) * 40))
    assert (ran.stdout, ran.status) == ("", 3)
    assert "old.xls: a damaged workbook, or no workbook" in ran.stderr
