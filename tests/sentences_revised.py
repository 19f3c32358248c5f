"""How a summary reads that says which closes changed since it was last written."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from plain_days import Session

if TYPE_CHECKING:
    import datetime as dt

    from sentences import Reader

REVISED = re.compile(
    r"(?P<symbol>\S+) (?P<day>\d{4}-\d\d-\d\d)"
    r"(?: revised from (?P<old>\S+) to (?P<new>\S+)| came in: (?P<came>\S+)"
    r"| withdrawn: it was (?P<gone>\S+))"
)
LACKS = re.compile(
    r"Not complete: the closes? of (?P<names>.*) of (?P<day>.*) (?:has|have) not come\."
)
Change = tuple[str, str, Fraction | None, Fraction | None]


def read(reader: Reader, texts: list[str]) -> None:
    told: list[Change] = []
    for text in texts:
        if lacks := LACKS.fullmatch(text):
            symbols = reader.names(lacks["names"])
            assert all(reader.of.days[symbol].close is None for symbol in symbols)
            reader.saw("not complete", len(symbols))
            continue
        found = REVISED.fullmatch(text)
        assert found, text
        before, after = found["old"] or found["gone"], found["new"] or found["came"]
        told.append((found["symbol"], found["day"], _level(before), _level(after)))
        kinds = {"revised": "old", "came in": "came", "withdrawn": "gone"}
        reader.saw(next(kind for kind, group in kinds.items() if found[group]), 2)
    assert told == (_changes(reader) if reader.asked.before else [])


def _level(text: str | None) -> Fraction | None:
    """A level with all its digits: two at least, and no more than it takes."""
    if text is None:
        return None
    number = text.replace(",", "")
    places = len(number.partition(".")[2])
    assert text == f"{Decimal(number):,}"
    assert places == 2 or (places > 2 and number[-1] != "0")
    return Fraction(number)


def _changes(reader: Reader) -> list[Change]:
    asked = reader.asked
    assert asked.before
    before = Session(asked._replace(closes=asked.before)).days
    found: list[Change] = []
    for symbol in sorted(before.keys() & reader.of.days.keys()):
        was, now = before[symbol], reader.of.days[symbol]
        one, other = was.prior_session, now.prior_session
        later = max((day for day in (one, other) if day), default=None)
        found += _change(
            symbol,
            later,
            was.prior_close if one == later else None,
            now.prior_close if other == later else None,
        )
        found += _change(symbol, now.session, was.close, now.close)
    return found


def _change(
    symbol: str, day: dt.date | None, before: Fraction | None, after: Fraction | None
) -> list[Change]:
    return [] if before == after else [(symbol, str(day), before, after)]
