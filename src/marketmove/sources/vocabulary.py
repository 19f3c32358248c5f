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
# Roles that a column has whatever word of a price stands beside: "Last Date", "Close Change %".
_TELLING = frozenset(["date", "time", "change_pct", "change_pts", "volume"])
_ENDS = " \t\u3000<>[]()*\":',"
_SENTENCE = re.compile(r"\s.*\.$|。$")
# What stands beside a word and names no index: of a merge, in brackets, the length of a session.
_MERGE_SUFFIX = re.compile(r"[a-z]|\d|left|right", re.IGNORECASE)
_BRACKETS = re.compile(r".*[(\[（][^)\]）]*[)\]）]\s*")
_BESIDE_A_WORD = """
    daily weekly monthly quarterly yearly annual eod intraday nominal real actual raw final the
    index stock market local nightly
"""
_PERIODS = frozenset(_BESIDE_A_WORD.split())
# ISO 4217, of the places that have a stock exchange.
_CODES_OF_CURRENCIES = """
    aed ars aud bdt bgn bhd brl cad chf clp cny cnh cop czk dkk egp eur gbp gbx hkd huf idr ils
    inr isk jod jpy kes krw kwd kzt lkr mad mxn myr ngn nok nzd omr pen php pkr pln qar ron rsd
    rub sar sek sgd thb tnd try twd uah usd vnd zar
"""
_CURRENCIES = frozenset(_CODES_OF_CURRENCIES.split())
# How much a word counts with something beside it: less than any plain word.
_QUALIFIED = 100_000
_JOINTS = re.compile(r"[ ._:/-]+")


class Role(NamedTuple):
    """What a column is, how much its word is preferred (0 most), and what stands beside the word.

    ``index_name`` is what may name an index, as in "VIX Close". In "Close (HKD)" or "Predicted
    Close" nothing does: what stands ``beside`` the word only makes it less preferred.
    """

    kind: str
    rank: int
    index_name: str | None = None
    beside: str = ""


class Words(NamedTuple):
    """The known words of headers, normalised, with their roles; and names of months."""

    roles: Mapping[str, Role]
    months: Mapping[str, int]

    def role(self, header: str) -> Role | None:
        """Give the role of a column by its header; None if no word says it.

        >>> words = Words({"close": Role("close", 0)}, {})
        >>> words.role("<CLOSE>"), words.role("VIX Close").index_name, words.role("HSI")
        (Role(kind='close', rank=0, index_name=None, beside=''), 'VIX', None)
        >>> words.role("Close (HKD)").index_name is None, words.role("Close_x").beside
        (True, 'x')
        """
        role = self.roles.get(normalised(header))
        return role or self._in_two_languages(header) or self._joined(header)

    def _in_two_languages(self, header: str) -> Role | None:
        """The role of a header such as ``Index Close 收市指數``: two words that say the same."""
        for joint in _JOINTS.finditer(header):
            first, last = header[: joint.start()], header[joint.end() :]
            role, other = (self.roles.get(normalised(word)) for word in (first, last))
            if role and other and role.kind == other.kind:
                return role
        return None

    def _joined(self, header: str) -> Role | None:
        """The role of a header such as ``VIX Close`` or ``N225.Close``: a word and an index."""
        text = header.strip(_ENDS)
        for joint in _JOINTS.finditer(text):
            first, last = text[: joint.start()], text[joint.end() :]
            for word, beside in ((last, first), (first, last)):
                role = self.roles.get(normalised(word))
                telling = len(word) > 2 or not word.isascii()
                if role and telling and role.kind in _JOINED and beside.strip(_ENDS):
                    return self._with_what_is_beside(role, beside, header)
        return None

    def _with_what_is_beside(self, role: Role, beside: str, header: str) -> Role:
        """A role with the index that stands beside its word, or with a lower rank if none does."""
        name = beside.strip(_ENDS)
        # "Schluss Schlusskurs um Splits bereinigt." names no index, but explains.
        if _SENTENCE.search(name):
            return role
        parts = [part for part in _JOINTS.split(name) if part]
        in_brackets = _BRACKETS.fullmatch(header.strip()) is not None and beside[:1] in "([（"
        if not (in_brackets or all(map(self.qualifies, parts))):
            return role._replace(index_name=name)
        others = (self.roles.get(normalised(part)) for part in parts)
        telling = next((r for r in others if r and r.kind in _TELLING and not in_brackets), role)
        return telling._replace(rank=telling.rank + _QUALIFIED, beside=name)

    def qualifies(self, word: str) -> bool:
        """Tell whether a word names no index: a currency, a period, a kind of column."""
        text = normalised(word)
        return (
            text in _CURRENCIES
            or text in _PERIODS
            or _MERGE_SUFFIX.fullmatch(text) is not None
            or (text in self.roles and len(text) > 2)
        )


_SUFFIX = re.compile(r"\s*[(\[（][^)\]）]*[)\]）]$|_[xy]$|\.\d$")


def without_suffix(header: str) -> str:
    """Give a header without what names nothing at its end: a unit, a currency, a merge's mark.

    >>> without_suffix("HSI Close (HKD)"), without_suffix("HSI_x"), without_suffix("Nikkei JPY")
    ('HSI Close', 'HSI', 'Nikkei')
    """
    bare = _SUFFIX.sub("", header.strip())
    first, _, last = bare.rpartition(" ")
    return first if first and last.casefold() in _CURRENCIES else bare


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
            problems.append(Problem(place, f"{key} is not a kind of column{near}"))
    return Words(roles, months), problems


def _texts(value: yamltext.Value) -> list[str]:
    items = yamltext.as_list(value)
    return [item.text for item in items if isinstance(item, yamltext.Scalar) and item.text]
