"""Reading people's files: bytes to text, text to values, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from marketmove.errors import MarketMoveError, Problem, WrongUsageError
from marketmove.sources.block import Block, Closes, Context, Fault, Reading, ReadOptions
from marketmove.sources.opening import Source, Spec, as_text, expand, open_source

if TYPE_CHECKING:
    from marketmove.sources.grid import Grid
    from marketmove.sources.large import RowFilter

__all__ = [
    "Block",
    "Closes",
    "Context",
    "Fault",
    "ReadOptions",
    "Reading",
    "Source",
    "Spec",
    "open_all",
    "open_source",
    "read_blocks",
]

_YAML_ENDINGS = (".yaml", ".yml")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def open_all(specs: Iterable[Spec]) -> list[Source]:
    """Open every file, those of a folder too, and report all that cannot be together."""
    return _each(open_source, expand(specs))


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
    return _each(lambda source: _read(source, options, context, keep), sources)


def _read(source: Source, options: ReadOptions, context: Context, keep: RowFilter | None) -> Block:
    if source.large is not None:
        from marketmove.sources.large import read_large

        if block := read_large(source, source.large, options, context, keep):
            return block
        source = source.whole()
    from marketmove.sources.table import read_table

    if source.grid is not None:
        return read_table(source.grid, None, options, context)
    grid, encoding = _grid(source, options, context)
    if grid.delimiter in {"JSON", "YAML"}:  # which can name half a character
        rows = [row._replace(cells=[*map(as_text, row.cells)]) for row in grid.rows]
        grid = grid._replace(rows=rows)
    block = read_table(grid, source.stem, options, context)
    return block._replace(reading=block.reading._replace(encoding=encoding))


def _grid(source: Source, options: ReadOptions, context: Context) -> tuple[Grid, str]:
    """The rows of a file as text, by what it is; and the encoding of the text."""
    from marketmove.sources import records
    from marketmove.sources.encodings import decode
    from marketmove.sources.grid import read_grid

    if source.yaml_key == "closes" or source.label.lower().endswith(_YAML_ENDINGS):
        return records.yaml_grid(source.utf8(), source.label), "utf-8"
    if source.data.startswith(records.PARQUET):
        return records.parquet_grid(source.data, source.label), ""
    if source.data.startswith(records.WORKBOOK):
        return records.workbook_grid(source.data, source.label), ""
    text, encoding = decode(source.data, source.label, context, options.encoding)
    if text.lstrip()[:1] in {"{", "["}:
        return records.json_grid(text, source.label), encoding
    return read_grid(text, source.label), encoding


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
