"""Groups of indices: regions of the registry, the lists of ``config/groups.yaml``, one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import Place, Problem, WrongUsageError
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
        """Give those symbols of some data that belong to the group, in the order of the group.

        Examples
        --------
        >>> Group("mine", ("HSI", "myx", "N225")).within(["MYX", "SPX", "HSI"])
        ['HSI', 'MYX']
        """
        own = {symbol.casefold(): symbol for symbol in known}
        keys = (symbol.casefold() for symbol in self.symbols)
        return [own[key] for key in dict.fromkeys(keys) if key in own]


def parse_groups(
    value: yamltext.Value, label: str, known: Mapping[str, Group]
) -> tuple[dict[str, Group], list[Problem]]:
    """Read groups in the form of ``config/groups.yaml``; one replaces a known one of its name.

    Returns
    -------
    tuple
        ``known`` with the groups by the key of their names, their indices as written; and every
        problem found.
    """
    if not isinstance(value, yamltext.Mapping):
        return dict(known), [
            Problem(Place(label, value.line), "expected lists of indices by group")
        ]
    found: dict[str, Group] = {}
    problems: list[Problem] = []
    for name, members in value.items.items():
        place = Place(label, value.lines[name])
        key = _key(name)
        try:
            if not key:
                raise ValueError("a group without a name")
            if key in found:
                first = found[key]
                line = value.lines[first.name]
                raise ValueError(
                    f"{name}: {first.name} on line {line} is the same name; remove one"
                )
            found[key] = Group(name, _texts(name, members), place)
        except ValueError as error:
            problems.append(Problem(place, str(error)))
    return dict(known) | found, problems


def _texts(name: str, value: yamltext.Value) -> tuple[str, ...]:
    example = f"such as {name}: [HSI, N225]"
    if not isinstance(value, yamltext.Sequence):
        raise ValueError(f"{name}: expected a list of indices, {example}")  # noqa: TRY004
    named = (v for v in value.items if isinstance(v, yamltext.Scalar) and not v.empty)
    texts = [v.text for v in named if v.text.strip()]
    if len(texts) != len(value.items):
        raise ValueError(f"{name}: one of the list is no symbol or name of an index")
    if not texts:
        raise ValueError(f"{name}: a group without an index; expected {example}")
    return tuple(texts)


def with_regions(listed: Mapping[str, Group], registry: Registry) -> dict[str, Group]:
    """Add the regions of a registry to groups that were listed, and make symbols of names.

    A region that was listed too stays as it was listed.

    Examples
    --------
    >>> from marketmove.market.indices import Index, Registry
    >>> known = Registry.of([Index("N225", "Nikkei 225", region="asia"), Index("VIX", "VIX")])
    >>> groups = with_regions({"mine": Group("mine", ("nikkei 225", "MYX"))}, known)
    >>> [group[:2] for group in groups.values()]
    [('asia', ('N225',)), ('mine', ('N225', 'MYX'))]
    """
    groups = {
        key: group._replace(symbols=tuple(registry.resolve(text).symbol for text in group.symbols))
        for key, group in listed.items()
    }
    apart = groups[VOLATILITY_GROUP].symbols if VOLATILITY_GROUP in groups else ()
    regions: dict[str, tuple[str, ...]] = {}
    for index in registry.indices.values():
        if index.region and index.symbol not in apart:
            key = _key(index.region)
            regions[key] = (*regions.get(key, ()), index.symbol)
    groups = {key: Group(key, symbols) for key, symbols in regions.items()} | groups
    return dict(sorted(groups.items()))


def find_groups(texts: Iterable[str], groups: Mapping[str, Group]) -> tuple[Group, ...]:
    """Give the groups that were typed, each once; case does not matter, nor "_" or " " for "-".

    Raises
    ------
    WrongUsageError
        With each text that is no group, what looks like it, and all there are.

    Examples
    --------
    >>> groups = {"greater-china": Group("greater-china", ("HSI",))}
    >>> find_groups(["Greater_China"], groups)[0].name
    'greater-china'
    """
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
