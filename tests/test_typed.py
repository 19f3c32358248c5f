"""What people type in other words than ours: names of indices, dates, several values, figures."""

from __future__ import annotations

import datetime as dt
import shlex
from typing import TYPE_CHECKING

import pytest

from marketmove.cli.dates import read_date
from marketmove.config import load
from marketmove.market.indices import Index
from marketmove.market.names import exchanges_of
from marketmove.resources import root
from program import SAMPLE_CLOSES, Ran, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = ("-l", str(SAMPLE_CLOSES))


def _symbols(ran: Ran) -> list[str]:
    assert ran.status == 0, ran.stderr
    return [row["symbol"] for row in ran.rows]


@pytest.mark.parametrize(
    ("typed", "symbols"),
    [
        ("-i HSI,N225", ["HSI", "N225"]),
        ("-i 'HSI, N225'", ["HSI", "N225"]),
        ("-i 'HSI N225'", ["HSI", "N225"]),
        ("-i HSI N225", ["HSI", "N225"]),
        ("-i 'HSI;DAX and FTSE'", ["HSI", "FTSE", "GDAXI"]),
        ("HSI N225", ["HSI", "N225"]),
        ("HSI,N225", ["HSI", "N225"]),
        ("-i hangseng", ["HSI"]),
        ("-i 'HANG-SENG'", ["HSI"]),
        ("-i Hang Seng", ["HSI"]),
        ("-i Hang Seng Nikkei 225", ["HSI", "N225"]),
        ("-i 's&p'", ["SPX"]),
        ("-i 'S & P 500'", ["SPX"]),
        ("-i eurostoxx50", ["STOXX50E"]),
        ("-i taiwan", ["TWII"]),
        ("-i Germany,UK", ["FTSE", "GDAXI"]),
        ("-i 'South Korea'", ["KS11"]),
        ("-i 'hong_kong' -i HSI", []),
        ("--group asia -i taiwan", []),
    ],
)
def test_names_in_other_words(typed: str, symbols: list[str], run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", *SAMPLES, *shlex.split(typed), "-f", "csv")
    if "hong" in typed:  # three of Hong Kong are in the data
        assert (ran.status, ran.stdout) == (2, "")
        assert "may be Hang Seng (HSI), Hang Seng China Enterprises (HSCEI) or Hang" in ran.stderr
    elif "group" in typed:
        assert "TWII" in _symbols(ran)
    else:
        assert sorted(_symbols(ran)) == sorted(symbols)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("china", "china may be CSI 300 (CSI300) or Shanghai Composite (SSEC); type one of them"),
        ("hang", "hang may be Hang Seng (HSI), "),
        ("HSI,xyzzy", "unknown index: xyzzy; the data has "),
        ("nikei", "unknown index: nikei; did you mean Nikkei"),
        ("qqqq", "unknown index: qqqq; the data has"),
    ],
)
def test_what_may_be_several_or_none_is_refused(typed: str, said: str, run_cli: RunCli) -> None:
    for option in ("-i", "--against"):
        ran = run_cli("session", "2025-02-14", *SAMPLES, option, typed)
        assert (ran.stdout, ran.status) == ("", 2)
        if option == "-i" or "," not in typed:
            assert said in ran.stderr


def test_names_that_data_alone_has(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", "date,symbol,close\n2025-02-13,Foo Inc,1\n2025-02-14,Foo Inc,1.01\n")
    for text in ("fooinc", "FOO", "foo-inc"):
        ran = run_cli("session", "2025-02-14", "-l", path, "-i", text, "-f", "csv")
        assert _symbols(ran) == ["Foo Inc"]


def test_every_country_has_exchanges_that_are_known() -> None:
    exchanges = load(None).exchanges
    followed = {index.exchange for index in load(None).registry.indices.values()}
    countries = (root() / "config/countries.yaml").read_text(encoding="utf-8")
    names = [line.partition(":")[0] for line in countries.splitlines() if line[0] != "#"]
    assert len(names) == len(set(names)) > 50
    of_all = frozenset[str]().union(*map(exchanges_of, names))
    assert of_all <= set(exchanges)
    assert followed - {""} <= of_all
    assert exchanges_of("US") == exchanges_of("united states") >= {"XNYS", "XNAS"}
    assert exchanges_of("Atlantis") == frozenset()
    assert Index("HSI", "Hang Seng", ("^HSI",)).names == ("HSI", "Hang Seng", "^HSI")


@pytest.mark.parametrize(
    "pair", ["HSI-N225", "HSI:N225", "HSI/N225", "hangseng vs japan", "HSI N225"]
)
def test_a_pair_in_one_word(pair: str, run_cli: RunCli) -> None:
    expected = run_cli("pair", "HSI", "N225", *SAMPLES, "-f", "csv")
    assert len(expected.rows) > 100
    words = [pair] if pair != "HSI N225" else pair.split()
    assert run_cli("pair", *words, *SAMPLES, "-f", "csv").stdout == expected.stdout
    assert run_cli("pair", "HSI,N225", "DAX", *SAMPLES).status == 2


# Of Saturday, 1 March 2025.
@pytest.mark.parametrize(
    ("typed", "session"),
    [
        ("20250214", "2025-02-14"),
        ("14.02.2025", "2025-02-14"),
        ("14/2/2025", "2025-02-14"),
        ("2/14/2025", "2025-02-14"),
        ("2025/02/14", "2025-02-14"),
        ("14 Feb 2025", "2025-02-14"),
        ("February 14, 2025", "2025-02-14"),
        ("Fri 14 Feb 2025", "2025-02-14"),
        ("last", "2025-02-28"),
        ("LATEST", "2025-02-28"),
        ("friday", "2025-02-28"),
        ("Fri", "2025-02-28"),
        ("last friday", "2025-02-28"),
        ("thursday", "2025-02-27"),
    ],
)
def test_dates_as_people_type_them(typed: str, session: str, run_cli: RunCli) -> None:
    ran = run_cli("session", typed, *SAMPLES, "-i", "HSI", "-f", "csv")
    assert [row["session"] for row in ran.rows] == [session]
    if " " in typed:
        apart = run_cli("session", *typed.split(), *SAMPLES, "-i", "HSI", "-f", "csv")
        assert apart.stdout == ran.stdout


def test_a_weekday_is_the_last_one(run_cli: RunCli) -> None:
    friday = dt.date(2025, 2, 14)
    assert read_date("friday", friday) == friday
    assert read_date("last friday", friday) == dt.date(2025, 2, 7)
    assert read_date("sat", friday) == dt.date(2025, 2, 8)
    for text in ("f", "fr", "fridays", "31.02.2025", "0214", "2025-13-01", ""):
        assert read_date(text, friday) is None
    for text in ("02/03/2025", "3-2-2025"):
        ran = run_cli("session", text, *SAMPLES)
        assert (ran.stdout, ran.status) == ("", 2)
        assert "may be 2025-02-03 or 2025-03-02; type the one you mean" in ran.stderr


def test_several_paths_after_one_option(
    run_cli: RunCli, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, *rows = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines(keepends=True)
    for symbol in ("HSI", "N225", "SPX"):
        write(f"closes/{symbol} of me.csv", head + "".join(r for r in rows if f",{symbol}," in r))
    monkeypatch.chdir(tmp_path)
    files = sorted(f"closes/{path.name}" for path in (tmp_path / "closes").iterdir())
    for words in (
        ["latest", "-l", *files],
        ["-l", *files, "latest"],
        ["--levels", *files, "-i", "SPX", "HSI", "N225"],
        [f"--levels={files[0]}", *files[1:], "28.02.2025"],
    ):
        assert sorted(_symbols(run_cli("session", *words, "-f", "csv"))) == ["HSI", "N225", "SPX"]
    shown = run_cli("session", "latest", "-l", *files).stdout
    assert shown.startswith("Session of Fri 28 Feb 2025 · closes (3 files)\n")
    assert len(run_cli("pair", "-l", *files, "HSI", "N225", "-f", "csv").rows) > 100
    ran = run_cli(
        "history", "2025-02-03", "last", "-l", *files, "-g", "asia", "americas", "-f", "csv"
    )
    assert {row["symbol"] for row in ran.rows} == {"HSI", "N225", "SPX"}
    ran = run_cli("session", "latest", "-l", files[0], "--", files[1])
    assert (ran.status, ran.stdout) == (2, "")
    assert f"'{files[1]}' stands after the date; name each file with --levels" in ran.stderr
    ran = run_cli("session", "latest", "-l", "no such.csv")
    assert ran.stderr == "'no such.csv': no such file\n"


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("22579.05 3.51", "--close 22579.05 --pct 3.51 (or --prior 22579.05"),
        ("22,579.05 +3.51%", "--close 22579.05 --pct +3.51 "),
        ("-0.44 22513.42", "--close 22513.42 --pct -0.44 "),
        ("22620.33 21814.37", "--close 22620.33 --prior 21814.37"),
        ("22579.05", "two of --close, --prior and --pct, such as: marketmove calc --close"),
        ("--close 5 3", "two of --close, --prior and --pct"),
        ("a b", "calc takes its figures by name"),
    ],
)
def test_calc_says_what_to_type(words: str, typed: str, run_cli: RunCli) -> None:
    ran = run_cli("calc", *words.split())
    assert (ran.stdout, ran.status) == ("", 2)
    assert typed in ran.stderr
    if "type: " in ran.stderr:
        line = ran.stderr.partition("type: marketmove ")[2].partition(" (")[0]
        assert run_cli(*line.split()).status == 0


def test_indices_are_looked_for(run_cli: RunCli) -> None:
    found = {
        text: [row["symbol"] for row in run_cli("indices", *text.split(), "-f", "csv").rows]
        for text in ("hang", "taiwan", "HSI N225", "--group asia", "shang", "-g asia taiwan")
    }
    assert {"HSI", "HSTECH", "HSCEI"} <= set(found["hang"])
    assert {"TWII", "TW50", "TWOII"} == set(found["taiwan"])
    assert found["HSI N225"] == ["HSI", "N225"]
    assert {"HSI", "N225", "NSEI"} <= set(found["--group asia"])
    assert "SSEC" in found["shang"]
    assert "SPX" not in found["-g asia taiwan"]
    assert run_cli("indices", "xyzzy").stderr == "marketmove: unknown index: xyzzy\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("latest", "unknown command: latest; type: marketmove session latest"),
        ("chart friday", "unknown kind of chart: friday; type: marketmove chart session friday"),
        ("sesion", "unknown command: sesion; did you mean session?"),
        ("session closes.csv", "not a date; name the file with --levels closes.csv"),
        ("session 2025-02-14 --top x", "--top: x is not a whole number of 1 or more"),
        ("session --format xls", "--format: xls is not table, csv, json, ndjson or markdown"),
        ("session --topp 3", "unknown option --topp; did you mean --top?"),
        ("session --top", "--top needs a value"),
        ("session --wide=yes", "--wide is on or off: no value"),
        ("pair HSI N225 --window 5", "--window: 5 is not a whole number of 60 or more"),
        ("history 2025-02-03", "missing: TO (The last date, or latest, today); type, for example:"),
        ("verify", "missing: FILE"),
        ("chart", ""),
        ("completion ksh", "SHELL: ksh is not bash, zsh, fish or powershell"),
        ("init foo bar", "foo stands after init"),
        ("session 2025-02-14 --brief -f csv", "--brief is of the table"),
        ("fetch --timeout -1", "--timeout: -1 is not a whole number from 1 to"),
    ],
)
def test_a_usage_error_speaks_of_what_was_typed(line: str, said: str, run_cli: RunCli) -> None:
    ran = run_cli(*line.split())
    assert ran.status == 2
    assert said in ran.stderr
    spoken = (ran.stdout + ran.stderr).casefold()
    for word in ("pydantic", "traceback", "int_parsing", "<int>", "str |", "value error", "enum"):
        assert word not in spoken
