"""`summary --format html` through the public door: a page for mail, and the bars in it."""

from __future__ import annotations

import html.parser
import re
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from pictures import PALETTES
from program import SAMPLE_CLOSES, RunCli, Write

HEADER = "date,symbol,close\n"
FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES)


class Page(html.parser.HTMLParser):
    """What an HTML document has: its text, its tags in order, their attributes."""

    VOID = ("meta", "br")
    NO_TEXT = ("style",)

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


def test_names_in_sentences_and_alerts_are_never_markup(run_cli: RunCli, write: Write) -> None:
    closes = {"<b>A</b> & co": "101.5", "<i>B</i>": "98"}
    rows = (f"2025-02-13,{n},100\n2025-02-14,{n},{close}\n" for n, close in closes.items())
    path = write("closes.csv", HEADER + "".join(rows))
    asked = ("summary", "2025-02-14", "-l", path, "--alert", "any: 1")
    page = Page(run_cli(*asked, "-f", "html").stdout)
    assert "<b>A</b> & co up 1.50%, <i>B</i> down 2.00%: 3.50 pp apart." in page.text
    assert "Alert: <b>A</b> & co up 1.50%: at least 1%" in page.text
    assert "i" not in page.tags


@pytest.mark.parametrize(("palette", "up"), [("western", "#0a6b35"), ("east-asia", "#b3261e")])
def test_the_palette_colours_html(palette: str, up: str, run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, "-f", "html", "--palette", palette).stdout
    rise = re.search(r'<td class="up rule" style="color:(#\w+);[^>]*>\+5\.56%</td>', text)
    assert rise
    assert rise[1] == up


class Bar(NamedTuple):
    """A bar as it is drawn: which kind, in which colour, and how far it reaches from zero."""

    kind: str
    colour: str
    length: float


BAR_ROW = re.compile(r'<tr aria-hidden="true">(.*?)</table></td>(?:<td [^>]*></td>)*</tr>')
ZERO = ' style="border-left:1px solid"'


def bars_in(text: str) -> list[Bar | None]:
    """The bars from the top, None where only the line of zero is; it is at one place in all."""
    bars: list[Bar | None] = []
    zeros: list[float] = []
    for row in BAR_ROW.findall(text):
        assert not re.sub(r"<[^>]*>", "", row)
        before = float(re.findall(r'<td width="([\d.]+)%" height="5"></td>', row)[0])
        found = re.search(r'<td width="([\d.]+)%" bgcolor="(#\w+)" class="(\w+)"(.*?)></td>', row)
        assert row.count(ZERO) == 1
        if found is None:
            bars.append(None)
            zeros.append(before)
            continue
        kind, width = found[3], float(found[1])
        assert (found[4] == ZERO) == (kind == "rise")
        bars.append(Bar(kind, found[2], width if kind == "rise" else -width))
        zeros.append(before + (width if kind == "fall" else 0.0))
        assert before + width < 100
    assert zeros == pytest.approx(zeros[:1] * len(zeros), abs=0.1)
    return bars


def rows_of(document: Any) -> list[float]:
    """The moves of the table in its order."""
    moves = {move["symbol"]: move["change_pct"] for move in document["moves"]}
    return [moves[symbol] for region in document["regions"] for symbol in region["symbols"]]


def test_each_row_has_a_bar_of_its_move(run_cli: RunCli) -> None:
    drawn = bars_in(run_cli(*FEBRUARY_14, "-f", "html").stdout)
    percents = rows_of(run_cli(*FEBRUARY_14, "-f", "json").document)
    assert len(drawn) == len(percents) == 20
    unit = max(bar.length for bar in drawn if bar) / max(percents)
    for bar, pct in zip(drawn, percents, strict=True):
        if bar is None:
            assert abs(pct * unit) < 0.2
            continue
        assert bar.kind == ("rise" if pct > 0 else "fall")
        assert bar.length == pytest.approx(pct * unit, abs=0.1)


@pytest.mark.parametrize("palette", PALETTES)
def test_bars_have_the_colours_of_their_figures(palette: str, run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, "-f", "html", "--palette", palette).stdout
    drawn = {bar.kind: bar.colour for bar in bars_in(text) if bar}
    figures = dict(re.findall(r'<td class="(up|down) rule" style="color:(#\w+);', text))
    assert drawn == {"rise": figures["up"], "fall": figures["down"]}
    (dark,) = re.findall(r"@media \(prefers-color-scheme: dark\) \{(.*)</style>", text, re.DOTALL)
    for bar, figure in (("rise", "up"), ("fall", "down")):
        colour = re.findall(rf"\.{figure} \{{ color: (#\w+)", dark)
        assert re.findall(rf"\.{bar} \{{ background-color: (#\w+) !important", dark) == colour


def test_bars_of_falls_alone_end_at_zero(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", f"{HEADER}2025-02-13,HSI,100\n2025-02-14,HSI,98\n")
    (bar,) = bars_in(run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout)
    assert bar
    assert (bar.kind, bar.length) == ("fall", -98.0)


def test_mail_clients_do_not_cut_the_page_of_sixty_indices(run_cli: RunCli, write: Write) -> None:
    rows = (
        f"2025-02-13,Index of the Exchange {n},{1000 + n}.25\n"
        f"2025-02-14,Index of the Exchange {n},{1031 - n}.75\n"
        for n in range(60)
    )
    path = write("closes.csv", HEADER + "".join(rows))
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    # Gmail shows the first 102 kB.
    assert len(text.encode()) < 102_000
    assert len(bars_in(text)) == 60


def test_bars_that_make_the_page_too_large_are_left_out(run_cli: RunCli, write: Write) -> None:
    names = [f"Index of the Exchange {n}" for n in range(100)]
    rows = [f"2025-02-13,{name},100\n2025-02-14,{name},101\n" for name in names]
    path = write("closes.csv", HEADER + "".join(rows))
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    assert len(text.encode()) < 102_000
    assert "aria-hidden" not in text
    assert text.count('<td class="ink rule" style="color:#1f1f1f;border-bottom:1px solid') >= 100
    assert all(name in Page(text).text for name in names)


@pytest.mark.parametrize("close", ["100", "100.00"])
def test_a_day_without_a_change_has_the_line_of_zero(
    close: str, run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", f"{HEADER}2025-02-13,HSI,100\n2025-02-14,HSI,{close}\n")
    text = run_cli("summary", "2025-02-14", "-l", path, "-f", "html").stdout
    assert bars_in(text) == [None]


def test_the_line_beside_an_alert_has_the_colour_of_its_text(run_cli: RunCli) -> None:
    """Which is another on a dark page."""
    text = run_cli(*FEBRUARY_14, "--alert", "HSI: 3", "-f", "html").stdout
    style = re.search(r'<p class="ink" style="([^"]*)"><b>Alert', text)
    assert style
    assert "border-left:4px solid;" in style[1]


def test_without_a_move_there_is_no_bar(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", f"{HEADER}2025-02-13,HSI,100\n2025-02-14,N225,100\n")
    ran = run_cli("summary", "2025-02-14", "-l", path, "-f", "html")
    assert ran.status == 0
    assert "aria-hidden" not in ran.stdout


def test_the_page_needs_no_matplotlib(write: Write) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\nfrom marketmove.__main__ import main; main()"
    )
    asked = [sys.executable, write("without.py", code), *FEBRUARY_14, "-f", "html"]
    ran = subprocess.run(list(map(str, asked)), capture_output=True, check=True)
    assert ran.stderr == b""
    assert len(bars_in(ran.stdout.decode())) == 20


def test_the_page_says_its_day_and_has_a_column_of_closes_where_there_is_room(
    run_cli: RunCli,
) -> None:
    """A client that knows no style has the close under the name; a wide screen beside it."""
    text = run_cli(*FEBRUARY_14, "-f", "html").stdout
    above, _, below = text.partition("<h1")
    assert "Session of Fri 14 Feb 2025" in above.partition("<body")[2]
    assert '<td class="wide rule ink" style="display:none">22,620.33</td>' in below
    assert "22,620.33 (+805.96)</span>" in below
    assert re.search(r"@media \(min-width: 600px\) \{\s+\.wide \{ display: table-cell !imp", text)


def test_the_day_is_one_column(run_cli: RunCli) -> None:
    for output_format in ("text", "html"):
        asked = (*FEBRUARY_14, "--period", "day", "--period", "week", "-f", output_format)
        text = run_cli(*asked).stdout
        assert text.count("Day %") == 1
        assert text.count("WTD %") == 1
