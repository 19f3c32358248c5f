"""Which index a text means that is no symbol, name or alias to the letter."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from marketmove import yamltext
from marketmove.errors import MarketMoveError, WrongUsageError, listed
from marketmove.market.indices import Index, Registry
from marketmove.resources import root

_COUNTRIES = "config/countries.yaml"
MOST_NAMED = 12
_FEWEST_LETTERS = 2
# More words than that are no names in a row.
_MOST_WORDS = 12
_LIST = re.compile(r"[,;]")
_AND = re.compile(r"[|+/&]|\band\b", re.IGNORECASE)


def find_indices(
    text: str, known: Sequence[str], registry: Registry, otherwise: str | None = None
) -> list[str]:
    """Give the symbols of the indices that a text names: one, or several in a row.

    ``known`` are those that the data has: of several that a text may mean, one of them is meant.
    ``otherwise`` ends the message about a text that is like no name; if None, what the data has.

    Examples
    --------
    >>> registry = Registry.of([Index("HSI", "Hang Seng"), Index("N225", "Nikkei 225")])
    >>> find_indices("hangseng", ["HSI"], registry), find_indices("HSI,N225", ["HSI"], registry)
    (['HSI'], ['HSI', 'N225'])

    Raises
    ------
    WrongUsageError
        If it names none, or may mean several.
    """
    if exact := exact_symbol(text, known, registry):
        return [exact]
    parts = _parts(_LIST, text)
    if len(parts) > 1:
        found = (find_indices(part, known, registry, otherwise) for part in parts)
        return [symbol for of_part in found for symbol in of_part]
    likely = meant(text, known, registry)
    row = _in_a_row(text, known, registry) if len(likely) != 1 else likely
    if not row:
        raise _open(text, likely, known, registry, otherwise)
    return row


def find_index(text: str, known: Sequence[str], registry: Registry) -> str:
    """Give the symbol of the one index that a text names; raises as ``find_indices`` does."""
    if exact := exact_symbol(text, known, registry):
        return exact
    likely = meant(text, known, registry)
    if len(likely) != 1:
        raise _open(text, likely, known, registry)
    return likely[0]


def likely_symbol(text: str, known: Sequence[str], registry: Registry) -> str:
    """Give the symbol of the one index that a text names or may mean, else the text itself."""
    likely = meant(text, known, registry)
    return exact_symbol(text, known, registry) or (likely[0] if len(likely) == 1 else text.strip())


def exact_symbol(text: str, known: Sequence[str], registry: Registry) -> str | None:
    """Give the symbol that a symbol, name or alias stands for, spelt as the data spells it."""
    index = registry.find(text)
    folded = (index.symbol if index else text.strip()).casefold()
    return next((s for s in known if s.casefold() == folded), index and index.symbol)


def meant(text: str, known: Sequence[str], registry: Registry) -> list[str]:
    """Give the symbols that a text may mean, in the surest way that gives any.

    That is a name but for spaces and signs, of the data or of any index; the country of indices of
    the data; or the first words of their names.
    """
    letters = _letters(text)
    if len(letters) < _FEWEST_LETTERS:
        return []
    here = [registry.resolve(symbol) for symbol in known]
    ways: list[Callable[[], list[Index]]] = [
        lambda: [i for i in here if letters in map(_letters, i.names)],
        lambda: [i for i in registry.indices.values() if letters in map(_letters, i.names)],
        lambda: [i for i in here if i.exchange in exchanges_of(text)],
        lambda: [i for i in here if _begins(text, i.name, r"\s+")],
        lambda: [i for i in here if any(_begins(text, n, r"\s+") for n in i.names)],
        lambda: [i for i in here if any(_begins(text, n, r"[\W_]+") for n in i.names)],
    ]
    found = next(filter(None, (way() for way in ways)), [])
    spelt = {symbol.casefold(): symbol for symbol in known}
    return [spelt.get(index.symbol.casefold(), index.symbol) for index in found]


def is_name(text: str, registry: Registry) -> bool:
    """Whether a text is the name of an index of the registry, of several, or may mean some."""
    known = list(registry.indices)
    parts = _parts(_LIST, text)
    if len(parts) > 1:
        return all(is_name(part, registry) for part in parts)
    return bool(
        exact_symbol(text, known, registry)
        or meant(text, known, registry)
        or _in_a_row(text, known, registry)
    )


def matching(text: str, registry: Registry) -> list[str]:
    """Give the symbols of all indices of the registry that a text may be looking for.

    That is the one whose name it is; else all that it may mean, or whose names it is a part of.
    """
    known = list(registry.indices)
    if exact := exact_symbol(text, known, registry):
        return [exact]
    if found := meant(text, known, registry) or _in_a_row(text, known, registry):
        return found
    if len(parts := _parts(_LIST, text)) > 1:
        return [symbol for part in parts for symbol in matching(part, registry)]
    letters = _letters(text)
    return [
        index.symbol
        for index in registry.indices.values()
        if len(letters) >= _FEWEST_LETTERS and any(letters in _letters(n) for n in index.names)
    ]


def exchanges_of(country: str) -> frozenset[str]:
    """Give the exchanges of a country; none if the text names none."""
    return _countries().get(_letters(country), frozenset())


@functools.cache
def _countries() -> Mapping[str, frozenset[str]]:
    text = (root() / _COUNTRIES).read_text(encoding="utf-8")
    found: dict[str, frozenset[str]] = {}
    for name, value in _fields(yamltext.parse(text, _COUNTRIES)).items():
        exchanges, names = (_texts(_fields(value).get(key)) for key in ("exchanges", "names"))
        found |= {_letters(each): frozenset(exchanges) for each in (name, *names)}
    return found


def _fields(value: yamltext.Value) -> Mapping[str, yamltext.Value]:
    return value.items if isinstance(value, yamltext.Mapping) else {}


def _texts(value: yamltext.Value | None) -> list[str]:
    values = () if value is None else yamltext.as_list(value)
    return [v.text for v in values if isinstance(v, yamltext.Scalar)]


def _letters(text: str) -> str:
    """The letters and digits of a text, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _begins(text: str, name: str, between: str) -> bool:
    """Whether a name begins with the words of a text."""
    typed, words = ([_letters(w) for w in re.split(between, t.strip())] for t in (text, name))
    return typed == words[: len(typed)]


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    return list(filter(None, map(str.strip, between.split(text))))


def _in_a_row(text: str, known: Sequence[str], registry: Registry) -> list[str]:
    """The symbols of a text that is names, to the letter, with spaces or signs between them."""
    signed = [exact_symbol(part, known, registry) for part in _parts(_AND, text)]
    if len(signed) > 1 and all(signed):
        return list(filter(None, signed))
    words = text.split()
    if not 1 < len(words) <= _MOST_WORDS:
        return []

    @functools.cache
    def rows(start: int) -> tuple[tuple[str, ...], ...]:
        """The ways to read the words from one on, as few names as can be."""
        if start == len(words):
            return ((),)
        found = [
            (symbol, *rest)
            for end in range(start + 1, len(words) + 1)
            if (symbol := exact_symbol(" ".join(words[start:end]), known, registry))
            for rest in rows(end)
        ]
        fewest = min(map(len, found), default=0)
        return tuple(dict.fromkeys(row for row in found if len(row) == fewest))

    return list(rows(0)[0]) if len(rows(0)) == 1 else []


def _open(
    text: str,
    likely: Sequence[str],
    known: Sequence[str],
    registry: Registry,
    otherwise: str | None = None,
) -> MarketMoveError:
    """The error for a text that names no index, or may mean several."""
    if likely:
        names = [f"{registry.resolve(symbol).name} ({symbol})" for symbol in likely]
        what = f"{text} may be {listed(names, MOST_NAMED, ' or ')}; type one of them"
        return WrongUsageError.at(None, what)
    if otherwise is None:
        otherwise = f"the data has {listed(known, MOST_NAMED, ', ')}"
    near = registry.nearest(text, known)
    return WrongUsageError.at(None, unknown_index(text, near, otherwise))


def unknown_index(text: str, near: Sequence[str], otherwise: str = "") -> str:
    """Say that nobody knows an index, and what looks like it; or else something of more help."""
    hint = f"did you mean {', '.join(near)}?" if near else otherwise
    return f"unknown index: {text}" + (f"; {hint}" if hint else "")
