"""Closes as the API takes them: frames, files and streams, and what is refused or warned of."""

from __future__ import annotations

import io
import math
import re
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketmove
from marketmove.errors import (
    BadFiguresError,
    UnreadableFileError,
    UnrecognisedFileError,
    WrongUsageError,
)
from marketmove.resources import root
from notebook import hsi, in_csv, quietly
from program import SAMPLE_CLOSES, Ran, RunCli, Write

PAGE = root() / "docs" / "api.md"
REPORT = root() / "samples" / "published" / "2025-02-04.yaml"
DATES = ("2023-12-29", "2024-02-12", "2024-08-05", "2025-01-29", "2025-02-04", "2025-02-14")


@pytest.fixture(scope="module")
def tidy() -> pd.DataFrame:
    return pd.read_csv(SAMPLE_CLOSES)


@pytest.fixture(scope="module")
def closes() -> marketmove.CloseTable:
    return marketmove.read_closes(SAMPLE_CLOSES)


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
    assert {Path(warning.filename).name for warning in caught} == {Path(__file__).name}


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
