"""The options of `completion`, and what the other commands take, as their functions declare it."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from marketmove.cli.app import program
from marketmove.cli.environment import config_file
from marketmove.cli.help_pages import HELP_ROW
from marketmove.cli.options import OutputOption
from marketmove.cli.parameters import Parameter, parameters_of
from marketmove.cli.terminal import emit
from marketmove.errors import MarketMoveError

if TYPE_CHECKING:
    from marketmove.commands.completion import Command, CompletionNames, CompletionValue


def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish", "powershell"],
        typer.Argument(metavar="SHELL", help="Which one.", rich_help_panel="What"),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD",
            help="After --, a command line: print what its last word can become.",
            rich_help_panel="What",
        ),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Print the completion script for bash, zsh, fish or PowerShell.

    Put the first example into ~/.bashrc, with zsh for bash into ~/.zshrc, after compinit; for fish
    type the second; the third stands in $PROFILE.

    $ source <(marketmove completion bash)
    $ marketmove completion fish -o ~/.config/fish/completions/marketmove.fish
    $ marketmove completion powershell | Out-String | Invoke-Expression
    """
    from marketmove.commands.completion import SCRIPTS

    if not words:
        emit(SCRIPTS[shell], output, people=False)
        return
    # Nobody who presses a key wants to read what went wrong.
    with contextlib.suppress(Exception):
        emit(_completions(shell, words), output, people=False)


def _completions(shell: str, words: Sequence[str]) -> str:
    """What can stand at the end of a command line, of which the first word is the program."""
    from marketmove.commands.completion import complete, for_bash, joined, with_help

    # PowerShell has no other way to hand on that nothing is typed yet.
    begun = [*words[:-1], "" if words[-1] == '""' else words[-1]]
    typed, kept = (begun, "") if shell != "bash" else joined(words)
    commands = _below(program(typed[1:-1]), "")
    found = complete(typed[1:], commands, lambda: _known(typed))
    return for_bash(found, kept, words[-1]) if shell == "bash" else with_help(found)


def _below(group: typer.Typer, name: str) -> dict[str, Command]:
    """A program or a command with kinds of its own, and all that is below it, by whole names."""
    callback: Callable[..., Any] | None = getattr(group.registered_callback, "callback", None)
    text = group.info.help if isinstance(group.info.help, str) else ""
    found = {name: _described(callback, text)}
    for one in group.registered_commands:
        if one.callback:
            found[f"{name} {one.name}".strip()] = _described(one.callback, one.help or "")
    for kind in group.registered_groups:
        if kind.typer_instance:
            found |= _below(kind.typer_instance, f"{name} {kind.name}".strip())
    return found


def _described(function: Callable[..., Any] | None, text: str) -> Command:
    """A command by its function: typer's own description of it differs from version to version."""
    from marketmove.commands.completion import Command, Option

    takes = parameters_of(inspect.unwrap(function)) if function else ()
    options = [Option(("--help", "-h"), None, HELP_ROW.text)]
    options += [Option(p.names, _value(p), p.help) for p in takes if p.names]
    arguments = [_value(p) for p in takes if not p.names]
    return Command(text.partition("\n")[0], tuple(options), tuple(filter(None, arguments)))


def _value(one: Parameter) -> CompletionValue | None:
    from marketmove.commands.completion import CompletionValue

    if one.kind == "flag":
        return None
    return CompletionValue(
        "" if one.choices else "|".join((one.metavar, *one.words)), one.choices, one.repeats
    )


def _known(typed: Sequence[str]) -> CompletionNames:
    """The indices and groups of the configuration that the command line names, or the usual one."""
    from marketmove.commands.completion import CompletionNames
    from marketmove.config import load

    try:
        config = load(*config_file(_named_config(typed)))
    except MarketMoveError:
        config = load(None)
    indices = {index.symbol: index.name for index in config.registry.indices.values()}
    groups = {group.name: f"{len(group.symbols)} indices" for group in config.groups.values()}
    return CompletionNames(indices, groups)


def _named_config(typed: Sequence[str]) -> Path | None:
    for word, following in zip(typed, [*typed[1:], ""], strict=True):
        name, joint, value = word.partition("=")
        if name in {"--config", "-c"} and (value or following):
            return Path(value if joint else following).expanduser()
    return None
