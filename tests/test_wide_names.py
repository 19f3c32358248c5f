"""Names whose letters take two cells of a terminal: columns line up, and lines end in time."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from marketmove.delivery.journal import writing
from marketmove.delivery.revisions import CloseSeen, SummaryKey
from marketmove.delivery.targets import STANDARD_OUTPUT
from marketmove.render.summary.table import wrapped

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

WIDE = "我的指数甲乙丙丁"
CLOSES = (
    "date,symbol,close\n"
    f"2025-02-13,{WIDE},1000\n2025-02-14,{WIDE},1010.5\n"
    "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
)


def _cells(text: str) -> int:
    """Terminal cells by the standard (UAX #11): wide and fullwidth letters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _end_of(figure: str, text: str) -> int:
    (line,) = (line for line in text.splitlines() if figure in line)
    return _cells(line[: line.index(figure)] + figure)


def test_the_columns_of_a_session_line_up(run_cli: RunCli, write: Write) -> None:
    text = run_cli("session", "2025-02-14", "-l", write("c.csv", CLOSES)).stdout
    assert _end_of("22,620.33", text) == _end_of("1,010.50", text)


def test_a_heat_map_lines_up(run_cli: RunCli, write: Write) -> None:
    ran = run_cli("chart", "heatmap", "2025-02-14", "2025-02-14", "-l", write("c.csv", CLOSES))
    assert _end_of("+3.69", ran.stdout) == _end_of("+1.05", ran.stdout)


def test_a_head_that_is_a_name_stands_above_its_figures(run_cli: RunCli, write: Write) -> None:
    closes = CLOSES + f"2025-02-17,{WIDE},1000.2\n2025-02-17,HSI,22600.5\n"
    lines = run_cli("pair", WIDE, "HSI", "-l", write("c.csv", closes)).stdout.splitlines()
    (at,) = (n for n, line in enumerate(lines) if "Widest sessions" in line)
    assert _end_of(WIDE, lines[at]) == _end_of("+1.05%", lines[at + 1])


def test_a_name_too_long_for_a_drawing_is_cut_by_cells(run_cli: RunCli, write: Write) -> None:
    path = write("c.csv", CLOSES.replace(WIDE, WIDE * 3))
    text = run_cli("chart", "session", "2025-02-14", "-l", path).stdout
    (name,) = (line.split()[0] for line in text.splitlines() if WIDE in line)
    assert name == f"{(WIDE * 3)[:13]}…"


def test_a_summary_gives_a_name_the_cells_it_takes(run_cli: RunCli, write: Write) -> None:
    text = run_cli("summary", "2025-02-14", "-l", write("c.csv", CLOSES)).stdout
    assert any(line.split()[:2] == [WIDE, "1,010.50"] for line in text.splitlines())
    assert wrapped("指数甲 指数乙", 10) == ["指数甲", "指数乙"]


def test_the_journal_lines_up(run_cli: RunCli, tmp_path: Path) -> None:
    path, moment = tmp_path / "j.sqlite", dt.datetime(2025, 2, 14, 10, tzinfo=dt.UTC)
    with writing(path, 1) as journal:
        for symbols in (WIDE, "HSI"):
            number = journal.record(SummaryKey("2025-02-14", symbols, "text", "", ()), moment)
            journal.record_delivery(number, STANDARD_OUTPUT, "printed", moment)
    lines = run_cli("journal", "--journal", path).stdout.splitlines()
    assert len({_cells(line) for line in lines if line.endswith("printed")}) == 1


def test_what_was_out_nowhere_is_no_step_of_a_revision(run_cli: RunCli, tmp_path: Path) -> None:
    """A run that is killed between a failed delivery and its print leaves closes nobody saw."""
    path, moment = tmp_path / "j.sqlite", dt.datetime(2025, 2, 14, 10, tzinfo=dt.UTC)
    with writing(path, 1) as journal:
        for close, result in ((100.0, "printed"), (200.0, "failed"), (300.0, "printed")):
            seen = CloseSeen("HSI", "2025-02-14", close, "2025-02-13", 90.0)
            number = journal.record(SummaryKey("2025-02-14", "HSI", "text", "", (seen,)), moment)
            target = STANDARD_OUTPUT if result == "printed" else "env:DESK"
            journal.record_delivery(number, target, result, moment)  # type: ignore[arg-type]
    summaries = run_cli("journal", "--journal", path, "-f", "json").document["summaries"]
    assert [(r["before"], r["after"]) for r in summaries[2]["revisions"]] == [(100.0, 300.0)]
