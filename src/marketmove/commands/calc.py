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
    exactly, as_printed = figures.exactly, figures.as_printed
    # The close, the prior close, the change in points and that in percent.
    if "pct" not in values:
        level, before = values["close"], values["prior"]
        change = figures.change_pct(level, before)
        found = exactly(level), exactly(before), exactly(level - before), exactly(change)
    elif "close" in values:
        given = values["close"], values["pct"]
        implied = figures.implied_prior_close(*given), figures.implied_change_pts(*given)
        found = as_printed(given[0]), *implied, as_printed(given[1])
    else:
        given = values["prior"], values["pct"]
        points = figures.implied_change_pts_from_prior(*given)
        found = figures.implied_close(*given), as_printed(given[0]), points, as_printed(given[1])
    names = {"close": "close", "prior": "prior_close", "pct": "change_pct"}
    one, other = (names[name] for name in typed)
    return Calculation(*found, given=(one, other))
