"""A reader of the sentences of a summary, which holds each word of them against plain closes.

It knows the grammar and nothing of how the sentences are made: what it cannot read to the last
sign, what the closes and calendars do not bear out, and what is lacking, fails. This module reads
the parts that sentences share: moves with what is rare about them, names, dates, figures.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plain_closes import rounded
from plain_days import Asked, Fact, Session

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT = tuple(month[:3] for month in MONTHS)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ORDINALS = (
    *("zeroth", "first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
DATE = rf"(?P<day>\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}})"
NEAR = rf"(?:{'|'.join(WEEKDAYS)}) \d{{1,2}} (?:{'|'.join(SHORT)})(?: \d{{4}})?"
SIZE = r"(?P<size>less than 0\.01|[\d,]+\.\d\d)%"
SINCE = rf"(?P<in>in this data, )?since {DATE}"
CLOSES = "a record close|its lowest close|its highest close|equal its (?:highest|lowest) close"
MOST_NAMED = 20


class Reader:
    """Reads the parts of the sentences of one summary, and checks them."""

    def __init__(self, asked: Asked) -> None:
        self.of = Session(asked)
        self.asked, self.moved = asked, self.of.moved
        self.symbols = {day.name: symbol for symbol, day in self.of.days.items()}
        names = sorted(self.symbols, key=len, reverse=True)
        self.name = rf"(?P<name>{'|'.join(map(re.escape, names))})"
        self.figures, self.sentences = 0, 0
        self.kinds: set[str] = set()
        self.said: set[str] = set()

    def take(self, pattern: str, text: str) -> tuple[re.Match[str] | None, str]:
        found = re.match(pattern.replace("NAME", self.name), text)
        return found, text[found.end() :] if found else text

    def saw(self, kind: str, figures: int = 1) -> None:
        """Note a kind of sentence, and how many figures of it were checked."""
        self.kinds.add(kind)
        self.figures += figures

    # --- moves

    def clause(
        self, text: str, headline: bool, rare: bool = True, beside: str | None = None
    ) -> tuple[str, str, str]:
        """Read a move with what is rare about it; give the symbol, the way, what is left."""
        way = (
            "unchanged|(?:up|down|most:) "
            if headline
            else "(?:was little changed, (?:up|down)|edged (?:up|down)"
            "|rose|fell|gained|lost|jumped|slumped) "
        )
        found, rest = self.take(rf"NAME (?P<way>{way})(?:{SIZE})?", text)
        assert found, text
        symbol, way = self.symbols[found["name"]], found["way"].strip()
        pct = self.moved[symbol]
        if way == "unchanged":
            assert pct == 0
            assert found["size"] is None
        else:
            self.is_size(found["size"], pct)
            self.is_way(way, symbol, headline)
        gap, rest = self.take(r" over (?P<n>\d+) sessions", rest)
        lacking = self.of.days[symbol].gap
        assert (int(gap["n"]) - 1 if gap else 0) == lacking, text
        if gap:
            self.saw("over sessions")
        on, rest = self.take(rf" on (?P<on>{NEAR})", rest)
        if beside is None:
            self.on = on and on["on"]
        else:
            own, other = (self.of.days[s].session for s in (symbol, beside))
            assert (on and on["on"]) == (near(own, other) if own != other else None), text
        told, rest = self.rare(rest, way)
        facts = self.of.for_headline(symbol) if headline else self.of.facts(symbol)
        self.are_facts(told, facts, rare, headline)
        return symbol, way, rest

    def both(self, text: str, joint: str, rare: bool = True) -> tuple[str, str, str]:
        """Read two moves of a headline, each with its day where the days differ."""
        one, _, rest = self.clause(text, headline=True, rare=rare)
        on = self.on
        assert rest.startswith(joint), text
        other, _, rest = self.clause(rest[len(joint) :], headline=True, rare=rare, beside=one)
        days = self.of.days[one].session, self.of.days[other].session
        assert on == (near(*days) if days[0] != days[1] else None), text
        return one, other, rest

    def is_size(self, size: str | None, pct: Fraction) -> None:
        self.figures += 1
        assert size
        if size.startswith("less"):
            self.saw("less than 0.01%", 0)
            assert 0 < abs(pct) < Fraction(1, 200)
        else:
            assert Decimal(size.replace(",", "")) == abs(rounded(pct)), (size, float(pct))

    def is_way(self, way: str, symbol: str, headline: bool) -> None:
        self.kinds.add(way)
        pct, share = self.moved[symbol], self.of.share(symbol)
        if way == "most:":
            return
        up, size = pct > 0, abs(rounded(pct))
        direction = "up" if up else "down"
        if headline:
            expected = direction
        elif size == 0:
            expected = f"was little changed, {direction}"
        elif size < Decimal("0.10"):
            expected = f"edged {direction}"
        elif share is not None and share >= 95:
            expected = "jumped" if up else "slumped"
        elif share >= 50 if share is not None else abs(pct) >= 1:
            expected = "gained" if up else "lost"
        else:
            expected = "rose" if up else "fell"
        assert way == expected, (symbol, way, float(pct), share)

    def rare(self, text: str, way: str) -> tuple[list[tuple[str, dt.date | int, bool]], str]:
        """Read what is rare about a move: its best session, its close, its row."""
        told: list[tuple[str, dt.date | int, bool]] = []
        found, rest = self.take(
            rf", (?P<what>its (?:best|worst) session), (?P<close>to (?:{CLOSES})), both {SINCE}",
            text,
        )
        if found:
            assert found["in"]
            told = [(found[what], date_of(found["day"]), True) for what in ("what", "close")]
            return self.row(rest, told)
        found, rest = self.take(rf", (?P<what>its (?:best|worst) session) {SINCE}", text)
        if found:
            told.append((found["what"], date_of(found["day"]), bool(found["in"])))
        comma = "," if told or way == "most:" else ""
        found, rest = self.take(rf"{comma} (?P<what>to (?:{CLOSES})) {SINCE}", rest)
        if found:
            told.append((found["what"], date_of(found["day"]), bool(found["in"])))
        # The beginning of the data is told once.
        assert [whole for *_, whole in told] != [True, True], text
        return self.row(rest, told)

    def row(
        self, text: str, told: list[tuple[str, dt.date | int, bool]]
    ) -> tuple[list[tuple[str, dt.date | int, bool]], str]:
        """Read of how many sessions in a row a move is the last, behind what else is rare."""
        found, rest = self.take(
            r", (?P<way>up|down) for"
            r" (?:(?P<article>an?) (?P<nth>\w+) session|at least (?P<n>\d+) sessions)",
            text,
        )
        if found:
            length = int(found["n"] or 0) or number_of(found["nth"])
            told.append((found["way"], length, found["n"] is not None))
            if found["nth"]:
                eight = str(length)[:1] == "8" or length in {11, 18}
                assert found["article"] == ("an" if eight else "a")
            return told, rest
        found, rest = self.take(
            r", (?P<least>at least )?its (?P<nth>\w+) (?P<way>rise|fall) in a row", rest
        )
        if found:
            way = {"rise": "up", "fall": "down"}[found["way"]]
            told.append((way, number_of(found["nth"]), found["least"] is not None))
        return told, rest

    def are_facts(
        self,
        told: list[tuple[str, dt.date | int, bool]],
        facts: list[Fact],
        rare: bool,
        headline: bool,
    ) -> None:
        """A headline has the rarest of them, other sentences all."""
        known = {fact[:3] for fact in facts}
        assert set(told) <= known, (told, facts)
        if headline:
            assert len(told) == (rare and bool(facts)), (told, facts)
            rarities = [fact.rarity for fact in facts if fact[:3] in told]
            assert all(rarity == facts[0].rarity for rarity in rarities)
        elif rare:
            assert set(told) == known, (told, facts)
        for kind, _, whole in told:
            self.saw(f"{kind} in data" if whole else kind)

    # --- names

    def names(self, text: str) -> list[str]:
        """Read a list of names; of more than twenty the others are counted."""
        name = rf"(?:{self.name.replace('?P<name>', '?:')})"
        found = re.fullmatch(
            rf"(?P<list>{name}(?:, {name})*(?P<and> and {name})?)(?: and (?P<more>\d+) more)?", text
        )
        assert found, text
        names = re.findall(name, found["list"])
        assert bool(found["and"]) == (len(names) > 1 and not found["more"])
        assert not found["more"] or len(names) == MOST_NAMED
        self.more = int(found["more"] or 0)
        return [self.symbols[name] for name in names]

    def are_those(self, text: str, symbols: set[str]) -> None:
        """Check that a list of names is that of some indices."""
        told = self.names(text)
        assert len(set(told)) == len(told)
        assert len(told) + self.more == len(symbols), (text, symbols)
        assert set(told) <= symbols, (text, symbols)

    def some(self, text: str, symbols: set[str]) -> None:
        """Check a list of symbols or pairs, of which three are named and the others counted."""
        names, _, more = text.partition(" and ")
        told = names.split(", ")
        assert set(told) <= symbols, (text, symbols)
        assert len(set(told)) == len(told) == min(3, len(symbols)), (text, symbols)
        assert more == (f"{len(symbols) - 3} more" if len(symbols) > 3 else ""), (text, symbols)


def date_of(text: str) -> dt.date:
    day, month, year = text.split(" ")
    return dt.date(int(year), MONTHS.index(month) + 1, int(day))


def near(day: dt.date | None, beside: dt.date | None) -> str:
    """A date close to another, as it has to be written."""
    assert day
    year = "" if beside and beside.year == day.year else f" {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {SHORT[day.month - 1]}{year}"


def number_of(ordinal: str) -> int:
    if ordinal in ORDINALS:
        return ORDINALS.index(ordinal)
    number = int(ordinal[:-2])
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    assert number > 10
    assert ordinal[-2:] == ("th" if number // 10 % 10 == 1 else ending)
    return number


def level(text: str, close: Fraction | None, decimals: int) -> bool:
    """Whether a level is written with its commas and decimals."""
    assert close is not None
    return text == f"{rounded(close, decimals):,}"


def read(document: Any, asked: Asked) -> Reader:
    """Read and check all that a summary says; what is not read, or lacking, fails."""
    import sentences_alerts
    import sentences_extremes
    import sentences_lead
    import sentences_remarks
    import sentences_revised
    import sentences_sections

    reader = Reader(asked)
    sentences_lead.headline(reader, document["headline"]["text"])
    sentences_lead.brief(reader, [told["text"] for told in document["brief"]])
    sentences_alerts.read(reader, document["alerts"])
    sentences_revised.read(reader, [told["text"] for told in document["revised"]])
    told = {s["code"]: [one["text"] for one in s["sentences"]] for s in document["sections"]}
    heads = {s["code"]: s["head"] for s in document["sections"]}
    for code, head, read_all in (
        ("pairs", "Divergent pairs", sentences_sections.pairs),
        ("rare", "Streaks and records", sentences_sections.rare),
        ("extremes", "Highs and lows", sentences_extremes.read),
        ("shut", "Shut", sentences_sections.shut),
        ("absent", "Without a move", sentences_sections.absent),
        ("warnings", "Warnings", sentences_remarks.warnings),
        ("about", "About these figures", sentences_remarks.about),
    ):
        assert heads.pop(code, head) == head
        texts = told.pop(code, [])
        read_all(reader, texts)
        reader.sentences += len(texts)
    assert not told
    assert reader.said == set(asked.said)
    others = (document["brief"], document["alerts"], document["revised"])
    reader.sentences += 1 + sum(map(len, others))
    return reader
