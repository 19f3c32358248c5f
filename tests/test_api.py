"""The API for notebooks gives what the command line gives, as frames, and loses no warning."""

from __future__ import annotations

import datetime as dt
import doctest
import inspect
import re
import subprocess
import sys
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type, get_type_hints

import pandas as pd
import pytest

import marketmove
from marketmove.errors import (
    NoSessionError,
    WrongUsageError,
)
from marketmove.resources import root
from notebook import csv_cell, hsi, in_csv, quietly
from program import SAMPLE_CLOSES, RunCli, Write, bare_environment

PAGE = root() / "docs" / "api.md"
REPORT = root() / "samples" / "published" / "2025-02-04.yaml"
DATES = ("2023-12-29", "2024-02-12", "2024-08-05", "2025-01-29", "2025-02-04", "2025-02-14")


@pytest.fixture(scope="module")
def tidy() -> pd.DataFrame:
    return pd.read_csv(SAMPLE_CLOSES)


@pytest.fixture(scope="module")
def closes() -> marketmove.CloseTable:
    return marketmove.read_closes(SAMPLE_CLOSES)


# --- the same figures as the command line ---


@pytest.mark.parametrize("date", DATES)
def test_the_moves_of_a_session_are_those_of_its_csv(
    date: str, closes: marketmove.CloseTable, run_cli: RunCli
) -> None:
    ran = run_cli("session", date, "-l", SAMPLE_CLOSES, "-f", "csv")
    day = quietly(marketmove.session, closes, date)
    assert in_csv(day.moves) == ran.rows
    assert day.report.session == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        ({"indices": ["HSI", "Nikkei 225"]}, ["-i", "HSI", "-i", "Nikkei 225"]),
        ({"groups": "greater-china"}, ["-g", "greater-china"]),
        ({"periods": ["ytd", "week"]}, ["--period", "ytd", "--period", "week"]),
        ({"context": True}, ["--context"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_are_those_of_the_command(
    options: dict[str, Any], typed: list[str], closes: marketmove.CloseTable, run_cli: RunCli
) -> None:
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "csv", *typed)
    assert in_csv(quietly(marketmove.session, closes, "2025-02-14", **options).moves) == ran.rows


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        ({"pairs": "HSI:SPX"}, ["--pair", "HSI:SPX"]),
        ({"against": "Nikkei 225"}, ["--against", "N225"]),
        ({"wide": True}, ["--wide"]),
        ({"floor_pct": 1}, ["--floor-pct", "1"]),
        ({"context": False}, ["--no-context"]),
    ],
    ids=str,
)
def test_options_of_pairs_are_those_of_the_command(
    options: dict[str, Any], typed: list[str], closes: marketmove.CloseTable, run_cli: RunCli
) -> None:
    ran = run_cli(
        "session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json", "--top", "999", *typed
    )
    day = quietly(marketmove.session, closes, "2025-02-14", **options)
    assert day.to_dict() == ran.document


def test_columns_have_the_types_that_their_names_say(closes: marketmove.CloseTable) -> None:
    day = quietly(marketmove.session, closes, "2025-02-14", context=True, periods="ytd")
    kinds = {str(name): str(kind) for name, kind in day.moves.dtypes.items()}
    kinds |= {str(name): str(kind) for name, kind in day.divergences.dtypes.items()}
    for name, kind in kinds.items():
        if name.endswith(("session", "_since", "reopens")):
            assert kind == "datetime64[s]", name
        elif name in {"gap_sessions", "sessions_behind", "streak", "size_n", "n"}:
            assert kind == "Int64", name
        elif name.endswith(("close", "_pts", "_pct", "_pp", "percentile", "_over", "_under")):
            assert kind == "float64", name
        else:
            text = {"symbol", "name", "status", "basis", "source", "closed_for", "record"}
            expected = {"streak_is_least": "boolean", "z": "float64"} | dict.fromkeys(
                [*text, "up", "down", "kind", "doubt", "ytd_doubt"], "object"
            )
            assert kind == expected.get(name, "float64"), name


@pytest.mark.parametrize("date", DATES)
def test_the_document_of_a_session_is_its_json(date: str, run_cli: RunCli) -> None:
    ran = run_cli("session", date, "-l", SAMPLE_CLOSES, "-f", "json")
    day = quietly(marketmove.session, SAMPLE_CLOSES, date)
    assert day.to_dict() == ran.document
    pairs = in_csv(day.divergences)
    expected = [{k: csv_cell(v) for k, v in pair.items()} for pair in ran.document["divergences"]]
    assert pairs == expected
    assert list(day.divergences.columns)[:5] == ["up", "down", "up_pct", "down_pct", "spread_pp"]
    assert day.report.breadth._asdict() == ran.document["breadth"]


def test_a_moment_gives_each_index_its_own_session(run_cli: RunCli) -> None:
    moment = dt.datetime(2025, 2, 14, 12, tzinfo=dt.UTC)
    ran = run_cli("session", "--as-of", "2025-02-14T12:00+00:00", "-l", SAMPLE_CLOSES, "-f", "csv")
    day = quietly(marketmove.session, SAMPLE_CLOSES, as_of=moment)
    assert in_csv(day.moves) == ran.rows
    assert day.report.session is None


def test_the_latest_session_needs_no_clock(run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "-l", SAMPLE_CLOSES, "-f", "csv")
    assert in_csv(quietly(marketmove.session, SAMPLE_CLOSES).moves) == ran.rows


def test_the_moves_of_many_sessions_are_those_of_their_csv(
    closes: marketmove.CloseTable, run_cli: RunCli
) -> None:
    typed = ["history", "2025-01-20", "latest", "-l", str(SAMPLE_CLOSES), "--period", "month"]
    past = quietly(marketmove.history, closes, "2025-01-20", periods="month")
    assert in_csv(past.frame) == run_cli(*typed, "-f", "csv").rows
    assert past.to_dict() == run_cli(*typed, "-f", "json").document
    all_dates = quietly(marketmove.history, closes, "2025-01-20", shut_days=True)
    assert len(all_dates.frame) > len(past.frame)


def test_a_pair_is_that_of_its_csv(closes: marketmove.CloseTable, run_cli: RunCli) -> None:
    typed = ["pair", "HSI", "N225", "-l", str(SAMPLE_CLOSES), "--since", "2024-06-03"]
    pair = quietly(marketmove.pair, closes, "HSI", "Nikkei 225", since="2024-06-03", window=250)
    assert in_csv(pair.frame) == run_cli(*typed, "-f", "csv").rows
    document = run_cli(*typed, "-f", "json").document
    assert pair.to_dict() == document
    assert pair.report.summary.counts._asdict() == document["counts"]
    assert pair.frame.dtypes["split"] == "boolean"


def test_findings_are_those_of_the_csv_of_check(run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", "date,close\n2025-02-13,21814.37\n2025-02-14,x\n2025-02-16,22620.33\n")
    found = marketmove.check(path)
    assert in_csv(found.frame) == run_cli("check", path, "-f", "csv").rows
    assert found.to_dict() == run_cli("check", path, "-f", "json").document
    assert (found.report.errors, len(found.report.findings)) == (1, len(found.frame))
    sound = marketmove.check(hsi(1.5, 1.6))
    assert list(sound.frame.columns) == list(found.frame.columns)
    assert sound.frame.empty


def test_what_is_in_the_future_is_asked_with_a_moment() -> None:
    ahead = hsi(21814.37, 22620.33)
    assert marketmove.check(ahead).frame.empty
    now = dt.datetime(2025, 2, 3, 12, tzinfo=dt.UTC)
    found = marketmove.check(ahead, now=now).frame
    assert list(found["code"]) == ["future"]


def test_verdicts_are_those_of_the_csv_of_verify(
    closes: marketmove.CloseTable, run_cli: RunCli
) -> None:
    held = quietly(marketmove.verify, REPORT, closes)
    rows = run_cli("verify", REPORT, "-l", SAMPLE_CLOSES, "-f", "csv").rows
    assert [{k: _as_float(k, v) for k, v in row.items()} for row in in_csv(held.frame)] == [
        {k: _as_float(k, v) for k, v in row.items()} for row in rows
    ]
    document = run_cli("verify", REPORT, "-l", SAMPLE_CLOSES, "-f", "json").document
    assert held.to_dict() == document
    assert held.report.found
    assert [finding.text for finding in held.report.findings] == [
        f["text"] for f in document["findings"]
    ]
    assert not quietly(marketmove.verify, REPORT, closes, indices="HSTECH").report.found
    with REPORT.open("rb") as stream:
        assert len(quietly(marketmove.verify, stream, closes).frame) == len(rows)


def _as_float(name: str, text: str) -> str | float:
    return float(text) if text and re.match("published_(?!source)", name) else text


def test_published_figures_are_a_session_too(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-04", "-l", REPORT, "-f", "csv")
    assert in_csv(quietly(marketmove.session, REPORT, "2025-02-04").moves) == ran.rows


@pytest.mark.parametrize(
    ("close", "pct"), [("22,579.05", "+3.51%"), ("3346.72", "−0.40"), ("100", "0")]
)
def test_an_implied_prior_close_is_that_of_calc(close: str, pct: str, run_cli: RunCli) -> None:
    said = run_cli("calc", "--close", close, "--pct", pct, "-f", "json").document
    implied = marketmove.implied_prior_close(close, pct)
    assert [float(figure) for figure in implied] == [
        said["prior_close"],
        said["prior_close_low"],
        said["prior_close_high"],
    ]


def test_printed_digits_are_what_text_and_decimals_carry() -> None:
    as_text = marketmove.implied_prior_close("3.50", "1.0")
    assert marketmove.implied_prior_close(Decimal("3.50"), Decimal("1.0")) == as_text
    as_float = marketmove.implied_prior_close(3.5, 1.0)
    assert as_float.value == as_text.value
    assert as_float.high - as_float.low > as_text.high - as_text.low
    with pytest.raises(WrongUsageError, match=r"^--close: x .*\n--pct: -100 "):
        marketmove.implied_prior_close("x", -100)
    with pytest.raises(WrongUsageError, match="--close: NaN"):
        marketmove.implied_prior_close(Decimal("nan"), 1)


@pytest.mark.parametrize("name", ["table", "pair", "check", "verify", "history"])
def test_a_result_prints_as_the_table_for_people(name: str, run_cli: RunCli) -> None:
    calls: dict[str, tuple[Any, list[str | Path]]] = {
        "table": (
            lambda: marketmove.session(SAMPLE_CLOSES, "2025-02-14"),
            ["session", "2025-02-14", "-l", SAMPLE_CLOSES],
        ),
        "history": (
            lambda: marketmove.history(SAMPLE_CLOSES, "2025-02-14"),
            ["history", "2025-02-14", "latest", "-l", SAMPLE_CLOSES],
        ),
        "pair": (
            lambda: marketmove.pair(SAMPLE_CLOSES, "HSI", "DJI"),
            ["pair", "HSI", "DJI", "-l", SAMPLE_CLOSES],
        ),
        "check": (lambda: marketmove.check(SAMPLE_CLOSES), ["check", SAMPLE_CLOSES]),
        "verify": (
            lambda: marketmove.verify(REPORT, SAMPLE_CLOSES),
            ["verify", REPORT, "-l", SAMPLE_CLOSES],
        ),
    }
    call, typed = calls[name]
    assert f"{quietly(call)!r}\n" == run_cli(*typed).stdout


FRAME = hsi(1.5, 1.6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: marketmove.session(FRAME, "2025-02-30"), "2025-02-30 is not a date"),
        (lambda: marketmove.session(FRAME, "20250203"), "20250203 is not a date"),
        (
            lambda: marketmove.session(FRAME, pd.Timestamp(2025, 2, 3, 9)),
            "2025-02-03 09:00:00 is not a date",
        ),
        (lambda: marketmove.session(FRAME, pd.NaT), "NaT is not a date"),  # type: ignore[arg-type]
        (lambda: marketmove.session(FRAME, 20250203), "20250203 is not a date"),  # type: ignore[arg-type]
        (lambda: marketmove.session(FRAME, as_of="now"), "as_of: 'now' .* such as datetime.now"),  # type: ignore[arg-type]
        (lambda: marketmove.session(FRAME, as_of=pd.Timestamp(2025, 2, 3)), "as_of: .* offset"),
        (
            lambda: marketmove.session(FRAME, "2025-02-03", as_of=dt.datetime.now(dt.UTC)),
            "2025-02-03 and as_of both give the date",
        ),
        (lambda: marketmove.session(FRAME, indices="HSX"), "unknown index: HSX"),
        (lambda: marketmove.session(FRAME, groups="nowhere"), "nowhere"),
        (lambda: marketmove.session(FRAME, periods="year"), "unknown period year; choose day, we"),
        (lambda: marketmove.session(FRAME, floor_pct=-1), "floor_pct: -1"),
        (
            lambda: marketmove.history(FRAME, "2025-02-04", "2025-02-03"),
            "2025-02-04 is after",
        ),
        (lambda: marketmove.history(FRAME, "latest"), "latest is not a date"),
        (lambda: marketmove.pair(FRAME, "HSI", "N225", window=10), "window: 10 is below 60"),
        (lambda: marketmove.pair(FRAME, "HSI", "Hang Seng"), "HSI|Hang Seng"),
        (lambda: marketmove.read_closes(FRAME, decimal=";"), "--decimal: ; is neither"),
        (lambda: marketmove.read_closes(FRAME, date_format="d/m"), "--date-format: d/m"),
        (lambda: marketmove.read_closes(FRAME, encoding="klingon"), "--encoding: klingon"),
        (lambda: marketmove.read_closes(FRAME, symbol=" "), "--symbol is empty"),
        (lambda: marketmove.read_closes([]), "closes: an empty list"),
        (lambda: marketmove.read_closes(5), "closes: int is not a path"),  # type: ignore[arg-type]
        (lambda: marketmove.calendar("HSX"), "unknown index: HSX"),
        (
            lambda: marketmove.calendar("HSI").is_session("1970-01-02"),
            "1970-01-02: not known",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(call: Any, message: str) -> None:
    with pytest.raises(WrongUsageError, match=f"^{message}"):
        call()


def test_a_date_without_closes_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(NoSessionError, match="2025-02-04"):
        marketmove.session(FRAME, "2025-02-07")


# --- sessions ---


def test_a_calendar_has_the_names_that_calendars_have() -> None:
    hong_kong = marketmove.calendar("HSI")
    sessions = hong_kong.sessions
    assert assert_type(sessions, pd.DatetimeIndex).is_monotonic_increasing
    assert sessions.is_unique
    holiday, before, after = (dt.date(2025, *day) for day in ((1, 29), (1, 28), (2, 3)))
    assert not hong_kong.is_session(holiday)
    assert hong_kong.is_session(pd.Timestamp(before))
    assert hong_kong.previous_session(holiday) == hong_kong.previous_session(after) == before
    assert hong_kong.next_session(holiday) == hong_kong.next_session("2025-01-28") == after
    assert hong_kong.why_closed(holiday) == "Lunar New Year"
    assert hong_kong.why_closed("2025-02-01") == "weekend"
    assert hong_kong.why_closed(after) is None
    assert hong_kong.first_session == sessions[0].date()
    assert hong_kong.last_session == sessions[-1].date()
    with pytest.raises(WrongUsageError, match="2000-01-01: not known"):
        hong_kong.previous_session(hong_kong.rules.first)
    with pytest.raises(WrongUsageError, match="not known"):
        hong_kong.next_session(hong_kong.last_session)


# --- the door itself ---


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, marketmove; marketmove.__version__; dir(marketmove)\n"
        "heavy = {'pandas', 'numpy', 'typer', 'rich', 'yaml', 'matplotlib', 'marketmove.api'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "from marketmove import session\n"
        "assert 'pandas' in sys.modules and callable(session)\n"
        "assert not {'typer', 'matplotlib'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=bare_environment(), check=False
    )
    assert (done.stderr.decode(), done.returncode) == ("", 0)


def test_the_names_of_the_package_are_there_and_no_others() -> None:
    for name in marketmove.__all__:
        assert getattr(marketmove, name) is not None
        assert name in dir(marketmove)
    assert marketmove.errors.WrongUsageError is WrongUsageError
    with pytest.raises(AttributeError, match="has no attribute 'sessions'"):
        _ = marketmove.sessions  # type: ignore[attr-defined]


def test_the_package_is_typed_and_documented(closes: marketmove.CloseTable) -> None:
    assert (Path(marketmove.__file__).parent / "py.typed").is_file()
    assert_type(closes.frame, pd.DataFrame)
    assert_type(marketmove.session(FRAME), marketmove.SessionResult)
    functions = [
        f for name in marketmove.__all__ if inspect.isfunction(f := getattr(marketmove, name))
    ]
    assert len(functions) == 8
    for function in functions:
        assert get_type_hints(function)["return"] is not None
        text = inspect.getdoc(function) or ""
        for section in ("Parameters", "Raises", "Examples"):
            assert f"\n{section}\n---" in text, function
        described = set(re.findall(r"\w+", text.partition("Parameters")[2].partition("Raises")[0]))
        assert set(inspect.signature(function).parameters) <= described, function


def test_the_page_shows_what_its_code_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root())
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    names: dict[str, Any] = {}
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    for block in blocks:
        line = text.count("\n", 0, text.index(block))
        test = parser.get_doctest(block, names, "docs/api.md", str(PAGE), line)
        said: list[str] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", marketmove.MarketMoveWarning)
            runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
        assert not said, "".join(said)


def test_the_page_names_every_function_and_parameter() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in marketmove.__all__:
        if inspect.isfunction(getattr(marketmove, name)):
            assert f"| `{name}(" in text
