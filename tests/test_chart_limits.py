"""Pictures in files: what is refused, names in all scripts, many indices and sessions."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pictures import (
    KINDS,
    SESSION,
    each_ending,
    each_kind,
    needs_matplotlib,
    parse,
    svg_of,
    words_in,
)
from program import RunCli, Write, bare_environment, command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["moves.gif", "moves", "moves.svg.gz", "-"])
def test_another_ending_is_refused_before_anything_is_read(name: str, run_cli: RunCli) -> None:
    ran = run_cli("chart", "session", "2025-02-14", "-l", "none.csv", "-o", name)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        f"marketmove: --output: {name} does not end like a picture;"
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
        assert asian.name in words_in(parse(drawn.read_bytes()))
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
    """A letter so rare that no font has it."""
    config = write("marketmove.yaml", 'indices:\n  PLAIN: {name: "odd \\U000313AF one"}\n')
    path = _closes_of(write, "PLAIN", "other \U000313af")
    drawn = tmp_path / "drawn.svg"
    ran = run_cli("chart", "session", "2025-02-14", "-l", path, "-c", config, "-o", drawn)
    assert ran.status == 0
    assert "no font here has all the letters of " in ran.stderr
    written = words_in(parse(drawn.read_bytes()))
    assert "PLAIN" in written
    assert "other �" in written


@needs_matplotlib
@pytest.mark.parametrize("number", [1, 60, 260])
def test_the_height_grows_with_the_indices(
    number: int, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    path = _closes_of(write, *(f"IX{n:03}" for n in range(number)))
    asked = ("chart", "session", "2025-02-14", "-l", path, "--quiet")
    svg = svg_of(run_cli, tmp_path, *asked)
    shown = [text for text in words_in(svg) if re.fullmatch(r"IX\d+", text)]
    assert len(shown) == min(number, 40 if number > 200 else number)
    rows = float(svg.get("height", "0pt").removesuffix("pt")) / 72 / 0.27
    assert rows > len(shown)
    if number > 200:
        assert "220 indices in the middle left out; --all draws them" in words_in(svg)
        everything = words_in(svg_of(run_cli, tmp_path, *asked, "--all"))
        assert sum(bool(re.fullmatch(r"IX\d+", text)) for text in everything) == number


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
    [((100, 100.4, 100.1), "+0.5"), ((100, 130, 95), "+30"), ((100, 100, 100), "+0.1")],
    ids=["small", "large", "none"],
)
def test_the_scale_of_a_heat_map_lies_even_about_zero(
    closes: tuple[float, ...], limit: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    rows = "".join(f"2025-02-{12 + n},A,{close}\n" for n, close in enumerate(closes))
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    asked = ("chart", "heatmap", "2025-02-13", "2025-02-14", "-l", path)
    written = words_in(svg_of(run_cli, tmp_path, *asked))
    assert {limit, limit.replace("+", "−")} <= set(written) or {
        f"≥ {limit}", f"≤ {limit.replace('+', '−')}"
    } <= set(written)  # fmt: skip
