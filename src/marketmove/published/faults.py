"""What is wrong with a published figure that is not what the closes give, where it can be told."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from marketmove.moves.move import exact
from marketmove.published.prose.results import fits_itself
from marketmove.published.verdicts import Checked, Fault, FaultCode, rounded

_TENS = tuple(Fraction(10) ** n for n in (-2, -1, 1, 2))
# A level with fewer digits may be met by chance.
_FEWEST_DIGITS = 5
_CHANGES = ("change_pct", "change_pts")


def with_faults(row: Checked, closes: Mapping[str, float]) -> Checked:
    """Say what is wrong with a row that disagrees.

    Parameters
    ----------
    row
        As ``with_fits`` gives it.
    closes
        The close of every index in the session of the row, in index points.

    Examples
    --------
    >>> import datetime as dt
    >>> from decimal import Decimal
    >>> from marketmove.errors import Place
    >>> from marketmove.closes.levels import levels_of
    >>> from marketmove.moves.measure import moves_at
    >>> from marketmove.moves.rows import read_moves
    >>> from marketmove.published.report_file import Printed
    >>> from marketmove.published.verdicts import judge
    >>> levels = levels_of([("HSI", "2024-05-02", "200"), ("HSI", "2024-05-03", "203.3")])
    >>> (move,) = read_moves(moves_at(levels, {"HSI": dt.date(2024, 5, 3)}))
    >>> row = judge(Printed("HSI", Place("r.yaml", 3), change_pct=Decimal("1.6")), move, levels)
    >>> [fault.code for fault in with_faults(row, {}).faults]
    ['cut']
    """
    if row.verdict != "disagrees":
        return row
    return row._replace(faults=tuple(_faults(row, closes)))


def _faults(row: Checked, closes: Mapping[str, float]) -> list[Fault]:
    if row.fits_session is not None:
        return [Fault("other_session")]
    cut = _is_cut_level(row)
    if row.same_prior and not cut:
        return [Fault("early")]
    found = [
        Fault(code, field)
        for field in _CHANGES
        if field in row.wrong and (code := _of_change(row, field))
    ]
    if cut:
        found.append(Fault("cut", "close"))
    elif "close" in row.wrong and (fault := _of_level(row, closes)):
        found.append(fault)
    if "way" in row.wrong:
        found.append(Fault("wrong_way", "way"))
    if not found and not _fits(row):
        found.append(Fault("misfit"))
    return found


def _of_change(row: Checked, field: str) -> FaultCode | None:
    printed: Decimal = getattr(row.printed, field)
    given = {"change_pct": row.change_pct, "change_pts": row.change_pts}
    right = given.pop(field)
    (other,) = given.values()
    if right is None:
        return None
    true, value = Fraction(exact(right)), Fraction(printed)
    if value and rounded(true, -printed) == -value:
        return "wrong_way"
    if true * value > 0 and _cut(abs(true), printed) == abs(value):
        return "cut"
    if any(_is_times(true, printed, ten) for ten in _TENS):
        return "tenfold"
    if other is not None and rounded(abs(Fraction(exact(other))), printed) == abs(value) and value:
        return "points_as_percent"
    return None


def _is_cut_level(row: Checked) -> bool:
    """Whether a level is the right one without its last digits: 10,319 for 10,319.55."""
    printed, close = row.printed.close, row.move.close
    if "close" not in row.wrong or printed is None or close is None:
        return False
    return _cut(Fraction(exact(close)), printed) == Fraction(printed)


def _cut(size: Fraction, printed: Decimal) -> Fraction:
    """A size with the digits beyond those printed left off."""
    unit = Fraction(10) ** int(printed.as_tuple().exponent)
    return size // unit * unit


def _is_times(true: Fraction, printed: Decimal, ten: Fraction) -> bool:
    """Whether a number is the right one with its point at another place."""
    if not true:
        return False
    unit = Fraction(10) ** int(printed.as_tuple().exponent)
    off = abs(Fraction(printed) / ten - true)
    # As exactly as both were written: a unit of the last digit, moved with the point.
    return off <= max(unit / ten, unit) / 2 and off * 20 <= abs(true)


def _of_level(row: Checked, closes: Mapping[str, float]) -> Fault | None:
    printed = row.printed.close
    if printed is None or row.move.close is None:
        return None
    if any(_is_times(Fraction(exact(row.move.close)), printed, ten) for ten in _TENS):
        return Fault("tenfold", "close")
    if len(printed.as_tuple().digits) >= _FEWEST_DIGITS:
        for symbol, close in closes.items():
            same = rounded(Fraction(exact(close)), printed) == Fraction(printed)
            if symbol != row.move.symbol and same:
                return Fault("other_index", "close", symbol)
    return None


def _fits(row: Checked) -> bool:
    """Whether level, points and percent, as printed, can be those of one move."""
    printed = row.printed
    if printed.close is None or printed.change_pts is None or printed.change_pct is None:
        return True
    return fits_itself(printed.close, printed.change_pts, printed.change_pct)
