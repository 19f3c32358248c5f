"""Reading people's files: bytes to text, text to values, each with its place."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from marketmove.errors import (
    MarketMoveError,
    Problem,
    UnrecognisedFileError,
    WrongUsageError,
)
from marketmove.sources.block import Block, Closes, Context, Fault, Progress, Reading, ReadOptions
from marketmove.sources.folders import expand
from marketmove.sources.opening import (
    PARQUET,
    Source,
    Spec,
    as_text,
    is_workbook,
    missing_extra,
    open_source,
)
from marketmove.sources.steps import Steps

if TYPE_CHECKING:
    from marketmove.sources.grid import Grid
    from marketmove.sources.parts import RowFilter

__all__ = [
    "Block",
    "Closes",
    "Context",
    "Fault",
    "Progress",
    "ReadOptions",
    "Reading",
    "Source",
    "Spec",
    "count_lines",
    "open_all",
    "open_source",
    "read_blocks",
]

# From this size on blocks are faster than cells, by what it takes to load what reads them.
BLOCKS_WIN = 1 << 18
# What text between whose marks a number may be cut is parted by.
_DELIMITED = frozenset(["comma", "semicolon", "tab", "pipe", "blanks"])
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def open_all(specs: Iterable[Spec]) -> list[Source]:
    """Open every file, those of a folder too, and report all that cannot be together."""
    return _each(open_source, expand(specs))


def count_lines(source: Source) -> int:
    """Count the lines of a file; of a large one about, judged by its beginning."""
    if source.data.startswith(PARQUET) and importlib.util.find_spec("pyarrow"):
        from marketmove.sources.parquet import count_rows

        return count_rows(source)
    found = source.data.count(b"\n") if source.grid is None else len(source.grid.rows)
    if source.large is None:
        return found
    return found * source.large.stat().st_size // len(source.data)


def read_blocks(
    sources: Iterable[Source], options: ReadOptions, context: Context, keep: RowFilter | None = None
) -> list[Block]:
    """Read the closes of every file, and report all that cannot be recognised together.

    ``keep`` tells the rows of a frame that matter, where a file is too large to hold. Raises
    ``WrongUsageError`` if ``symbol`` is said for more than one file; ``UnrecognisedFileError`` with
    the problems of each that cannot be read with certainty.
    """
    sources = list(sources)
    if options.symbol and len(sources) > 1:
        raise WrongUsageError.at(
            None, "--symbol names the index of one file, and there are several"
        )
    steps = Steps(sources, context.progress)

    def read_one(source: Source) -> list[Block]:
        blocks = _read(source, options, context._replace(progress=steps.of(source)), keep)
        steps.end(source, blocks)
        return blocks

    read = _each(read_one, sources)
    for source, blocks in zip(sources, read, strict=True):
        if source.warnings:
            blocks[0] = blocks[0]._replace(warnings=(*source.warnings, *blocks[0].warnings))
    return [block for blocks in read for block in blocks]


def _read(
    source: Source, options: ReadOptions, context: Context, keep: RowFilter | None
) -> list[Block]:
    if source.data.startswith(PARQUET):
        if importlib.util.find_spec("pyarrow") is None:
            raise missing_extra(source.label, "Parquet files", "parquet")
        from marketmove.sources.parquet import read_parquet

        return [read_parquet(source, options, context, keep)]
    if source.grid is None and len(source.data) >= BLOCKS_WIN:
        from marketmove.sources.large import read_large

        if block := read_large(source, options, context, keep):
            return [block]
        source = source.whole()
    from marketmove.sources.table import read_table

    if source.grid is not None:
        return [read_table(source.grid, None, options, context)]
    if is_workbook(source.data):
        return _sheets(source, options, context)
    from marketmove.sources.forms import grid_of

    grid, encoding = grid_of(source, options, context)
    if grid.delimiter in {"JSON", "YAML"}:  # which can name half a character
        rows = [row._replace(cells=[*map(as_text, row.cells)]) for row in grid.rows]
        grid = grid._replace(rows=rows)
    block = read_table(grid, source.stem, options, context)
    reading = block.reading._replace(encoding=encoding)
    return [block._replace(reading=reading, warnings=(*block.warnings, *_cut(source, grid)))]


def _cut(source: Source, grid: Grid) -> Iterator[Problem]:
    """Warn of a last number without a line break that has fewer decimals than all above it."""
    from marketmove.sources.last_number import LastNumber

    if source.data.rstrip(b"\0")[-1:] in {b"\n", b"\r"} or grid.delimiter not in _DELIMITED:
        return
    line, last = grid.rows[-1]
    number = LastNumber(source.label, last)
    number.compare(row.cells[-1] for row in grid.rows[1:-1] if len(row.cells) == len(last))
    yield from number.warnings(line)


def _sheets(source: Source, options: ReadOptions, context: Context) -> list[Block]:
    """The sheets of a workbook that are tables of closes, each of which may name its index."""
    from marketmove.sources.file_names import index_of_file
    from marketmove.sources.table import read_table
    from marketmove.sources.workbooks import sheets

    found = sheets(source.data, source.label, options.decimal or ".")
    if len(found) == 1:
        name, grid = found[0]
        known = context.registry.find(name) and not index_of_file(
            source.stem or "", context.registry
        )
        return [read_table(grid, name if known else source.stem, options, context)]
    if options.symbol:
        text = f"--symbol names the index of one table, and there are {len(found)} sheets"
        raise WrongUsageError.at(None, text)
    blocks: list[Block] = []
    left: list[Problem] = []
    for name, grid in found:
        label = f"{source.label}!{name}"
        try:
            blocks.append(read_table(grid._replace(label=label), name, options, context))
        except MarketMoveError as error:
            left += error.problems
    if not blocks:
        raise UnrecognisedFileError(left)
    warnings = [Problem(p.place, f"the sheet is left out: {p.text}") for p in left]
    return [blocks[0]._replace(warnings=(*blocks[0].warnings, *warnings)), *blocks[1:]]


def _each(read: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """Apply ``read`` to every item; its errors are gathered, and raised once at the end."""
    results: list[_Result] = []
    problems: list[Problem] = []
    kind: type[MarketMoveError] = MarketMoveError
    for item in items:
        try:
            results.append(read(item))
        except MarketMoveError as error:
            kind = type(error)
            problems += error.problems
    if problems:
        raise kind(problems)
    return results
