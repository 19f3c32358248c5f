"""Files that must be read: every layout, convention and name, to the figure and the line."""

from __future__ import annotations

import csv
import itertools

import pytest

from marketmove.sources import date_texts
from program import DATA, RunCli, Write

FINE = DATA / "fine"
SESSION = "2025-02-14"
Rows = list[dict[str, str]]


def _expected() -> list[tuple[str, Rows]]:
    with (FINE / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(name, list(of_file)) for name, of_file in itertools.groupby(rows, lambda r: r["file"])]


def test_every_fine_file_has_its_answer() -> None:
    files = {path.name for path in FINE.iterdir()} - {"expected.csv"}
    assert files == {name for name, _ in _expected()}


@pytest.mark.parametrize(("name", "expected"), _expected(), ids=[e[0] for e in _expected()])
def test_fine_file(name: str, expected: Rows, run_cli: RunCli) -> None:
    path = FINE / name
    options = expected[0]["options"].split()
    ran = run_cli("session", SESSION, "--levels", path, "--format", "csv", *options)
    assert ran.status == 0
    columns = ("status", "close", "prior_session", "prior_close")
    found = [[r["symbol"], *(r[c] for c in columns), r["source"]] for r in ran.rows]
    assert found == [
        [r["symbol"].replace(r"\x1b", "\x1b"), *(r[c] for c in columns), f"{path}:{r['line']}"]
        for r in expected
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index_called_NA.csv", "  NA "),
        ("markup_in_name.csv", "  [red]x[/red] "),
        ("escape_in_name.csv", r"  \x1b[31mHSI\x1b[0m "),
        ("index_called_NO.yaml", "  NO "),
        ("chinese_name.csv", "  Hang Seng "),
    ],
)
def test_a_name_is_shown_as_it_is(name: str, text: str, run_cli: RunCli) -> None:
    ran = run_cli("session", SESSION, "--levels", FINE / name)
    assert ran.status == 0
    assert text in ran.stdout
    assert "\x1b" not in ran.stdout


def test_a_name_is_no_markup_in_markdown(run_cli: RunCli) -> None:
    path = FINE / "markdown_in_name.csv"
    ran = run_cli("session", SESSION, "--levels", path, "--format", "markdown")
    assert r"| a\|b \*c\* \<d\> | 22,620.33 |" in ran.stdout


@pytest.mark.parametrize("name", ["repeated_row.csv", "repeated_row_in_other_words.csv"])
def test_a_repeated_row_passes_with_a_note(name: str, run_cli: RunCli) -> None:
    path = FINE / name
    note = f"{path}:5: 1 row repeats a close that stands already, with the same figure"
    table = run_cli("session", SESSION, "--levels", path, "--explain")
    assert table.stderr == ""
    assert note in table.stdout
    document = run_cli("session", SESSION, "--levels", path, "--format", "json").document
    assert [(n["code"], n["place"]) for n in document["notes"]] == [
        ("repeated_rows", f"{path}:5"),
        ("few_sessions", None),
    ]
    assert document["warnings"] == []


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        (
            "bad_rows_elsewhere.csv",
            (
                "2: warning: 3 rows that this session does not touch cannot be used; the first:"
                " HSI: 12x is not a number; expected a close such as 22620.33"
            ),
        ),
        (
            "conflict_elsewhere.csv",
            (
                "3: warning: a row that this session does not touch cannot be used; the first:"
                " HSI has two closes for 2025-02-05: 20,597.19 here and 20,597.09 at"
                " conflict_elsewhere.csv:2; remove the wrong one"
            ),
        ),
    ],
)
def test_a_bad_row_elsewhere_is_one_warning(
    name: str, warning: str, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FINE)
    ran = run_cli("session", SESSION, "--levels", name, "--format", "csv")
    assert (ran.stderr, ran.status) == (f"{name}:{warning}\n", 0)
    document = run_cli("session", SESSION, "--levels", name, "--format", "json").document
    assert [w["code"] for w in document["warnings"]] == ["bad_rows_elsewhere"]
    strict = run_cli("session", SESSION, "--levels", name, "--strict")
    assert (strict.stdout, strict.status) == ("", 3)


def test_every_gap_is_a_missing_close_and_never_zero(run_cli: RunCli) -> None:
    ran = run_cli("session", SESSION, "--levels", FINE / "gaps_in_the_session.csv", "-f", "json")
    silent = [move for move in ran.document["moves"] if move["symbol"] != "HSI"]
    assert len(silent) == 12
    for move in silent:
        assert move["status"] == "unknown"
        assert move["close"] is None
        assert move["change_pts"] is None
        assert move["change_pct"] is None


def test_one_index_is_named_by_the_option_before_the_file(run_cli: RunCli) -> None:
    asked = ("session", SESSION, "--levels", FINE / "HSI.csv", "--format", "csv")
    assert [row["symbol"] for row in run_cli(*asked).rows] == ["HSI"]
    assert [row["symbol"] for row in run_cli(*asked, "--symbol", "X").rows] == ["X"]


def test_symbol_is_for_one_file(run_cli: RunCli) -> None:
    path = FINE / "one_index.csv"
    ran = run_cli("session", SESSION, "-l", path, "-l", path, "--symbol", "HSI")
    assert ran.stderr == (
        "marketmove: --symbol names the index of one file, and there are several\n"
    )
    assert ran.status == 2


def test_an_ending_in_capitals_is_yaml_as_well(run_cli: RunCli, write: Write) -> None:
    path = write("CLOSES.YML", (FINE / "a_list.yaml").read_bytes())
    assert run_cli("session", SESSION, "--levels", path).status == 0


def test_the_same_closes_in_every_layout_give_the_same_move(run_cli: RunCli) -> None:
    alike = ["bom.csv", "crlf.csv", "tabs.csv", "semicolons_decimal_comma.csv", "wide.csv"]
    alike += ["HSI.csv", "tidy.yaml", "newest_first.csv"]
    figures = set()
    for name in alike:
        row = run_cli("session", SESSION, "-l", FINE / name, "-i", "HSI", "-f", "csv").rows[0]
        figures.add(tuple(cell for column, cell in row.items() if column != "source"))
    assert len(figures) == 1


@pytest.mark.parametrize(
    ("stem", "symbol"),
    [
        ("dow", "DJI"),
        ("export_dow", "DJI"),
        ("Dow Jones Industrial Average Historical Data (1)", "DJI"),
        ("hang-seng-index", "HSI"),
        ("wsj HSI", "HSI"),
        ("BIST 100 Geçmiş Verileri", "XU100"),
        ("NIFTY 50-20-01-2025-to-14-02-2025", "NSEI"),
    ],
)
def test_a_file_is_named_as_its_index(
    stem: str, symbol: str, run_cli: RunCli, write: Write
) -> None:
    assert _symbol_of(stem, run_cli, write) == symbol


@pytest.mark.parametrize(
    "stem",
    [
        *("Downloads", "window", "dow_of_week", "my data set", "nasdaq_NVDA", "moex SBER"),
        *("dow vs nikkei", "hang seng vs nikkei", "HSI-N225", "Hang Seng vs Hang Seng Tech"),
        *("Nifty 100 Historical Data", "S&P 500 Growth", "Nasdaq 100 Futures Historical Data"),
    ],
)
def test_a_part_of_a_name_is_no_index(stem: str, run_cli: RunCli, write: Write) -> None:
    assert _symbol_of(stem, run_cli, write) == stem


def _symbol_of(stem: str, run_cli: RunCli, write: Write) -> str:
    path = write(f"{stem}.csv", "Date,Close\n2025-02-13,21814.37\n2025-02-14,22620.33\n")
    (row,) = run_cli("session", SESSION, "--levels", path, "--format", "csv").rows
    return row["symbol"]


def test_a_date_of_many_files_is_taken_apart_once(run_cli: RunCli, write: Write) -> None:
    days = [f"{day:02}.{month:02}.1937" for month in range(1, 13) for day in range(1, 29)]
    for name in ("AAA", "BBB", "CCC"):
        rows = (f"{day};{100 + n},5\n" for n, day in enumerate(days))
        folder = write(f"closes/{name}.csv", "Date;Close\n" + "".join(rows)).parent
    before = date_texts._take_apart.cache_info().misses
    ran = run_cli("session", "1937-12-27", "-l", folder, "-f", "csv", "-q")
    assert [row["close"] for row in ran.rows] == ["434.5"] * 3
    taken = date_texts._take_apart.cache_info().misses - before
    # Headers and the first closes are looked at too, whether they are dates.
    assert len(days) <= taken < 2 * len(days)
