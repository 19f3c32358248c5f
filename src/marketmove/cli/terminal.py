"""The terminal and the streams: what output may look like, and where it goes."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from marketmove.cli.help_pages import HelpPage, help_lines
from marketmove.cli.own_files import refuse_over
from marketmove.errors import ExitStatus, OutputError, Place, Problem, Remark
from marketmove.render import RenderOptions

_SHOWN_PROBLEMS = 20
_USUAL_WIDTH = 80
# What Python itself sets LC_CTYPE to under LANG=C (PEP 538).
_SET_BY_PYTHON = frozenset(["C.UTF-8", "C.utf8", "UTF-8"])
_OUR_SIGNS = "−≈│▇·–▁█"


def render_options(output: Path | None, palette: str, ascii_only: bool) -> RenderOptions:
    """Give how text for people is to look, by where it goes and what the environment says."""
    terminal = output is None and _is_terminal(sys.stdout)
    coloured = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    everything, letters, rest = (os.environ.get(n, "") for n in ("LC_ALL", "LC_CTYPE", "LANG"))
    if letters in _SET_BY_PYTHON and rest:
        letters = ""
    return RenderOptions(
        width=shutil.get_terminal_size().columns if terminal else None,
        colour=coloured and palette != "none",
        palette=palette,
        ascii_only=ascii_only
        or (everything or letters or rest) in {"C", "POSIX"}
        or not (output is not None or sys.stdout is None or _carried(_OUR_SIGNS, sys.stdout)),
    )


def _carried(text: str, stream: TextIO) -> bool:
    """Tell whether the encoding of a stream has every sign of a text."""
    try:
        # A stream of letters, such as a test has, carries all of them.
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def help_screen(page: HelpPage, whole: bool) -> str:
    """Give a page of help as standard output shows it: 80 columns wide where it is no terminal."""
    terminal = _is_terminal(sys.stdout)
    plain = not terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    width = shutil.get_terminal_size().columns if terminal else _USUAL_WIDTH
    rule = "-" if render_options(None, "none", ascii_only=False).ascii_only else "─"
    bold = str if plain else "\x1b[1m{}\x1b[0m".format
    return "\n".join(help_lines(page, width, rule, bold, whole)) + "\n"


def same_place() -> bool:
    """Tell whether stdout and stderr are read together: on a terminal, in one file, by cron."""
    if _is_terminal(sys.stdout) and _is_terminal(sys.stderr):
        return True
    try:
        out, err = (os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr))
    except (OSError, ValueError, AttributeError):
        return False
    return os.path.samestat(out, err)


def stderr_is_terminal() -> bool:
    """Tell whether what goes to stderr is read on a terminal."""
    return _is_terminal(sys.stderr)


def stdout_is_terminal() -> bool:
    """Tell whether what goes to standard output is read on a terminal."""
    return _is_terminal(sys.stdout)


def _is_terminal(stream: object) -> bool:
    return stream is not None and bool(getattr(stream, "isatty", lambda: False)())


def emit(text: str, output: Path | None, people: bool, csv_safe: bool = False) -> None:
    """Write the result: to a file as UTF-8; to stdout in its encoding if people read it."""
    emit_pieces([text], output, people, csv_safe)


def emit_pieces(
    texts: Iterable[str], output: Path | None, people: bool, csv_safe: bool = False
) -> None:
    """Write a result that is worked out piece by piece; to a file all of it or nothing.

    With ``csv_safe`` it is CSV, of whole rows a piece, and no cell is to be a formula.
    """
    if csv_safe:
        from marketmove.render.machine import safe_csv

        texts = map(safe_csv, texts)
    if output is not None and str(output) != "-":
        from marketmove.atomic import write_pieces

        refuse_over(output)
        write_pieces(output, (text.encode("utf-8", "backslashreplace") for text in texts))
        return
    if sys.stdout is None:
        raise OutputError.at(None, "cannot write the result: standard output is closed")
    encoding = sys.stdout.encoding if people else "utf-8"
    for text in texts:
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError([unwritten(error)]) from None


def unwritten(error: OSError) -> Problem:
    """Say why standard output took no more; what is left for it is dropped."""
    _drop(sys.stdout)
    reason = (error.strerror or "cannot be written").lower()
    return Problem(Place("standard output"), f"cannot write the result: {reason}")


def say(problems: Iterable[Problem]) -> None:
    """Print problems or warnings to stderr, the first of them where there are many."""
    from marketmove.wording.characters import plain_ascii, visible

    if sys.stderr is None:
        return
    lines = [f"marketmove: {p.text}" if p.place is None else str(p) for p in problems]
    try:
        for line in map(visible, lines[:_SHOWN_PROBLEMS]):
            print(line if _carried(line, sys.stderr) else plain_ascii(line), file=sys.stderr)
        if len(lines) > _SHOWN_PROBLEMS:
            print(f"marketmove: and {len(lines) - _SHOWN_PROBLEMS:,} more", file=sys.stderr)
    except OSError:
        # A stderr that takes no more costs its lines, and not the result or the status.
        _drop(sys.stderr)


def say_unusable(problems: Iterable[Problem]) -> ExitStatus:
    """Say which rows cost figures of a result that is written, and give the status for it."""
    problems = tuple(problems)
    say(problems)
    return ExitStatus.BAD_DATA if problems else ExitStatus.DONE


def warn(warnings: Iterable[Remark], output: Path | None, people: bool, quiet: bool) -> None:
    """Print warnings to stderr, unless the result says them in the same place."""
    if not (quiet or (people and output is None and same_place())):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in warnings)


def reader_left() -> int:
    """End quietly when the reader of our output has closed it: it has what it wanted."""
    _drop(sys.stdout)
    _drop(sys.stderr)
    return ExitStatus.DONE


def _drop(stream: TextIO | None) -> None:
    """Send what a stream still holds nowhere, so that Python does not fail on it at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = stream.fileno()  # type: ignore[union-attr]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
