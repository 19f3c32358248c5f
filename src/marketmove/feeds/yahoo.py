"""The plug-in ``yahoo``: closes as Yahoo Finance has them, over yfinance, the extra ``yahoo``.

No exchange vouches for them, and Yahoo lends them for personal use.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from marketmove.feeds.failure import FeedFailure
from marketmove.market.indices import Index

_SYMBOL = re.compile(r"\^\S+|[A-Z0-9-]+\.[A-Z]{2}")
_KEPT = ("symbol", "exchangeTimezoneName", "dataGranularity")


def closes(index: Index, since: dt.date, session: Any = None) -> bytes:
    """Fetch the closes of an index as a JSON document, with what Yahoo says of its last one.

    Parameters
    ----------
    index
        Which one; the first of its names that looks like one of Yahoo's is asked for.
    since
        The first date that is wanted.
    session
        How Yahoo is reached: a session of ``requests``; None as yfinance does it.

    Raises
    ------
    FeedFailure
        If there is no answer that can be used.
    """
    try:
        import yfinance
        from yfinance import exceptions
    except ImportError:
        text = "it needs yfinance; type: python3 -m pip install 'marketmove[yahoo]'"
        raise FeedFailure(text) from None
    yfinance.config.debug.hide_exceptions = False
    symbol = yahoo_symbol(index)
    ticker = yfinance.Ticker(symbol, session=session)
    try:
        rows = ticker.history(start=since, interval="1d", auto_adjust=False, keepna=True)
        meta = ticker.history_metadata
    except exceptions.YFRateLimitError:
        text = "Yahoo accepts no more requests for now; wait a few minutes, or add another feed"
        raise FeedFailure(text) from None
    except Exception as error:  # noqa: BLE001 - its ways of reaching Yahoo have errors of their own
        status = getattr(getattr(error, "response", None), "status_code", None)
        why = type(error).__name__ if status is None else f"status {status}"
        raise FeedFailure(f"Yahoo has no closes of {symbol} since {since} ({why})") from None
    period = (meta.get("currentTradingPeriod") or {}).get("regular") or {}
    document = {
        "meta": {name: meta[name] for name in _KEPT if meta.get(name)}
        | {
            "regularMarketTime": _seconds(meta.get("regularMarketTime")),
            "currentTradingPeriod": {"regular": {"end": _seconds(period.get("end"))}},
        },
        "data": [
            {"date": f"{day:%Y-%m-%d}", "close": None if close != close else float(close)}
            for day, close in rows["Close"].items()
        ],
    }
    return json.dumps(document).encode()


def yahoo_symbol(index: Index) -> str:
    """Give what Yahoo calls an index: the first of its names of Yahoo's form.

    Examples
    --------
    >>> yahoo_symbol(Index("HSI", "Hang Seng", ("HSI Index", "^HSI")))
    '^HSI'
    >>> yahoo_symbol(Index("000300.SS", "as the feed says"))
    '000300.SS'
    """
    names = (index.symbol, *index.aliases)
    return next((name for name in names if _SYMBOL.fullmatch(name)), index.symbol)


def _seconds(value: Any) -> int | None:
    """A moment as seconds since 1970, which yfinance may have made a time stamp of."""
    if value is None:
        return None
    return int(value.timestamp()) if hasattr(value, "timestamp") else int(value)
