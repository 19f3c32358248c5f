"""Pictures in files: what is in them, that they are the same again, and that they need nothing."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from pictures import (
    DESCRIBED,
    HEATMAP,
    HTML,
    KINDS,
    MAGIC,
    PAIR,
    PALETTES,
    SESSION,
    SVG,
    X_LABEL,
    drawn_by,
    each_ending,
    each_kind,
    names_of,
    needs_matplotlib,
    parse,
    svg_of,
    words_in,
)
from program import SAMPLE_CLOSES, RunCli, Write, bare_environment, command

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree import ElementTree as ET


@needs_matplotlib
@each_kind
@each_ending
def test_a_file_is_of_its_kind_and_the_same_again(
    kind: str, ending: str, run_cli: RunCli, tmp_path: Path
) -> None:
    once = drawn_by(run_cli, tmp_path / f"once{ending}", *KINDS[kind])
    again = drawn_by(run_cli, tmp_path / f"again{ending.upper()}", *KINDS[kind])
    assert once.startswith(MAGIC[ending])
    assert once == again
    assert b"Date" not in once


@needs_matplotlib
def test_another_process_draws_the_same_bytes(run_cli: RunCli, tmp_path: Path) -> None:
    here = drawn_by(run_cli, tmp_path / "here.svg", *SESSION)
    environment = {"PYTHONHASHSEED": "7", "HOME": str(tmp_path), "SOURCE_DATE_EPOCH": "1000"}
    there = tmp_path / "there.svg"
    done = subprocess.run(
        command(*SESSION, "-o", there),
        capture_output=True,
        env=bare_environment() | environment,
        timeout=120,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert there.read_bytes() == here


@needs_matplotlib
@pytest.mark.parametrize("environment", [{}, {"HOME": "/dev/null", "MPLBACKEND": "TkAgg"}], ids=str)
def test_nothing_is_said_without_a_home_or_a_display(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        command(*SESSION, "-o", tmp_path / "drawn.png"),
        capture_output=True,
        env=bare_environment() | environment,
        timeout=120,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")


@needs_matplotlib
def test_the_settings_of_a_user_change_no_picture(
    run_cli: RunCli, tmp_path: Path, write: Write
) -> None:
    ours = drawn_by(run_cli, tmp_path / "ours.svg", *SESSION)
    write("matplotlibrc", "axes.facecolor: red\nfont.size: 30\nsvg.fonttype: path\n")
    subprocess.run(
        command(*SESSION, "-o", "theirs.svg"),
        env=bare_environment() | {"HOME": str(tmp_path)},
        cwd=tmp_path,
        timeout=120,
        check=True,
    )
    assert (tmp_path / "theirs.svg").read_bytes() == ours


@needs_matplotlib
def test_a_session_says_what_it_shows(run_cli: RunCli, tmp_path: Path) -> None:
    written = words_in(svg_of(run_cli, tmp_path, *SESSION))
    assert written.count("Hang Seng Tech +5.56% versus Taiex −1.05%") == 1
    assert "Session of Fri 14 Feb 2025 · 10 up · 10 down" in written
    assert X_LABEL in written
    assert "Closing levels" in written
    assert "widest divergent pair: Hang Seng Tech +5.56% and Taiex −1.05%, 6.61 pp" in written
    assert set(names_of(run_cli)) <= set(written)
    assert {"+3.69%", "−0.79%", "−0.01%", "−2", "0", "+2", "+4", "+6"} <= set(written)


def _one_line(written: list[str]) -> str:
    """All that is written as one text, with the breaks of long lines mended."""
    return " ".join(written)


@needs_matplotlib
def test_a_heat_map_says_what_it_shows(run_cli: RunCli, tmp_path: Path) -> None:
    written = words_in(svg_of(run_cli, tmp_path, *HEATMAP))
    assert written.count("Index moves from Fri 24 Jan 2025 to Wed 5 Feb 2025") == 1
    assert {"Asia", "Europe", "Americas", "change, in %", "shut"} <= set(written)
    assert {"Jan", "24", "31", "Feb", "03", "05", "+2.83", "−0.93", "−3.53"} <= set(written)
    assert "Not drawn: Sat 1 Feb 2025, a session of Nifty 50 alone" in written
    assert set(names_of(run_cli)) <= set(written)
    assert "Closing levels" in written


@needs_matplotlib
def test_a_pair_says_what_it_shows(run_cli: RunCli, tmp_path: Path) -> None:
    written = words_in(svg_of(run_cli, tmp_path, *PAIR))
    assert written.count("Hang Seng versus Nikkei 225") == 1
    assert "Fri 29 Dec 2023 to Fri 14 Feb 2025" in written
    rare = "latest: +4.49 pp on Fri 14 Feb 2025; wider than 96.8% of the 250 before"
    assert f"{rare}; widest since 2024-11-06" in _one_line(written)
    assert "Spread: Hang Seng less Nikkei 225, in percentage points (pp)" in written
    assert "Relative strength: Hang Seng over Nikkei 225, 2023-12-29 = 100" in written
    assert {"+4.49 pp", "113.42", "+10", "−10", "100", "nine in ten sessions"} <= set(written)
    assert written.count("2024-03") == 2
    shaded = "Shaded: from the 5th to the 95th percentile of the signed spreads of the 250"
    assert shaded in _one_line(written)


@needs_matplotlib
@pytest.mark.parametrize("number", [1, 2, 59, 61, 700])
def test_a_pair_of_any_length_is_drawn(
    number: int, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """What is usual is shaded from 60 sessions on, but not where bars stand for several."""
    day = dt.date(2020, 1, 1)
    rows = "".join(
        f"{day + dt.timedelta(days=n)},{symbol},{100 + (n * step) % 7}\n"
        for symbol, step in (("A", 3), ("B", 2))
        for n in range(number + 1)
    )
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    svg = svg_of(run_cli, tmp_path, "chart", "pair", "A", "B", "-l", path, "-q")
    written = _one_line(words_in(svg))
    assert ("Shaded: " in written) == (number == 61)
    several = "Bars: the widest spreads of each week, above zero and below it"
    assert (several in written) == (number == 700)


@needs_matplotlib
def test_each_index_is_in_the_row_of_its_own_figures(run_cli: RunCli, tmp_path: Path) -> None:
    """The name and the figure of a bar stand at the same height, in the order of the report."""
    texts = list(svg_of(run_cli, tmp_path, *SESSION).iter(f"{SVG}text"))
    placed = {"".join(text.itertext()): _y(text) for text in texts}
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json", "--quiet")
    heights = []
    for move in ran.document["moves"]:
        sign = "+" if move["change_pct"] > 0 else "−"
        figure = f"{sign}{abs(move['change_pct']):.2f}%"
        same = [y for text, y in _all_placed(texts) if text == figure]
        heights.append(placed[move["name"]])
        assert min(abs(y - placed[move["name"]]) for y in same) < 2
    assert heights == sorted(heights)


def _all_placed(texts: list[ET.Element]) -> list[tuple[str, float]]:
    return [("".join(text.itertext()), _y(text)) for text in texts]


def _y(text: ET.Element) -> float:
    moved = re.search(r"translate\([-0-9.]+ ([-0-9.]+)\)", text.get("transform", ""))
    return float(moved[1]) if moved else float(text.get("y", "nan"))


@needs_matplotlib
def test_bars_are_as_long_as_their_moves(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    """A rise of 4 % is twice as long as a fall of 2 %, and no move is nothing."""
    path = write(
        "closes.csv",
        "date,symbol,close\n"
        "2025-02-13,UP,100\n2025-02-14,UP,104\n"
        "2025-02-13,FLAT,100\n2025-02-14,FLAT,100\n"
        "2025-02-13,DOWN,100\n2025-02-14,DOWN,98\n",
    )
    svg = svg_of(run_cli, tmp_path, "chart", "session", "2025-02-14", "-l", path)
    (rise, up), (flat, _), (fall, down) = _bars(svg)
    assert rise == pytest.approx(2 * fall, rel=1e-4)
    assert (flat, up == down) == (0, False)


@needs_matplotlib
def test_an_index_without_a_move_is_named_with_the_reason(run_cli: RunCli, tmp_path: Path) -> None:
    asked = ("chart", "session", "2025-02-04", "-l", SAMPLE_CLOSES, "-i", "SSEC", "-i", "HSI")
    written = words_in(svg_of(run_cli, tmp_path, *asked))
    assert "Shanghai Composite" in written
    assert "shut: Lunar New Year, opens again 2025-02-05" in written
    assert [text for text in written if text.endswith("%")] == [
        X_LABEL,
        "+2.83%",
        "Hang Seng +2.83%",
    ]


@needs_matplotlib
def test_published_figures_and_their_warnings(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    ran = run_cli("chart", "session", "2025-02-04", "-o", path)
    assert ran.status == 0
    assert len(ran.stderr.splitlines()) == 3
    written = words_in(parse(path.read_bytes()))
    assert "> +5%" in written
    assert "Hatched: at least the bound that was published, without a figure" in written
    assert "Figures as published" in _one_line(written)
    assert "Warning: Shanghai Composite had no session on 2025-02-04 (Lunar New Year)" in written
    assert run_cli("chart", "session", "2025-02-04", "-q", "-o", path).stderr == ""


@needs_matplotlib
@each_kind
@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_picture_needs_nothing_from_outside(
    kind: str, ending: str, run_cli: RunCli, tmp_path: Path
) -> None:
    text = drawn_by(run_cli, tmp_path / f"drawn{ending}", *KINDS[kind]).decode()
    for mark in (
        "<script",
        "javascript",
        "@import",
        "url(http",
        "<link",
        "<iframe",
        "<!DOCTYPE svg",
    ):
        assert mark not in text
    sources = re.findall(r"""\b(?:href|src)\s*=\s*["']([^"']*)""", text)
    assert all(source.startswith(("#", "data:image/png;base64,")) for source in sources)
    assert set(re.findall(r"https?://[^\"'\s<]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
        "http://www.w3.org/1999/xhtml",
    }


@needs_matplotlib
@each_kind
def test_a_page_can_be_heard(kind: str, run_cli: RunCli, tmp_path: Path) -> None:
    page = parse(drawn_by(run_cli, tmp_path / "drawn.html", *KINDS[kind]))
    svg = page.find(f".//{SVG}svg")
    assert svg is not None
    assert svg.get("role") == "img"
    title, described = (svg.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert described is not None
    assert svg.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert title.text == page.findtext(f".//{HTML}head/{HTML}title")
    assert DESCRIBED[kind] in str(described.text)
    assert page.get("lang") == "en"
    assert page.find(f".//{HTML}meta[@name='viewport']") is not None
    style = page.findtext(f".//{HTML}style", "")
    assert "prefers-color-scheme: dark" in style
    heads = [row[0] for row in _table(page)]
    if kind == "pair":
        assert (heads[:2], heads[-1], len(heads)) == (["Session", "2023-12-29"], "2025-02-14", 258)
    elif kind == "lines":
        assert (heads[:2], heads[-1], len(heads)) == (["Session", "2024-12-30"], "2025-02-28", 44)
    else:
        assert heads[1:] == [name for name in _ordered(kind, run_cli) if name in heads]
        assert len(heads) == 21


def _ordered(kind: str, run_cli: RunCli) -> list[str]:
    names = names_of(run_cli)
    if kind == "session":
        return names
    known = run_cli("indices", "-f", "json").document["indices"]
    return [
        row["name"]
        for region in ("oceania", "asia", "middle-east", "africa", "europe", "americas")
        for row in known
        if row["region"] == region
    ]


def _table(page: ET.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in page.iter(f"{HTML}tr")]


@needs_matplotlib
def test_the_table_of_a_page_has_the_figures(run_cli: RunCli, tmp_path: Path) -> None:
    page = parse(drawn_by(run_cli, tmp_path / "drawn.html", *SESSION))
    rows = {row[0]: row for row in _table(page)}
    assert rows["Index"] == ["Index", "Close", "Prior close", "Change", "Change %"]
    assert rows["Hang Seng"] == ["Hang Seng", "22,620.33", "21,814.37", "+805.96", "+3.69%"]
    page = parse(drawn_by(run_cli, tmp_path / "drawn.html", *HEATMAP))
    rows = {row[0]: row for row in _table(page)}
    by_date = dict(zip(rows["Index"], rows["Shanghai Composite"], strict=True))
    assert (by_date["2025-01-27"], by_date["2025-02-04"]) == ("−0.06%", "shut")


STRANGE = '$x^2$ <b>&amp; "Q" \\frac'


@needs_matplotlib
@each_ending
@pytest.mark.parametrize("kind", ["session", "heatmap"])
def test_a_name_is_no_markup(
    kind: str, ending: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    quoted = STRANGE.replace('"', '""')
    rows = f'2025-02-13,"{quoted}",100\n2025-02-14,"{quoted}",101\n'
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    dates = ["2025-02-14"] if kind == "session" else ["2025-02-13", "2025-02-14"]
    data = drawn_by(run_cli, tmp_path / f"drawn{ending}", "chart", kind, *dates, "-l", path)
    if ending in {".svg", ".html"}:
        assert STRANGE in words_in(parse(data))
    if ending == ".html":
        assert STRANGE in {row[0] for row in _table(parse(data))}


@needs_matplotlib
@pytest.mark.parametrize("palette", PALETTES)
def test_a_fall_is_darker_than_a_rise(
    palette: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """By a fifth of the way from black to white or more, so that grey tells them apart."""
    path = _two_ways(write)
    svg = svg_of(
        run_cli, tmp_path, "chart", "session", "2025-02-14", "-l", path, "--palette", palette
    )
    rise, fall = (_grey(colour) for _, colour in _bars(svg))
    assert rise - fall > 0.2


@needs_matplotlib
def test_each_palette_has_colours_of_its_own(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    asked = ("chart", "session", "2025-02-14", "-l", _two_ways(write), "--palette")
    pairs = {
        palette: tuple(colour for _, colour in _bars(svg_of(run_cli, tmp_path, *asked, palette)))
        for palette in PALETTES
    }
    assert len(set(pairs.values())) == len(PALETTES)
    assert all(len(set(re.findall("..", colour))) == 1 for colour in pairs["none"])


def _two_ways(write: Write) -> Path:
    closes = "2025-02-13,A,100\n2025-02-14,A,101\n2025-02-13,B,100\n2025-02-14,B,99\n"
    return write("closes.csv", f"date,symbol,close\n{closes}")


def _bars(svg: ET.Element) -> list[tuple[float, str]]:
    """The width and colour of each bar: what is filled, and neither paper nor behind a text."""
    bars = []
    for path in svg.iter(f"{SVG}path"):
        fill = re.search("fill: #([0-9a-f]{6})", path.get("style", ""))
        if fill and fill[1] != "ffffff":
            xs = [float(x) for x in re.findall(r"[ML] ([-0-9.]+)", path.get("d", ""))]
            bars.append((max(xs) - min(xs), fill[1]))
    return bars


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue
