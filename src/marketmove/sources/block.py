"""What every reader gives: closes as values, each with its line, and what could not be read."""

from __future__ import annotations

import codecs
import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.errors import Problem, WrongUsageError

if TYPE_CHECKING:
    from marketmove.frame import Frame
    from marketmove.market.indices import Exchange, Registry
    from marketmove.sources.vocabulary import Words


class Closes(NamedTuple):
    """Closes as a file has them, with what the same rows say beside them: lists of equal length.

    ``symbol`` is as written, ``line`` physical, levels are in index points, ``change_pct`` in
    percent, ``early`` the local minute of the day of a row that is stamped before the usual close;
    nan where a row does not say it.
    """

    symbol: list[str]
    session: list[dt.date]
    close: list[float]
    line: list[int]
    low: list[float]
    high: list[float]
    prior_close: list[float]
    change_pct: list[float]
    early: list[float]

    @classmethod
    def of(
        cls,
        symbol: list[str],
        session: list[dt.date],
        close: list[float],
        line: list[int],
        beside: Mapping[str, list[float]],
    ) -> Closes:
        """Make closes; what ``beside`` does not say of them is nan."""
        nothing = [float("nan")] * len(close)
        return cls(symbol, session, close, line, *(beside.get(name, nothing) for name in BESIDE))

    @classmethod
    def joined(cls, parts: Iterable[Closes]) -> Closes:
        """Give the closes of all parts, in their order."""
        columns: Any = zip(*parts, strict=True)
        # Columns that say nothing are one and the same.
        lists: dict[tuple[int, ...], list[Any]] = {}
        joined = []
        for column in columns:
            key = tuple(map(id, column))
            if key not in lists:
                lists[key] = [*itertools.chain.from_iterable(column)]
            joined.append(lists[key])
        return cls(*joined) if joined else cls.of([], [], [], [], {})


_UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()
BESIDE = ("low", "high", "prior_close", "change_pct", "early")


class Fault(NamedTuple):
    """Something in a file that cannot be used, and which index and date it may concern.

    None for ``symbol`` or ``session`` means that it may be any.
    """

    symbol: str | None
    session: dt.date | None
    problem: Problem


class Reading(NamedTuple):
    """How a file was read, in words; ``told`` names what the user said of it.

    ``named`` is which index a file of one index was taken for, and why.
    """

    delimiter: str = ""
    layout: str = ""
    dates: str = ""
    decimal_mark: str = ""
    close: str = ""
    order: str = ""
    why: str = ""
    encoding: str = ""
    told: tuple[str, ...] = ()
    named: str = ""

    def explained(self) -> dict[str, str]:
        """Say what was taken for what, and why, by what it concerns."""
        fits = {"utf-8": "the bytes fit it", "": "the form of the file says it"}
        known = "a mark or zero bytes say it" if self.encoding.startswith("utf-") else ""
        encoding = fits.get(self.encoding, known or "it makes known words of the header")
        marks = {".": "a point", ",": "a comma"}
        return {
            "encoding": f"{self.encoding or 'none'} ({self._why('encoding', encoding)})",
            "delimiter": f"{self.delimiter} (it makes the most rows alike)",
            "layout": f"{_LAYOUTS.get(self.layout, self.layout)} ({self.why})",
            **({"index": self.named} if self.named else {}),
            "dates": (
                f"{self.dates}, {self.order}"
                f" ({self._why('date_format', 'no other order fits the whole column')})"
            ),
            "decimal mark": (
                f"{marks.get(self.decimal_mark, self.decimal_mark)}"
                f" ({self._why('decimal', 'the column and those beside it settle it')})"
            ),
            "close": f"{self.close} (by the words of the header)"
            if not self.close.startswith("column ")
            else self.close,
        }

    def _why(self, option: str, otherwise: str) -> str:
        return "as told" if option in self.told else otherwise


_LAYOUTS = {
    "long": "an index and a close a row",
    "single": "one index",
    "wide": "one column an index",
}


class Block(NamedTuple):
    """The closes of a file, or of a part of one.

    ``frame`` has a row a close, in the order of the file, with the fields of ``Closes`` as columns:
    ``symbol`` (labels), ``session`` (datetime64[D]), the levels and the percent (float64) and
    ``line`` (int64). ``symbols`` names every index of the file, also one without any close;
    ``blank`` has the index and date of each row whose close is left empty.
    """

    label: str
    frame: Frame
    symbols: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    reading: Reading = Reading()
    blank: tuple[tuple[str, dt.date], ...] = ()

    @classmethod
    def of(
        cls,
        label: str,
        closes: Closes,
        symbols: Iterable[str],
        faults: Iterable[Fault] = (),
    ) -> Block:
        """Make a block from closes in the order of the file."""
        import numpy as np

        from marketmove.frame import Frame, Labels

        lists: dict[str, list[float]] = {n: getattr(closes, n) for n in ("close", *BESIDE)}
        floats = {id(values): np.array(values, dtype=np.float64) for values in lists.values()}
        # From the dates themselves numpy takes ten times as long.
        days = np.fromiter(map(dt.date.toordinal, closes.session), np.int64, len(closes.session))
        frame = Frame(
            {
                "symbol": Labels.of(closes.symbol),
                "session": (days - _UNIX_EPOCH).astype("datetime64[D]"),
                "line": np.array(closes.line, dtype=np.int64),
                **{name: floats[id(values)] for name, values in lists.items()},
            }
        )
        return cls(label, frame, tuple(symbols), tuple(faults))


class ReadOptions(NamedTuple):
    """What the user said of the files, where they do not say it themselves.

    ``symbol`` names the one index of a file; ``decimal`` is "." or ","; ``date_format`` is
    ``dmy``, ``mdy``, ``ymd`` or a pattern such as ``%d/%m/%Y``; ``encoding`` is a codec's name.
    With ``later_wins`` a later file revises the closes of those before.
    """

    symbol: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    encoding: str | None = None
    later_wins: bool = False


def read_options(
    symbol: str | None,
    decimal: str | None,
    date_format: str | None,
    encoding: str | None = None,
    later_wins: bool = False,
) -> ReadOptions:
    """Check what was said of files that leave something open."""
    if date_format is not None and not _is_date_format(date_format):
        expected = "dmy, mdy, ymd, or a pattern such as %d/%m/%Y"
        raise WrongUsageError.at(None, f"--date-format: {date_format} is none of {expected}")
    if symbol is not None and not symbol.strip():
        raise WrongUsageError.at(None, "--symbol is empty; say the index, such as HSI")
    if symbol is not None and any(map(is_surrogate, symbol)):
        raise WrongUsageError.at(None, "--symbol is not text; say the index, such as HSI")
    if decimal not in {None, ".", ","}:
        raise WrongUsageError.at(None, f"--decimal: {decimal} is neither . nor ,")
    try:
        codec = None if encoding is None else codecs.lookup(encoding).name
        b"date".decode(codec or "utf-8", "replace")  # refused by what is no encoding of text
    except (LookupError, ValueError, TypeError):
        text = f"--encoding: {encoding} is not a known encoding, such as gb18030 or cp1252"
        raise WrongUsageError.at(None, text) from None
    return ReadOptions(symbol, decimal, date_format, codec, later_wins)


def is_surrogate(sign: str) -> bool:
    """Tell half of a character, which is no text."""
    return "\ud800" <= sign <= "\udfff"


_ORDERS = ("dmy", "mdy", "ymd")
_PATTERN_PARTS = (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))


def _is_date_format(text: str) -> bool:
    pattern = all(any(part in text for part in parts) for parts in _PATTERN_PARTS)
    return text in _ORDERS or pattern


# Is told how many rows are read so far, and which share of all bytes.
Progress = Callable[[int, float], None]


class Context(NamedTuple):
    """What is known before a file is read: indices, words of headers, clocks of exchanges.

    ``progress`` is told how far the reading is, None where nobody wants to know.
    """

    registry: Registry
    words: Words
    exchanges: Mapping[str, Exchange]
    progress: Progress | None = None

    def exchange_of(self, names: Iterable[str]) -> Exchange | None:
        """Give the clock that all the named indices share, if they share one that is known."""
        codes = {index.exchange if (index := self.registry.find(n)) else "" for n in names}
        return self.exchanges.get(codes.pop()) if len(codes) == 1 else None
