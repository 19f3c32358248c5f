"""YAML read as text with line numbers: nothing is guessed, nothing changes its meaning.

YAML 1.1 reads ``NO`` as false, ``010`` as 8 and ``12:30`` as 750, and of two equal keys it keeps
the last. Here every scalar stays the text that was written, and what YAML would read as something
else has to stand in quotes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as ReadOnly
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from marketmove.errors import BadConfigError, MarketMoveError, Place, UnreadableFileError

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_BYTES = 8 << 20
_TAG = "tag:yaml.org,2002:"
_TEXT = _TAG + "str"
_PLAIN_TAGS = frozenset(_TAG + kind for kind in ("int", "float", "bool", "timestamp", "merge"))
_WORD = re.compile(r"[^\W_]+")
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
_Entry = TypeVar("_Entry")


def read_text(path: Path, label: str, what: str) -> str:
    """Read a file of settings, which ``what`` names, as UTF-8 text.

    Raises ``UnreadableFileError``, also for what is larger than settings are, or never ends.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UnreadableFileError.at(Place(label), f"{what}: more than {_MOST_BYTES >> 20} MB")
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(label), f"{what}: {reason}") from None
    except UnicodeDecodeError:
        raise UnreadableFileError.at(Place(label), f"{what}: not UTF-8 text") from None


def parse(text: str, label: str, error: type[MarketMoveError] = BadConfigError) -> Value:
    r"""Parse one YAML document into text scalars, lists and mappings that know their lines.

    Raises an ``error`` on broken YAML, tabs, aliases, tags, two equal keys, more than one document,
    or an unquoted word that YAML reads as something else than it looks.

    >>> parse("symbol: HSI\nclose: 22620.30", "x.yaml").items["close"].text
    '22620.30'
    >>> parse("symbol: NO", "x.yaml")
    Traceback (most recent call last):
        ...
    marketmove.errors.BadConfigError: x.yaml:1: YAML reads NO as false; write "NO", in quotes
    """
    if "\t" in text:
        for number, line in enumerate(text.splitlines(), start=1):
            if "\t" in line and not line.lstrip().startswith("#"):
                raise error.at(Place(label, number), "a tab character; YAML wants spaces")
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
            raise self.error.at(
                Place(self.label, line), f"a YAML tag ({_shown(node.tag)}); leave it out"
            )
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
                name = _shown(key.text)
                text = f"{name} is there twice, here and on line {first}; remove one"
                raise self.error.at(place, text)
            items[key.text] = self.value(value_node)
            lines[key.text] = place.line or 1
        return Mapping(items, lines, node.start_mark.line + 1)


def _shown(text: str) -> str:
    """What may be named of a text: no URL, which may be a secret."""
    return text if "://" not in text else "a URL"


def _other_meaning(tag: str, text: str) -> str | None:
    """What YAML 1.1 would make of an unquoted word, where that is not what it looks like."""
    if tag == _TAG + "bool":
        spoken = str(bool(yaml.SafeLoader.bool_values[text.lower()])).lower()
        return None if text.lower() == spoken else spoken
    if tag in {_TAG + "int", _TAG + "float"} and not _PLAIN_NUMBER.fullmatch(text):
        return f"the number {yaml.safe_load(text)}"
    return None


class Entries(ReadOnly[str, _Entry]):
    r"""The entries of a bundled file of settings by key, each parsed when it is first asked for.

    A line that begins with a letter or a digit begins an entry, and is its unquoted key.

    >>> text = "# Lists.\nhome: [HSI, HSTECH]\nabroad:\n  [N225]\n"
    >>> sizes = Entries(text, "x.yaml", lambda key, value, place: len(value.items))
    >>> list(sizes), sizes["home"], sizes.mentioning("n225")
    (['home', 'abroad'], 2, ['abroad'])
    """

    def __init__(self, text: str, label: str, read: Callable[[str, Value, Place], _Entry]) -> None:
        self._label, self._read = label, read
        self._texts: dict[str, str] = {}
        self._lines_before: dict[str, int] = {}
        self._parsed: dict[str, _Entry] = {}
        key = ""
        for number, line in enumerate(text.splitlines(keepends=True)):
            if line[0].isalnum():
                key = line.partition(":")[0]
                self._texts[key], self._lines_before[key] = "", number
            if key:
                self._texts[key] += line

    def __getitem__(self, key: str) -> _Entry:
        if key not in self._parsed:
            # Below blank lines, the entry stands on the lines that it has in the file.
            text = "\n" * self._lines_before[key] + self._texts[key]
            document: Any = parse(text, self._label)
            place = Place(self._label, document.lines[key])
            self._parsed[key] = self._read(key, document.items[key], place)
        return self._parsed[key]

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def mentioning(self, text: str) -> list[str]:
        """Give the keys of the entries that have all words of a text in them, in any case."""
        if text.isalnum():  # a word, as most symbols are
            return sorted(self.words.get(text.casefold(), ()))
        words = _WORD.findall(text.casefold())
        if not words or not self.words.keys() >= set(words):
            return []
        return sorted(set.intersection(*(self.words[word] for word in words)))

    @functools.cached_property
    def words(self) -> dict[str, set[str]]:
        """The words of all entries, in lower case, each with the keys of those that have it."""
        found: dict[str, set[str]] = {}
        for key, text in self._texts.items():
            for word in _WORD.findall(text.casefold()):
                found.setdefault(word, set()).add(key)
        return found


def as_list(value: Value) -> tuple[Value, ...]:
    """Give the values of a list; of one value that stands alone, a list of it."""
    return value.items if isinstance(value, Sequence) else (value,)


def text_of(value: Value) -> str:
    """Give the text of a single value."""
    if not isinstance(value, Scalar) or value.empty:
        raise ValueError("expected one value")
    return value.text


def one_of(value: Value, words: Collection[str]) -> str:
    """Give a single value that is one of some words."""
    text = text_of(value)
    if text not in words:
        raise ValueError(f"{text} is not one of {', '.join(words)}")
    return text


def matching(value: Value, pattern: str, expected: str) -> str:
    """Give the text of a single value that fits a pattern."""
    text = text_of(value)
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(f"{text} is not {expected}")
    return text
