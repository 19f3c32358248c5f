"""The registry: which indices are known, under which names, and how they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, Problem

DEFAULT_DECIMALS = 2
_TEXT_FIELDS = ("name", "exchange", "region", "currency")
_FIELDS = (*_TEXT_FIELDS, "aliases", "decimals", "returns")
# Whether dividends are counted in: no, all of them, or what is left of them after tax.
RETURNS = ("price", "gross", "net")
_MOST_DECIMALS = 8


class Index(NamedTuple):
    """One index: its symbol, its names, and the exchange whose sessions it follows.

    ``exchange`` is a market identifier code (ISO 10383), ``decimals`` the digits after the
    point that people are shown; ``returns`` is one of ``RETURNS``. The defaults are those of an
    index that the registry does not know.
    """

    symbol: str
    name: str
    aliases: tuple[str, ...] = ()
    exchange: str = ""
    region: str = ""
    currency: str = ""
    decimals: int = DEFAULT_DECIMALS
    returns: str = ""


class Exchange(NamedTuple):
    """The clock of an exchange: its time zone, and when its session ends there."""

    zone: str
    close: dt.time


@dataclass(frozen=True, slots=True)
class Registry:
    """The known indices by symbol, and every name that leads to them."""

    indices: Mapping[str, Index]
    _by_name: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, indices: Iterable[Index]) -> Registry:
        """Make a registry, in which a name may lead to one index only.

        Raises
        ------
        ValueError
            If two indices share a name; the message names both.
        """
        by_symbol = {index.symbol: index for index in indices}
        by_name: dict[str, str] = {}
        for index in by_symbol.values():
            for text in (index.symbol, index.name, *index.aliases):
                owner = by_name.setdefault(_key(text), index.symbol)
                if owner != index.symbol:
                    raise ValueError(f"{text} is a name of both {owner} and {index.symbol}")
        return cls(by_symbol, by_name)

    def find(self, text: str) -> Index | None:
        """Give the index that a symbol, name or alias stands for, if the registry knows it.

        Examples
        --------
        >>> registry = Registry.of([Index("N225", "Nikkei 225", ("^N225", "Nikkei"))])
        >>> registry.find("nikkei").symbol, registry.find("^n225").symbol, registry.find("HSI")
        ('N225', 'N225', None)
        """
        symbol = self._by_name.get(_key(text))
        return None if symbol is None else self.indices[symbol]

    def resolve(self, text: str) -> Index:
        """Give the index that a text stands for; one of its own where the registry knows none.

        Examples
        --------
        >>> Registry.of([]).resolve("NA")[:3]
        ('NA', 'NA', ())
        """
        text = text.strip()
        return self.find(text) or Index(text, text)

    def nearest(self, text: str, others: Iterable[str] = ()) -> list[str]:
        """Give up to three known names that look like ``text``, the nearest first.

        Examples
        --------
        >>> Registry.of([Index("N225", "Nikkei 225")]).nearest("Nikei 225")
        ['Nikkei 225', 'N225']
        """
        import difflib

        written = {_key(name): name for name in others}
        for index in self.indices.values():
            written |= {_key(name): name for name in (index.symbol, index.name, *index.aliases)}
        return [written[key] for key in difflib.get_close_matches(_key(text), written, n=3)]


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def parse_indices(
    value: yamltext.Value, label: str, known: Mapping[str, Index]
) -> tuple[dict[str, Index], list[Problem]]:
    """Read indices in the form of ``config/indices.yaml``, over those already known.

    A known index keeps what the new text does not mention.

    Returns
    -------
    tuple
        ``known`` with the new and changed indices, and every problem found.
    """
    merged = dict(known)
    problems: list[Problem] = []
    if not isinstance(value, yamltext.Mapping):
        return merged, [Problem(Place(label, value.line), "expected indices by symbol")]
    for symbol, fields in value.items.items():
        place = Place(label, value.lines[symbol])
        if not isinstance(fields, yamltext.Mapping):
            problems.append(Problem(place, f"{symbol}: expected {', '.join(_FIELDS)}"))
            continue
        base = merged.get(symbol) or Index(symbol, symbol, returns="price")
        try:
            merged[symbol] = _with_fields(base, fields, label)
        except BadConfigError as error:
            problems.extend(error.problems)
    return merged, problems


def _with_fields(index: Index, fields: yamltext.Mapping, label: str) -> Index:
    changed: dict[str, Any] = {}
    for key, value in fields.items.items():
        place = Place(label, fields.lines[key])
        if key in _TEXT_FIELDS and isinstance(value, yamltext.Scalar):
            changed[key] = value.text
        elif key == "aliases" and isinstance(value, yamltext.Sequence):
            changed[key] = tuple(v.text for v in value.items if isinstance(v, yamltext.Scalar))
        elif key == "decimals" and isinstance(value, yamltext.Scalar):
            if not (value.text.isdecimal() and int(value.text) <= _MOST_DECIMALS):
                raise BadConfigError.at(
                    place,
                    f"decimals: {value.text} is not a whole number from 0 to {_MOST_DECIMALS}",
                )
            changed[key] = int(value.text)
        elif key == "returns" and isinstance(value, yamltext.Scalar):
            if value.text not in RETURNS:
                text = f"returns: {value.text} is not one of {', '.join(RETURNS)}"
                raise BadConfigError.at(place, text)
            changed[key] = value.text
        elif key in _FIELDS:
            raise BadConfigError.at(place, f"{key}: not of the form that config/indices.yaml shows")
        else:
            raise BadConfigError.at(place, f"{key} is not a key here{did_you_mean(key, _FIELDS)}")
    return index._replace(**changed)


def parse_exchanges(document: yamltext.Value, label: str) -> dict[str, Exchange]:
    """Read the clocks of exchanges, in the form of ``config/exchanges.yaml``.

    Raises
    ------
    BadConfigError
        If an exchange has no zone or no close.
    """
    items = document.items if isinstance(document, yamltext.Mapping) else {}
    clocks = {}
    for code, value in items.items():
        texts = value.items if isinstance(value, yamltext.Mapping) else {}
        zone, close = texts.get("zone"), texts.get("close")
        if not (isinstance(zone, yamltext.Scalar) and isinstance(close, yamltext.Scalar)):
            raise BadConfigError.at(Place(label, value.line), f"{code}: expected zone and close")
        clocks[code] = Exchange(zone.text, dt.time.fromisoformat(close.text))
    return clocks


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """End a message with the nearest known word, or with all of them where none is near.

    Examples
    --------
    >>> did_you_mean("palete", ["palette", "top"])
    '; did you mean palette?'
    >>> did_you_mean("x", ["palette", "top"])
    '; the keys are palette, top'
    """
    import difflib

    words = list(known)
    near = difflib.get_close_matches(text, words, n=1)
    return f"; did you mean {near[0]}?" if near else f"; the keys are {', '.join(words)}"
