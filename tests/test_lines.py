"""Rebased lines: 100 at the start, over own sessions, named at their ends."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pictures import HTML, LINES, drawn_by, needs_matplotlib, parse, svg_of, words_in
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

# Of round closes: A is up and back again, B has no session on the 14th, C begins later.
ROUND = (
    "date,A,B,C\n2025-02-11,100,50,\n2025-02-12,110,52,\n2025-02-13,120,54,40\n"
    "2025-02-14,110,,44\n2025-02-17,100,60,48\n"
)


def _closes() -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for row in csv.DictReader(SAMPLE_CLOSES.read_text().splitlines()):
        found.setdefault(row["symbol"], {})[row["date"]] = Decimal(row["close"])
    return found


def test_each_line_is_100_at_its_own_last_close_on_or_before_the_start(run_cli: RunCli) -> None:
    """Tokyo had no session from 31 December to 3 January: its line begins on the 30th."""
    text = run_cli(*LINES).stdout
    first, *_ = text.splitlines()
    assert first.startswith(
        "Index levels, 2025-01-02 = 100 · Mon 30 Dec 2024 to Fri 28 Feb 2025 · "
    )
    shown = dict(
        re.findall(r"^  ([A-Z][\w&. ]+?)  .*  (\d+\.\d\d \([+−]\d+\.\d\d%\))$", text, re.M)
    )
    bases = {"HSI": "2025-01-02", "SPX": "2025-01-02", "N225": "2024-12-30"}
    names = {"HSI": "Hang Seng", "SPX": "S&P 500", "N225": "Nikkei 225"}
    for symbol, own in _closes().items():
        if symbol in bases:
            value = 100 * own["2025-02-28"] / own[bases[symbol]]
            sign = "+" if value > 100 else "−"
            assert shown[names[symbol]] == f"{value:.2f} ({sign}{abs(value - 100):.2f}%)"
    assert list(shown) == ["Hang Seng", "S&P 500", "Nikkei 225"]
    assert "Nikkei 225: 100 is the close of 2024-12-30" in text


def test_a_line_has_its_own_sessions(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", ROUND)
    text = run_cli("chart", "lines", "--levels", path, "--since", "2025-02-11").stdout
    lines = text.splitlines()
    assert lines[2:5] == [
        "  B  ▁▂▄ █  120.00 (+20.00%)",
        "  C    ▁▅█  120.00 (+20.00%)",
        "  A  ▁▅█▅▁  100.00 (0.00%)",
    ]
    assert "▁ is 100.00, █ 120.00, for all of them" in text
    assert "C: 100 is the close of 2025-02-13" in text
    # From where all have closes, if no start is typed; and no further than is asked.
    text = run_cli("chart", "lines", "A", "C", "--levels", path, "--until", "2025-02-14").stdout
    assert text.startswith("Index levels, 2025-02-13 = 100 · Thu 13 Feb 2025 to Fri 14 Feb 2025")
    assert "110.00 (+10.00%)" in text
    assert "91.67 (−8.33%)" in text


def test_what_cannot_be_drawn_is_said(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", ROUND)
    ran = run_cli("chart", "lines", "C", "--levels", path, "--since", "2025-02-17")
    assert (ran.status, ran.stdout) == (4, "")
    assert "no index has two closes from 2025-02-17 to the end of the data" in ran.stderr
    ran = run_cli("chart", "lines", "D", "--levels", path)
    assert (ran.status, ran.stdout) == (2, "")
    bad = write("bad.csv", ROUND.replace("110,52", "11o,52"))
    ran = run_cli("chart", "lines", "A", "--levels", bad, "--since", "2025-02-11")
    assert (ran.status, ran.stdout) == (3, "")
    assert "bad.csv:3" in ran.stderr
    # A close long before the start stands for nothing.
    old = write("old.csv", "date,A\n2024-12-02,10\n2025-02-13,20\n2025-02-14,22\n")
    text = run_cli("chart", "lines", "--levels", old, "--since", "2025-02-12").stdout
    assert "110.00 (+10.00%)" in text


def test_lines_in_one_currency(run_cli: RunCli, write: Write) -> None:
    """From 40,000 at 160 yen to 39,000 at 150: 250 dollars are 260."""
    rows = "date,N225,SPX,VIX,USDJPY\n2025-02-13,40000,6000,15,160\n2025-02-14,39000,6060,16,150\n"
    path = write("closes.csv", rows)
    text = run_cli("chart", "lines", "--levels", path, "--in", "USD").stdout
    assert text.startswith("Index levels in USD, 2025-02-13 = 100 · ")
    assert "104.00 (+4.00%)" in text
    assert "101.00 (+1.00%)" in text
    assert "VIX is not drawn: it is not a sum of money" in text
    assert "in USD by USDJPY" in text


@needs_matplotlib
def test_a_picture_names_each_line_at_its_end(run_cli: RunCli, tmp_path: Path) -> None:
    words = words_in(svg_of(run_cli, tmp_path, *LINES, "--title", "Three markets"))
    assert "Three markets" in words
    for end in ("Hang Seng 116.9", "S&P 500 101.5", "Nikkei 225 93.1"):
        assert end in words
    for look in (("--dark",), ("--palette", "none")):
        assert "Nikkei 225 93.1" in words_in(svg_of(run_cli, tmp_path, *LINES, *look))
    # Where there is no room for names, symbols stand there.
    assert "N225 93.1" in words_in(svg_of(run_cli, tmp_path, *LINES, "--width", "700"))


@needs_matplotlib
def test_more_than_eight_have_a_panel_each(run_cli: RunCli, tmp_path: Path) -> None:
    base = ("chart", "lines", "--levels", SAMPLE_CLOSES, "--since", "2025-01-21", "--quiet")
    words = words_in(svg_of(run_cli, tmp_path, *base))
    assert {"Hang Seng", "Nikkei 225", "Jakarta Composite"} <= set(words)
    # 100 is marked once in every row of three panels.
    assert words.count("100") == 7


@needs_matplotlib
def test_a_page_has_the_figures(run_cli: RunCli, tmp_path: Path) -> None:
    page = parse(drawn_by(run_cli, tmp_path / "lines.html", *LINES))
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter(f"{HTML}tr")]
    assert rows[0] == ["Session", "Hang Seng", "S&P 500", "Nikkei 225"]
    assert rows[1] == ["2024-12-30", "–", "–", "100.00"]
    closes = _closes()
    for day, *cells in rows[1:]:
        for symbol, base, cell in zip(
            ("HSI", "SPX", "N225"), ("2025-01-02", "2025-01-02", "2024-12-30"), cells, strict=True
        ):
            own = closes[symbol]
            known = day >= base and day in own
            assert cell == (f"{100 * own[day] / own[base]:.2f}" if known else "–")


@pytest.mark.parametrize("width", [72, 80, 120])
def test_lines_stay_within_the_width(width: int) -> None:
    from marketmove import config
    from marketmove.commands.chart import LinesRequest, lines
    from marketmove.render import RenderOptions
    from marketmove.render.drawings.lines import lines as drawn
    from marketmove.sources import ReadOptions

    request = LinesRequest((), None, None, (SAMPLE_CLOSES,), ReadOptions(), config.load(None))
    text = drawn(lines(request), RenderOptions(width=width))
    assert max(map(len, text.splitlines())) <= width


def test_a_session_is_drawn_with_the_pairs_asked_for(run_cli: RunCli) -> None:
    """Of the year so far: 3.64% against −2.75%, from the closes of 31 and 30 December."""
    base = ("chart", "session", "--levels", SAMPLE_CLOSES, "--pair", "HSI:N225")
    text = run_cli(*base, "2025-02-14").stdout
    assert "  Hang Seng +3.69% versus Nikkei 225 −0.79%: 4.49 pp" in text
    assert "widest divergent pair: Hang Seng Tech +5.56% and Taiex −1.05%" in text
    text = run_cli(*base, "2025-02-04", "--period", "ytd").stdout
    closes = _closes()
    pcts = {
        symbol: 100 * (closes[symbol]["2025-02-04"] / closes[symbol][day] - 1)
        for symbol, day in (("HSI", "2024-12-31"), ("N225", "2024-12-30"))
    }
    spread = f"{pcts['HSI'] - pcts['N225']:.2f} pp"
    assert f"  Hang Seng +3.64% versus Nikkei 225 −2.75%: {spread}" in text
    text = run_cli(*base, "--as-of", "2025-02-14T17:00+08:00").stdout
    assert "Hang Seng +3.69% versus Nikkei 225 −0.79%: 4.49 pp" in text
    ran = run_cli("chart", "session", "2025-02-14", "-l", SAMPLE_CLOSES, "--pair", "HSI:XYZ")
    assert (ran.status, ran.stdout) == (2, "")
