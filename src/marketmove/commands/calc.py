"""`marketmove calc`: close, prior close, percent: two are given, the third follows."""

from __future__ import annotations

from decimal import Decimal

from marketmove.errors import Problem, WrongUsageError
from marketmove.published import figures
from marketmove.reports.records import Calculation


def calc(close: str | None, prior: str | None, pct: str | None) -> Calculation:
    """Work out the third of close, prior close and percent, and the change in points.

    Two levels are taken as the exact figures that publishers define them to be. A percent was
    rounded when it was printed, and then so was the level beside it.

    Two of the texts are not None. Raises ``WrongUsageError`` if not two are given, or one is not a
    number.

    >>> result = calc("22,579.05", None, "+3.51%")
    >>> f"{result.prior_close.value:.2f}", f"{result.change_pts.value:.2f}"
    ('21813.40', '765.65')
    """
    texts = {"close": close, "prior": prior, "pct": pct}
    typed = {name: text for name, text in texts.items() if text is not None}
    if len(typed) != 2:
        raise WrongUsageError.at(None, "give two of --close, --prior and --pct")
    values: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for name, text in typed.items():
        try:
            read = figures.parse_pct if name == "pct" else figures.parse_level
            values[name] = read(text)
        except ValueError as error:
            problems.append(Problem(None, f"--{name}: {error}"))
    if problems:
        raise WrongUsageError(problems)
    if "pct" not in values:
        return _from_levels(values["close"], values["prior"])
    if "close" in values:
        return _from_close(values["close"], values["pct"])
    return _from_prior(values["prior"], values["pct"])


def _from_levels(close: Decimal, prior: Decimal) -> Calculation:
    return Calculation(
        close=figures.exactly(close),
        prior_close=figures.exactly(prior),
        change_pts=figures.exactly(close - prior),
        change_pct=figures.exactly(figures.change_pct(close, prior)),
        given=("close", "prior_close"),
    )


def _from_close(close: Decimal, pct: Decimal) -> Calculation:
    return Calculation(
        close=figures.as_printed(close),
        prior_close=figures.implied_prior_close(close, pct),
        change_pts=figures.implied_change_pts(close, pct),
        change_pct=figures.as_printed(pct),
        given=("close", "change_pct"),
    )


def _from_prior(prior: Decimal, pct: Decimal) -> Calculation:
    return Calculation(
        close=figures.implied_close(prior, pct),
        prior_close=figures.as_printed(prior),
        change_pts=figures.implied_change_pts_from_prior(prior, pct),
        change_pct=figures.as_printed(pct),
        given=("prior_close", "change_pct"),
    )
