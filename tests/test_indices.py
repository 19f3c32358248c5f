"""``marketmove indices``: the registry, and when each exchange holds its next session."""

from __future__ import annotations

from program import RunCli, Write, rows_by_symbol

EVENING = ("--as-of", "2025-02-14T18:00+08:00")


def test_the_registry_as_a_table(run_cli: RunCli) -> None:
    ran = run_cli("indices", "HSI", "nikkei 225", "DAX", "S&P 500", *EVENING)
    assert ran.stdout == (
        "Next session after 14 Feb 2025 18:00 +08:00, exchange's own date and time\n\n"
        "  Symbol  Index       Exchange  Zone              Close  Next session  Returns\n"
        "  HSI     Hang Seng   XHKG      Asia/Hong_Kong    16:00  2025-02-17    price\n"
        "  N225    Nikkei 225  XTKS      Asia/Tokyo        15:30  2025-02-17    price\n"
        "  GDAXI   DAX         XETR      Europe/Berlin     17:30  2025-02-14    gross\n"
        "  SPX     S&P 500     XNYS      America/New_York  16:00  2025-02-14    price\n"
        "\n  4 indices\n"
    )


def test_the_next_session_is_after_holidays(run_cli: RunCli) -> None:
    asked = ("indices", "SSEC", "HSI", "SPX", "--as-of", "2025-01-28T18:00+08:00", "-f", "csv")
    rows = rows_by_symbol(run_cli(*asked))
    assert [rows[symbol]["next_session"] for symbol in ("SSEC", "HSI", "SPX")] == [
        *("2025-02-05", "2025-02-03", "2025-01-28"),
    ]


def test_machines_get_everything(run_cli: RunCli) -> None:
    document = run_cli("indices", *EVENING, "-f", "json").document
    assert document["schema"] == "marketmove.indices/1"
    assert len(document["indices"]) > 100
    keys = [
        *("symbol", "name", "exchange", "zone", "close_time", "next_session", "returns"),
        *("region", "currency", "decimals", "aliases", "kind", "level_low", "level_high"),
        *("level_since", "settles_after", "provisional"),
    ]
    for index in document["indices"]:
        assert list(index) == keys
        assert index["returns"] in {"price", "gross", "net", ""}
        assert 0 < index["level_low"] < index["level_high"]
    rows = run_cli("indices", *EVENING, "-f", "csv").rows
    assert [row["symbol"] for row in rows] == [index["symbol"] for index in document["indices"]]
    assert list(rows[0]) == keys


def test_the_users_own_indices_are_there(run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", "indices:\n  MINE: {name: Mine, exchange: XHKG, returns: net}\n")
    (row,) = run_cli("indices", "mine", "-c", path, *EVENING, "-f", "csv").rows
    assert (row["returns"], row["next_session"]) == ("net", "2025-02-17")
    wrong = write("wrong.yaml", "indices:\n  MINE: {returns: both}\n")
    ran = run_cli("indices", "-c", wrong)
    assert (ran.stdout, ran.status) == ("", 3)
    assert f"{wrong}:2: returns: both is not one of price, gross, net" in ran.stderr


def test_an_index_that_is_not_known(run_cli: RunCli) -> None:
    ran = run_cli("indices", "Nikei 225", "zzzz", "-f", "json")
    assert ran.status == 2
    assert ran.stderr.splitlines() == [
        ("marketmove: unknown index: Nikei 225; did you mean Nikkei 225, NIKKEI225, Nikkei-225?"),
        "marketmove: unknown index: zzzz",
    ]
    assert ran.document["schema"] == "marketmove.indices/1"
