"""The program: its commands by name, and what holds for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from marketmove import __version__
from marketmove.cli import own_files
from marketmove.cli.dates import is_date
from marketmove.cli.help_pages import HELP_ROW, HelpPage, HelpPanel, HelpRow, documented, page_of
from marketmove.cli.misused import refuse_words, unknown_command
from marketmove.cli.parameters import Parameter, bundles_of, parameters_of
from marketmove.cli.terminal import help_screen
from marketmove.cli.words import numbers_last, several_each
from marketmove.errors import ExitStatus, WrongUsageError, listed

# By what one wants. Each stands in a module of its name: a function, or a program of several.
COMMAND_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Look": ("session", "history", "chart"),
        "Compare": ("pair",),
        "Every day": ("summary", "fetch", "closes", "schedule", "journal"),
        "Check": ("check", "verify", "read", "calc"),
        "Set up": ("init", "indices", "convert", "completion"),
    }
)
COMMANDS = tuple(sorted(name for names in COMMAND_GROUPS.values() for name in names))
_CONFIG_HELP = (
    "Settings come from --config, else from the file that MARKETMOVE_CONFIG names, else from"
    " marketmove.yaml in the configuration folder of this system (Linux: ~/.config/marketmove)."
)
# What `marketmove help COMMAND` asks for, while --help may fold a long page.
WHOLE_HELP = "whole help"
_START = (
    "marketmove session latest -l closes.csv   your closes: a file, or a folder",
    "marketmove session 2025-02-14             no closes yet: those of the sample",
    "marketmove init -l closes.csv             once; then: marketmove session",
    "marketmove help session                   all that a command takes",
)

_Base = TypeVar("_Base", bound=type[Any])


class _Group(TyperGroup):
    """Commands by name."""

    def resolve_command(self, context: Any, words: list[str]) -> Any:
        """Find the command that the first word names."""
        if words[0] not in self.commands and not words[0].startswith("-"):
            path = context.command_path
            meant = f"type: marketmove {'chart ' * (' ' in path)}session {words[0]}"
            raise unknown_command(words[0], path, self.commands, meant * is_date(words[0]))
        return super().resolve_command(context, words)


class _Command(TyperCommand):
    """A command, which refuses words that it has no use for."""

    looks_itself = False
    takes: Sequence[Parameter] = ()

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        """Read the words."""
        words = several_each(numbers_last(args, self.takes), self.takes)
        return super().parse_args(context, words)

    def invoke(self, context: Any) -> Any:
        """Run it."""
        if not self.looks_itself:
            refuse_words(context.args, context.command_path)
        return super().invoke(context)


def _with_page(base: _Base, page: Callable[[str], HelpPage]) -> _Base:
    """Give a class of commands whose help is a page of ours, called by the words typed for it."""

    class WithPage(base):  # type: ignore[misc, valid-type]
        help_page = staticmethod(page)

        def format_help(self, context: Any, formatter: Any) -> None:
            whole = context.find_root().obj == WHOLE_HELP
            formatter.write(help_screen(page(context.command_path), whole))

    return WithPage  # type: ignore[return-value]


def program(typed: Sequence[str] = ()) -> typer.Typer:
    """Give the program with its commands; with the one alone that was typed, if one was."""
    app = typer.Typer(
        cls=_with_page(_Group, _root_page),
        add_completion=False,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
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


def command_group(about: str, kinds: Mapping[str, Callable[..., Any]]) -> typer.Typer:
    """Give a command that has kinds, each a function; ``about`` is its help, as a docstring."""
    paragraphs, examples = documented(about)

    def page(path: str) -> HelpPage:
        firsts = {name: documented(kind.__doc__).paragraphs[0] for name, kind in kinds.items()}
        rows = tuple(HelpRow(*first) for first in firsts.items())
        panels = (HelpPanel("Kinds", rows), HelpPanel("Output", (HELP_ROW,)))
        return HelpPage(f"{path} KIND [OPTIONS]", paragraphs, panels, examples)

    group = typer.Typer(help="\n\n".join(paragraphs), cls=_with_page(_Group, page))
    for name, kind in kinds.items():
        add_command(group, name, kind)
    return group


def add_command(app: typer.Typer, name: str, function: Callable[..., Any]) -> None:
    """Add a command to a program: a function, with its docstring for a help text.

    One that takes the context looks itself at words that stand where none should.
    """
    kind = _with_page(_Command, lambda path: page_of(function, path))
    kind.takes = parameters_of(function)
    kind.looks_itself = typer.Context in get_type_hints(function).values()
    app.command(
        name,
        cls=kind,
        help="\n\n".join(documented(function.__doc__).paragraphs),
        context_settings={"allow_extra_args": True},
    )(_unbundled(function))


def _unbundled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of texts, which makes values of them, and bundles, that ``function`` takes.

    Typer reads no value itself: what it would say of a wrong one differs from version to version.
    """
    takes, bundles = parameters_of(function), bundles_of(function)
    hints = get_type_hints(function)
    plain = {name: kind for name, kind in hints.items() if kind is typer.Context}
    plain |= {one.name: one.plain_type for one in takes}
    unset = {one.name: one.default if one.kind == "flag" else None for one in takes}

    def unbundled(**typed: Any) -> Any:
        missing = [one for one in takes if one.required and typed[one.name] is None]
        _refuse_missing(missing, function)
        # An engine knows places that are no files.
        urls_too = {"output"} if typed.get("engine") else set()
        # Before anything is said of a value that may be a secret.
        own_files.refuse_urls(
            (one.name, one.called, one.read(typed[one.name]))
            for one in takes
            if one.name not in urls_too
        )
        given = typed | {one.name: one.value(typed[one.name]) for one in takes}
        own_files.use(given.get("config"), given.get("journal"))
        for name, bundle in bundles.items():
            given[name] = bundle(**{field: given.pop(field) for field in bundle._fields})
        return function(**given)

    # What typer reads of a function.
    unbundled.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if kind is typer.Context else unset[name],
                annotation=kind,
            )
            for name, kind in plain.items()
        ]
    )
    unbundled.__annotations__ = plain
    unbundled.__wrapped__ = function  # type: ignore[attr-defined]
    return unbundled


def _refuse_missing(missing: Sequence[Parameter], function: Callable[..., Any]) -> None:
    """Refuse a command line that lacks what a command needs, with one that does not."""
    if missing:
        what = listed([f"{one.called} ({one.help.rstrip('.')})" for one in missing])
        example = documented(function.__doc__).examples[0]
        raise WrongUsageError.at(None, f"missing: {what}; type, for example: {example}")


def _show_version(asked: bool) -> None:
    if asked:
        print(f"marketmove {__version__}")
        raise typer.Exit


def _program(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show the version.", is_eager=True, callback=_show_version
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a bug is.")] = False,
) -> None:
    """Say how stock indices moved, each from its own prior close, and which diverged."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(ExitStatus.USAGE)


def _root_page(path: str) -> HelpPage:
    """The help of the program: how to start, and the commands by what one wants."""
    page = page_of(_program, path)
    commands = (
        HelpPanel(title, tuple(HelpRow(name, _summary_of(name)) for name in names))
        for title, names in COMMAND_GROUPS.items()
    )
    options = (HelpPanel("Options", (*page.panels[-1].rows, *page.panels[0].rows)),)
    return HelpPage(
        f"{path} COMMAND [OPTIONS]",
        page.paragraphs,
        (*commands, *options),
        start=_START,
        epilog=(_CONFIG_HELP,),
    )


def _summary_of(name: str) -> str:
    found = getattr(import_module(f"marketmove.cli.{name}"), name)
    text = found.info.help if isinstance(found, typer.Typer) else found.__doc__
    return documented(text).paragraphs[0]
