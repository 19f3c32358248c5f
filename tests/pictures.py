"""How the tests draw pictures, and read what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from program import SAMPLE_CLOSES, RunCli

if TYPE_CHECKING:
    from pathlib import Path

needs_matplotlib = pytest.mark.usefixtures("_matplotlib")
SVG, HTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
SESSION = ("chart", "session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEATMAP = ("chart", "heatmap", "2025-01-24", "2025-02-05", "--levels", SAMPLE_CLOSES)
PAIR = ("chart", "pair", "HSI", "N225", "--levels", SAMPLE_CLOSES, "--until", "2025-02-14")
LINES = ("chart", "lines", "HSI", "N225", "SPX", "--levels", SAMPLE_CLOSES, "--since", "2025-01-02")
KINDS = {"session": SESSION, "heatmap": HEATMAP, "pair": PAIR, "lines": LINES}
DESCRIBED = {
    "session": "A bar for each index, 10 up · 10 down.",
    "heatmap": "A heat map of 20 indices · 10 sessions",
    "lines": "A line for each index, at its end: Hang Seng 116.91",
    "pair": "The spread of Hang Seng less Nikkei 225: latest: +4.49 pp",
}
MAGIC = {".svg": b"<?xml ", ".png": b"\x89PNG\r\n\x1a\n", ".pdf": b"%PDF-", ".html": b"<!DOCTYPE"}
each_kind = pytest.mark.parametrize("kind", KINDS)
each_ending = pytest.mark.parametrize("ending", MAGIC)
X_LABEL = "change from the index's own prior close, in %"
PALETTES = ("western", "east-asia", "korea", "cvd", "none")


def drawn_by(run_cli: RunCli, path: Path, *arguments: str | Path) -> bytes:
    ran = run_cli(*arguments, "--output", path)
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    return path.read_bytes()


def parse(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - drawn by the program under test


def words_in(svg: ET.Element) -> list[str]:
    """What is written in a picture, each line of it by itself."""
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def svg_of(run_cli: RunCli, tmp_path: Path, *arguments: str | Path) -> ET.Element:
    return parse(drawn_by(run_cli, tmp_path / "drawn.svg", *arguments))


def names_of(run_cli: RunCli) -> list[str]:
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "csv", "--quiet")
    return [row["name"] for row in ran.rows]
