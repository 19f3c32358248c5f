"""YAML read as text with line numbers: nothing is guessed, nothing changes its meaning.

YAML 1.1 reads ``NO`` as false, ``010`` as 8 and ``12:30`` as 750, and of two equal keys it keeps
the last. Here every scalar stays the text that was written, and what YAML would read as something
else has to stand in quotes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from marketmove.errors import BadConfigError, MarketMoveError, Place

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TEXT = _TAG + "str"
_PLAIN_TAGS = frozenset(_TAG + kind for kind in ("int", "float", "bool", "timestamp", "merge"))
_PLAIN_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")


class Scalar(NamedTuple):
    """One value as written, quotes removed; ``empty`` for a missing value, ``null`` and ``~``."""

    text: str
    line: int
    empty: bool = False


class Sequence(NamedTuple):
    """A list of values."""

    items: tuple[Value, ...]
    line: int


class Mapping(NamedTuple):
    """Keys and their values, in the order written; ``lines`` has the line of each key."""

    items: dict[str, Value]
    lines: dict[str, int]
    line: int


Value = Scalar | Sequence | Mapping


def parse(text: str, label: str, error: type[MarketMoveError] = BadConfigError) -> Value:
    r"""Parse one YAML document into text scalars, lists and mappings that know their lines.

    Parameters
    ----------
    text
        The whole file.
    label
        What the file is called in messages.
    error
        The class of error to raise, by what the file is used for.

    Raises
    ------
    MarketMoveError
        Of class ``error``: on broken YAML, tabs, aliases, tags, two equal keys, more than one
        document, or an unquoted word that YAML reads as something else than it looks.

    Examples
    --------
    >>> parse("symbol: HSI\nclose: 22620.30", "x.yaml").items["close"].text
    '22620.30'
    >>> parse("symbol: NO", "x.yaml")
    Traceback (most recent call last):
        ...
    marketmove.errors.BadConfigError: x.yaml:1: YAML reads NO as false; write "NO", in quotes
    """
    if "\t" in text:
        _refuse_tabs(text, label, error)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        line_number = None if mark is None else mark.line + 1
        reason = ", ".join(filter(None, [broken.context, broken.problem]))
        raise error.at(Place(label, line_number), f"not valid YAML: {reason}") from None
    except yaml.YAMLError as broken:
        raise error.at(Place(label), f"not valid YAML: {broken}".replace("\n", " ")) from None
    except RecursionError:
        raise error.at(Place(label), "not valid YAML: nested too deeply") from None
    if node is None:
        return Mapping({}, {}, 1)
    try:
        return _Reader(label, error).value(node)
    except RecursionError:
        raise error.at(Place(label), "not valid YAML: nested too deeply") from None


def _refuse_tabs(text: str, label: str, error: type[MarketMoveError]) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line and not line.lstrip().startswith("#"):
            raise error.at(Place(label, number), "a tab character; YAML wants spaces")


class _Reader:
    """Turns PyYAML's nodes into ours, refusing what is not plain text, lists and mappings."""

    def __init__(self, label: str, error: type[MarketMoveError]) -> None:
        self.label = label
        self.error = error
        self.seen: set[int] = set()

    def value(self, node: yaml.Node) -> Value:
        """Turn any node into ours."""
        line = node.start_mark.line + 1
        # An alias is composed as the very node that its anchor named.
        if id(node) in self.seen:
            raise self.error.at(Place(self.label, line), "a YAML alias (*); write the value out")
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return Sequence(tuple(self.value(item) for item in node.value), line)
        return self.mapping(node)

    def scalar(self, node: yaml.ScalarNode) -> Scalar:
        """Turn a single value into text, if it is nothing else to YAML."""
        line = node.start_mark.line + 1
        text: str = node.value
        if node.tag == _TEXT:
            return Scalar(text, line)
        if node.tag == _TAG + "null" and not node.style:
            return Scalar(text, line, empty=True)
        if node.tag not in _PLAIN_TAGS:
            raise self.error.at(Place(self.label, line), f"a YAML tag ({node.tag}); leave it out")
        if not node.style and (meaning := _other_meaning(node.tag, text)):
            raise self.error.at(
                Place(self.label, line),
                f'YAML reads {text} as {meaning}; write "{text}", in quotes',
            )
        return Scalar(text, line)

    def mapping(self, node: yaml.Node) -> Mapping:
        """Turn keys and values into ours, each key once."""
        items: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            place = Place(self.label, key_node.start_mark.line + 1)
            key = self.value(key_node)
            if not isinstance(key, Scalar):
                raise self.error.at(place, "a key that is not a word")
            if key.text in items:
                first = lines[key.text]
                raise self.error.at(
                    place, f"{key.text} stands twice, here and on line {first}; remove one"
                )
            items[key.text] = self.value(value_node)
            lines[key.text] = place.line or 1
        return Mapping(items, lines, node.start_mark.line + 1)


def _other_meaning(tag: str, text: str) -> str | None:
    """What YAML 1.1 would make of an unquoted word, where that is not what it looks like."""
    if tag == _TAG + "bool":
        spoken = str(bool(yaml.SafeLoader.bool_values[text.lower()])).lower()
        return None if text.lower() == spoken else spoken
    if tag in {_TAG + "int", _TAG + "float"} and not _PLAIN_NUMBER.fullmatch(text):
        return f"the number {yaml.safe_load(text)}"
    return None
