"""Large tidy files, block by block: memory follows the number of indices, not of rows.

The fast lane takes only what it cannot misread: rows with the header's number of cells, ISO dates,
plain decimal numbers above zero, no quotes. Another block is read cell by cell, as small files are.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.sources import plain
from marketmove.sources.block import BESIDE, Block
from marketmove.sources.grid import DELIMITERS, read_grid
from marketmove.sources.table import read_table, understand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from marketmove.sources.block import Context, Fault, Reading, ReadOptions
    from marketmove.sources.opening import Source

    RowFilter = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[np.intp]]

_BLOCK_BYTES = 8 << 20
# Parsing lets other threads run while it splits and converts; more than two gain nothing.
_THREADS = 2
_SAMPLE_BYTES = 1 << 16


class Plan(NamedTuple):
    """What the beginning of a file settles for all of it: its columns, and how many there are."""

    header: bytes
    form: plain.Form
    reading: Reading


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
    collected = _Collected(source.label, plan, keep)
    sure = options._replace(decimal=".", date_format="ymd")
    for first_line, block, taken in _taken_ahead(path, plan, keep):
        if taken is not None:
            all_new = collected.take(taken, first_line)
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
    tidy = (
        layout.kind == "long"
        and table.header_line == 1
        and not (table.ragged or table.undated or layout.beside or layout.warnings)
        and all(plain.ISO.fullmatch(date) for date in table.column(table.date))
        and set(sheet.marks.values()) == {"."}
    )
    if not tidy or layout.symbol is None:
        return None
    delimiter = next(sign for sign, name in DELIMITERS.items() if name == grid.delimiter)
    header = head[: head.index(b"\n") + 1]
    return Plan(
        header,
        plain.Form(
            delimiter, len(table.heads), table.date, layout.symbol, next(iter(layout.closes))
        ),
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


class Taken(NamedTuple):
    """A block taken apart, and which of its rows are kept, with their closes."""

    cells: plain.Cells
    kept: npt.NDArray[np.integer[Any]]
    close: npt.NDArray[np.float64]


def _taken_ahead(
    path: Path, plan: Plan, keep: RowFilter | None
) -> Iterator[tuple[int, bytes, Taken | None]]:
    """The blocks of a file, in order, with their cells; some are taken apart ahead of time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        ahead: deque[tuple[int, bytes, Future[Taken | None]]] = deque()
        for line, block in _blocks(path, len(plan.header)):
            ahead.append((line, block, pool.submit(_taken, block, plan, keep)))
            if len(ahead) > _THREADS:
                first_line, oldest, future = ahead.popleft()
                yield first_line, oldest, future.result()
        for first_line, oldest, future in ahead:
            yield first_line, oldest, future.result()


def _taken(block: bytes, plan: Plan, keep: RowFilter | None) -> Taken | None:
    """Take a block apart; None if it has to be read cell by cell."""
    import numpy as np

    cells = plain.cells_of(block, plan.form)
    if cells is None:
        return None
    if keep is None:
        kept = np.arange(len(cells.row))
    else:
        kept = keep(cells.symbol_codes, np.array(cells.days, "datetime64[s]")[cells.day_codes])
    return Taken(cells, kept, cells.closes.values(kept))


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


class Rows(NamedTuple):
    """Closes as columns of numbers; ``symbol`` counts the symbols that were seen, from 0."""

    symbol: npt.NDArray[np.integer[Any]]
    session: npt.NDArray[np.datetime64]
    close: npt.NDArray[np.float64]
    line: npt.NDArray[np.integer[Any]]

    def only(self, which: npt.NDArray[np.intp]) -> Rows:
        """Give some of the rows, by their numbers."""
        return Rows(self.symbol[which], self.session[which], self.close[which], self.line[which])


class _Collected:
    """What has been read so far: symbols by number, the rows kept, which sessions were seen."""

    def __init__(self, label: str, plan: Plan, keep: RowFilter | None) -> None:
        import numpy as np

        self.label, self.plan, self.keep = label, plan, keep
        self.symbols: dict[str, int] = {}
        self.days: dict[Any, int] = {}
        self.rows: list[Rows] = []
        self.seen: npt.NDArray[np.bool_] = np.zeros((1, 1), dtype=bool)
        self.faults: list[Fault] = []

    def take(self, taken: Taken, first_line: int) -> bool:
        """Take in a block; False if an index has a date in it that it had already."""
        import numpy as np

        cells = taken.cells
        symbols, days = _numbered(self.symbols, cells.symbols), _numbered(self.days, cells.days)
        if self.keep is not None and not self._all_new(
            days[cells.day_codes], symbols[cells.symbol_codes]
        ):
            return False
        day_codes = cells.day_codes[taken.kept]
        self.rows.append(
            Rows(
                symbols[cells.symbol_codes[taken.kept]],
                np.array(cells.days, "datetime64[s]")[day_codes],
                taken.close,
                first_line + cells.row[taken.kept],
            )
        )
        return True

    def take_slow(self, block: Block) -> bool:
        """Take in a block that was read cell by cell, with its faults; else as ``take``."""
        frame = block.frame
        names = [str(text) for text in frame["symbol"].cat.categories]
        symbols = _numbered(self.symbols, [*names, *block.symbols])
        days = _numbered(self.days, [when.date() for when in frame["session"]])
        self.faults += block.faults
        rows = Rows(
            symbols[frame["symbol"].cat.codes.to_numpy()],
            frame["session"].to_numpy(),
            frame["close"].to_numpy(),
            frame["line"].to_numpy(),
        )
        if self.keep is not None:
            if not self._all_new(days, rows.symbol):
                return False
            rows = rows.only(self.keep(rows.symbol, rows.session))
        self.rows.append(rows)
        return True

    def _all_new(
        self, days: npt.NDArray[np.integer[Any]], symbols: npt.NDArray[np.integer[Any]]
    ) -> bool:
        """Whether no index has a date of these rows twice; they count as seen from now on."""
        import numpy as np

        if not len(days):
            return True
        self._make_room()
        seen = self.seen[days.min() : days.max() + 1]
        before = int(np.count_nonzero(seen))
        self.seen[days, symbols] = True
        return int(np.count_nonzero(seen)) - before == len(days)

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
        if self.keep is not None:  # of all the blocks, after those of each
            rows = rows.only(self.keep(rows.symbol, rows.session))
        names = sorted(self.symbols)
        rank = _numbered({name: n for n, name in enumerate(names)}, list(self.symbols))
        frame = pd.DataFrame(
            {
                "symbol": pd.Categorical.from_codes(rank[rows.symbol], categories=pd.Index(names)),
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

    if not known.keys() >= set(values):
        for value in values:
            known.setdefault(value, len(known))
    return np.fromiter(map(known.__getitem__, values), dtype=np.int32, count=len(values))
