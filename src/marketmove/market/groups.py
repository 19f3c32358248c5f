"""Groups of indices: regions of the registry, the lists of ``config/groups.yaml``, one's own."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, Problem, WrongUsageError
from marketmove.market.indices import Registry

# The group that no region takes in: what is in it moves in percent, but is no index of shares.
VOLATILITY_GROUP = "volatility"


class Group(NamedTuple):
    """Indices that go by one name; ``place`` is where they were listed, None for a region.

    ``symbols`` are those of the registry, and texts as they were written where it knows none:
    an index works under the name that a file gives it.
    """

    name: str
    symbols: tuple[str, ...]
    place: Place | None = None

    def within(self, known: Iterable[str]) -> list[str]:
        """Give those symbols of some data that belong to the group, in the order of the group."""
        wanted = dict.fromkeys(symbol.casefold() for symbol in self.symbols)
        own = {key: symbol for symbol in known if (key := symbol.casefold()) in wanted}
        return [own[key] for key in wanted if key in own]


def parse_groups(value: yamltext.Value, label: str) -> tuple[dict[str, Group], list[Problem]]:
    """Read groups in the form of ``config/groups.yaml``, indices as written; and every problem."""
    if not isinstance(value, yamltext.Mapping):
        return {}, [Problem(Place(label, value.line), "expected lists of indices by group")]
    found: dict[str, Group] = {}
    problems: list[Problem] = []
    for name, members in value.items.items():
        place = Place(label, value.lines[name])
        key = _key(name)
        try:
            if not key:
                raise BadConfigError.at(place, "a group without a name")
            if key in found:
                first = found[key]
                line = value.lines[first.name]
                text = f"{name}: {first.name} on line {line} is the same name; remove one"
                raise BadConfigError.at(place, text)
            found[key] = parse_group(name, members, place)
        except BadConfigError as error:
            problems.extend(error.problems)
    return found, problems


def parse_group(name: str, value: yamltext.Value, place: Place) -> Group:
    """Read one group, whose name stands at ``place``, with its indices as they are written."""
    example = f"such as {name}: [HSI, N225]"
    if not isinstance(value, yamltext.Sequence):
        raise BadConfigError.at(place, f"{name}: expected a list of indices, {example}")
    named = (v for v in value.items if isinstance(v, yamltext.Scalar) and not v.empty)
    texts = tuple(v.text for v in named if v.text.strip())
    if len(texts) != len(value.items):
        text = f"{name}: one of the list is not a symbol or name of an index"
        raise BadConfigError.at(place, text)
    if not texts:
        raise BadConfigError.at(place, f"{name}: a group without an index; expected {example}")
    return Group(name, texts, place)


class Groups(Mapping[str, Group]):
    """Groups by the keys of their names: those that were listed, and the regions of a registry.

    Their indices are symbols, made of what was listed when a group is first asked for. Later lists
    replace earlier ones, and all of them a region of the same name.
    """

    def __init__(self, registry: Registry, *listed: Mapping[str, Group]) -> None:
        self._registry = registry
        self._listed = listed[::-1]

    def __getitem__(self, key: str) -> Group:
        for groups in self._listed:
            if key in groups:
                texts = groups[key].symbols
                symbols = (self._registry.resolve(text).symbol for text in texts)
                return groups[key]._replace(symbols=tuple(symbols))
        return self._regions[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(set(self._regions).union(*self._listed)))

    def __len__(self) -> int:
        return len(set(self._regions).union(*self._listed))

    @functools.cached_property
    def _regions(self) -> dict[str, Group]:
        listed = any(VOLATILITY_GROUP in groups for groups in self._listed)
        apart = self[VOLATILITY_GROUP].symbols if listed else ()
        regions: dict[str, list[str]] = {}
        for index in self._registry.indices.values():
            if index.region and index.symbol not in apart:
                regions.setdefault(_key(index.region), []).append(index.symbol)
        return {key: Group(key, tuple(symbols)) for key, symbols in regions.items()}


def find_groups(texts: Iterable[str], groups: Mapping[str, Group]) -> tuple[Group, ...]:
    """Give the groups that were typed, each once; case does not matter, nor "_" or " " for "-"."""
    import difflib

    problems = []
    keys = {_key(text): text for text in texts}
    for key, text in keys.items():
        if key not in groups:
            near = difflib.get_close_matches(key, groups, n=1)
            hint = f"did you mean {groups[near[0]].name}? " if near else ""
            names = ", ".join(group.name for group in groups.values())
            text = f"{text} is not a group; {hint}the groups are {names}"
            problems.append(Problem(None, text))
    if problems:
        raise WrongUsageError(problems)
    return tuple(groups[key] for key in keys)


def _key(name: str) -> str:
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())
