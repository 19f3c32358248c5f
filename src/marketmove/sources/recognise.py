"""What the columns of a table are: the date, the index, the close; or one column an index."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.market.indices import Registry
from marketmove.sources.by_header import by_header, priced
from marketmove.sources.columns import Column, Layout, beside, is_code, no_close, of_kind, rivals
from marketmove.sources.content import counts_rows, holds_dates, holds_text, mostly_numbers
from marketmove.sources.header import Table
from marketmove.sources.vocabulary import Role, Words, without_suffix

# An "Index" or "Data" of levels is the close where no other word says it.
_BELIED = 1_000_000
# Rows in which what is headed like a code has to count before it is no index.
_FEWEST_COUNTED = 5


def recognise(table: Table, words: Words, registry: Registry, by_file: str = "") -> Layout:
    """Tell the columns of a table apart by the words of their headers, and by what they hold."""
    if not table.heads:
        return _headerless(table, registry)
    columns = [_column(n, heads, words, registry) for n, heads in enumerate(table.heads)]
    columns = [_as_it_holds(table, c) for c in columns if c.number != table.date]
    counters = [c for c in columns if _is_counter(table, c, registry)]
    columns = _without_lone_letters([c for c in columns if c not in counters])
    dates = table.column(table.date)
    filled = [c for c in columns if any(table.column(c.number))]
    nameless = [c for c in filled if not c.header and table.column(c.number) != dates]
    if nameless:
        text = f"column {nameless[0].number + 1} has cells but no name in the header"
        raise table.refused(f"{text}; name it, or repair the rows that were broken up")
    named = [c for c in filled if c.header]
    layout = (
        _long(table, named)
        or priced(table, named, registry, by_file)
        or by_header(table, [c for c in columns if c.header], registry)
    )
    counted = [f"{c.header} counts the rows, and is left out" for c in counters if c.header]
    return layout._replace(notes=(*counted, *layout.notes))


def _column(number: int, heads: Sequence[str], words: Words, registry: Registry) -> Column:
    """A column by its header; of several levels, one is a kind of price and one the index."""
    header = " ".join(heads)
    if registry.find(header) is not None:
        return Column(number, header, None, None)
    bare = without_suffix(header)
    if len(heads) == 1 and bare != header:
        if registry.find(bare) is not None:
            return Column(number, bare, None, None)
        if (role := words.role(bare)) and role.index_name and registry.find(role.index_name):
            return Column(number, header, role, role.index_name)
    known = [(head, words.role(head)) for head in heads if registry.find(head) is None]
    roles = [role for _, role in known if role is not None]
    if not roles:
        return Column(number, header, None, None)
    role = roles[-1]
    others = [head for head in heads if words.role(head) is not role or registry.find(head)]
    name = role.index_name or (others[0] if len(heads) > 1 and others else None)
    if name is None and registry.find(role.beside):
        name = role.beside
    return Column(number, header, role, name)


def _as_it_holds(table: Table, column: Column) -> Column:
    """A column without a role that its cells belie: a date that is none, an index of decimals."""
    number = column.number
    if column.is_kind("date", "time") and not (
        holds_text(table, number) or not table.filled(number) or _may_be_dates(table, number)
    ):
        return column._replace(role=Role("weak_close", _BELIED))
    if column.is_kind("symbol") and _numbers_of_its_own(table, column.number):
        return column._replace(role=Role("weak_close", _BELIED))
    return column


def _may_be_dates(table: Table, number: int) -> bool:
    cells = table.filled(number)
    return holds_dates(table, number) or all(":" in cell or cell.isdecimal() for cell in cells[:20])


def _numbers_of_its_own(table: Table, number: int) -> bool:
    """Whether a column has another number on every row, or decimals: levels, and no codes."""
    cells = table.filled(number)
    if not mostly_numbers(table, number) or counts_rows(cells):
        return False
    decimals = any("." in c.removesuffix(".0") or "," in c for c in cells)
    return decimals or (len(cells) > 2 and len(set(cells)) == len(cells) == len(set(_days(table))))


def _days(table: Table) -> Sequence[str]:
    return table.column(table.date)


def _is_counter(table: Table, column: Column, registry: Registry) -> bool:
    """Whether a column counts rows; one headed by an index or a price never does."""
    if column.role is not None and not column.is_kind("symbol", "other", "weak_close"):
        return False
    cells = table.column(column.number)
    if not column.header and column.number == 0 and all(c.isdecimal() for c in cells[:100]):
        return True
    if column.role is None and is_code(column.header) and len(cells) < _FEWEST_COUNTED:
        return False
    return registry.find(column.header) is None and counts_rows(cells)


def _without_lone_letters(columns: Sequence[Column]) -> list[Column]:
    """Columns, in which "c" is the close only beside o, h and l, and else the name of a share."""
    letters = [c for c in columns if c.role and len(c.header) == 1 and c.header.isascii()]
    others = {c.role.kind for c in columns if c.role and c not in letters}
    kinds = {c.role.kind for c in letters if c.role}
    if len(kinds & {"open", "high", "low", "close"}) >= 3 or {"open", "high", "low"} & others:
        return list(columns)
    return [c._replace(role=None) if c in letters else c for c in columns]


def _long(table: Table, columns: Sequence[Column]) -> Layout | None:
    """A table with a symbol column, and the close beside it."""
    symbols = [c for c in of_kind(columns, "symbol") if not mostly_numbers(table, c.number)]
    symbols = symbols or of_kind(columns, "symbol")
    if not symbols:
        return None
    closes = [c for c in of_kind(columns, "close") if c.index_name is None]
    closes = closes or _weak(columns) or of_kind(columns, "adjusted")
    if not closes:
        raise no_close(table)
    close, symbol = closes[0], symbols[0]
    return Layout(
        "long",
        {close.number: ""},
        close.header,
        f"{symbol.header} names the index, {close.header} is the close",
        symbol=symbol.number,
        beside=beside(columns),
        warnings=rivals(table, closes),
    )


def _weak(columns: Sequence[Column]) -> list[Column]:
    """A column called value or level: the close only where every other column is known."""
    weak = of_kind(columns, "weak_close")
    return weak if all(c.role is not None for c in columns) else []


def _headerless(table: Table, registry: Registry) -> Layout:
    """A table without a header: certain only where one column alone can be the level."""
    width = len(table.rows[0].cells)
    numeric = [n for n in range(width) if n != table.date and mostly_numbers(table, n)]
    if len(numeric) > 1:
        numeric = [n for n in numeric if not counts_rows(table.column(n))]
    if len(numeric) != 1:
        count = (
            f"{len(numeric)} columns could be the close" if numeric else "no column holds numbers"
        )
        raise table.refused(f"no header, and {count}; add a header line", table.rows[0].line)
    number = numeric[0]
    warning = f"no header; column {number + 1} is taken for the close, as the only one with numbers"
    why = "the only column with numbers"
    for other in range(width):
        texts = {cell.casefold() for cell in table.column(other) if cell}
        named = [text for text in texts if registry.find(text)]
        if other not in (table.date, number) and named and holds_text(table, other):
            header = f"column {number + 1}"
            return Layout("long", {number: ""}, header, why, symbol=other, warnings=(warning,))
    return Layout("single", {number: ""}, f"column {number + 1}", why, warnings=(warning,))
