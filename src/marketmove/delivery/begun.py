"""What is on its way: noted beside the journal before it goes out, and struck out once recorded.

What a run that was killed has left here may be out, and the journal does not have it. It is no
table of the journal: to commit there would shut out who only reads it until the run is over.
Whoever holds the lock of the journal alone looks at this file, so that it needs none of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

# The first four of a summary, and what its target is known by.
Key = tuple[str, ...]


class Begun:
    """The notes beside a journal; the file is there only while there is one."""

    def __init__(self, journal: Path) -> None:
        self._path = Path(f"{journal}-begun")
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self._noted = {tuple(map(str, row)) for row in rows}
        except (OSError, ValueError, TypeError, RecursionError):
            # Not there, or cut by a kill, before anything was out.
            self._noted = set()

    def __contains__(self, key: Key) -> bool:
        return key in self._noted

    def add(self, keys: Sequence[Key]) -> None:
        """Note what is about to go out."""
        self._write(self._noted | set(keys))

    def strike(self, gone: Callable[[Key], bool]) -> None:
        """Take out what is recorded, or did not go out."""
        self._write({key for key in self._noted if not gone(key)})

    def _write(self, noted: set[Key]) -> None:
        if noted == self._noted:
            return
        self._noted = noted
        # Never half of it: what an earlier run left to be told may stand here alone.
        new = self._path.with_name(f"{self._path.name}.new")
        if noted:
            flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
            with os.fdopen(os.open(new, flags, 0o600), "wb") as file:
                file.write(json.dumps(sorted(noted)).encode())
            new.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)
            new.unlink(missing_ok=True)
