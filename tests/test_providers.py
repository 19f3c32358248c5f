"""Providers that are known by name: a name stands for the feed that it has of an index."""

from __future__ import annotations

import pytest

from marketmove import config
from marketmove.feeds.providers import providers
from marketmove.feeds.settings import named_feed
from program import RunCli, Write


def test_a_provider_is_named(write: Write, run_cli: RunCli) -> None:
    """A name stands for the provider's feed of that index, and for no other."""
    text = "feeds:\n  N225: nikkei\n  SPX: [eodhd, fred]\n"
    feeds = config.load(write("marketmove.yaml", text)).feeds
    assert [feed.name for feed in (*feeds["N225"], *feeds["SPX"])] == ["nikkei", "eodhd", "fred"]
    assert feeds["N225"][0].url.startswith("https://indexes.nikkei.co.jp/")
    assert feeds["SPX"][0].key is not None
    assert feeds["SPX"][1].symbol == "SP500"
    wrong = run_cli("fetch", "--config", write("marketmove.yaml", "feeds: {HSI: nikkei}\n"))
    assert "nikkei has no feed of HSI; it has N225" in wrong.stderr
    wrong = run_cli("fetch", "HSI", "--feed", "nikkei")
    assert (wrong.status, wrong.stdout) == (2, "")
    assert "--feed: nikkei has no feed of HSI; it has N225" in wrong.stderr
    wrong = run_cli("fetch", "N225", "--feed", "nikky")
    assert "no feed is called nikky; there is nikkei, fred and yahoo\n" in wrong.stderr


@pytest.mark.parametrize("name", providers())
def test_every_provider_has_feeds_that_are_sound(name: str) -> None:
    known = config.load(None).registry.indices
    for symbol in providers()[name].feeds:
        assert symbol in known
        assert named_feed(name, symbol).name == name
