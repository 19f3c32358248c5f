"""Typed text to symbols: which indices are wanted, and what was misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import Problem, Remark, WrongUsageError, listed
from marketmove.market.groups import VOLATILITY_GROUP, Group
from marketmove.market.indices import Registry
from marketmove.market.names import MOST_NAMED, find_index, find_indices, unknown_index

# What may stand between the two indices of a pair, the surest first.
_BETWEEN = (
    re.compile(":"),
    re.compile(r"[,;|]|\s(?:vs?\.?|versus|against|and)\s", re.IGNORECASE),
    re.compile(r"\s[-–—−/]\s"),
    re.compile("[-–—−/]"),
    re.compile(r"\s+"),
)


class Comparison(NamedTuple):
    """What is compared, as typed: all with all, or each ``against`` one; ``wide`` pairs or not.

    ``pairs`` are asked for beside that, each as two indices with a colon between; those of the
    configuration if there are none.
    """

    against: str | None = None
    pairs: tuple[str, ...] = ()
    wide: bool = False


class ChosenPair(NamedTuple):
    """A pair as it was written, and the symbols of its two indices."""

    text: str
    one: str
    other: str


def choose(
    chosen: Iterable[str], known: Sequence[str], registry: Registry, groups: Sequence[Group] = ()
) -> tuple[list[str], list[Remark]]:
    """Give the symbols of the indices wanted, in the order given; all that are known if none is.

    Of groups those that the data has, after the indices named.

    With them comes a warning for each index named that the data does not have, and each of a group
    that looks misspelt. Raises ``WrongUsageError`` with each text that neither the data nor the
    registry knows, and each group of which the data has nothing.
    """
    symbols: dict[str, None] = {}
    unknown: list[Problem] = []
    for text in chosen:
        try:
            symbols |= dict.fromkeys(find_indices(text, known, registry))
        except WrongUsageError as error:
            unknown += error.problems
    named = list(symbols)
    for group in groups:
        within = group.within(known)
        symbols |= dict.fromkeys(within)
        if not within:
            has = listed(known, MOST_NAMED, ", ")
            text = f"the data has no index of the group {group.name}; it has {has}"
            unknown.append(Problem(None, text))
    if unknown:
        raise WrongUsageError(unknown)
    absent = [
        Remark("not_in_data", f"{symbol} has no close in the data", symbol)
        for symbol in named
        if symbol not in known
    ]
    misspelt = [remark for group in groups for remark in _misspelt(group, known, registry)]
    return list(symbols or known), absent + misspelt


def _misspelt(group: Group, known: Sequence[str], registry: Registry) -> list[Remark]:
    """Warn of texts of a group that nobody knows but that look like a name that somebody does."""
    here = {symbol.casefold() for symbol in known}
    unknown = [s for s in group.symbols if not registry.find(s) and s.casefold() not in here]
    near = {text: registry.nearest(text, known) for text in unknown}
    return [
        Remark(
            "not_known",
            unknown_index(f"{text}, of the group {group.name}", names),
            place=group.place,
        )
        for text, names in near.items()
        if names
    ]


def parse_pairs(value: yamltext.Value) -> tuple[str, ...]:
    """Read ``pairs:`` of a configuration: each two indices with a colon between, as written."""
    pairs = [v.text for v in yamltext.as_list(value) if isinstance(v, yamltext.Scalar)]
    wrong = [text for text in pairs if not all(map(str.strip, text.partition(":")))]
    if wrong or len(pairs) != len(yamltext.as_list(value)):
        found = f"{wrong[0]} is none; " if wrong else ""
        raise ValueError(f"{found}expected a list of pairs, such as [HSI:N225]")
    return tuple(pairs)


def spelling(known: Iterable[str]) -> dict[str, str]:
    """Give the symbols of the data by what they are when case does not count."""
    return {symbol.casefold(): symbol for symbol in known}


def symbol_of(text: str, spelt: Mapping[str, str], registry: Registry) -> str:
    """Give the symbol that a symbol, name or alias stands for, spelt as the data spells it."""
    symbol = registry.resolve(text).symbol
    return spelt.get(symbol.casefold(), symbol)


def volatility_indices(groups: Mapping[str, Group], known: Iterable[str]) -> frozenset[str]:
    """Give those symbols of the data that are of volatility: no index of shares."""
    group = groups.get(VOLATILITY_GROUP)
    return frozenset(group.within(known)) if group else frozenset()


def compared_indices(asked: Comparison, registry: Registry) -> tuple[str, ...]:
    """Give the indices that were typed to be compared."""
    named = () if asked.against is None else (asked.against,)
    return named + tuple(text for pair in asked.pairs for text in split_pair(pair, registry))


def split_pair(text: str, registry: Registry) -> tuple[str, str]:
    """Give the two indices of a pair, as typed: with a sign, a word or a space between.

    Names have signs and spaces of their own; two that the registry knows decide.

    >>> from marketmove.market.indices import Index, Registry
    >>> registry = Registry.of([Index("HSI", "Hang Seng"), Index("N225", "Nikkei 225")])
    >>> split_pair("HSI:N225", registry), split_pair("hang seng vs Nikkei 225", registry)
    (('HSI', 'N225'), ('hang seng', 'Nikkei 225'))
    """
    found = [
        [(text[: m.start()].strip(), text[m.end() :].strip()) for m in sign.finditer(text)]
        for sign in _BETWEEN
    ]
    ways = [[way for way in of_sign if all(way)] for of_sign in found]
    known = [way for of_sign in ways for way in of_sign if all(map(registry.find, way))]
    if len({tuple(registry.resolve(name).symbol for name in way) for way in known}) == 1:
        return known[0]
    only = next((of_sign for of_sign in ways if of_sign), [])
    if known or len(only) != 1:
        raise WrongUsageError.at(None, f"{text} is not a pair of indices, such as HSI:N225")
    return only[0]


def choose_pairs(
    asked: Comparison, configured: Sequence[str], known: Sequence[str], registry: Registry
) -> tuple[ChosenPair, ...]:
    """Give the pairs asked for: as typed, else those of the configuration."""
    texts = dict.fromkeys(asked.pairs or configured)
    spelt, pairs = spelling(known) if texts else {}, []
    for text in texts:
        typed = split_pair(text, registry)
        if asked.pairs:
            one, other = (find_index(name, known, registry) for name in typed)
        else:
            one, other = (symbol_of(name, spelt, registry) for name in typed)
        if one == other:
            raise WrongUsageError.at(None, f"{text}: a pair needs two different indices")
        pairs.append(ChosenPair(text, one, other))
    return tuple(pairs)
