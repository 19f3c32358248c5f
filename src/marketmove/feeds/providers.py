"""Providers of closes that are known by name, and the feed that each has for an index."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, listed
from marketmove.resources import root

FILE = "config/providers.yaml"


class Provider(NamedTuple):
    """One provider: what people read of it, and the keys of its feeds by symbol."""

    title: str
    closes: str
    terms: str
    seen: str
    feeds: Mapping[str, Mapping[str, yamltext.Value]]


@functools.cache
def providers() -> Mapping[str, Provider]:
    """Give all providers by the name that a configuration has for them."""
    found = yamltext.parse((root() / FILE).read_text(encoding="utf-8"), FILE)
    return {name: _provider(_keys(entry)) for name, entry in _keys(found).items()}


def _provider(keys: Mapping[str, yamltext.Value]) -> Provider:
    title, closes, terms, seen = (
        yamltext.text_of(keys[key]) for key in ("title", "closes", "terms", "seen")
    )
    feeds = {symbol: _keys(feed) for symbol, feed in _keys(keys["feeds"]).items()}
    return Provider(title, closes, terms, seen, feeds)


def _keys(value: yamltext.Value) -> Mapping[str, yamltext.Value]:
    if isinstance(value, yamltext.Mapping):
        return value.items
    raise BadConfigError.at(Place(FILE, value.line), "expected keys with their values")


def provided(name: str, symbol: str) -> Mapping[str, yamltext.Value]:
    """Give the keys of the feed that a provider has for an index.

    Raises
    ------
    ValueError
        If it has none, with the indices that it has.

    Examples
    --------
    >>> provided("nikkei", "HSI")
    Traceback (most recent call last):
        ...
    ValueError: nikkei has no feed of HSI; it has N225
    """
    feeds = providers()[name].feeds
    if symbol not in feeds:
        raise ValueError(f"{name} has no feed of {symbol}; it has {listed([*feeds])}")
    return feeds[symbol]
