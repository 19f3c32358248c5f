"""``--explain``: how files were read, and why so."""

from __future__ import annotations

import pytest

from program import Ran, RunCli, Write


def _explained(ran: Ran) -> dict[str, str]:
    lines = [line.strip() for line in ran.stdout.splitlines() if line.startswith("  ")]
    return {line[:13].strip(): line[14:] for line in lines}


READINGS: dict[str, tuple[bytes, dict[str, str]]] = {
    "plain": (
        b"date,symbol,close\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n",
        {
            "encoding": "utf-8",
            "delimiter": "comma",
            "layout": "an index and a close a row (symbol names the index, close is the close)",
            "dates": "year, month, day, oldest first",
            "decimal mark": "a point",
            "close": "close",
        },
    ),
    "german": (
        "Datum;Schlusskurs;Tageshöchst\n14.02.2025;22.513,42;22.580,10\n"
        "13.02.2025;22.612,02;22.624,50\n".encode("cp1252"),
        {
            "delimiter": "semicolon",
            "layout": "one index (Schlusskurs is a word for the close)",
            "dates": "day, month, year, newest first",
            "decimal mark": "a comma",
            "close": "Schlusskurs",
        },
    ),
    "wide": (
        "Date\tHSI\tN225\n02/13/2025\t21814.37\t39461.47\n02/14/2025\t22620.33\t39149.43\n".encode(
            "utf-16"
        ),
        {
            "encoding": "utf-16",
            "delimiter": "tab",
            "layout": "one column an index (one column an index, by its header)",
            "dates": "month, day, year, oldest first",
            "close": "HSI, N225",
        },
    ),
}


@pytest.mark.parametrize("name", READINGS)
def test_explain_says_how_a_file_was_read(name: str, run_cli: RunCli, write: Write) -> None:
    data, expected = READINGS[name]
    ran = run_cli("check", write("GDAXI.csv", data), "--explain")
    assert ran.status == 0
    found = _explained(ran)
    assert {key: found[key].startswith(text) for key, text in expected.items()} == dict.fromkeys(
        expected, True
    )
    assert all("(" in text for key, text in found.items() if key != "sessions")
    assert {"encoding", "delimiter", "layout", "dates", "decimal mark", "close"} <= set(found)


def test_session_explains_too(run_cli: RunCli, write: Write) -> None:
    path = write("GDAXI.csv", READINGS["german"][0])
    ran = run_cli("session", "2025-02-14", "--levels", path, "--explain")
    for text in ("semicolon", "Schlusskurs", "day, month, year", "newest first"):
        assert text in " ".join(ran.stdout.split())


def test_what_was_said_is_used(run_cli: RunCli, write: Write) -> None:
    path = write("x.csv", "Date,Close\n02/03/2025,1.234\n03/03/2025,1.235\n")
    assert run_cli("check", path).status == 3
    ran = run_cli(
        "check", path, "--date-format", "dmy", "--decimal", ",", "--symbol", "ABC", "-f", "json"
    )
    (file,) = ran.document["files"]
    assert (file["first_session"], file["last_session"]) == ("2025-03-02", "2025-03-03")
    assert file["decimal_mark"] == ","
