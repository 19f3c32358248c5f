"""The registry: which indices are known, under which names, and how they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, Problem

DEFAULT_DECIMALS = 2
_TEXT_FIELDS = ("name", "exchange", "region", "currency")
_LIST_FIELDS = ("aliases", "shared")
_FIELDS = (*_TEXT_FIELDS, *_LIST_FIELDS, "decimals", "returns", "levels", "since", "rebased")
# Whether dividends are counted in: no, all of them, or what is left of them after tax.
RETURNS = ("price", "gross", "net")
_NOT_KNOWN = "unknown"
_MOST_DECIMALS = 8


class Index(NamedTuple):
    """One index: its symbol, its names, and the exchange whose sessions it follows.

    ``exchange`` is a market identifier code (ISO 10383), ``decimals`` the digits after the
    point that people are shown; ``returns`` is one of ``RETURNS``, empty where it is not known.
    Its closes from ``since`` on, or from 2000, are between the two ``levels``; ``shared`` are the
    names that something else has too. ``rebased`` has the dates on which the exchange divided the
    index, each with the factor. The defaults are those of an index that the registry does not know.
    """

    symbol: str
    name: str
    aliases: tuple[str, ...] = ()
    exchange: str = ""
    region: str = ""
    currency: str = ""
    decimals: int = DEFAULT_DECIMALS
    returns: str = ""
    rebased: tuple[tuple[dt.date, float], ...] = ()
    levels: tuple[float, float] | None = None
    since: str = "2000-01-01"
    shared: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called: its symbol, its name, its aliases."""
        return (self.symbol, self.name, *self.aliases)

    def shares(self, name: str) -> bool:
        """Whether a name of this index is one of a share, a fund or an exchange as well."""
        return any(_key(other) == _key(name) for other in self.shared)


class Exchange(NamedTuple):
    """The clock of an exchange: its time zone, and when its session ends there.

    ``settles_after`` are the minutes from then on until the close of its indices is final.
    """

    zone: str
    close: dt.time
    settles_after: int = 0

    @property
    def settles(self) -> dt.timedelta:
        """How long after the end of a session its closes are final."""
        return dt.timedelta(minutes=self.settles_after)


@dataclass(frozen=True, slots=True)
class Registry:
    """The known indices by symbol, and every name that leads to them.

    Of indices that are ``Entries`` only those are parsed that a text may name.
    """

    indices: Mapping[str, Index]
    _by_name: dict[str, str | None]
    # Texts that were looked up, and what they stand for: of many indices that is asked often.
    _found: set[str] = field(default_factory=set, repr=False, compare=False)
    _known: dict[str, Index] = field(default_factory=dict, repr=False, compare=False)
    _resolved: dict[str, Index] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, indices: Iterable[Index]) -> Registry:
        """Make a registry, in which a name may lead to one index only."""
        by_symbol = {index.symbol: index for index in indices}
        by_name: dict[str, str | None] = {}
        for index in by_symbol.values():
            for text in index.names:
                owner = by_name.setdefault(_key(text), index.symbol)
                if owner != index.symbol:
                    raise ValueError(f"{text} is a name of both {owner} and {index.symbol}")
        return cls(by_symbol, by_name)

    def also(self, name: str, symbol: str) -> Registry:
        """Give the registry with one more name of an index."""
        return Registry(self.indices, {**self._by_name, _key(name): symbol})

    def find(self, text: str) -> Index | None:
        """Give the index that a symbol, name or alias stands for, if the registry knows it.

        >>> registry = Registry.of([Index("N225", "Nikkei 225", ("^N225", "Nikkei"))])
        >>> registry.find("nikkei").symbol, registry.find("^n225").symbol, registry.find("HSI")
        ('N225', 'N225', None)
        """
        if text not in self._found:
            self._found.add(text)
            if (index := self._owner(_key(text))) is not None:
                self._known[text] = index
        return self._known.get(text)

    def among(self, texts: Iterable[str]) -> dict[str, Index]:
        """Give the indices that the registry knows of some symbols or names, by these.

        >>> registry = Registry.of([Index("N225", "Nikkei 225", ("^N225", "Nikkei"))])
        >>> {text: index.symbol for text, index in registry.among(["HSI", "nikkei"]).items()}
        {'nikkei': 'N225'}
        """
        texts = list(texts)
        if not self._found.issuperset(texts):
            new = set(texts).difference(self._found)
            for text in self._perhaps_known(new):
                self.find(text)
            self._found.update(new)
        if self._known.keys().isdisjoint(texts):
            return {}
        return {text: self._known[text] for text in texts if text in self._known}

    def _perhaps_known(self, texts: Iterable[str]) -> Iterable[str]:
        """The texts that are not certain to be unknown: of many, few are left."""
        if not isinstance(self.indices, yamltext.Entries):
            return texts
        words = self.indices.words.keys() | self._by_name.keys()
        return [text for text in texts if not text.isalnum() or text.casefold() in words]

    def decimals(self, texts: Iterable[str]) -> list[int]:
        """Give the digits after the point that each index is shown with."""
        texts = list(texts)
        known = self.among(texts)
        return [known[text].decimals if text in known else DEFAULT_DECIMALS for text in texts]

    def _owner(self, key: str) -> Index | None:
        if key not in self._by_name and isinstance(self.indices, yamltext.Entries):
            self._by_name[key] = self._parsed_owner(key, self.indices)
        symbol = self._by_name.get(key)
        return None if symbol is None else self.indices[symbol]

    def _parsed_owner(self, key: str, entries: yamltext.Entries[Index]) -> str | None:
        for symbol in entries.mentioning(key):
            if any(_key(name) == key for name in entries[symbol].names):
                return symbol
        return None

    def resolve(self, text: str) -> Index:
        """Give the index that a text stands for; one of its own where the registry knows none."""
        if text not in self._resolved:
            bare = text.strip()
            self._resolved[text] = self.find(bare) or Index(bare, bare)
        return self._resolved[text]

    def nearest(self, text: str, others: Iterable[str] = ()) -> list[str]:
        """Give up to three known names that look like ``text``, the nearest first."""
        import difflib

        written = {_key(name): name for name in others}
        for index in self.indices.values():
            written |= {_key(name): name for name in index.names}
        return [written[key] for key in difflib.get_close_matches(_key(text), written, n=3)]


# Lines that people and systems write for a hyphen, and for a space.
_LINES = str.maketrans("‐‑‒–—−_", "------ ")


def _key(text: str) -> str:
    if text.isalnum():
        return text.casefold()
    return " ".join(text.casefold().translate(_LINES).split())


def parse_indices(
    value: yamltext.Value, label: str, known: Mapping[str, Index]
) -> tuple[dict[str, Index], list[Problem]]:
    """Read indices in the form of ``config/indices.yaml``, over those already known.

    A known index keeps what the new text does not mention.

    With the indices, ``known`` among them, comes every problem found.
    """
    merged = dict(known)
    problems: list[Problem] = []
    if not isinstance(value, yamltext.Mapping):
        return merged, [Problem(Place(label, value.line), "expected indices by symbol")]
    for symbol, fields in value.items.items():
        try:
            place = Place(label, value.lines[symbol])
            merged[symbol] = parse_index(symbol, fields, place, merged.get(symbol))
        except BadConfigError as error:
            problems.extend(error.problems)
    return merged, problems


def parse_index(
    symbol: str, fields: yamltext.Value, place: Place, known: Index | None = None
) -> Index:
    """Read one index, whose symbol stands at ``place``; what it lacks is as in the known one.

    A name or aliases come beside those of the known one, so that no file is a stranger for them.

    Raises
    ------
    BadConfigError
        At the first field that is not of the form.
    """
    if not isinstance(fields, yamltext.Mapping):
        raise BadConfigError.at(place, f"{symbol}: expected {', '.join(_FIELDS)}")
    changed: dict[str, Any] = {}
    for key, value in fields.items.items():
        try:
            changed[key] = _field(key, value)
        except ValueError as error:
            raise BadConfigError.at(Place(place.path, fields.lines[key]), str(error)) from None
    if known is None:
        return Index(symbol, symbol)._replace(**changed)
    names = (*changed.get("aliases", ()), known.name, *known.aliases)
    aliases = dict.fromkeys(name for name in names if name != changed.get("name", known.name))
    return known._replace(**changed | {"aliases": tuple(aliases)})


def _field(key: str, value: yamltext.Value) -> Any:
    if key not in _FIELDS:
        raise ValueError(f"{key} is not a key here{did_you_mean(key, _FIELDS)}")
    if key == "rebased":
        return _rebased(value)
    if key in _LIST_FIELDS and isinstance(value, yamltext.Sequence):
        return tuple(v.text for v in value.items if isinstance(v, yamltext.Scalar))
    if key == "levels" and isinstance(value, yamltext.Sequence):
        return _range([v.text for v in value.items if isinstance(v, yamltext.Scalar)])
    if key in (*_LIST_FIELDS, "levels") or not isinstance(value, yamltext.Scalar):
        raise ValueError(f"{key}: not of the form that config/indices.yaml shows")
    readers = {"decimals": _decimals, "returns": _returns, "since": _since}
    return readers[key](value.text) if key in readers else value.text


def _decimals(text: str) -> int:
    if not (text.isdecimal() and int(text) <= _MOST_DECIMALS):
        raise ValueError(f"decimals: {text} is not a whole number from 0 to {_MOST_DECIMALS}")
    return int(text)


def _returns(text: str) -> str:
    known = (*RETURNS, _NOT_KNOWN)
    if text not in known:
        raise ValueError(f"returns: {text} is not one of {', '.join(known)}")
    return "" if text == _NOT_KNOWN else text


def _since(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"since: {text} is not a date such as 2020-07-27") from None


def _rebased(value: yamltext.Value) -> tuple[tuple[dt.date, float], ...]:
    """The dates from which on an index was smaller, each with the factor: ``{2020-07-27: 100}``."""
    if not isinstance(value, yamltext.Mapping):
        raise ValueError(  # noqa: TRY004 - a value of the file, not of the program
            "rebased: expected dates with factors, such as {2020-07-27: 100}"
        )
    found = []
    for date, factor in value.items.items():
        text = factor.text if isinstance(factor, yamltext.Scalar) else ""
        try:
            found.append((dt.date.fromisoformat(date), float(text)))
        except ValueError:
            found.append((dt.date.min, 0.0))
        if not 0 < found[-1][1] < float("inf"):
            text = f"rebased: {date}: {text or 'nothing'} is not a date with the factor that closes"
            raise ValueError(f"{text} before it are divided by")
    return tuple(sorted(found))


def _range(texts: Sequence[str]) -> tuple[float, float]:
    try:
        low, high = map(float, texts)
    except ValueError:
        raise ValueError(f"levels: {', '.join(texts)} are not the lowest and the highest") from None
    if not 0 < low < high:
        raise ValueError(f"levels: {low:g} is not above zero and below {high:g}")
    return low, high


def parse_exchange(code: str, value: yamltext.Value, place: Place) -> Exchange:
    """Read the clock of an exchange, in the form of ``config/exchanges.yaml``.

    Raises
    ------
    BadConfigError
        If it has no zone or no close, or what is no number of minutes.
    """
    items = value.items if isinstance(value, yamltext.Mapping) else {}
    texts = {key: field.text for key, field in items.items() if isinstance(field, yamltext.Scalar)}
    minutes = texts.get("settles_after", "0")
    if not (texts.keys() >= {"zone", "close"} and minutes.isdecimal()):
        text = f"{code}: expected zone and close, and settles_after in minutes if any"
        raise BadConfigError.at(place, text)
    return Exchange(texts["zone"], dt.time.fromisoformat(texts["close"]), int(minutes))


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """End a message with the nearest known word, or with all of them where none is near.

    >>> did_you_mean("palete", ["palette", "top"])
    '; did you mean palette?'
    >>> did_you_mean("x", ["palette", "top"])
    '; the keys are palette, top'
    """
    import difflib

    words = list(known)
    near = difflib.get_close_matches(text, words, n=1)
    return f"; did you mean {near[0]}?" if near else f"; the keys are {', '.join(words)}"
