"""What the commands say of themselves: the texts of ``--help``, without its frame."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args

import typer.main

from marketmove.cli import program


class Entry(NamedTuple):
    """An argument or an option: what is typed, and what it does."""

    names: tuple[str, ...]
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
    yield _help(name, command)
    for kind, below in sorted(getattr(command, "commands", {}).items()):
        yield from _helps(f"{name} {kind}".strip(), below)


def _help(name: str, command: Any) -> Help:
    typed = f"marketmove {name}".strip()
    context = typer.Context(command, info_name=typed, help_option_names=["--help", "-h"])
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    panels: dict[str, list[Entry]] = {}
    for param in command.get_params(context):
        if not getattr(param, "hidden", False):
            panel, entry = _entry(param)
            if entry.text or panel != "Arguments":
                panels.setdefault(panel, []).append(entry)
    pieces = [
        re.sub(r"^\{(.*)\}$", r"\1", piece) for piece in command.collect_usage_pieces(context)
    ]
    usage = re.sub(r"\[\[(.*)\]\]", r"[\1]", " ".join([typed, *pieces])).replace("...]...", "...]")
    return Help(name, usage, tuple(paragraphs), panels, ())


def _entry(param: Any) -> tuple[str, Entry]:
    text = " ".join((param.help or "").split())
    panel = getattr(param, "rich_help_panel", None)
    if param.param_type_name == "argument":
        return panel or "Arguments", Entry((param.metavar or param.name.upper(),), text)
    if param.default not in (None, False, (), []) and param.show_default:
        text += f" Default: {param.default}."
    value = "" if param.is_flag else f" {_metavar(param)}"
    typed = sorted(param.opts, key=lambda name: not name.startswith("--"))  # else in any order
    names = [f"{name}{value}" if name.startswith("--") else name for name in typed]
    return panel or "Options", Entry((*names, *param.secondary_opts), text)


def _metavar(param: Any) -> str:
    if param.metavar:
        return str(param.metavar)
    kind = param.type_descriptor.annotation
    inner = [get_args(one) for one in (kind, *get_args(kind))]
    choices = [str(choice) for one in inner for choice in one if isinstance(choice, str)]
    names = {"int": "N", "float": "NUMBER", "Path": "FILE"}
    return "|".join(choices) or names.get(getattr(kind, "__name__", ""), "TEXT")
