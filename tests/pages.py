"""The pages of the documentation as what they say can be tried: their blocks, and a small shell.

A page is run from its top to its end in one folder of its own, as a reader would: what a command
writes is there for the next one. Blocks of ``sh`` are commands, and a block of ``text`` below one
is what a terminal shows of it. Blocks of ``bash`` need a network, a mail server or a crontab: of
these, as of what stands in a line of text, every ``marketmove`` has to be a line that parses.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import typer

from marketmove.cli import program
from marketmove.errors import ExitStatus
from marketmove.resources import root
from program import Ran, RunCli, run_fresh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

README = root() / "README.md"
PAGES = [README, *sorted((root() / "docs").glob("*.md"))]
# What a shell has to read; all else is run in this process, which is ten times faster.
_OF_A_SHELL = re.compile(r"[|&;<>$`*?\\]")
_HOME = "/home/you"
_PLACEHOLDERS = ("A", "B", "FROM", "TO", "DATE", "FILE", "TARGET", "COMMAND", "PATH", "NAME")
_RESULTS = (ExitStatus.DONE, ExitStatus.FOUND, ExitStatus.NO_SESSION, ExitStatus.ALERT)


class Shown(Protocol):
    """Gives what a terminal shows of lines that are run."""

    def __call__(self, lines: str, *, fails: bool = False) -> str: ...


class Block(NamedTuple):
    """A fenced block: its page, its language, its text, the line where it begins."""

    page: Path
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


def blocks_of(language: str) -> list[Block]:
    """All blocks of a language, of all pages."""
    return [block for page in PAGES for block in blocks(page) if block.language == language]


def commands(page: Path) -> Iterator[tuple[Block, Block | None]]:
    """Each block of commands, with the output that stands below it."""
    found = blocks(page)
    for number, block in enumerate(found):
        if block.language == "sh":
            below = [b for b in found[number + 1 : number + 2] if b.language == "text"]
            yield block, below[0] if below else None


def rewrite(page: Path, texts: Mapping[Block, str]) -> None:
    """Put other texts into blocks of a page."""
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block in sorted(texts, key=lambda block: -block.line):
        lines[block.line : block.line + block.text.count("\n")] = [texts[block]]
    page.write_text("".join(lines), encoding="utf-8")


def typed_lines(page: Path) -> list[str]:
    """Every command line of ours that a page names and that is not run: in blocks, in sentences."""
    text = page.read_text(encoding="utf-8")
    named = [block for block in blocks(page) if block.language != "sh"]
    fenced = [line for block in named for line in block.text.splitlines()]
    plain = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    inline = [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", plain)]
    starts = re.compile(r"^(?:.*\| )?(marketmove [a-z-].*)$")
    return [match[1] for line in [*fenced, *inline] if (match := starts.match(line))]


def parse(line: str) -> None:
    """Read a command line as the program would, and stop before it is run."""
    words = shlex.split(re.split(r" \| |; ", line)[0], comments=True)[1:]
    words = words[: words.index(">")] if ">" in words else words
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if any(word.startswith(("…", "...", "[")) or word in _PLACEHOLDERS for word in words):
        words = [words[0], "--help"]
    if all(word.isalpha() and word.islower() for word in words):
        words.append("--help")  # a command that is named, not one that is typed
    command: Any = _program()
    context: Any = None
    name = "marketmove"
    with contextlib.suppress(typer.Exit), contextlib.redirect_stdout(io.StringIO()):
        while True:
            context = command.make_context(name, list(words), parent=context)
            if not hasattr(command, "resolve_command"):
                return
            name, command, words = command.resolve_command(
                context, [*context._protected_args, *context.args]
            )


@functools.cache
def _program() -> Any:
    return typer.main.get_command(program())


def show(lines: str, folder: Path, run_cli: RunCli, *, fails: bool = False) -> str:
    """Run lines in a folder, and give what a terminal shows of them, at home in /home/you.

    Only where failures are shown may one of them fail.
    """
    runs = [_ran(line, folder, run_cli) for line in lines.splitlines()]
    assert fails or all(ran.status in _RESULTS for ran in runs), [ran.stderr for ran in runs]
    text = "".join(map(_shown, runs))
    return text.replace(str(folder), f"{_HOME}/marketmove").replace(os.environ["HOME"], _HOME)


def _ran(line: str, folder: Path, run_cli: RunCli) -> Ran:
    ours = re.fullmatch(r"(?:cat (\S+) \| )?marketmove (.*)", line)
    if ours and not _OF_A_SHELL.search(ours[2]):
        words = [os.path.expanduser(word) for word in shlex.split(ours[2], comments=True)]  # noqa: PTH111
        return run_cli(*words, stdin=(folder / ours[1]).read_bytes() if ours[1] else b"")
    line = re.sub(r"(^|[|;&(] ?)marketmove ", r'\1"$PYTHON" -m marketmove ', line)
    kept = [name for name in os.environ if name.startswith(("HOME", "PATH", "XDG_"))]
    environment = {name: os.environ[name] for name in kept} | {"PYTHON": sys.executable}
    return run_fresh(["/bin/sh", "-c", line], cwd=folder, environment=environment)


def _shown(ran: Ran) -> str:
    """Give what stands below a command: its output, and the message of a failure.

    A warning that stands in the output is said on stderr too, where a terminal hides it.
    """
    if ran.status not in _RESULTS:
        return ran.stdout + ran.stderr
    warnings = ran.stderr.splitlines()
    hidden = [f"Warning: {text.partition('warning: ')[2]}" in ran.stdout for text in warnings]
    return ran.stdout if all(hidden) else ran.stdout + ran.stderr
