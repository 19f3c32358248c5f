"""What text for people is made of: styled lines, tables that fit a terminal, what stands below."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from rich.cells import cell_len

from marketmove.errors import Remark
from marketmove.render import RenderOptions
from marketmove.wording.characters import plain_ascii, visible
from marketmove.wording.sources import rests_on

_INDENT = "  "
_NARROWEST = 20
_Try = TypeVar("_Try")


class StyledText(NamedTuple):
    """A piece of text and the style it has in colour."""

    text: str
    style: str = ""


StyledLine = list[StyledText]


class Fit(NamedTuple):
    """How tables are made to fit: the gap between columns, symbols for names, no points."""

    gap: int
    symbols: bool = False
    points: bool = True


# From the roomiest to the narrowest; figures are never cut.
FITS = (Fit(3), Fit(2), Fit(2, symbols=True), Fit(2, symbols=True, points=False))


class TextColumn(NamedTuple):
    """One column of a table: its head, its cells, and whether they stand to the right."""

    head: str
    cells: Sequence[StyledLine]
    right: bool = False

    @property
    def width(self) -> int:
        """The widest of head and cells, in terminal cells: a Chinese sign takes two."""
        return max([cell_len(self.head), *map(line_width, self.cells)])


class TextTable(NamedTuple):
    """Columns of the same height, and how many terminal cells stand between two of them."""

    columns: Sequence[TextColumn]
    gap: int

    @property
    def width(self) -> int:
        """The width of the table, in terminal cells; nothing without a column."""
        if not self.columns:
            return 0
        gaps = self.gap * (len(self.columns) - 1)
        return len(_INDENT) + sum(column.width for column in self.columns) + gaps

    def fits(self, width: int | None) -> bool:
        """Tell whether a terminal has room for it; where there is none, nothing has to fit."""
        return width is None or self.width <= width

    def lines(self) -> list[StyledLine]:
        """Give the heads and the rows, each cell padded to its column."""
        heads = [[StyledText(column.head, "bold")] for column in self.columns]
        widths = [column.width for column in self.columns]
        gap, lines = StyledText(" " * self.gap), []
        for row in (heads, *zip(*(column.cells for column in self.columns), strict=True)):
            line = [StyledText(_INDENT)]
            for cell, width, column in zip(row, widths, self.columns, strict=True):
                padding = StyledText(" " * (width - line_width(cell)))
                line += [padding, *cell, gap] if column.right else [*cell, padding, gap]
            lines.append(line)
        return lines


def column(
    head: str, texts: Iterable[str], style: str | Callable[[str], str] = "", *, right: bool = False
) -> TextColumn:
    """Make a column of plain texts: all of one style, or each of the style that its text has."""
    cells = [[StyledText(text, style if isinstance(style, str) else style(text))] for text in texts]
    return TextColumn(head, cells, right)


def line_width(line: StyledLine) -> int:
    """Give the width of a line, in terminal cells."""
    return sum(cell_len(span.text) for span in line)


def roomiest(tries: Iterable[_Try], fits: Callable[[_Try], bool]) -> _Try:
    """Give the first try that fits, else the last; they come from the roomiest to the narrowest."""
    for tried in tries:
        if fits(tried):
            break
    return tried


def roomiest_table(tries: Iterable[TextTable], width: int | None) -> TextTable:
    """Give the roomiest table that a terminal has room for."""
    return roomiest(tries, lambda table: table.fits(width))


def title(what: str, source: str, options: RenderOptions) -> list[StyledLine]:
    """Say what is shown and on what it rests, on as many lines as the terminal needs.

    It is broken before the source, else at a dot, else between words.
    """
    width, texts = options.width, [f"{what} · {source}"]
    for split in (lambda t: [t], lambda t: t.split(" · "), lambda t: broken(t, width or 0)):
        if width is not None and max(map(cell_len, texts)) > width:
            texts = [p for t in ([what, source] if len(texts) == 1 else texts) for p in split(t)]
    return [[StyledText(text, "bold")] for text in texts]


def broken(text: str, width: int, indent: str = "") -> list[str]:
    """Break a text between words, in terminal cells; a word that is longer stays whole.

    >>> broken("two up and two down", 14, "  "), broken("日経平均 株価", 9)
    (['two up and two', '  down'], ['日経平均', '株価'])
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{indent}{word}" if lines else word)
    return lines


def closes_source(source: str, bundled: bool) -> str:
    """Name the closes that figures rest on."""
    return rests_on("closes", source, bundled)


def texts_of(remarks: Iterable[Remark]) -> list[str]:
    """Give the sentences of notes or warnings, with their places."""
    return [visible(str(remark)) for remark in remarks]


def wrapped(text: str, width: int | None) -> list[str]:
    """Set a sentence under a table: on as many lines as the terminal needs, on one without one.

    >>> wrapped("two up and two down", 16), wrapped("two up", None)
    (['  two up and two', '    down'], ['  two up'])
    """
    if width is None:
        return [f"{_INDENT}{text}"]
    first, *others = broken(" ".join(text.split()), max(width, _NARROWEST) - len(_INDENT), _INDENT)
    return [f"{_INDENT}{line}" for line in (first, *others)]


def under_table(text: str, style: str, options: RenderOptions) -> list[StyledLine]:
    """Give a sentence under a table, on as many lines as the terminal needs."""
    return [[StyledText(line, style)] for line in wrapped(text, options.width)]


def below(
    footers: Iterable[str], warnings: Iterable[Remark], options: RenderOptions
) -> list[StyledLine]:
    """Give what stands under a table or a drawing: its footers, then the warnings."""
    lines = [line for footer in footers for line in under_table(footer, "dim", options)]
    for warning in texts_of(warnings):
        lines += under_table(f"Warning: {warning}", "yellow", options)
    return lines


def written(lines: Iterable[StyledLine], options: RenderOptions) -> str:
    """Give styled lines as one text: with colour codes where they are wanted, never wrapped."""
    if options.colour:
        return plain([_coloured(lines)], options)
    return plain(["".join(span.text for span in line).rstrip() for line in lines], options)


def plain(lines: Iterable[str], options: RenderOptions) -> str:
    """Give lines without styles as one text."""
    text = "".join(f"{line}\n" for line in lines)
    return plain_ascii(text) if options.ascii_only else text


def _coloured(lines: Iterable[StyledLine]) -> str:
    from rich.console import Console
    from rich.text import Text

    styled = [Text.assemble(*line) for line in lines]
    for line in styled:
        line.rstrip()
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="256", legacy_windows=False,
        _environ={},
    )  # fmt: skip
    with console.capture() as capture:
        console.print(Text("\n").join(styled), soft_wrap=True, end="")
    return capture.get()
