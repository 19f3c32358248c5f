"""Answers that providers really gave, served on loopback: the right rows stored, or refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk import Desk, desk
from provider import Provider, Reply, providers

__all__ = ["desk", "providers"]


class Answer(NamedTuple):
    """An answer, of which index it is asked for, when, and what comes of it.

    ``stored`` is the number of closes with the first and the last, as written; else ``said`` is
    in the reason why there are none. ``left_out`` are the dates that are named.
    """

    file: str
    symbol: str
    as_of: str
    stored: tuple[int, str, str] | None = None
    said: str = ""
    left_out: tuple[str, ...] = ()
    exchange: str = "XNYS"
    feed: str = ""


NOW = "2026-11-20T12:00+00:00"
ANSWERS = (
    Answer(
        "yahoo/SOX_2026-10-05_midsession.json",
        "SOX",
        "2026-10-05T11:58:54-04:00",
        (19, "2026-09-08,11887.87", "2026-10-02,13136.67"),
        left_out=("2026-10-05",),
    ),
    # The same answer, kept by somebody and given a day later: Yahoo's own time tells.
    Answer(
        "yahoo/SOX_2026-10-05_midsession.json",
        "SOX",
        "2026-10-06T20:00-04:00",
        (19, "2026-09-08,11887.87", "2026-10-02,13136.67"),
        left_out=("2026-10-05",),
    ),
    Answer(
        "yahoo/SP500TR_2023-07-14_after_close.json",
        "SP500TR",
        "2023-07-14T17:30-04:00",
        (18, "2023-06-20,9424.02", "2023-07-14,9683.69"),
    ),
    Answer("yahoo/SP500TR_2023-07-14_after_close.json", "SPX", NOW, said="is of ^SP500TR, not of"),
    Answer(
        "yahoo/inrx-with-null.json",
        "INRX",
        NOW,
        (3, "2017-07-10,64.6117", "2017-07-13,64.3650"),
        left_out=("2017-07-11",),
        exchange="XLON",
        feed="symbol: INR=X",
    ),
    Answer(
        "yahoo/tsla-recent.json",
        "TSLA",
        NOW,
        (5, "2021-01-04,243.25667", "2021-01-08,293.34"),
    ),
    Answer(
        "yahoo/pp_response_yahoo_historical02.json",
        "MUV2",
        NOW,
        (123, "2017-11-27,188.55", "2018-05-25,188.3"),
        left_out=("2018-05-21",),
        exchange="XETR",
        feed="symbol: MUV2.DE",
    ),
    Answer(
        "yahoo/pp_yahoo_australian_quotes.json",
        "ALL",
        NOW,
        (64, "2021-10-13,44.700882", "2022-01-13,44.05"),
        exchange="XASX",
        feed="symbol: ALL.AX",
    ),
    Answer("yahoo/aapl_chart_5d_no_ts.json", "AAPL", NOW, said="no closes can be read"),
    Answer("yahoo/noData.json", "CAPIO", NOW, said="", feed="symbol: CAPIO.ST"),
    Answer(
        "yahoo/chart-WSU.DE-2023-08-04-to-2023-08-09.with-headers.json",
        "WSU",
        NOW,
        (3, "2023-08-04,34.45", "2023-08-08,33.2"),
        exchange="XETR",
        feed="symbol: WSU.DE",
    ),
    Answer(
        "yahoo/ibm-long-partial.json",
        "IBM",
        NOW,
        (10, "1962-01-02,7.291268", "2021-01-08,122.87763"),
    ),
    Answer(
        "yahoo/chart-WSKT.JK-2020-01-01-to-2020-01-03.with-headers.json",
        "WSKT",
        NOW,
        (1, "2020-01-02,1505", "2020-01-02,1505"),
        exchange="XIDX",
        feed="symbol: WSKT.JK",
    ),
    Answer(
        "yahoo/chart-GC=F-2020-01-01-to-2020-01-03.with-headers.json",
        "GOLD",
        NOW,
        (1, "2020-01-02,1524.5", "2020-01-02,1524.5"),
        feed="symbol: GC=F",
    ),
    Answer(
        "yahoo/getCrumb-quote-AAPL-consent.html.with-headers.json", "AAPL", NOW, said="a web page"
    ),
    Answer("yahoo/getCrumb-quote-AAPL.with-headers.json", "AAPL", NOW, said="a web page"),
    Answer("yahoo/getCrumb-getcrumb.with-headers.json", "AAPL", NOW, said="no closes can be read"),
    Answer("yahoo/err_429_edge.txt", "SPX", NOW, said="answered 429"),
    Answer("yahoo/err_404_no_data.json", "SPX", NOW, said="answered 404"),
    Answer("yahoo/err_401_crumb.json", "SPX", NOW, said="answered 401"),
    Answer("yahoo/err_400_no_data_range.json", "SPX", NOW, said="answered 400"),
    Answer(
        "fred/SP500_observations_2024-06-27.json.gz",
        "SPX",
        "2024-06-28T12:00+00:00",
        (2516, "2014-06-27,1960.96", "2024-06-26,5477.9"),
    ),
    Answer("fred/SP500_series_2024-06-27.json", "SPX", NOW, said="no closes can be read"),
    Answer("moex/security_history_page1.json", "IMOEX", NOW, said="MOEX, not of IMOEX"),
    Answer(
        "moex/security_history_page1.json",
        "SHARE",
        NOW,
        (100, "2014-01-06,62.92", "2014-05-29,63.64"),
        exchange="XMOS",
        feed="symbol: MOEX",
    ),
    Answer("moex/index_market_security_market_data.json", "RTSI", NOW, said="no closes can be"),
    Answer("moex/security_indices.json", "IMOEX", NOW, said="no closes can be read"),
    Answer("twse/twse-indices-historical-no-data.json", "TWII", NOW, said="no closes can be read"),
    Answer("twse/twse-indices-trades.json", "TWII", NOW, said="no closes can be read"),
    Answer("twse/tpex-indices-historical-no-data.json", "TWII", NOW),
    Answer("twse/mis-twse-indices-quote.json", "TWII", NOW),
    Answer("twse/twse-market-trades-no-data.json", "TWII", NOW, said="no closes can be read"),
    Answer(
        "krx/index_ohlcv_2021-01-holiday.json",
        "KS11",
        NOW,
        (5, "2021-01-04,2944.45", "2021-01-08,3152.18"),
    ),
    Answer("krx/err_400_logout.txt", "KS11", NOW, said="answered 400"),
    Answer(
        "krx/fdr_cache_ks11_2026.csv", "KS11", NOW, (52, "2026-01-02,4309.63", "2026-03-20,5781.2")
    ),
    Answer("cboe/AAVE10RP_History.csv", "VIX", NOW, said="is of AAVE10RP, not of VIX"),
    Answer(
        "stoxx/h_3msx5e_excerpt.txt",
        "STOXX50E",
        NOW,
        (4, "2026-07-08,6204.91", "2026-10-07,6180.29"),
    ),
    Answer(
        "nikkei/nikkei_stock_average_daily_en_excerpt.csv",
        "N225",
        NOW,
        (2, "2026-10-06,70684.2", "2026-10-07,70035.71"),
    ),
    Answer("alphavantage/err_200_daily_limit.json", "SPX", NOW, said="no closes can be read"),
    Answer("twelvedata/err_200_symbol.json", "SPX", NOW, said="answered 404"),
    Answer("tiingo/invalid_url_0.txt", "GOOGL", NOW, said="answered 404"),
    Answer(
        "tiingo/ticker_price_with_date_csv_0.txt",
        "GOOGL",
        NOW,
        (2, "2015-01-02,529.55", "2015-01-05,519.46"),
    ),
    Answer("stooq/err_200_no_data.txt", "SPX", NOW, said="no closes can be read"),
)
BUNDLED = {"SOX", "SP500TR", "SPX", "IMOEX", "RTSI", "TWII", "KS11", "VIX", "STOXX50E", "N225"}


def _served(answer: Answer, folder: Path) -> Reply:
    """The answer with its status and kind; some are recorded with their headers around them."""
    data = (folder / answer.file).read_bytes()
    statuses = {"429": 429, "404": 404, "401": 401, "400": 400}
    status = next((s for text, s in statuses.items() if f"answered {text}" in answer.said), 200)
    if answer.file.endswith(".gz"):
        return Reply(gzip.decompress(data))
    if ".with-headers." not in answer.file:
        return Reply(data, status)
    recorded: dict[str, Any] = json.loads(data)["response"]
    body = recorded.get("bodyJson")
    text = json.dumps(body) if body is not None else recorded["bodyText"]
    kept = {k.title(): v for k, v in recorded["headers"].items() if k in {"location"}}
    return Reply(text.encode(), recorded["status"], kept)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.file}-{answer.symbol}")
def test_a_recorded_answer(
    answer: Answer, desk: Desk, providers: Callable[[], Provider], market_data: Path
) -> None:
    folder = market_data / "feeds"
    if not folder.is_dir():
        pytest.skip("MARKETMOVE_TEST_DATA has no recorded answers")
    served = _served(answer, folder)
    if "Location" in served.headers:
        # Where it leads is not reached from here; a page asks for consent there.
        page = b"<!DOCTYPE html><title>Before you go on</title>"
        served = served._replace(headers={"Location": providers().serve("/consent", page)})
    url = providers().serve("/answer", served)
    desk.feeds(f"  {answer.symbol}: {{url: '{url}'{answer.feed and f', {answer.feed}'}}}\n")
    if answer.symbol not in BUNDLED:
        own = f"indices: {{{answer.symbol}: {{name: Some, exchange: {answer.exchange}}}}}\n"
        desk.config.write_text(own + desk.config.read_text(encoding="utf-8"), encoding="utf-8")
    index = desk.report("--timeout", "30", as_of=answer.as_of)
    (feed,) = index["feeds"]
    if answer.stored is None:
        assert not (desk.archive / f"{answer.symbol}.csv").exists()
        assert not index["added"]
        assert answer.said in (feed["failure"] or "")
        return
    assert feed["failure"] is None
    count, first, last = answer.stored
    rows = list(desk.closes(answer.symbol).items())
    assert len(rows) == count
    assert (",".join(rows[0]), ",".join(rows[-1])) == (first, last)
    named = [row["session"] for row in feed["left_out"]]
    assert named == list(answer.left_out)


def test_pages_of_a_recorded_history(
    desk: Desk, providers: Callable[[], Provider], market_data: Path
) -> None:
    """A hundred rows a page, the oldest first: the first page alone looks like a whole answer."""
    folder = market_data / "feeds" / "moex"
    if not folder.is_dir():
        pytest.skip("MARKETMOVE_TEST_DATA has no recorded answers")
    one, *others = ((folder / f"security_history_page{n}.json").read_bytes() for n in (1, 2, 3))
    host = providers()
    first = host.serve("/first", one)
    following = host.serve("/next", *others, b'{"history": {"columns": ["CLOSE"], "data": []}}')
    own = "indices: {SHARE: {name: Some, exchange: XMOS}}\n"
    feed = f"url: '{first}?from={{from}}', next: '{following}?start={{rows}}', symbol: MOEX"
    desk.feeds(f"  SHARE: {{{feed}}}\n")
    desk.config.write_text(own + desk.config.read_text(encoding="utf-8"), encoding="utf-8")
    index = desk.report("--from", "2014-01-01", as_of="2014-12-31T12:00+03:00")
    assert [one.path for one in host.asked][1:] == [f"/next?start={n}" for n in (100, 200, 250)]
    assert len(desk.closes("SHARE")) == 250 - len(index["feeds"][0]["left_out"])
    assert index["newest"] == "2014-12-30"
    assert index["feeds"][0]["remarks"] == []
