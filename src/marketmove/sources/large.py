"""Large tidy files, block by block: memory follows the number of indices, not of rows.

pandas takes the blocks apart, and takes more for a number or a row than we do. So the fast lane
checks what it cannot leave to it: rows with the header's number of cells, ISO dates, closes of
digits with a point at most, no quotes. Another block is read cell by cell, as small files are.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from marketmove.sources import stamps
from marketmove.sources.block import BESIDE, Block
from marketmove.sources.grid import DELIMITERS, read_grid
from marketmove.sources.numbers import GAPS, LARGEST, LONGEST, SMALLEST, is_gap
from marketmove.sources.table import read_table, understand

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from marketmove.sources.block import Context, Fault, Reading, ReadOptions
    from marketmove.sources.opening import Source

    Ints = npt.NDArray[np.integer[Any]]
    RowFilter = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[np.intp]]

_BLOCK_BYTES = 4 << 20
_SAMPLE_BYTES = 1 << 16
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b'"', b"\r", b"\0")
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
    """What the beginning of a file settles for all of it: its columns, and how many there are."""

    header: bytes
    form: Form
    reading: Reading


class Rows(NamedTuple):
    """Closes as columns of numbers, each symbol by its number from 0."""

    symbol: Ints
    session: npt.NDArray[np.datetime64]
    close: npt.NDArray[np.float64]
    line: Ints

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """Give the rows of all parts, in their order."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def only(self, keep: RowFilter) -> Rows:
        """Give the rows that a filter keeps."""
        which = keep(self.symbol, self.session)
        return Rows(*(column[which] for column in self))


class Part(NamedTuple):
    """The closes of a block; ``symbols`` has every index by its number, also without a close."""

    symbols: list[str]
    rows: Rows
    faults: tuple[Fault, ...] = ()


def read_large(
    source: Source, path: Path, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block | None:
    """Read a large tidy file by blocks, and keep of each what is wanted.

    Parameters
    ----------
    source
        The beginning of the file, and what it is called.
    path
        The file.
    options, context
        As for ``table.read_table``.
    keep
        Gives the rows that matter, by their numbers, of the symbols (as numbers) and sessions of
        rows in any order; None keeps all.

    Returns
    -------
    Block or None
        None if the file is of a form that has to be read whole.
    """
    plan = _plan(source, options, context)
    if plan is None:
        return None
    seen = _Seen()
    kept: list[Rows] = []
    faults: list[Fault] = []
    for first_line, block in _blocks(path, len(plan.header)):
        part = part_of(block, first_line, plan.form)
        if part is None:
            if (text := _utf8(plan.header + block)) is None:
                return None
            part = _slow(text, first_line, source, options, context)
        rows = seen.numbered(part)
        kept.append(rows)
        faults += part.faults
        if keep is not None:
            if not seen.all_new(rows):
                # Some index has a date twice: all rows are wanted then, to say which.
                return read_large(source, path, options, context, None)
            kept = [Rows.joined(kept).only(keep)]
    return _block(source.label, seen, Rows.joined(kept), faults, plan)


def _plan(source: Source, options: ReadOptions, context: Context) -> Plan | None:
    """How to read the file, if its beginning is of the form that the fast lane takes."""
    head = source.data[:_SAMPLE_BYTES]
    head = head[: head.rfind(b"\n") + 1]
    told = options.encoding or options.decimal or options.date_format
    if told or b'"' in head or b"\r" in head:
        return None
    text = _utf8(head)
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
    return Plan(
        head[: head.index(b"\n") + 1],
        Form(delimiter, len(table.heads), table.date, layout.symbol, close),
        sheet.reading(grid, options),
    )


def _blocks(path: Path, skip: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a file after its header, in blocks, each with the number of its first line."""
    line, rest = 2, b""
    with path.open("rb") as file:
        file.seek(skip)
        while chunk := file.read(_BLOCK_BYTES):
            cut = chunk.rfind(b"\n") + 1
            block, rest = rest + chunk[:cut], (rest if not cut else b"") + chunk[cut:]
            if cut:
                yield line, block
                line += int(np.count_nonzero(_signs(block) == ord("\n")))
    if rest:
        yield line, rest + b"\n"


def _signs(block: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(block, dtype=np.uint8)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def part_of(block: bytes, first_line: int, form: Form) -> Part | None:
    r"""Take whole lines apart; None if a cell is not of the plainest form.

    Examples
    --------
    >>> part = part_of(b"2025-02-14,HSI,22620.33\n", 2, Form(",", 3, 0, 1, 2))
    >>> part.symbols, part.rows.close.tolist(), part.rows.line.tolist()
    (['HSI'], [22620.33], [2])
    >>> part_of(b"2025-02-14,HSI,+22620.33\n", 2, Form(",", 3, 0, 1, 2)) is None
    True
    """
    if any(sign in block for sign in _UNSURE):
        return None
    spans = _spans(block, form)
    frame = None if spans is None else _frame_of(block, form)
    if spans is None or frame is None:
        return None
    close = frame[form.close].to_numpy()
    if not _are_levels(block, spans, close):
        return None
    symbols = frame[form.symbol].cat.categories.tolist()
    days = [_day(text) for text in frame[form.date].cat.categories]
    if None in days or any(not name or name != name.strip() for name in symbols):
        return None
    which = np.flatnonzero(~np.isnan(close))
    symbol, day = (frame[n].cat.codes.to_numpy()[which] for n in (form.symbol, form.date))
    sessions = np.array(days, "datetime64[s]")[day]
    return Part(symbols, Rows(symbol, sessions, close[which], first_line + which))


def _spans(block: bytes, form: Form) -> tuple[Ints, Ints] | None:
    """Where the closes begin and end, if every line has the header's number of cells."""
    signs = _signs(block)
    edges = np.flatnonzero((signs == ord("\n")) | (signs == ord(form.delimiter)))
    if len(edges) % form.width:
        return None
    edges = edges.reshape(-1, form.width)
    lines = int(np.count_nonzero(signs == ord("\n")))
    if len(edges) != lines or (signs[edges[:, -1]] != ord("\n")).any():
        return None
    before = np.append(-1, edges[:-1, -1]) if form.close == 0 else edges[:, form.close - 1]
    return before + 1, edges[:, form.close]


def _frame_of(block: bytes, form: Form) -> pd.DataFrame | None:
    """The three columns that count; None where a close is no number even for pandas."""
    try:
        return pd.read_csv(
            io.BytesIO(block),
            sep=form.delimiter,
            header=None,
            names=list(range(form.width)),
            usecols=[form.date, form.symbol, form.close],
            index_col=False,
            dtype={form.date: "category", form.symbol: "category", form.close: "float64"},
            keep_default_na=False,  # an index may be called NA
            na_values={form.close: _GAPS},
            skip_blank_lines=False,
            quoting=3,
            low_memory=False,
            **_NEAREST,
        )
    except ValueError:  # of which a byte that is not UTF-8 is one too
        return None


def _are_levels(block: bytes, spans: tuple[Ints, Ints], close: npt.NDArray[np.float64]) -> bool:
    """Whether what pandas read as closes is a level or a gap when it is read cell by cell too."""
    starts, ends = spans
    no_close = np.isnan(close)
    places = zip(starts[no_close].tolist(), ends[no_close].tolist(), strict=True)
    if not all(is_gap(text.decode()) for text in {block[a:b] for a, b in places}):
        return False
    signs = _signs(block)
    # A point, the digits, and the slash between them, which makes no number.
    in_number = (signs >= ord(".")) & (signs <= ord("9"))
    # Every second part is a cell; what stands between the cells is of no interest.
    plain = np.logical_and.reduceat(in_number, np.column_stack([starts, ends]).ravel())[::2]
    plain &= (signs[ends - 1] != ord(".")) & (ends - starts <= LONGEST)
    plain &= (close >= SMALLEST) & (close < LARGEST)
    return bool((plain | no_close).all())


def _day(text: str) -> dt.date | None:
    if not _ISO.fullmatch(text):
        return None
    return stamps.day_of(int(text[:4]), int(text[5:7]), int(text[8:]))


def _slow(
    text: str, first_line: int, source: Source, options: ReadOptions, context: Context
) -> Part:
    """The closes of a header and a block, read cell by cell to name what is wrong in them."""
    grid = read_grid(text, source.label)
    shifted = [row._replace(line=row.line + first_line - 2) for row in grid.rows[1:]]
    grid = grid._replace(rows=[grid.rows[0], *shifted])
    sure = options._replace(decimal=".", date_format="ymd")
    block = read_table(grid, source.stem, sure, context)
    symbol, *columns = (block.frame[name] for name in ("symbol", "session", "close", "line"))
    names = [str(text) for text in symbol.cat.categories]
    rows = Rows(symbol.cat.codes.to_numpy(), *(column.to_numpy() for column in columns))
    return Part(list(dict.fromkeys([*names, *block.symbols])), rows, block.faults)


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
    frame = pd.DataFrame(
        {
            "symbol": pd.Categorical.from_codes(rank[rows.symbol], categories=pd.Index(names)),
            "session": rows.session,
            "line": rows.line,
            "close": rows.close,
            **dict.fromkeys(BESIDE, float("nan")),
        }
    )
    return Block(label, frame, tuple(names), tuple(faults), reading=plan.reading)
