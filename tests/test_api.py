"""The API for notebooks gives what the command line gives, as frames, and loses no warning."""

from __future__ import annotations

import datetime as dt
import doctest
import inspect
import io
import math
import re
import subprocess
import sys
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type, get_type_hints

import numpy as np
import pandas as pd
import pytest

import marketmove
from marketmove.errors import (
    BadFiguresError,
    NoSessionError,
    UnreadableFileError,
    UnrecognisedFileError,
    WrongUsageError,
)
from marketmove.resources import root
from program import SAMPLE_CLOSES, Ran, RunCli, Write, bare_environment

PAGE = root() / "docs" / "api.md"
REPORT = root() / "samples" / "published" / "2025-02-04.yaml"
DATES = ("2023-12-29", "2024-02-12", "2024-08-05", "2025-01-29", "2025-02-04", "2025-02-14")


@pytest.fixture(scope="module")
def tidy() -> pd.DataFrame:
    return pd.read_csv(SAMPLE_CLOSES)


@pytest.fixture(scope="module")
def closes() -> marketmove.CloseTable:
    return marketmove.read_closes(SAMPLE_CLOSES)


def quietly(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function, whatever it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", marketmove.MarketMoveWarning)
        return function(*arguments, **options)


def in_csv(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a frame as the command line writes them."""
    return [
        {str(name): _cell(cell) for name, cell in row.items()} for row in frame.to_dict("records")
    ]


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        assert value == value.normalize()
        return value.date().isoformat()
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def hsi(*cells: Any) -> pd.DataFrame:
    """Closes of one index on weekdays in February 2025, one a cell."""
    return pd.DataFrame({"HSI": cells}, index=pd.bdate_range("2025-02-03", periods=len(cells)))


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
    expected = [{k: _cell(v) for k, v in pair.items()} for pair in ran.document["divergences"]]
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


# --- what is read ---


def _forms(tidy: pd.DataFrame) -> dict[str, pd.DataFrame]:
    days = tidy.assign(date=pd.to_datetime(tidy["date"]))
    wide = days.pivot(index="date", columns="symbol", values="close")
    index = pd.DatetimeIndex(wide.index)
    return {
        "tidy": tidy,
        "timestamps": days,
        "dates": tidy.assign(date=days["date"].dt.date),
        "other words": tidy.rename(columns={"date": "Date", "symbol": "Ticker", "close": "Close"}),
        "categories": tidy.astype({"symbol": "category"}),
        "shuffled": tidy.sample(frac=1, random_state=1),
        "index of both": tidy.set_index(["date", "symbol"]),
        "wide": wide,
        "wide, dates in a column": wide.reset_index(),
        "wide, dates as text": wide.set_axis(index.strftime("%Y-%m-%d"), axis=0),
        "wide, plain dates": wide.set_axis(pd.Index(index.date, dtype="object"), axis=0),
        "wide, nullable": wide.astype("Float64"),
        "wide, periods": wide.set_axis(pd.PeriodIndex(index, freq="D"), axis=0),
        "wide, newest first": wide.iloc[::-1],
    }


FORMS = (
    *("tidy", "timestamps", "dates", "other words", "categories", "shuffled", "index of both"),
    *("wide", "wide, dates in a column", "wide, dates as text", "wide, plain dates"),
    *("wide, nullable", "wide, periods", "wide, newest first"),
)


@pytest.mark.parametrize("form", FORMS)
def test_a_frame_gives_what_the_file_gives(
    form: str, tidy: pd.DataFrame, closes: marketmove.CloseTable
) -> None:
    recent = closes.frame["date"] >= "2025-01-02"
    given_frame = _forms(tidy[tidy["date"] >= "2025-01-02"])[form]
    before = given_frame.copy()
    table = marketmove.read_closes(given_frame)
    pd.testing.assert_frame_equal(table.frame, closes.frame[recent].reset_index(drop=True))
    for date in DATES[-3:]:
        expected = quietly(marketmove.session, closes, date, context=False).moves
        moves = quietly(marketmove.session, table, date, context=False).moves
        pd.testing.assert_frame_equal(moves.drop(columns="source"), expected.drop(columns="source"))
    pd.testing.assert_frame_equal(given_frame, before)


def test_every_form_is_tried(tidy: pd.DataFrame) -> None:
    assert set(FORMS) == set(_forms(tidy))


def test_a_place_is_the_position_of_the_row(tidy: pd.DataFrame) -> None:
    odd = tidy[tidy["symbol"].isin(["HSI", "DJI"])]
    moves = quietly(marketmove.session, odd, "2025-02-14").moves
    for move in moves.itertuples():
        label, _, position = str(move.source).partition(":")
        assert label == "DataFrame"
        row = odd.iloc[int(position)]
        assert (row["symbol"], row["close"]) == (move.symbol, move.close)


def test_columns_of_a_download_with_two_levels_are_read(tidy: pd.DataFrame) -> None:
    wide = tidy.pivot(index="date", columns="symbol", values="close")[["HSI", "N225"]]
    wide = wide.set_axis(pd.to_datetime(wide.index), axis=0).rename(columns="^{}".format)
    both = pd.concat({"Close": wide, "High": wide + 1}, axis=1).rename_axis("Date")
    assert set(marketmove.read_closes(both).symbols) == {"HSI", "N225"}
    pd.testing.assert_frame_equal(
        marketmove.read_closes(both).frame, marketmove.read_closes(wide).frame
    )


def test_a_number_is_the_number_it_is() -> None:
    random = np.random.default_rng(12)
    thousandths = random.integers(1, 10**7, 500) / 1000
    levels = [*random.uniform(1, 1e6, 500), *thousandths, *random.integers(1, 10**6, 500).tolist()]
    levels += [1e-6, 0.1 + 0.2, 1.234, 1234.5, 1e14, 123456789012345.6]
    expected = [float(level) for level in levels]
    for frame, decimal in (
        (hsi(*levels), None),
        (hsi(*levels).astype("object"), ","),
        (hsi(*(Decimal(repr(level)) for level in expected)), None),
    ):
        assert marketmove.read_closes(frame, decimal=decimal).frame["close"].tolist() == expected


def test_text_that_leaves_a_number_open_is_refused() -> None:
    with pytest.raises(UnrecognisedFileError, match=r"^DataFrame:0: 1\.234 may be 1\.234 or 1234"):
        marketmove.read_closes(hsi("1.234", "1.235"))
    read = marketmove.read_closes(hsi("1.234", "1.235"), decimal=",").frame
    assert read["close"].tolist() == [1234, 1235]
    assert marketmove.read_closes(hsi(1.234, 1.235)).frame["close"].tolist() == [1.234, 1.235]


def test_a_missing_cell_is_a_gap_and_nothing_is_filled() -> None:
    for missing in (None, math.nan, pd.NA):
        frame = hsi(21814.37, missing, 22620.33).astype("object")
        assert marketmove.read_closes(frame).frame["close"].tolist() == [21814.37, 22620.33]
        with pytest.warns(marketmove.MarketMoveWarning, match="not in the data"):
            move = marketmove.session(frame, "2025-02-05").moves.iloc[0]
        assert (move["prior_close"], move["gap_sessions"]) == (21814.37, 1)


def test_two_closes_for_a_date_are_an_error_where_they_matter() -> None:
    twice = pd.concat([hsi(1.5, 1.6, 1.7), hsi(1.5, 1.9)])
    message = r"DataFrame:4: HSI has two closes for 2025-02-04: 1\.9 here and 1\.6 at DataFrame:1"
    with pytest.raises(BadFiguresError, match=message):
        marketmove.session(twice, "2025-02-04")
    with pytest.raises(BadFiguresError, match=message):
        marketmove.history(twice, "2025-02-04")
    with pytest.warns(marketmove.MarketMoveWarning, match=message):
        moves = marketmove.history(twice, "2025-02-03").frame
    assert moves["status"].tolist() == ["no_prior", "unusable", "unusable"]
    with pytest.warns(marketmove.MarketMoveWarning, match=f"^a row cannot be used; .*{message}"):
        table = marketmove.read_closes(twice)
    assert [remark.code for remark in table.warnings] == ["unusable_row"]
    assert table.frame["close"].tolist() == [1.5, 1.7]


@pytest.mark.parametrize("cell", [-1.0, 0.0, math.inf, "x", True])
def test_a_cell_that_is_no_close_is_an_error(cell: object) -> None:
    frame = hsi(1.5, cell, 1.7).astype("object")
    with pytest.raises(BadFiguresError, match=r"^DataFrame:1: HSI: "):
        marketmove.session(frame, "2025-02-05")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"x": ["a"], "y": [1]}), "DataFrame: no date column"),
        (pd.DataFrame({"date": ["2025-02-14"], "volume": [1], "symbol": "A"}), "DataFrame: no cl"),
        (pd.DataFrame({"date": ["2025-02-14"], "close": [1.5]}), "DataFrame: closes of one index"),
        (pd.DataFrame({"date": [], "close": []}), "DataFrame: a frame without rows"),
        (pd.DataFrame({"date": ["02/03/2025"], "HSI": [1.5]}), "DataFrame:0: 02/03/2025 may be"),
        (pd.concat([hsi(1.5), hsi(1.6)], axis=1), "DataFrame: two columns are called HSI"),
        (
            pd.DataFrame([["2025-02-14", 1.5, 2.0]], columns=["date", "HSI", ""]),
            "DataFrame: column 3 has cells but no name",
        ),
    ],
)
def test_a_frame_that_is_not_understood_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(UnrecognisedFileError, match=f"^{message}"):
        marketmove.read_closes(frame)


def test_what_the_cells_do_not_say_is_said() -> None:
    frame = pd.DataFrame({"date": ["03/02/2025", "04/02/2025"], "close": ["1.234", "1.235"]})
    table = marketmove.read_closes(frame, symbol="Hang Seng", decimal=".", date_format="dmy")
    assert in_csv(table.frame) == [
        {"date": "2025-02-03", "symbol": "HSI", "close": "1.234"},
        {"date": "2025-02-04", "symbol": "HSI", "close": "1.235"},
    ]


def test_timestamps_are_dates_where_they_are_midnights() -> None:
    frame = hsi(1.5, 1.6)
    read = marketmove.read_closes(frame, date_format="%Y-%m-%d").frame
    assert list(read["date"]) == list(frame.index)
    aware = marketmove.read_closes(frame.tz_localize("Asia/Hong_Kong")).frame
    assert list(aware["date"]) == list(frame.index)


def test_files_streams_folders_and_frames_stand_together(
    tidy: pd.DataFrame, closes: marketmove.CloseTable, tmp_path: Path
) -> None:
    parts = [part for _, part in tidy.groupby("symbol")]
    parts[0].to_csv(tmp_path / "one.csv", index=False)
    parts[1].to_csv(tmp_path / "two.csv", index=False)
    stream = io.BytesIO(parts[2].to_csv(index=False).encode())
    table = marketmove.read_closes([tmp_path, stream, *parts[3:]])
    pd.testing.assert_frame_equal(table.frame, closes.frame)
    labels = [source.label for source in table.sources]
    assert labels[2:4] == ["closes[1]", "closes[2]"]
    with SAMPLE_CLOSES.open("rb") as file:
        named = marketmove.read_closes(file)
    assert named.sources[0].label == str(SAMPLE_CLOSES)
    assert repr(named) == repr(marketmove.read_closes(str(SAMPLE_CLOSES)))


def test_what_cannot_be_opened_is_said_at_once_and_all_of_it() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        marketmove.read_closes(["none.csv", "nothing.csv"])
    assert len(caught.value.problems) == 2
    assert isinstance(caught.value, marketmove.MarketMoveError)
    with pytest.raises(WrongUsageError, match="published figures, not closes"):
        marketmove.read_closes(REPORT)


# --- warnings ---


@pytest.mark.parametrize("command", ["session", "history", "pair", "verify"])
def test_every_warning_of_the_command_is_a_warning_here(
    command: str, run_cli: RunCli, write: Write, tidy: pd.DataFrame
) -> None:
    gaps = tidy[~((tidy["date"] == "2025-02-03") & (tidy["symbol"] == "N225"))]
    path = write("closes.csv", gaps[gaps["symbol"].isin(["HSI", "N225"])].to_csv(index=False))
    calls: dict[str, tuple[Any, list[str | Path]]] = {
        "session": (lambda: marketmove.session(path, "2025-02-04"), ["2025-02-04"]),
        "history": (
            lambda: marketmove.history(path, "2025-01-31", "2025-02-04"),
            ["2025-01-31", "2025-02-04"],
        ),
        "pair": (lambda: marketmove.pair(path, "HSI", "N225"), ["HSI", "N225"]),
        "verify": (lambda: marketmove.verify(REPORT, path), [REPORT]),
    }
    call, typed = calls[command]
    ran = run_cli(command, *typed, "-l", path, "-f", "csv")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    said = [str(warning.message) for warning in caught]
    assert said == _warnings_of(ran)
    assert said
    assert said == [str(warning) for warning in result.warnings]
    assert {warning.category for warning in caught} == {marketmove.MarketMoveWarning}
    assert {Path(warning.filename).name for warning in caught} == {"test_api.py"}


def _warnings_of(ran: Ran) -> list[str]:
    return [re.sub("^marketmove: |warning: ", "", line) for line in ran.stderr.splitlines()]


# --- settings ---


def test_a_configuration_is_read_where_it_is_named_and_only_there(
    write: Write, monkeypatch: pytest.MonkeyPatch, closes: marketmove.CloseTable
) -> None:
    broken = write("broken.yaml", "nothing: [")
    monkeypatch.setenv("MARKETMOVE_CONFIG", str(broken))
    assert len(quietly(marketmove.session, SAMPLE_CLOSES, "2025-02-14").moves) == 20
    own = write(
        "own.yaml",
        "floor_pct: 5\nindices:\n  OWN: {name: My own, aliases: [mine], exchange: XHKG}\n",
    )
    table = marketmove.read_closes(hsi(1.5, 1.6).rename(columns={"HSI": "mine"}), config=own)
    assert table.symbols == ("OWN",)
    assert marketmove.session(table).moves["name"].tolist() == ["My own"]
    assert marketmove.calendar("mine", config=own).rules.exchange == "XHKG"
    same = marketmove.read_closes(SAMPLE_CLOSES, config=own)
    assert quietly(marketmove.session, same, "2025-02-14").divergences.empty
    wider = quietly(marketmove.session, same, "2025-02-14", floor_pct=0.5)
    assert len(wider.divergences) == len(
        quietly(marketmove.session, closes, "2025-02-14").divergences
    )
    with pytest.raises(marketmove.MarketMoveError, match=r"broken\.yaml"):
        marketmove.read_closes(SAMPLE_CLOSES, config=broken)


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
            "2025-02-03 and as_of both say when",
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
        (lambda: marketmove.read_closes(5), "closes: int is no path"),  # type: ignore[arg-type]
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
