"""What alerts say, and why some cannot be judged: read back and held against the closes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import sentences
from plain_closes import Closes, tidy
from plain_days import Asked
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

CONDITIONS = (
    *(
        "HSI: 3",
        "HSI: -1.5",
        "any: 2%",
        "N225: +1",
        "TWII: 0.125",
        "any: streak 5",
        "SPX: streak -3",
    ),
    *(
        "any: record",
        "SPX: record high",
        "GDAXI: record low",
        "any: p98",
        "HSI: p99.5",
        "any: missing",
    ),
    *("N225: missing", "HSI-N225: 4pp", "N225-HSI: +1pp", "any pair: 6pp", "any pair: p99"),
    *("HSI-SPX: p95", "AXJO: p50", "OMX: missing", "OMX: 2", "AXJO-KLSE: p50"),
)
LOW = {"alert size", "alert pp of a pair", "alert row", "alert p", "alert p of a pair"}


def read(
    run_cli: RunCli, path: Path, when: dt.date | dt.datetime, conditions: tuple[str, ...]
) -> set[str]:
    moment = isinstance(when, dt.datetime)
    asked = ("--as-of", when.isoformat()) if moment else (str(when),)
    typed = [part for text in conditions for part in ("--alert", text)]
    ran = run_cli("summary", *asked, "-l", path, "-f", "json", *typed)
    assert ran.status in {0, 5}, ran.stderr
    known = Asked(Closes(tidy(path)), source=str(path), alerts=conditions)
    known = known._replace(as_of=when) if moment else known._replace(session=when)  # type: ignore[arg-type]
    reader = sentences.read(ran.document, known)
    assert (ran.status == 5) == bool(ran.document["alerts"])
    return reader.kinds


def test_alerts_of_the_samples(run_cli: RunCli) -> None:
    kinds: set[str] = set()
    for day in ("2025-02-14", "2025-01-29", "2025-02-03", "2024-08-05", "2024-10-08", "2025-02-28"):
        kinds |= read(run_cli, SAMPLE_CLOSES, dt.date.fromisoformat(day), CONDITIONS)
    assert kinds >= LOW | {"alert record", "alert not judged"}, kinds


def test_alerts_of_what_is_missing(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-12,HSI,1\n2025-02-13,HSI,2\n2025-02-14,SPX,60\n2025-02-13,SPX,61\n"
    path = write("closes.csv", f"date,symbol,close\n{rows}2025-02-12,N225,5\n2025-02-17,N225,6\n")
    conditions = ("any: missing", "HSI: missing", "N225: missing", "OMX: missing")
    day = dt.date(2025, 2, 14)
    kinds = read(run_cli, path, day, conditions)
    assert kinds >= {"alert missing", "alert not judged"}
    over = dt.datetime(2025, 2, 14, 23, tzinfo=dt.UTC)
    assert "alert missing" in read(run_cli, path, over, conditions)
    odd = ("HSI: 1", "HSI-SPX: 1pp", "SPX: streak 2", "SPX: p50", "SPX: record", "any pair: p99")
    assert "alert not judged" in read(run_cli, path, day, odd)
