"""What a person reads, as a whole, at the widths of terminals and in a pipe."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from marketmove import config
from marketmove.commands.calc import calc
from marketmove.commands.pair import PairRequest, pair
from marketmove.commands.session import SessionRequest, session
from marketmove.commands.summary import summary
from marketmove.errors import Remark
from marketmove.render import RenderOptions
from marketmove.render.calc import FORMATS as CALC_FORMATS
from marketmove.render.pair import FORMATS as PAIR_FORMATS
from marketmove.render.session import FORMATS
from marketmove.render.summary.text import FORMATS as SUMMARY_FORMATS
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from marketmove.reports.records import PairReport, SessionReport
    from marketmove.reports.summary import SummaryReport

LOOKS = {
    "pipe": RenderOptions(),
    "60": RenderOptions(width=60),
    "80": RenderOptions(width=80),
    "140": RenderOptions(width=140),
    "80 in colour": RenderOptions(width=80, colour=True),
    "80 in ASCII": RenderOptions(width=80, ascii_only=True),
}
DATES = [dt.date(2025, 2, 4), dt.date(2025, 2, 14)]
each_date = pytest.mark.parametrize("date", DATES, ids=str)


def _report(date: dt.date, output_format: str = "table") -> SessionReport:
    settings = config.load(None)
    people = output_format in {"table", "markdown"}
    pairs = settings.top if people else None
    asked = SessionRequest(date, (), (), ReadOptions(), settings, pairs=pairs, pair_lines=people)
    return session(asked)


@each_date
@pytest.mark.parametrize("look", LOOKS)
def test_table(date: dt.date, look: str, snapshot: SnapshotAssertion) -> None:
    text = "".join(FORMATS["table"](_report(date), LOOKS[look]))
    assert text == snapshot


@each_date
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_tables_stay_within_the_width(date: dt.date, width: int) -> None:
    lines = "".join(FORMATS["table"](_report(date), RenderOptions(width=width))).splitlines()
    tables = [line for line in lines[1:] if "; --top" not in line and "Warning: " not in line]
    assert max(map(len, tables)) <= width


@pytest.mark.parametrize("output_format", ["markdown", "csv", "json"])
def test_other_formats(output_format: str, snapshot: SnapshotAssertion) -> None:
    pieces = FORMATS[output_format](_report(DATES[0], output_format), RenderOptions())
    assert "".join(pieces) == snapshot


def test_markdown_of_closes(snapshot: SnapshotAssertion) -> None:
    pieces = FORMATS["markdown"](_report(DATES[1], "markdown"), RenderOptions())
    assert "".join(pieces) == snapshot


@pytest.mark.parametrize("output_format", ["table", "json"])
@pytest.mark.parametrize(
    "given",
    [("22579.05", None, "+3.51"), ("22620.33", "21814.37", None), (None, "21814.37", "3.69")],
    ids=["close and percent", "close and prior close", "prior close and percent"],
)
def test_calc(
    given: tuple[str | None, str | None, str | None],
    output_format: str,
    snapshot: SnapshotAssertion,
) -> None:
    assert CALC_FORMATS[output_format](calc(*given), RenderOptions()) == snapshot


def _pair() -> PairReport:
    since, until = dt.date(2024, 1, 2), dt.date(2025, 2, 14)
    settings = config.load(None)
    return pair(PairRequest("HSI", "N225", since, until, (), ReadOptions(), settings))


@pytest.mark.parametrize("look", LOOKS)
def test_pair(look: str, snapshot: SnapshotAssertion) -> None:
    assert PAIR_FORMATS["table"](_pair(), LOOKS[look]) == snapshot


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_pair_stays_within_the_width(width: int) -> None:
    lines = PAIR_FORMATS["table"](_pair(), RenderOptions(width=width)).splitlines()
    drawn = [line for line in lines if line.startswith(("  Spread", "  Relative"))]
    table = lines[lines.index(next(line for line in lines if "Widest" in line)) :]
    assert len(drawn) == 2
    assert max(map(len, [*drawn, *table])) <= width
    assert width < 80 or max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [80, 100])
def test_what_stands_under_a_pair_stays_within_the_width(width: int) -> None:
    long = (Remark("long", " ".join(["the close of an index is missing"] * 5)),)
    report = _pair()._replace(notes=long, warnings=long)
    lines = PAIR_FORMATS["table"](report, RenderOptions(width=width)).splitlines()
    below = " ".join(line.strip() for line in lines)
    assert f"{long[0].text} Warning: {long[0].text}" in below
    assert max(map(len, lines)) <= width


def _summary(date: str, *chosen: str) -> SummaryReport:
    day = dt.date.fromisoformat(date)
    return summary(SessionRequest(day, (), chosen, ReadOptions(), config.load(None)))


# A day of divergence, one with shut markets, one with most of Asia shut, a quiet one.
SUMMARIES = {
    "divergent": ("2025-02-14",),
    "shut": ("2025-02-04",),
    "mostly shut": ("2025-01-29",),
    "quiet": ("2024-11-20", "CSI300", "DJI", "FTSE", "HSI", "N225", "SPX"),
}


@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
@pytest.mark.parametrize("asked", SUMMARIES)
def test_summary(asked: str, output_format: str, snapshot: SnapshotAssertion) -> None:
    report = _summary(*SUMMARIES[asked])
    assert SUMMARY_FORMATS[output_format](report, RenderOptions()) == snapshot
