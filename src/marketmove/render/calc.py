"""A calculation for people and machines: each figure, and the interval that rounding leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketmove.published.figures import Figure
from marketmove.render import RenderOptions
from marketmove.render.machine import write
from marketmove.reports.records import CALC_SCHEMA, Calculation
from marketmove.wording import numbers as words

_FIELDS = ("close", "prior_close", "change_pts", "change_pct")
_DECIMALS = 2


def as_text(calculation: Calculation, look: RenderOptions) -> str:
    """Write a calculation as four lines: what was given, and what follows within its rounding."""
    level: Callable[[float], str] = lambda value: words.level(value, _DECIMALS)  # noqa: E731
    points: Callable[[float], str] = lambda value: words.points(value, _DECIMALS)  # noqa: E731
    writers = (level, level, points, words.percent)
    heads = ("Close", "Prior close", "Change", "Change %")
    rows = [
        _row(head, getattr(calculation, name), write_figure, name in calculation.given)
        for head, name, write_figure in zip(heads, _FIELDS, writers, strict=True)
    ]
    width = max(len(figure) for _, figure, _ in rows)
    text = "".join(
        f"{head:<13}{figure:>{width}}{f'   {interval}' if interval else ''}\n"
        for head, figure, interval in rows
    )
    return words.plain_ascii(text) if look.ascii_only else text


def _row(
    head: str, figure: Figure, write_figure: Callable[[float], str], given: bool
) -> tuple[str, str, str]:
    shown = write_figure(float(figure.value))
    if given or figure.exact:
        return head, shown, ""
    low, high = (write_figure(float(bound)) for bound in (figure.low, figure.high))
    return head, f"≈ {shown}", f"between {low} and {high}"


def as_json(calculation: Calculation, _look: RenderOptions) -> str:
    """Write a calculation as one JSON document at full precision."""
    document: dict[str, Any] = {"schema": CALC_SCHEMA}
    for name in _FIELDS:
        figure: Figure = getattr(calculation, name)
        document[name] = float(figure.value)
        if not figure.exact:
            document |= {f"{name}_low": float(figure.low), f"{name}_high": float(figure.high)}
    return write(document)


FORMATS = {"table": as_text, "json": as_json}
