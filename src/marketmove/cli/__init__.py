"""The command line: the commands and their options, what is said on failure, exit statuses.

With its parts the only package that prints, ends the program, or reads the clock or environment.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketmove import __version__, arguments
from marketmove.cli.options import (
    AllOption,
    AsciiOption,
    CalcFormat,
    CheckFormat,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    ExplainOption,
    Format,
    OutputOption,
    PaletteOption,
    QuietOption,
    Sort,
    StrictOption,
    SymbolOption,
)
from marketmove.cli.terminal import (
    config_file,
    emit,
    look_for,
    reader_left,
    same_terminal,
    say,
    unwritten,
)
from marketmove.errors import ExitStatus, MarketMoveError, OutputError, Problem, WrongUsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketmove.commands.inputs import Spec
    from marketmove.config import Config

_SESSION_HELP = (
    "Show one session: each index's close, prior close and change, and which markets parted."
    "\n\nAn index is measured from its own last close before the session; the change in percent is"
    " (close - prior close) / prior close x 100. Where there is no close there is no figure."
)
_CHECK_HELP = (
    "Say what is wrong with closes: with file and line, the worst first."
    "\n\nErrors cannot be right, and end with status 1: cells that cannot be read, two closes for a"
    " date, closes outside their low and high. Suspicions may be: repeats, gaps, jumps, weekends."
)
_CALC_HELP = (
    "Work out the third of close, prior close and percent, and the change in points."
    "\n\nGive two of --close, --prior and --pct. Two levels are exact. A percent was rounded"
    " to the digits it has, and so was the level beside it: what follows has an interval."
)
_CONFIG_HELP = (
    "Settings come from --config, else from the file that MARKETMOVE_CONFIG names, else from"
    " marketmove.yaml in the configuration folder of this system (Linux: ~/.config/marketmove)."
)
# What a wrong command line raises; typer keeps the class under different names by version.
_CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]

app = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog=_CONFIG_HELP,
)


def main() -> None:
    """Run the program with the arguments it was called with, and end with its status."""
    sys.exit(run(sys.argv[1:]))


def run(typed: Sequence[str]) -> int:
    """Run the program, say on stderr what went wrong, and give the exit status."""
    try:
        status = app(list(typed), prog_name="marketmove", standalone_mode=False)
        sys.stdout.flush()
    except MarketMoveError as error:
        return _failed(typed, error.status, error.problems)
    except _CommandLineError as error:
        return _misused(typed, error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # typer ends so, by itself, when the reader of a pipe has left while it prints its help.
        return reader_left()
    except OSError as error:
        if "--debug" in typed:
            raise
        return _failed(typed, ExitStatus.BAD_DATA, [unwritten(error)])
    except Exception as error:
        if "--debug" in typed:
            raise
        text = f"a bug: {type(error).__name__}: {error}; --debug shows where"
        return _failed(typed, ExitStatus.BUG, [Problem(None, text)])
    return status if isinstance(status, int) else ExitStatus.DONE


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
    """Calculate index moves from closing levels: prior close, change, divergent markets."""
    if context.invoked_subcommand is None:
        print(context.get_help(), end="")
        raise typer.Exit(ExitStatus.USAGE)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"marketmove {__version__}")
        raise typer.Exit


@app.command("session", help=_SESSION_HELP, context_settings={"allow_extra_args": True})
def _session(
    context: typer.Context,
    date: Annotated[
        str, typer.Argument(metavar="[DATE|latest|today|yesterday]", show_default=False)
    ] = "latest",
    levels: Annotated[
        list[str] | None,
        typer.Option(
            "--levels",
            "-l",
            metavar="PATH|-",
            help="A file of closes, or a folder of them; - is standard input. Repeatable.",
        ),
    ] = None,
    index: Annotated[
        list[str] | None,
        typer.Option("--index", "-i", help="Only this index: symbol, name or alias. Repeatable."),
    ] = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    sort: Annotated[Sort | None, typer.Option(help="Order of the rows.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many divergent pairs.")] = None,
    floor_pct: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Least size of both moves of a divergent pair."),
    ] = None,
    output_format: Annotated[
        Format, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    palette: PaletteOption = None,
    ascii_only: AsciiOption = False,
    everything: AllOption = False,
    explain: ExplainOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args)
    when = arguments.session_date(date, dt.date.today())  # noqa: DTZ011 - the typist's own day
    specs = _specs(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    floor = arguments.floor_pct(floor_pct)
    settings = _settings(config, palette=palette, floor_pct=floor, top=top, sort=sort)
    people = output_format in {"table", "markdown"}

    from marketmove.commands.session import Request, session
    from marketmove.render import render

    report = session(
        Request(
            session=when,
            levels=specs,
            chosen=tuple(index or ()),
            reading=reading,
            config=settings,
            strict=strict,
            explain=explain,
            pairs=settings.top if people else top if output_format == "json" else 0,
        )
    )
    look = look_for(output, settings.palette, ascii_only)._replace(everything=everything)
    seen = output_format == "table" and output is None and same_terminal()
    if not (quiet or seen):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    emit(render(report, output_format, look), output, people)


@app.command("check", help=_CHECK_HELP)
def _check(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...|-]", help="Files or folders; - is standard input."),
    ] = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    everything: AllOption = False,
    explain: ExplainOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with status 1 for suspicions too.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    specs = _specs(arguments.paths(files or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = _settings(config)

    from marketmove.commands.check import check
    from marketmove.render.checking import FORMATS

    report = check(specs, reading, settings, dt.date.today())  # noqa: DTZ011 - the typist's own day
    look = look_for(output, "none", ascii_only)._replace(everything=everything, explain=explain)
    emit(FORMATS[output_format](report, look), output, output_format == "table")
    if report.errors or (strict and report.findings):
        raise typer.Exit(ExitStatus.FOUND)


@app.command("calc", help=_CALC_HELP)
def _calc(
    close: Annotated[str | None, typer.Option(help="The close, such as 22,579.05.")] = None,
    prior: Annotated[str | None, typer.Option(help="The prior close.")] = None,
    pct: Annotated[str | None, typer.Option(help="The change in percent, such as +3.51.")] = None,
    output_format: Annotated[
        CalcFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
) -> None:
    from marketmove.commands.calc import calc
    from marketmove.render.calculation import FORMATS

    text = FORMATS[output_format](calc(close, prior, pct), look_for(output, "none", ascii_only))
    emit(text, output, output_format == "table")


def _specs(texts: Sequence[str]) -> tuple[Spec, ...]:
    """Give the files to read; "-" is standard input."""
    if "-" in texts and sys.stdin is None:
        raise WrongUsageError.at(None, "- needs standard input, which is closed")
    return tuple(sys.stdin.buffer if text == "-" else Path(text) for text in texts)


def _settings(config: Path | None, **chosen: str | float | int | None) -> Config:
    from marketmove.config import load, with_choices

    return with_choices(load(*config_file(config)), **chosen)


def _failed(typed: Sequence[str], status: ExitStatus, problems: Sequence[Problem]) -> int:
    """Say what is wrong, on stderr and, where JSON was asked for, as the document of the run."""
    say(problems)
    if re.search(r"(^|\s)(--format[=\s]|-f[=\s]?)json(\s|$)", " ".join(typed)):
        from marketmove import report
        from marketmove.render.document import failure

        schemas = {"calc": report.CALC_SCHEMA, "check": report.CHECK_SCHEMA}
        schema = next((schemas[word] for word in typed if word in schemas), report.SESSION_SCHEMA)
        with contextlib.suppress(BrokenPipeError, OutputError):
            emit(failure(schema, status, problems), None, people=False)
    return status


def _misused(typed: Sequence[str], error: Exception) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "marketmove"
    message = str(getattr(error, "format_message", lambda: error)())
    return _failed(typed, ExitStatus.USAGE, [Problem(None, f"{message} ({path} --help)")])
