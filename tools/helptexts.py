"""What the commands say of themselves: the pages of ``help``, whole."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import typer.main

from marketmove.cli import program


class Entry(NamedTuple):
    """An argument, an option or a command: what is typed, and what it does."""

    typed: str
    text: str


class Help(NamedTuple):
    """A command: its name as typed (none: the program itself), and what is said of it."""

    name: str
    usage: str
    paragraphs: tuple[str, ...]
    panels: dict[str, list[Entry]]
    examples: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first sentence, without its point."""
        return self.paragraphs[0].rstrip(".")


@cache
def helps() -> tuple[Help, ...]:
    """Give the help of the program and of all its commands, in the order of their names."""
    return tuple(_helps("", typer.main.get_command(program())))


def _helps(name: str, command: Any) -> Iterator[Help]:
    page = command.help_page(f"marketmove {name}".strip())
    panels = {
        panel.title: [Entry(row.name, row.text) for row in panel.rows] for panel in page.panels
    }
    examples = page.examples or tuple(line.split("   ")[0] for line in page.start)
    yield Help(name, page.usage, (*page.paragraphs, *page.epilog), panels, examples)
    for kind, below in sorted(getattr(command, "commands", {}).items()):
        yield from _helps(f"{name} {kind}".strip(), below)
