"""One file read in three ways: cell by cell, by blocks, and by blocks as one too large to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from marketmove import sources
from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.sources import Block, Context, ReadOptions, Source, opening, read_blocks

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = load(None)
CONTEXT = Context(CONFIG.registry, CONFIG.words, CONFIG.exchanges)

# Names that could be taken for a number, a gap or a truth.
NAMES_LIKE_OTHERS = [
    *("000001", "1", "1.0", "1e5", "nan", "None", "NA", "N/A", "-", "#N/A", "True", "2025-02-14"),
    *("hsi", "S&P 500 Inc.", "[x]", "日経", "Hang Seng Index", "x" * 33),
]
# Cells and rows that pandas takes for more, or for less, than they are when read cell by cell.
ODD_DATES = [
    *(
        "2025-13-45",
        "2025-02-30",
        "2025-2-3",
        "20250214",
        "2025/02/14",
        "2025-02-14 ",
        " 2025-02-14",
    ),
    *("", "NaT", "2025-02-14T00:00", "٢٠٢٥-02-14", "\ufeff2025-02-14", "2025-02-14x", "0000-00-00"),
]
ODD_NAMES = ["", " HSI ", "\u00a0", '"HSI"', 'H"SI', '"HSI', '"A\nB"', "H\rSI", "A,B"]
ODD_CLOSES = [
    *("inf", "-inf", "Infinity", "1e999", "-5", "-0.0", "0", "0.0", "1e-400", "1e-7", "1e15"),
    *(
        "999999999999999.9",
        "1_000",
        "0x10",
        "0x1p3",
        "+1.5",
        "1.",
        ".",
        ".5",
        "1.e3",
        "1e3",
        "1E+3",
    ),
    *("1e03", "1e0005", "1e", "1e+", "1d3", "5/", "/", "1.2.3", "nan", "-nan", "+nan", "nan(1)"),
    *(
        "NaN",
        "<NA>",
        "N/a",
        "nUlL",
        "None",
        "-",
        "--",
        "–",
        "true",
        "True",
        "1.5%",
        "$1.5",
        "1'000",
    ),
    *(
        "１",
        "1,5",
        "22,620.33",
        " 1.5",
        "1.5 ",
        "1 000",
        "\t1.5",
        "1.5\v",
        "1.5\u00a0",
        " ",
        "1.5,",
    ),
    *("1.5\r", "1.5\r\r", "1." + 38 * "0", "1." + 39 * "0", 40 * "0" + "1", 5000 * "9"),
]


def _read(path: Path, text: str, lane: str, options: ReadOptions, keep: Any) -> list[Block]:
    """What is read of a file by ``cells``, by ``blocks``, or by blocks as of one too ``vast``."""
    path.write_bytes(data := text.encode())
    source = Source("closes.csv", "closes", data)
    if lane == "vast":
        source = source._replace(large=path, stamp=opening._stamp(path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCKS_WIN", 1 << 60 if lane == "cells" else 0)
        return read_blocks([source], options, CONTEXT, keep)


def _said(block: Block) -> tuple[Any, ...]:
    frame = block.frame
    names = (
        "symbol",
        "session",
        "line",
        "close",
        "low",
        "high",
        "prior_close",
        "change_pct",
        "early",
    )
    rows = zip(*(map(str, frame[name]) for name in names), strict=True)
    return (
        sorted(rows),
        block.symbols,
        [(f.symbol, f.session, str(f.problem)) for f in block.faults],
        [str(said) for said in (*block.warnings, *block.notes)],
        block.reading,
    )


def outcome(
    path: Path, text: str, lane: str, keep: Any = None, options: ReadOptions | None = None
) -> tuple[Any, ...]:
    """What is read of a file, or the problems."""
    try:
        return tuple(map(_said, _read(path, text, lane, options or ReadOptions(), keep)))
    except MarketMoveError as error:
        return tuple(str(problem) for problem in error.problems)


def alike(path: Path, text: str, options: ReadOptions | None = None) -> tuple[Any, ...]:
    """The outcome of a file cell by cell, which it has by blocks too, empty closes as well."""
    found: list[tuple[tuple[Any, ...], list[Any]]] = []
    for lane in ("cells", "blocks"):
        try:
            blocks = _read(path, text, lane, options or ReadOptions(), None)
            found.append((tuple(map(_said, blocks)), [sorted(block.blank) for block in blocks]))
        except MarketMoveError as error:
            found.append((tuple(str(problem) for problem in error.problems), []))
    whole, by_blocks = found
    assert by_blocks == whole
    return whole[0]
