"""From a path or a pipe to bytes: what is there, whether it may be read; unpacked."""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from marketmove.errors import MarketMoveError, Place, Problem, UnreadableFileError
from marketmove.sources.grid import Grid

STDIN_LABEL = "<stdin>"
# An archive, which a workbook is too, and the form of workbooks before 2007.
_ARCHIVE, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
_HTML = re.compile(
    rb"\s*(?:<\?[^>]*>\s*)*(?:<!doctype|<html|<head|<body|<table|<meta|<workbook)",
    re.IGNORECASE,
)
_YAML_KEY = re.compile(rb"^(?:\xef\xbb\xbf)?(figures|closes)[ ]*:", re.MULTILINE)
_SNIFFED = 100_000
# Larger files are read by blocks where their form allows it.
_HEAD = 32 << 20
# What is held of them: enough to tell the form.
_BEGINNING = 4 << 20
# What a packed file may unpack to; more is no file of closes. Text of closes packs to a fifth or a
# tenth, so a file that swells far more is refused before it has taken much memory.
_MOST_UNPACKED, _NEVER_TOO_MUCH, _MOST_SWELLING = 2**30, 64 << 20, 50
_PIECE = 1 << 10
_NO_CHECK = 0  # lzma.CHECK_NONE
# What is read of a pipe, which cannot be read by blocks; and the share of zeros in wide characters.
_MOST_PIPED, _OF_WIDE = 256 << 20, 0.6
_AT_ONCE = 16 << 20
# Which of the numbers in the stamp of a file is its size.
_SIZE = 2
_PACKED_ENDINGS = {".gz", ".bz2", ".xz", ".zip", ".zst"}


class Unpacked(NamedTuple):
    """Bytes that were packed; the name they have inside; whether no checksum vouches for them."""

    data: bytes
    inner: str | None = None
    unchecked: bool = False


_Unpacker = Callable[[bytes, str], Unpacked]


class Source(NamedTuple):
    """The bytes of one file; ``stem`` is its name without folder and ending, None for a pipe.

    Of a large file that is not packed, ``data`` is the beginning, and ``large`` its path. What is
    no file at all, such as a DataFrame, has no bytes, and its rows in ``grid``. ``stamp`` is what
    the system had of a large file when its beginning was read. ``unchecked`` is a packed file
    whose damage nothing would show.
    """

    label: str
    stem: str | None
    data: bytes
    large: Path | None = None
    grid: Grid | None = None
    stamp: tuple[int, ...] = ()
    unchecked: bool = False

    def whole(self) -> Source:
        """Give the source with all its bytes."""
        if self.large is None:
            return self
        whole = self._replace(data=_read(self.large, self.label), large=None)
        self.refuse_changed()
        return whole

    def refuse_changed(self) -> None:
        """Refuse a large file that is not what it was when its beginning was read."""
        if self.large is not None and _stamp(self.large) != self.stamp:
            raise _unreadable(self.label, "it changed while it was read; read it again")

    @property
    def is_vast(self) -> bool:
        """Tell whether there are too many rows to hold all of them as text."""
        return self.large is not None or len(self.data) >= _HEAD

    def open(self) -> BinaryIO:
        """Open the bytes of the file, all of them."""
        return io.BytesIO(self.data) if self.large is None else self.large.open("rb")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is to be said of the file as it is packed."""
        text = "it is compressed without a checksum, so damage may go unnoticed"
        return (Problem(Place(self.label), text),) * self.unchecked

    @property
    def size(self) -> int:
        """How many bytes it has; something for what has none."""
        return (len(self.data) if self.large is None else self.stamp[_SIZE]) or 1

    @property
    def yaml_key(self) -> str | None:
        """``figures`` or ``closes`` where that is a top-level key, which no table has."""
        match = _YAML_KEY.search(self.data[:_SNIFFED])
        return match[1].decode() if match else None

    def utf8(self) -> str:
        """Give the text of a file that has to be UTF-8."""
        if b"\0" in self.data[:_SNIFFED]:
            raise binary(self.label)
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            found = f"byte 0x{self.data[error.start]:02X} is not UTF-8 text"
            raise UnreadableFileError.at(Place(self.label, line), found) from None


# What names closes: a path, an open stream of bytes, or what was opened before.
Spec = Path | BinaryIO | Source


def is_note(path: Path, folder: Path) -> bool:
    """Tell a file in a table of parts that an engine notes for itself, or has not finished."""
    return any(part[0] in "._" for part in path.relative_to(folder).parts)


def open_source(spec: Spec, label: str | None = None) -> Source:
    """Read a file or a pipe, and unpack it if it is packed.

    A source is given back. Raises ``UnreadableFileError`` if it is not there, not permitted, empty,
    or cannot be unpacked.
    """
    if isinstance(spec, Source):
        return spec
    if isinstance(spec, Path):
        name = label or str(spec)
        # Only a regular file may be read again; of all else the beginning would be lost.
        regular = not spec.exists() or spec.is_file()
        stamp = _stamp(spec) if regular else ()
        data, large = _read(spec, name, _HEAD) if regular else _read_on(spec, name), None
        if len(data) == _HEAD and not any(map(data.startswith, _UNPACKERS)):
            large = spec
        elif len(data) == _HEAD:
            data = _read(spec, name)
        packed = spec.suffix.lower() in _PACKED_ENDINGS and spec.with_suffix("").stem
        stem: str | None = packed or spec.stem
    else:
        name, stem, large, stamp = label or STDIN_LABEL, None, None, ()
        data = _all_of(spec, name)
    # A name that is no text (not UTF-8 on the disk) is shown, and goes no further as it is.
    name, stem = as_text(name), stem and as_text(stem)
    data, inner, unchecked = _unpacked(data, name)
    if not data or data.isspace():
        raise _unreadable(name, "an empty file")
    if large is not None:
        data = data[:_BEGINNING]
    stem = Path(inner).stem if inner else stem
    return Source(name, stem, data, large, stamp=stamp, unchecked=unchecked)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _read_on(path: Path, label: str) -> bytes:
    """Read what is no regular file to its end: a pipe, a terminal."""
    try:
        with path.open("rb") as file:
            return _all_of(file, label)
    except PermissionError:
        raise _unreadable(label, "no permission to read it") from None
    except OSError as error:
        raise _unreadable(label, (error.strerror or "cannot be read").lower()) from None


def _all_of(stream: BinaryIO, label: str) -> bytes:
    """Read a stream to its end, unless it is none of closes, or has none."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(_BEGINNING):
        # No text, and nothing that is packed: most likely it never ends.
        if not parts and _is_noise(part):
            raise binary(label)
        parts.append(part)
        size += len(part)
        if size > _MOST_PIPED:
            text = f"more than {_MOST_PIPED >> 20:,} MB through a pipe; write it into a file first"
            raise _unreadable(label, text)
    return b"".join(parts)


def _is_noise(data: bytes) -> bool:
    known = any(map(data.startswith, (*_UNPACKERS, b"PAR1", b"\xd0\xcf\x11\xe0", b"\xff\xfe")))
    return not known and not data.startswith(b"\xfe\xff") and data.count(0) > 0 and _is_binary(data)


def _is_binary(data: bytes) -> bool:
    """Whether zeros stand as they do in no text: not in every other byte, nor in three of four."""
    zeros = [data[n::4].count(0) / max(1, len(data) // 4) for n in range(4)]
    return not any(share > _OF_WIDE for share in zeros) or min(zeros) > _OF_WIDE


def _read(path: Path, label: str, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise _unreadable(label, "no such file") from None
    except PermissionError:
        raise _unreadable(label, "no permission to read it") from None
    except OSError as error:
        raise _unreadable(label, (error.strerror or "cannot be read").lower()) from None


def _unpacked(data: bytes, label: str) -> Unpacked:
    """The bytes of a packed file, told by how it begins; of others those that there are."""
    for magic, unpack in _UNPACKERS.items():
        if data.startswith(magic):
            try:
                unpacked = unpack(data, label)
            except MarketMoveError:
                raise
            except Exception as error:  # noqa: BLE001 - every codec has errors of its own
                raise _unreadable(label, f"a damaged compressed file: {error}") from None
            if len(unpacked.data) > (most := _most(data)):
                size = f"{most >> 20:,} MB"
                raise _unreadable(label, f"unpacks to more than {size}; unpack it yourself")
            return unpacked
    return Unpacked(data)


def _most(data: bytes) -> int:
    """How many bytes a packed file may unpack to."""
    return min(_MOST_UNPACKED, max(_NEVER_TOO_MUCH, _MOST_SWELLING * len(data)))


def _codec(name: str) -> _Unpacker:
    """Make an unpacker of a module of the standard library that ends where a stream ends."""

    def unpack(data: bytes, _label: str) -> Unpacked:
        with importlib.import_module(name).open(io.BytesIO(data)) as file:
            return Unpacked(file.read(_most(data) + 1))

    return unpack


def _streams(module: str, name: str) -> _Unpacker:
    """Make an unpacker of streams one behind the other, each of which has to be sound.

    The modules themselves take a later stream that is damaged for the end of the file.
    """

    def unpack(data: bytes, _label: str) -> Unpacked:
        parts: list[bytes] = []
        unchecked = False
        room, rest = _most(data) + 1, data
        while rest and room > 0:
            one = getattr(importlib.import_module(module), name)()
            while not one.eof and room > 0:
                part = one.decompress(rest, min(room, _AT_ONCE))
                if not part and one.needs_input:
                    raise EOFError("it ends too early")
                rest = b""
                parts.append(part)
                room -= len(part)
            # Between and behind streams of xz there may be zeros.
            rest = one.unused_data.lstrip(b"\0") if one.eof else b""
            unchecked |= getattr(one, "check", None) == _NO_CHECK
        return Unpacked(b"".join(parts), None, unchecked)

    return unpack


def _zst(data: bytes, label: str) -> Unpacked:
    try:
        import zstandard
    except ImportError:
        raise missing_extra(label, "Zstandard files", "zst") from None
    parts: list[bytes] = []
    size = 0
    most = _most(data)
    unchecked = False
    while data and size <= most:
        unchecked |= not zstandard.get_frame_parameters(data).has_checksum
        frame = zstandard.ZstdDecompressor().decompressobj()
        for start in range(0, len(data), _PIECE):
            parts.append(frame.decompress(data[start : start + _PIECE]))
            size += len(parts[-1])
            if frame.eof or size > most:
                break
        if not frame.eof and size <= most:
            raise EOFError("it ends too early")
        used = start + _PIECE
        data = frame.unused_data + data[used:]
    return Unpacked(b"".join(parts), None, unchecked)


def _zip(data: bytes, label: str) -> Unpacked:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        if any(info.filename in {"[Content_Types].xml", "mimetype"} for info in files):
            return Unpacked(data)  # a workbook is a zip too, and is read as what it is
        if len(files) != 1:
            raise _unreadable(label, f"a zip of {len(files)} files; unpack it and name one")
        if files[0].flag_bits & 1:
            raise _unreadable(label, "a zip with a password; unpack it yourself")
        with archive.open(files[0]) as file:
            return Unpacked(file.read(_most(data) + 1), files[0].filename)


_UNPACKERS: dict[bytes, _Unpacker] = {
    b"\x1f\x8b": _codec("gzip"),
    b"BZh": _streams("bz2", "BZ2Decompressor"),
    b"\xfd7zXZ\x00": _streams("lzma", "LZMADecompressor"),
    b"\x28\xb5\x2f\xfd": _zst,
    _ARCHIVE: _zip,
}


def as_text(name: str) -> str:
    """Give a name with halves of characters written out, which are no text."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def is_workbook(data: bytes) -> bool:
    """Whether bytes are a workbook: an archive that was not unpacked, or of the old form."""
    return data.startswith((_ARCHIVE, OLD_WORKBOOK))


def refuse_other_kinds(source: Source) -> None:
    """Refuse what people take for a table of closes, and is none: a page, a document."""
    if source.data.startswith(b"%PDF"):
        raise _unreadable(source.label, "a PDF document; copy its table into a sheet, save as CSV")
    if _HTML.match(source.data.removeprefix(b"\xef\xbb\xbf")):
        what = "an HTML page" + (" named as a workbook" if ".xls" in source.label.lower() else "")
        raise _unreadable(
            source.label, f"{what}; open it in a spreadsheet and save it as .xlsx or CSV"
        )


def binary(label: str) -> MarketMoveError:
    """Make the error for a file that is no text."""
    return _unreadable(label, "a binary file; expected text, such as CSV or YAML")


def missing_extra(label: str, what: str, extra: str) -> MarketMoveError:
    """Make the error for a kind of file that an optional dependency reads."""
    text = f"{what} need an extra: pip install 'marketmove[{extra}]'"
    return UnreadableFileError.at(Place(label), text)


def _unreadable(label: str, text: str) -> MarketMoveError:
    return UnreadableFileError.at(Place(label), text)
