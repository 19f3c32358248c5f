"""Whether a file may have been cut within its last number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from marketmove.errors import Place, Problem

_DECIMALS = re.compile(r"[0-9][0-9,.]*?(?:[.,]([0-9]+))?")
_FEWEST_ABOVE = 3


class LastNumber:
    """The last cell of a file without a line break at its end, beside the cells above it.

    ``last`` are the cells of the last row; none where a line break ends it.
    """

    def __init__(self, label: str, last: Sequence[str] = ()) -> None:
        self._label, self.width = label, len(last)
        self._text = last[-1] if last else ""
        match = _DECIMALS.fullmatch(self._text)
        self._decimals = len(match[1] or "") if match else None
        self._above, self._fewest = 0, _FEWEST_ABOVE**9

    @property
    def may_be_cut(self) -> bool:
        """Tell whether nothing so far says that the number is whole."""
        return self._decimals is not None and self._decimals < self._fewest

    def compare(self, cells: Iterable[str]) -> None:
        """Go on to the last cells of rows of the same width."""
        matches = [match for cell in cells if (match := _DECIMALS.fullmatch(cell))]
        self._above += len(matches)
        self._fewest = min([self._fewest, *(len(match[1] or "") for match in matches)])

    def warnings(self, line: int) -> Iterator[Problem]:
        """Warn of a number, on a line, that has fewer decimals than all above it."""
        if self.may_be_cut and self._above >= _FEWEST_ABOVE:
            text = f"the file ends with {self._text} and no line break; it may be cut within that"
            yield Problem(Place(self._label, line), f"{text} number")
