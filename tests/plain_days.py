"""What became of each index in a session: worked out from closes and calendars, by loops."""

from __future__ import annotations

import datetime as dt
import statistics
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import plain_calendar
from plain_closes import LEAST, SAME, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plain_closes import Closes

# What has not been for a month of sessions is worth a word; so is a row of four.
MONTH, ROW, A_DAY = 20, 4, Fraction(5, 7)


class Asked(NamedTuple):
    """What a summary was asked for, and what a test knows of its files beforehand.

    ``unsound`` are the indices with earlier rows that cannot be used. ``said`` are whole sentences
    on how a file was read, which the test has written by hand. ``before`` are
    the closes that a summary was last written of.
    """

    closes: Closes
    session: dt.date | None = None
    as_of: dt.datetime | None = None
    source: str = ""
    chosen: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    alerts: tuple[str, ...] = ()
    unsound: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    before: Closes | None = None


class Day(NamedTuple):
    """An index in a session: what its row says, and why it has no move if it has none."""

    symbol: str
    name: str
    session: dt.date | None
    status: str
    close: Fraction | None = None
    prior_session: dt.date | None = None
    prior_close: Fraction | None = None
    pct: Fraction | None = None
    gap: int = 0


class Fact(NamedTuple):
    """What is rare about a move: its kind, since when or how long, and whether of all the data."""

    kind: str
    told: dt.date | int
    whole: bool
    rarity: Fraction


class Gap(NamedTuple):
    """How far apart two indices are: the higher and the lower move, and what is rare about it."""

    up: str
    down: str
    pp: Fraction
    n: int | None = None
    share: Fraction | None = None
    z: float = 0.0
    widest: tuple[dt.date, bool] | None = None
    flat_before: bool = False


def _rarest_first(gap: Gap) -> tuple[Fraction, float, Fraction, str, str]:
    share = Fraction(-1) if gap.share is None else gap.share
    return -share, -gap.z, -gap.pp, gap.up, gap.down


def five_years_before(day: dt.date) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 5, day=28 if leap else day.day)


class Session:
    """All that the sentences of a summary may rest on."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.closes = asked, asked.closes
        grouped = [symbol for _, symbols in asked.groups for symbol in symbols]
        wanted = [*asked.chosen, *(s for s in grouped if s in self.closes.symbols)]
        watched = [t.partition(":")[0] for t in asked.alerts if t.endswith(": missing")]
        every = wanted or [*self.closes.symbols, *(s for s in watched if s != "any")]
        self.days = {symbol: self._day(symbol) for symbol in dict.fromkeys(every)}
        self.moved = {s: day.pct for s, day in self.days.items() if day.pct is not None}
        shares = [s for s in self.days if s not in plain_calendar.APART]
        self._shares: dict[str, Fraction | None] = {}
        self._facts: dict[str, list[Fact]] = {}
        self._gaps: dict[tuple[str, str], Gap] = {}
        self.rows = shares if self.moved.keys() & set(shares) else list(self.days)

    # --- one index

    def _session(self, symbol: str) -> dt.date | None:
        """The date asked for, or the last session that was over at a moment."""
        if self.asked.as_of is None:
            return self.asked.session
        exchange = plain_calendar.index(symbol).exchange
        known = plain_calendar.calendar(exchange)
        day = self.asked.as_of.date() + dt.timedelta(days=2)
        if exchange not in plain_calendar.CLOCKS:
            day = self.asked.as_of.astimezone(dt.UTC).date() - dt.timedelta(days=1)
        while (end := plain_calendar.settled(exchange, day)) and end > self.asked.as_of:
            day -= dt.timedelta(days=1)
        if known and day <= known.announced and (session := known.until(day)):
            return session
        return max((own for own in self.closes.days[symbol] if own <= day), default=None)

    def _day(self, symbol: str) -> Day:
        name, session = plain_calendar.index(symbol).name, self._session(symbol)
        if session is None:
            return Day(symbol, name, None, "other")
        days, close = self.closes.days.get(symbol, []), self.closes.close.get(symbol, [])
        before = [at for at, day in enumerate(days) if day < session]
        prior = before[-1] if before else None
        known = plain_calendar.calendar_of(symbol)
        day = Day(symbol, name, session, "other")
        if prior is not None:
            gap = (known.between(days[prior], session) or 0) if known else 0
            day = day._replace(prior_session=days[prior], prior_close=close[prior], gap=gap)
        if session in days:
            at = days.index(session)
            pct = self.closes.pct[symbol][at]
            return day._replace(status="other" if pct is None else "ok", close=close[at], pct=pct)
        if known and known.covers(session):
            later = bool(days) and days[-1] > session
            status = "closed" if not known.has(session) else "missing" if later else "pending"
            return day._replace(status=status)
        return day

    def reopens(self, symbol: str) -> dt.date | None:
        known, session = plain_calendar.calendar_of(symbol), self.days[symbol].session
        assert known
        assert session
        return known.following(session)

    def why(self, symbol: str) -> str:
        known, session = plain_calendar.calendar_of(symbol), self.days[symbol].session
        assert known
        assert session
        return known.why(session)

    def earlier(self, symbol: str) -> int:
        """How many moves before that of the session its size may be held against."""
        day = self.days[symbol]
        if day.pct is None or day.session is None or symbol in self.asked.unsound:
            return 0
        return min(WINDOW, self.closes.here(symbol, day.session) - 1)

    def share(self, symbol: str) -> Fraction | None:
        """The share of the last moves that are smaller; None where they are too few."""
        if symbol not in self._shares:
            day, enough = self.days[symbol].session, self.earlier(symbol) >= LEAST
            assert day
            self._shares[symbol] = self.closes.share_smaller(symbol, day) if enough else None
        return self._shares[symbol]

    def facts(self, symbol: str) -> list[Fact]:
        """What is rare about the move of an index, the rarest first."""
        if symbol not in self._facts:
            self._facts[symbol] = sorted(self._rare(symbol), key=lambda fact: -fact.rarity)
        return self._facts[symbol]

    def for_headline(self, symbol: str) -> list[Fact]:
        """Those that a headline may tell: of short data, not that a close is beyond all."""
        session, (first, *_) = self.days[symbol].session, self.closes.days[symbol]
        assert session
        short = first > five_years_before(session)
        return [
            fact
            for fact in self.facts(symbol)
            if not (short and fact.whole and fact.kind.startswith("to "))
        ]

    def _rare(self, symbol: str) -> Iterator[Fact]:
        of, pct, session = self.closes, self.days[symbol].pct, self.days[symbol].session
        if not pct or not session or symbol in self.asked.unsound:
            return
        length, at_least = of.streak(symbol, session)
        if length >= ROW:
            yield Fact("up" if pct > 0 else "down", length, at_least, Fraction(2**length))
        if self.earlier(symbol) < LEAST:
            return
        at, first = of.here(symbol, session), of.days[symbol][0]
        before, today = of.close[symbol][:at], of.close[symbol][at]
        side, end = ("highest", max(before)) if pct > 0 else ("lowest", min(before))
        if (today - end) * pct > 0:
            # Of less than five years of closes nobody speaks of a record.
            long = first <= five_years_before(session)
            record = ("a record" if long else "its highest") if pct > 0 else "its lowest"
            yield Fact(f"to {record} close", first, True, (session - first).days * A_DAY)
        elif today == end and max(before) != min(before):
            yield Fact(f"to equal its {side} close", first, True, Fraction(MONTH))
        elif since := of.beyond_since(symbol, session, 1 if pct > 0 else -1):
            yield from self._since(f"to its {side} close", since, session)
        if not self.days[symbol].gap:
            side = "best" if pct > 0 else "worst"
            if since := of.best_since(symbol, session):
                yield from self._since(f"its {side} session", since, session)
            else:
                yield Fact(f"its {side} session", first, True, (session - first).days * A_DAY)

    def _since(self, kind: str, since: dt.date, session: dt.date) -> Iterator[Fact]:
        if (session - since).days * A_DAY >= MONTH:
            yield Fact(kind, since, False, (session - since).days * A_DAY)

    # --- pairs

    def splits(self) -> list[Gap]:
        """The pairs of opposite moves of half a percent at least, the rarest first."""
        half = Fraction(1, 2)
        counted = {s: p for s, p in self.moved.items() if s not in plain_calendar.APART}
        ups = [(pct, s) for s, pct in counted.items() if pct >= half]
        downs = [(pct, s) for s, pct in counted.items() if pct <= -half]
        apart = [self.gap(one, other) for _, one in ups for _, other in downs]
        mine = {frozenset(pair) for pair in self.asked.pairs}
        return sorted((gap for gap in apart if {gap.up, gap.down} not in mine), key=_rarest_first)

    def lines(self) -> list[list[Gap]]:
        """Those pairs as they are told: of an index with three or more left, all at once."""
        left, lines = self.splits(), []
        while left:
            first, of = left[0], [*left[:1]]
            for hub in (first.down, first.up):
                own = [gap for gap in left if hub in {gap.up, gap.down}]
                of = own if len(own) >= max(3, len(of)) else of
            lines.append(of)
            left = [gap for gap in left if gap not in of]
        return lines

    def own_pairs(self) -> list[Gap]:
        """The pairs asked for of which both have a move."""
        found = []
        for one, other in self.asked.pairs:
            if one in self.moved and other in self.moved:
                up, down = sorted((one, other), key=lambda s: -self.moved[s])
                found.append(Gap(up, down, self.moved[up] - self.moved[down]))
        return found

    def gap(self, up: str, down: str) -> Gap:
        """Hold two indices against each other, and against their past."""
        if (up, down) not in self._gaps:
            self._gaps[up, down] = self._gap(up, down)
        return self._gaps[up, down]

    def _gap(self, up: str, down: str) -> Gap:
        pp = self.moved[up] - self.moved[down]
        told, day = Gap(up, down, pp), self.days[up].session
        assert day
        if day != self.days[down].session or {up, down} & self.asked.unsound:
            return told
        *signed, _ = self.closes.spreads(up, down, day)
        before = [(when, abs(pp)) for when, pp in signed]
        sizes = [size for _, size in before[-WINDOW:]]
        told = told._replace(n=len(sizes))
        if len(sizes) < LEAST:
            return told
        least = abs(told.pp) - SAME
        smaller = sum(size < least for size in sizes)
        wide = [when for when, size in before if size >= least]
        recent = [float(pp) for _, pp in signed[-WINDOW:]]
        wide_by = statistics.pstdev(recent)
        told = told._replace(
            share=Fraction(100 * smaller, len(sizes)),
            z=abs(float(pp) - statistics.fmean(recent)) / wide_by if wide_by > 1e-9 else 0.0,
            flat_before=len({pp for _, pp in signed[-WINDOW:]}) == 1,
        )
        if self.days[up].gap or self.days[down].gap:
            return told
        if not wide:
            return told._replace(widest=(before[0][0], True))
        lately = (day - wide[-1]).days * A_DAY < MONTH
        return told if lately else told._replace(widest=(wide[-1], False))

    # --- many

    def state(self, symbol: str) -> str:
        day = self.days[symbol]
        if day.pct is None:
            return day.status
        return "up" if day.pct > 0 else "down" if day.pct < 0 else "unchanged"

    def median(self, symbols: tuple[str, ...]) -> Fraction:
        return statistics.median(self.moved[s] for s in symbols if s in self.moved)

    def late(self, symbol: str) -> bool:
        """Whether a move is measured from an older close than that of the weekday before."""
        day = self.days[symbol]
        if day.pct is None or day.session is None:
            return False
        usual = day.session - dt.timedelta(days=1)
        while usual.weekday() > 4:
            usual -= dt.timedelta(days=1)
        return day.prior_session != usual
