"""Which files the closes come from: those named, those configured, the archive, else samples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from marketmove.errors import (
    MarketMoveError,
    Place,
    Problem,
    Remark,
    UnreadableFileError,
    WrongUsageError,
    quoted,
)
from marketmove.market.indices import Exchange, Registry
from marketmove.resources import root
from marketmove.sources import Progress, Source, folders, open_all, open_source
from marketmove.sources import Spec as Spec
from marketmove.sources.vocabulary import Words

When = dt.date | Literal["latest"]
SAMPLE_CLOSES = "samples/closes.csv"
NAME_THEM = (
    "say --levels FILE, or set levels: in the configuration, or feeds: and type marketmove fetch"
)
_TRY = "; to try the bundled sample: marketmove session 2025-02-14"
_NOT_FETCHED = "the archive has none yet; type: marketmove fetch"
ARCHIVE_COLUMNS = ("date", "close", "source", "fetched")
_ARCHIVE_HEAD = ",".join(ARCHIVE_COLUMNS).encode()


class CloseSettings(NamedTuple):
    """What is known of closes beforehand: the user's files, names, words, clocks, own sessions.

    ``place`` is where ``files`` are set; ``sessions`` is the user's own file of them, if any.
    ``archive`` is the folder of fetched closes, None without one; ``fetches`` says that feeds are
    configured.
    ``prefer`` is ``later`` where the closes of a later file count. ``progress`` is told how far
    the reading is.
    """

    files: tuple[Path, ...]
    place: Place | None
    registry: Registry
    words: Words
    exchanges: Mapping[str, Exchange]
    sessions: Path | None
    archive: Path | None = None
    fetches: bool = False
    prefer: str = "none"
    progress: Progress | None = None


class FoundCloses(NamedTuple):
    """Files of closes, and what they are: the bundled samples, the archive, or the user's own.

    ``strangers`` are files that stand in the archive and are none of it, ``others`` those of
    folders that are no closes.
    """

    sources: list[Source]
    bundled: bool = False
    archive: Path | None = None
    strangers: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """What a title calls them."""
        if self.archive is not None:
            return f"the archive {self.archive}"
        return named([source.label for source in self.sources])

    @property
    def notes(self) -> list[Remark]:
        """What was passed over, as one note that counts it."""
        if not self.others:
            return []
        n = len(self.others)
        files = f"{n:,} files that are" if n > 1 else "1 file that is"
        text = f"{files} not of closes left out: {folders.named(self.others)}"
        return [Remark("not_closes", text)]

    @property
    def warnings(self) -> list[Remark]:
        """What is to be said of them."""
        return [
            Remark(
                "not_archived",
                "not a file of the archive, so it is not read; move it out of the folder",
                place=Place(str(path)),
            )
            for path in self.strangers
        ]


def find_sources(
    specs: Sequence[Spec], settings: CloseSettings, when: When, *, closes_only: bool = False
) -> FoundCloses:
    """Open the files named, else those of the configuration, the archive, or the bundled samples.

    The samples serve an explicit date only: published figures of that date if there are any, and
    not ``closes_only`` are wanted, else the sample closes.

    Raises ``WrongUsageError`` if no closes are named and the date is no explicit one.
    """
    if specs:
        return _opened(specs)
    if settings.files:
        try:
            return _opened(settings.files)
        except MarketMoveError as error:
            named = Problem(settings.place, "this setting names what cannot be read")
            raise type(error)([*error.problems, named]) from None
    if settings.archive is not None:
        files, strangers = archive_files(settings.archive)
        if files:
            return FoundCloses(open_all(files), False, settings.archive, tuple(strangers))
    if when == "latest":
        how = _NOT_FETCHED if settings.fetches else NAME_THEM
        raise WrongUsageError.at(None, f"no closes are named; {how}{_TRY}")
    published = f"samples/published/{when}.yaml"
    printed = (root() / published).is_file() and not closes_only
    label = published if printed else SAMPLE_CLOSES
    return FoundCloses([open_source(root() / label, label)], bundled=True)


def _opened(specs: Sequence[Spec]) -> FoundCloses:
    return FoundCloses(open_all(specs), others=tuple(folders.others_of(specs)))


def archive_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Give the files of an archive, in order of their names, and the tables that are none of it."""
    ours: list[Path] = []
    strangers: list[Path] = []
    try:
        for path in sorted(folder.glob("[!.]*.csv")) if folder.is_dir() else ():
            if path.is_file():
                with path.open("rb") as file:
                    head = file.read(2 * len(_ARCHIVE_HEAD))
                (ours if is_archive_file(head) else strangers).append(path)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(error.filename or str(folder)), reason) from None
    return ours, strangers


def is_archive_file(data: bytes) -> bool:
    r"""Tell by how it begins whether a file is one of an archive.

    >>> is_archive_file(b"date,close,source,fetched\r\n"), is_archive_file(b"date,close\n")
    (True, False)
    """
    return data.removeprefix(b"\xef\xbb\xbf").splitlines()[:1] == [_ARCHIVE_HEAD]


def find_closes(specs: Sequence[Spec], settings: CloseSettings) -> FoundCloses:
    """Open the files named, those of the configuration, or the archive; never the samples."""
    found = find_sources(specs, settings, "latest")
    _refuse_published(found.sources)
    return found


def find_closes_of(specs: Sequence[Spec], settings: CloseSettings, *dates: When) -> FoundCloses:
    """Open the files named, configured or archived, else the samples if they hold dates.

    With them comes whether they are the samples.
    """
    when = "latest" if "latest" in dates else next(iter(dates), dt.date.min)
    found = find_sources(specs, settings, when, closes_only=True)
    _refuse_published(found.sources)
    if found.bundled:
        first, last = _reach(found.sources[0])
        if beyond := [date for date in dates if not first <= str(date) <= last]:
            text = (
                f"the bundled samples are from {first} to {last}, without {beyond[0]}; {NAME_THEM}"
            )
            raise WrongUsageError.at(None, f"no closes are named, and {text}")
    return found


def _refuse_published(sources: Iterable[Source]) -> None:
    published = [source.label for source in sources if source.yaml_key == "figures"]
    if published:
        raise WrongUsageError.at(None, f"{quoted(published[0])} has published figures, not closes")


def _reach(samples: Source) -> tuple[str, str]:
    """The first and the last date of the sample closes, which stand in order of date."""
    _, first, *_, last = samples.data.decode().splitlines()
    return first.partition(",")[0], last.partition(",")[0]


def named(labels: Sequence[str]) -> str:
    """Name the files in a title: the one that there is, or how many there are.

    >>> named(["closes.csv"]), named(["hsi.csv", "n225.csv"])
    ('closes.csv', '2 files')
    """
    return labels[0] if len(labels) == 1 else f"{len(labels):,} files"
