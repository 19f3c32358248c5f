"""How the headline of a summary reads, and what stands under it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import plain_calendar
from plain_closes import rounded
from sentences import NEAR, SHORT, SINCE, SIZE, Reader, date_of, level, near

if TYPE_CHECKING:
    import datetime as dt

STATES = {
    "was shut": "closed",
    "were shut": "closed",
    "is missing": "missing",
    "are missing": "missing",
    "has no close yet": "pending",
    "have no close yet": "pending",
    "had no move": "other",
    "was unchanged": "unchanged",
    "were unchanged": "unchanged",
    "rose": "up",
    "fell": "down",
}


def moved(reader: Reader) -> dict[str, Fraction]:
    return {s: pct for s, pct in reader.moved.items() if s in reader.of.rows}


def headline(reader: Reader, text: str) -> None:
    for form in (_nothing, _quiet, _all_flat, _one_way):
        if form(reader, text):
            return
    _sides(reader, text)


def _nothing(reader: Reader, text: str) -> bool:
    found = re.fullmatch(r"No move to report: the first close(s?) of (.+) in this data\.", text)
    if found:
        reader.saw("no move")
        assert not reader.moved
        first = {s for s in reader.of.rows if reader.of.days[s].close is not None}
        assert bool(found[1]) == (len(first) > 1)
        if len(first) > 3:
            assert found[2] == f"{len(first)} indices"
        else:
            reader.are_those(found[2], first)
    return bool(found)


def _quiet(reader: Reader, text: str) -> bool:
    found, rest = reader.take("A quiet session, with no move as large as 0.5%: ", text)
    of = moved(reader)
    if found:
        reader.saw("quiet")
        assert all(abs(rounded(pct)) < Decimal("0.50") for pct in of.values())
        high, low, rest = reader.both(rest, ", ", rare=False)
        assert of[high] == max(of.values())
        assert of[low] == min(of.values())
        assert rest == "."
    return bool(found)


def _all_flat(reader: Reader, text: str) -> bool:
    found = re.fullmatch(
        r"(?:(?P<both>Both)|All (?P<all>\d+)|(?P<n>\d+) of (?P<of>\d+)) indices unchanged"
        r"(?P<others>, the others without a move)?\.",
        text,
    )
    if found:
        reader.saw("all flat")
        of = moved(reader)
        assert set(of.values()) == {Fraction(0)}
        assert len(of) == int(found["all"] or found["n"] or 2)
        assert len(reader.of.rows) == int(found["of"] or len(of))
        assert bool(found["others"]) == bool(found["n"])
        assert found["all"] != "2"
    return bool(found)


def _one_way(reader: Reader, text: str) -> bool:
    pattern = (
        r"(?:All (?P<all>\d+) indices (?P<way>up|down),? "
        r"|(?P<n>\d+) of (?P<of>\d+) indices (?P<way2>up|down), none (?P<none>up|down); )"
    )
    found, rest = reader.take(pattern, text)
    if found:
        way, of = found["way"] or found["way2"], moved(reader)
        reader.saw(f"all {way}" if found["way"] else f"{way}, none otherwise")
        assert len(of) == int(found["all"] or found["n"])
        assert len(reader.of.rows) == int(found["of"] or len(of))
        assert (int(found["of"] or 0) > len(of)) == (found["of"] is not None)
        assert found["none"] in {None, {"up": "down", "down": "up"}[way]}
        assert all((pct > 0) == (way == "up") and pct for pct in of.values())
        other = None
        alike = {s for s, pct in of.items() if abs(pct) == max(map(abs, of.values()))}
        if len(alike) > 1:
            _as_far(reader, alike, rest)
            return True
        if "; " in rest:
            most, other, rest = reader.both(rest, "; ")
            reader.saw("and the news")
        else:
            most, how, rest = reader.clause(rest, headline=True)
            assert how == "most:"
        assert abs(of[most]) == max(map(abs, of.values()))
        assert other != most
        assert rest == "."
    return bool(found)


def _as_far(reader: Reader, alike: set[str], text: str) -> None:
    """Such as ``10.00%.``, or ``Hang Seng and DAX most: 1.00%.`` where others moved less."""
    found = re.fullmatch(
        rf"(?:(?P<each>each )|(?:(?P<n>\d+) of them|(?P<who>.+)) most: )?{SIZE}\.", text
    )
    assert found, text
    reader.saw("as far")
    reader.is_size(found["size"], max(reader.moved[symbol] for symbol in alike))
    everyone = len(alike) == len(moved(reader))
    assert bool(found["n"] or found["who"]) != everyone
    assert bool(found["each"]) == (everyone and len(alike) < len(reader.of.rows))
    if found["n"]:
        assert int(found["n"]) == len(alike) > 3
    elif found["who"]:
        assert len(alike) <= 3
        reader.are_those(found["who"], alike)


def _sides(reader: Reader, text: str) -> None:
    of, all_indices = moved(reader), len(reader.of.rows)
    one, _, rest = reader.clause(text, headline=True)
    tail = rest
    if found := re.fullmatch(r"; most indices (rose|fell)\.", tail):
        sign = 1 if found[1] == "rose" else -1
        reader.saw("most")
        assert 10 * sum(pct * sign > 0 for pct in of.values()) >= 6 * all_indices
        assert of[one] * sign > 0
    elif found := re.fullmatch(r"; the other (?:(\d+) indices have|index has) no move\.", tail):
        reader.saw("alone")
        assert list(of) == [one]
        assert int(found[1] or 1) == all_indices - 1 > 0
        assert found[1] != "1"
    elif found := re.fullmatch(r"; (\d+) of (\d+) unchanged\.", tail):
        reader.saw("some flat")
        assert int(found[1]) == sum(not pct for pct in of.values())
        assert int(found[2]) == all_indices > 1
        assert len({pct > 0 for pct in of.values() if pct}) == 1
    elif tail == "; the other unchanged.":
        reader.saw("the other unchanged")
        assert sorted(map(bool, of.values())) == [False, True]
        assert all_indices == 2
    elif tail == ".":
        assert list(reader.of.rows) == [one]
    else:
        _two(reader, text)


def _two(reader: Reader, text: str) -> None:
    """One that rose and one that fell, or the only two that moved."""
    one, other, rest = reader.both(text, "; ")
    of = moved(reader)
    reader.saw("both ways")
    assert len(of) == 2 or of[one] * of[other] < 0
    up, down = (one, other) if of[one] > of[other] else (other, one)
    found, rest = reader.take(rf": the widest gap between the two {SINCE}", rest)
    if found:
        reader.saw("widest gap")
        told = date_of(found["day"]), bool(found["in"])
        assert reader.of.gap(up, down).widest == told
    assert rest == "."


# --- what stands under the headline


def brief(reader: Reader, sentences: list[str]) -> None:
    first, *others = sentences
    when, rest = _moment(reader.asked.session, reader.asked.as_of), first
    assert rest.startswith(f"{when}, "), first
    rest = rest.removeprefix(f"{when}, ").removesuffix(".")
    if len(reader.of.rows) == 1:
        _closed_at(reader, rest)
    else:
        _tally(reader, rest)
    groups = [
        (name, symbols)
        for name, symbols in reader.asked.groups
        if set(symbols) & reader.moved.keys()
        and len(set(symbols) & reader.of.days.keys()) < len(reader.of.days)
    ]
    most = others[: len(others) - len(groups)]
    assert len(most) == bool(_furthest(reader))
    for text in most:
        _most(reader, text)
    for (name, symbols), text in zip(groups, others[len(others) - len(groups) :], strict=True):
        _group(reader, name, symbols, text)


def _moment(session: dt.date | None, as_of: dt.datetime | None) -> str:
    if as_of is None:
        return f"On {near(session, None)}"
    at = f"{as_of.day} {SHORT[as_of.month - 1]} {as_of.year} {as_of.hour:02}:{as_of.minute:02}"
    minutes = int((as_of.utcoffset() or as_of - as_of).total_seconds()) // 60
    if not minutes:
        return f"As of {at} UTC"
    sign = "+" if minutes > 0 else "-"
    return f"As of {at} {sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _closed_at(reader: Reader, text: str) -> None:
    (symbol,) = reader.of.rows
    day = reader.of.days[symbol]
    decimals = plain_calendar.index(symbol).decimals
    pattern = (
        rf"NAME (?P<last>last )?closed at (?P<close>\S+?)(?:, on (?P<day>{NEAR}))?"
        rf"(?:, after (?P<prior>\S+) on (?P<on>{NEAR}))?$"
    )
    found, _ = reader.take(pattern, text)
    assert found, text
    reader.saw("closed at", 3)
    assert reader.symbols[found["name"]] == symbol
    assert level(found["close"], day.close, decimals), text
    ends = reader.asked.as_of.date() if reader.asked.as_of else None
    assert bool(found["last"]) == (ends is not None)
    assert found["day"] == (near(day.session, ends) if ends else None)
    assert (found["prior"] is None) == (day.prior_session is None)
    if found["prior"]:
        assert level(found["prior"], day.prior_close, decimals), text
        assert found["on"] == near(day.prior_session, ends or day.session)


def _tally(reader: Reader, text: str) -> None:
    states = [reader.of.state(symbol) for symbol in reader.of.rows]
    found, rest = reader.take(r"(both|all (?P<all>\d+)|(?P<n>\d+) of (?P<of>\d+)) indices ", text)
    assert found, text
    total = 2 if found[1] == "both" else int(found["all"] or found["of"])
    assert total == len(states)
    assert found["all"] != "2"
    number = found["n"] or str(total)
    said = {}
    for part in re.split(r", | and ", f"{number} {rest}"):
        count, _, what = part.partition(" ")
        said[STATES[what]] = int(count)
        one = what.startswith(("was ", "is ", "has "))
        assert one == (count == "1") or what in {"rose", "fell", "had no move"}
        reader.saw(f"tally {STATES[what]}")
    assert said == {state: states.count(state) for state in states}
    assert bool(found["n"]) == (len(said) > 1)


def _furthest(reader: Reader) -> list[str]:
    """Whose moves have to be told: the furthest either way, or the least where all went one."""
    of = moved(reader)
    found = []
    for sign, way in ((1, "rose"), (-1, "fell")):
        sizes = [pct * sign for pct in of.values() if pct * sign > 0]
        if len(of) > 2 and sizes and sizes.count(max(sizes)) <= 3:
            found.append(f"{way} most")
        if len(of) == len(sizes) > 2 and sizes.count(min(sizes)) == 1:
            found.append(f"{way} least")
    return found


def _most(reader: Reader, text: str) -> None:
    of = moved(reader)
    told: list[str] = []
    for part in text.removesuffix(".").split("; "):
        found = re.fullmatch(rf"([Oo]nly )?(.+) (rose|fell)( most| least|), {SIZE}", part)
        assert found, text
        assert found[1] in {None, "only " if told else "Only "}
        sign = 1 if found[3] == "rose" else -1
        sizes = [pct * sign for pct in of.values() if pct * sign > 0]
        end = min(sizes) if found[4] == " least" else max(sizes)
        reader.are_those(found[2], {s for s, pct in of.items() if pct * sign == end})
        assert bool(found[1]) == (len(sizes) == 1) == (found[4] == "")
        reader.is_size(found["size"], end)
        told.append(found[3] + (found[4] or " most"))
        reader.saw(told[-1] if found[4] else f"only {found[3]}", 0)
    assert told == _furthest(reader)


def _group(reader: Reader, name: str, symbols: tuple[str, ...], text: str) -> None:
    """Such as ``Group asia: 8 up, 2 down; the median up 0.31%.``"""
    assert text.startswith(f"Group {name}: "), text
    counts, _, middle = (
        text.removeprefix(f"Group {name}: ").removesuffix(".").partition("; the median ")
    )
    states = [reader.of.state(s) for s in symbols if s in reader.moved]
    told = {what: number for number, what in (part.split(" ") for part in counts.split(", "))}
    assert told == {state: str(states.count(state)) for state in states}, text
    median = reader.of.median(symbols)
    reader.saw("group", 2)
    if middle == "unchanged":
        assert median == 0
        return
    way, size = re.fullmatch(rf"(up|down) {SIZE}", middle), middle.partition(" ")[2]
    assert way, text
    assert way[1] == ("up" if median > 0 else "down")
    reader.is_size(size.removesuffix("%"), median)
