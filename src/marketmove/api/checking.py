"""What closes and printed figures are worth: checks, verdicts, what printed figures imply."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from decimal import Decimal
from numbers import Integral
from typing import BinaryIO

from marketmove.api import arguments
from marketmove.api.arguments import Date, Texts
from marketmove.api.closes import Closes, open_one, table_of, warn
from marketmove.api.results import CheckResult, VerifyResult
from marketmove.commands import check as check_command
from marketmove.commands import verify as verify_command
from marketmove.errors import Problem, WrongUsageError
from marketmove.market.groups import find_groups
from marketmove.published import figures
from marketmove.published.figures import Figure


def check(closes: Closes, *, today: Date | None = None) -> CheckResult:
    """Say what is wrong with closes, or doubtful, each with its place.

    Parameters
    ----------
    closes
        What ``read_closes`` returns, or anything that it takes.
    today
        The date after which a session is in the future; None to let every date be.

    Returns
    -------
    CheckResult
        With ``frame`` (a row a finding), ``errors``, ``files``.

    Raises
    ------
    UnreadableFileError, UnrecognisedFileError
        If a file cannot be read with certainty.
    BadFiguresError
        If there is not one usable close.

    Examples
    --------
    >>> import pandas as pd
    >>> tidy = pd.DataFrame(
    ...     {"date": ["2025-02-13", "2025-02-14"], "symbol": "HSI", "close": [21814.37, "22,62"]}
    ... )
    >>> check(tidy).frame[["severity", "symbol", "place"]]
      severity symbol        place
    0    error    HSI  DataFrame:1
    """
    table = table_of(closes)
    day = dt.date.max if today is None else arguments.date_of(today, "today")
    return CheckResult(check_command.check(table.sources, table.reading, table.config, day))


def verify(
    report: str | os.PathLike[str] | BinaryIO,
    closes: Closes,
    *,
    indices: Texts | None = None,
    groups: Texts | None = None,
) -> VerifyResult:
    """Hold the figures that a report printed against closes.

    Parameters
    ----------
    report
        A file of published figures, as ``samples/published/`` has them, or an open stream of one.
    closes
        What ``read_closes`` returns, or anything that it takes.
    indices, groups
        As of ``session``, of those that the report has.

    Returns
    -------
    VerifyResult
        With ``frame`` (a verdict a row), ``agrees``, ``findings``, ``warnings``.

    Raises
    ------
    BadFiguresError
        If rows that the verdicts rest on cannot be used; with all of them.
    NoSessionError
        If the report has no figure of the chosen indices.
    WrongUsageError
        If an index or group is not known.
    UnreadableFileError, UnrecognisedFileError
        If a file cannot be read with certainty.

    Warns
    -----
    MarketMoveWarning
        For each thing that may make figures other than they seem.

    Examples
    --------
    >>> from marketmove.resources import root
    >>> samples = root() / "samples"
    >>> held = verify(samples / "published" / "2025-02-04.yaml", samples / "closes.csv")
    >>> held.agrees, held.frame["verdict"].value_counts().to_dict()
    (False, {'disagrees': 3, 'agrees': 1, 'no_session': 1})
    """
    table = table_of(closes)
    held = verify_command.verify(
        verify_command.VerifyRequest(
            published=open_one(report),
            levels=table.sources,
            chosen=arguments.texts_of(indices),
            reading=table.reading,
            config=table.config,
            groups=find_groups(arguments.texts_of(groups), table.config.groups),
        )
    )
    warn(held.warnings)
    return VerifyResult(held)


def implied_prior_close(close: str | Decimal | float, change_pct: str | Decimal | float) -> Figure:
    """Work out the prior close that a printed close and its change in percent imply.

    Parameters
    ----------
    close
        Index points, as printed (``"22,579.05"``); or a number. Text and Decimal say to how many
        digits it was rounded: ``"3.50"`` leaves a narrower interval than 3.5.
    change_pct
        Percent, as printed (``"+3.51%"``), or a number.

    Returns
    -------
    Figure
        ``value``, with the lowest (``low``) and the highest (``high``) that the rounding of the
        two leaves open, as Decimal, in index points.

    Raises
    ------
    WrongUsageError
        If one is no such number; with both problems.

    Examples
    --------
    >>> value, low, high = implied_prior_close("22,579.05", "+3.51%")
    >>> print(f"{value:.2f} ({low:.2f} to {high:.2f})")
    21813.40 (21812.34 to 21814.46)
    """
    readers: dict[str, tuple[Callable[[str], Decimal], str | Decimal | float]] = {
        "close": (figures.parse_level, close),
        "change_pct": (figures.parse_pct, change_pct),
    }
    printed: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for name, (read, value) in readers.items():
        try:
            printed[name] = read(_as_written(value))
        except ValueError as error:
            problems.append(Problem(None, f"{name}: {error}"))
    if problems:
        raise WrongUsageError(problems)
    return figures.implied_prior_close(printed["close"], printed["change_pct"])


def _as_written(value: str | Decimal | float) -> str:
    """A number with the digits that it is written with, and no exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return str(int(value))
    number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return f"{number:f}" if number.is_finite() else str(number)
