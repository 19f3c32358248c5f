"""What there is to say of a history that an engine has written: counts, and no rows."""

from __future__ import annotations

from collections.abc import Iterator

from marketmove.engines.request import EngineHistory
from marketmove.errors import Remark, listed
from marketmove.wording.numbers import count

ENGINES = {"duckdb": "DuckDB", "spark": "Spark"}


def engine_warnings(report: EngineHistory) -> list[Remark]:
    """Warn of what makes figures other than they seem, by how many rows of each kind there are."""
    return [*report.absent, *_ghosts(report), *_doubts(report), *_missing(report)]


def _ghosts(report: EngineHistory) -> Iterator[Remark]:
    if report.ghosts:
        rows = "a row repeats" if report.ghosts == 1 else f"{report.ghosts:,} rows repeat"
        left_out = "it is" if report.ghosts == 1 else "they are"
        text = f"{rows} the close before on a date without a session, and {left_out} left out"
        yield Remark("ghost", text)


def _doubts(report: EngineHistory) -> Iterator[Remark]:
    if report.doubts:
        number = sum(report.doubts.values())
        rows = count(number, "move is doubtful", "moves are doubtful")
        kinds = [f"{kind} {n:,}" for kind, n in sorted(report.doubts.items())]
        text = f"{rows}: {listed(kinds)}; the column doubt says which"
        yield Remark("doubtful", text)


def _missing(report: EngineHistory) -> Iterator[Remark]:
    if number := report.statuses.get("missing", 0):
        sessions = count(number, "session lacks", "sessions lack")
        yield Remark("missing", f"{sessions} a close of an index that has later ones")
