"""The words that head columns of files, and names of months, from ``config/columns.csv``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import Place, Problem
from marketmove.market.indices import did_you_mean

ROLES = (
    "date", "time", "symbol", "exchange", "open", "high", "low", "close", "weak_close",
    "adjusted", "prior_close", "change_pct", "change_pts", "volume", "other",
)  # fmt: skip
MONTHS_KEY = "months"
# Roles that stand beside the name of an index in one header, such as "VIX Close".
_JOINED = frozenset(
    ["open", "high", "low", "close", "adjusted", "prior_close", "change_pct", "volume", "other"]
)
_ENDS = " \t\u3000<>[]()*\":',"
_SENTENCE = re.compile(r"\s.*\.$")
_JOINTS = re.compile(r"[ ._:/-]+")


class Role(NamedTuple):
    """What a column is, how much its word is preferred (0 most), and the index it names if any."""

    kind: str
    rank: int
    index_name: str | None = None


class Words(NamedTuple):
    """The known words of headers, normalised, with their roles; and names of months."""

    roles: Mapping[str, Role]
    months: Mapping[str, int]

    def role(self, header: str) -> Role | None:
        """Give the role of a column by its header; None if no word says it.

        >>> words = Words({"close": Role("close", 0)}, {})
        >>> words.role("<CLOSE>"), words.role("VIX Close").index_name, words.role("HSI")
        (Role(kind='close', rank=0, index_name=None), 'VIX', None)
        """
        role = self.roles.get(normalised(header))
        return role or self._in_two_languages(header) or self._joined(header)

    def _in_two_languages(self, header: str) -> Role | None:
        """The role of a header such as ``Index Close 收市指數``: two words that say the same."""
        for joint in _JOINTS.finditer(header):
            first, last = header[: joint.start()], header[joint.end() :]
            role, other = (self.roles.get(normalised(word)) for word in (first, last))
            if role and other and role.kind == other.kind and first.isascii() != last.isascii():
                return role
        return None

    def _joined(self, header: str) -> Role | None:
        """The role of a header such as ``VIX Close`` or ``N225.Close``: a word and an index."""
        text = header.strip(_ENDS)
        for joint in _JOINTS.finditer(text):
            first, last = text[: joint.start()], text[joint.end() :]
            for word, index in ((last, first), (first, last)):
                role = self.roles.get(normalised(word))
                telling = len(word) > 2 or not word.isascii()
                if role and telling and role.kind in _JOINED and index.strip(_ENDS):
                    name = index.strip(_ENDS)
                    # "Schluss Schlusskurs um Splits bereinigt." names no index, but explains.
                    return role._replace(index_name=None if _SENTENCE.search(name) else name)
        return None


def normalised(header: str) -> str:
    """Give a header as the table of words has it."""
    return " ".join(header.casefold().replace("_", " ").strip(_ENDS).split())


def bundled_words(text: str) -> Words:
    r"""Read the table of ``config/columns.csv``: kind and word, the preferred words first.

    A kind is one of ``ROLES``, or ``month 1`` to ``month 12``.

    >>> words = bundled_words("kind,word\nclose,last\nmonth 2,feb\n")
    >>> words.roles["last"].kind, words.months["feb"]
    ('close', 2)
    """
    roles: dict[str, Role] = {}
    months: dict[str, int] = {}
    for rank, line in enumerate(text.splitlines()[1:]):
        kind, _, word = line.partition(",")
        if word[0] == '"':
            word = word[1:-1].replace('""', '"')
        if kind.startswith("month "):
            months[word] = int(kind[6:])
        else:
            roles[word] = Role(kind, rank)
    return Words(roles, months)


def parse_words(value: yamltext.Value, label: str, known: Words) -> tuple[Words, list[Problem]]:
    """Read a user's words by kind, preferred to those already known; and every problem found."""
    roles, months = dict(known.roles), dict(known.months)
    problems: list[Problem] = []
    if not isinstance(value, yamltext.Mapping):
        return Words(roles, months), [Problem(Place(label, value.line), "expected words by role")]
    for key, entries in value.items.items():
        place = Place(label, value.lines[key])
        if key == MONTHS_KEY and isinstance(entries, yamltext.Mapping):
            for number, names in entries.items.items():
                months |= dict.fromkeys(map(str.casefold, _texts(names)), int(number))
        elif key in ROLES:
            words = enumerate(map(normalised, _texts(entries)))
            roles |= {word: Role(key, rank - len(roles)) for rank, word in words}
        else:
            near = did_you_mean(key, [*ROLES, MONTHS_KEY])
            problems.append(Problem(place, f"{key} is no kind of column{near}"))
    return Words(roles, months), problems


def _texts(value: yamltext.Value) -> list[str]:
    items = yamltext.as_list(value)
    return [item.text for item in items if isinstance(item, yamltext.Scalar) and item.text]
