"""JSON and XML as providers send them, read as any file of closes."""

from __future__ import annotations

import json

import pytest

from program import RunCli, Write

CHART = {
    "chart": {
        "result": [
            {
                "meta": {
                    "symbol": "^AXJO",
                    "exchangeTimezoneName": "Australia/Sydney",
                    "regularMarketTime": 1739509800,
                    "currentTradingPeriod": {"regular": {"end": 1739509200}},
                },
                "timestamp": [1739401200, 1739487600],
                "indicators": {"quote": [{"close": [8540.0, 8555.8], "open": [8530.1, None]}]},
            }
        ]
    }
}
SERIES = {
    "Meta Data": {"1. Information": "Daily", "2. Symbol": "HSI"},
    "Time Series (Daily)": {
        "2025-02-14": {"1. open": "22000", "4. close": "22620.33"},
        "2025-02-13": {"1. open": "21900", "4. close": "21814.37"},
    },
}
HISTORY = {
    "history": {
        "columns": ["BOARDID", "SECID", "TRADEDATE", "CLOSE"],
        "data": [["SNDX", "HSI", "2025-02-13", 21814.37], ["SNDX", "HSI", "2025-02-14", 22620.33]],
    },
    "history.cursor": {"columns": ["INDEX", "TOTAL", "PAGESIZE"], "data": [[0, 2, 100]]},
}
NESTED = {
    "data": {
        "symbol": "HSI",
        "totalRecords": 2,
        "tradesTable": {
            "headers": {"date": "Date", "close": "Close/Last"},
            "rows": [
                {"date": "02/14/2025", "close": "22,620.33"},
                {"date": "02/13/2025", "close": "21,814.37"},
            ],
        },
    },
    "status": {"rCode": 200},
}
BARS = {
    "s": "ok",
    "o": [1, 2],
    "h": [30000, 30000],
    "l": [1, 2],
    "c": [21814.37, 22620.33],
    "t": [1739433600, 1739520000],
}
FIELDS = {
    "stat": "OK",
    "fields": ["日期", "開盤指數", "收盤指數"],
    "data": [["114/02/13", "21,900.1", "21,814.37"], ["114/02/14", "22,000.1", "22,620.33"]],
}
WIDE = {"HSI": {"2025-02-13": 21814.37, "2025-02-14": 22620.33}}
SPLIT = {
    "columns": ["HSI"],
    "index": ["2025-02-13", "2025-02-14"],
    "data": [[21814.37], [22620.33]],
}
RECORDS = [["2025-02-13", 21814.37], ["2025-02-14", 22620.33]]
PARALLEL = {"date": ["2025-02-13", "2025-02-14"], "close": [21814.37, 22620.33]}


@pytest.mark.parametrize(
    "document",
    [
        *(SERIES, HISTORY, NESTED, BARS, FIELDS, WIDE, SPLIT, PARALLEL, {"a": {"b": [HISTORY]}}),
        {"date": {"0": "2025-02-13", "1": "2025-02-14"}, "HSI": {"0": 21814.37, "1": 22620.33}},
        {
            "0": {"date": "2025-02-13", "HSI": 21814.37},
            "1": {"date": "2025-02-14", "HSI": 22620.33},
        },
        {"columns": ["date", "HSI"], "index": [0, 1], "data": RECORDS},
    ],
    ids=[
        *("series", "history", "nested", "bars", "fields", "wide", "split", "parallel", "deep"),
        *("columns", "index", "counted"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_is_read(
    document: object, indent: int | None, run_cli: RunCli, write: Write
) -> None:
    path = write("HSI.json", json.dumps(document, indent=indent))
    ran = run_cli("session", "2025-02-14", "--levels", path, "-f", "csv")
    assert ran.status == 0, ran.stderr
    (row,) = ran.rows
    assert (row["symbol"], row["change_pts"]) == ("HSI", "805.96")
    if indent and document is not FIELDS:
        assert int(row["source"].rpartition(":")[2]) > 1


def test_moments_have_the_date_of_the_zone_that_is_told(run_cli: RunCli, write: Write) -> None:
    """By UTC both sessions would be a day early."""
    path = write("answer.json", json.dumps(CHART))
    ran = run_cli("session", "2025-02-14", "--levels", path, "-f", "csv")
    assert [(r["symbol"], r["close"], r["prior_session"]) for r in ran.rows] == [
        ("AXJO", "8555.8", "2025-02-13")
    ]


def test_an_unfinished_bar_is_no_close(run_cli: RunCli, write: Write) -> None:
    text = json.dumps(CHART).replace("1739509800", "1739498400")
    path = write("answer.json", text)
    ran = run_cli("session", "latest", "--levels", path, "-f", "csv")
    assert ran.rows[0]["session"] == "2025-02-13"


def test_vintages_of_a_figure_are_one(run_cli: RunCli, write: Write) -> None:
    rows = "".join(
        f'<observation realtime_start="{since}" realtime_end="9999-12-31" date="{day}"'
        f' value="{value}"/>\n'
        for since, day, value in (
            ("2025-02-13", "2025-02-13", "21814.37"),
            ("2025-02-14", "2025-02-14", "22000.00"),
            ("2025-02-17", "2025-02-14", "22620.33"),
            ("2025-02-17", "2025-02-17", "."),
        )
    )
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<observations count="4">\n{rows}</observations>'
    )
    ran = run_cli("session", "2025-02-14", "-l", write("HSI.xml", text), "-f", "csv")
    assert [(r["symbol"], r["change_pts"]) for r in ran.rows] == [("HSI", "805.96")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"data": [{"date": "2025-02-14", "totalCount": 20}], "x": []}', "known as a close"),
        ('{"message": "limit reached", "code": 429}', "no table of closes in the JSON"),
        ('{"a": [{"date": "2025-02-14", "close": 1, "b": []}], ', "not valid JSON"),
        ("<a><b date='2025-02-14' n='1'/></a>", "known as a close"),
        ("<a><b></a>", "not valid XML"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "an HTML page"),
    ],
)
def test_what_has_no_closes_is_refused(text: str, said: str, run_cli: RunCli, write: Write) -> None:
    ran = run_cli("session", "latest", "--levels", write("HSI.json", text))
    assert (ran.stdout, ran.status) == ("", 3)
    assert said in ran.stderr
