"""Where text goes: whole files or nothing, and streams that may be closed by their reader."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from marketmove.errors import OutputError, Place


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file, or nothing, as ``write_pieces`` does."""
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a whole file, or nothing: a temporary file beside it takes its place at the end.

    What is no regular file, such as ``/dev/stdout``, is written to as it is.

    What was there before stays if that fails, or if there is no last piece.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        _replace(path.resolve(), pieces)
    except OSError as error:
        raise OutputError.at(Place(str(path)), f"cannot write the result: {_why(error)}") from None


def write_new(path: Path, data: bytes) -> None:
    """Write a whole file where there is none, or nothing; folders that lack are made."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):
            raise FileExistsError
        _link(path, data)
    except FileExistsError:
        raise OutputError.at(Place(str(path)), "already exists, and was not changed") from None
    except OSError as error:
        raise OutputError.at(Place(str(path)), f"cannot be written: {_why(error)}") from None


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give where to make a folder, which takes its place at the end or is gone.

    What else is written beside it there is gone at the end too.

    Raises ``OutputError`` if there is something in that place already, or it cannot be written.
    """
    if os.path.lexists(path) and (not path.is_dir() or any(path.iterdir())):
        raise OutputError.at(Place(str(path)), "already exists, and was not changed; name another")
    beside = None
    try:
        full = path.absolute()
        beside = Path(tempfile.mkdtemp(prefix=f".{full.name}.", dir=full.parent))
        # What writes there may be another user's, as on a cluster.
        beside.chmod(0o777 & ~_umask())
        yield beside / "whole"
        (beside / "whole").replace(full)
    except OSError as error:
        raise OutputError.at(Place(str(path)), f"cannot write the result: {_why(error)}") from None
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _why(error: OSError) -> str:
    return (error.strerror or "cannot be written").lower()


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    with _written_beside(path, pieces) as temporary:
        if path.exists():
            before = path.stat()
            # New content keeps its owner where it may, and never the right to run as that one.
            if hasattr(os, "chown"):
                with contextlib.suppress(OSError):
                    os.chown(temporary, before.st_uid, before.st_gid)
            temporary.chmod(before.st_mode & 0o777)
        else:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)


def _link(path: Path, data: bytes) -> None:
    """Let a whole file take a name; unlike a rename, a link never takes it from another."""
    with _written_beside(path, [data]) as temporary:
        temporary.chmod(0o666 & ~_umask())
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links (FAT, some network drives).
            _create(path, data)


def _create(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except BaseException:
            path.unlink()
            raise


@contextlib.contextmanager
def _written_beside(path: Path, pieces: Iterable[bytes]) -> Iterator[Path]:
    """Give a temporary file with all pieces, in the folder of another; it is gone at the end."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
