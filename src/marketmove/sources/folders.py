"""What of a folder may be closes: not its documents, pictures, notes and copies put aside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from marketmove.errors import Place, UnreadableFileError, listed, quoted
from marketmove.sources.opening import Spec, is_note

# Of these every file may be a table, and one that is none is refused by name.
_TABLES = re.compile(
    r"\.(?:csv|tsv|psv|tab|xls[xmb]?|ods|parquet|pq|json|jsonl|ndjson|gz|bz2|xz|zst|zip)$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\.(?:pdf|png|jpe?g|gif|svg|webp|bmp|ico|heic|tiff?|docx?|odt|rtf|pptx?|odp|md|rst|tex"
    r"|html?|mht|xml|css|js|py|ipynb|r|sh|bat|ps1|log|bak|old|orig|tmp|swp|part|crdownload"
    r"|download|lock|ini|cfg|toml|pem|key|sqlite|db|eml|msg|ics|mp3|mp4|mov|wav|exe|dll|so"
    r"|dylib|lnk|url)$|~$",
    re.IGNORECASE,
)
_MAGIC = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"SQLite format", b"\x7fELF",
    b"#!", b"<",
)  # fmt: skip
_BEGINNING = 1 << 12
_YAML_KEY = re.compile(r"^(?:figures|closes)[ ]*:", re.MULTILINE)
_MOST_NAMED = 3


class FolderFiles(NamedTuple):
    """The files that may be closes, and the others."""

    closes: list[Path]
    others: list[Path]


def files_of(folder: Path) -> FolderFiles:
    """Part the files of a folder, hidden ones left out, in the order of their names.

    A table in parts, as ``marketmove convert`` and every engine write it, is its parts.

    Raises
    ------
    UnreadableFileError
        If the folder may not be read, or has no file that may be closes.
    """
    try:
        files = sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
        files = [path for path in files if path.name != "_SUCCESS"]
        files = files or [p for p in sorted(folder.rglob("*.parquet")) if not is_note(p, folder)]
    except OSError:
        raise UnreadableFileError.at(Place(str(folder)), "no permission to read it") from None
    closes = [path for path in files if _may_be_closes(path)]
    others = [path for path in files if path not in set(closes)]
    if not closes:
        why = f"no file of closes in it: {named(others)}" if others else "a folder without files"
        raise UnreadableFileError.at(Place(str(folder)), why)
    return FolderFiles(closes, others)


def expand(specs: Iterable[Spec]) -> list[Spec]:
    """Give each folder's files that may be closes, and the rest as it is."""
    expanded: list[Spec] = []
    for spec in specs:
        is_folder = isinstance(spec, Path) and spec.is_dir()
        expanded += files_of(spec).closes if is_folder else [spec]  # type: ignore[arg-type]
    return expanded


def others_of(specs: Iterable[Spec]) -> list[Path]:
    """Give the files of folders that are passed over."""
    folders = [spec for spec in specs if isinstance(spec, Path) and spec.is_dir()]
    return [path for folder in folders for path in files_of(folder).others]


def named(paths: Iterable[Path]) -> str:
    """Name some files of folders."""
    return listed([quoted(path.name) for path in paths], _MOST_NAMED)


def _may_be_closes(path: Path) -> bool:
    """Whether a file may be closes by its ending, or by how it begins where that leaves it open."""
    if _TABLES.search(path.name) or _OTHERS.search(path.name):
        return not _OTHERS.search(path.name)
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return True  # which is refused by name
    if beginning.startswith(_MAGIC):
        return False
    text = beginning.decode("latin-1").replace("\0", "")
    if path.suffix.lower() in {".yaml", ".yml"}:
        return bool(_YAML_KEY.search(text))
    return _is_table(text)


def _is_table(text: str) -> bool:
    """Whether most lines of a text have figures, as the rows of a table do; its heads apart."""
    lines = [line for line in text.splitlines() if line.strip()]
    rows = lines[1:] or lines
    figures = [line for line in rows if len(re.findall(r"\d+", line)) > 1]
    return not rows or 2 * len(figures) > len(rows)
