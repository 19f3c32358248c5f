"""Every failure that a user can mend: where it is, what it is, how the program ends."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple


class ExitStatus(IntEnum):
    """How the program ends; one number a meaning."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    BAD_DATA = 3
    NO_SESSION = 4
    ALERT = 5
    UNDELIVERED = 6
    BUG = 70
    INTERRUPTED = 130


def quoted(path: str | os.PathLike[str]) -> str:
    """Give a path as a message has it, and as one types it: in quotes if it has spaces.

    >>> quoted("closes.csv"), quoted("my closes.csv")
    ('closes.csv', "'my closes.csv'")
    """
    text = os.fspath(path)
    plain = text in _STREAMS or not any(map(str.isspace, text))
    return text if plain else shlex.quote(text)


# What messages call what has no path.
_STREAMS = frozenset({"standard input", "standard output"})


class Place(NamedTuple):
    """A file as the user named it and, where known, a physical line of it, counted from 1.

    In a DataFrame it is the position of a row, from 0; its header is above, and has none to show.
    """

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self._of(quoted(self.path))

    @property
    def plain(self) -> str:
        """The place as machines are told it: no quotes."""
        return self._of(self.path)

    def _of(self, path: str) -> str:
        return path if self.line is None or self.line < 0 else f"{path}:{self.line}"


class Problem(NamedTuple):
    """One thing that is wrong: where, and in one sentence what and what to do."""

    place: Place | None
    text: str

    def __str__(self) -> str:
        return self.text if self.place is None else f"{self.place}: {self.text}"


def listed(names: Sequence[str], most: int | None = None, last: str = " and ") -> str:
    """Name several things; of more than ``most`` the first, and how many more.

    ``last`` stands before the last of them where all are named.

    >>> listed(["A"]), listed(["A", "B", "C"]), listed(["A", "B", "C"], last=", ")
    ('A', 'A, B and C', 'A, B, C')
    >>> listed(["A", "B", "C", "D"], 2)
    'A, B and 2 more'
    """
    if most is not None and len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return last.join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def by_place(problem: Problem) -> tuple[str, int]:
    """Give the key that sorts problems by file and line."""
    place = problem.place
    return ("", 0) if place is None else (place.path, place.line or 0)


class MarketMoveError(Exception):
    """Base of every failure that a user can mend; carries all problems found, not the first."""

    status: ClassVar[ExitStatus] = ExitStatus.BAD_DATA

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def at(cls, place: Place | None, text: str) -> MarketMoveError:
        """Make the error of a single problem."""
        return cls([Problem(place, text)])


class WrongUsageError(MarketMoveError):
    """What was typed cannot be carried out."""

    status = ExitStatus.USAGE


class BadConfigError(MarketMoveError):
    """A configuration file does not say what it should."""


class UnreadableFileError(MarketMoveError):
    """A file cannot be opened, or is not text."""


class UnrecognisedFileError(MarketMoveError):
    """A file is text, but what its figures mean cannot be told with certainty."""


class BadFiguresError(MarketMoveError):
    """Cells that the figures asked for depend on cannot be used."""


class OutputError(MarketMoveError):
    """The result cannot be written where it should go."""


class JournalError(MarketMoveError):
    """The journal of what was summarised cannot be read or written."""


class NoSessionError(MarketMoveError):
    """No chosen index has a close in the session."""

    status = ExitStatus.NO_SESSION


class Remark(NamedTuple):
    """A warning or a note: a stable ``code``, a sentence, and where known the index and place."""

    code: str
    text: str
    symbol: str | None = None
    place: Place | None = None

    def __str__(self) -> str:
        return self.text if self.place is None else f"{self.place}: {self.text}"
