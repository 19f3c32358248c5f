"""`marketmove journal`: what was summarised, when, and where it went."""

from __future__ import annotations

from pathlib import Path

from marketmove.delivery.journal import entries
from marketmove.reports.records import JournalReport

_WAIT_S = 10.0


def journal(path: Path) -> JournalReport:
    """Read a journal, the oldest summary first."""
    return JournalReport(str(path), entries(path, _WAIT_S))
