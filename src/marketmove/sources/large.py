"""Large tidy files, block by block: memory follows the number of indices, not of rows.

pandas takes the blocks apart, and takes more for a number or a row than we do. So the fast lane
checks what it cannot leave to it: rows with the header's number of cells, ISO dates, closes of
digits with a point at most, no quotes. Another block is read cell by cell, as small files are.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.errors import Problem, UnrecognisedFileError
from marketmove.frame import Frame, Labels
from marketmove.sources import date_texts
from marketmove.sources.block import BESIDE, Block, Context, Fault, Reading, ReadOptions
from marketmove.sources.grid import DELIMITERS, GridRow, read_grid
from marketmove.sources.numbers import GAPS, LARGEST, LONGEST, SMALLEST, is_gap
from marketmove.sources.opening import Source
from marketmove.sources.table import read_table, understand

Signs = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
RowFilter = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[np.intp]]

_BLOCK_BYTES = 8 << 20
_SAMPLE_BYTES = 1 << 16
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b'"', b"\r", b"\0")
# Days of no index, for rows that are put beside those of a block.
_BEFORE, _BEHIND = "1801-01-01", "1801-01-02"
_NO_NUMBER = '"'
# A gap that is written otherwise is one too, but has its block read cell by cell.
_GAPS = sorted({form for gap in GAPS for form in (gap, gap.upper(), gap.title())})
# Before pandas 3.1 its usual numbers may be one off in the last digit; from then on they never are,
# and to ask for it is deprecated.
_VERSION = tuple(int(part) for part in pd.__version__.split(".")[:2])
_NEAREST: dict[str, Any] = {} if _VERSION >= (3, 1) else {"float_precision": "round_trip"}


class Form(NamedTuple):
    """What the lines are like: the delimiter, the number of cells, and which cells count."""

    delimiter: str
    width: int
    date: int
    symbol: int
    close: int


class Plan(NamedTuple):
    """What the beginning of a file settles for all of it.

    ``beside`` are two rows that stand for the blocks before and behind one.
    """

    header: bytes
    beside: tuple[GridRow, GridRow]
    form: Form
    reading: Reading


class Coded(NamedTuple):
    """The different cells of a column, and which of them each row has."""

    values: list[str]
    codes: Ints


class Lines(NamedTuple):
    """A block of whole lines, and the physical number of the first."""

    first: int
    data: bytes
    is_last: bool


class Rows(NamedTuple):
    """Closes as columns of numbers, each symbol by its number from 0."""

    symbol: Ints
    session: npt.NDArray[np.datetime64]
    close: Floats
    line: Ints

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """Give the rows of all parts, in their order."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def only(self, keep: RowFilter) -> Rows:
        """Give the rows that a filter keeps."""
        which = keep(self.symbol, self.session)
        return Rows(self.symbol[which], self.session[which], self.close[which], self.line[which])


class Part(NamedTuple):
    """The closes of a block; ``symbols`` has every index by its number, also without a close."""

    symbols: list[str]
    rows: Rows
    faults: tuple[Fault, ...] = ()


def read_large(
    source: Source, path: Path, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block | None:
    """Read a large tidy file by blocks, and keep of each what is wanted.

    ``keep`` tells the rows that matter, by their numbers, of the symbols (as numbers) and sessions
    of rows in any order. None if the file is of a form that has to be read whole.
    """
    plan = _plan(source, options, context)
    if plan is None:
        return None
    seen = _Seen()
    kept: list[Rows] = []
    faults: list[Fault] = []
    for lines in _blocks(path, len(plan.header), plan.form.delimiter):
        part = part_of(lines.data, lines.first, plan.form)
        part = part or _slow(lines, plan, source, options, context)
        if part is None:
            return None
        rows = seen.numbered(part)
        kept.append(rows)
        faults += part.faults
        if keep is not None:
            if not seen.all_new(rows):
                # Some index has a date twice: all rows are wanted then, to say which.
                return read_large(source, path, options, context, None)
            kept = [Rows.joined(kept).only(keep)]
    source.refuse_changed()
    return _block(source.label, seen, Rows.joined(kept), faults, plan)


def _plan(source: Source, options: ReadOptions, context: Context) -> Plan | None:
    """How to read the file, if its beginning is of the form that the fast lane takes."""
    head = source.data[:_SAMPLE_BYTES]
    head = head[: head.rfind(b"\n") + 1]
    told = options.encoding or options.decimal or options.date_format
    plain = head.replace(b"\r\n", b"\n")
    if told or b'"' in head or b"\r" in plain:
        return None
    text = _utf8(plain)
    if text is None:
        return None
    grid = read_grid(text, source.label)
    sheet = understand(grid, source.stem, options, context)
    table, layout = sheet.table, sheet.layout
    tidy = (
        layout.kind == "long"
        and table.header_line == 1
        and not (table.ragged or table.undated or layout.beside or layout.warnings)
        and all(_ISO.fullmatch(date) for date in table.column(table.date))
        and set(sheet.marks.values()) == {"."}
    )
    if not tidy or layout.symbol is None:
        return None
    delimiter = next(sign for sign, name in DELIMITERS.items() if name == grid.delimiter)
    close = next(iter(layout.closes))
    form = Form(delimiter, len(table.heads), table.date, layout.symbol, close)
    return Plan(
        head[: head.index(b"\n") + 1],
        (_sound(table.rows[0], _BEFORE, form), _sound(table.rows[0], _BEHIND, form)),
        form,
        sheet.reading(grid, options),
    )


def _sound(row: GridRow, day: str, form: Form) -> GridRow:
    """A row like another, of a day, with a close; it stands on no line."""
    other = {form.date: day, form.close: "1"}
    return GridRow(0, [other.get(n, cell) for n, cell in enumerate(row.cells)])


def _blocks(path: Path, skip: int, delimiter: str) -> Iterator[Lines]:
    """The lines of a file after its header, in blocks, none of which ends within quotes."""
    first = 2
    with path.open("rb") as file:
        file.seek(skip)
        while data := file.read(_BLOCK_BYTES) + file.readline():
            while _ends_in_quotes(data, delimiter) and (more := file.read(_BLOCK_BYTES)):
                data += more + file.readline()
            is_last = not file.peek(1)
            whole = data if data.endswith(b"\n") else data + b"\n"
            yield Lines(first, whole.replace(b"\r\n", b"\n"), is_last)
            first += int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))


def _ends_in_quotes(lines: bytes, delimiter: str) -> bool:
    """Whether a quote that begins a cell may be open still."""
    opening = (f'{delimiter}"'.encode(), b'\n"')
    return lines.count(b'"') % 2 == 1 and (lines[:1] == b'"' or any(o in lines for o in opening))


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def part_of(block: bytes, first_line: int, form: Form) -> Part | None:
    r"""Take whole lines apart; None if a cell is not of the plainest form.

    >>> part = part_of(b"2025-02-14,HSI,22620.33\n", 2, Form(",", 3, 0, 1, 2))
    >>> part.symbols, part.rows.close.tolist(), part.rows.line.tolist()
    (['HSI'], [22620.33], [2])
    >>> part_of(b"2025-02-14,HSI,+22620.33\n", 2, Form(",", 3, 0, 1, 2)) is None
    True
    """
    if any(sign in block for sign in _UNSURE):
        return None
    signs = np.frombuffer(block, np.uint8)
    spans = _spans(signs, form)
    columns = None if spans is None else _columns(block, form)
    if spans is None or columns is None:
        return None
    dates, symbols, close = columns
    no_close = np.isnan(close)
    if not (_are_levels(signs, *spans, close) | no_close).all():
        return None
    if not all(is_gap(text) for text in _texts(block, *(edge[no_close] for edge in spans))):
        return None
    days = [_day(text) for text in dates.values]
    if None in days or "" in symbols.values or [*map(str.strip, symbols.values)] != symbols.values:
        return None
    lines = np.arange(first_line, first_line + len(close))
    rows = Rows(symbols.codes, np.array(days, "datetime64[D]")[dates.codes], close, lines)
    rows = rows.only(lambda *_: np.flatnonzero(~no_close)) if no_close.any() else rows
    return Part(symbols.values, rows)


def _spans(signs: Signs, form: Form) -> tuple[Ints, Ints] | None:
    """Where the closes begin and end, if every line has the header's number of cells."""
    is_end = signs == ord("\n")
    edges = np.flatnonzero(is_end | (signs == ord(form.delimiter)))
    if len(edges) != form.width * np.count_nonzero(is_end):
        return None
    if not is_end[edges[form.width - 1 :: form.width]].all():
        return None
    before = np.append(-1, edges[:-1])
    return before[form.close :: form.width] + 1, edges[form.close :: form.width]


def _columns(block: bytes, form: Form) -> tuple[Coded, Coded, Floats] | None:
    """The dates, symbols and closes; None where a close is no number even for pandas."""
    wanted: dict[Any, Any] = {form.date: "category", form.symbol: "category", form.close: "float64"}
    lines: dict[str, Any] = {"header": None, "names": range(form.width), "index_col": False}
    # Nothing but a close has gaps: an index may be called NA.
    gaps: dict[str, Any] = {"keep_default_na": False, "na_values": {form.close: _GAPS}}
    how = lines | gaps | _NEAREST | {"quoting": csv.QUOTE_NONE, "skip_blank_lines": False}
    # Where all symbols look like numbers, pandas 3.1 makes 000001 and 1 one; a row above them of a
    # sign that is in no block prevents it.
    cells = ("1" if n == form.close else _NO_NUMBER for n in range(form.width))
    file = io.BytesIO(f"{form.delimiter.join(cells)}\n".encode() + block)
    try:
        frame = pd.read_csv(
            file, sep=form.delimiter, usecols=[*wanted], dtype=wanted, low_memory=False, **how
        )
    except ValueError:  # of which a byte that is not UTF-8 is one too
        return None
    dates, symbols = (_coded(frame[n].array) for n in (form.date, form.symbol))
    return dates, symbols, frame[form.close].to_numpy()[1:]


def _coded(column: Any) -> Coded:
    """The cells of a column below the row that was put above them."""
    values = column.categories.tolist()
    first = values.index(_NO_NUMBER)
    codes = column.codes[1:]
    return Coded(values[:first] + values[first + 1 :], codes - (codes > first))


def _are_levels(signs: Signs, starts: Ints, ends: Ints, close: Floats) -> npt.NDArray[np.bool_]:
    """Which numbers of pandas are closes as small files have them: 1.5, but not +1.5 or 1."""
    # A point, the digits, and the slash between them, which makes no number.
    in_number = (signs >= ord(".")) & (signs <= ord("9"))
    # Every second part is a cell; what stands between the cells is of no interest.
    plain = np.logical_and.reduceat(in_number, np.column_stack([starts, ends]).ravel())[::2]
    plain &= (signs[ends - 1] != ord(".")) & (ends - starts <= LONGEST)
    return plain & (close >= SMALLEST) & (close < LARGEST)


def _texts(block: bytes, starts: Ints, ends: Ints) -> set[str]:
    """The different cells that stand at some places."""
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    return {text.decode() for text in {block[start:end] for start, end in places}}


def _day(text: str) -> dt.date | None:
    if not _ISO.fullmatch(text):
        return None
    return date_texts.day_of(int(text[:4]), int(text[5:7]), int(text[8:]))


def _slow(
    lines: Lines, plan: Plan, source: Source, options: ReadOptions, context: Context
) -> Part | None:
    """A block read cell by cell, to name what is wrong in it; None if it is not UTF-8."""
    if (text := _utf8(plan.header + lines.data)) is None:
        return None
    above = lines.first - 2
    try:
        grid = read_grid(text, source.label)
    except UnrecognisedFileError as error:
        # Only the last row of a file can be cut short within quotes.
        raise UnrecognisedFileError(
            [_lower(problem, above) for problem in error.problems]
        ) from None
    rows = [row._replace(line=row.line + above) for row in grid.rows[1:]]
    # Between two rows with a date a bad one is seen for what it is, and not for a part of the
    # header or a line below the table: they stand for the blocks before and behind.
    before, behind = plan.beside
    rows = [grid.rows[0], before, *rows, *([] if lines.is_last else [behind])]
    sure = options._replace(decimal=".", date_format="ymd")
    block = read_table(grid._replace(rows=rows), source.stem, sure, context)
    frame = block.frame.take(block.frame["line"] > 0)
    symbols = frame.labels("symbol")
    number = {name: n for n, name in enumerate(block.symbols)}
    codes = np.array([number[name] for name in symbols.values], dtype=np.int32)[symbols.codes]
    columns = (frame[name] for name in ("session", "close", "line"))
    faults = tuple(f for f in block.faults if f.problem.place is None or f.problem.place.line)
    return Part([*block.symbols], Rows(codes, *columns), faults)


def _lower(problem: Problem, lines: int) -> Problem:
    """A problem of a part of a file, with the line that it has in the whole."""
    place = problem.place
    if place is None or place.line is None:
        return problem
    return problem._replace(place=place._replace(line=place.line + lines))


class _Seen:
    """What the blocks had so far: symbols and days by number, and which came together."""

    def __init__(self) -> None:
        self.symbols: dict[str, int] = {}
        self._days: dict[int, int] = {}
        self._together: npt.NDArray[np.bool_] = np.zeros((0, 0), dtype=bool)

    def numbered(self, part: Part) -> Rows:
        """Give the rows of a block with the numbers that symbols have in the whole file."""
        return part.rows._replace(symbol=_numbers(self.symbols, part.symbols)[part.rows.symbol])

    def all_new(self, rows: Rows) -> bool:
        """Whether no index has a date of these rows twice; they count as seen from now on."""
        if not len(rows.line):
            return True
        codes, sessions = pd.factorize(rows.session)
        days = _numbers(self._days, sessions.astype(np.int64).tolist())[codes]
        self._make_room()
        together = self._together[days.min() : days.max() + 1]
        before = int(np.count_nonzero(together))
        self._together[days, rows.symbol] = True
        return int(np.count_nonzero(together)) - before == len(days)

    def _make_room(self) -> None:
        have, need = self._together.shape, (len(self._days), len(self.symbols))
        # Twice what is needed, for growing copies all.
        more = [0 if n <= h else 2 * n - h for h, n in zip(have, need, strict=True)]
        if any(more):
            self._together = np.pad(self._together, [(0, n) for n in more])


def _numbers(known: dict[Any, int], values: list[Any]) -> Ints:
    """The number of each value, a new one to those not seen before."""
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int32)


def _block(label: str, seen: _Seen, rows: Rows, faults: Iterable[Fault], plan: Plan) -> Block:
    names = sorted(seen.symbols)
    rank = _numbers({name: n for n, name in enumerate(names)}, list(seen.symbols))
    nothing = np.full(len(rows.line), np.nan)
    frame = Frame(
        {
            "symbol": Labels(names, rank[rows.symbol]),
            "session": rows.session,
            "line": rows.line,
            "close": rows.close,
            **dict.fromkeys(BESIDE, nothing),
        }
    )
    return Block(label, frame, tuple(names), tuple(faults), reading=plan.reading)
