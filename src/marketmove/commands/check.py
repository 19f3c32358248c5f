"""`marketmove check`: what is wrong with these closes, and how they were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from marketmove.closes.find import Spec, find_closes, named
from marketmove.config import Config
from marketmove.reports.records import CheckReport, FileRead
from marketmove.sources import Reading, ReadOptions

if TYPE_CHECKING:
    from marketmove.closes.levels import Levels
    from marketmove.market.calendars import Calendar


def check(
    specs: tuple[Spec, ...],
    reading: ReadOptions,
    config: Config,
    now: dt.datetime | None = None,
) -> CheckReport:
    """Read closes and doubt them.

    Without ``specs``, the files of the configuration. Raises ``WrongUsageError`` if no closes are
    named; ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if a file
    cannot be opened or recognised, or has not one usable close.
    """
    opened = find_closes(specs, config.closes)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.checks import find
    from marketmove.closes.doubts import find_doubts
    from marketmove.closes.read import by_calendar, read_levels
    from marketmove.market.choose import volatility_indices
    from marketmove.moves.measure import moves_to_each
    from marketmove.wording.calendar_notes import ending

    levels = read_levels(opened.sources, reading, config.closes)
    known = by_calendar(levels, levels.symbols, config.closes)
    doubts = find_doubts(known, volatility_indices(config.groups, levels.symbols), now)
    found = find(known, moves_to_each(known.levels), doubts)
    files = tuple(_file_read(levels, label, how) for label, how in levels.readings)
    ends = ending(_by_exchange(known.calendars), now.date()) if now else ()
    notes = (*opened.notes, *ends)
    return CheckReport(named([file.label for file in files]), files, tuple(found), notes)


def _by_exchange(by_symbol: Mapping[str, Calendar]) -> Iterable[Calendar]:
    return {calendar.exchange: calendar for calendar in by_symbol.values()}.values()


def _file_read(levels: Levels, label: str, reading: Reading) -> FileRead:
    files = levels.frame.labels("file")
    rows = levels.frame.take(files.codes == files.number(label))
    each = {symbol: len(own) for symbol, own in rows.labels("symbol").each()}
    # Every close of it may stand in another file too, or be one of two that contradict each other.
    sessions = (rows if len(rows) else levels.frame)["session"]
    first, last = (sessions.min().item(), sessions.max().item()) if len(sessions) else (None, None)
    return FileRead(label, reading, each, len(rows), first, last)
