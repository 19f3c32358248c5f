"""What reading a report gives: its figures, how sure each is, and which contradict each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from marketmove.published.prose.superlatives import Superlative

# Why a figure is unsure; in words: wording/prose.py.
Doubt = Literal["", "no_level", "no_change", "bound", "misfit", "other_kind", "no_figure"]
KINDS = ("session", "intraday", "week", "month", "ytd", "futures", "earlier", "other")


class ProseFigure(NamedTuple):
    """One figure of an index in a report: what was printed, of what kind, and where it stands.

    Levels are in index points, changes in points or percent with their sign; None where the text
    gives nothing. ``symbol`` is empty for an index that the registry does not have. ``session``
    is the date that the text names, None where it names none. ``sure`` is true of a session's
    level with a change that fits it; ``doubt`` says what else there is to know.
    """

    name: str
    symbol: str
    kind: str
    line: int
    quote: str
    close: Decimal | None = None
    change_pts: Decimal | None = None
    change_pct: Decimal | None = None
    direction: str = ""
    bound: str = ""
    bound_of: str = ""
    session: dt.date | None = None
    day: str = ""
    sure: bool = False
    doubt: Doubt = ""
    sentence: str = ""
    by_place: bool = False


class Prose(NamedTuple):
    """A report that was read: its figures, its language, its date and whence that is."""

    figures: tuple[ProseFigure, ...]
    language: str
    date: dt.date | None
    dated_by: str
    superlatives: tuple[Superlative, ...] = ()


def has_figure(figure: ProseFigure) -> bool:
    """Tell whether a figure has a number, and not a direction alone."""
    return any(v is not None for v in (figure.close, figure.change_pts, figure.change_pct))


def doubt_of(figure: ProseFigure) -> Doubt:
    """Give why a figure is not sure; empty of a session's level with a change that fits it."""
    if figure.kind != "session":
        return "other_kind"
    if not has_figure(figure):
        return "no_figure"
    if figure.bound:
        return "bound"
    if figure.close is None:
        return "no_level"
    if figure.change_pts is None and figure.change_pct is None:
        return "no_change"
    return "" if fits_itself(figure.close, figure.change_pts, figure.change_pct) else "misfit"


def fits_itself(close: Decimal, pts: Decimal | None, pct: Decimal | None) -> bool:
    """Tell whether a level, its points and its percent can be those of one move.

    Examples
    --------
    >>> fits_itself(Decimal("16717.17"), Decimal("18.43"), Decimal("0.1"))
    True
    >>> fits_itself(Decimal("16717.17"), Decimal("184.3"), Decimal("0.1"))
    False
    """
    if pts is not None and abs(pts) * 4 > close:
        return False
    if pct is not None and abs(pct) > 25:
        return False
    if pts is None or pct is None:
        return True
    if close == pts or ((pts < 0) != (pct < 0) and pts and pct):
        return False
    implied = pts / (close - pts) * 100
    places = -int(pct.as_tuple().exponent)
    return abs(implied - pct) <= Decimal("0.6").scaleb(-places) + abs(implied) * Decimal("0.002")


def contradictions(figures: Sequence[ProseFigure]) -> list[tuple[ProseFigure, ProseFigure, str]]:
    """Give the pairs of figures of one index and session that say different things of one field.

    A number that is another one rounded, or cut, contradicts it not.
    """
    found: list[tuple[ProseFigure, ProseFigure, str]] = []
    first: dict[tuple[str, str, str], ProseFigure] = {}
    said: set[tuple[str, str]] = set()
    for figure in figures:
        for field in ("close", "change_pts", "change_pct"):
            value = getattr(figure, field)
            if figure.kind != "session" or value is None or figure.bound:
                continue
            known = first.setdefault((figure.symbol or figure.name, figure.day, field), figure)
            if not _alike(getattr(known, field), value) and (figure.name, field) not in said:
                said.add((figure.name, field))
                found.append((known, figure, field))
    return found


def _alike(one: Decimal, other: Decimal) -> bool:
    places = min(-int(value.as_tuple().exponent) for value in (one, other))
    return (
        abs(one - other) < Decimal(1).scaleb(-places)
        if places != max(-int(value.as_tuple().exponent) for value in (one, other))
        else one == other
    )
