"""What the columns of a table are: the date, the index, the close; or one column an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.dates import UndecidedError, read_dates

if TYPE_CHECKING:
    from marketmove.sources.grid import Grid

DATE_WORDS = ("date", "session", "day", "datum", "fecha", "data", "time", "datetime", "timestamp")
SYMBOL_WORDS = ("symbol", "ticker", "index", "code", "instrument", "ric", "name")
CLOSE_WORDS = (
    "close",
    "closing",
    "close price",
    "closing price",
    "last",
    "price",
    "level",
    "value",
)
OTHER_WORDS = (
    *(
        "open",
        "high",
        "low",
        "volume",
        "vol",
        "vol.",
        "change",
        "change %",
        "change_pct",
        "turnover",
    ),
    *("adj close", "adj_close", "prior close", "previous close", "prev close", "prior_close"),
)
_SAMPLE_ROWS = 200


class Layout(NamedTuple):
    """Which column is what, by number from 0.

    ``tidy`` tables have a ``symbol`` column; otherwise each of ``closes`` is one index, named by
    its header or, where ``single``, by the user or the file.
    """

    date: int
    closes: tuple[int, ...]
    symbol: int | None = None
    single: bool = False


def recognise(grid: Grid) -> Layout:
    """Tell the columns of a table apart by their headers and, for the date, by their cells.

    Raises
    ------
    UnrecognisedFileError
        If there is no date column or no close column; the message says which columns there are.
    """
    words = [" ".join(cell.casefold().split()) for cell in grid.header]
    date = _date_column(grid, words)
    if date is None:
        raise _lacking("date", grid)
    symbols = [n for n, word in enumerate(words) if word in SYMBOL_WORDS and n != date]
    close = min(
        (n for n, word in enumerate(words) if word in CLOSE_WORDS and n != date),
        key=lambda n: CLOSE_WORDS.index(words[n]),
        default=None,
    )
    if symbols:
        if close is None:
            raise _lacking("close", grid)
        symbol = min(symbols, key=lambda n: SYMBOL_WORDS.index(words[n]))
        return Layout(date, (close,), symbol=symbol)
    if close is not None:
        return Layout(date, (close,), single=True)
    wide = tuple(n for n, word in enumerate(words) if n != date and word)
    if not wide or any(words[n] in OTHER_WORDS for n in wide):
        raise _lacking("close", grid)
    return Layout(date, wide)


def _date_column(grid: Grid, words: list[str]) -> int | None:
    """The column headed as a date, else the first whose cells are dates."""
    named = [n for n, word in enumerate(words) if word in DATE_WORDS]
    dated = [n for n in range(len(words)) if _holds_dates(grid, n)]
    both = [n for n in named if n in dated]
    return next(iter([*both, *dated, *named]), None)


def _holds_dates(grid: Grid, number: int) -> bool:
    texts = [row[number].strip() for row in grid.rows[:_SAMPLE_ROWS]]
    try:
        found = read_dates(filter(None, texts)).values()
    except UndecidedError:
        return True
    return bool(found) and sum(date is not None for date in found) * 2 > len(found)


def _lacking(what: str, grid: Grid) -> Exception:
    columns = ", ".join(cell or "(no name)" for cell in grid.header)
    return UnrecognisedFileError.at(
        Place(grid.label, 1), f"no {what} column; the columns are: {columns}"
    )
