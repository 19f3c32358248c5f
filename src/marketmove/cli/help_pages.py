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
# What few ever type: on a page that is else too long these are named, and explained by `help`.
_SELDOM = frozenset(
    {
        "--decimal", "--date-format", "--encoding", "--later-wins", "--sort", "--exit-code",
        "--on-alert-timeout", "--master", "--to-timeout", "--force", "--dry-run", "--ascii",
        "--all", "--csv-safe", "--quiet",
    }
)  # fmt: skip
# Two screens.
_MOST_LINES = 48
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
    names = ", ".join(one.names)
    if len(one.names) > 1 and one.names[1] == f"--no-{one.names[0][2:]}":
        names = f"--[no-]{one.names[0][2:]}"
    name = " ".join(filter(None, [names, value]))
    text = one.help
    if one.choices:
        choices = f"{listed(one.choices, len(one.choices), ' or ')}."
        text = f"{text.removesuffix('.')}: {choices}" if text else choices
    default = f" (default: {one.default_text})" if one.default_text else ""
    return HelpRow(name, text.removesuffix(".") + default + "." if default else text)


def help_lines(
    page: HelpPage, width: int, rule: str, bold: Callable[[str], str], whole: bool
) -> list[str]:
    """Write a page of help for a screen, with ``rule`` for the sign of which lines are drawn.

    Unless the ``whole`` is asked for, a page of more than two screens is folded.
    """
    width = min(max(width, _NARROWEST), _WIDEST)
    lines = list(_lines(page, width, rule, bold))
    if whole or len(lines) <= _MOST_LINES:
        return lines
    return list(_lines(folded(page), width, rule, bold))


def folded(page: HelpPage) -> HelpPage:
    """Give a page that says how to call a command and explains what is often typed."""
    words = page.usage.partition(" [")[0].split()
    paragraphs = (page.paragraphs[0], f"Every option explained: {words[0]} help {words[1]}")
    return page._replace(paragraphs=paragraphs, panels=tuple(map(_folded_panel, page.panels)))


def _folded_panel(panel: HelpPanel) -> HelpPanel:
    seldom = [row for row in panel.rows if row.name.split()[0].rstrip(",") in _SELDOM]
    names = ", ".join(row.name.replace(", ", " or ") for row in seldom)
    often = tuple(row for row in panel.rows if row not in seldom)
    return panel._replace(rows=(*often, HelpRow("", names)) if seldom else often)


def _lines(page: HelpPage, width: int, rule: str, bold: Callable[[str], str]) -> Iterator[str]:
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
    if not row.name:
        yield from (f"  {line}" for line in wrapped(f"also {row.text}", width - 2))
        return
    lines: Sequence[str] = wrapped(row.text, width - column)
    name = f"  {row.name}"
    if len(name) >= column - 1:
        yield name
    else:
        yield f"{name.ljust(column)}{lines[0]}"
        lines = lines[1:]
    yield from (" " * column + line for line in lines)
