"""How alerts read, and why some cannot be judged: each condition held against plain closes."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from plain_closes import LEAST, SAME, rounded
from sentences import Reader, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEST = re.compile(
    r"(?P<sign>[+-]?)(?P<size>\d+(?:\.\d+)?)%?(?P<pp>pp)?|p(?P<p>[\d.]+)"
    r"|streak (?P<way>[+-]?)(?P<row>\d+)|(?P<record>record)(?: (?P<side>high|low))?|missing"
)
PP = r"NAME (?P<pp>[\d,]+\.\d+) pp above (?P<below>.+?)"


class Wanted(NamedTuple):
    """A condition: its index or pair, empty for any, and what of it is asked."""

    text: str
    sides: tuple[str, ...]
    pair: bool
    test: re.Match[str]

    @property
    def kind(self) -> str:
        groups = self.test.groupdict()
        named = [kind for kind in ("pp", "size", "p", "row", "record") if groups[kind]]
        return named[0] if named else "missing"

    @property
    def way(self) -> int:
        groups = self.test.groupdict()
        sign = groups["sign"] or groups["way"] or groups["side"] or ""
        return {"": 0, "+": 1, "-": -1, "high": 1, "low": -1}[sign]


def _wanted(text: str) -> Wanted:
    target, _, test = text.rpartition(": ")
    found = TEST.fullmatch(test)
    assert found, text
    pair = target == "any pair" or "-" in target
    sides = () if target.startswith("any") else tuple(target.split("-"))
    return Wanted(text, sides, pair, found)


def read(reader: Reader, alerts: list[Any]) -> None:
    """The alerts of a summary have to be those that are met."""
    told = {}
    for alert in alerts:
        assert alert["kind"]
        key = alert["condition"], frozenset(alert["symbols"])
        told[key] = alert["text"]
    met = {}
    for wanted in map(_wanted, reader.asked.alerts):
        for sides in _subjects(reader, wanted):
            if _judge(reader, wanted, sides) is True:
                met[wanted.text, frozenset(sides)] = wanted
    assert told.keys() == met.keys()
    assert len(told) == len(alerts)
    for key, wanted in met.items():
        (_pair if wanted.pair else _index)(reader, wanted, set(key[1]), told[key])
        reader.saw(f"alert {wanted.kind}{' of a pair' if wanted.pair else ''}")


def not_judged(reader: Reader) -> Iterator[str]:
    """Say of each condition that cannot be judged why: of the first index that it is about."""
    for wanted in map(_wanted, reader.asked.alerts):
        judged = [_judge(reader, wanted, sides) for sides in _subjects(reader, wanted)]
        reasons = [why for why in judged if isinstance(why, str)]
        if wanted.pair and wanted.kind == "p" and not wanted.sides:
            judged, reasons = [], []
            if sum(reader.of.earlier(s) >= LEAST for s in reader.moved) < 2:
                reasons = [f"no two indices have {LEAST} earlier sessions"]
        if reasons and len(judged) in {0, len(reasons)}:
            whom = "" if wanted.sides else " of any pair" if wanted.pair else " of any index"
            reader.saw("alert not judged")
            yield f'the alert "{wanted.text}" cannot be judged{whom}: {reasons[0]}'


def _subjects(reader: Reader, wanted: Wanted) -> list[tuple[str, ...]]:
    if wanted.sides:
        return [wanted.sides]
    if not wanted.pair:
        return [(symbol,) for symbol in reader.of.days]
    moved = list(reader.moved)
    return [(one, other) for at, one in enumerate(moved) for other in moved[at + 1 :]]


def _judge(reader: Reader, wanted: Wanted, sides: tuple[str, ...]) -> bool | str:
    """Whether a condition is met, or why that is not known."""
    for symbol in sides:
        if symbol not in reader.of.days:
            return f"no close of {symbol} in the data"
        if wanted.kind == "missing":
            return _missing(reader, symbol)
        if symbol not in reader.moved:
            return f"no move of {symbol}"
    return (_pair_met if wanted.pair else _index_met)(reader, wanted, *sides)


def _index_met(reader: Reader, wanted: Wanted, symbol: str) -> bool | str:
    pct, way, earlier = reader.moved[symbol], wanted.way, reader.of.earlier(symbol)
    if wanted.kind == "size":
        least = Fraction(wanted.test["size"]) - SAME
        return (way >= 0 and pct >= least) or (way <= 0 and pct <= -least)
    if symbol in reader.asked.unsound:
        return f"the past of {symbol} is not known"
    if wanted.kind == "row":
        return _row_met(reader, symbol, way, int(wanted.test["row"]))
    few = f"fewer than {LEAST} earlier sessions of {symbol}"
    if wanted.kind == "p":
        share = reader.of.share(symbol)
        return few if share is None else share >= Fraction(wanted.test["p"]) - SAME
    records = {1: {"to a record close", "to its highest close"}, -1: {"to its lowest close"}}
    of_way = records.get(way, records[1] | records[-1])
    found = {fact.kind for fact in reader.of.facts(symbol) if fact.whole} & of_way
    return few if not found and earlier < LEAST - 1 else bool(found)


def _missing(reader: Reader, symbol: str) -> bool | str:
    day = reader.of.days[symbol]
    if day.status == "other" and day.close is None:
        return f"whether there was a session of {symbol} is not known"
    if day.status == "pending" and reader.asked.as_of is None:
        return f"no close of {symbol} yet; with --as-of it is known when its session is over"
    return day.status in {"missing", "pending"}


def _row_met(reader: Reader, symbol: str, way: int, least: int) -> bool | str:
    session, pct = reader.of.days[symbol].session, reader.moved[symbol]
    assert session
    length, at_least = reader.of.closes.streak(symbol, session)
    if not length:
        return f"the streak of {symbol} is not known"
    fits = bool(pct) and (not way or pct * way > 0)
    if fits and length < least and at_least:
        return f"when the streak of {symbol} began is not known"
    return fits and length >= least


def _pair_met(reader: Reader, wanted: Wanted, one: str, other: str) -> bool | str:
    apart = reader.moved[one] - reader.moved[other]
    if wanted.kind == "pp":
        least = Fraction(wanted.test["size"]) - SAME
        return (wanted.way >= 0 and apart >= least) or (wanted.way <= 0 and apart <= -least)
    gap = reader.of.gap(one, other)
    if gap.n is None:
        return "its past is not known"
    if gap.share is None:
        return f"fewer than {LEAST} earlier common sessions of {one}:{other}"
    return gap.share >= Fraction(wanted.test["p"]) - SAME


# --- how they read


def _index(reader: Reader, wanted: Wanted, symbols: set[str], text: str) -> None:
    (symbol,) = symbols
    day = reader.of.days[symbol]
    if wanted.kind == "missing":
        assert text == f"no close of {day.name} on {day.session}, when there was a session"
        return
    pct = reader.moved[symbol]
    way = "up" if pct > 0 else "down"
    found, rest = reader.take(r"NAME (?P<way>up|down)", text)
    assert found, text
    assert (reader.symbols[found["name"]], found["way"]) == (symbol, way)
    if wanted.kind == "row":
        assert day.session
        length, at_least = reader.of.closes.streak(symbol, day.session)
        row = re.fullmatch(
            r" for (?:an? (\w+) session|at least (\d+) sessions): at least (\d+)", rest
        )
        assert row, text
        assert (int(row[2]) if row[2] else number_of(row[1])) == length
        assert bool(row[2]) == at_least
        assert row[3] == wanted.test["row"]
        return
    size = re.match(r" ([\d,]+\.(\d+))%", rest)
    assert size, text
    assert Decimal(size[1].replace(",", "")) == abs(rounded(pct, len(size[2])))
    rest = rest[size.end() :]
    if wanted.kind == "size":
        assert rest == f": at least {wanted.test['size']}%"
    elif wanted.kind == "record":
        side, first = "highest" if pct > 0 else "lowest", reader.of.closes.days[symbol][0]
        assert rest == f", its {side} close in this data, since {first}"
    else:
        share = rounded(reader.of.share(symbol) or Fraction(0), 1)
        n = reader.of.earlier(symbol)
        assert rest == f", larger than {share}% of its last {n} moves: at least p{wanted.test['p']}"


def _pair(reader: Reader, wanted: Wanted, symbols: set[str], text: str) -> None:
    found, rest = reader.take(PP + r"(?=: at least|, wider)", text)
    assert found, text
    up, down = reader.symbols[found["name"]], reader.symbols[found["below"]]
    assert {up, down} == symbols
    gap = reader.of.gap(up, down)
    places = len(found["pp"].partition(".")[2])
    assert Decimal(found["pp"].replace(",", "")) == rounded(gap.pp, places)
    if wanted.kind == "pp":
        assert rest == f": at least {wanted.test['size']} pp"
    else:
        share = rounded(gap.share or Fraction(0), 1)
        assert rest == (
            f", wider than {share}% of their last {gap.n} common sessions:"
            f" at least p{wanted.test['p']}"
        )
