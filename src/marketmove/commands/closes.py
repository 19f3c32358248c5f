"""`marketmove closes`: what the archive has, from whom, since when; what its rows were before."""

from __future__ import annotations

from pathlib import Path

from marketmove.closes.find import FoundCloses, archive_files
from marketmove.config import Config
from marketmove.errors import MarketMoveError, Problem, Remark, WrongUsageError, listed, quoted
from marketmove.market.names import find_indices
from marketmove.reports.records import ArchivedIndex, ArchiveReport


def closes(chosen: tuple[str, ...], config: Config) -> ArchiveReport:
    """List what the archive has of some indices, or of all.

    Raises
    ------
    WrongUsageError
        If there is no archive, or it has nothing of an index that was chosen.
    UnreadableFileError, BadFiguresError
        If a file of it cannot be read, or has rows that are not of the form.
    """
    folder = config.archive
    files, strangers = archive_files(folder) if folder else ([], [])
    if folder is None or not (files or strangers):
        where = f" at {quoted(folder)}" if folder else ""
        text = f"there is no archive yet{where}; set feeds: and type marketmove fetch"
        raise WrongUsageError.at(None, text)
    known = [path.stem for path in files]
    wanted = [symbol for text in chosen for symbol in _symbols(text, known, config)] or known

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.feeds.archive import read_revisions

    indices: list[ArchivedIndex] = []
    revisions = []
    problems: list[Problem] = []
    for symbol in dict.fromkeys(wanted):
        try:
            own = read_revisions(folder, symbol)
            indices += _archived(folder, symbol, len(own), config)
            revisions += [(symbol, one) for one in own]
        except MarketMoveError as error:
            kind = type(error)
            problems += error.problems
    if problems:
        raise kind(problems)
    warnings: list[Remark] = FoundCloses([], strangers=tuple(strangers)).warnings
    return ArchiveReport(str(folder), tuple(indices), tuple(revisions), tuple(warnings))


def _symbols(text: str, known: list[str], config: Config) -> list[str]:
    has = listed(known, 5) if known else "nothing"
    symbols = find_indices(text, known, config.registry, f"the archive has {has}")
    if any(symbol not in known for symbol in symbols):
        raise WrongUsageError.at(None, f"the archive has nothing of {text}; it has {has}")
    return symbols


def _archived(folder: Path, symbol: str, revisions: int, config: Config) -> list[ArchivedIndex]:
    from marketmove.feeds.archive import archive_file, read_rows
    from marketmove.market import calendars

    rows = read_rows(archive_file(folder, symbol))
    if not rows:
        return []
    index = config.registry.resolve(symbol)
    calendar = calendars.load([index.exchange], config.sessions).get(index.exchange)
    days = [row.session for row in rows]
    missing = 0
    if calendar is not None:
        covered = [day for day in days if calendar.covers(day)]
        have = sum(bool(calendar.has(day)) for day in covered)
        if covered:
            missing = int(calendar.between(covered[0], covered[-1]) or 0)
            missing += sum(bool(calendar.has(day)) for day in {covered[0], covered[-1]}) - have
    feeds = tuple(dict.fromkeys(row.source for row in rows))
    fetched = max(row.fetched for row in rows)
    return [
        ArchivedIndex(
            *(symbol, index.name, len(rows), days[0], days[-1], feeds, fetched),
            *(missing, revisions),
        )
    ]
