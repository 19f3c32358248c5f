"""A reader of the sentences of a summary, which holds each word of them against plain closes.

It knows the grammar and nothing of how the sentences are made: what it cannot read to the last
sign, or what the closes do not bear out, fails.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from plain_closes import LEAST, WINDOW, Closes, rounded

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
DATE = rf"(?P<day>\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}})"
SIZE = r"(?P<size>less than 0\.01|[\d,]+\.\d\d)%"
SINCE = rf"(?P<in>in this data, )?since {DATE}"
UPS, DOWNS = {"up", "rose", "gained", "jumped"}, {"down", "fell", "lost", "slumped"}
STATES = {
    "was shut": "closed",
    "were shut": "closed",
    "is missing": "missing",
    "are missing": "missing",
    "had not closed yet": "pending",
    "had no move": "other",
    "was unchanged": "unchanged",
    "were unchanged": "unchanged",
    "rose": "up",
    "fell": "down",
}


class Reader:
    """Reads the sentences of one summary, and checks them."""

    def __init__(self, document: Any, closes: Closes) -> None:
        self.closes = closes
        self.moves = {move["symbol"]: move for move in document["moves"]}
        # With --as-of each index has a session of its own.
        self.days = {
            symbol: dt.date.fromisoformat(move["session"])
            for symbol, move in self.moves.items()
            if move["session"]
        }
        self.session = max(self.days.values())
        self.symbols = {move["name"]: move["symbol"] for move in document["moves"]}
        names = sorted(self.symbols, key=len, reverse=True)
        self.name = rf"(?P<name>{'|'.join(map(re.escape, names))})"
        self.figures = 0
        self.kinds: set[str] = set()

    def take(self, pattern: str, text: str) -> tuple[re.Match[str] | None, str]:
        found = re.match(pattern.replace("NAME", self.name), text)
        return found, text[found.end() :] if found else text

    # --- moves

    def clause(self, text: str, headline: bool) -> tuple[str | None, str]:
        """Read a move with what is rare about it; give the symbol, and what is left to read."""
        way = (
            "up|down|most:"
            if headline
            else "rose|fell|gained|lost|jumped|slumped|edged (?:up|down)"
        )
        found, rest = self.take(rf"NAME (?P<way>{way}) {SIZE}", text)
        if not found:
            found, rest = self.take(r"NAME (?P<way>was little changed, (?:up|down)) " + SIZE, text)
        if not found:
            found, rest = self.take(r"NAME (?:was )?unchanged", text)
            if not found:
                return None, text
            symbol = self.symbols[found["name"]]
            assert self.pct(symbol) == 0
            return symbol, rest
        symbol = self.symbols[found["name"]]
        self.is_size(found["size"], self.pct(symbol))
        self.is_way(found["way"], symbol)
        gap, rest = self.take(r" over (?P<n>\d+) sessions", rest)
        assert (int(gap["n"]) - 1 if gap else 0) == (self.moves[symbol]["gap_sessions"] or 0)
        on, rest = self.take(r" on (?P<on>[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}(?: \d{4})?)", rest)
        if on:
            own = self.days[symbol]
            assert on["on"].split(" ")[:3] == [f"{own:%a}", str(own.day), f"{own:%b}"]
        return symbol, self.rare(symbol, rest)

    def pct(self, symbol: str) -> Fraction:
        pct = self.closes.move(symbol, self.days[symbol])
        assert pct is not None, symbol
        return pct

    def is_size(self, size: str, pct: Fraction) -> None:
        self.figures += 1
        if size.startswith("less"):
            assert 0 < abs(pct) < Fraction(1, 200)
        else:
            assert Decimal(size.replace(",", "")) == abs(rounded(pct)), (size, float(pct))

    def is_way(self, way: str, symbol: str) -> None:
        self.kinds.add(way)
        pct, word = self.pct(symbol), way.split()[-1]
        if word == "most:":
            return
        assert word in (UPS if pct > 0 else DOWNS), (way, float(pct))
        share = self.closes.share_smaller(symbol, self.days[symbol])
        small = abs(rounded(pct)) < Decimal("0.10")
        if word in {"jumped", "slumped"}:
            assert share is not None
            assert share >= 95
        if word in {"gained", "lost"}:
            assert (share >= 50) if share is not None else abs(pct) >= 1
        if way.startswith("edged") or word in {"rose", "fell"}:
            assert way.startswith("edged") == small

    def rare(self, symbol: str, text: str) -> str:
        for reader in (self.best, self.level, self.row):
            text = reader(symbol, text)
        return text

    def best(self, symbol: str, text: str) -> str:
        found, rest = self.take(rf", its (?P<what>best|worst) session {SINCE}", text)
        if found:
            self.kinds.add(f"{found['what']} {'in data' if found['in'] else 'since'}")
            assert found["what"] == ("best" if self.pct(symbol) > 0 else "worst")
            self.is_since(found, self.closes.best_since(symbol, self.days[symbol]), symbol)
        return rest

    def level(self, symbol: str, text: str) -> str:
        what = (
            "a record close|its lowest close|its highest close|equal its (?:highest|lowest) close"
        )
        found, rest = self.take(rf",? to (?P<what>{what}) {SINCE}", text)
        if found:
            self.kinds.add(f"{found['what']} {'in data' if found['in'] else 'since'}")
            sign = -1 if "lowest" in found["what"] else 1
            assert sign == (1 if self.pct(symbol) > 0 else -1)
            self.is_since(found, self.closes.beyond_since(symbol, self.days[symbol], sign), symbol)
            at = self.closes.here(symbol, self.days[symbol])
            before = self.closes.close[symbol][:at]
            assert ("equal" in found["what"]) == (found["in"] is not None and
                self.closes.close[symbol][at] in before)  # fmt: skip
            if found["what"] == "a record close":
                assert found["in"]
        return rest

    def row(self, symbol: str, text: str) -> str:
        found, rest = self.take(
            r", (?P<way>up|down) for"
            r" (?:(?P<article>an?) (?P<nth>\w+) session|at least (?P<n>\d+) sessions)",
            text,
        )
        if not found:
            found, rest = self.take(
                r", (?P<least>at least )?its (?P<nth>\w+) (?P<way>rise|fall) in a row", text
            )
        if found:
            self.kinds.add("streak")
            assert (found["way"] in {"up", "rise"}) == (self.pct(symbol) > 0)
            said = found.groupdict()
            length, from_start = self.closes.streak(symbol, self.days[symbol])
            number = int(said.get("n") or number_of(said["nth"]))
            if said.get("n") or said.get("least"):
                # A hole in the data ends what is known of a row, too.
                assert number == length if from_start else number <= length
            else:
                assert number == length
            if said.get("article"):
                assert (said["article"] == "an") == (said["nth"][:2] in {"ei", "8t", "11", "18"})
        return rest

    def is_since(self, found: re.Match[str], since: dt.date | None, symbol: str) -> None:
        self.figures += 1
        if found["in"]:
            assert since is None
            assert date_of(found["day"]) == self.closes.days[symbol][0]
            assert self.closes.here(symbol, self.days[symbol]) >= LEAST
        else:
            assert date_of(found["day"]) == since

    # --- pairs

    def gap(self, up: str, down: str, text: str) -> str:
        """Read since when a pair was not as far apart."""
        found, rest = self.take(rf"(?:: the widest gap between the two|, the widest) {SINCE}", text)
        if found:
            self.kinds.add(f"widest {'in data' if found['in'] else 'since'}")
            self.figures += 1
            *before, (_, today) = self.closes.spreads(up, down, self.days[up])
            wide = [day for day, spread in before if abs(spread) >= abs(today) - Fraction(1, 10**9)]
            assert len(before) >= LEAST
            expected = before[0][0] if found["in"] else wide[-1]
            assert date_of(found["day"]) == expected
            assert bool(wide) == (found["in"] is None)
        return rest

    def pair(self, text: str) -> None:
        if re.fullmatch(r"\d+ more divergent pairs?\.", text):
            return
        up, rest = self.clause(text, headline=True)
        down, rest = self.clause(rest.removeprefix(", "), headline=True)
        assert up
        assert down
        found, rest = self.take(r": (?P<pp>[\d,]+\.\d\d) pp apart", rest)
        assert found
        apart = self.pct(up) - self.pct(down)
        assert Decimal(found["pp"].replace(",", "")) == rounded(apart)
        found, rest = self.take(
            r", wider than (?P<share>any|none|[\d.]+%) of their last (?P<n>\d+) common sessions",
            rest,
        )
        if found:
            self.kinds.add("wider than")
            before = [abs(s) for _, s in self.closes.spreads(up, down, self.days[up])[:-1]][
                -WINDOW:
            ]
            assert int(found["n"]) == len(before) >= LEAST
            smaller = sum(spread < abs(apart) - Fraction(1, 10**9) for spread in before)
            said = {"any": "100.0", "none": "0.0"}.get(found["share"], found["share"].rstrip("%"))
            assert Decimal(said) == rounded(Fraction(100 * smaller, len(before)), 1)
        assert self.gap(up, down, rest) == "."

    # --- the session as a whole

    def headline(self, text: str) -> None:
        readers: list[Callable[[str], bool]] = [
            *(self.quiet, self.all_flat, self.as_far, self.one_way, self.sides),
        ]
        assert any(reader(text) for reader in readers), text

    def moved(self) -> dict[str, Fraction]:
        every = {symbol: self.closes.move(symbol, self.days[symbol]) for symbol in self.moves}
        return {symbol: pct for symbol, pct in every.items() if pct is not None}

    def quiet(self, text: str) -> bool:
        found, rest = self.take("A quiet session, with no move as large as 0.5%: ", text)
        if found:
            self.kinds.add("quiet")
            moved = self.moved()
            assert all(abs(rounded(pct)) < Decimal("0.50") for pct in moved.values())
            high, rest = self.clause(rest, headline=True)
            low, rest = self.clause(rest.removeprefix(", "), headline=True)
            assert moved[high or ""] == max(moved.values())
            assert moved[low or ""] == min(moved.values())
            assert rest == "."
        return bool(found)

    def all_flat(self, text: str) -> bool:
        found, _ = self.take(r"(All (?P<n>\d+)|Both) indices unchanged\.$", text)
        if found:
            self.kinds.add("all flat")
            assert set(self.moved().values()) == {Fraction(0)}
            assert len(self.moved()) == int(found["n"] or 2)
        return bool(found)

    def as_far(self, text: str) -> bool:
        """Read that several went furthest, all of them or some."""
        found, _ = self.take(
            r"All (?P<n>\d+) indices (?P<way>up|down)"
            rf"(?:, (?:(?P<of>\d+) of them|(?P<who>.+ and .+)) most:)? {SIZE}\.$",
            text,
        )
        if found:
            self.kinds.add("as far")
            sign = 1 if found["way"] == "up" else -1
            sizes = [pct * sign for pct in self.moved().values()]
            assert len(sizes) == int(found["n"])
            assert min(sizes) > 0
            self.is_size(found["size"], max(sizes))
            alike = {symbol for symbol, pct in self.moved().items() if abs(pct) == max(sizes)}
            if found["who"]:
                assert {self.symbols[name] for name in self.names(found["who"])} == alike
            assert len(alike) == int(found["of"] or (0 if found["who"] else found["n"]) or 2)
        return bool(found)

    def one_way(self, text: str) -> bool:
        found, rest = self.take(r"All (?P<n>\d+) indices (?P<way>up|down), ", text)
        if found:
            self.kinds.add(f"all {found['way']}")
            moved = self.moved()
            assert len(moved) == int(found["n"])
            assert all((pct > 0) == (found["way"] == "up") and pct for pct in moved.values())
            most, rest = self.clause(rest, headline=True)
            assert abs(moved[most or ""]) == max(map(abs, moved.values()))
            if rest.startswith("; "):
                _, rest = self.clause(rest[2:], headline=True)
            assert rest == "."
        return bool(found)

    def sides(self, text: str) -> bool:
        one, rest = self.clause(text, headline=True)
        assert one, text
        moved = self.moved()
        if found := re.fullmatch(r"; most indices (rose|fell)\.", rest):
            sign = 1 if found[1] == "rose" else -1
            self.kinds.add("most")
            assert 2 * sum(pct * sign > 0 for pct in moved.values()) > len(self.moves)
            assert moved[one] * sign > 0
        elif found := re.fullmatch(r"; the other (?:(\d+) indices have|index has) no move\.", rest):
            self.kinds.add("alone")
            assert list(moved) == [one]
            assert int(found[1] or 1) == len(self.moves) - 1
        elif found := re.fullmatch(r"; (\d+) of (\d+) unchanged\.", rest):
            assert int(found[1]) == sum(not pct for pct in moved.values())
            assert int(found[2]) == len(moved)
        elif rest == "; the other unchanged.":
            assert sorted(map(bool, moved.values())) == [False, True]
        elif rest == ".":
            assert len(self.moves) == 1
        else:
            other, rest = self.clause(rest.removeprefix("; "), headline=True)
            assert other
            self.kinds.add("both ways")
            assert len(moved) == 2 or moved[one] * moved[other] < 0
            up, down = (one, other) if moved[one] > 0 else (other, one)
            assert self.gap(up, down, rest) == "."
        return True

    def brief(self, sentences: list[str]) -> None:
        first, *others = sentences
        day = f"{self.session:%a} {self.session.day} {self.session:%b} {self.session.year}"
        when, _, rest = first.partition(", ")
        assert when == f"On {day}" or when.startswith("As of ")
        self.tally(rest.removesuffix("."))
        for text in others:
            self.most(text)

    def tally(self, text: str) -> None:
        if " closed at " in text:
            return
        states = [self.state(symbol) for symbol in self.moves]
        found, rest = self.take(r"(both|all (?P<all>\d+)|(?P<n>\d+) of (?P<of>\d+)) indices ", text)
        assert found
        total = 2 if found[1] == "both" else int(found["all"] or found["of"])
        assert total == len(states)
        number = found["n"] or str(total)
        said = {}
        for part in re.split(r", | and ", f"{number} {rest}"):
            count, _, what = part.partition(" ")
            said[STATES[what]] = int(count)
            self.figures += 1
        assert said == {state: states.count(state) for state in states}

    def state(self, symbol: str) -> str:
        pct = self.closes.move(symbol, self.days[symbol])
        if pct is not None:
            return "up" if pct > 0 else "down" if pct < 0 else "unchanged"
        status: str = self.moves[symbol]["status"]
        return status if status in STATES.values() else "other"

    def most(self, text: str) -> None:
        moved = self.moved()
        for part in text.removesuffix(".").split("; "):
            found = re.fullmatch(rf"([Oo]nly )?(.+) (rose|fell)( most| least|), {SIZE}", part)
            assert found, text
            sign = 1 if found[3] == "rose" else -1
            of = [pct * sign for pct in moved.values() if pct * sign > 0]
            who = [self.symbols[name] for name in self.names(found[2])]
            end = min(of) if found[4] == " least" else max(of)
            assert {moved[symbol] * sign for symbol in who} == {end}
            assert len(who) == of.count(end)
            assert bool(found[1]) == (len(of) == 1)
            assert found[4] != " least" or len(of) == len(moved)
            self.is_size(found["size"], end)

    def names(self, text: str) -> list[str]:
        name = rf"({self.name.replace('?P<name>', '')})"
        assert re.fullmatch(rf"{name}((, | and ){name})*", text), text
        return [found[0] for found in re.finditer(self.name, text)]

    def shut(self, text: str) -> None:
        """Read who was shut: no close that day, and the next close is of the day named."""
        found = re.fullmatch(r"(.+?) shut(?: for .+?| on .+?)?(?:; (reopens?) (.+))?\.", text)
        assert found, text
        names = self.names(found[1])
        assert found[2] is None or found[2] == ("reopens" if len(names) == 1 else "reopen")
        for symbol in map(self.symbols.__getitem__, names):
            assert self.closes.at(symbol, self.days[symbol]) is None
            later = [day for day in self.closes.days[symbol] if day > self.session]
            if later and found[3] and self.closes.days[symbol][0] < self.session:
                assert found[3].split(" ")[0] == f"{later[0]:%a}", (symbol, text, later[0])
                assert found[3].split(" ")[1:3] == [str(later[0].day), f"{later[0]:%b}"]
                years = [later[0].year] if later[0].year != self.session.year else []
                assert found[3].split(" ")[3:] == [str(year) for year in years]


def date_of(text: str) -> dt.date:
    day, month, year = text.split(" ")
    return dt.date(int(year), MONTHS.index(month) + 1, int(day))


def number_of(ordinal: str) -> int:
    if ordinal in ORDINALS:
        return ORDINALS.index(ordinal) + 1
    return 10 if ordinal == "tenth" else int(re.sub(r"(st|nd|rd|th)$", "", ordinal))


def read(document: Any, closes: Closes) -> Reader:
    """Read and check all that a summary says of its figures."""
    reader = Reader(document, closes)
    reader.headline(document["headline"]["text"])
    reader.brief([told["text"] for told in document["brief"]])
    for section in document["sections"]:
        for text in (told["text"] for told in section["sentences"]):
            if section["code"] == "pairs":
                reader.pair(text)
            elif section["code"] == "shut":
                reader.shut(text)
            elif section["code"] == "rare" and not text.startswith("Less rare: "):
                _, rest = reader.clause(text, headline=False)
                assert rest == ".", text
    return reader
