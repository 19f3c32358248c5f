"""`marketmove calc`: close, prior close, percent: two are given, the third follows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from marketmove.errors import Problem, WrongUsageError
from marketmove.published import figures
from marketmove.published.figures import Figure
from marketmove.reports.records import Calculation


def calc(close: str | None, prior: str | None, pct: str | None) -> Calculation:
    """Work out the third of close, prior close and percent, and the change in points.

    Two levels are taken as the exact figures that publishers define them to be. A percent was
    rounded when it was printed, and then so was the level beside it.

    Parameters
    ----------
    close, prior, pct
        Texts as typed, two of them not None: index points, index points, percent.

    Raises
    ------
    WrongUsageError
        If not two are given, or one is not a number.

    Examples
    --------
    >>> result = calc("22,579.05", None, "+3.51%")
    >>> f"{result.prior_close.value:.2f}", f"{result.change_pts.value:.2f}"
    ('21813.40', '765.65')
    """
    levels = {"close": close, "prior": prior}
    typed = {name: text for name, text in (levels | {"pct": pct}).items() if text is not None}
    if len(typed) != 2:
        raise WrongUsageError.at(None, "give two of --close, --prior and --pct")
    readers: dict[str, Callable[[str], Decimal]] = {
        "close": figures.parse_level,
        "prior": figures.parse_level,
        "pct": figures.parse_pct,
    }
    values: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for name, text in typed.items():
        try:
            values[name] = readers[name](text)
        except ValueError as error:
            problems.append(Problem(None, f"--{name}: {error}"))
    if problems:
        raise WrongUsageError(problems)
    if "pct" not in values:
        return _from_levels(values["close"], values["prior"])
    printed = {name: figures.as_printed(value) for name, value in values.items()}
    if "close" in printed:
        return _from_close(printed["close"], printed["pct"])
    return _from_prior(printed["prior"], printed["pct"])


def _from_levels(close: Decimal, prior: Decimal) -> Calculation:
    return Calculation(
        close=figures.exactly(close),
        prior_close=figures.exactly(prior),
        change_pts=figures.exactly(close - prior),
        change_pct=figures.exactly(figures.change_pct(close, prior)),
        given=("close", "prior_close"),
    )


def _from_close(close: Figure, pct: Figure) -> Calculation:
    return Calculation(
        close=close,
        prior_close=figures.combine(figures.prior_close, close, pct),
        change_pts=figures.combine(figures.change_pts_from_close, close, pct),
        change_pct=pct,
        given=("close", "change_pct"),
    )


def _from_prior(prior: Figure, pct: Figure) -> Calculation:
    return Calculation(
        close=figures.combine(figures.close_from_prior, prior, pct),
        prior_close=prior,
        change_pts=figures.combine(figures.change_pts_from_prior, prior, pct),
        change_pct=pct,
        given=("prior_close", "change_pct"),
    )
