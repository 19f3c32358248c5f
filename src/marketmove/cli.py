"""The command line: options, streams, the terminal, the clock, the environment, exit statuses.

The only module that prints, ends the program, or reads the clock or the environment.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from marketmove import __version__, arguments
from marketmove.errors import (
    ExitStatus,
    MarketMoveError,
    OutputError,
    Place,
    Problem,
    WrongUsageError,
)
from marketmove.render import Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketmove.commands.inputs import Spec
    from marketmove.config import Config

Format = Literal["table", "csv", "json", "markdown"]
CalcFormat = Literal["table", "json"]
Palette = Literal["western", "east-asia", "korea", "cvd", "none"]
Sort = Literal["change", "name", "given"]
DecimalMark = Literal[".", ","]

_SHOWN_PROBLEMS = 20
_OUR_SIGNS = "−≈│▇·–"
_SESSION_HELP = (
    "Show one session: each index's close, prior close and change, and which markets parted."
    "\n\nAn index is measured from its own last close before the session; the change in percent is"
    " (close - prior close) / prior close x 100. Where there is no close there is no figure."
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
    except BrokenPipeError:
        return _reader_left()
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


# Options that several commands share.
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file, whole or not at all.")
]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Use ASCII signs only.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Your configuration file.")
]


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
            help="A file of closes; - is standard input. Repeatable.",
        ),
    ] = None,
    index: Annotated[
        list[str] | None,
        typer.Option("--index", "-i", help="Only this index: symbol, name or alias. Repeatable."),
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="The index of a file that has one and does not name it.")
    ] = None,
    decimal: Annotated[
        DecimalMark | None, typer.Option(help="The decimal mark, where the file leaves it open.")
    ] = None,
    date_format: Annotated[
        str | None,
        typer.Option(
            metavar="dmy|mdy|ymd|PATTERN", help="The order of dates, where the file leaves it open."
        ),
    ] = None,
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
    palette: Annotated[Palette | None, typer.Option(help="Colours of up and down.")] = None,
    ascii_only: AsciiOption = False,
    everything: Annotated[bool, typer.Option("--all", help="All rows of a long table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on stderr.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse any bad row of the files.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    arguments.refuse_stray(context.args)
    when = arguments.session_date(date, dt.date.today())  # noqa: DTZ011 - the typist's own day
    specs = _specs(arguments.paths(levels or []))
    reading = arguments.reading(symbol, decimal, date_format)
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
            pairs=settings.top if people else top if output_format == "json" else 0,
        )
    )
    look = _look(output, settings.palette, ascii_only, everything)
    seen = output_format == "table" and output is None and _same_terminal()
    if not (quiet or seen):
        _say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    _emit(render(report, output_format, look), output, people)


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

    text = FORMATS[output_format](calc(close, prior, pct), _look(output, "none", ascii_only))
    _emit(text, output, output_format == "table")


def _specs(texts: Sequence[str]) -> tuple[Spec, ...]:
    """Give the files to read; "-" is standard input."""
    if "-" in texts and sys.stdin is None:
        raise WrongUsageError.at(None, "--levels - needs standard input, which is closed")
    return tuple(sys.stdin.buffer if text == "-" else Path(text) for text in texts)


def _settings(config: Path | None, **chosen: str | float | int | None) -> Config:
    from marketmove.config import load, with_choices

    return with_choices(load(*_config_file(config)), **chosen)


def _config_file(named: Path | None) -> tuple[Path | None, Path | None]:
    """The user's configuration, which has to be there if it was named; and the home folder."""
    home = Path(os.environ["HOME"]) if os.environ.get("HOME") else None
    if named is None and os.environ.get("MARKETMOVE_CONFIG"):
        named = Path(os.environ["MARKETMOVE_CONFIG"])
    if named is not None:
        return named, home
    import platformdirs

    usual = platformdirs.user_config_path("marketmove") / "marketmove.yaml"
    return (usual if usual.is_file() else None), home


# The terminal and the streams.


def _look(
    output: Path | None, palette: str, ascii_only: bool = False, everything: bool = False
) -> Look:
    terminal = output is None and _is_terminal(sys.stdout)
    environment = os.environ
    coloured = terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return Look(
        width=shutil.get_terminal_size().columns if terminal else None,
        colour=coloured and palette != "none",
        palette=palette,
        ascii_only=ascii_only or _plain_locale() or not _carries_our_signs(output),
        everything=everything,
    )


def _plain_locale() -> bool:
    """Tell whether the locale is C or POSIX by name; one that is not set means UTF-8."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next(filter(None, names), "") in {"C", "POSIX"}


def _carries_our_signs(output: Path | None) -> bool:
    if output is not None or sys.stdout is None:
        return True
    try:
        _OUR_SIGNS.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _same_terminal() -> bool:
    """Tell whether what goes to stdout and stderr is read on a terminal, together."""
    return _is_terminal(sys.stdout) and _is_terminal(sys.stderr)


def _is_terminal(stream: object) -> bool:
    return stream is not None and bool(getattr(stream, "isatty", lambda: False)())


def _emit(text: str, output: Path | None, people: bool) -> None:
    """Write the result: to a file as UTF-8; to stdout in its encoding if people read it."""
    if output is not None and str(output) != "-":
        from marketmove.streams import write_file

        write_file(output, text.encode("utf-8", "backslashreplace"))
        return
    if sys.stdout is None:
        raise OutputError.at(None, "cannot write the result: standard output is closed")
    encoding = sys.stdout.encoding if people else "utf-8"
    data = text.encode(encoding, "backslashreplace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        _discard(sys.stdout.fileno())
        raise OutputError.at(
            Place("standard output"), f"cannot write the result: {reason}"
        ) from None


def _say(problems: Iterable[Problem]) -> None:
    """Print problems or warnings to stderr, the first of them where there are many."""
    from marketmove.render.words import visible

    if sys.stderr is None:
        return
    lines = [f"marketmove: {p.text}" if p.place is None else str(p) for p in problems]
    with contextlib.suppress(BrokenPipeError):
        for line in lines[:_SHOWN_PROBLEMS]:
            print(visible(line), file=sys.stderr)
        if len(lines) > _SHOWN_PROBLEMS:
            print(f"marketmove: and {len(lines) - _SHOWN_PROBLEMS:,} more", file=sys.stderr)


def _failed(typed: Sequence[str], status: ExitStatus, problems: Sequence[Problem]) -> int:
    """Say what is wrong, on stderr and, where JSON was asked for, as the document of the run."""
    _say(problems)
    if _wants_json(typed):
        from marketmove.render.document import failure
        from marketmove.report import CALC_SCHEMA, SESSION_SCHEMA

        schema = CALC_SCHEMA if "calc" in typed else SESSION_SCHEMA
        with contextlib.suppress(BrokenPipeError, OutputError):
            _emit(failure(schema, status, problems), None, people=False)
    return status


def _misused(typed: Sequence[str], error: Exception) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "marketmove"
    message = str(getattr(error, "format_message", lambda: error)())
    return _failed(typed, ExitStatus.USAGE, [Problem(None, f"{message} ({path} --help)")])


def _wants_json(typed: Sequence[str]) -> bool:
    return bool(re.search(r"(^|\s)(--format[=\s]|-f[=\s]?)json(\s|$)", " ".join(typed)))


def _reader_left() -> int:
    """End quietly when the reader of our output has closed it: it has what it wanted."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            _discard(stream.fileno())
    return ExitStatus.DONE


def _discard(descriptor: int) -> None:
    """Send what is still buffered nowhere, so that Python does not fail on it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
