"""The program: its commands by name, and what holds for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperGroup
from typer.models import ArgumentInfo

from marketmove import __version__
from marketmove.cli import own_files
from marketmove.errors import ExitStatus

# Each stands in a module of its name: a function, or a program of several.
COMMANDS = (
    "calc", "chart", "check", "closes", "completion", "convert", "fetch", "history", "indices",
    "init", "journal", "pair", "read", "schedule", "session", "summary", "verify",
)  # fmt: skip
_CONFIG_HELP = (
    "Settings come from --config, else from the file that MARKETMOVE_CONFIG names, else from"
    " marketmove.yaml in the configuration folder of this system (Linux: ~/.config/marketmove)."
)


class _ByName(TyperGroup):
    """Commands, those with kinds of their own among them, in the order of their names."""

    def list_commands(self, _context: Any) -> list[str]:
        """Give the names of the commands."""
        return sorted(self.commands)


def program(typed: Sequence[str] = ()) -> typer.Typer:
    """Give the program with its commands; with the one alone that was typed, if one was."""
    app = typer.Typer(
        cls=_ByName,
        add_completion=False,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        epilog=_CONFIG_HELP,
    )
    app.callback()(_program)
    name = typed_command(typed)
    for one in [name] if name else COMMANDS:
        found = getattr(import_module(f"marketmove.cli.{one}"), one)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=one)
        else:
            add_command(app, one, found)
    return app


def typed_command(typed: Sequence[str]) -> str:
    """Give the command that was typed; empty if none was."""
    name = next((word for word in typed if word != "--debug"), "")
    return name if name in COMMANDS else ""


def add_command(app: typer.Typer, name: str, function: Callable[..., Any]) -> None:
    """Add a command to a program: a function, with its docstring for a help text.

    One that takes the context looks itself at words that stand where none should.
    """
    hints = get_type_hints(function, include_extras=True)
    paragraphs = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    app.command(
        name,
        help="\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs),
        context_settings={"allow_extra_args": typer.Context in hints.values()},
    )(_unbundled(function, hints))


def _unbundled(function: Callable[..., Any], hints: Mapping[str, Any]) -> Callable[..., Any]:
    """A function with the fields of each bundle, which is a named tuple, for its parameters."""
    bundles = {name: kind for name, kind in hints.items() if hasattr(kind, "_fields")}
    parameters: list[inspect.Parameter] = []
    called: dict[str, str] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        bundle = bundles.get(name)
        one_by_one = inspect.signature(bundle).parameters.values() if bundle else [parameter]
        kinds = get_type_hints(bundle, include_extras=True) if bundle else hints
        parameters += [
            one.replace(annotation=kinds[one.name], kind=inspect.Parameter.KEYWORD_ONLY)
            for one in one_by_one
        ]
        called |= {one.name: _called(one.name, kinds[one.name]) for one in one_by_one}

    def unbundled(**given: Any) -> Any:
        # An engine knows places that are no files.
        urls_too = {"output"} if given.get("engine") else set()
        own_files.refuse_urls(
            (name, called[name], value) for name, value in given.items() if name not in urls_too
        )
        own_files.use(given.get("config"), given.get("journal"))
        for name, bundle in bundles.items():
            given[name] = bundle(**{field: given.pop(field) for field in bundle._fields})
        return function(**given)

    # What typer reads of a function.
    unbundled.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    unbundled.__annotations__ = {one.name: one.annotation for one in parameters}
    return unbundled


def _called(name: str, kind: Any) -> str:
    """What people call a parameter: the option as it is typed, or what stands for an argument."""
    option = f"--{name.replace('_', '-')}"
    for info in getattr(kind, "__metadata__", ()):
        if isinstance(info, ArgumentInfo):
            return info.metavar or name.upper()
        option = next((one for one in info.param_decls or () if one.startswith("--")), option)
    return option


def _show_version(asked: bool) -> None:
    if asked:
        print(f"marketmove {__version__}")
        raise typer.Exit


def _program(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a bug is.")] = False,
) -> None:
    """Calculate index moves from closing levels: prior close, change, divergent pairs."""
    if context.invoked_subcommand is None:
        print(context.get_help(), end="")
        raise typer.Exit(ExitStatus.USAGE)
