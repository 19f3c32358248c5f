"""How rare a move or a spread is, held against its own past; the present is no part of it.

Nothing here looks ahead: what later sessions bring changes nothing said of an earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from marketmove.moves import changes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from marketmove.calendars import Calendar
    from marketmove.levels import Levels

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Days = npt.NDArray[np.datetime64]

# Sessions that a baseline has at most, and without which there is none.
WINDOW, LEAST = 250, 60
# From which percentile of its own past on a spread is wide.
WIDE = 95.0
# Sizes nearer to each other than this, in percent or percentage points, are the same size: what
# is left is the rounding of binary fractions (2.2 and 3.3 - 1.1).
SAME = 1e-9
# Cells of spreads that are worked on at a time.
_CELLS = 1 << 20

Record = Literal["high", "low", "equals high", "equals low"]


class Series(NamedTuple):
    """The closes of one index in order: dates, index points, and the move to each in percent.

    The first move is nan: no close before it is known.
    """

    days: Days
    close: Floats
    pct: Floats


class MoveContext(NamedTuple):
    """What a move is beside the earlier ones of its index, as far as the data goes back.

    ``streak`` counts the sessions in a row in one direction, this one included, below zero for
    falls, 0 for a flat one; with ``streak_is_least`` the data does not tell where it began; None
    where the move spans sessions that the data lacks. ``highest_since`` and ``lowest_since`` are
    the last sessions with a higher and a lower close, ``largest_since`` the last whose move in the
    same direction was at least as large; None where there is none. ``size_percentile`` is the
    share, in percent, of the ``size_n`` moves before it that are smaller in size. It and
    ``record`` need 60 sessions. ``data_since`` is the first session of the index.
    """

    streak: int | None
    streak_is_least: bool
    record: Record | None
    highest_since: dt.date | None
    lowest_since: dt.date | None
    largest_since: dt.date | None
    size_percentile: float | None
    size_n: int
    data_since: dt.date


class PairContext(NamedTuple):
    """How wide a spread is beside those of the pair's earlier common sessions.

    ``percentile`` is the share, in percent, of the last ``n`` common sessions with a smaller
    spread; ``z`` is the signed spread less their mean, over their population standard deviation,
    and None where that is zero. ``widest_since`` is the last common session with a spread at
    least as large, None where there is none since ``data_since``, the first. With fewer than 60
    common sessions only ``n`` and ``data_since`` are given.
    """

    percentile: float | None
    z: float | None
    n: int
    widest_since: dt.date | None
    data_since: dt.date | None


class Past(NamedTuple):
    """The moves of several indices side by side: a row a date, a column an index, in percent.

    ``pct`` is nan where an index has no move on a date.
    """

    days: Days
    columns: dict[str, int]
    pct: Floats


def series(levels: Levels, symbols: Sequence[str]) -> dict[str, Series]:
    """Give the closes of each index, with the move to each from its own close before.

    Parameters
    ----------
    levels
        The closes, without ghosts.
    symbols
        The indices wanted; one without a close is left out.

    Examples
    --------
    >>> from marketmove.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203)])
    >>> series(levels, ["AAA"])["AAA"].pct.tolist()
    [nan, 1.5]
    """
    import numpy as np

    frame = levels.frame
    codes = frame["symbol"].cat.codes.to_numpy()
    days = frame["session"].to_numpy().astype("datetime64[D]")
    close = frame["close"].to_numpy()
    code_of = {str(name): code for code, name in enumerate(frame["symbol"].cat.categories)}
    found = {}
    for symbol in symbols:
        start, end = np.searchsorted(codes, [code_of.get(symbol, -1), code_of.get(symbol, -1) + 1])
        if symbol in code_of and end > start:
            own = close[start:end]
            pct = np.append(np.nan, changes(own[1:], own[:-1])[1])
            found[symbol] = Series(days[start:end], own, pct)
    return found


def side_by_side(known: Mapping[str, Series]) -> Past:
    """Lay the moves of several indices side by side.

    Examples
    --------
    >>> from marketmove.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203),
    ...                     ("BBB", "2024-05-02", 50)])
    >>> side_by_side(series(levels, ["AAA", "BBB"])).pct.tolist()
    [[nan, nan], [1.5, nan]]
    """
    import numpy as np

    empty = np.array([], dtype="datetime64[D]")
    days = np.unique(np.concatenate([empty, *(own.days for own in known.values())]))
    pct = np.full((len(days), len(known)), np.nan)
    for column, own in enumerate(known.values()):
        pct[np.searchsorted(days, own.days), column] = own.pct
    return Past(days, {symbol: column for column, symbol in enumerate(known)}, pct)


def of_move(own: Series, session: dt.date, calendar: Calendar | None = None) -> MoveContext | None:
    """Hold the move of a session against the earlier ones of its index.

    Parameters
    ----------
    own
        The closes of the index.
    session
        The session of the move; later closes are not looked at.
    calendar
        The sessions of its exchange, which tell what the data lacks; None if they are not known.

    Returns
    -------
    MoveContext or None
        None where there is no move in that session.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.levels import levels_of
    >>> closes = [("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 190),
    ...           ("AAA", "2024-05-06", 193), ("AAA", "2024-05-07", 196)]
    >>> told = of_move(series(levels_of(closes), ["AAA"])["AAA"], dt.date(2024, 5, 7))
    >>> told.streak, str(told.highest_since), told.size_n, told.size_percentile
    (2, '2024-05-02', 2, None)
    """
    import numpy as np

    at = int(np.searchsorted(own.days, np.datetime64(session)))
    if at == 0 or at == len(own.days) or own.days[at] != np.datetime64(session):
        return None
    before, today = own.close[:at], own.close[at]
    moves, move = own.pct[1:at], own.pct[at]
    as_large = (moves * np.sign(move) >= abs(move) - SAME) & (move != 0)
    streak, is_least = _streak(own, at, calendar)
    sizes = np.abs(moves[-WINDOW:])
    return MoveContext(
        streak=streak,
        streak_is_least=is_least,
        record=_record(before, today),
        highest_since=_last(own.days, before > today),
        lowest_since=_last(own.days, before < today),
        largest_since=_last(own.days[1:], as_large),
        size_percentile=_share(sizes < abs(move) - SAME) if len(sizes) >= LEAST else None,
        size_n=len(sizes),
        data_since=own.days[0].item(),
    )


def _streak(own: Series, at: int, calendar: Calendar | None) -> tuple[int | None, bool]:
    """Sessions in a row with the sign of this one; whether there may be more of them."""
    import numpy as np

    sign = np.sign(own.pct[at])
    if sign == 0:
        return 0, False
    others = np.flatnonzero(np.sign(own.pct[1:at]) != sign)
    first = int(others[-1]) + 2 if len(others) else 1
    is_least = not len(others)
    if calendar is not None:
        # A move over sessions that the data lacks does not tell how each of them went; nor does
        # the one that ends the row, if it is such a move.
        since = max(1, first - 1)
        lacking = calendar.lacking(own.days[since - 1 : at], own.days[since : at + 1])
        gaps = np.flatnonzero(lacking > 0)
        if len(gaps):
            first, is_least = since + int(gaps[-1]) + 1, True
    length = at - first + 1
    return (int(sign) * length, is_least) if length else (None, True)


def _record(before: Floats, today: float) -> Record | None:
    """Whether a close is above or below all before it, or equals the highest or lowest."""
    if len(before) < LEAST:
        return None
    highest, lowest = before.max(), before.min()
    if today > highest or today < lowest:
        return "high" if today > highest else "low"
    if highest == lowest or lowest < today < highest:
        return None
    return "equals high" if today == highest else "equals low"


def of_pairs(past: Past, pairs: Sequence[tuple[str, str]], session: dt.date) -> list[PairContext]:
    """Hold the spreads of a session against those of the earlier common sessions.

    Parameters
    ----------
    past
        The moves of all indices.
    pairs
        The indices of each pair, the higher move first; the spread is the first less the second.
    session
        The session; later ones are not looked at.

    Returns
    -------
    list of PairContext
        One a pair. Where one of the two has no move in the session, only ``n`` and
        ``data_since`` are told.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.levels import levels_of
    >>> day = dt.timedelta(days=1)
    >>> closes = [("AAA", str(dt.date(2024, 1, 1) + n * day), 100 + n % 2) for n in range(99)]
    >>> closes += [("BBB", str(dt.date(2024, 1, 1) + n * day), 100) for n in range(99)]
    >>> past = side_by_side(series(levels_of(closes), ["AAA", "BBB"]))
    >>> of_pairs(past, [("AAA", "BBB")], dt.date(2024, 4, 7))[0].n
    96
    """
    found: dict[int, PairContext] = {}
    for one, rows in _by_first(pairs).items():
        others = [pairs[row][1] for row in rows]
        found |= dict(zip(rows, _of_pairs(past, one, others, session), strict=True))
    return [found[row] for row in range(len(pairs))]


def _by_first(pairs: Sequence[tuple[str, str]]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, (one, _) in enumerate(pairs):
        rows.setdefault(one, []).append(row)
    return rows


def _of_pairs(
    past: Past, one: str, others: Sequence[str], session: dt.date
) -> Iterator[PairContext]:
    import numpy as np

    for columns in _blocks(past, [past.columns[other] for other in others]):
        before, today = _spreads(past, past.columns[one], columns, session)
        n, percentile, z = rarity(before, today)
        common = ~np.isnan(before)
        first = np.where(common.any(axis=0), common.argmax(axis=0), len(before))
        as_wide = np.abs(before) >= np.abs(today) - SAME
        last = np.where(as_wide.any(axis=0), len(before) - as_wide[::-1].argmax(axis=0), 0) - 1
        for row in range(len(columns)):
            enough = not np.isnan(percentile[row])
            yield PairContext(
                percentile=float(percentile[row]) if enough else None,
                z=None if np.isnan(z[row]) else float(z[row]),
                n=int(n[row]),
                widest_since=past.days[last[row]].item() if enough and last[row] >= 0 else None,
                data_since=past.days[first[row]].item() if first[row] < len(before) else None,
            )


def wide_pairs(past: Past, session: dt.date, symbols: Sequence[str]) -> list[tuple[str, str]]:
    """Give the pairs whose spread is in the top tail of their own past, the higher move first.

    Parameters
    ----------
    past
        The moves of all indices.
    session
        The session; later ones are not looked at.
    symbols
        The indices that are compared, each with a move in the session.

    Returns
    -------
    list of tuple
        In no order that means anything.
    """
    import numpy as np

    columns = [past.columns[symbol] for symbol in symbols]
    wide = []
    for nth, one in enumerate(columns):
        for others in _blocks(past, columns[nth + 1 :]):
            before, today = _spreads(past, one, others, session)
            _, percentile, _ = rarity(before, today)
            hits = np.flatnonzero(percentile >= WIDE - SAME)
            wide += [(one, others[hit], today[hit] >= 0) for hit in hits.tolist()]
    names = list(past.columns)
    return [(names[a], names[b]) if first else (names[b], names[a]) for a, b, first in wide]


def _blocks(past: Past, columns: Sequence[int]) -> Iterator[Sequence[int]]:
    """The columns in parts, so that not all spreads are in memory at once."""
    size = max(1, _CELLS // max(1, len(past.days)))
    return (columns[start : start + size] for start in range(0, len(columns), size))


def _spreads(
    past: Past, one: int, others: Sequence[int], session: dt.date
) -> tuple[Floats, Floats]:
    """The spreads of one index to others before a session, and in it; nan where not common."""
    import numpy as np

    at = int(np.searchsorted(past.days, np.datetime64(session)))
    spreads: Floats = past.pct[: at + 1, [one]] - past.pct[: at + 1, others]
    if at == len(past.days) or past.days[at] != np.datetime64(session):
        return spreads, np.full(len(others), np.nan)
    return spreads[:-1], spreads[-1]


def rarity(before: Floats, today: Floats, window: int = WINDOW) -> tuple[Ints, Floats, Floats]:
    """Hold spreads against earlier ones, each against the last of its own column.

    Parameters
    ----------
    before
        A row a date, in order, a column a pair; nan where it is no common session. In percentage
        points, as ``today``.
    today
        One a pair; nan where there is none.
    window
        How many of the last common sessions count.

    Returns
    -------
    tuple of arrays
        How many common sessions counted; the share of them with a smaller spread, in percent; and
        the spread less their mean, over their population standard deviation. The last two are nan
        where fewer than 60 counted, and the very last where they do not vary.

    Examples
    --------
    >>> import numpy as np
    >>> n, percentile, z = rarity(np.tile([[1.0], [-1.0]], (40, 1)), np.array([2.0]))
    >>> n.tolist(), percentile.tolist(), z.tolist()
    ([80], [100.0], [2.0])
    """
    import numpy as np

    rows = len(before)
    n, percentile, z = _rarity(before[-window:], today)
    # Columns with gaps reach further back for as many sessions; most of them not by far.
    for reach in sorted({min(2 * window, rows), rows} - {*range(window + 1)}):
        short = np.flatnonzero(n < window)
        if len(short):
            trailing = before[-reach:, short]
            common = ~np.isnan(trailing)
            counted = common & (common[::-1].cumsum(axis=0)[::-1] <= window)
            again = _rarity(np.where(counted, trailing, np.nan), today[short])
            n[short], percentile[short], z[short] = again
    return n, percentile, z


def _rarity(before: Floats, today: Floats) -> tuple[Ints, Floats, Floats]:
    import numpy as np

    common = ~np.isnan(before)
    n = common.sum(axis=0)
    counted = np.maximum(n, 1)
    smaller = (np.abs(before) < np.abs(today) - SAME).sum(axis=0)
    told = (n >= LEAST) & ~np.isnan(today)
    percentile = np.where(told, smaller * 100.0 / counted, np.nan)
    mean = np.sum(before, axis=0, where=common) / counted
    deviation = np.sqrt(np.sum((before - mean) ** 2, axis=0, where=common) / counted)
    varies = told & (deviation > SAME)
    z = np.where(varies, (today - mean) / np.where(varies, deviation, 1.0), np.nan)
    return n, percentile, z


def _share(smaller: npt.NDArray[np.bool_]) -> float:
    return float(smaller.sum() * 100.0 / len(smaller))


def _last(days: Days, wanted: npt.NDArray[np.bool_]) -> dt.date | None:
    """The last of some days, which are in order."""
    import numpy as np

    found = np.flatnonzero(wanted)
    if not len(found):
        return None
    day: dt.date = days[found[-1]].item()
    return day
