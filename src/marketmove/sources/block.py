"""What every reader gives: closes as values, each with its line, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from marketmove.errors import Problem


class Fault(NamedTuple):
    """Something in a file that cannot be used, and which index and date it may concern.

    None for ``symbol`` or ``session`` means that it may be any.
    """

    symbol: str | None
    session: dt.date | None
    problem: Problem


class Block(NamedTuple):
    """The closes of a file, or of a part of one.

    ``frame`` has a row a close, in the order of the file: ``symbol`` (as the file writes it),
    ``session`` (datetime64), ``close`` (float64, index points, above zero) and ``line`` (physical,
    from 1). ``symbols`` names every index of the file, also one without any close.
    """

    label: str
    frame: pd.DataFrame
    symbols: tuple[str, ...]
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(
        cls,
        label: str,
        closes: Sequence[tuple[str, dt.date, float, int]],
        symbols: Iterable[str],
        faults: Iterable[Fault],
    ) -> Block:
        """Make a block from rows of symbol, session, close and line."""
        import numpy as np
        import pandas as pd

        texts, sessions, values, lines = zip(*closes, strict=True) if closes else ((), (), (), ())
        frame = pd.DataFrame(
            {
                "symbol": pd.Categorical(texts),
                "session": np.array(sessions, dtype="datetime64[D]").astype("datetime64[s]"),
                "close": np.array(values, dtype=np.float64),
                "line": np.array(lines, dtype=np.int64),
            }
        )
        return cls(label, frame, tuple(symbols), tuple(faults))


class ReadOptions(NamedTuple):
    """What the user said of the files, where they do not say it themselves.

    ``symbol`` names the one index of a file; ``decimal`` is "." or ","; ``date_format`` is
    ``dmy``, ``mdy``, ``ymd`` or a pattern such as ``%d/%m/%Y``.
    """

    symbol: str | None = None
    decimal: str | None = None
    date_format: str | None = None
