"""How the section of a summary reads that tells of highs, lows and the way down."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import plain_calendar
from plain_closes import LEAST, rounded
from plain_days import five_years_before
from sentences import DATE, Reader, date_of

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Past(NamedTuple):
    """The closes of an index up to a session, their dates, and the signs of the moves."""

    days: Sequence[dt.date]
    close: Sequence[Fraction]
    ways: Sequence[int]
    lacking: frozenset[dt.date]


def read(reader: Reader, texts: list[str]) -> None:
    """Every close that is beyond those of 52 weeks, each step down, each run; and no other."""
    expected: dict[str, set[str]] = {"Highest": set(), "Lowest": set()}
    falls, runs = {}, {}
    for symbol in reader.moved:
        if symbol not in reader.of.rows or symbol in reader.asked.unsound:
            continue
        past = _past(reader, symbol)
        if reader.of.earlier(symbol) >= LEAST:
            if side := _of_year(past):
                expected[side].add(symbol)
            if below := _fall(past):
                falls[symbol] = below
        if run := _run(past):
            runs[symbol] = run
    for text in texts:
        if found := re.fullmatch(r"(Highest|Lowest) closes? of 52 weeks: (.+)\.", text):
            reader.are_those(found[2], expected.pop(found[1]))
            reader.saw("of 52 weeks")
        elif found := reader.take(
            rf"NAME (?P<size>[\d.,]+)% below its (?P<what>record|highest close in this data,)"
            rf" of {DATE}\.$",
            text,
        )[0]:
            size, day, record = falls.pop(reader.symbols[found["name"]])
            assert rounded(size) == rounded(Fraction(found["size"])), text
            assert (date_of(found["day"]), found["what"] == "record") == (day, record)
            reader.saw("below the highest", 2)
        else:
            found, rest = reader.take(
                r"NAME (?P<way>up|down) (?P<most>\w+) of the past (?P<n>\d+) sessions\.", text
            )
            assert found, text
            assert rest == ""
            most = NUMBERS.index(found["most"]) if found["most"] in NUMBERS else int(found["most"])
            assert runs.pop(reader.symbols[found["name"]]) == (found["way"], most, int(found["n"]))
            reader.saw("a run", 2)
    assert (falls, runs) == ({}, {}), texts
    assert not any(expected.values()), (expected, texts)


def _past(reader: Reader, symbol: str) -> Past:
    of, session = reader.of.closes, reader.of.days[symbol].session
    assert session
    at = of.days[symbol].index(session)
    days, close = of.days[symbol][: at + 1], of.close[symbol][: at + 1]
    ways = [
        0,
        *((now > before) - (now < before) for before, now in itertools.pairwise(close)),
    ]
    known = plain_calendar.calendar_of(symbol)
    lacking = frozenset(
        day
        for before, day in itertools.pairwise(days)
        if known and (known.between(before, day) or 0) > 0
    )
    return Past(days, close, ways, lacking)


def _of_year(past: Past) -> str:
    today = past.days[-1]
    leap = (today.month, today.day) == (2, 29)
    start = today.replace(year=today.year - 1, day=28 if leap else today.day)
    inside = [n for n, day in enumerate(past.days) if day > start]
    if inside[0] == 0 or past.lacking & {past.days[n] for n in inside}:
        return ""
    *others, own = (past.close[n] for n in inside)
    if own > max(others):
        record = max(past.close[:-1]) < own and past.days[0] <= five_years_before(today)
        return "" if record else "Highest"
    return "Lowest" if own < min(others) else ""


def _fall(past: Past) -> tuple[Fraction, dt.date, bool] | None:
    highest, before = max(past.close), max(past.close[:-1])
    below = (1 - Fraction(past.close[-1]) / Fraction(highest)) * 100
    earlier = (1 - Fraction(past.close[-2]) / Fraction(before)) * 100
    if below // 10 <= earlier // 10:
        return None
    day = max(d for d, c in zip(past.days, past.close, strict=True) if c == highest)
    return below, day, past.days[0] <= five_years_before(past.days[-1])


def _run(past: Past) -> tuple[str, int, int] | None:
    """The rarest number of last sessions of which most, not all, went as the first and last did."""
    ways = list(_single(past))
    found: list[tuple[Fraction, int, int]] = []
    for n in range(6, min(15, len(ways)) + 1):
        most = ways[:n].count(ways[0])
        if ways[0] and n / 2 < most < n and ways[n - 1] == ways[0]:
            others = ways[:n].count(-ways[0])
            assert others < most or others == most
            if most > others:
                found.append((Fraction(sum(comb(n, k) for k in range(most, n + 1)), 2**n), n, most))
    if not found or min(found)[0] >= Fraction(1, 25):
        return None
    _, n, most = min(found)
    return "up" if ways[0] > 0 else "down", most, n


def _single(past: Past) -> Iterator[int]:
    """The ways of the last sessions, back to where the data lacks one."""
    for at in range(len(past.days) - 1, 0, -1):
        if past.days[at] in past.lacking:
            return
        yield past.ways[at]
