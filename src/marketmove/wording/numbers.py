"""Figures as people read them: rounded once, half away from zero, always with a sign."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from marketmove.moves.move import exact

if TYPE_CHECKING:
    from marketmove.moves.divergence import Divergence
    from marketmove.moves.move import Move
    from marketmove.published.report_file import Printed

NOTHING = "–"
_PLACES = 2
_ORDINALS = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth",
)  # fmt: skip
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def level(value: float | None, decimals: int) -> str:
    """Write a level, such as ``22,579.05``."""
    return NOTHING if value is None else f"{round_to(exact(value), decimals):,}"


def whole_level(value: float | None) -> str:
    """Write a level with all its digits, and two at least.

    >>> whole_level(39150.0), whole_level(20225.109375), whole_level(None)
    ('39,150.00', '20,225.109375', '–')
    """
    if value is None:
        return NOTHING
    return level(value, max(_PLACES, -int(exact(value).as_tuple().exponent)))


def points(value: float | None, decimals: int) -> str:
    """Write a change in points, such as ``−311.74``.

    >>> points(-311.74, 2), points(0.0, 2), points(0.004, 2)
    ('−311.74', '0.00', '+<0.01')
    """
    return NOTHING if value is None else _signed(exact(value), decimals)


def percent(value: float | None, places: int = _PLACES) -> str:
    """Write a change in percent, such as ``+3.51%``; one too small to show keeps its sign.

    >>> percent(-0.79), percent(0.125), percent(-0.001), percent(0.0)
    ('−0.79%', '+0.13%', '−<0.01%', '0.00%')
    """
    return NOTHING if value is None else f"{_signed(exact(value), places)}%"


def move_percent(change: float | None, over: float | None, under: float | None) -> str:
    """Write a change in percent or the bound that stands for it, such as ``> +5%``.

    >>> move_percent(None, 5.0, None), move_percent(None, None, -2.5)
    ('> +5%', '< −2.5%')
    """
    mark, bound = (">", over) if over is not None else ("<", under)
    if bound is None:
        return percent(change)
    return f"{mark} {_sign(bound)}{abs(exact(bound)).normalize():,f}%"


def printed_level(value: Decimal | None) -> str:
    """Write a level with the digits that were printed."""
    return NOTHING if value is None else f"{value:,f}"


def printed_points(value: Decimal | None) -> str:
    """Write a change in points with the digits that were printed."""
    return NOTHING if value is None else f"{_sign(value)}{abs(value):,f}"


def printed_percent(printed: Printed) -> str:
    """Write the percent or the bound that was printed, with its digits."""
    if printed.way is not None:
        return {1: "up", -1: "down", 0: "flat"}[printed.way]
    figures = (
        (printed.change_pct, ""), (printed.over_pct, "> "), (printed.under_pct, "< "),
        (printed.about_pct, "≈ "),
    )  # fmt: skip
    texts = (f"{mark}{_sign(pct)}{abs(pct):,f}%" for pct, mark in figures if pct is not None)
    return next(texts, NOTHING)


def change_percent(move: Move) -> str:
    """Write the change in percent of a move, or its bound."""
    return move_percent(move.change_pct, move.change_pct_over, move.change_pct_under)


def spread(divergence: Divergence, approximate: bool) -> str:
    """Write a spread in percentage points, such as ``> ≈ 6.05 pp``."""
    higher = _first(divergence.up_pct, divergence.up_pct_over)
    lower = _first(divergence.down_pct, divergence.down_pct_under)
    # From the decimals of both moves, so that what was printed as 3.51 and 0.79 gives 4.30.
    value = round_to(exact(higher) - exact(lower), _PLACES)
    bound = "> " if divergence.spread_pp is None else ""
    return f"{bound}{'≈ ' if approximate else ''}{value:,} pp"


def signed_spread(one: float, other: float) -> str:
    """Write how far one move is above another, from the decimals of both.

    >>> signed_spread(3.694628815776023, -0.7907460112357699)
    '+4.49 pp'
    """
    return f"{_signed(exact(one) - exact(other), _PLACES)} pp"


def pp(value: float | None, approximate: bool = False) -> str:
    """Write a figure in percentage points, such as ``4.49 pp``; a sign only where it is negative.

    >>> pp(4.485), pp(-0.1, approximate=True), pp(0.001), pp(0.0), pp(None)
    ('4.49 pp', '≈ −0.10 pp', '<0.01 pp', '0.00 pp', '–')
    """
    if value is None:
        return NOTHING
    mark = "≈ " if approximate else ""
    return f"{mark}{_signed(exact(value), _PLACES).removeprefix('+')} pp"


def count(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def ordinal(number: int) -> str:
    """Write an ordinal: in words up to ten, as the wires do, then in figures.

    >>> ordinal(3), ordinal(11), ordinal(22), ordinal(101)
    ('third', '11th', '22nd', '101st')
    """
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    teen = number // 10 % 10 == 1
    return f"{number:,}{'th' if teen else _ENDINGS.get(number % 10, 'th')}"


def article(number: int) -> str:
    """Give the article that stands before the ordinal of a number.

    >>> article(3), article(8), article(11), article(80), article(110)
    ('a', 'an', 'an', 'an', 'a')
    """
    written = str(number)
    eleven = written[:2] in {"11", "18"} and len(written) % 3 == 2
    return "an" if written[0] == "8" or eleven else "a"


def round_to(value: Decimal, places: int) -> Decimal:
    """Round a decimal to so many places, half away from zero.

    >>> round_to(Decimal("-0.125"), 2)
    Decimal('-0.13')
    """
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _signed(value: Decimal, places: int) -> str:
    shown = round_to(value, places)
    if value and not shown:
        return f"{_sign(value)}<{Decimal(1).scaleb(-places):f}"
    return f"{_sign(value)}{abs(shown):,}"


def _sign(value: Decimal | float) -> str:
    return "+" if value > 0 else "−" if value < 0 else ""


def _first(figure: float | None, bound: float | None) -> float:
    value = bound if figure is None else figure
    if value is None:
        raise ValueError("a divergence has a figure or a bound on either side")
    return value
