"""The program itself: what holds for all commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from marketmove import __version__
from marketmove.errors import ExitStatus

_CONFIG_HELP = (
    "Settings come from --config, else from the file that MARKETMOVE_CONFIG names, else from"
    " marketmove.yaml in the configuration folder of this system (Linux: ~/.config/marketmove)."
)


class _ByName(TyperGroup):
    """Commands, those with kinds of their own among them, in the order of their names."""

    def list_commands(self, _context: Any) -> list[str]:
        """Give the names of the commands."""
        return sorted(self.commands)


app = typer.Typer(
    cls=_ByName,
    add_completion=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog=_CONFIG_HELP,
)


@app.callback()
def _program(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version.",
            is_eager=True,
            callback=lambda asked: _show_version(asked),
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a bug is.")] = False,
) -> None:
    """Calculate index moves from closing levels: prior close, change, divergent pairs."""
    if context.invoked_subcommand is None:
        print(context.get_help(), end="")
        raise typer.Exit(ExitStatus.USAGE)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"marketmove {__version__}")
        raise typer.Exit
