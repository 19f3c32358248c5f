"""How rare a move or a spread is: worked out by hand, and never by what came later."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from by_loops import Told, own_of, plain, same, spreads_of, told_of_move, told_of_pair
from marketmove.closes.levels import levels_of
from marketmove.market import calendars
from marketmove.moves.measure import series
from marketmove.rarity.index_history import move_context
from marketmove.rarity.spread_history import move_matrix, pair_contexts, wide_pairs
from profiles import tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketmove.market.calendars import Calendar

FIRST = dt.date(2020, 1, 1)
Written = dict[str, dict[str, str]]  # symbol → ISO date → close


# Made by hand.


def _day(nth: int) -> str:
    return str(FIRST + dt.timedelta(days=nth))


def _walk(
    moves: Mapping[int, str], last: int, first: int = 0, start: str = "1000"
) -> dict[str, str]:
    """Closes of a run of dates: flat but for moves in percent, which are exact."""
    close, closes = Decimal(start), {}
    for nth in range(first, last + 1):
        close *= 1 + Decimal(moves.get(nth, "0")) / 100
        closes[_day(nth)] = str(close)
    return closes


def _rows(written: Written) -> list[tuple[str, str, str]]:
    return [(s, day, close) for s, closes in written.items() for day, close in closes.items()]


def _pair_of(written: Written, nth: int, one: str = "AAA", other: str = "BBB") -> Told:
    past = move_matrix(series(levels_of(_rows(written)), [one, other]))
    (told,) = pair_contexts(past, [(one, other)], dt.date.fromisoformat(_day(nth)))
    return plain(told)


def _move_of(closes: Mapping[str, str], day: str, calendar: Calendar | None = None) -> Told | None:
    own = series(levels_of(_rows({"AAA": dict(closes)})), ["AAA"])["AAA"]
    told = move_context(own, dt.date.fromisoformat(day), calendar)
    return plain(told) if told else None


@pytest.mark.parametrize(
    ("earlier", "today"),
    [(("1.1", "-1.1"), ("3.3", "1.1")), (("3.3", "1.1"), ("1.1", "-1.1"))],
)
def test_equal_spreads_of_different_moves_are_equal(
    earlier: tuple[str, str], today: tuple[str, str]
) -> None:
    a, b = ({10: earlier[n], 70: today[n]} for n in (0, 1))
    told = _pair_of({"AAA": _walk(a, 70), "BBB": _walk(b, 70)}, 70)
    # 69 earlier spreads: 68 of zero and one of 2.2, which z holds against their mean of 2.2 / 69.
    assert same(
        told,
        {
            "percentile": 100 * 68 / 69,
            "z": math.sqrt(68),
            "n": 69,
            "widest_since": _day(10),
            "data_since": _day(1),
        },
    )


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_spread_as_wide_the_other_way_round_is_as_wide(sign: str) -> None:
    closes = {"AAA": _walk({10: "1", 70: f"{sign}1"}, 70), "BBB": _walk({}, 70)}
    told = _pair_of(closes, 70)
    assert told["widest_since"] == _day(10)
    assert told["percentile"] == 100 * 68 / 69
    # The mean keeps its sign: 1 or −1 held against 1 / 69.
    assert told["z"] == pytest.approx(math.sqrt(68) if not sign else -70 / math.sqrt(68))


def test_spreads_that_do_not_vary_have_no_z() -> None:
    closes = {"AAA": _walk({70: "1"}, 70), "BBB": _walk({}, 70)}
    told = {"percentile": 100.0, "z": None, "n": 69, "widest_since": None, "data_since": _day(1)}
    assert _pair_of(closes, 70) == told
    assert _pair_of({"AAA": _walk({}, 70), "BBB": _walk({}, 70)}, 70) == told | {
        "percentile": 0.0,
        "widest_since": _day(69),
    }
    doubled = _walk(dict.fromkeys(range(1, 63), "100"), 63, start="0.0009765625")
    told |= {"percentile": 0.0, "n": 62, "widest_since": _day(62)}
    assert _pair_of({"AAA": doubled, "BBB": _walk({}, 63)}, 63) == told


def test_a_spread_of_two_that_rose_is_told_too() -> None:
    """Whatever the signs: 2 less 0.5 on a day on which all rose, after one of 3 less 1."""
    closes = {"AAA": _walk({20: "3", 70: "2"}, 70), "BBB": _walk({20: "1", 70: "0.5"}, 70)}
    told = _pair_of(closes, 70)
    assert (told["percentile"], told["widest_since"]) == (100 * 68 / 69, _day(20))
    past = move_matrix(series(levels_of(_rows(closes)), ["BBB", "AAA"]))
    day = dt.date.fromisoformat(_day(70))
    assert wide_pairs(past, day, ["BBB", "AAA"]) == [("AAA", "BBB")]


@pytest.mark.parametrize("common", [0, 1, 59, 60, 61, 249, 250, 251])
def test_fewer_than_60_common_sessions_tell_only_how_many(common: int) -> None:
    last = common + 1
    told = _pair_of({"AAA": _walk({1: "2", last: "1"}, last), "BBB": _walk({}, last)}, last)
    since = _day(1) if common else None
    if common < 60:
        assert told == {
            "percentile": None,
            "z": None,
            "n": common,
            "widest_since": None,
            "data_since": since,
        }
    else:
        # The move of 2 is one of the last 250 sessions until there are 251.
        assert told["n"] == min(common, 250)
        assert told["percentile"] == (100 if common > 250 else 100 * (common - 1) / common)
        assert (told["z"] is None) == (common > 250)
        assert (told["widest_since"], told["data_since"]) == (_day(1), since)


@pytest.mark.parametrize("before", [59, 60, 61])
def test_fewer_than_60_earlier_sessions_tell_no_record_and_no_percentile(before: int) -> None:
    told = _move_of(_walk({before: "1"}, before), _day(before))
    assert told is not None
    # One move fewer than closes: there is none to the first.
    assert told["record"] == ("high" if before - 1 >= 60 else None)
    assert told["size_n"] == before - 1
    assert told["size_percentile"] == (100.0 if before - 1 >= 60 else None)


def test_an_index_that_starts_late() -> None:
    closes = {"AAA": _walk({170: "1"}, 170), "BBB": _walk({}, 170, first=100)}
    told = _pair_of(closes, 170)
    assert (told["n"], told["data_since"], told["percentile"]) == (69, _day(101), 100)
    assert _pair_of(closes, 100)["n"] == 0
    assert _pair_of(closes, 100)["data_since"] is None
    assert _move_of(closes["BBB"], _day(100)) is None


def test_a_pair_that_never_trades_together() -> None:
    closes = _walk({}, 300)
    even, odd = ({_day(n): closes[_day(n)] for n in range(start, 300, 2)} for start in (0, 1))
    told = {"percentile": None, "z": None, "n": 0, "widest_since": None, "data_since": None}
    assert _pair_of({"AAA": even, "BBB": odd}, 298) == told
    assert _pair_of({"AAA": even, "BBB": odd}, 299) == told


@pytest.mark.parametrize("every", [2, 5])
def test_the_last_250_common_sessions_are_not_those_of_250_dates(every: int) -> None:
    """One trades on some dates only: of its moves of 3 and 2, the second is within 250 sessions."""
    last, nth = 300 * every, 300
    a = _walk({(nth - 251) * every: "3", (nth - 250) * every: "2", last: "1"}, last)
    closes = {
        "AAA": {_day(n): a[_day(n)] for n in range(0, last + 1, every)},
        "BBB": _walk({}, last),
    }
    told = _pair_of(closes, last)
    assert same(
        told,
        {
            "percentile": 100 * 249 / 250,
            # Held against one spread of 2 among 249 of zero: a mean of 2 / 250.
            "z": (1 - 0.008) / math.sqrt(4 / 250 - 0.008**2),
            "n": 250,
            "widest_since": _day((nth - 250) * every),
            "data_since": _day(every),
        },
    )


def test_without_a_move_of_both_only_the_past_is_told() -> None:
    closes = {"AAA": _walk({}, 70), "BBB": _walk({}, 69)}
    told = {"percentile": None, "z": None, "n": 69, "widest_since": None, "data_since": _day(1)}
    assert _pair_of(closes, 70) == told
    assert _pair_of(closes, 71) == told | {"n": 69}
    assert _move_of(closes["AAA"], _day(71)) is None


def test_no_pairs_and_the_first_date_of_all() -> None:
    closes = {"AAA": _walk({}, 70), "BBB": _walk({}, 70)}
    past = move_matrix(series(levels_of(_rows(closes)), ["AAA", "BBB"]))
    assert pair_contexts(past, [], dt.date.fromisoformat(_day(70))) == []
    none = {"percentile": None, "z": None, "n": 0, "widest_since": None, "data_since": None}
    assert _pair_of(closes, 0) == none
    assert _pair_of(closes, -1) == none


def test_records_and_since_dates() -> None:
    up_and_down = {_day(n): str(100 + 10 * (n % 2)) for n in range(80)}
    said = ("record", "highest_since", "lowest_since", "largest_since", "streak")
    for close, *expected in (
        ("110", "equals high", None, _day(80), _day(79), 1),
        ("110.01", "high", None, _day(80), None, 1),
        ("100", "equals low", _day(79), None, None, 0),
        ("99.99", "low", _day(80), None, _day(80), -2),
        ("105", None, _day(79), _day(80), _day(79), 1),
    ):
        told = _move_of(up_and_down | {_day(80): "100", _day(81): close}, _day(81))
        assert told is not None
        assert [told[name] for name in said] == expected
        assert told["data_since"] == _day(0)


def test_closes_that_never_change_are_no_record() -> None:
    told = _move_of(_walk({}, 70), _day(70))
    assert told == {
        "streak": 0,
        "streak_is_least": False,
        "record": None,
        "highest_since": None,
        "lowest_since": None,
        "largest_since": None,
        "size_percentile": 0.0,
        "size_n": 69,
        "data_since": _day(0),
    }


def test_equal_moves_at_different_levels_are_equal() -> None:
    """1.1 % of 1,000 and of 1,011: not smaller, and at least as large."""
    told = _move_of(_walk({5: "1.1", 70: "1.1", 80: "-1.1", 90: "-1.1"}, 90), _day(70))
    assert told is not None
    assert (told["size_percentile"], told["largest_since"]) == (100 * 68 / 69, _day(5))
    fell = _move_of(_walk({5: "1.1", 70: "-1.1"}, 70), _day(70))
    assert fell is not None
    assert (fell["size_percentile"], fell["largest_since"]) == (100 * 68 / 69, None)


# Closes of Hong Kong, whose sessions are known: shut from 29 to 31 January 2025.
WEEKS = "24 27 28 | 3 4 5 6 7 10 11 12 13 14".replace("| ", "").split()
HONG_KONG = [f"2025-{'01' if n < 3 else '02'}-{int(day):02}" for n, day in enumerate(WEEKS)]


@pytest.mark.parametrize(
    ("closes", "streak", "is_least"),
    [
        ("1 2 1 2 3 4 5", 4, False),  # over the holiday
        ("1 2 3 4 5 6 7", 6, True),  # from the first move on
        ("9 8 9 8 8 7 6", -2, False),  # a flat day ends it
        ("1 2 1 2 3 4 4", 0, False),
        ("1 2 1 2 3 - 4", None, True),  # a move over a session that the data lacks
        ("1 2 1 2 - 3 4", 1, True),
        ("1 2 3 - 1 3 4", 2, True),  # the fall may have ended with a rise
        ("1 2 3 - 3 4 5", 2, True),
        ("3 - 2 1 2 3 4", 3, False),  # what lies further back is no matter
        ("1 2 1 2 3 - 3", None, True),
        ("- - - - - 3 4", 1, True),
    ],
)
def test_streaks(closes: str, streak: int | None, is_least: bool) -> None:
    calendar = calendars.load(["XHKG"])["XHKG"]
    written = dict(zip(HONG_KONG, closes.split(), strict=False))
    known = {day: close for day, close in written.items() if close != "-"}
    told = _move_of(known, max(known), calendar)
    assert told is not None
    assert (told["streak"], told["streak_is_least"]) == (streak, is_least)
    # Without a calendar nobody knows of a session that the data lacks.
    free = _move_of(known, max(known))
    assert free is not None
    assert free["streak"] is not None


# What holds for any closes.


@st.composite
def markets(draw: st.DrawFn) -> Written:
    """Three indices with many equal moves, holidays of their own, and starts of their own."""
    rng = random.Random(draw(st.integers(0, 1 << 30)))  # noqa: S311
    last = draw(st.sampled_from([60, 64, 130, 320, 700]))
    levels = draw(st.sampled_from([["100", "101", "99"], ["1000", "1011", "989", "1100", "900.5"]]))
    written: Written = {}
    for symbol in ("AAA", "BBB", "CCC"):
        shut, start = draw(st.sampled_from([0, 0.02, 0.3, 0.8])), draw(st.sampled_from([0, 0, 50]))
        days = [n for n in range(start, last) if rng.random() >= shut] or [last]
        written[symbol] = {_day(n): rng.choice(levels) for n in days}
    return written


few = settings(max_examples=tried(15, 40))
PAIRS = list(itertools.permutations(["AAA", "BBB", "CCC"], 2))


def _all_told(written: Written, session: str) -> list[Told | None]:
    """Of all three indices and of all pairs, both ways round."""
    day = dt.date.fromisoformat(session)
    closes = series(levels_of(_rows(written)), ["AAA", "BBB", "CCC"])
    moves = [move_context(closes[symbol], day) for symbol in ("AAA", "BBB", "CCC")]
    return [
        *(plain(move) if move else None for move in moves),
        *(plain(pair) for pair in pair_contexts(move_matrix(closes), PAIRS, day)),
    ]


@few
@given(markets(), st.data())
def test_any_closes_as_plain_loops_find_it(written: Written, data: st.DataObject) -> None:
    owns = {symbol: own_of(closes) for symbol, closes in written.items()}
    days = sorted({day for closes in written.values() for day in closes})
    session = data.draw(st.sampled_from(days[-3:]) | st.sampled_from(days))
    told = _all_told(written, session)
    for move, own in zip(told, owns.values(), strict=False):
        assert (move is not None) == (session in own.pct)
        assert move is None or same(move, told_of_move(own, session))
    for pair, (one, other) in zip(told[3:], PAIRS, strict=True):
        assert pair is not None
        assert same(pair, told_of_pair(spreads_of(owns[one], owns[other]), session))


@few
@given(markets())
def test_turned_round_a_pair_has_the_other_sign_of_z_and_nothing_else(written: Written) -> None:
    session = max(day for closes in written.values() for day in closes)
    told = dict(zip(PAIRS, _all_told(written, session)[3:], strict=True))
    for (one, other), pair in told.items():
        turned = told[other, one]
        assert pair is not None
        assert turned is not None
        z = None if pair["z"] is None else -pair["z"]
        assert turned == pair | {"z": z}
