"""What stands around every picture: its title, what it says, where the figures are from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from marketmove.errors import Remark
from marketmove.render.pictures.style import (
    BODY,
    INK,
    MARGIN,
    MUTED,
    SMALL,
    TITLE,
    PictureSheet,
    line_height,
    sheet,
    wrapped,
)
from marketmove.reports.records import HistoryReport, PairReport, SessionReport
from marketmove.wording import numbers as words

_GAP = 0.14
_SHOWN_WARNINGS = 4
# That closes are hours apart, and that dividends count in some indices only.
_NEEDED_NOTES = ("hours_apart", "mixed_returns")


class Frame(NamedTuple):
    """The lines above and below a picture, broken to its width."""

    title: list[str]
    subtitle: list[str]
    footers: list[str]

    @property
    def above(self) -> float:
        """How many inches the title and what stands under it need, with the margin."""
        heads = len(self.title) * line_height(TITLE) + len(self.subtitle) * line_height(BODY)
        return MARGIN + heads + _GAP

    @property
    def below(self) -> float:
        """How many inches the lines at the foot need, with the margin."""
        return _GAP + len(self.footers) * line_height(SMALL) + MARGIN

    def around(self, width: float, height: float) -> PictureSheet:
        """Give a sheet with room for a picture of so many inches, and all lines on it."""
        page = sheet(width, self.above + height + self.below)
        page.lines(MARGIN, MARGIN, self.title, size=TITLE, weight="bold", color=INK)
        top = MARGIN + len(self.title) * line_height(TITLE) + 0.03
        page.lines(MARGIN, top, self.subtitle, size=BODY, color=MUTED)
        page.lines(MARGIN, self.above + height + _GAP, self.footers, size=SMALL, color=MUTED)
        return page


def frame(title: str, subtitle: Sequence[str], footers: Sequence[str], width: float) -> Frame:
    """Break the lines around a picture to its width."""
    room = width - 2 * MARGIN
    foot = [part for line in footers for part in wrapped(line, room, SMALL)]
    # Bold letters are wider than those that are measured.
    return Frame(
        wrapped(title, room / 1.15, TITLE),
        [part for line in subtitle for part in wrapped(line, room, BODY)],
        foot,
    )


def source_line(report: SessionReport | HistoryReport | PairReport, what: str) -> str:
    """Say which files the figures are from, and what they are."""
    sample = " (bundled sample)" if report.bundled else ""
    return f"source: {words.visible(report.source)}{sample} · {what}"


def note_lines(notes: Sequence[Remark]) -> list[str]:
    """Write the notes that a picture is not to go without, wherever it is taken."""
    return [words.visible(str(note)) for note in notes if note.code in _NEEDED_NOTES]


def other_notes(notes: Sequence[Remark]) -> list[str]:
    """Write the notes that a page has beside its picture."""
    return [words.visible(str(note)) for note in notes if note.code not in _NEEDED_NOTES]


def warning_lines(warnings: Sequence[Remark]) -> list[str]:
    """Write the first warnings, and how many more there are."""
    lines = [f"Warning: {words.visible(str(warning))}" for warning in warnings[:_SHOWN_WARNINGS]]
    more = len(warnings) - _SHOWN_WARNINGS
    return lines + ([f"and {words.count(more, 'warning', 'warnings')} more"] if more > 0 else [])
