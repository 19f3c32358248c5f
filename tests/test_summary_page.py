"""`summary --format html` through the public door: a page for mail, and the picture in it."""

from __future__ import annotations

import html.parser
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pictures import PALETTES, needs_matplotlib
from program import SAMPLE_CLOSES, RunCli, Write, run_process

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "date,symbol,close\n"
FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES)


class Page(html.parser.HTMLParser):
    """What an HTML document has: its text, its tags in order, their attributes."""

    VOID = ("meta", "br")
    NO_TEXT = ("style", "svg", "g", "path", "use", "defs")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in self.NO_TEXT:
            self.text += data
        elif self.open[-1] != "style":
            assert not data.strip()


HOSTILE = "<script>alert(1)</script> & *co* _u_ `t` [l](x)"


@pytest.mark.parametrize("asked", [FEBRUARY_14, (*FEBRUARY_14, "--palette", "none")], ids=str)
def test_html_is_well_formed_and_fetches_nothing(asked: tuple[str, ...], run_cli: RunCli) -> None:
    text = run_cli(*asked, "-f", "html").stdout
    page = Page(text)
    assert page.open == []
    assert not page.tags & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert {name for name, _ in page.attributes}.isdisjoint({"src", "background", "onload"})
    assert all((value or "").startswith("#") for name, value in page.attributes if name == "href")
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "prefers-color-scheme: dark" in text
    document = run_cli(*asked, "-f", "json").document
    flat = " ".join(page.text.split())
    assert document["headline"]["text"] in flat
    assert all(told["text"] in flat for part in document["sections"] for told in part["sentences"])


def test_names_are_never_markup(run_cli: RunCli, write: Write) -> None:
    rows = f'2025-02-13,"{HOSTILE}",100\n2025-02-14,"{HOSTILE}",101.5\n'
    path = write("closes.csv", HEADER + rows)
    page = Page(run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout)
    assert "script" not in page.tags
    assert HOSTILE in page.text
    first = run_cli("summary", "2025-02-14", "-l", path, "-f", "markdown").stdout.splitlines()[0]
    assert first == (
        r"*&lt;script&gt;alert(1)&lt;/script&gt; &amp; \*co\* \_u\_ \`t\` \[l\](x) up 1.50%.*"
    )


@pytest.mark.parametrize(("palette", "up"), [("western", "#0a6b35"), ("east-asia", "#b3261e")])
def test_the_palette_colours_html(palette: str, up: str, run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, "-f", "html", "--palette", palette).stdout
    rise = re.search(r'<td class="up rule" style="color:(#\w+);[^>]*>\+5\.56%</td>', text)
    assert rise
    assert rise[1] == up


class Bar(NamedTuple):
    """A bar as it is drawn: its colour, and how far it reaches to the right of zero."""

    colour: str
    length: float


def picture(text: str) -> str:
    """The one picture of a page."""
    (found,) = re.findall(r"<svg .*?</svg>", text, re.DOTALL)
    return str(found)


def bars_in(svg: str) -> list[Bar]:
    """The bars from the top; each begins at the line of zero."""
    drawn = re.findall(r'<path d="M (\S+) \S+\nL (\S+) [^"]*" style="fill: var\(--(\w+), #', svg)
    return [Bar(colour, float(end) - float(zero)) for zero, end, colour in drawn if colour != "ink"]


@needs_matplotlib
def test_the_picture_has_a_bar_for_each_move(run_cli: RunCli) -> None:
    drawn = bars_in(picture(run_cli(*FEBRUARY_14, "-f", "html").stdout))
    moves = run_cli(*FEBRUARY_14, "-f", "json").document["moves"]
    percents = sorted((move["change_pct"] for move in moves if move["change_pct"]), reverse=True)
    assert len(drawn) == len(percents) == 20
    assert [bar.colour for bar in drawn] == ["up" if pct > 0 else "down" for pct in percents]
    unit = drawn[0].length / percents[0]
    assert [bar.length for bar in drawn] == pytest.approx(
        [pct * unit for pct in percents], abs=0.01
    )


@needs_matplotlib
def test_the_picture_says_what_it_shows_and_leaves_no_letters(run_cli: RunCli) -> None:
    svg = picture(run_cli(*FEBRUARY_14, "-f", "html").stdout)
    described = "A bar for each of 20 indices, from Hang Seng Tech +5.56% to Taiex −1.05%"
    assert f'role="img" aria-label="{described}" width="100%"' in svg
    assert not re.sub(r"<[^>]*>", "", svg).strip()
    known = re.findall(r' id="([^"]*)"', svg)
    assert len(known) == len(set(known))
    assert set(re.findall(r'href="#([^"]*)"', svg)) == set(known)


@needs_matplotlib
@pytest.mark.parametrize("palette", PALETTES)
def test_the_picture_has_the_colours_of_its_page(palette: str, run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, "-f", "html", "--palette", palette).stdout
    used = set(re.findall(r"var\(--(\w+), #\w{6}\)", picture(text)))
    (dark,) = re.findall(r"prefers-color-scheme: dark.*?:root \{(.*?)\}", text, re.DOTALL)
    assert used == set(re.findall(r"--(\w+): #\w{6};", dark)) == {"up", "down", "ink"}
    assert not re.search(r"(fill|stroke): #", picture(text))


@needs_matplotlib
def test_the_picture_of_many_indices_has_the_ends(run_cli: RunCli, write: Write) -> None:
    rows = (f"2025-02-13,I{n:03},1000\n2025-02-14,I{n:03},{1000 + n}\n" for n in range(-100, 100))
    path = write("closes.csv", HEADER + "".join(rows))
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    drawn = bars_in(picture(text))
    assert [bar.length / drawn[0].length * 99 for bar in drawn] == pytest.approx(
        [*range(99, 89, -1), *range(-91, -101, -1)], abs=0.1
    )
    assert "180 indices between the highest and the lowest not drawn" in text


@needs_matplotlib
def test_mail_clients_do_not_cut_the_page_of_thirty_indices(run_cli: RunCli, write: Write) -> None:
    rows = (
        f"2025-02-13,Index of the Exchange {n},{1000 + n}.25\n"
        f"2025-02-14,Index of the Exchange {n},{1031 - n}.75\n"
        for n in range(30)
    )
    path = write("closes.csv", HEADER + "".join(rows))
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    # Gmail shows the first 102 kB.
    assert len(text.encode()) < 102_000


@needs_matplotlib
def test_a_picture_that_makes_the_page_too_large_is_left_out(run_cli: RunCli, write: Write) -> None:
    """Names of many different signs, each of which is drawn."""
    signs = iter(range(0x4E00, 0x9000, 7))
    names = ["".join(chr(next(signs)) for _ in range(12)) for _ in range(24)]
    rows = [f"2025-02-13,{name},100\n2025-02-14,{name},101\n" for name in names]
    path = write("closes.csv", HEADER + "".join(rows))
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    assert len(text.encode()) < 102_000
    assert "<svg" not in text
    assert "The picture is left out: with it mail clients would cut this page short</p>" in text
    assert all(name in Page(text).text for name in names)


@needs_matplotlib
@pytest.mark.parametrize("close", ["100", "100.00"])
def test_the_picture_of_a_day_without_a_change(close: str, run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", f"{HEADER}2025-02-13,HSI,100\n2025-02-14,HSI,{close}\n")
    svg = picture(run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout)
    assert [bar.length for bar in bars_in(svg)] == [0]


def test_the_line_beside_an_alert_has_the_colour_of_its_text(run_cli: RunCli) -> None:
    """Which is another on a dark page."""
    text = run_cli(*FEBRUARY_14, "--alert", "HSI: 3", "-f", "html").stdout
    style = re.search(r'<p class="ink" style="([^"]*)"><b>Alert', text)
    assert style
    assert "border-left:4px solid;" in style[1]


def test_without_a_move_there_is_no_picture(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", f"{HEADER}2025-02-13,HSI,100\n2025-02-14,N225,100\n")
    ran = run_cli("summary", "2025-02-14", "-l", path, "-f", "html")
    assert ran.status == 0
    assert "<svg" not in ran.stdout


def test_without_matplotlib_the_page_has_no_picture(write: Write) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\nfrom marketmove.__main__ import main; main()"
    )
    asked = [sys.executable, write("without.py", code), *FEBRUARY_14, "-f", "html"]
    ran = subprocess.run(list(map(str, asked)), capture_output=True, check=True)
    assert ran.stderr == b""
    assert b"<svg" not in ran.stdout
    assert b"The picture" not in ran.stdout
    assert b"--up:" not in ran.stdout


def test_a_picture_that_fails_does_not_cost_the_page(tmp_path: Path, write: Write) -> None:
    write("matplotlib/__init__.py", "raise ImportError('numpy is <too> old')")
    paths = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    ran = run_process(*FEBRUARY_14, "-f", "html", environment={"PYTHONPATH": paths})
    assert (ran.stderr, ran.status) == ("", 0)
    assert "The picture could not be drawn: numpy is &lt;too&gt; old</p>" in ran.stdout
    assert "Taiex" in ran.stdout
