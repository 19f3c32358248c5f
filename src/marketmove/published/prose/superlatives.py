"""What a report says of a figure beside others: the third day in a row, the biggest fall since."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from marketmove.published.prose.grammar import Language

SuperlativeKind = Literal["streak", "largest", "extreme", "record", "year", "below", "tally"]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)([1-9]|[12]\d|3[01])(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 8


class Superlative(NamedTuple):
    """Something said of an index's session beside others.

    ``way`` is 1 or -1, 0 where the words leave it open. ``length`` is the number of sessions of
    a streak, or of those that went one way ``of`` so many (``tally``). ``year`` is a close beyond
    those of 52 weeks, ``below`` one that is ``pct`` percent below the record. ``first`` and
    ``last`` enclose the day since when, both included; None where none is named.
    """

    key: str
    kind: SuperlativeKind
    way: int
    line: int
    quote: str
    length: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    session: dt.date | None = None
    of: int = 0
    pct: Decimal | None = None


def superlatives_in(
    text: str, spoken: Language, report: dt.date | None
) -> Iterator[tuple[int, Superlative]]:
    """Give what a sentence says of that sort, with the place where it begins.

    What cannot be read with certainty, such as "since the crisis", is left out.
    """
    lowered = text.lower()
    if not any(word in lowered for word in spoken.superlative_words):
        return
    for kind, patterns in spoken.superlatives.items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                found = _found(kind, match, spoken, report)
                if found is not None:
                    yield match.start(), found


def _found(
    kind: str, match: re.Match[str], spoken: Language, report: dt.date | None
) -> Superlative | None:
    groups = match.groupdict()
    way = 1 if groups.get("up") else -1 if groups.get("down") else 0
    quote = match[0].strip()
    if kind == "streak":
        count = _count(groups["n"], spoken)
        return Superlative("", "streak", way, 0, quote, count) if count > 1 else None
    if kind == "record":
        return Superlative("", "record", way or 1, 0, quote)
    if kind == "year":
        return Superlative("", "year", way or 1, 0, quote)
    if kind == "tally":
        count, of = (_count(groups[name], spoken) for name in ("n", "of"))
        found = Superlative("", "tally", way, 0, quote, count)
        return found._replace(of=of) if 0 < count <= of else None
    if kind == "below":
        return _below(match, spoken, report)
    span = span_of(groups["since"], spoken, report)
    if span is None:
        return None
    first, last, end = span
    named: SuperlativeKind = "largest" if kind == "largest" else "extreme"
    quote = match.string[match.start() : match.start("since") + end]
    return Superlative("", named, way, 0, quote, 0, first, last)


def _below(match: re.Match[str], spoken: Language, report: dt.date | None) -> Superlative | None:
    """How far below its record a close is; of which day that is, if it is named."""
    end, first, last = match.end("high"), None, None
    if match["since"] and (span := span_of(match["since"], spoken, report)):
        first, last, length = span
        end = match.start("since") + length
    quote = match.string[match.start() : end].strip()
    found = Superlative("", "below", -1, 0, quote, 0, first, last)
    return found._replace(pct=Decimal(match["n"].replace(",", ".")))


def _count(text: str, spoken: Language) -> int:
    digits = re.match(r"\d+", text)
    if digits:
        return int(digits[0])
    number = spoken.numbers.get(text.lower(), Decimal(0))
    return spoken.ordinals.get(text.lower(), int(number) if number == int(number) else 0)


def span_of(
    text: str, spoken: Language, report: dt.date | None
) -> tuple[dt.date, dt.date, int] | None:
    """Give the first and the last day that words such as "October 2024" mean, and where they end.

    A month without a year is the last one before the report; without a report it is not known.
    """
    words = list(_WORD.finditer(text))[:4]
    named = next((m for m in words if m[0].lower() in spoken.months), None)
    year = _YEAR.search(text)
    if named is None:
        if year is None or year.start() > _NEAR:
            return None
        return dt.date(int(year[1]), 1, 1), dt.date(int(year[1]), 12, 31), year.end()
    month = spoken.months[named[0].lower()]
    number = int(year[1]) if year else _last_year_of(month, report)
    if number is None:
        return None
    day = _DAY.search(_YEAR.sub("    ", text))
    end = max(m.end() for m in (named, year, day) if m is not None)
    if day is not None:
        try:
            exact = dt.date(number, month, int(day[1]))
        except ValueError:
            return None
        return exact, exact, end
    following = dt.date(number + month // 12, month % 12 + 1, 1)
    return dt.date(number, month, 1), following - dt.timedelta(days=1), end


def _last_year_of(month: int, report: dt.date | None) -> int | None:
    if report is None:
        return None
    return report.year if month < report.month else report.year - 1
