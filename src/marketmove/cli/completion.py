"""The options of `completion`, and what the other commands take, as their functions declare it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer

from marketmove.cli.app import program
from marketmove.cli.environment import config_file
from marketmove.cli.options import OutputOption
from marketmove.cli.terminal import emit
from marketmove.errors import MarketMoveError

if TYPE_CHECKING:
    from marketmove.commands.completion import Command, CompletionNames, CompletionValue, Option


def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish", "powershell"],
        typer.Argument(metavar="bash|zsh|fish|powershell", show_default=False),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD", help="After --, a command line: what its last word can become."
        ),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Print the completion script for bash, zsh, fish or PowerShell.

    Bash and zsh: source <(marketmove completion bash) in ~/.bashrc, or zsh after compinit in
    ~/.zshrc. Fish: marketmove completion fish -o ~/.config/fish/completions/marketmove.fish
    PowerShell: marketmove completion powershell | Out-String | Invoke-Expression in $PROFILE.
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

    options = [Option(("--help", "-h"), None, "Show this message and exit.")]
    arguments = []
    hints = get_type_hints(function, include_extras=True) if function else {}
    for name, hint in hints.items():
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else [None]
        for note in notes:
            if isinstance(note, typer.models.OptionInfo):
                options.append(_option(name, kind, note))
            elif isinstance(note, typer.models.ArgumentInfo):
                arguments.append(_value(kind, note.metavar))
    return Command(text.partition("\n")[0], tuple(options), tuple(arguments))


def _option(name: str, kind: Any, info: typer.models.OptionInfo) -> Option:
    from marketmove.commands.completion import Option

    flag = _is(kind, bool)
    usual = name.replace("_", "-")
    # In an annotation, typer takes the first name for the default at first.
    declared = [info.default] if isinstance(info.default, str) else []
    declared += info.param_decls or ()
    declared = declared or [f"--{usual}/--no-{usual}" if flag else f"--{usual}"]
    names = tuple(text for one in declared for text in one.split("/"))
    return Option(names, None if flag else _value(kind, info.metavar), info.help or "")


def _value(kind: Any, metavar: str | None) -> CompletionValue:
    from marketmove.commands.completion import CompletionValue

    choices = next((get_args(k) for k in _alternatives(kind) if get_origin(k) is Literal), ())
    named = metavar or ("PATH" if _is(kind, Path) else "")
    repeats = any(get_origin(k) is list for k in _alternatives(kind))
    return CompletionValue("" if choices else named, choices, repeats)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """The types of a union; the type itself if it is none."""
    return (kind,) if get_origin(kind) in {None, list, Literal} else get_args(kind)


def _is(kind: Any, wanted: type) -> bool:
    return wanted in _alternatives(kind)


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
