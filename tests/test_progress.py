"""Long reading shows how far it is on a terminal, and stops cleanly."""

from __future__ import annotations

import io
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from kept import needs_unix
from marketmove import cli, sources
from marketmove.cli import progress
from marketmove.config import load
from marketmove.sources import Context, ReadOptions, by_lines, open_source, read_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from program import Write

ROWS = [f"2025-{1 + n // 28:02}-{1 + n % 28:02},{name},{100 + n}.5\n" for n in range(336)
        for name in ("AAA", "BBB", "CCC")]  # fmt: skip
TEXT = "date,symbol,close\n" + "".join(ROWS)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-01-01T12:00Z")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sources, "BLOCKS_WIN", 0)
    monkeypatch.setattr(by_lines, "_BLOCK_BYTES", 4_000)
    monkeypatch.setattr(progress, "_SECONDS_UNSEEN", 0)
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", 0)


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal, or that it is none."""

    def __init__(self, *, is_one: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self._is_one = is_one

    def isatty(self) -> bool:
        return self._is_one


def _stderr(
    monkeypatch: pytest.MonkeyPatch, path: Path, *more: str, is_one: bool = True
) -> tuple[str, int]:
    stream = Terminal(is_one=is_one)
    monkeypatch.setattr(sys, "stderr", stream)
    status = cli.run(["session", "2025-12-27", "-l", str(path), "-f", "csv", *more])
    stream.seek(0)
    return stream.read(), status


def test_rows_rate_and_time_left_on_a_terminal(
    write: Write, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shown, status = _stderr(monkeypatch, write("closes.csv", TEXT))
    assert status == 0
    assert " rows, " in shown
    assert " a second, 0 s left" in shown
    # The line is taken away, and the cursor is back.
    assert shown.endswith("\x1b[1A\x1b[2K")
    assert "\x1b[?25h" in shown
    assert "a second" not in capfd.readouterr().out


@pytest.mark.parametrize("more", [("-q",), ()], ids=["quiet", "no terminal"])
def test_nothing_where_nobody_wants_to_see_it(
    more: tuple[str, ...], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("closes.csv", TEXT)
    assert _stderr(monkeypatch, path, *more, is_one=bool(more)) == ("", 0)


def test_what_went_wrong_stands_below_the_line_that_is_gone(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXT + "2025-12-27,CCC,1x\n" + ROWS[0].replace("100.5", "7.5")
    shown, status = _stderr(monkeypatch, write("closes.csv", text), "--strict")
    assert status == 3
    assert "rows" not in shown.partition("closes.csv:")[2]
    assert shown.index("\x1b[?25h") < shown.index("1x is not a number")


@needs_unix
def test_an_interrupt_leaves_nothing_behind(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(rows: int, _share: float) -> None:
        if rows > len(ROWS) // 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(progress, "line", lambda: interrupt)
    path, output = write("closes.csv", TEXT), tmp_path / "out.csv"
    before = sorted(tmp_path.iterdir())
    assert _stderr(monkeypatch, path, "-o", str(output)) == ("", 130)
    assert sorted(tmp_path.iterdir()) == before


def test_the_share_rises_over_all_files_and_ends_at_one(write: Write) -> None:
    config = load(None)
    told: list[tuple[int, float]] = []
    context = Context(
        config.registry, config.words, config.exchanges, lambda *how_far: told.append(how_far)
    )
    wide = "date,DDD\n2025-02-13,100\n2025-02-14,101\n"
    paths = [
        write(name, text) for name, text in (("a.csv", TEXT), ("b.csv", wide), ("c.csv", TEXT))
    ]
    read_blocks(map(open_source, paths), ReadOptions(), context)
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == (2 * len(ROWS) + 2, 1.0)
