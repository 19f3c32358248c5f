"""The divergent pairs of a session, and how far apart the moves of any pair are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.moves.move import Move, exact
from marketmove.moves.table import chosen, least_and_most

Floats = npt.NDArray[np.float64]

PairKind = Literal["split", "wide", "asked"]


class Divergence(NamedTuple):
    """Two moves that stand apart: ``up`` is the symbol of the higher, ``down`` of the lower.

    Moves are in percent, ``spread_pp`` in percentage points, from unrounded moves. Where a report
    gives only a bound, the figure is None and ``_over`` or ``_under`` has the bound. ``_low`` and
    ``_high`` enclose a spread of printed, rounded moves. ``kind`` tells why the pair is here: it is
    divergent (``split``), wide beside its own past, or was asked for. The last five are as in
    ``spread_history.PairContext``; None where they are not known.
    """

    up: str
    down: str
    up_pct: float | None
    down_pct: float | None
    spread_pp: float | None
    kind: PairKind = "split"
    up_pct_over: float | None = None
    down_pct_under: float | None = None
    spread_pp_over: float | None = None
    spread_pp_low: float | None = None
    spread_pp_high: float | None = None
    percentile: float | None = None
    z: float | None = None
    n: int | None = None
    widest_since: dt.date | None = None
    data_since: dt.date | None = None


# From so many pairs of one index on, they are told in one line.
_MANY = 3


class PairLine(NamedTuple):
    """Pairs that are told together: those of the index ``hub`` with many others, or a single one.

    ``pairs`` are in the order that they came in; the first is what the line's place goes by.
    """

    hub: str
    pairs: tuple[Divergence, ...]

    @property
    def widest(self) -> Divergence:
        """The pair with the widest spread, the first of equal ones."""
        return max(self.pairs, key=_least_spread)

    def others(self) -> list[str]:
        """Give the symbols that stand against ``hub``."""
        return [pair.down if pair.up == self.hub else pair.up for pair in self.pairs]


def _least_spread(pair: Divergence) -> float:
    return (pair.spread_pp if pair.spread_pp is not None else pair.spread_pp_over) or 0.0


def pair_lines(pairs: Sequence[Divergence], home: str = "") -> list[PairLine]:
    """Put the pairs of an index that opposes many into one line, at the place of the first.

    Of the two indices of a pair that is the one with more pairs left, or ``home``.
    """
    left: dict[str, dict[int, None]] = {}
    for nth, pair in enumerate(pairs):
        left.setdefault(pair.up, {})[nth] = None
        left.setdefault(pair.down, {})[nth] = None
    lines = []
    for nth, pair in enumerate(pairs):
        if nth not in left[pair.up]:
            continue
        hub = max((pair.up, pair.down), key=lambda symbol: (symbol == home, len(left[symbol])))
        taken = list(left[hub])
        if len(taken) < _MANY:
            hub, taken = pair.up, [nth]
        line = PairLine(hub, tuple(pairs[at] for at in taken))
        for at in taken:
            del left[pairs[at].up][at], left[pairs[at].down][at]
        lines.append(line)
    return lines


def splits(moves: Sequence[Move], floor_pct: float, top: int | None = None) -> list[Divergence]:
    """Pairs of moves of opposite sign, both at least ``floor_pct`` in size, widest first.

    The floor is in percent, included; a move of zero has no sign. All pairs if ``top`` is None; by
    spread, or its least where there is a bound; ties by symbol.
    """
    ups, downs = _ups_and_downs(moves, floor_pct, top)
    if top is None:
        room = [len(downs)] * len(ups)
    else:
        # As wide as a pair are all of a higher and a lower move: of the n widest the m-th highest
        # is in n // m at most, those with the lowest moves.
        room = [top // m for m in range(1, min(top, len(ups)) + 1)]
    widest = sorted(
        (
            (up - down, one, other)
            for (up, one), many in zip(ups, room, strict=False)
            for down, other in downs[:many]
        ),
        key=lambda triple: (-triple[0], triple[1].symbol, triple[2].symbol),
    )
    return [_divergence(one, other, spread) for spread, one, other in widest[:top]]


def count_splits(moves: Sequence[Move], floor_pct: float) -> int:
    """Count the pairs that ``splits`` gives when it gives all."""
    rose, fell = (_of_sign(sizes, floor_pct) for sizes in _sizes(moves))
    return int(rose.sum()) * int(fell.sum())


def between(
    moves: Mapping[str, Move], pairs: Iterable[tuple[str, str]], kind: PairKind
) -> list[Divergence]:
    """Hold the moves of some pairs against each other, whatever their signs.

    The widest first, ties by symbol; none where one of the moves is not known, or a bound does not
    tell which is the higher.
    """
    spreads = []
    for one, other in pairs:
        spread = _spread(moves[one], moves[other]) or _spread(moves[other], moves[one])
        if spread is not None:
            spreads.append(spread)
    spreads.sort(key=lambda triple: (-triple[0], triple[1].symbol, triple[2].symbol))
    return [_divergence(up, down, spread)._replace(kind=kind) for spread, up, down in spreads]


def _spread(up: Move, down: Move) -> tuple[float, Move, Move] | None:
    """The spread, or its least, where one move is certainly not below the other."""
    if up.up_by_pct is None or down.down_by_pct is None:
        return None
    spread = up.up_by_pct - down.down_by_pct
    return (spread, up, down) if spread >= 0 else None


def _ups_and_downs(
    moves: Sequence[Move], floor_pct: float, top: int | None
) -> tuple[list[tuple[float, Move]], list[tuple[float, Move]]]:
    """The moves of at least the floor, up and down, the largest first; ``top`` of them or more."""
    ups, downs = (_largest(moves, sizes, floor_pct, top) for sizes in _sizes(moves))
    return ups, [(-size, move) for size, move in downs]


def _sizes(moves: Sequence[Move]) -> tuple[Floats, Floats]:
    """How far each index rose at least, and how far it fell at least, in percent, or nan."""
    least, most = least_and_most(moves)
    return least, -most


def _of_sign(sizes: Floats, floor_pct: float) -> npt.NDArray[np.bool_]:
    return (sizes > 0) & (sizes >= floor_pct)


def _largest(
    moves: Sequence[Move], sizes: Floats, floor_pct: float, top: int | None
) -> list[tuple[float, Move]]:
    """The moves one way of at least the floor, the largest first, equal ones by symbol."""
    wanted = _of_sign(sizes, floor_pct)
    if top is not None and 0 < top < wanted.sum():
        wanted &= sizes >= -np.partition(-sizes[wanted], top - 1)[top - 1]
    pairs = zip(sizes[wanted].tolist(), chosen(moves, wanted), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1].symbol))


def _divergence(up: Move, down: Move, spread: float) -> Divergence:
    certain = up.change_pct is not None and down.change_pct is not None
    low, high = _spread_interval(up, down)
    return Divergence(
        up=up.symbol,
        down=down.symbol,
        up_pct=up.change_pct,
        down_pct=down.change_pct,
        spread_pp=spread if certain else None,
        up_pct_over=up.change_pct_over,
        down_pct_under=down.change_pct_under,
        spread_pp_over=None if certain else spread,
        spread_pp_low=low,
        spread_pp_high=high,
    )


def _spread_interval(up: Move, down: Move) -> tuple[float | None, float | None]:
    """What a spread of printed moves may be, where both were printed as figures."""
    if up.change_pct_low is None or up.change_pct_high is None:
        return None, None
    if down.change_pct_low is None or down.change_pct_high is None:
        return None, None
    return (
        _difference(up.change_pct_low, down.change_pct_high),
        _difference(up.change_pct_high, down.change_pct_low),
    )


def _difference(one: float, other: float) -> float:
    """The difference of two printed figures, as the decimals they are: 4.31, not 4.3100…05."""
    return float(exact(one) - exact(other))
