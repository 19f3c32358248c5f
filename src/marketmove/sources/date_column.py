"""Dates of a column that comes in parts: each as it seems to be, until all of them settle it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.block import Context, ReadOptions
from marketmove.sources.date_texts import date_of, parse_date_text
from marketmove.sources.dates import ORDERS, by_pattern, read_date, read_dates
from marketmove.sources.parts import ReadWholeError
from marketmove.sources.stamps import ClockError, Dates, UndecidedError

Days = Mapping[str, dt.date | None]


class OtherDatesError(ReadWholeError):
    """All dates together are others than each of them seemed to be; ``days`` are the right ones."""

    def __init__(self, days: Days) -> None:
        self.days = days
        super().__init__()


class DateColumn:
    """The different texts of a column, the first line of each, and what they are as dates.

    ``order`` is that of day, month and year which the column seems to have, or a pattern; ``days``
    are the dates of texts where all are known.
    """

    def __init__(
        self, order: str, options: ReadOptions, context: Context, days: Days | None = None
    ) -> None:
        self._order, self._options, self._context = order, options, context
        self._days = dict(days or {})
        self._lines: dict[str, int] = {}
        self._needed: set[str] = set()

    def day(self, text: str) -> dt.date | None:
        """Give the date that a text seems to be; None if it is none."""
        if text not in self._days:
            self._days[text] = self._read(text)
        return self._days[text]

    def _read(self, text: str) -> dt.date | None:
        stamp = parse_date_text(text, self._context.words.months)
        if stamp is None or stamp.kind == "number":
            return None
        for order in ORDERS:
            if order == self._order:
                return date_of(stamp, stamp.order or order)
        return by_pattern(text, self._order)

    def day_beside_others(self, text: str) -> dt.date | None:
        """Give the date of a text outside the column, which the column or the text itself says."""
        alone = read_date(text)
        if (day := self.day(text)) is None:
            return alone
        if day != alone:
            self._needed.add(text)
        return day

    def follow(self, lines: Mapping[str, int]) -> None:
        """Go on to the texts of the next part."""
        for text, line in lines.items():
            self._lines.setdefault(text, line)

    def known(self) -> dict[str, dt.date | None]:
        """Give the dates of all texts that the column has."""
        return {text: self.day(text) for text in self._lines}

    def settled(self, label: str, names: Iterable[str]) -> Dates:
        """Read all of the column, in which the indices have some names, as that of a small file.

        Raises ``UnrecognisedFileError`` if it is not certain; ``OtherDatesError`` if dates are not
        what they seemed to be; ``ReadWholeError`` if that takes more than the dates.
        """
        timed = any(":" in text for text in self._lines)
        exchange = self._context.exchange_of(names) if timed else None
        months, date_format = self._context.words.months, self._options.date_format
        try:
            read = read_dates(self._lines, months, date_format, exchange)
        except ClockError:
            raise ReadWholeError from None
        except UndecidedError as error:
            place = Place(label, self._lines[error.text])
            raise UnrecognisedFileError.at(place, str(error)) from None
        if read.early or not self._needed <= self._lines.keys():
            raise ReadWholeError
        if read.by_text != self.known():
            raise OtherDatesError(read.by_text)
        return read


def likely_order(texts: Iterable[str], context: Context) -> str:
    """Give the order of day, month and year under which the most of some texts are dates."""
    stamps = [parse_date_text(text, context.words.months) for text in set(texts)]
    fitting = {
        order: sum(date_of(stamp, stamp.order or order) is not None for stamp in stamps if stamp)
        for order in ("dmy", "mdy", "ymd")
    }
    return max(fitting, key=lambda order: fitting[order])
