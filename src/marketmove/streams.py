"""Where text goes: whole files or nothing, and streams that may be closed by their reader."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from marketmove.errors import OutputError, Place


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file, or nothing: a temporary file beside it takes its place at the end.

    What is no regular file, such as ``/dev/stdout``, is written to as it is.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        _replace(path.resolve(), data)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise OutputError.at(Place(str(path)), f"cannot write the result: {reason}") from None


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
