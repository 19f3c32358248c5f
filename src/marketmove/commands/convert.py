"""`marketmove convert`: closes of any files as the typed table that engines read."""

from __future__ import annotations

from pathlib import Path

from marketmove.closes.find import Spec, find_closes
from marketmove.config import Config
from marketmove.errors import BadFiguresError, Problem, by_place
from marketmove.reports.records import ConvertReport
from marketmove.sources import ReadOptions


def convert(
    specs: tuple[Spec, ...], output: Path, reading: ReadOptions, config: Config
) -> ConvertReport:
    """Read closes as every command does, and write them as Parquet, whole or not at all.

    Without ``specs``, the files of the configuration. Raises ``WrongUsageError`` if no closes are
    named; ``UnreadableFileError`` or ``UnrecognisedFileError`` if a file cannot be opened or
    recognised; ``BadFiguresError`` if a row cannot be used, for a table has no place to say so;
    ``OutputError`` if the folder is there already or cannot be written.
    """
    files = find_closes(specs, config.closes)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts
    from marketmove.closes.read import by_calendar, read_levels
    from marketmove.closes.rebased import on_one_scale
    from marketmove.closes.shut_days import without
    from marketmove.engines.table_files import write_closes
    from marketmove.wording.converted import convert_warnings
    from marketmove.wording.remarks import reading_notes

    read = read_levels(files.sources, reading, config.closes)
    if read.faults:
        none = Problem(None, "nothing is written: a table has no place for rows that are unusable")
        problems = sorted((fault.problem for fault in read.faults), key=by_place)
        raise BadFiguresError([none, *problems])
    known = by_calendar(read, read.symbols, config.closes)
    # Ghosts stay: it is the calendar of the day on which moves are worked out that tells them.
    levels = on_one_scale(without(read, known.early["row"]))
    write_closes(levels, output)
    sessions = levels.frame["session"]
    return ConvertReport(
        source=files.name,
        output=str(output),
        closes=len(levels.frame),
        indices=len(levels.symbols),
        first=sessions.min().item(),
        last=sessions.max().item(),
        warnings=(*files.warnings, *convert_warnings(known, find_doubts(known))),
        notes=(*files.notes, *reading_notes(levels)),
    )
