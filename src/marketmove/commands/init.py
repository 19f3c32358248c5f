"""`marketmove init`: a starter configuration, written where the program looks for one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from marketmove.atomic import write_new
from marketmove.errors import OutputError, Problem, UnreadableFileError, WrongUsageError, quoted
from marketmove.resources import root

STARTER = "config/starter.yaml"
_NO_LEVELS = "levels: []\n"


def init(place: Path, levels: Sequence[Path]) -> None:
    """Write the starter configuration, whole and only where there is no file.

    ``levels`` are absolute paths; folders that lack are made.
    """
    lacking = [path for path in levels if not path.exists()]
    if lacking:
        raise UnreadableFileError(
            Problem(None, f"{quoted(path)}: no such file; nothing was written") for path in lacking
        )
    for path in levels:
        if not _is_text(path):
            why = "the name is not UTF-8, as text in a configuration has to be; rename it"
            raise WrongUsageError.at(None, f"{quoted(path)}: {why}")
    try:
        write_new(place, starter(levels).encode())
    except OutputError as error:
        advice = "edit it, or name another place: marketmove init --config PATH"
        if not place.exists():
            advice = "name another place: marketmove init --config PATH"
        raise OutputError(p._replace(text=f"{p.text}; {advice}") for p in error.problems) from None


def _is_text(path: Path) -> bool:
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def starter(levels: Sequence[Path]) -> str:
    """Give the text of the starter configuration."""
    import yaml

    text = (root() / STARTER).read_text(encoding="utf-8")
    if not levels:
        return text
    paths = [str(path) for path in levels]
    lines = [
        yaml.safe_dump(path, default_style='"', allow_unicode=True, width=10**9) for path in paths
    ]
    return text.replace(_NO_LEVELS, "levels:\n" + "".join(f"  - {line}" for line in lines))
