"""The plug-in ``yahoo`` over yfinance, with Yahoo's recorded answers on loopback."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from profiles import tried
from program import run_process
from provider import Provider, Reply, provider

__all__ = ["provider"]

# Builds of pandas and yfinance do not agree on every warning.
pytestmark = pytest.mark.filterwarnings("ignore")

PLUGIN = """
import requests
from requests.adapters import HTTPAdapter
from urllib.parse import urlsplit, urlunsplit

from marketmove.feeds.yahoo import closes as of_yahoo


class Loopback(HTTPAdapter):
    def send(self, request, **kept):
        parts = urlsplit(request.url)
        request.url = urlunsplit(("http", "127.0.0.1:{port}", parts.path, parts.query, ""))
        return super().send(request, **kept)


def closes(index, since):
    session = requests.Session()
    session.mount("https://", Loopback())
    session.mount("http://", Loopback())
    return of_yahoo(index, since, session)
"""


def _plugin(folder: Path, port: int) -> None:
    """A plug-in that reaches Yahoo on loopback, where the program finds it."""
    (folder / "yahoo_here.py").write_text(PLUGIN.replace("{port}", str(port)), encoding="utf-8")
    info = folder / "yahoo_here-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: yahoo-here\nVersion: 1.0\n", encoding="utf-8")
    text = "[marketmove.feeds]\nyahoo-here = yahoo_here:closes\n"
    (info / "entry_points.txt").write_text(text, encoding="utf-8")
    own = "archive: closes\nfeeds: {SOX: yahoo-here}\n"
    (folder / "own.yaml").write_text(own, encoding="utf-8")


def _fetch(folder: Path, as_of: str) -> Any:
    words = ("fetch", "--config", folder / "own.yaml", "--as-of", as_of, "-f", "json")
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    place = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "HOME": str(folder)}
    ran = run_process(*words, environment=place, fresh=True)
    (index,) = json.loads(ran.stdout)["indices"]
    return index


def test_yahoo_is_read_and_its_unfinished_bar_left_out(
    provider: Provider, tmp_path: Path, market_data: Path
) -> None:
    pytest.importorskip("yfinance")
    path = market_data / "feeds" / "yahoo" / "SOX_2026-10-05_midsession.json"
    if not path.is_file():
        pytest.skip("MARKETMOVE_TEST_DATA has no recorded answers")
    provider.serve("/v8/finance/chart/%5ESOX", path.read_bytes())
    provider.serve("/v8/finance/chart/^SOX", path.read_bytes())
    _plugin(tmp_path, provider.port)
    index = _fetch(tmp_path, "2026-10-06T20:00-04:00")
    (feed,) = index["feeds"]
    assert feed["failure"] is None
    assert [row["code"] for row in feed["left_out"]] == ["unfinished"]
    assert (feed["kept"], feed["last"]) == (19, "2026-10-02")
    stored = (tmp_path / "closes" / "SOX.csv").read_text(encoding="utf-8").splitlines()
    assert stored[-1].startswith("2026-10-02,13136.67,yahoo-here,")
    assert any("chart" in urlsplit(one.path).path for one in provider.asked)


REFUSALS = (
    (
        Reply(
            b'{"chart":{"result":null,"error":{"code":"Not Found","description":'
            b'"No data found, symbol may be delisted"}}}',
            404,
        ),
        "Yahoo has no closes of ^SOX",
    ),
    (Reply(b"Edge: Too Many Requests", 429), "Yahoo accepts no more requests for now"),
)


@pytest.mark.parametrize(("reply", "said"), REFUSALS[: tried(1, 2)])
def test_what_yahoo_refuses(reply: Reply, said: str, provider: Provider, tmp_path: Path) -> None:
    pytest.importorskip("yfinance")
    provider.serve("/v8/finance/chart/%5ESOX", reply)
    provider.serve("/v8/finance/chart/^SOX", reply)
    _plugin(tmp_path, provider.port)
    index = _fetch(tmp_path, "2026-10-06T20:00-04:00")
    assert said in index["feeds"][0]["failure"]
