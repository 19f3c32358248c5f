"""How pictures look: their width and ground, what they are told to say, what fits which screen."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

import pytest

from pictures import (
    HEATMAP,
    HTML,
    KINDS,
    SESSION,
    SVG,
    drawn_by,
    each_kind,
    needs_matplotlib,
    parse,
    svg_of,
    words_in,
)
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_matplotlib
LONG = ("chart", "heatmap", "2024-01-02", "2025-02-14", "--levels", SAMPLE_CLOSES)


def _png_width(data: bytes) -> int:
    return int(struct.unpack(">I", data[16:20])[0])


@pytest.mark.parametrize("asked", [HEATMAP, LONG], ids=["few", "many"])
def test_a_picture_is_at_most_1600_pixels_wide(
    asked: tuple[str, ...], run_cli: RunCli, tmp_path: Path
) -> None:
    assert _png_width(drawn_by(run_cli, tmp_path / "drawn.png", *asked)) <= 1600


@each_kind
def test_a_picture_is_as_wide_as_asked(kind: str, run_cli: RunCli, tmp_path: Path) -> None:
    data = drawn_by(run_cli, tmp_path / "drawn.png", *KINDS[kind], "--width", "700")
    assert _png_width(data) == 700


@each_kind
def test_a_picture_says_what_it_is_told_and_names_no_file(
    kind: str, run_cli: RunCli, tmp_path: Path
) -> None:
    """Whoever sees it elsewhere has no use for where a file lies on this machine.

    On dark ground the same is written, in light letters.
    """
    asked = (*KINDS[kind], "--title", "A day in Asia", "--source", "HKEX & JPX")
    light, dark = (
        drawn_by(run_cli, tmp_path / f"{name}.svg", *asked, *more).decode()
        for name, more in (("light", ()), ("dark", ("--dark",)))
    )
    written = words_in(parse(light.encode()))
    assert written.count("A day in Asia") == 1
    assert written.count("Source: HKEX & JPX") == 1
    assert written == words_in(parse(dark.encode()))
    assert "closes.csv" not in light
    assert "fill: #ffffff" in light
    assert "fill: #ffffff" not in dark
    assert "fill: #14171a" in dark


@pytest.mark.parametrize(
    "option",
    [("--title", "X"), ("--source", "X"), ("--width", "800"), ("--dark",)],
    ids=lambda o: o[0],
)
def test_what_is_for_a_picture_is_refused_in_the_terminal(
    option: tuple[str, ...], run_cli: RunCli
) -> None:
    ran = run_cli(*SESSION, *option)
    assert (ran.status, ran.stdout) == (2, "")
    assert f"{option[0]} is for a picture; add --output FILE" in ran.stderr


@each_kind
def test_a_page_has_a_picture_for_each_screen(kind: str, run_cli: RunCli, tmp_path: Path) -> None:
    """Wide or narrow, light or dark: one of four, of which a phone's is no wider than it is."""
    data = drawn_by(run_cli, tmp_path / "drawn.html", *KINDS[kind])
    assert b"closes.csv" not in data
    page = parse(data)
    found = {
        div.get("class"): div.find(f"{SVG}svg")
        for div in page.iterfind(f".//{HTML}figure/{HTML}div")
    }
    assert set(found) == {"wide light", "wide dark", "narrow light", "narrow dark"}
    widths = {name: svg.get("width", "") for name, svg in found.items() if svg is not None}
    assert all(float(widths[f"narrow {n}"][:-2]) <= 0.75 * 328 + 1 for n in ("light", "dark"))
    assert all(float(widths[f"wide {n}"][:-2]) <= 0.75 * 768 for n in ("light", "dark"))
    ids = [node.get("id") for node in page.iter() if node.get("id", "").startswith("title")]
    assert len(ids) == len(set(ids)) == 4
    folded = page.find(f".//{HTML}details/{HTML}div/{HTML}table") is not None
    assert folded == (kind != "session")


def _closes(write: Write, *series: tuple[str, list[tuple[str, float]]]) -> Path:
    rows = "".join(f"{day},{name},{close}\n" for name, of in series for day, close in of)
    return write("closes.csv", f"date,symbol,close\n{rows}")


WEEK = [f"2025-01-{day:02}" for day in range(27, 32)]


def test_only_a_saturday_of_few_is_left_out(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    """A Saturday beside one's own Friday is not drawn; the Sunday of a week from Sunday is."""
    days = [*WEEK, "2025-02-03"]
    western = [(day, 6000.0 + 10 * (n % 3)) for n, day in enumerate(days)]
    indian = [
        (day, 23000.0 + 20 * (n % 3)) for n, day in enumerate([*WEEK, "2025-02-01", days[-1]])
    ]
    saudi = [
        (day, 12000.0 + 10 * (n % 2)) for n, day in enumerate([*WEEK[:4], "2025-02-02", days[-1]])
    ]
    path = _closes(write, ("SPX", western), ("DJI", western), ("NSEI", indian), ("TASI", saudi))
    drawn = tmp_path / "drawn.svg"
    ran = run_cli("chart", "heatmap", "2025-01-28", "2025-02-03", "-l", path, "-q", "-o", drawn)
    assert ran.status == 0
    written = words_in(parse(drawn.read_bytes()))
    assert "Not drawn: Sat 1 Feb 2025, a session of Nifty 50 alone" in written
    assert "01" not in written
    assert "02" in written


def test_volatility_has_colours_of_its_own(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    """A move of 20% of the VIX does not pale a move of 1% of a share index."""
    spx = [(day, 6000.0 + 60 * (n % 2)) for n, day in enumerate(WEEK)]
    vix = [(day, 15.0 + 3 * (n % 2)) for n, day in enumerate(WEEK)]
    path = _closes(write, ("SPX", spx), ("VIX", vix))
    asked = ("chart", "heatmap", WEEK[1], WEEK[-1], "-l", path, "-q")
    written = words_in(svg_of(run_cli, tmp_path, *asked))
    assert {"change, in %", "volatility: change, in %", "Volatility"} <= set(written)
    assert {"+1", "+20"} <= set(written)


@pytest.mark.parametrize("years", [3, 16])
def test_bars_of_many_years_are_weeks_or_months(
    years: int, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    first = dt.date(2005, 1, 3)
    days = [first + dt.timedelta(days=n) for n in range(365 * years)]
    days = [day for day in days if day.weekday() < 5]
    series = [
        (name, [(str(day), 100.0 + (n * step) % 7) for n, day in enumerate(days)])
        for name, step in (("A", 3), ("B", 2))
    ]
    path = _closes(write, *series)
    written = " ".join(
        words_in(svg_of(run_cli, tmp_path, "chart", "pair", "A", "B", "-l", path, "-q"))
    )
    of = "week" if years == 3 else "month"
    assert f"Bars: the widest spreads of each {of}, above zero and below it" in written


def test_a_short_span_fills_the_width(run_cli: RunCli, tmp_path: Path) -> None:
    """Of three sessions, the first is named at the left and the last at the right."""
    asked = ("chart", "pair", "HSI", "N225", "-l", SAMPLE_CLOSES, "--since", "2025-02-12")
    svg = svg_of(run_cli, tmp_path, *asked, "--until", "2025-02-14")
    width = float(svg.get("width", "").removesuffix("pt"))
    places = {
        "".join(text.itertext()): float(text.get("x", "nan")) for text in svg.iter(f"{SVG}text")
    }
    first, last = places["2025-02-12"], places["2025-02-14"]
    assert last - first > 0.5 * width
