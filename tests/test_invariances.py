"""What changes nothing, for any closes: the order, other indices, what comes later, the scale.

Each holds for all that is told of a session: moves, why there is none, how rare they are, pairs.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from by_loops import Told, plain, same
from marketmove.closes.levels import levels_of
from marketmove.closes.shut_days import on_shut_days, without
from marketmove.market import calendars
from marketmove.moves.measure import moves_at, series
from marketmove.moves.rows import read_moves
from marketmove.rarity.index_history import move_context
from marketmove.rarity.spread_history import move_matrix, pair_contexts, wide_pairs
from profiles import tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = tuple[str, str, str]  # symbol, ISO date, close
EXCHANGES = {"HSI": "XHKG", "SSEC": "XSHG", "N225": "XTKS"}
CALENDARS = {symbol: calendars.load([code])[code] for symbol, code in EXCHANGES.items()}
SYMBOLS = (*EXCHANGES, "OWN")
# A session about the Lunar New Year: Shanghai was shut, Hong Kong and Tokyo were not.
SESSION = dt.date(2025, 2, 4)

each_example = settings(max_examples=tried(40, 300))


class Market(NamedTuple):
    """Closes, and the session that is asked for."""

    rows: list[Row]
    session: dt.date

    def only(self, symbols: Iterable[str]) -> Market:
        return self._replace(rows=[row for row in self.rows if row[0] in symbols])

    def until(self, day: dt.date) -> Market:
        return self._replace(rows=[row for row in self.rows if row[1] <= str(day)])

    @property
    def symbols(self) -> list[str]:
        return sorted({symbol for symbol, _, _ in self.rows})


@st.composite
def few_closes(draw: st.DrawFn) -> Market:
    """Closes of a few days, on holidays and weekends too."""
    days = st.dates(SESSION - dt.timedelta(days=20), SESSION + dt.timedelta(days=10))
    keys = st.tuples(st.sampled_from(SYMBOLS), days)
    cents = st.integers(1, 10_000_000)
    closes = draw(st.dictionaries(keys, cents, min_size=1, max_size=30))
    rows = [(s, str(day), f"{n // 100}.{n % 100:02}") for (s, day), n in closes.items()]
    return Market(rows, SESSION)


@st.composite
def many_closes(draw: st.DrawFn) -> Market:
    """Many equal moves, holidays of each index's own, and starts of its own."""
    rng = random.Random(draw(st.integers(0, 1 << 30)))  # noqa: S311
    length = draw(st.sampled_from([60, 64, 130, 320, 700]))
    levels = draw(st.sampled_from([["100", "101", "99"], ["1000", "1011", "989", "1100", "900.5"]]))
    days = [SESSION - dt.timedelta(days=n) for n in range(length, -10, -1)]
    rows: list[Row] = []
    for symbol in SYMBOLS:
        shut, start = draw(st.sampled_from([0, 0.02, 0.3, 0.8])), draw(st.sampled_from([0, 0, 50]))
        open_days = [day for day in days[start:] if rng.random() >= shut] or days[-1:]
        rows += [(symbol, str(day), rng.choice(levels)) for day in open_days]
    session = draw(st.sampled_from(days[-15:]) | st.sampled_from(days))
    return Market(rows, session)


markets = few_closes() | many_closes()


class AllTold(NamedTuple):
    moves: dict[str, dict[str, Any]]
    rarity: dict[str, Told | None]
    pairs: dict[tuple[str, str], Told]
    wide: set[tuple[str, str]]


def _told(market: Market, symbols: Sequence[str] = ()) -> AllTold:
    """All that is told of a session, as the program comes to it; but for lines of files."""
    symbols = symbols or market.symbols
    levels = levels_of(market.rows)
    shut = on_shut_days(levels, CALENDARS)
    levels = without(levels, shut["row"][shut["ghost"]])
    moves = read_moves(moves_at(levels, dict.fromkeys(symbols, market.session), CALENDARS))
    told = {m.symbol: m._asdict() | {"source": ""} for m in moves}
    known = [symbol for symbol in symbols if symbol in set(levels.symbols)]
    closes = series(levels, known)
    rarity = {s: move_context(closes[s], market.session, CALENDARS.get(s)) for s in known}
    past = move_matrix(closes)
    asked = list(itertools.permutations(known, 2))
    pairs = zip(asked, pair_contexts(past, asked, market.session), strict=True)
    moved = [symbol for symbol in known if told[symbol]["status"] == "ok"]
    return AllTold(
        told,
        {symbol: plain(one) if one else None for symbol, one in rarity.items()},
        {names: plain(pair) for names, pair in pairs},
        set(wide_pairs(past, market.session, moved)),
    )


@each_example
@given(markets, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_indices(market: Market, rng: random.Random) -> None:
    rows = rng.sample(market.rows, len(market.rows))
    order = rng.sample(market.symbols, len(market.symbols))
    assert _told(market._replace(rows=rows), order) == _told(market)


@each_example
@given(markets, st.sampled_from(list(itertools.permutations(SYMBOLS, 2))))
def test_another_index(market: Market, pair: tuple[str, str]) -> None:
    together = _told(market)
    for symbol in market.symbols:
        alone = _told(market.only({symbol}))
        assert alone.moves[symbol] == together.moves[symbol]
        assert alone.rarity[symbol] == together.rarity[symbol]
    if pair in together.pairs:
        two = _told(market.only(pair))
        # Sums over sessions of more indices are rounded otherwise, in the last bit.
        assert same(two.pairs[pair], together.pairs[pair])
        assert (pair in two.wide) == (pair in together.wide)


@each_example
@given(markets)
def test_later_closes(market: Market) -> None:
    """But that what was pending may turn out to be missing, and what was stale to be shut."""
    before = market.until(market.session)
    if not before.rows:
        return
    known, later = _told(before), _told(market, before.symbols)
    for symbol, move in known.moves.items():
        if move["status"] == "pending":
            assert later.moves[symbol]["status"] in {"pending", "missing"}
        elif move["status"] == "stale":
            assert later.moves[symbol]["status"] in {"stale", "missing", "closed"}
        else:
            assert later.moves[symbol] == move
    assert later.rarity == known.rarity
    assert later[2:] == known[2:]


@each_example
@given(markets, st.integers(-3, 3))
def test_a_power_of_ten(market: Market, power: int) -> None:
    scaled = [(s, day, f"{Decimal(close).scaleb(power):f}") for s, day, close in market.rows]
    told, other = _told(market), _told(market._replace(rows=scaled))
    for symbol, move in told.moves.items():
        for what in ("status", "change_pct"):
            assert other.moves[symbol][what] == move[what]
    assert other[1:] == told[1:]


@each_example
@given(few_closes(), st.integers(0, 29))
def test_a_close_that_is_taken_away_leaves_no_figure(market: Market, which: int) -> None:
    """Neither that close nor a move from or to it; and a move of zero only from equal closes."""
    taken = market.rows[which % len(market.rows)]
    rest = market._replace(rows=[row for row in market.rows if row != taken])
    if not rest.rows:
        return
    moves = _told(rest, SYMBOLS).moves
    for move in moves.values():
        assert (move["change_pct"] is None) == (move["status"] != "ok")
        assert move["change_pct"] != 0 or move["close"] == move["prior_close"]
    if taken[1] == str(SESSION):
        move = moves[taken[0]]
        assert move["status"] != "ok"
        assert (move["close"], move["change_pts"], move["change_pct"]) == (None, None, None)
    first = market._replace(rows=[r for r in market.rows if r[0] != "OWN" or r[1] >= str(SESSION)])
    if any(row[:2] == ("OWN", str(SESSION)) for row in market.rows):
        move = _told(first).moves["OWN"]
        assert (move["status"], move["change_pts"], move["change_pct"]) == ("no_prior", None, None)
