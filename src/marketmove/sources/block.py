"""What every reader gives: closes as values, each with its line, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd

    from marketmove.errors import Problem


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a file that cannot be used, and which index and date it may concern.

    None for ``symbol`` or ``session`` means that it may be any.
    """

    symbol: str | None
    session: dt.date | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class Block:
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
        closes: Iterable[tuple[str, dt.date, float, int]],
        symbols: Iterable[str],
        faults: Iterable[Fault],
    ) -> Block:
        """Make a block from rows of symbol, session, close and line."""
        import pandas as pd

        frame = pd.DataFrame(closes, columns=["symbol", "session", "close", "line"])
        frame["session"] = pd.to_datetime(frame["session"]).astype("datetime64[s]")
        return cls(label, frame, tuple(symbols), tuple(faults))


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user said of the files, where they do not say it themselves.

    ``symbol`` names the one index of a file; ``decimal`` is "." or ","; ``date_format`` is
    ``dmy``, ``mdy``, ``ymd`` or a pattern such as ``%d/%m/%Y``.
    """

    symbol: str | None = None
    decimal: str | None = None
    date_format: str | None = None
