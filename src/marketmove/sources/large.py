"""Large tidy files, block by block: memory follows the number of indices, not of rows.

The fast lane takes only what it cannot misread: rows with the header's number of cells, ISO dates,
plain decimal numbers above zero, no quotes. Another block is read cell by cell, as small files are.
"""

from __future__ import annotations

import io
import re
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.sources import stamps
from marketmove.sources.block import BESIDE, Block
from marketmove.sources.grid import DELIMITERS, read_grid
from marketmove.sources.numbers import GAPS, LARGEST, SMALLEST
from marketmove.sources.table import read_table, understand

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from marketmove.sources.block import Context, Fault, Reading, ReadOptions
    from marketmove.sources.opening import Source

    Keep = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[np.intp]]

_BLOCK_BYTES = 8 << 20
# Parsing lets other threads run while it splits and converts; more than two gain nothing.
_THREADS = 2
_SAMPLE_BYTES = 1 << 16
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Signs under which pandas takes for a number, or for none, what we do not: quotes, +1.5, -nan
# (looked for where there are gaps); and line ends that it counts in its own way.
_UNSURE = (b'"', b"\r", b"+")
_UNSURE_GAPS = (b"-n", b"-N")
_GAP_TEXTS = sorted(GAPS | {"N/A", "NA", "NaN", "#N/A"})


class Plan(NamedTuple):
    """What the beginning of a file settles for all of it: its columns, and how many there are."""

    header: bytes
    delimiter: str
    width: int
    date: int
    symbol: int
    close: int
    reading: Reading


def read_large(
    source: Source, path: Path, options: ReadOptions, context: Context, keep: Keep | None
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
    collected = _Collected(source.label, plan, keep)
    sure = options._replace(decimal=".", date_format="ymd")
    for first_line, block, cells in _parsed_ahead(path, plan):
        if cells is not None:
            all_new = collected.take(cells, first_line)
        elif (text := _utf8(plan.header + block)) is None:
            return None
        else:
            all_new = collected.take_slow(_slow(text, first_line, source, sure, context))
        if not all_new:
            # Some index has a date twice: all rows are wanted then, to say which.
            return read_large(source, path, options, context, None)
    return collected.block()


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
    plain = (
        layout.kind == "long"
        and table.header_line == 1
        and not (table.ragged or table.undated or layout.beside or layout.warnings)
        and all(_ISO.fullmatch(date) for date in table.column(table.date))
        and set(sheet.marks.values()) == {"."}
    )
    if not plain or layout.symbol is None:
        return None
    delimiter = next(sign for sign, name in DELIMITERS.items() if name == grid.delimiter)
    header = head[: head.index(b"\n") + 1]
    return Plan(
        header,
        delimiter,
        len(table.heads),
        table.date,
        layout.symbol,
        next(iter(layout.closes)),
        sheet.reading(grid, options),
    )


def _blocks(path: Path, skip: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a file after its header, in blocks, each with the number of its first line."""
    import numpy as np

    line, rest = 2, b""
    with path.open("rb") as file:
        file.seek(skip)
        while chunk := file.read(_BLOCK_BYTES):
            cut = chunk.rfind(b"\n") + 1
            block, rest = rest + chunk[:cut], (rest if not cut else b"") + chunk[cut:]
            if cut:
                yield line, block
                line += int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n")))
    if rest:
        yield line, rest + b"\n"


class Cells(NamedTuple):
    """The cells of a block that are all what they have to be; a close is nan where it is a gap."""

    days: list[Any]
    day_codes: npt.NDArray[np.integer[Any]]
    symbols: list[str]
    symbol_codes: npt.NDArray[np.integer[Any]]
    close: npt.NDArray[np.float64]


def _parsed_ahead(path: Path, plan: Plan) -> Iterator[tuple[int, bytes, Cells | None]]:
    """The blocks of a file with their cells, in order, some parsed while others are taken in."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        ahead: deque[tuple[int, bytes, Future[Cells | None]]] = deque()
        for line, block in _blocks(path, len(plan.header)):
            ahead.append((line, block, pool.submit(_fast, block, plan)))
            if len(ahead) > _THREADS:
                first_line, oldest, future = ahead.popleft()
                yield first_line, oldest, future.result()
        for first_line, oldest, future in ahead:
            yield first_line, oldest, future.result()


def _fast(block: bytes, plan: Plan) -> Cells | None:
    """The cells of a block, if every one of them is what it has to be."""
    import numpy as np
    import pandas as pd

    if any(sign in block for sign in _UNSURE):
        return None
    try:
        raw = _parsed(block, plan)
    except (ValueError, pd.errors.ParserError):
        return None
    close = raw[plan.close].to_numpy()
    gaps = np.isnan(close)
    in_range = gaps | ((close >= SMALLEST) & (close < LARGEST))
    if not (in_range.all() and _has_all_cells(block, plan, raw, bool(gaps.any()))):
        return None
    dates, symbols = raw[plan.date].cat, raw[plan.symbol].cat
    days = [_day(text) for text in dates.categories.to_numpy(dtype=object).tolist()]
    names = symbols.categories.to_numpy(dtype=object).tolist()
    together = "\n".join(names)
    if None in days or "" in names or any(space in together for space in " \t\x0b\x0c"):
        return None
    return Cells(days, dates.codes.to_numpy(), names, symbols.codes.to_numpy(), close)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _slow(
    text: str, first_line: int, source: Source, options: ReadOptions, context: Context
) -> Block:
    """The closes of a header and a block, read cell by cell to name what is wrong in them."""
    grid = read_grid(text, source.label)
    shifted = [row._replace(line=row.line + first_line - 2) for row in grid.rows[1:]]
    return read_table(grid._replace(rows=[grid.rows[0], *shifted]), source.stem, options, context)


def _parsed(block: bytes, plan: Plan) -> pd.DataFrame:
    """The cells of a block: dates and symbols by category, closes as the nearest float64."""
    import csv

    import pandas as pd

    # One column more than there are, so that a row that is too long shows.
    types = dict.fromkeys(range(plan.width), "category")
    how: dict[str, Any] = {
        "sep": plan.delimiter,
        "header": None,
        "names": range(plan.width + 1),
        "dtype": types | {plan.close: "float64", plan.width: "float64"},
        "keep_default_na": False,
        "na_values": {plan.close: _GAP_TEXTS, plan.width: [""]},
        "quoting": csv.QUOTE_NONE,
        "skip_blank_lines": False,
        "index_col": False,
        "engine": "c",
        "low_memory": False,
    }
    if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1):
        how["float_precision"] = "round_trip"  # later ones are exact without being asked
    frame: pd.DataFrame = pd.read_csv(io.BytesIO(block), **how)
    return frame


def _has_all_cells(block: bytes, plan: Plan, raw: pd.DataFrame, gaps: bool) -> bool:
    """Whether every line has as many cells as the header; missing ones would pass for gaps."""
    import numpy as np

    if gaps and any(sign in block for sign in _UNSURE_GAPS):
        return False
    signs = np.frombuffer(block, dtype=np.uint8)
    after_points = signs[1:][signs[:-1] == ord(".")]
    if ((after_points == ord(plan.delimiter)) | (after_points == ord("\n"))).any():
        return False  # a number that ends in its point
    delimiters, ends = signs == ord(plan.delimiter), signs == ord("\n")
    if not raw[plan.width].isna().all() or len(raw) != np.count_nonzero(ends):
        return False
    if np.count_nonzero(delimiters) != len(raw) * (plan.width - 1):
        return False
    if not gaps:
        return True
    starts = np.concatenate([[0], np.flatnonzero(ends)[:-1] + 1])
    counts = np.add.reduceat(delimiters.astype(np.int32), starts)
    return bool((counts == plan.width - 1).all())


def _day(text: str) -> dt.date | None:
    if not _ISO.fullmatch(text):
        return None
    return stamps.day_of(int(text[:4]), int(text[5:7]), int(text[8:]))


class Rows(NamedTuple):
    """Closes as columns of numbers; ``symbol`` and ``day`` count what was seen, from 0."""

    symbol: npt.NDArray[np.integer[Any]]
    day: npt.NDArray[np.integer[Any]]
    session: npt.NDArray[np.datetime64]
    close: npt.NDArray[np.float64]
    line: npt.NDArray[np.integer[Any]]

    def only(self, which: npt.NDArray[Any]) -> Rows:
        """Give some of the rows, by a mask or by their numbers."""
        return Rows(*(column[which] for column in self))


class _Collected:
    """What has been read so far: symbols by number, the rows kept, which sessions were seen."""

    def __init__(self, label: str, plan: Plan, keep: Keep | None) -> None:
        import numpy as np

        self.label, self.plan, self.keep = label, plan, keep
        self.symbols: dict[str, int] = {}
        self.last_symbols: list[str] = []
        self.last_numbers = _numbered(self.symbols, [])
        self.days: dict[Any, int] = {}
        self.rows: list[Rows] = []
        self.seen: npt.NDArray[np.bool_] = np.zeros((1, 1), dtype=bool)
        self.faults: list[Fault] = []

    def take(self, cells: Cells, first_line: int) -> bool:
        """Take in a block; False if an index has a date in it that it had already."""
        import numpy as np

        if cells.symbols != self.last_symbols:  # most blocks have the same ones, in one order
            self.last_symbols = cells.symbols
            self.last_numbers = _numbered(self.symbols, cells.symbols)
        rows = Rows(
            self.last_numbers[cells.symbol_codes],
            _numbered(self.days, cells.days)[cells.day_codes],
            np.array(cells.days, "datetime64[s]")[cells.day_codes],
            cells.close,
            first_line + np.arange(len(cells.close)),
        )
        gaps = np.isnan(cells.close)
        return self._kept(rows.only(~gaps) if gaps.any() else rows)

    def take_slow(self, block: Block) -> bool:
        """Take in a block that was read cell by cell, with its faults; else as ``take``."""
        frame = block.frame
        names = [str(text) for text in frame["symbol"].cat.categories]
        days = [when.date() for when in frame["session"]]
        symbols = _numbered(self.symbols, [*names, *block.symbols])
        self.faults += block.faults
        return self._kept(
            Rows(
                symbols[frame["symbol"].cat.codes.to_numpy()],
                _numbered(self.days, days),
                frame["session"].to_numpy(),
                frame["close"].to_numpy(),
                frame["line"].to_numpy(),
            )
        )

    def _kept(self, rows: Rows) -> bool:
        if self.keep is not None:
            if not self._all_new(rows):
                return False
            rows = rows.only(self.keep(rows.symbol, rows.session))
        self.rows.append(rows)
        return True

    def _all_new(self, rows: Rows) -> bool:
        """Whether no index has a date of these rows twice; they count as seen from now on."""
        import numpy as np

        if not len(rows.day):
            return True
        self._make_room()
        days = self.seen[rows.day.min() : rows.day.max() + 1]
        before = int(np.count_nonzero(days))
        self.seen[rows.day, rows.symbol] = True
        return int(np.count_nonzero(days)) - before == len(rows.close)

    def _make_room(self) -> None:
        import numpy as np

        have, need = self.seen.shape, (len(self.days), len(self.symbols))
        shape = tuple(max(h, 1 << (n - 1).bit_length()) for h, n in zip(have, need, strict=True))
        if shape != have:
            grown = np.zeros(shape, dtype=bool)
            grown[: have[0], : have[1]] = self.seen
            self.seen = grown

    def block(self) -> Block:
        """Give all that was kept as one block."""
        import numpy as np
        import pandas as pd

        rows = Rows(*(np.concatenate(column) for column in zip(*self.rows, strict=True)))
        names = list(self.symbols)
        frame = pd.DataFrame(
            {
                "symbol": pd.Categorical.from_codes(rows.symbol, categories=pd.Index(names)),
                "session": rows.session,
                "line": rows.line,
                "close": rows.close,
                **dict.fromkeys(BESIDE, float("nan")),
            }
        )
        return Block(self.label, frame, tuple(names), tuple(self.faults), reading=self.plan.reading)


def _numbered(known: dict[Any, int], values: list[Any]) -> npt.NDArray[np.integer[Any]]:
    """The number of each value, a new one to those not seen before."""
    import numpy as np

    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int32)
