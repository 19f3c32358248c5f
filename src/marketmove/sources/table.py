"""From a table of text to closes: dates and numbers by what their whole columns settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.sources import dates, numbers
from marketmove.sources.block import Block, Fault, ReadOptions
from marketmove.sources.grid import Grid, read_grid
from marketmove.sources.layout import Layout, recognise

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from marketmove.sources.opening import Source


def read_table(source: Source, options: ReadOptions) -> Block:
    """Read the closes of a delimited table: tidy, wide, or one index.

    Parameters
    ----------
    source
        The text and what it is called.
    options
        What the user said where the columns do not settle it.

    Raises
    ------
    UnrecognisedFileError
        If the columns cannot be told apart, or leave open how a date or a number is meant. Single
        cells that cannot be used are faults of the block, not errors.
    """
    grid = read_grid(source.text, source.label)
    layout = recognise(grid)
    if layout.single and not (options.symbol or source.stem):
        raise UnrecognisedFileError.at(
            Place(source.label), "closes of one index without its name; say --symbol, such as HSI"
        )
    names = _names(grid, layout, options.symbol or source.stem or "")
    sessions = _sessions(grid, layout, options)
    marks = _marks(grid, layout, options)
    closes: list[tuple[str, dt.date, float, int]] = []
    faults = [*_undated(grid, layout, sessions), *_ragged(grid, layout, options)]
    for number in layout.closes:
        found, unusable = _read_column(grid, sessions, names[number], number, marks[number])
        closes += found
        faults += unusable
    symbols = dict.fromkeys(name for number in layout.closes for name in names[number])
    return Block.of(grid.label, closes, filter(None, symbols), faults)


def _names(grid: Grid, layout: Layout, single: str) -> dict[int, list[str]]:
    """The index of every row, for each column of closes."""
    if layout.symbol is not None:
        return {layout.closes[0]: grid.column(layout.symbol)}
    header = {n: single if layout.single else grid.header[n] for n in layout.closes}
    return {n: [name] * len(grid.rows) for n, name in header.items()}


def _sessions(grid: Grid, layout: Layout, options: ReadOptions) -> list[dt.date | None]:
    texts = grid.column(layout.date)
    try:
        known = dates.read_dates(texts, options.date_format)
    except dates.UndecidedError as error:
        place = Place(grid.label, grid.lines[texts.index(error.text)])
        raise UnrecognisedFileError.at(place, str(error)) from None
    return [known[text] for text in texts]


def _marks(grid: Grid, layout: Layout, options: ReadOptions) -> dict[int, str]:
    """The decimal mark of each column of closes."""
    if options.decimal:
        return dict.fromkeys(layout.closes, options.decimal)
    evidence = {n: numbers.weigh(grid.column(n)) for n in layout.closes}
    marks: dict[int, str] = {}
    problems: list[Problem] = []
    for number, own in evidence.items():
        mark = numbers.decimal_mark(own, [e for n, e in evidence.items() if n != number])
        if mark is None:
            text = own.open_text or ""
            line = grid.lines[grid.column(number).index(text)]
            problems.append(Problem(Place(grid.label, line), numbers.open_mark(text)))
        else:
            marks[number] = mark
    if problems:
        raise UnrecognisedFileError(problems)
    return marks


def _read_column(
    grid: Grid, sessions: list[dt.date | None], names: list[str], number: int, mark: str
) -> tuple[list[tuple[str, dt.date, float, int]], list[Fault]]:
    """The closes of one column, and the cells of it that are none."""
    closes: list[tuple[str, dt.date, float, int]] = []
    faults: list[Fault] = []
    for line, name, session, cell in zip(
        grid.lines, names, sessions, grid.column(number), strict=True
    ):
        if session is None or numbers.is_gap(cell):
            continue
        try:
            if not name:
                raise ValueError("a close without the name of its index")
            closes.append((name, session, numbers.read_number(cell, mark), line))
        except ValueError as error:
            text = f"{name}: {error}" if name else str(error)
            faults.append(Fault(name or None, session, Problem(Place(grid.label, line), text)))
    return closes, faults


def _undated(grid: Grid, layout: Layout, sessions: list[dt.date | None]) -> Iterator[Fault]:
    """Rows whose date cannot be read: they may be of any session."""
    for row, line, session in zip(grid.rows, grid.lines, sessions, strict=True):
        if session is None:
            found = row[layout.date].strip() or "an empty cell"
            text = f"{found} is not a date; expected {dates.EXPECTED}"
            name = row[layout.symbol].strip() if layout.symbol is not None else None
            yield Fault(name, None, Problem(Place(grid.label, line), text))


def _ragged(grid: Grid, layout: Layout, options: ReadOptions) -> Iterator[Fault]:
    """Rows with too many or too few cells: of them only a date in its place is trusted."""
    for line, row in grid.ragged:
        text = (
            f"{len(row)} cells where the header has {len(grid.header)}; mend the row or remove it"
        )
        first = row[layout.date].strip() if layout.date < len(row) else ""
        try:
            session = dates.read_dates([first], options.date_format)[first]
        except dates.UndecidedError:
            session = None
        yield Fault(None, session, Problem(Place(grid.label, line), text))
