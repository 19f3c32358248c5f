"""Pictures in files: what is in them, that they are the same again, and that they need nothing."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from program import SAMPLE_CLOSES, RunCli, Write, bare_environment, command

if TYPE_CHECKING:
    from pathlib import Path

needs_matplotlib = pytest.mark.usefixtures("_matplotlib")
SVG, HTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
SESSION = ("chart", "session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEATMAP = ("chart", "heatmap", "2025-01-24", "2025-02-05", "--levels", SAMPLE_CLOSES)
PAIR = ("chart", "pair", "HSI", "N225", "--levels", SAMPLE_CLOSES, "--until", "2025-02-14")
KINDS = {"session": SESSION, "heatmap": HEATMAP, "pair": PAIR}
DESCRIBED = {
    "session": "A bar for each index, 10 up · 10 down.",
    "heatmap": "A heat map of 20 indices · 10 sessions",
    "pair": "The spread of Hang Seng less Nikkei 225: latest: +4.49 pp",
}
MAGIC = {".svg": b"<?xml ", ".png": b"\x89PNG\r\n\x1a\n", ".pdf": b"%PDF-", ".html": b"<!DOCTYPE"}
each_kind = pytest.mark.parametrize("kind", KINDS)
each_ending = pytest.mark.parametrize("ending", MAGIC)
X_LABEL = "change from the index's own prior close, in %"
PALETTES = ("western", "east-asia", "korea", "cvd", "none")


@pytest.fixture
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


def _drawn(run_cli: RunCli, path: Path, *arguments: str | Path) -> bytes:
    ran = run_cli(*arguments, "--output", path)
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    return path.read_bytes()


def _parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - drawn by the program under test


def _words(svg: ET.Element) -> list[str]:
    """What is written in a picture, each line of it by itself."""
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def _svg(run_cli: RunCli, tmp_path: Path, *arguments: str | Path) -> ET.Element:
    return _parsed(_drawn(run_cli, tmp_path / "drawn.svg", *arguments))


def _names(run_cli: RunCli) -> list[str]:
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "csv", "--quiet")
    return [row["name"] for row in ran.rows]


@needs_matplotlib
@each_kind
@each_ending
def test_a_file_is_of_its_kind_and_the_same_again(
    kind: str, ending: str, run_cli: RunCli, tmp_path: Path
) -> None:
    once = _drawn(run_cli, tmp_path / f"once{ending}", *KINDS[kind])
    again = _drawn(run_cli, tmp_path / f"again{ending.upper()}", *KINDS[kind])
    assert once.startswith(MAGIC[ending])
    assert once == again
    assert b"Date" not in once


@needs_matplotlib
def test_another_process_draws_the_same_bytes(run_cli: RunCli, tmp_path: Path) -> None:
    here = _drawn(run_cli, tmp_path / "here.svg", *SESSION)
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
    ours = _drawn(run_cli, tmp_path / "ours.svg", *SESSION)
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
    written = _words(_svg(run_cli, tmp_path, *SESSION))
    assert written.count("Index moves in the session of Fri 14 Feb 2025") == 1
    assert X_LABEL in written
    assert f"source: {SAMPLE_CLOSES} · closing levels · session 2025-02-14" in _one_line(written)
    assert "widest apart: Hang Seng Tech +5.56% and Taiex −1.05%, 6.61 pp" in written
    assert set(_names(run_cli)) <= set(written)
    assert {"+3.69%", "−0.79%", "−0.01%", "0", "+2", "+4"} <= set(written)


def _one_line(written: list[str]) -> str:
    """All that is written as one text, with the breaks of long lines mended."""
    return " ".join(written)


@needs_matplotlib
def test_a_heat_map_says_what_it_shows(run_cli: RunCli, tmp_path: Path) -> None:
    written = _words(_svg(run_cli, tmp_path, *HEATMAP))
    assert written.count("Index moves from Fri 24 Jan 2025 to Wed 5 Feb 2025") == 1
    assert {"Asia", "Europe", "Americas", "change, in %", "shut"} <= set(written)
    assert {"2025-01-24", "2025-02-05", "+2.83", "−0.93", "−3.53"} <= set(written)
    assert set(_names(run_cli)) <= set(written)
    assert "closing levels · 2025-01-24 to 2025-02-05" in _one_line(written)


@needs_matplotlib
def test_a_pair_says_what_it_shows(run_cli: RunCli, tmp_path: Path) -> None:
    written = _words(_svg(run_cli, tmp_path, *PAIR))
    assert written.count("Hang Seng versus Nikkei 225") == 1
    assert "Fri 29 Dec 2023 to Fri 14 Feb 2025" in written
    rare = "latest: +4.49 pp on Fri 14 Feb 2025; wider than 96.8% of the 250 before"
    assert f"{rare}; widest since 2024-11-06" in _one_line(written)
    assert "Spread: Hang Seng less Nikkei 225, in percentage points (pp)" in written
    assert "Relative strength: Hang Seng over Nikkei 225, 2023-12-29 = 100" in written
    assert {"+4.49 pp", "113.42", "+10", "−10", "100", "2024-03"} <= set(written)
    assert "shaded: from the 5th to the 95th percentile of the spreads of the 250" in _one_line(
        written
    )


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
    svg = _svg(run_cli, tmp_path, "chart", "pair", "A", "B", "-l", path, "-q")
    written = _one_line(_words(svg))
    assert ("shaded: " in written) == (number == 61)
    several = "each bar above zero and below it is the widest spread of 1 or 2 sessions"
    assert (several in written) == (number == 700)


@needs_matplotlib
def test_each_index_is_in_the_row_of_its_own_figures(run_cli: RunCli, tmp_path: Path) -> None:
    """The name and the figure of a bar stand at the same height, in the order of the report."""
    texts = list(_svg(run_cli, tmp_path, *SESSION).iter(f"{SVG}text"))
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
    svg = _svg(run_cli, tmp_path, "chart", "session", "2025-02-14", "-l", path)
    (rise, up), (flat, _), (fall, down) = _bars(svg)
    assert rise == pytest.approx(2 * fall, rel=1e-4)
    assert (flat, up == down) == (0, False)


@needs_matplotlib
def test_an_index_without_a_move_is_named_with_the_reason(run_cli: RunCli, tmp_path: Path) -> None:
    asked = ("chart", "session", "2025-02-04", "-l", SAMPLE_CLOSES, "-i", "SSEC", "-i", "HSI")
    written = _words(_svg(run_cli, tmp_path, *asked))
    assert "Shanghai Composite" in written
    assert "shut: Lunar New Year, opens again 2025-02-05" in written
    assert [text for text in written if text.endswith("%")] == [X_LABEL, "+2.83%"]


@needs_matplotlib
def test_published_figures_and_their_warnings(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    ran = run_cli("chart", "session", "2025-02-04", "-o", path)
    assert ran.status == 0
    assert len(ran.stderr.splitlines()) == 3
    written = _words(_parsed(path.read_bytes()))
    assert "> +5%" in written
    assert "hatched: at least the bound that was published, without a figure" in written
    assert "figures as published" in _one_line(written)
    assert "Warning: Shanghai Composite had no session on 2025-02-04 (Lunar New Year)" in written
    assert run_cli("chart", "session", "2025-02-04", "-q", "-o", path).stderr == ""


@needs_matplotlib
@each_kind
@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_picture_needs_nothing_from_outside(
    kind: str, ending: str, run_cli: RunCli, tmp_path: Path
) -> None:
    text = _drawn(run_cli, tmp_path / f"drawn{ending}", *KINDS[kind]).decode()
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
    page = _parsed(_drawn(run_cli, tmp_path / "drawn.html", *KINDS[kind]))
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
    else:
        assert heads[1:] == [name for name in _ordered(kind, run_cli) if name in heads]
        assert len(heads) == 21


def _ordered(kind: str, run_cli: RunCli) -> list[str]:
    names = _names(run_cli)
    if kind == "session":
        return names
    known = run_cli("indices", "-f", "json").document["indices"]
    return [
        row["name"]
        for region in ("asia", "oceania", "middle-east", "africa", "europe", "americas")
        for row in known
        if row["region"] == region
    ]


def _table(page: ET.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in page.iter(f"{HTML}tr")]


@needs_matplotlib
def test_the_table_of_a_page_has_the_figures(run_cli: RunCli, tmp_path: Path) -> None:
    page = _parsed(_drawn(run_cli, tmp_path / "drawn.html", *SESSION))
    rows = {row[0]: row for row in _table(page)}
    assert rows["Index"] == ["Index", "Close", "Prior close", "Change", "Change %"]
    assert rows["Hang Seng"] == ["Hang Seng", "22,620.33", "21,814.37", "+805.96", "+3.69%"]
    page = _parsed(_drawn(run_cli, tmp_path / "drawn.html", *HEATMAP))
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
    data = _drawn(run_cli, tmp_path / f"drawn{ending}", "chart", kind, *dates, "-l", path)
    if ending in {".svg", ".html"}:
        assert STRANGE in _words(_parsed(data))
    if ending == ".html":
        assert STRANGE in {row[0] for row in _table(_parsed(data))}


@needs_matplotlib
@pytest.mark.parametrize("palette", PALETTES)
def test_a_fall_is_darker_than_a_rise(
    palette: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """By a fifth of the way from black to white or more, so that grey tells them apart."""
    path = _two_ways(write)
    svg = _svg(
        run_cli, tmp_path, "chart", "session", "2025-02-14", "-l", path, "--palette", palette
    )
    rise, fall = (_grey(colour) for _, colour in _bars(svg))
    assert rise - fall > 0.2


@needs_matplotlib
def test_each_palette_has_colours_of_its_own(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    asked = ("chart", "session", "2025-02-14", "-l", _two_ways(write), "--palette")
    pairs = {
        palette: tuple(colour for _, colour in _bars(_svg(run_cli, tmp_path, *asked, palette)))
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


@pytest.mark.parametrize("name", ["moves.gif", "moves", "moves.svg.gz", "-"])
def test_another_ending_is_refused_before_anything_is_read(name: str, run_cli: RunCli) -> None:
    ran = run_cli("chart", "session", "2025-02-14", "-l", "none.csv", "-o", name)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        f"marketmove: --output: {name} has not the ending of a picture;"
        " expected one of .svg, .png, .pdf, .html\n"
    )


@each_kind
@each_ending
def test_without_matplotlib_it_says_what_to_install(kind: str, ending: str, tmp_path: Path) -> None:
    start = (
        "import sys; sys.modules['matplotlib'] = None\nfrom marketmove.__main__ import main; main()"
    )
    path = tmp_path / f"drawn{ending}"
    arguments = command(*KINDS[kind], "-o", path)[3:]
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True,
        env=bare_environment(),
        timeout=60,
        check=False,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("", 2)
    assert "pip install 'marketmove[charts]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not path.exists()


@each_kind
def test_the_terminal_needs_no_matplotlib(kind: str) -> None:
    start = (
        "import sys; sys.modules['matplotlib'] = None\nfrom marketmove.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", start, *command(*KINDS[kind])[3:]],
        capture_output=True,
        env=bare_environment(),
        timeout=60,
        check=True,
        text=True,
    )
    assert "Hang Seng" in done.stdout
    assert done.stderr == ""


@needs_matplotlib
def test_a_picture_that_cannot_be_drawn_leaves_the_old_one(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    path = tmp_path / "drawn.svg"
    path.write_text("old")
    closes = write("closes.csv", "date,symbol,close\n2025-02-13,A,100\n2025-02-14,A,x\n")
    ran = run_cli("chart", "session", "2025-02-14", "-l", closes, "-o", path)
    assert ran.status == 3
    assert path.read_text() == "old"
    ran = run_cli(*SESSION, "-o", tmp_path / "nowhere" / "drawn.svg")
    assert (ran.stdout, ran.status) == ("", 3)
    assert "cannot write the result" in ran.stderr


class Asian(NamedTuple):
    language: str
    name: str


ASIAN = [
    Asian("Chinese", "我的指数甲"),
    Asian("Japanese", "私の株価指標"),
    Asian("Korean", "나의지수"),
]


def _closes_of(write: Write, *names: str) -> Path:
    rows = "".join(f"2025-02-13,{name},100\n2025-02-14,{name},101\n" for name in names)
    return write("closes.csv", f"date,symbol,close\n{rows}")


@needs_matplotlib
@pytest.mark.parametrize("asian", ASIAN, ids=lambda asian: asian.language)
@pytest.mark.parametrize("ending", [".png", ".pdf", ".svg"])
def test_asian_names_are_drawn(
    asian: Asian, ending: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """No warning of a sign without a font; and in the PDF, the font has the signs of the name."""
    path = _closes_of(write, asian.name)
    drawn = tmp_path / f"drawn{ending}"
    ran = run_cli("chart", "session", "2025-02-14", "-l", path, "-o", drawn)
    assert (ran.stdout, ran.status) == ("", 0)
    if "no font here has all the letters" in ran.stderr:
        pytest.skip(f"no font of this machine has {asian.language}")
    assert ran.stderr == ""
    if ending in {".svg", ".html"}:
        assert asian.name in _words(_parsed(drawn.read_bytes()))
    if ending == ".pdf":
        fonts = re.findall(rb"/BaseFont /([^\s]+)", drawn.read_bytes()) or _in_streams(drawn)
        assert any(b"DejaVu" not in font for font in fonts)


def _in_streams(path: Path) -> list[bytes]:
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL):
        try:
            found += re.findall(rb"/BaseFont /([^\s]+)", zlib.decompress(stream))
        except zlib.error:
            continue
    return found


@needs_matplotlib
def test_a_name_that_no_font_has_is_said_and_marked(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    """A sign of the private use area, which has no shape of its own."""
    config = write("marketmove.yaml", 'indices:\n  PLAIN: {name: "odd \\U0010FFFD one"}\n')
    path = _closes_of(write, "PLAIN", "other \U0010fffd")
    drawn = tmp_path / "drawn.svg"
    ran = run_cli("chart", "session", "2025-02-14", "-l", path, "-c", config, "-o", drawn)
    assert ran.status == 0
    assert "no font here has all the letters of " in ran.stderr
    written = _words(_parsed(drawn.read_bytes()))
    assert "PLAIN" in written
    assert "other �" in written


@needs_matplotlib
@pytest.mark.parametrize("number", [1, 60, 260])
def test_the_height_grows_with_the_indices(
    number: int, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    path = _closes_of(write, *(f"IX{n:03}" for n in range(number)))
    asked = ("chart", "session", "2025-02-14", "-l", path, "--quiet")
    svg = _svg(run_cli, tmp_path, *asked)
    shown = [text for text in _words(svg) if text.startswith("IX")]
    assert len(shown) == min(number, 40 if number > 200 else number)
    rows = float(svg.get("height", "0pt").removesuffix("pt")) / 72 / 0.27
    assert rows > len(shown)
    if number > 200:
        assert (
            "220 indices between the highest and the lowest left out; --all draws them"
            in _words(svg)
        )
        everything = _words(_svg(run_cli, tmp_path, *asked, "--all"))
        assert sum(text.startswith("IX") for text in everything) == number


@needs_matplotlib
def test_a_heat_map_of_too_many_sessions_is_refused(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    day = dt.date(2020, 1, 1)
    dates = [day + dt.timedelta(days=n) for n in range(802)]
    rows = "".join(f"{date},A,{100 + n % 7}\n" for n, date in enumerate(dates))
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli(
        "chart", "heatmap", "2020-01-01", "latest", "-l", path, "-o", tmp_path / "drawn.svg", "-q"
    )
    assert (ran.stdout, ran.status) == ("", 2)
    assert "a heat map holds 800 sessions, and there are 802" in ran.stderr


@needs_matplotlib
@pytest.mark.parametrize(
    ("closes", "limit"),
    [((100, 100.4, 100.1), "+0.5"), ((100, 300, 1), "+200"), ((100, 100, 100), "+0.1")],
    ids=["small", "large", "none"],
)
def test_the_scale_of_a_heat_map_lies_even_about_zero(
    closes: tuple[float, ...], limit: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    rows = "".join(f"2025-02-{12 + n},A,{close}\n" for n, close in enumerate(closes))
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    asked = ("chart", "heatmap", "2025-02-13", "2025-02-14", "-l", path)
    written = _words(_svg(run_cli, tmp_path, *asked))
    assert {limit, limit.replace("+", "−")} <= set(written) or {
        f"≥ {limit}", f"≤ {limit.replace('+', '−')}"
    } <= set(written)  # fmt: skip
