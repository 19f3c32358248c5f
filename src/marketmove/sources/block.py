"""What every reader gives: closes as values, each with its line, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from marketmove.errors import Problem
    from marketmove.indices import Registry
    from marketmove.sources.dates import Exchange
    from marketmove.words import Words


class Close(NamedTuple):
    """One close as a file has it, with what the same row says beside it; None for what it does not.

    ``symbol`` is as written, ``line`` physical, levels in index points, ``change_pct`` in percent.
    """

    symbol: str
    session: dt.date
    close: float
    line: int
    low: float | None = None
    high: float | None = None
    prior_close: float | None = None
    change_pct: float | None = None


class Fault(NamedTuple):
    """Something in a file that cannot be used, and which index and date it may concern.

    None for ``symbol`` or ``session`` means that it may be any.
    """

    symbol: str | None
    session: dt.date | None
    problem: Problem


class Reading(NamedTuple):
    """How a file was read, in words: what ``check`` and ``--explain`` show."""

    delimiter: str = ""
    layout: str = ""
    dates: str = ""
    decimal_mark: str = ""
    close: str = ""
    order: str = ""
    why: str = ""
    encoding: str = ""


class Block(NamedTuple):
    """The closes of a file, or of a part of one.

    ``frame`` has a row a close, in the order of the file, with the fields of ``Close`` as columns:
    ``symbol`` (categorical), ``session`` (datetime64), the levels and the percent (float64) and
    ``line`` (int64). ``symbols`` names every index of the file, also one without any close.
    """

    label: str
    frame: pd.DataFrame
    symbols: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    reading: Reading = Reading()

    @classmethod
    def of(
        cls,
        label: str,
        closes: Sequence[Close],
        symbols: Iterable[str],
        faults: Iterable[Fault] = (),
        warnings: Iterable[Problem] = (),
        notes: Iterable[Problem] = (),
        reading: Reading = Reading(),  # noqa: B008 - frozen
    ) -> Block:
        """Make a block from closes in the order of the file."""
        import numpy as np
        import pandas as pd

        columns = dict(zip(Close._fields, zip(*closes, strict=True), strict=True)) if closes else {}
        values = {name: columns.get(name, ()) for name in Close._fields}
        floats = ("close", "low", "high", "prior_close", "change_pct")
        frame = pd.DataFrame(
            {
                "symbol": pd.Categorical(values["symbol"]),
                "session": np.array(values["session"], "datetime64[D]").astype("datetime64[s]"),
                "line": np.array(values["line"], dtype=np.int64),
                **{name: np.array(values[name], dtype=np.float64) for name in floats},
            }
        )
        return cls(
            label, frame, tuple(symbols), tuple(faults), tuple(warnings), tuple(notes), reading
        )


class ReadOptions(NamedTuple):
    """What the user said of the files, where they do not say it themselves.

    ``symbol`` names the one index of a file; ``decimal`` is "." or ","; ``date_format`` is
    ``dmy``, ``mdy``, ``ymd`` or a pattern such as ``%d/%m/%Y``; ``encoding`` is a codec's name.
    """

    symbol: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    encoding: str | None = None


class Context(NamedTuple):
    """What is known before a file is read: indices, words of headers, clocks of exchanges."""

    registry: Registry
    words: Words
    exchanges: Mapping[str, Exchange]

    def exchange_of(self, names: Iterable[str]) -> Exchange | None:
        """Give the clock that all the named indices share, if they share one that is known."""
        codes = {index.exchange if (index := self.registry.find(n)) else "" for n in names}
        return self.exchanges.get(codes.pop()) if len(codes) == 1 else None
