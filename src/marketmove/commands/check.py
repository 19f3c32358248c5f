"""`marketmove check`: what is wrong with these closes, and how they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.commands.inputs import find_closes, named
from marketmove.doubts import Finding, find
from marketmove.levels import fold
from marketmove.sources import Context, Reading, read_blocks

if TYPE_CHECKING:
    import datetime as dt

    from marketmove.commands.inputs import Spec
    from marketmove.config import Config
    from marketmove.levels import Levels
    from marketmove.sources import ReadOptions


class FileRead(NamedTuple):
    """How one file was read: its indices, its closes, and their first and last session."""

    label: str
    reading: Reading
    indices: int
    closes: int
    first: dt.date
    last: dt.date


class CheckReport(NamedTuple):
    """How each file was read, and every finding, the worst first."""

    source: str
    files: tuple[FileRead, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings cannot be right."""
        return sum(finding.severity == "error" for finding in self.findings)


def check(
    specs: tuple[Spec, ...], reading: ReadOptions, config: Config, today: dt.date
) -> CheckReport:
    """Read closes and doubt them.

    Parameters
    ----------
    specs
        Paths or an open standard input; empty for the files of the configuration.
    reading
        What the user said of the files.
    config
        The settings.
    today
        After which a session is in the future.

    Raises
    ------
    MarketMoveError
        If no closes are named, or a file cannot be opened or recognised at all.
    """
    sources = find_closes(specs, config)
    context = Context(config.registry, config.words, config.exchanges)
    levels = fold(read_blocks(sources, reading, context), config.registry)
    files = tuple(_file_read(levels, label, how) for label, how in levels.readings)
    return CheckReport(named([file.label for file in files]), files, tuple(find(levels, today)))


def _file_read(levels: Levels, label: str, reading: Reading) -> FileRead:
    rows = levels.frame[levels.frame["file"] == label]
    sessions = rows["session"]
    indices = rows["symbol"].nunique()
    if rows.empty:  # every close of it stands in another file too
        sessions = levels.frame["session"]
    return FileRead(
        label, reading, indices, len(rows), sessions.min().date(), sessions.max().date()
    )
