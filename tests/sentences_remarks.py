"""How the warnings of a summary read, and what it says about its figures.

Each sentence is read into a tuple of what it says, and all of them have to be those that the
closes and calendars give: none more, none less.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import plain_calendar
import sentences_alerts
from plain_closes import LEAST
from sentences import NEAR, Reader, near

if TYPE_CHECKING:
    from collections.abc import Iterator

ISO = r"\d{4}-\d\d-\d\d"
RETURNS = {
    "price": "without dividends",
    "gross": "with dividends",
    "net": "with dividends after tax",
}
OWN = (
    "Each index's {}, by the date of its exchange, measured from its own close before;"
    " week and year from the last close before them."
)
DASH = "A dash under WTD or YTD: the closes do not reach back so far."
TOP = 10


def _sentence(text: str) -> str:
    """A remark as a sentence, unless it begins with a place or a symbol."""
    return f"{text if ':' in text.split(' ')[0] else text[0].upper() + text[1:]}."


def _are(reader: Reader, kind: str, texts: list[str], expected: list[str]) -> None:
    """Check that some sentences are those that have to be, in any order."""
    by_hand = [text for text in reader.asked.said if text in texts]
    reader.said |= set(by_hand)
    expected += by_hand
    assert sorted(texts) == sorted(expected), kind


# --- warnings


def warnings(reader: Reader, texts: list[str]) -> None:
    expected = [
        *_absent(reader),
        *_one_session(reader),
        *_shut_days(reader),
        *_gaps(reader),
        *_period_gaps(reader),
    ]
    left = [text for text in texts if not _is_uncovered(reader, text, {"other", "pending"})]
    lacking = _uncovered(reader, moved=False)
    assert len(texts) - len(left) == bool(lacking), texts
    _are(reader, "warnings", left, [_sentence(text) for text in expected])


def _absent(reader: Reader) -> Iterator[str]:
    for symbol in reader.asked.chosen:
        if symbol not in reader.of.closes.symbols:
            reader.saw("not in data")
            yield f"{symbol} has no close in the data"


def _one_session(reader: Reader) -> Iterator[str]:
    """Several indices with one date between them, as a page of quotes has them."""
    closes = reader.of.closes
    days = {day for of in closes.days.values() for day in of} | {row.day for row, _ in closes.shut}
    if len(days) == 1 and len(closes.symbols) > 1:
        yield f"{reader.asked.source}: one session only: no prior close"


def _shut_days(reader: Reader) -> Iterator[str]:
    ghosts = []
    for row, ghost in reader.of.closes.shut:
        day = reader.of.days.get(row.symbol)
        if day is None or day.session is None or row.day > day.session:
            continue
        if day.prior_session and row.day < day.prior_session:
            continue
        calendar = plain_calendar.calendar_of(row.symbol)
        assert calendar
        why = f" ({calendar.why(row.day)})" if calendar.why(row.day) else ""
        what = f"{row.symbol} {row.day}, when {calendar.exchange} was shut{why}"
        assert ghost, "another close makes its moves doubtful, of which this reader knows nothing"
        ghosts.append((row.place, what))
    if ghosts:
        reader.saw("ghosts" if ghosts[1:] else "a ghost", 2)
        place, what = ghosts[0]
        rows = "a row repeats" if len(ghosts) == 1 else f"{len(ghosts)} rows repeat"
        left = "it is" if len(ghosts) == 1 else "they are"
        yield (
            f"{place}: {rows} the close before on a date without a session, and {left} left out:"
            f" {what}"
        )


def _gaps(reader: Reader) -> Iterator[str]:
    for symbol, day in reader.of.days.items():
        if day.pct is not None and day.gap:
            reader.saw("gap", 2)
            yield (
                f"{symbol}: {_sessions(day.gap)} between {day.prior_session} and {day.session} not"
                f" in the data; the change is of {day.gap + 1} sessions, not of one"
            )


def _period_gaps(reader: Reader) -> Iterator[str]:
    """Weeks and years that are measured from an older close than the last before them."""
    for symbol, day in reader.of.days.items():
        calendar = plain_calendar.calendar_of(symbol)
        if day.close is None or day.session is None or calendar is None:
            continue
        monday = day.session - dt.timedelta(days=day.session.weekday())
        for start, period in ((monday, "week"), (dt.date(day.session.year, 1, 1), "year")):
            before = [own for own in reader.of.closes.days[symbol] if own < start]
            if before and (lacking := calendar.between(before[-1], start)):
                reader.saw(f"{period} gap", 2)
                yield (
                    f"{symbol}: {_sessions(lacking)} between {before[-1]} and the first day of the"
                    f" {period} not in the data; measured from that close"
                )


def _sessions(number: int) -> str:
    return "a session" if number == 1 else f"{number} sessions"


def _uncovered(reader: Reader, moved: bool) -> dict[str, plain_calendar.Calendar]:
    """The calendars that do not reach the session of an index with a move, or without one."""
    of = reader.of
    return {
        calendar.exchange: calendar
        for symbol, day in of.days.items()
        if (calendar := plain_calendar.calendar_of(symbol))
        and day.session
        and calendar.announced >= calendar.first
        and not calendar.covers(day.session)
        and (day.pct is not None if moved else day.status == "other" and day.close is None)
    }


def _is_uncovered(reader: Reader, text: str, states: set[str]) -> bool:
    found = re.fullmatch(
        rf"The calendar of (\w+) is known from ({ISO}) to ({ISO}) only"
        r"(?: \(and of (\d+) more (exchanges?) not for long enough\))?;"
        r" whether a close is lacking there cannot be told\.",
        text,
    )
    if found:
        lacking = _uncovered(reader, moved=not states)
        calendar = lacking[found[1]]
        assert (found[2], found[3]) == (str(calendar.first), str(calendar.last))
        assert int(found[4] or 0) == len(lacking) - 1
        assert found[5] in {None, "exchange" if found[4] == "1" else "exchanges"}
        reader.saw("calendars end" if found[4] else "a calendar ends", 3)
    return found is not None


# --- about these figures


def about(reader: Reader, texts: list[str]) -> None:
    own = "session" if reader.asked.as_of is None else "last session that was over by then"
    source, what, *rest = texts
    assert source == f"Closes from {reader.asked.source}."
    assert what == OWN.format(own)
    readers: list[Any] = [_dashes, _since, _hours, _returns, _uncovered_too, _provisional]
    for form in readers:
        rest = form(reader, rest)
    lists = {kind: names for kind, names in _lists(reader).items() if names}
    rest = [text for text in rest if not _is_list(reader, text, lists)]
    assert not lists
    notes = [*_notes(reader), *sentences_alerts.not_judged(reader)]
    _are(reader, "about", rest, [_sentence(text) for text in notes])


def _is_late(reader: Reader, symbol: str, start: dt.date, day: dt.date) -> bool:
    """Whether no close is so near before a week or a year that it could start there.

    Told only where no calendar counts sessions: of weekdays, with five for holidays.
    """
    if plain_calendar.calendar_of(symbol):
        return False
    last = max(date for date in reader.of.closes.days[symbol] if date < start)
    days = (last + dt.timedelta(days=n) for n in range(1, (start - last).days))
    return sum(date.weekday() < 5 for date in days) > (
        15 if start == dt.date(day.year, 1, 1) else 10
    )


def _dashes(reader: Reader, texts: list[str]) -> list[str]:
    """That a week or a year has no figure: no close is older than its first day."""
    days = [(symbol, reader.of.days[symbol].session) for symbol in reader.moved]
    lacking = [
        start
        for symbol, day in days
        if day
        for start in (day - dt.timedelta(days=day.weekday()), dt.date(day.year, 1, 1))
        if reader.of.closes.days[symbol][0] >= start or _is_late(reader, symbol, start, day)
    ]
    assert (DASH in texts) == bool(lacking)
    if lacking:
        reader.saw("dash")
    return [text for text in texts if text != DASH]


def _since(reader: Reader, texts: list[str]) -> list[str]:
    """Who is measured from an older close than that of the weekday before."""
    of, left = reader.of, []
    alike: dict[tuple[str, str], set[str]] = {}
    for symbol, day in of.days.items():
        if of.late(symbol):
            as_of = reader.asked.as_of
            on = near(day.prior_session, as_of.date() if as_of else day.session)
            alike.setdefault((on, str(day.session)), set()).add(symbol)
    for text in texts:
        found = re.fullmatch(rf"(.+) measured from the close of ({NEAR})\.", text)
        if not found:
            left.append(text)
            continue
        first = of.days[reader.names(found[1])[0]]
        reader.are_those(found[1], alike.pop((found[2], str(first.session))))
        reader.saw("measured from")
    assert not alike
    return left


def _hours(reader: Reader, texts: list[str]) -> list[str]:
    """How far apart the closes of one date are, where that is more than an hour."""
    ends = {
        symbol: end
        for symbol in reader.moved
        if (session := reader.of.days[symbol].session)
        and (end := plain_calendar.ended(plain_calendar.index(symbol).exchange, session))
    }
    first, last = min(ends.values(), default=None), max(ends.values(), default=None)
    told = [text for text in texts if text.startswith("The closes are hours apart: ")]
    apart = bool(first and last and last - first > dt.timedelta(hours=1))
    assert len(told) == (apart and reader.asked.as_of is None), texts
    for text in told:
        found = re.search(r": (\S+) (\d\d:\d\d) UTC, (\S+) (\d\d:\d\d) UTC\.$", text)
        assert found, text
        assert ends[found[1]] == first
        assert ends[found[3]] == last
        assert (found[2], found[4]) == tuple(
            f"{ends[symbol].astimezone(dt.UTC):%H:%M}" for symbol in (found[1], found[3])
        )
        reader.saw("hours apart", 2)
    return [text for text in texts if text not in told]


def _returns(reader: Reader, texts: list[str]) -> list[str]:
    """Which indices count dividends in, where others do not."""
    kinds: dict[str, list[str]] = {}
    unknown = set()
    for symbol in reader.moved:
        of = plain_calendar.index(symbol)
        if of.returns:
            kinds.setdefault(of.returns, []).append(of.name)
        else:
            unknown.add(of.name)
    told = [text for text in texts if re.search("with(out)? dividends", text)]
    assert len(told) == (len(kinds) > 1), texts
    for text in told:
        main, _, of_some = text.removesuffix(".").partition("; of ")
        if unknown:
            assert of_some.endswith(" it is not known")
            reader.some(of_some.removesuffix(" it is not known"), unknown)
            reader.saw("dividends not known")
        else:
            assert not of_some
        named = {}
        for part in re.split(r"(?<=dividends)[;,] |(?<=after tax)[;,] ", main):
            found = re.fullmatch(r"(.+) (with(?:out)? dividends(?: after tax)?)", part)
            assert found, text
            named[found[2]] = found[1]
        for kind, names in kinds.items():
            said = named.pop(RETURNS[kind])
            if said == "the others":
                assert len(names) == max(map(len, kinds.values())) > 1
            else:
                assert sorted(said.split(", ")) == sorted(names)
        assert not named
        reader.saw("dividends")
    return [text for text in texts if text not in told]


def _uncovered_too(reader: Reader, texts: list[str]) -> list[str]:
    left = [text for text in texts if not _is_uncovered(reader, text, set())]
    assert len(texts) - len(left) == bool(_uncovered(reader, moved=True))
    return left


def _provisional(reader: Reader, texts: list[str]) -> list[str]:
    """Which calendars have been made by rule, where the exchange has not announced them."""
    by_end: dict[dt.date, set[str]] = {}
    for symbol, day in reader.of.days.items():
        known = plain_calendar.calendar_of(symbol)
        if known and day.session and known.announced < day.session <= known.last:
            by_end.setdefault(known.announced, set()).add(known.exchange)
    told = [text for text in texts if " provisional: made by rule, not as announced" in text]
    assert len(told) == bool(by_end), texts
    for text in told:
        named = re.findall(rf"the calendars? of (.+?) after ({ISO})", text, re.IGNORECASE)
        assert {end: set(re.split(", | and ", names)) for names, end in named} == {
            str(end): exchanges for end, exchanges in by_end.items()
        }
        assert text.endswith("; the last close is shown.") == bool(reader.asked.as_of)
        reader.saw("provisional")
    return [text for text in texts if text not in told]


LISTS = {
    "no calendar tells the last session of ": "last session",
    "Fewer than 60 earlier moves, so only streaks are told: ": "few",
    "Rows that cannot be used, so nothing on how rare the moves are: ": "unsound",
    "Fewer than 60 earlier common sessions, so no percentile: ": "few in common",
    "Moves of different sessions, so no percentile: ": "other sessions",
    "Spreads that did not vary before, so no z: ": "no z",
}


def _list_of(text: str) -> str:
    heads = [head for head in LISTS if text.lower().startswith(head.lower())]
    return heads[0] if heads else ""


def _is_list(reader: Reader, text: str, lists: dict[str, set[str]]) -> bool:
    """Read a remark on some indices or pairs, of which the first are named."""
    head = _list_of(text)
    if head:
        tail = text[len(head) :].removesuffix(".")
        known = lists.pop(LISTS[head])
        if LISTS[head] == "last session":
            names, _, rest = tail.partition(": ")
            assert rest == "the last close is shown"
            assert set(names.split(", ")) == known
        else:
            reader.some(tail, known)
        reader.saw(LISTS[head])
    return bool(head)


def _lists(reader: Reader) -> dict[str, set[str]]:
    """What each list has to name."""
    of, asked = reader.of, reader.asked
    few = {s for s in reader.moved if of.earlier(s) < LEAST and s not in asked.unsound}
    long = reader.moved.keys() - few - asked.unsound
    found: dict[str, set[str]] = {kind: set() for kind in LISTS.values()}
    found["few"] = set() if len(few) == len(reader.moved) else few
    found["unsound"] = set(asked.unsound & reader.moved.keys())
    if asked.as_of:
        found["last session"] = {s for s in reader.moved if not _is_covered(of.days[s])}
    for pair in (*of.own_pairs(), *of.splits()[:TOP]):
        gap = of.gap(pair.up, pair.down)
        if {gap.up, gap.down} <= long:
            few_common = gap.n is not None and gap.share is None
            kind = "other sessions" if gap.n is None else "few in common" if few_common else "no z"
            if kind != "no z" or gap.flat_before:
                found[kind].add(f"{gap.up}:{gap.down}")
    return found


def _is_covered(day: Any) -> bool:
    known = plain_calendar.calendar_of(day.symbol)
    return known is not None and day.session is not None and known.covers(day.session)


def _notes(reader: Reader) -> Iterator[str]:
    """What else has to be said: pairs without a spread, none that diverge, no past at all."""
    of = reader.of
    for one, other in reader.asked.pairs:
        lacking = [s for s in (one, other) if s not in of.days]
        still = [s for s in (one, other) if s in of.days and s not in reader.moved]
        if lacking and not (reader.asked.chosen or reader.asked.groups):
            reader.saw("pair not in data")
            yield f"{one}:{other}: no close of {' or '.join(lacking)} in the data"
        if still and not lacking:
            reader.saw("pair without a move")
            yield f"{one}:{other}: no move of {', '.join(still)}"
    few = {s for s in reader.moved if of.earlier(s) < LEAST and s not in reader.asked.unsound}
    if few and len(few) == len(reader.moved):
        reader.saw("few of all")
        yield "fewer than 60 earlier moves, so only streaks are told"
    yield from _none_diverge(reader)


def _none_diverge(reader: Reader) -> Iterator[str]:
    moves = {s: pct for s, pct in reader.moved.items() if s not in plain_calendar.APART}
    half = Fraction(1, 2)
    apart = (
        max(moves.values(), default=half) >= half and min(moves.values(), default=-half) <= -half
    )
    if len(moves) > 1 and not apart:
        why = "no two moves of opposite sign are both 0.5% or more"
        if all(pct > 0 for pct in moves.values()):
            why = "every move is up"
        elif all(pct < 0 for pct in moves.values()):
            why = "every move is down"
        reader.saw("none diverge")
        yield f"no divergent pairs: {why}"
