"""Rarity by plain loops over exact numbers, without the program: what its figures have to equal."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from marketmove.rarity.index_history import MoveContext
    from marketmove.rarity.spread_history import PairContext

Told = dict[str, Any]


class Own(NamedTuple):
    """An index by ISO date, in order: closes, moves in percent, and the dates whose move is long.

    A long move spans sessions that the data lacks.
    """

    close: dict[str, Decimal]
    pct: dict[str, Fraction]
    long: set[str]


def own_of(written: Mapping[str, str], lacking: Collection[str] = ()) -> Own:
    """An index from the text of its closes, and the dates of the sessions that these lack."""
    close = {day: Decimal(written[day]) for day in sorted(written)}
    steps = list(itertools.pairwise(close))
    return Own(
        close,
        {day: _pct(close[day], close[before]) for before, day in steps},
        {day for before, day in steps if any(before < hole < day for hole in lacking)},
    )


def _pct(close: Decimal, prior: Decimal) -> Fraction:
    return (Fraction(close) / Fraction(prior) - 1) * 100


def told_of_move(own: Own, session: str) -> Told:
    today, move = own.close[session], own.pct[session]
    days = [day for day in own.close if day < session]
    earlier = [own.close[day] for day in days]
    moves = {day: own.pct[day] for day in days[1:]}
    streak, is_least = _streak(own, session)
    sizes = [abs(pct) for pct in list(moves.values())[-250:]]
    always = {
        "streak": streak,
        "streak_is_least": is_least,
        "size_n": len(sizes),
        "data_since": min(own.close),
    }
    if len(sizes) < 60:
        names = ("record", "highest_since", "lowest_since", "largest_since", "size_percentile")
        return always | dict.fromkeys(names)
    return always | {
        "record": _record(earlier, today),
        "highest_since": _last(days, lambda day: own.close[day] > today),
        "lowest_since": _last(days, lambda day: own.close[day] < today),
        "largest_since": _last(
            moves, lambda day: moves[day] * move > 0 and abs(moves[day]) >= abs(move)
        ),
        "size_percentile": _smaller(sizes, abs(move)),
    }


def _streak(own: Own, session: str) -> tuple[int | None, bool]:
    if session in own.long:
        return None, True
    if own.pct[session] == 0:
        return 0, False
    sign = 1 if own.pct[session] > 0 else -1
    length = 0
    for day in reversed([day for day in own.pct if day <= session]):
        if day in own.long:
            return sign * length, True
        if own.pct[day] * sign <= 0:
            return sign * length, False
        length += 1
    return sign * length, True


def _record(earlier: list[Decimal], today: Decimal) -> str | None:
    if len(earlier) < 60:
        return None
    if today > max(earlier) or today < min(earlier):
        return "high" if today > max(earlier) else "low"
    if max(earlier) == min(earlier) or today not in (max(earlier), min(earlier)):
        return None
    return "equals high" if today == max(earlier) else "equals low"


def spreads_of(one: Own, other: Own) -> dict[str, Fraction]:
    """The spread of each common session, in percentage points."""
    return {day: pct - other.pct[day] for day, pct in one.pct.items() if day in other.pct}


def told_of_pair(spreads: Mapping[str, Fraction], session: str) -> Told:
    earlier = {day: spread for day, spread in spreads.items() if day < session}
    past = list(earlier.values())[-250:]
    told: Told = {
        "percentile": None,
        "z": None,
        "n": len(past),
        "widest_since": None,
        "data_since": next(iter(earlier), None),
    }
    if len(past) >= 60 and session in spreads:
        size = abs(spreads[session])
        told["percentile"] = _smaller([abs(spread) for spread in past], size)
        told["z"] = _z(past, spreads[session])
        told["widest_since"] = _last(earlier, lambda day: abs(earlier[day]) >= size)
    return told


def _z(past: list[Fraction], today: Fraction) -> float | None:
    if len(set(past)) == 1:
        return None
    with localcontext(prec=50):
        known = [Decimal(spread.numerator) / spread.denominator for spread in past]
        mean = sum(known, Decimal()) / len(known)
        variance = sum(((spread - mean) ** 2 for spread in known), Decimal()) / len(known)
        return float((Decimal(today.numerator) / today.denominator - mean) / variance.sqrt())


def _smaller(sizes: list[Fraction], size: Fraction) -> float:
    return float(Fraction(100 * sum(earlier < size for earlier in sizes), len(sizes)))


def _last(days: Iterable[str], wanted: Callable[[str], bool]) -> str | None:
    return next((day for day in reversed(list(days)) if wanted(day)), None)


def plain(told: MoveContext | PairContext) -> Told:
    """As a document would have it: dates as text; and nothing that is not a number."""
    values = told._asdict()
    assert not any(isinstance(v, float) and not math.isfinite(v) for v in values.values())
    return {name: str(v) if isinstance(v, dt.date) else v for name, v in values.items()}


def same(told: Told, expected: Told) -> bool:
    return told == {
        name: pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value
        for name, value in expected.items()
    }
