"""What there is to say of the figures of a report in prose."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from marketmove.errors import Place, Remark
from marketmove.published.prose.results import ProseFigure
from marketmove.wording import numbers
from marketmove.wording.characters import visible

_DOUBTS = {
    "": "sure",
    "no_level": "unsure: no level with it",
    "no_change": "unsure: a level alone",
    "bound": "unsure: a bound",
    "misfit": "unsure: level and change do not fit",
    "other_kind": "",
    "no_figure": "unsure: a direction alone",
}
_KINDS = {
    "session": "session",
    "intraday": "within the session",
    "week": "week",
    "month": "month",
    "ytd": "year to date",
    "period": "another period",
    "streak": "several sessions",
    "futures": "futures",
    "earlier": "an earlier day",
    "other": "a record or a threshold",
}
_DATED = {
    "option": "as --date says",
    "page": "as its page says",
    "text": "as its text says",
    "name": "as its file name says",
}
_BOUNDS = {"over": "> ", "under": "< ", "about": "about "}
_FIELDS = {"close": "level", "change_pts": "change in points", "change_pct": "change in percent"}


def contradictions_of(
    pairs: Iterable[tuple[ProseFigure, ProseFigure, str]], label: str
) -> Iterator[Remark]:
    """Say which figures of a report contradict each other."""
    for one, other, field in pairs:
        text = (
            f"{visible(one.name)} has two figures for its {_FIELDS[field]}:"
            f" {getattr(one, field)} on line {one.line}"
            f" and {getattr(other, field)} on line {other.line}"
        )
        yield Remark("figures_contradict", text, one.symbol or None, Place(label, other.line))


def kind(figure: ProseFigure) -> str:
    """Name the kind of a figure."""
    return _KINDS[figure.kind]


def certainty(figure: ProseFigure) -> str:
    """Say whether a session's figure is sure and, if not, why."""
    return _DOUBTS[figure.doubt]


def dated_by(how: str) -> str:
    """Say what the day of a report is known by; empty if it is not known."""
    return _DATED.get(how, "")


def level(figure: ProseFigure) -> str:
    """Write the level of a figure with the digits that were printed."""
    if figure.close is None:
        return numbers.NOTHING
    return _bound(figure, "close") + numbers.printed_level(figure.close)


def points(figure: ProseFigure) -> str:
    """Write the change in points with the digits that were printed."""
    if figure.change_pts is None:
        return numbers.NOTHING
    return _bound(figure, "change_pts") + signed(figure.change_pts)


def percent(figure: ProseFigure) -> str:
    """Write the change in percent with the digits that were printed; else which way it went."""
    if figure.change_pct is not None:
        return f"{_bound(figure, 'change_pct')}{signed(figure.change_pct)}%"
    has_figure = figure.close is not None or figure.change_pts is not None
    return numbers.NOTHING if has_figure or not figure.direction else figure.direction


def signed(value: Decimal) -> str:
    """Write a number with its sign and all its digits.

    >>> signed(Decimal("-311.74")), signed(Decimal("1204.5"))
    ('−311.74', '+1,204.5')
    """
    return f"{value:+,}".replace("-", "−") if value else f"{abs(value):,}"


def day(figure: ProseFigure, session: dt.date | None) -> str:
    """Write the session of a figure: its date, else the word that the text has for it."""
    if figure.session is not None:
        return "" if figure.session == session else str(figure.session)
    kind, _, value = figure.day.partition(":")
    if kind == "weekday":
        return calendar.day_name[int(value)]
    return "the day before" if kind in {"yesterday", "earlier"} else ""


def _bound(figure: ProseFigure, field: str) -> str:
    return _BOUNDS.get(figure.bound, "") if figure.bound_of == field else ""
