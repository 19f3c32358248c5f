"""Drawings in a terminal: what a person sees at its width, with colour and without."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import pytest

from marketmove import config
from marketmove.commands import history, pair, session
from marketmove.render import RenderOptions
from marketmove.render.drawings import bars
from marketmove.render.drawings import heatmap as heat_table
from marketmove.render.drawings import pair as pair_drawing
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from marketmove.reports.records import HistoryReport
    from program import RunCli, Write

LOOKS = {
    "pipe": RenderOptions(),
    "60": RenderOptions(width=60),
    "80": RenderOptions(width=80),
    "140": RenderOptions(width=140),
    "80 in colour": RenderOptions(width=80, colour=True),
    "80 in ASCII": RenderOptions(width=80, ascii_only=True),
}
RANGES = {
    "figures": (dt.date(2025, 2, 3), dt.date(2025, 2, 7)),
    "digits": (dt.date(2025, 1, 27), dt.date(2025, 2, 14)),
    "letters": (dt.date(2024, 12, 20), dt.date(2025, 2, 14)),
    "too many": (dt.date(2024, 1, 2), dt.date(2025, 2, 14)),
}


def _session(date: dt.date, look: RenderOptions) -> str:
    asked = session.SessionRequest(
        date, (), (), ReadOptions(), config.load(None), pairs=1, context=False
    )
    return bars.session(session.session(asked), look)


def _pair(look: RenderOptions, since: dt.date | None = None) -> str:
    until, settings = dt.date(2025, 2, 14), config.load(None)
    asked = pair.PairRequest("HSI", "N225", since, until, (), ReadOptions(), settings)
    return pair_drawing.pair(pair.pair(asked), look)


def _heatmap(first: dt.date, last: dt.date, look: RenderOptions, *chosen: str) -> str:
    settings = config.load(None)
    asked = history.HistoryRequest(first, last, (), chosen, ReadOptions(), settings, shut_days=True)
    report: HistoryReport = history.history(asked)
    return heat_table.heatmap(report, heat_table.grid(report, settings.registry), look)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("date", [dt.date(2025, 2, 4), dt.date(2025, 2, 14)], ids=str)
def test_session(date: dt.date, look: str, snapshot: SnapshotAssertion) -> None:
    assert _session(date, LOOKS[look]) == snapshot


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("since", [None, dt.date(2025, 1, 20)], ids=str)
def test_pair(since: dt.date | None, look: str, snapshot: SnapshotAssertion) -> None:
    assert _pair(LOOKS[look], since) == snapshot


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_pair_stays_within_the_width(width: int) -> None:
    assert max(map(len, _pair(RenderOptions(width=width)).splitlines()[2:])) <= width


def test_each_spread_is_a_block_on_its_side(run_cli: RunCli, write: Write) -> None:
    """Spreads of 8, −4, 0 and 1: all of a block, half of one, none, an eighth."""
    ours, theirs = (1.0, 1.08, 1.0368, 1.0368, 1.047168), (1.0, 1.0, 1.0, 1.0, 1.0)
    others = [("C", (1, 2, 3, 4, 5)), ("D", (6, 7, 8, 9, 10))]
    rows = "".join(
        f"2025-02-{10 + n},{symbol},{close}\n"
        for symbol, closes in (("A", ours), ("B", theirs), *others)
        for n, close in enumerate(closes)
    )
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli("chart", "pair", "A", "B", "-l", path)
    assert (ran.stderr, ran.status) == ("", 0)
    lines = ran.stdout.splitlines()
    assert lines[3] == "  Spread: A less B, −4.00 pp to +8.00 pp"
    assert lines[4:6] == ["  above 0 █  ▁", "  below 0  ▄"]
    assert lines[7] == "  Relative strength: 96.00 to 100.00, last 96.96 (2025-02-11 is 100)"


def test_heatmap_in_colour(snapshot: SnapshotAssertion) -> None:
    assert _heatmap(*RANGES["figures"], LOOKS["80 in colour"]) == snapshot


@pytest.mark.parametrize("look", ["80", "80 in ASCII"])
@pytest.mark.parametrize("dates", RANGES)
def test_heatmap(dates: str, look: str, snapshot: SnapshotAssertion) -> None:
    assert _heatmap(*RANGES[dates], LOOKS[look]) == snapshot


def test_a_heat_map_has_the_regions_in_the_order_of_the_summary(
    run_cli: RunCli, write: Write
) -> None:
    symbols = ("SPX", "HSI", "VIX", "AXJO", "FTSE", "N225")
    rows = "".join(f"2025-02-{day},{s},{day}\n" for day in (12, 13, 14) for s in symbols)
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    summary = json.loads(run_cli("summary", "2025-02-14", "-l", path, "-f", "json").stdout)
    ran = run_cli("chart", "heatmap", "2025-02-13", "2025-02-14", "-l", path)
    names = [region["name"] for region in summary["regions"]]
    assert names == ["Oceania", "Asia", "Europe", "Americas", "Volatility"]
    assert [line.strip() for line in ran.stdout.splitlines() if line.strip() in names] == names


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("dates", RANGES)
def test_a_heat_map_stays_within_the_width(dates: str, width: int) -> None:
    lines = _heatmap(*RANGES[dates], RenderOptions(width=width)).splitlines()
    assert lines[0].startswith("Moves from ")
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_bars_stay_within_the_width(width: int) -> None:
    for date in (dt.date(2025, 2, 4), dt.date(2025, 2, 14)):
        lines = _session(date, RenderOptions(width=width)).splitlines()
        assert max(map(len, lines[2:])) <= width


def test_ascii_is_ascii() -> None:
    look = RenderOptions(width=80, ascii_only=True)
    assert _session(dt.date(2025, 2, 14), look).isascii()
    assert all(_heatmap(*dates, look).isascii() for dates in RANGES.values())
    assert _pair(look).isascii()


@pytest.mark.parametrize("dates", RANGES)
def test_colour_adds_nothing_that_is_not_written(dates: str) -> None:
    plain = _heatmap(*RANGES[dates], RenderOptions(width=80))
    coloured = _heatmap(*RANGES[dates], RenderOptions(width=80, colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert "\x1b[7;32m" in coloured


CLOSES = {
    "UP": (100, 109.5, 110),
    "DOWN": (100, 98, 98),
    "SLIGHT": (100, 99.999, 100.5),
    "LATE": (None, 100, 99),
}


def test_each_cell_tells_its_move(run_cli: RunCli, write: Write) -> None:
    """Whole percents without rounding up: 9.5 % is 9, 0.46 % a sign alone, and nothing a zero."""
    rows = "".join(
        f"2025-02-{12 + n},{symbol},{close}\n"
        for symbol, closes in CLOSES.items()
        for n, close in enumerate(closes)
        if close is not None
    )
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli("chart", "heatmap", "2025-02-13", "2025-02-14", "-l", path)
    assert (ran.stderr, ran.status) == ("", 0)
    cells = {line.split()[0]: line.split()[1:] for line in ran.stdout.splitlines()[3:7]}
    assert cells == {
        "DOWN": ["−2.00", "0.00"],
        "LATE": ["?", "−1.00"],
        "SLIGHT": ["−<0.01", "+0.50"],
        "UP": ["+9.50", "+0.46"],
    }


@pytest.mark.parametrize(
    ("pct", "digit", "letter"),
    [
        (9.5, "+9", "R"),
        (34.0, "+9", "R"),
        (1.0, "+1", "R"),
        (0.999, "+", "+"),
        (0.0, "0", "0"),
        (-0.001, "−", "−"),
        (-1.999, "−1", "F"),
    ],
)
def test_small_cells(pct: float, digit: str, letter: str, write: Write, run_cli: RunCli) -> None:
    """The same move in cells that are smaller because there are more sessions."""
    for days, width, expected in ((20, 3, digit), (60, 1, letter)):
        dates = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(days + 1)]
        closes = [1.0] * days + [round(1 + pct / 100, 8)]
        rows = "".join(f"{d},A,{close}\n" for d, close in zip(dates, closes, strict=True))
        path = write("closes.csv", f"date,symbol,close\n{rows}")
        ran = run_cli("chart", "heatmap", "2025-01-02", "latest", "-l", path, "-q")
        (row,) = (line for line in ran.stdout.splitlines() if line.startswith("  A "))
        cells = re.findall(f".{{{width}}}", row.ljust(5 + days * width)[5:])
        assert [cell.strip() for cell in cells] == ["0"] * (days - 1) + [expected]


def test_a_session_at_its_ends(run_cli: RunCli, write: Write) -> None:
    """One block is a round share of a percent; the least move has a block, and none has none."""
    rows = "2025-02-13,A,100\n2025-02-14,A,110\n2025-02-13,B,100\n2025-02-14,B,99.9995\n"
    rows += "2025-02-13,C,100\n2025-02-14,C,100\n"
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli("chart", "session", "2025-02-14", "-l", path)
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.splitlines()[2:7] == [
        f"  A   +10.00%    │{'▇' * 50}",
        "  C     0.00%    │",
        "  B   −<0.01%   ▇│",
        "",
        "  one ▇ is 0.2%",
    ]


def test_no_closes_are_no_drawing(run_cli: RunCli) -> None:
    for asked in (["session"], ["heatmap", "2025-02-03", "latest"]):
        ran = run_cli("chart", *asked)
        assert (ran.stdout, ran.status) == ("", 2)
        assert "no closes are named" in ran.stderr


def test_a_group_alone_is_drawn(run_cli: RunCli) -> None:
    for asked in (["session", "2025-02-14"], ["heatmap", "2025-02-13", "2025-02-14"]):
        ran = run_cli("chart", *asked, "--group", "americas")
        assert (ran.stderr, ran.status) == ("", 0)
        assert "Dow Jones" in ran.stdout
        assert "Nikkei" not in ran.stdout
