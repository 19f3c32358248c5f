"""Files as people publish them, where a folder of them is at hand: right, warned of, or refused.

``MARKETMOVE_TEST_DATA`` names the folder; without it there is nothing to do. It has
``corpus/manifest.json`` and ``corpus-2/manifest.json``: for each file what is expected of it
(``read``, ``warn``, ``refuse``), what would do as well (``also_ok``), and the true figures of some
sessions. Which indices a file has stands in ``benchmarks/corpus_symbols.csv``; one where it does
not say.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import warnings
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import marketmove
from marketmove.config import load
from marketmove.errors import MarketMoveError
from profiles import THOROUGH, chosen
from program import Ran, RunCli, rows_by_symbol

CONFIG = load(None)
# A 32-bit float as sources write it: with six decimals, some with five.
_FLOAT_NOISE = 6e-6


def _folder(name: str) -> Path | None:
    data = os.environ.get("MARKETMOVE_TEST_DATA")
    folder = Path(data) / name if data else None
    return folder if folder is not None and folder.is_dir() else None


def _manifest() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for folder in filter(None, map(_folder, ("corpus", "corpus-2"))):
        entries = json.loads((folder / "manifest.json").read_text("utf-8"))
        found += [entry | {"path": folder / entry["file"]} for entry in entries]
    return chosen(found, 40)


def _symbols() -> dict[str, str]:
    path = Path(__file__).parents[1] / "benchmarks" / "corpus_symbols.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {row["id"]: row["symbols"] for row in rows}


SYMBOLS = _symbols()


needs_corpus = pytest.mark.skipif(_folder("corpus") is None, reason="no corpus at hand")
needs_closes = pytest.mark.skipif(_folder("closes-long") is None, reason="no long closes at hand")


# What is said of closes that were read as they are: rows that a file of this kind left out.
OF_THE_CALENDAR = {"gap", "ghost", "shut_day", "no_calendar"}


@needs_corpus
@pytest.mark.parametrize("entry", _manifest(), ids=lambda entry: Path(entry["file"]).stem)
def test_a_file_as_published(
    entry: dict[str, Any], run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-11-28T12:00:00+00:00")
    found, why = _outcome(entry, run_cli)
    assert found in {entry["expect"], *entry["also_ok"]}, why


def _outcome(entry: dict[str, Any], run_cli: RunCli) -> tuple[str, str]:
    """What becomes of a file that is read with no option: read, warn, refuse or wrong; and why."""
    sessions = list(dict.fromkeys(truth["date"] for truth in entry["truth"])) or ["latest"]
    warned: list[str] = []
    for session in sessions:
        asked = ("session", session, "--levels", entry["path"], "--format")
        ran = run_cli(*asked, "csv")
        if ran.status == 3:
            assert ran.stdout == ""
            assert str(entry["path"]) in ran.stderr
            return "refuse", ran.stderr
        if ran.status != 0:
            return "wrong", f"{session}: status {ran.status}: {ran.stderr}"
        for truth in entry["truth"]:
            if truth["date"] == session and (mistake := _mistake(ran, truth)):
                return "wrong", mistake
        if wrong := _wrong_symbols(ran, entry):
            return "wrong", wrong
        warnings = run_cli(*asked, "json").document["warnings"]
        warned += [w["text"] for w in warnings if w["code"] not in OF_THE_CALENDAR]
    return ("warn", "; ".join(warned)) if warned else ("read", "")


def _wrong_symbols(ran: Ran, entry: dict[str, Any]) -> str:
    """How the indices that came out differ from those of the file; empty if they do not."""
    expected = SYMBOLS.get(entry["id"], "1" if entry["layout"] == "single" else "")
    found = {row["symbol"] for row in ran.rows}
    if expected.isdecimal() or not expected:
        return "" if expected in ("", str(len(found))) else f"{len(found)} indices, not {expected}"
    wanted = {CONFIG.registry.resolve(name).symbol for name in expected.split("|")}
    return "" if found == wanted else f"{sorted(found)}, not {sorted(wanted)}"


def _mistake(ran: Ran, truth: dict[str, Any]) -> str | None:
    """How the figures of a session differ from the true ones; None if they do not."""
    rows = rows_by_symbol(ran)
    candidates = [rows[name] for name in _names(truth["symbol_or_column"]) if name in rows]
    candidates = candidates or (list(rows.values()) if len(rows) == 1 else [])
    if any(_agrees(row, truth) for row in candidates):
        return None
    return f"{candidates}, not {truth}"


def _names(text: str) -> set[str]:
    """The symbols under which we may know a column."""
    role = CONFIG.words.role(text)
    texts = [text.strip(), *([role.index_name] if role and role.index_name else [])]
    return {CONFIG.registry.resolve(name).symbol for name in texts}


def _agrees(row: dict[str, str], truth: dict[str, Any]) -> bool:
    if truth["prior_close"] is None:
        return row["status"] == "no_prior" and float(row["close"]) == truth["close"]
    if row["status"] != "ok" or row["prior_session"] != truth["prior_date"]:
        return False
    close, prior = float(row["close"]), float(row["prior_close"])
    percent = Decimal(row["change_pct"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    as_written = (close, prior) == (truth["close"], truth["prior_close"])
    # The percent of levels without their noise may fall on the other side of a half.
    tolerance = 0.0001 if as_written else 0.0101
    return (
        _same_level(close, truth["close"])
        and _same_level(prior, truth["prior_close"])
        and abs(float(percent) - truth["change_pct"]) < tolerance
    )


def _same_level(read: float, written: float) -> bool:
    """Whether a level is the one written, or the decimal that a 32-bit float made it from."""
    if read == written:
        return True
    clean = any(round(written, places) == read for places in range(5))
    return clean and abs(float(np.float32(read)) - written) <= _FLOAT_NOISE


def _plainly(entry: dict[str, Any]) -> list[float] | None:
    """Every level of the close column in the order of the file, where plain code can tell it."""
    marks = {"comma": ",", "semicolon": ";", "tab": "\t"}
    if entry["layout"] != "single" or entry["delimiter"] not in marks or not entry["truth"]:
        return None
    text = entry["path"].read_bytes().decode(entry["encoding"].split()[0])
    rows = list(csv.reader(text.splitlines(), delimiter=marks[entry["delimiter"]]))
    at = next((n for n, row in enumerate(rows) if entry["close_column"] in row), None)
    if at is None:
        return None
    column = rows[at].index(entry["close_column"])
    cells = [row[column].replace(",", "") for row in rows[at + 1 :] if len(row) > column]
    levels = []
    for cell in cells:
        with contextlib.suppress(ValueError):
            levels.append(float(cell))
    # Of a thousands point, or a decimal comma, plain code would have to be told.
    return levels if {truth["close"] for truth in entry["truth"]} <= {*levels} else None


@needs_corpus
@pytest.mark.skipif(not THOROUGH, reason="every session of every file, in the thorough profile")
@pytest.mark.parametrize("entry", _manifest(), ids=lambda entry: Path(entry["file"]).stem)
def test_every_close_is_the_one_of_the_file(entry: dict[str, Any]) -> None:
    levels = _plainly(entry)
    if levels is None:
        pytest.skip("plain code cannot read it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = marketmove.read_closes(entry["path"])
    except MarketMoveError:
        assert "refuse" in {entry["expect"], *entry["also_ok"]}
        return
    found = sorted(read.frame["close"])
    assert len(found) == len(levels)
    assert all(map(_same_level, found, sorted(levels)))


@needs_closes
def test_a_folder_is_every_file_in_it(run_cli: RunCli) -> None:
    folder = _folder("closes-long")
    assert folder is not None
    files = sorted(folder.glob("*.csv"))
    session = "2020-03-12"
    together = rows_by_symbol(run_cli("session", session, "-l", folder, "-f", "csv"))
    assert len(together) == len(files)
    sources = {row["source"].rpartition(":")[0] for row in together.values() if row["source"]}
    assert sources <= {str(file) for file in files}
    for file in files[:4]:
        for symbol, row in rows_by_symbol(
            run_cli("session", session, "-l", file, "-f", "csv")
        ).items():
            assert together[symbol] == row
