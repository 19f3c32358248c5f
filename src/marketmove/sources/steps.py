"""How far the reading of several files is, file by file and within each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketmove.sources.block import Block, Progress

if TYPE_CHECKING:
    from marketmove.sources.opening import Source


class Steps:
    """Adds up what each file tells of itself; nobody may want to know it."""

    def __init__(self, sources: Sequence[Source], progress: Progress | None) -> None:
        self._progress = progress
        self._total = sum(source.size for source in sources)
        self._rows = self._bytes = 0

    def of(self, source: Source) -> Progress | None:
        """Give what a file tells how far it is."""
        return None if self._progress is None else functools.partial(self._tell, source.size)

    def _tell(self, size: int, rows: int, share: float) -> None:
        if self._progress is not None:
            done = min(self._bytes + share * size, self._total)
            self._progress(self._rows + rows, done / self._total)

    def end(self, source: Source, blocks: Sequence[Block]) -> None:
        """Go on to the next file."""
        self._rows += sum(len(block.frame) for block in blocks)
        self._bytes += source.size
        self._tell(0, 0, 0.0)
