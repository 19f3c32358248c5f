"""The help of a command: how it is called, what it takes by what one wants, and examples.

Read from the function of the command; the page is the same for a screen and for a manual.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from marketmove.cli.parameters import Parameter, parameters_of
from marketmove.errors import listed

# In this order, whatever the order in which a command declares its options.
PANELS = (
    "What", "Which files", "How files are read", "Compare", "Alerts", "Delivery", "Output",
)  # fmt: skip
_NARROWEST, _WIDEST = 40, 100
_PROMPT = "$ "


class HelpRow(NamedTuple):
    """An argument, an option or a command, and what it is for."""

    name: str
    text: str


class HelpPanel(NamedTuple):
    """What goes together."""

    title: str
    rows: tuple[HelpRow, ...]


class HelpPage(NamedTuple):
    """The help of a command; ``examples`` are command lines, ``start`` those to begin with."""

    usage: str
    paragraphs: tuple[str, ...]
    panels: tuple[HelpPanel, ...]
    examples: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    epilog: tuple[str, ...] = ()


class Documented(NamedTuple):
    """What the docstring of a command says: paragraphs, and command lines for examples."""

    paragraphs: tuple[str, ...]
    examples: tuple[str, ...]


HELP_ROW = HelpRow("--help, -h", "Show this page.")


def documented(text: str | None) -> Documented:
    r"""Read a docstring, whose examples are the lines that begin with a dollar sign.

    >>> documented("Do it.\n\n$ marketmove session latest")
    Documented(paragraphs=('Do it.',), examples=('marketmove session latest',))
    """
    blocks = [block.splitlines() for block in inspect.cleandoc(text or "").split("\n\n")]
    examples = [line for block in blocks for line in block if line.startswith(_PROMPT)]
    prose = [" ".join(map(str.strip, b)) for b in blocks if not b[0].startswith(_PROMPT)]
    return Documented(tuple(prose), tuple(line.removeprefix(_PROMPT) for line in examples))


def page_of(function: Callable[..., Any], path: str) -> HelpPage:
    """Give the help of a command, which is called by the words of ``path``."""
    takes = parameters_of(function)
    arguments = [one for one in takes if not one.names]
    usage = " ".join([path, "[OPTIONS]", *map(_slot, arguments)])
    titles = dict.fromkeys([*PANELS, *(one.panel for one in takes)])
    rows = {title: [_row(one) for one in takes if one.panel == title] for title in titles}
    rows["Output"].append(HELP_ROW)
    panels = (HelpPanel(title, tuple(of_panel)) for title, of_panel in rows.items() if of_panel)
    paragraphs, examples = documented(function.__doc__)
    return HelpPage(usage, paragraphs, tuple(panels), examples)


def _slot(argument: Parameter) -> str:
    name = argument.metavar + ("..." if argument.repeats else "")
    return name if argument.required else f"[{name}]"


def _row(one: Parameter) -> HelpRow:
    value = one.metavar + ("..." if one.repeats else "")
    name = " ".join(filter(None, [", ".join(one.names), value]))
    text = one.help
    if one.choices:
        text = f"{text.removesuffix('.')}: {listed(one.choices, last=' or ')}."
    default = f" (default: {one.default_text})" if one.default_text else ""
    return HelpRow(name, text.removesuffix(".") + default + "." if default else text)


def help_lines(page: HelpPage, width: int, rule: str, bold: Callable[[str], str]) -> Iterator[str]:
    """Write a page of help for a screen, with ``rule`` for the sign of which lines are drawn."""
    width = min(max(width, _NARROWEST), _WIDEST)
    yield from textwrap.wrap(f"Usage: {page.usage}", width, subsequent_indent=" " * 7)
    for paragraph in page.paragraphs:
        yield ""
        yield from wrapped(paragraph, width)
    yield ""
    longest = max(len(row.name) for panel in page.panels for row in panel.rows)
    column = min(longest + 4, width // 3)
    sections = [("Start", _typed_lines(page.start))]
    for title, rows in page.panels:
        sections.append((title, [line for row in rows for line in _row_lines(row, column, width)]))
    sections.append(("Examples", _typed_lines(page.examples)))
    for title, lines in filter(lambda section: section[1], sections):
        yield bold(f"{rule}{rule} {title} ".ljust(width, rule))
        yield from lines
    for paragraph in page.epilog:
        yield ""
        yield from wrapped(paragraph, width)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text between words, never within what is typed as one."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _typed_lines(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _row_lines(row: HelpRow, column: int, width: int) -> Iterator[str]:
    lines: Sequence[str] = wrapped(row.text, width - column)
    name = f"  {row.name}"
    if len(name) >= column - 1:
        yield name
    else:
        yield f"{name.ljust(column)}{lines[0]}"
        lines = lines[1:]
    yield from (" " * column + line for line in lines)
