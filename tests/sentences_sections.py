"""How the sections of a summary read that tell of pairs, of what is rare, of who has no move."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import plain_calendar
from plain_closes import rounded
from sentences import MOST_NAMED, NEAR, SINCE, Reader, date_of, level, near

if TYPE_CHECKING:
    import datetime as dt

    from plain_days import Gap

MOST_PAIRS, MOST_MOVES, MOST_OTHERS = 5, 10, 3


def pairs(reader: Reader, texts: list[str]) -> None:
    """The five lines of the rarest divergent pairs, those asked for, how many more diverge."""
    lines = reader.of.lines()
    if more := sum(map(len, lines[MOST_PAIRS:])):
        reader.saw("more pairs")
        assert texts[-1] == f"{more} more divergent pair{'s' if more > 1 else ''}."
        texts = texts[:-1]
    shown, own = lines[:MOST_PAIRS], reader.of.own_pairs()
    assert len(texts) == len(shown) + len(own), texts
    for text, line in zip(texts, shown, strict=False):
        if len(line) > 1:
            _line(reader, text, line)
        else:
            assert _pair(reader, text)[:2] == line[0][:2]
    sides = [{gap.up, gap.down} for gap in own]
    told = [_pair(reader, text) for text in texts[len(shown) :]]
    assert all({gap.up, gap.down} in sides for gap in told)


def _line(reader: Reader, text: str, line: list[Gap]) -> None:
    """One index against many: the rarest named first, the widest and the rarest with figures."""
    (hub,) = {line[0].up, line[0].down} & {line[1].up, line[1].down}
    others = [gap.down if gap.up == hub else gap.up for gap in line]
    one, _, rest = reader.clause(text, headline=True, rare=False)
    assert one == hub
    names = [reader.of.days[symbol].name for symbol in others]
    few = len(names) <= MOST_OTHERS + 1
    known = f"{', '.join(names[:-1])} and {names[-1]}"
    if not few:
        known = f"{', '.join(names[:MOST_OTHERS])} and {len(names) - MOST_OTHERS} more"
    begin = f" versus {known}; widest: "
    assert rest.startswith(begin), text
    widest = max(line, key=lambda gap: gap.pp)
    rest = _against(reader, rest[len(begin) :], hub, widest)
    if line[0].pp != widest.pp and line[0].share is not None:
        assert rest.startswith("; rarest: "), text
        rest = _against(reader, rest.removeprefix("; rarest: "), hub, line[0])
        reader.saw("rarest")
    assert rest == ".", text
    reader.saw("one with many")


def _against(reader: Reader, text: str, hub: str, gap: Gap) -> str:
    other, _, rest = reader.clause(text, headline=True, rare=False, beside=hub)
    assert {hub, other} == {gap.up, gap.down}
    assert rest.startswith(", "), text
    return _apart(reader, rest[2:], reader.of.gap(gap.up, gap.down))


def _pair(reader: Reader, text: str) -> Gap:
    up, down, rest = reader.both(text, ", ", rare=False)
    gap = reader.of.gap(up, down)
    assert gap.pp >= 0
    assert rest.startswith(": "), text
    assert _apart(reader, rest[2:], gap) == ".", text
    return gap


def _apart(reader: Reader, text: str, gap: Gap) -> str:
    """Read how far apart a pair is, and how rare that is; give what is left."""
    found, rest = reader.take(r"(?P<pp>[\d,]+\.\d\d) pp apart", text)
    assert found, text
    assert Decimal(found["pp"].replace(",", "")) == rounded(gap.pp), text
    reader.saw("apart")
    found, rest = reader.take(
        r", wider than (?P<share>any|none|[\d.]+%) of their last (?P<n>\d+) common sessions", rest
    )
    assert bool(found) == (gap.share is not None), text
    if found and gap.share is not None:
        said = {"any": "100.0", "none": "0.0"}.get(found["share"], found["share"].rstrip("%"))
        assert Decimal(said) == rounded(gap.share, 1)
        assert int(found["n"]) == gap.n
        reader.saw(f"wider than {found['share']}" if "%" not in found["share"] else "wider", 2)
    found, rest = reader.take(rf", the widest {SINCE}", rest)
    told = (date_of(found["day"]), bool(found["in"])) if found else None
    assert told == gap.widest, text
    if found:
        reader.saw("widest in data" if found["in"] else "widest")
    return rest


def rare(reader: Reader, texts: list[str]) -> None:
    """Every move with something rare about it, the rarest first; the last of many by name."""
    # Of a single index the headline has told the rarest.
    least = 1 + (len(reader.of.days) == 1)
    known = {s: of for s in reader.moved if len(of := reader.of.facts(s)) >= least}
    told = [reader.clause(text, headline=False) for text in texts[:MOST_MOVES]]
    assert all(rest == "." for _, _, rest in told), texts
    symbols = [symbol for symbol, _, _ in told]
    rarities = [known[symbol][0].rarity for symbol in symbols]
    assert rarities == sorted(rarities, reverse=True), texts
    left = known.keys() - set(symbols)
    assert len(set(symbols)) == len(symbols) == min(MOST_MOVES, len(known))
    assert bool(left) == (len(texts) > MOST_MOVES)
    for text in texts[MOST_MOVES:]:
        found = re.fullmatch(r"Less rare: (.+)\.", text)
        assert found, text
        reader.are_those(found[1], set(left))
        assert all(known[symbol][0].rarity <= min(rarities) for symbol in left)
        reader.saw("less rare")


def shut(reader: Reader, texts: list[str]) -> None:
    """Who was shut: those alike together, why, and when their exchange opens again."""
    of = reader.of
    alike: dict[tuple[str, dt.date | None, dt.date | None], set[str]] = {}
    for symbol, day in of.days.items():
        if day.status == "closed":
            key = of.why(symbol), of.reopens(symbol), day.session
            alike.setdefault(key, set()).add(symbol)
    for text in texts:
        found = re.fullmatch(rf"(.+?) shut( (?:for|on) .+?)?(?:; (reopens?) ({NEAR}))?\.", text)
        assert found, text
        first = reader.names(found[1])[0]
        key = of.why(first), of.reopens(first), of.days[first].session
        symbols = alike.pop(key)
        reader.are_those(found[1], symbols)
        why, opens, session = key
        is_day = why in {"Friday", "Saturday", "Sunday"}
        reason = "the weekend" if why == "weekend" else why
        assert (found[2] or "") == (reason and f" {'on' if is_day else 'for'} {reason}"), text
        verb = "reopens" if len(symbols) == 1 else "reopen"
        assert found[3] == (verb if opens else None), text
        assert found[4] == (near(opens, session) if opens else None), text
        reader.saw("shut" if opens else "shut for good")
    assert not alike


def absent(reader: Reader, texts: list[str]) -> None:
    """Who else has no move, and why; with the last close that it has."""
    every = {s for s, day in reader.of.days.items() if day.status != "closed" and day.pct is None}
    early = {s for s in every if _is_early(reader, s)}
    others = every - early
    told: set[str] = set()
    for text in texts:
        if found := re.fullmatch(r"(.+): no close so early in the data\.", text):
            reader.are_those(found[1], early)
            early = set()
            reader.saw("so early")
        elif found := re.fullmatch(r"No move either: (.+)\.", text):
            assert len(told) == MOST_NAMED
            reader.are_those(found[1], others - told)
            told |= others
            reader.saw("nor have")
        else:
            told.add(_reason(reader, text))
    assert told == others
    assert not early


def _is_early(reader: Reader, symbol: str) -> bool:
    day = reader.of.days[symbol]
    return day.status == "missing" and day.prior_close is None


def _reason(reader: Reader, text: str) -> str:
    found, rest = reader.take(r"NAME: ", text)
    assert found, text
    symbol = reader.symbols[found["name"]]
    day = reader.of.days[symbol]
    decimals = plain_calendar.index(symbol).decimals
    if found := re.fullmatch(r"closed at (\S+); no close before it is known\.", rest):
        assert day.status == "other"
        assert day.prior_close is None
        assert level(found[1], day.close, decimals)
        reader.saw("no prior")
        return symbol
    if rest == "its last session is not known, as its exchange or its calendar is not.":
        assert day.session is None
        reader.saw("session not known")
        return symbol
    whys = {
        "no close yet": "pending",
        "the close is missing, though later ones are there": "missing",
        "no close, and no calendar tells why": "other",
    }
    why, last = rest.removesuffix(".").split("; ")
    assert day.status == whys[why], text
    assert day.close is None
    assert day.session
    reader.saw(why)
    if last == "none before it either":
        assert day.prior_close is None
        return symbol
    found = re.fullmatch(r"last (\S+) on (\d{4}-\d\d-\d\d)", last)
    assert found, text
    assert level(found[1], day.prior_close, decimals), text
    assert found[2] == str(day.prior_session)
    return symbol
