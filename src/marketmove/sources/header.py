"""Which rows of a table are its header, its data, and the lines above and below them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.sources import date_texts, numbers
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.vocabulary import Words, normalised

_SAMPLE_ROWS = 100
_MOST_HEADS = 3
_MOST_ABOVE = 20
_PRICES = frozenset(["open", "high", "low", "close", "weak_close", "adjusted"])


class _Parts(NamedTuple):
    label: str
    heads: list[tuple[str, ...]]
    header_line: int | None
    date: int
    rows: list[GridRow]
    ragged: list[GridRow]
    undated: list[GridRow]
    footers: list[GridRow]
    preamble: list[GridRow]


class Table(_Parts):
    """A table of text: the header by column, and rows of as many cells, each with its line.

    A column's ``heads`` are its header cells from top to bottom, more than one where the header
    has levels; empty in a table without a header. ``ragged`` are rows with other numbers of cells,
    ``undated`` rows without a date, ``footers`` the lines below the last date.
    """

    @functools.cached_property
    def _columns(self) -> list[tuple[str, ...]]:
        return [*zip(*(cells for _, cells in self.rows), strict=True)]

    @functools.cached_property
    def _filled(self) -> dict[int, list[str]]:
        return {}

    def column(self, number: int) -> Sequence[str]:
        """Give the cells of one column, from 0."""
        return self._columns[number] if self.rows else ()

    def filled(self, number: int) -> list[str]:
        """Give the cells of one column that say something."""
        if number not in self._filled:
            self._filled[number] = [c for c in self.column(number) if not numbers.is_gap(c)]
        return self._filled[number]

    def refused(self, text: str, line: int | None = None) -> UnrecognisedFileError:
        """Make the error that names what is wrong, at a line or at the header."""
        place = Place(self.label, line or self.header_line)
        return UnrecognisedFileError([Problem(place, text)])


def arrange(grid: Grid, words: Words) -> Table:
    """Find the header, the data and what stands around them, by where the dates are.

    Raises ``UnrecognisedFileError`` if no column holds dates, or there are two tables in the file.
    """
    rows = grid.rows
    if not rows:
        raise UnrecognisedFileError.at(Place(grid.label), "an empty table")
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    date = _date_column(grid, words, width)
    dated = _dated(rows, date, words)
    if not dated and date is not None:
        dated = _numbered(rows, date, words)
    if date is None or not dated:
        raise _no_dates(grid, words)
    first, last = dated[0], dated[-1]
    first = _below_header(rows, first, words, date)
    heads, header_line, used = _heads(rows[:first], words, date, width)
    width = len(heads) if heads else width
    body = [trimmed(row, width) for row in rows[first : last + 1]]
    refuse_second_header(grid, body, words, date)
    below = [trimmed(row, width) for row in rows[last + 1 :]]
    stray = [row for row in below if looks_like_data(row)]
    alike = [row for row in [*body, *stray] if len(row.cells) == width]
    lines = {rows[n].line for n in dated}
    return Table(
        label=grid.label,
        heads=heads,
        header_line=header_line,
        date=date,
        rows=[row for row in alike if row.line in lines],
        ragged=[row for row in [*body, *stray] if len(row.cells) != width],
        undated=[row for row in alike if row.line not in lines and any(row.cells)],
        footers=[row for row in below if row not in stray],
        preamble=rows[: first - used],
    )


def _below_header(rows: Sequence[GridRow], first: int, words: Words, date: int) -> int:
    """The first row below the header: rows of numbers before the first date are no header.

    A word in place of their date, such as "base", says that they are no rows of the table either.
    """
    says_date = [n for n, row in enumerate(rows[:first]) if _names_date(row, words)]
    if not says_date and first and _is_damaged(rows[first - 1], rows[first], date):
        return first - 1
    if not says_date or says_date[-1] + 1 >= first:
        return first
    numeric = [n for n in range(says_date[-1] + 1, first) if _is_of_numbers(rows[n], date)]
    return next((n for n in numeric if not _is_word(rows[n].cells[date])), first)


def _is_damaged(row: GridRow, below: GridRow, date: int) -> bool:
    """Whether a row above the first date is one of figures, with a date that cannot be read."""
    return (
        len(row.cells) == len(below.cells)
        and _is_of_numbers(row, date)
        and any(map(str.isdigit, row.cells[date]))
        and any("." in cell or "," in cell for n, cell in enumerate(row.cells) if n != date)
    )


def _is_of_numbers(row: GridRow, date: int) -> bool:
    """Whether all cells of a row, but where the date is to stand, are numbers."""
    rest = [cell for n, cell in enumerate(row.cells) if n != date and cell]
    read = (numbers.read_signed(cell, mark) for cell in rest for mark in ".,")
    return (
        date < len(row.cells)
        and bool(rest)
        and all(a is not None or b is not None for a, b in zip(read, read, strict=True))
    )


def _is_word(cell: str) -> bool:
    return bool(cell) and not any(map(str.isdigit, cell))


def _dated(rows: Sequence[GridRow], date: int | None, words: Words) -> list[int]:
    """The rows that have a date; each distinct text is looked at once."""
    if date is None:
        return []
    texts = [row.cells[date] if date < len(row.cells) else "" for row in rows]
    is_date = {text: is_date_text(text, words) for text in set(texts)}
    return [n for n, text in enumerate(texts) if is_date[text]]


def left_out(label: str, rows: Iterable[GridRow], where: str) -> Iterator[Problem]:
    """Note the lines that are no rows of a table."""
    filled = [row for row in rows if any(row.cells)]
    if filled:
        text = f"{len(filled)} {'line' if len(filled) == 1 else 'lines'} {where} left out"
        yield Problem(Place(label, filled[0].line), text)


def looks_like_data(row: GridRow) -> bool:
    """Tell whether a row below the last date has a number of its own, as a line of text has not."""
    filled = [cell for cell in row.cells if cell]
    return len(filled) > 1 and any(numbers.read_signed(cell, ".") is not None for cell in filled)


def _is_date(row: GridRow, number: int | None, words: Words) -> bool:
    if number is None or number >= len(row.cells):
        return False
    return is_date_text(row.cells[number], words)


def is_date_text(text: str, words: Words) -> bool:
    """Tell whether a cell is a date, and no whole number that may be one."""
    stamp = date_texts.parse_date_text(text, words.months)
    return stamp is not None and stamp.kind != "number"


def _numbered(rows: Sequence[GridRow], number: int, words: Words) -> list[int]:
    """Rows whose date is a whole number: a serial, seconds since 1970 or, if said, 250214."""
    heads = (row.cells[number] for row in rows[:_MOST_ABOVE] if number < len(row.cells))
    said = any((r := words.roles.get(normalised(head))) and r.kind == "date" for head in heads)
    cells = [row.cells[number] if number < len(row.cells) else "" for row in rows]
    first = next((n for n, cell in enumerate(cells) if cell[-1:].isdigit()), 0)
    if moments := date_texts.epochs_of(cells[first:]):
        return [n for n, cell in enumerate(cells) if cell in moments]
    found = []
    for n, row in enumerate(rows):
        if number < len(row.cells):
            stamp = date_texts.parse_date_text(row.cells[number], words.months)
            # Under a header of times, 101004 is four seconds past ten past ten.
            if stamp is not None and (said or not stamp.short_year):
                found.append(n)
    return found


def _date_column(grid: Grid, words: Words, width: int) -> int | None:
    """The column headed as a date that holds dates, else the first that holds them."""
    step = max(1, len(grid.rows) // _SAMPLE_ROWS)
    sample = grid.rows[::step]
    named = {
        n
        for row in grid.rows[:_MOST_ABOVE]
        for n, cell in enumerate(row.cells)
        if (role := words.roles.get(normalised(cell))) and role.kind in {"date", "time"}
    }
    shares = {
        n: sum(_is_date(row, n, words) for row in sample) / len(sample)
        for n in range(min(width, 40))
    }
    dated = [n for n, share in shares.items() if share > 0 and share * 2 >= max(shares.values())]
    return next(iter([*sorted(named & set(dated)), *dated, *sorted(named)]), None)


def trimmed(row: GridRow, width: int) -> GridRow:
    """Give a row without the empty cells that stand beyond the header."""
    if len(row.cells) > width and not any(row.cells[width:]):
        return row._replace(cells=row.cells[:width])
    return row


def _heads(
    above: Sequence[GridRow], words: Words, date: int, width: int
) -> tuple[list[tuple[str, ...]], int | None, int]:
    """The header by column, its line, and how many rows it takes; empty where there is none."""
    block = [row for row in above if not row.cells[0].startswith("#") and not _is_rule(row)]
    if not block:
        return [], None, 0
    named = _labelled(block, words, date)
    if named is not None:
        return [(cell,) if cell else () for cell in named.cells], named.line, 1
    base = block[-1]
    shifted = _names_date(base._replace(cells=base.cells[date - 1 : date]), words)
    if len(base.cells) == width - 1 and (shifted if date else not _names_date(base, words)):
        # A header without a name for the row labels, as R writes it.
        base = base._replace(cells=["", *base.cells])
    levels = [row for row in block[-_MOST_HEADS:-1] if len(row.cells) == len(base.cells)]
    if _is_marker(base, date) and levels:
        used = [*levels, base]
    elif levels and _is_level(levels[-1], base, words, date):
        used = [levels[-1], base]
    else:
        used = [base]
    filled = [_filled(row.cells) if row is not used[-1] else row.cells for row in used]
    heads = [tuple(filter(None, parts)) for parts in zip(*filled, strict=True)]
    return heads, base.line, len(used)


def _is_rule(row: GridRow) -> bool:
    """Whether a row only draws a line, as under the header of a Markdown table."""
    return all(set(cell) <= set("-=:+") for cell in row.cells)


def _labelled(block: Sequence[GridRow], words: Words, date: int) -> GridRow | None:
    """The row of names where each row above the dates begins with what it says: name, unit, source.

    None where the last of these rows is a header by itself.
    """

    def kind(row: GridRow) -> str | None:
        cell = row.cells[date] if date < len(row.cells) else ""
        role = words.role(cell) if cell else None
        return role.kind if role else None

    base = block[-1]
    labels = [row for row in block if len(row.cells) == len(base.cells)]
    said_last = base.cells[date] if date < len(base.cells) else ""
    rest = [cell for n, cell in enumerate(base.cells) if n != date and cell]
    if not said_last or not rest or kind(base) in {"date", "time"}:
        return None
    if any(role.kind in _PRICES for cell in rest if (role := words.role(cell))):
        return None
    return next((row for row in labels if kind(row) in {"date", "symbol"}), None)


def _names_date(row: GridRow, words: Words) -> bool:
    return any((role := words.role(cell)) and role.kind == "date" for cell in row.cells)


def _is_marker(row: GridRow, date: int) -> bool:
    """Whether a row names the date column alone, as the third header row of yfinance does."""
    return date < len(row.cells) and bool(row.cells[date]) and sum(map(bool, row.cells)) == 1


def _is_level(upper: GridRow, base: GridRow, words: Words, date: int) -> bool:
    """Whether the row above a header is a level of it: kinds of price over names, or names over."""
    over = [cell for n, cell in enumerate(upper.cells) if cell and n != date]
    under = [cell for n, cell in enumerate(base.cells) if cell and n != date]
    kinds_over = sum(words.role(cell) is not None for cell in over)
    kinds_under = Counter(cell for cell in under if words.role(cell))
    if over and kinds_over == len(over) and not kinds_under:
        return True
    return bool(over) and kinds_over == 0 and any(n > 1 for n in kinds_under.values())


def _filled(cells: Sequence[str]) -> list[str]:
    """The cells of an upper header row, each standing over the empty ones to its right."""
    filled, current = [], ""
    for cell in cells:
        current = cell or current
        filled.append(current)
    return filled


def refuse_second_header(grid: Grid, body: Sequence[GridRow], words: Words, date: int) -> None:
    """Refuse rows of which one names the date column: a table below another."""
    for row in body:
        cell = row.cells[date] if date < len(row.cells) else ""
        role = words.roles.get(cell.casefold()) if cell and not cell[0].isdigit() else None
        if role is not None and role.kind == "date":
            raise UnrecognisedFileError.at(
                Place(grid.label, row.line),
                "a second header: two tables in one file; put each into a file of its own",
            )


def _no_dates(grid: Grid, words: Words) -> Exception:
    header = grid.rows[0]
    place = Place(grid.label, header.line)
    if len(grid.rows) == 1 and any(words.role(cell) for cell in header.cells):
        text = "a header only; expected rows of closes below it"
        return UnrecognisedFileError.at(Place(grid.label), text)
    across = sum(_is_date(header, n, words) for n in range(len(header.cells)))
    if across > 2:
        text = "dates run across the columns; marketmove needs one row a session"
        return UnrecognisedFileError.at(place, text)
    columns = ", ".join(cell or "(no name)" for cell in header.cells[:30])
    times = any(date_texts.is_time_only(cell) for row in grid.rows[1:20] for cell in row.cells)
    why = ": there are times of day without a date" if times else ""
    return UnrecognisedFileError.at(place, f"no date column{why}; the columns are: {columns}")
