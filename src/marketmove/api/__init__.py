"""The program for notebooks and scripts: typed functions over files and DataFrames.

Each function asks the command of its name and returns its report, with DataFrames in the place of
CSV. Nothing here prints, or reads the clock, the environment or the user's own configuration. What
the command line prints as a warning is a ``MarketMoveWarning`` here, and the result keeps it.
"""

from __future__ import annotations

from marketmove.api.checking import check, implied_prior_close, verify
from marketmove.api.closes import CloseTable, MarketMoveWarning, read_closes
from marketmove.api.moves import history, pair, session
from marketmove.api.results import (
    CheckResult,
    HistoryResult,
    PairResult,
    SessionResult,
    VerifyResult,
)
from marketmove.api.sessions import SessionCalendar, calendar
from marketmove.errors import MarketMoveError

__all__ = [
    "CheckResult",
    "CloseTable",
    "HistoryResult",
    "MarketMoveError",
    "MarketMoveWarning",
    "PairResult",
    "SessionCalendar",
    "SessionResult",
    "VerifyResult",
    "calendar",
    "check",
    "history",
    "implied_prior_close",
    "pair",
    "read_closes",
    "session",
    "verify",
]
