"""What stands before every history of an engine: closes that cannot be used are refused.

Our readers say of each bad row where it stands. An engine has no lines, so that nothing bad may be
in its table at all: ``marketmove convert`` makes such a one of any file, and says the lines.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import is_of_something_else
from marketmove.engines import text
from marketmove.engines.engine import Engine
from marketmove.errors import (
    BadFiguresError,
    Place,
    Problem,
    UnreadableFileError,
    UnrecognisedFileError,
    listed,
)
from marketmove.market.indices import Index
from marketmove.sources.opening import PARQUET, is_note

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
CONVERT = "marketmove convert FILE --output FOLDER.parquet makes a table that can be used"
_KINDS = {
    "date": ("DATE", {"DATE"}),
    "symbol": ("text", {"VARCHAR", "STRING"}),
    "close": ("DOUBLE", {"DOUBLE"}),
}
_WRONG = {
    "undated": ("without a date", ""),
    "unnamed": ("without a symbol, or with blanks around it", ""),
    "no_level": ("whose close is not a level (a number from 0.000001 to below 1e15)", ""),
    "twice": ("of a date that the index has already", ""),
}
# How far an index may move beside a rebasing, as the quotient of two closes.
_MOST_BESIDE = 1.5


class DateCount(NamedTuple):
    """How many rows a date has of which kind, as ``text.check_text`` counts them.

    ``closes`` are those of the indices wanted, without ``ghosts``; ``followed`` have a close before
    them, which ``repeated`` repeat, of all indices. ``noisy`` may have the noise of 32-bit floats;
    the change to ``long`` has too many digits.
    """

    date: dt.date | None
    closes: int
    ghosts: int
    followed: int
    repeated: int
    twice: int
    unnamed: int
    no_level: int
    undated: int
    noisy: int
    long: int


def table_files(place: str) -> list[str]:
    """Give the files of a table; of a folder all that are in it and its folders, Parquet alone.

    Raises ``UnreadableFileError`` if there are none, and ``UnrecognisedFileError`` if one is no
    Parquet.
    """
    top = Path(place)
    try:
        inside = sorted(top.rglob("*")) if top.is_dir() else []
        files = [path for path in inside if path.is_file() and not is_note(path, top)]
        files = files if top.is_dir() else [top]
        other = next((path for path in files if not _is_parquet(path)), None)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(error.filename or place), reason) from None
    if other is not None:
        raise UnrecognisedFileError.at(Place(str(other)), f"no Parquet file; {CONVERT}")
    if not files:
        raise UnreadableFileError.at(Place(place), f"a folder without a Parquet file; {CONVERT}")
    return [*map(str, files)]


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return bytes(file.read(len(PARQUET))) == PARQUET


def refuse_types(columns: Mapping[str, str], place: str) -> None:
    """Refuse a table whose columns are not date, symbol and close, each of its type."""
    problems = []
    for name, (kind, known) in _KINDS.items():
        found = columns.get(name)
        if found not in known:
            has = f"{name} is {found}" if found else f"there is no column {name}"
            what = f"{has}; expected {name} as {kind}"
            problems.append(Problem(Place(place), f"{what}; {CONVERT}"))
    if problems:
        raise UnrecognisedFileError(problems)


def refuse_rows(engine: Engine, counts: Sequence[DateCount], place: str) -> None:
    """Refuse rows that cannot be used: how many of each kind, and the first of them."""
    problems = []
    for kind, (what, _) in _WRONG.items():
        number = sum(getattr(count, kind) for count in counts)
        if number:
            rows = "1 row" if number == 1 else f"{number:,} rows"
            first = engine.rows(text.examples_text(kind))
            examples = listed([_shown(*row) for row in first])
            problems.append(Problem(Place(place), f"{rows} {what}; the first: {examples}"))
    if problems:
        raise BadFiguresError([*problems, Problem(None, f"the table is not used; {CONVERT}")])


def _shown(symbol: str | None, date: dt.date | None, close: float | None) -> str:
    name = "no symbol" if symbol is None else repr(symbol)
    return f"({name}, {date or 'no date'}, {'no close' if close is None else repr(close)})"


def refuse_noise(engine: Engine, counts: Iterable[DateCount], place: str) -> None:
    """Refuse levels that 32-bit floats have gone through, which our readers round back."""
    if not sum(count.noisy for count in counts):
        return
    found = engine.rows(text.noise_text())
    if found:
        symbols = listed([str(symbol) for symbol, _ in found], 3)
        example = repr(found[0][1])
        what = f"levels with the noise of 32-bit floats, such as {example}, of {symbols}"
        raise BadFiguresError.at(Place(place), f"{what}; {CONVERT}")


def refuse_rebased(engine: Engine, indices: Iterable[Index], place: str) -> None:
    """Refuse closes before and after a date on which the exchange divided the index."""
    problems = []
    for index in indices:
        if not index.rebased:
            continue
        days, close = _closes_of(engine, text.closes_text(index.symbol, "named"))
        for date, factor in index.rebased:
            at = int(np.searchsorted(days, np.datetime64(date)))
            if 0 < at < len(days):
                ratio = close[at - 1] / close[at] / factor
                if abs(math.log(ratio)) < math.log(_MOST_BESIDE):
                    what = f"{index.symbol} was divided by {factor:g} on {date}"
                    problems.append(Problem(Place(place), f"{what}; {CONVERT}, on one scale"))
    if problems:
        raise BadFiguresError(problems)


def refuse_shared(engine: Engine, written: Mapping[str, Index], place: str) -> None:
    """Refuse symbols that a share or a fund has as well as an index, if the levels are not its."""
    problems = []
    for symbol, index in written.items():
        if not index.shares(symbol):
            continue
        days, close = _closes_of(engine, text.closes_text(symbol, "levels"))
        if is_of_something_else(days, close, index):
            what = f"{symbol} is a name of {index.name}, and one of something else"
            problems.append(Problem(Place(place), f"{what}; {CONVERT}, and tells them apart"))
    if problems:
        raise UnrecognisedFileError(problems)


def _closes_of(engine: Engine, query: str) -> tuple[Days, Floats]:
    """The dates and the closes of one index, which are few."""
    rows = engine.rows(query)
    dates = np.array([date for date, _ in rows], dtype="datetime64[D]")
    return dates, np.array([close for _, close in rows], dtype=np.float64)
