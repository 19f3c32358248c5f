"""Index moves from closing levels.

The names below are for notebooks and scripts; ``docs/api.md`` shows them at work. Nothing is
loaded before the first of them is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.2.0"

__all__ = [
    "CloseTable",
    "MarketMoveError",
    "MarketMoveWarning",
    "Result",
    "SessionCalendar",
    "SessionResult",
    "__version__",
    "calendar",
    "check",
    "history",
    "implied_prior_close",
    "pair",
    "read_closes",
    "session",
    "verify",
]

if TYPE_CHECKING:
    from marketmove import errors as errors
    from marketmove.api import (
        CloseTable,
        MarketMoveWarning,
        Result,
        SessionCalendar,
        SessionResult,
        calendar,
        check,
        history,
        implied_prior_close,
        pair,
        read_closes,
        session,
        verify,
    )
    from marketmove.errors import MarketMoveError
else:

    def __getattr__(name: str) -> object:
        """Give a name of the API, which is loaded when the first is asked for."""
        if name == "errors":
            return import_module("marketmove.errors")
        if name not in __all__:
            raise AttributeError(f"module 'marketmove' has no attribute {name!r}")
        room = "errors" if name == "MarketMoveError" else "api"
        return getattr(import_module(f"marketmove.{room}"), name)

    def __dir__() -> list[str]:
        """Give the names of the API, loaded or not."""
        return sorted({*globals(), *__all__, "errors"})
