"""Reading people's files: bytes to text, text to values, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from marketmove.errors import MarketMoveError, Problem, WrongUsageError
from marketmove.sources.block import Block, Fault, ReadOptions
from marketmove.sources.opening import Source, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Block", "Fault", "ReadOptions", "Source", "open_all", "open_source", "read_blocks"]

_YAML_ENDINGS = (".yaml", ".yml")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def open_all(specs: Iterable[Path | BinaryIO]) -> list[Source]:
    """Open every file, and report all that cannot be together.

    Raises
    ------
    UnreadableFileError
        With a problem for each file that is not there, not permitted or not text.
    """
    return _each(open_source, specs)


def read_blocks(sources: Iterable[Source], options: ReadOptions) -> list[Block]:
    """Read the closes of every file, and report all that cannot be recognised together.

    Raises
    ------
    WrongUsageError
        If ``symbol`` is said for more than one file.
    UnrecognisedFileError
        With the problems of each file that cannot be read with certainty.
    """
    sources = list(sources)
    if options.symbol and len(sources) > 1:
        raise WrongUsageError.at(
            None, "--symbol names the index of one file, and there are several"
        )
    return _each(lambda source: _read(source, options), sources)


def _read(source: Source, options: ReadOptions) -> Block:
    if source.yaml_key == "closes" or source.label.lower().endswith(_YAML_ENDINGS):
        from marketmove.sources.closes_yaml import read_yaml

        return read_yaml(source, options)
    from marketmove.sources.table import read_table

    return read_table(source, options)


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
