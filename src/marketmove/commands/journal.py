"""`marketmove journal`: what was summarised, when, and where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketmove.delivery.journal import entries
from marketmove.reports.records import JournalReport

if TYPE_CHECKING:
    from pathlib import Path

_WAIT_S = 10.0


def journal(path: Path) -> JournalReport:
    """Read a journal, the oldest summary first.

    Raises
    ------
    JournalError
        If there is none, or it cannot be read.
    """
    return JournalReport(str(path), entries(path, _WAIT_S))
