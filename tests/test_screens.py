"""What a screen has room for: bars, titles, wide signs, two footnotes; and folders of all sorts."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from marketmove.render import RenderOptions, layout
from program import SAMPLE_CLOSES, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = ("-l", str(SAMPLE_CLOSES))
HEADER = "date,symbol,close\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def on_screen(monkeypatch: pytest.MonkeyPatch, run_cli: RunCli) -> RunCli:
    """Run the program as on a terminal of COLUMNS columns, without colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("marketmove.cli.terminal._is_terminal", lambda stream: stream is sys.stdout)
    return run_cli


@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize("chosen", [[], ["-i", "HSI,N225"], ["-i", "HSI"]])
def test_bars_fit(
    columns: int, chosen: list[str], on_screen: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = on_screen("session", "2025-02-14", *SAMPLES, *chosen).stdout.splitlines()
    assert max(map(cell_len, lines)) <= columns
    rows = [line for line in lines if re.search(r"[+−]\d+\.\d\d%", line) and "│" in line]
    assert rows
    assert any("▇▇▇▇" in row for row in rows)
    assert all("22,620.33" in row for row in rows if re.search("Hang Seng  |HSI ", row))


def test_a_title_breaks_between_words() -> None:
    title, source = "Session of Fri 14 Feb 2025", "closes · /home/you/long folder of closes/all.csv"
    for width in range(10, 90):
        lines = [line[0].text for line in layout.title(title, source, RenderOptions(width=width))]
        words = [word for line in lines for word in line.split()]
        assert [w for w in words if w != "·"] == [
            w for w in f"{title} {source}".split() if w != "·"
        ]
        assert all(cell_len(line) <= width or " " not in line for line in lines)
        assert len(lines) == 1 or cell_len(f"{title} · {source}") > width
    assert len(layout.title(title, source, RenderOptions())) == 1


def test_wide_signs_count_two(
    on_screen: RunCli, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("日経平均株価", "香港恒生指數", "가나다라마바사")
    rows = "".join(f"2025-02-13,{n},100\n2025-02-14,{n},{101 + k}\n" for k, n in enumerate(names))
    write("closes.csv", HEADER + rows)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "64")
    lines = on_screen("session", "2025-02-14", "-l", "closes.csv").stdout.splitlines()
    table = [line for line in lines if "%" in line and "│" in line]
    assert len(table) == len(names)
    assert len({cell_len(line.partition("│")[0]) for line in table}) == 1
    assert len({cell_len(line.partition("10")[0]) for line in table}) == 1
    assert max(map(cell_len, lines)) <= 64


def test_at_most_two_footnotes(run_cli: RunCli) -> None:
    whole = run_cli("session", "2025-02-14", *SAMPLES, "--explain").stdout
    short = run_cli("session", "2025-02-14", *SAMPLES).stdout
    brief = run_cli("session", "2025-02-14", *SAMPLES, "--brief").stdout
    tables, _, below = short.partition("\n  Highlights: ")
    footnotes = below.splitlines()[1:]
    assert footnotes == [
        "  10 up · 10 down · range 6.61 pp · dispersion 1.70 pp", "  4 more notes: --explain"
    ]  # fmt: skip
    assert brief == tables
    assert whole.startswith(tables)
    for text in ("range 6.61 pp, highest less lowest", "percentile: share of", "with dividends"):
        assert text in whole
        assert text not in short


def test_a_note_that_says_why_is_not_put_away(run_cli: RunCli) -> None:
    one = run_cli("session", "2025-02-14", *SAMPLES, "-i", "HSI,N225", "--pair", "HSI:KOSDAQ")
    assert "HSI:KOSDAQ: no move of KQ11" in one.stdout
    rose = run_cli("session", "2025-02-14", *SAMPLES, "-i", "HSI,SSEC").stdout
    assert "no divergent pairs: every move is up" in rose


def test_brief_leaves_warnings_to_stderr(on_screen: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n2025-02-15,HSI,x\n"
    path = write("closes.csv", HEADER + rows)
    ran = on_screen("session", "2025-02-14", "-l", path, "--brief")
    assert "closes.csv:4" in ran.stderr
    assert "Warning" not in ran.stdout


def _folder(write: Write) -> None:
    write("downloads/HSI.csv", HEADER + "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n")
    write("downloads/N225.txt", HEADER + "2025-02-13,N225,39461.47\n2025-02-14,N225,39149.43\n")


OTHERS: dict[str, str | bytes] = {
    "report.pdf": b"%PDF-1.7\n%\xe2\xe3",
    "chart.png": PICTURE,
    "scan": b"%PDF-1.4\n1 0 obj",
    "photo": PICTURE,
    "list.txt": "buy milk\n",
    "notes.txt": "Remember:\nask for the close of Hang Seng\nand call Tokyo\nat 15:30\n",
    "README.md": "# Closes\n\n2025-02-14,HSI,1\n",
    "HSI.csv.bak": HEADER + "2025-02-14,HSI,1\n",
    "HSI.csv~": HEADER + "2025-02-14,HSI,1\n",
    "marketmove.yaml": "palette: korea\n",
    "page.html": "<html><table><tr><td>1</td></tr></table></html>",
    "letter.docx": b"PK\x03\x04" + bytes(20),
}


def test_what_of_a_folder_is_not_of_closes_is_passed_over(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    _folder(write)
    for name, data in OTHERS.items():
        write(f"downloads/{name}", data)
    asked = ("session", "2025-02-14", "-l", tmp_path / "downloads")
    ran = run_cli(*asked)
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.startswith("Session of Fri 14 Feb 2025 · closes (2 files)\n")
    said = [line for line in ran.stdout.splitlines() if "left out" in line]
    assert len(said) == 1
    assert "12 files that are not of closes left out: HSI.csv.bak" in said[0]
    document = run_cli(*asked, "-f", "json").document
    assert [note["code"] for note in document["notes"]].count("not_closes") == 1
    assert [move["change_pct"] > 0 for move in document["moves"]] == [True, False]
    for command in (("check", asked[3]), ("history", "2025-02-14", "latest", *asked[2:])):
        assert "12 files that are not of closes" in run_cli(*command).stdout


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_each_kind_alone(name: str, run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    write(f"downloads/{name}", OTHERS[name])
    ran = run_cli("session", "2025-02-14", "-l", tmp_path / "downloads")
    assert (ran.stdout, ran.status) == ("", 3)
    assert f"no file of closes in it: {name}" in ran.stderr
    _folder(write)
    ran = run_cli("session", "2025-02-14", "-l", tmp_path / "downloads")
    assert (ran.stderr, ran.status) == ("", 0)
    assert f"1 file that is not of closes left out: {name}" in ran.stdout
    # Named by itself, it is read, or refused with what it is.
    named = run_cli("session", "2025-02-14", "-l", tmp_path / "downloads" / name)
    assert named.status in ({0, 3} if name.startswith("HSI") else {3})


def test_a_table_that_cannot_be_read_is_not_passed_over(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    _folder(write)
    write("downloads/bad.csv", "x,y\n1,2\n")
    ran = run_cli("session", "2025-02-14", "-l", tmp_path / "downloads")
    assert (ran.stdout, ran.status) == ("", 3)
    assert "bad.csv:1: no date column" in ran.stderr
