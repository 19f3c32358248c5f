"""A sentence as tokens: names, words of a class, numbers with their unit, dates, times."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from marketmove.published.prose import numbers
from marketmove.published.prose.calendar_words import (
    DATE,
    LATE,
    TIME,
    date_value,
    month_patterns,
    numeric_date,
)
from marketmove.published.prose.grammar import Entry, Language, Lexicon, Names, is_cjk

_ATOM = re.compile(r"\d|[^\W\d_]+|\S")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_FRACTION = re.compile(r"\d+/\d+", re.ASCII)
_CURRENCY = re.compile(
    r"(?:US|HK|A|C|S|NT|R|NZ|CA|AU)?\$|[€£¥₹₩฿]"
    r"|\b(?:RM|Rs\.?|USD|EUR|GBP|INR|Rp|CHF|HKD|SGD|MYR|AUD|CAD|JPY)$"
)
_RANGE = re.compile(r"[-–~〜]\s?$")
_OTHER_OF_FAMILY = re.compile(r"(?<!\d)-\d{2,4}(?![\d.,%]*[\d%])", re.ASCII)
_DAY_NUMBER = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?=\)|,(?!\d)|\s+(?:de|di)\b)", re.ASCII)
_FOUR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_SIGNS = "+-–−"
# What an entry of the names of indices is.
_NAMES = frozenset(["index", "in_context", "not_name", "place", "region", "sector"])


class Number(NamedTuple):
    """A number of a text: its digits exactly, its unit, its sign where one is written.

    ``unit`` is ``pct``, ``pts``, ``money``, ``other`` (it counts something else) or empty.
    """

    value: Decimal
    unit: str
    sign: int
    in_words: bool = False


_NO_NUMBER = Number(Decimal(0), "other", 0)


class Token(NamedTuple):
    """One token: what it may be, where it stands, and the index, number or date it is."""

    kinds: frozenset[str]
    start: int
    end: int
    value: str = ""
    number: Number | None = None

    @property
    def amount(self) -> Number:
        """The number; one that counts nothing of an index where there is none."""
        return self.number or _NO_NUMBER

    def has(self, *kinds: str) -> bool:
        """Tell whether the token is of one of some kinds."""
        return not self.kinds.isdisjoint(kinds)


_COMMA, _STOP, _COLON = frozenset([","]), frozenset([";"]), frozenset([":"])
_PUNCTUATION = {
    **dict.fromkeys(",，", _COMMA), **dict.fromkeys(";；|。…•", _STOP),
    **dict.fromkeys(":：", _COLON),
    **dict.fromkeys("([", frozenset(["("])), **dict.fromkeys(")]", frozenset([")"])),
    **dict.fromkeys("–—", frozenset(["dash"])), **dict.fromkeys("≈~", frozenset(["about"])),
    "、": frozenset(["、", "and"]), "-": frozenset(["hyphen"]), "+": frozenset(["sign"]),
    "/": frozenset(["slash"]), "・": frozenset(["dot"]), "→": frozenset(["to"]),
    ">": frozenset(["over"]), "<": frozenset(["under"]),
}  # fmt: skip
_OTHER, _CAPITAL, _WORD, _HAN = (frozenset([k]) for k in ("punct", "capital", "word", "han"))
_SMALL = frozenset(["common"])
_NUMBER, _DATE_KIND, _TIME_KIND, _YEAR = (
    frozenset([k]) for k in ("number", "date", "time", "year")
)


class Scanner:
    """Takes sentences of one language apart.

    Parameters
    ----------
    language, names
        The words of the language, and the names of indices.
    mark
        The decimal mark that the text uses.
    known
        Which names in context stand for which index, in this text.
    """

    def __init__(self, language: Language, names: Names, mark: str, known: dict[str, str]) -> None:
        self.language, self.names, self.mark, self.known = language, names, mark, known
        self._month_day, self._day_month = month_patterns(language)
        self._phrases = _merged(names.lexicon, language.lexicon)
        self._spaced = numbers.SPACED if language.decimal == "," else numbers.NARROW

    def tokens(self, text: str) -> list[Token]:
        """Give the tokens of a sentence, in order."""
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        found: list[Token] = []
        at, end = 0, len(text)
        while at < end:
            char = text[at]
            if char == " ":
                at += 1
                continue
            if char.isalpha() and (match := _LATIN.match(text, at)):
                # Most words are in no list: the common case, said quickly.
                word = lowered[at : match.end()]
                if word not in self._phrases:
                    found.append(self._unknown(match[0], lowered, at))
                    at = match.end()
                    continue
            token = self._at(text, lowered, at, found)
            found.append(token)
            at = token.end
        return found

    def _at(self, text: str, lowered: str, at: int, before: list[Token]) -> Token:
        char = text[at]
        if "0" <= char <= "9":
            return self._digits(text, lowered, at, before)
        match = _ATOM.match(text, at)
        if match is None:
            return Token(_OTHER, at, at + 1)
        word = match[0]
        key = lowered[at] if is_cjk(char) else lowered[at : match.end()]
        if len(word) > 1 and not is_cjk(char):
            for n, letter in enumerate(word):
                if is_cjk(letter):
                    word, key = word[:n], key[:n]
                    break
        entry = _longest(self._phrases, key, text, lowered, at)
        if entry is None or (char in _SIGNS and entry.kinds.isdisjoint(_NAMES)):
            return self._unknown(word, lowered, at)
        if not entry.kinds.isdisjoint(_NAMES):
            return self._named(entry, text, at)
        if (end := self._hides_name(entry, text, lowered, at)) is not None:
            return Token(_SMALL, at, end)
        return self._word(entry, text, lowered, at)

    def _unknown(self, word: str, lowered: str, at: int) -> Token:
        """A token that is in no list: a mark, a character, a word."""
        if word[0] in _PUNCTUATION:
            return Token(_PUNCTUATION[word[0]], at, at + 1)
        if is_cjk(word[0]):
            return Token(_HAN, at, at + 1)
        if not word[0].isalpha():
            return Token(_OTHER, at, at + 1)
        if lowered[at : at + len(word)] in self.language.common:
            return Token(_SMALL, at, at + len(word))
        return Token(_CAPITAL if word[0].isupper() else _WORD, at, at + len(word))

    def may_tell(self, text: str) -> bool:
        """Tell whether a text without digits can name an index."""
        return any(is_cjk(char) for char in text[:3]) or not self.names.lexicon.keys().isdisjoint(
            _LATIN.findall(text.lower())
        )

    def _hides_name(self, entry: Entry, text: str, lowered: str, at: int) -> int | None:
        """Where a phrase is cut if a longer name begins within it, as in El Euro Stoxx 50."""
        if "stocks" in entry.kinds:
            return None
        for cut in re.finditer("[' ]", entry.text):
            begin = at + cut.end()
            match = _ATOM.match(lowered, begin)
            key = match[0] if match else ""
            found = _longest(self.names.lexicon, key, text, lowered, begin)
            if found is not None and begin + len(found.text) > at + len(entry.text):
                return begin if cut[0] == "'" else at + cut.start()
        return None

    def _named(self, entry: Entry, text: str, at: int) -> Token:
        end = at + len(entry.text)
        if "in_context" in entry.kinds:
            symbol = self.known.get(entry.value, "")
            if symbol:
                return Token(frozenset(["index"]), at, end, symbol)
            # Without its context the name is words, of which the first is taken alone.
            match = _ATOM.match(text, at)
            return self._unknown(match[0] if match else text[at], text.lower(), at)
        if "index" in entry.kinds:
            # Dax-Werte and Nasdaq-listed are no indices; an Index-Future is one, of futures.
            tail = text[end : end + 8].lower()
            joined = (
                tail[:1] == "-"
                and tail[1:2].isalpha()
                and not tail.startswith(("-index", "-future"))
            )
            if joined:
                return Token(_CAPITAL, at, end)
            if tail.startswith("-index"):
                end += len("-index")
            if match := _OTHER_OF_FAMILY.match(text, end):
                # KSE-30 is another index than KSE, and has its own name.
                return Token(entry.kinds, at, match.end(), text[at : match.end()])
        return Token(entry.kinds, at, end, entry.value)

    def _word(self, entry: Entry, text: str, lowered: str, at: int) -> Token:
        end = at + len(entry.text)
        if "month_name" in entry.kinds:
            match = self._month_day.match(lowered, at)
            if match:
                return Token(_DATE_KIND, at, match.end(), date_value(match, self.language))
        if "number" in entry.kinds and not entry.kinds - {"number", "by", "common"}:
            return self._in_words(entry, text, lowered, at) or Token(
                entry.kinds - {"number"} or _WORD, at, end
            )
        kinds = entry.kinds
        if entry.text in self.language.common:
            kinds |= {"common"}
        return Token(kinds, at, end, entry.value)

    def _in_words(self, entry: Entry, text: str, lowered: str, at: int) -> Token | None:
        """A number in words, which counts only before a unit: a per cent and a half."""
        end = at + len(entry.text)
        unit, after = self._unit(text, lowered, end)
        if unit not in {"pct", "pts"}:
            return None
        value = self.language.numbers[entry.text]
        tail = lowered[after:].lstrip()
        if tail.startswith("and a half"):
            value += Decimal("0.5")
            after = lowered.index("and a half", after) + len("and a half")
        return Token(_NUMBER, at, after, number=Number(value, unit, 0, in_words=True))

    def _digits(self, text: str, lowered: str, at: int, before: list[Token]) -> Token:
        if match := self._day_month.match(lowered, at):
            return Token(_DATE_KIND, at, match.end(), date_value(match, self.language))
        if (match := DATE.match(lowered, at)) and not _is_level(match):
            return Token(_DATE_KIND, at, match.end(), numeric_date(match, self.language))
        if match := TIME.match(lowered, at):
            kind = frozenset(["late"]) if LATE.match(match[0]) else _TIME_KIND
            return Token(kind, at, match.end())
        if match := _FRACTION.match(text, at):
            return Token(_NUMBER, at, match.end(), number=_NO_NUMBER)
        if (match := _DAY_NUMBER.match(text, at)) and _is_behind_a_day(before):
            return Token(_DATE_KIND, at, match.end(), f"--{int(match[0])}")
        value, end = self._value(text, lowered, at)
        if value is None:
            return Token(_NUMBER, at, end, number=_NO_NUMBER)
        unit, after = self._unit(text, lowered, end)
        if not unit and _is_year(text, at, end, before):
            return Token(_YEAR, at, end, text[at:end])
        unit = unit or self._counts(text, lowered, end)
        if _CURRENCY.search(text[max(0, at - 4) : at].rstrip()):
            unit = "money"
        if before and before[-1].number is not None and _RANGE.search(text[before[-1].end : at]):
            unit = "other"
        return Token(_NUMBER, at, max(after, end), number=Number(value, unit, _sign(text, at)))

    def _value(self, text: str, lowered: str, at: int) -> tuple[Decimal | None, int]:
        for pattern, read in ((numbers.MYRIADS, numbers.myriads), (numbers.SEN, numbers.yen)):
            if match := pattern.match(text, at):
                return read(match), match.end()
        match = self._spaced.match(text, at) or numbers.PLAIN.match(text, at)
        if match is None:
            return None, at + 1
        value, end = numbers.decimal_of(match[0], self.mark), match.end()
        thousand = self._thousand(text, lowered, end)
        if value is None or thousand is None:
            return value, end
        return value * 1000 + thousand[0], thousand[1]

    def _thousand(self, text: str, lowered: str, end: int) -> tuple[Decimal, int] | None:
        """The rest of a number such as 58 mil 711.87."""
        match = re.compile(r"\s?mil(?![^\W\d_])\s?").match(lowered, end)
        if match is None or not any(
            "thousand" in e.kinds for e in self.language.lexicon.get("mil", ())
        ):
            return None
        rest = numbers.PLAIN.match(text, match.end())
        if rest is None:
            return Decimal(0), match.end()
        value = numbers.decimal_of(rest[0], self.mark)
        if value is None or value >= 1000:
            return Decimal(0), match.end()
        return value, rest.end()

    def _unit(self, text: str, lowered: str, end: int) -> tuple[str, int]:
        """What a number counts, and where its unit ends."""
        at = end
        while at < len(text) and text[at] in " -\u202f":
            at += 1
        if at >= len(text) or text[at] in "0123456789":
            return "", end
        key = lowered[at] if is_cjk(text[at]) else ""
        if not key:
            match = _ATOM.match(lowered, at)
            key = match[0] if match else ""
            for n, letter in enumerate(key):
                if n and is_cjk(letter):
                    key = key[:n]
                    break
        best = ("", end)
        for entry in self.language.lexicon.get(key, ()):
            if not entry.kinds & _UNITS or not _fits(entry, text, lowered, at):
                continue
            unit = next(_UNIT_OF[k] for k in _UNIT_ORDER if k in entry.kinds)
            stop = at + len(entry.text)
            if unit == "pct":
                stop = self._twice(lowered, stop)
            best = (unit, stop)
            break
        if best[0] == "pts" and text[end : end + 1] == "-":
            return best
        return best

    def _twice(self, lowered: str, end: int) -> int:
        """Past a unit that is written twice: -2.95% percent."""
        for word in (" percent", " per cent", " pct"):
            if lowered.startswith(word, end):
                return end + len(word)
        return end

    def _counts(self, text: str, lowered: str, end: int) -> str:
        """``other`` where a word that is not known follows a number directly: it counts that."""
        if text[end : end + 1].isalpha() and not is_cjk(text[end]):
            return "other"
        at = end
        while at < len(text) and text[at] in " -":
            at += 1
        match = _ATOM.match(lowered, at)
        if match is None or not match[0][0].isalpha() or is_cjk(match[0][0]) or at == end:
            return ""
        word = match[0]
        if word in self.language.common or _longest(self.language.lexicon, word, text, lowered, at):
            return ""
        if _longest(self.names.lexicon, word, text, lowered, at) or (
            text[at].isupper() and self.language.code != "de"
        ):
            return ""
        return "other?"


_UNITS = frozenset(["points", "percent", "percentage_points", "money"])
_UNIT_OF = {"percentage_points": "other", "percent": "pct", "points": "pts", "money": "money"}
_UNIT_ORDER = ("percentage_points", "percent", "points", "money")


def _merged(names: Lexicon, words: Lexicon) -> Lexicon:
    """Both lexicons as one; of phrases as long as each other a name comes first."""
    merged: Lexicon = {}
    for key in names.keys() | words.keys():
        entries = [*names.get(key, ()), *words.get(key, ())]
        merged[key] = sorted(entries, key=lambda entry: -len(entry.text))
    return merged


def _longest(lexicon: Lexicon, key: str, text: str, lowered: str, at: int) -> Entry | None:
    for entry in lexicon.get(key, ()):
        source = text if entry.cased else lowered
        if source.startswith(entry.text, at) and _ends(entry.text, text, at + len(entry.text)):
            return entry
    return None


def _fits(entry: Entry, text: str, lowered: str, at: int) -> bool:
    source = text if entry.cased else lowered
    end = at + len(entry.text)
    return source.startswith(entry.text, at) and _ends(entry.text, text, end)


def _ends(phrase: str, text: str, end: int) -> bool:
    """Whether a phrase ends here, and not within a word or a number."""
    if end >= len(text):
        return True
    last, following = phrase[-1], text[end]
    if following == " ":
        return True
    if last.isdigit():
        return not following.isdigit() and not (
            following in ".," and text[end + 1 : end + 2].isdigit()
        )
    if not last.isalpha() or is_cjk(last):
        return True
    return not (following.isalnum() and not is_cjk(following))


def _sign(text: str, at: int) -> int:
    """The sign before a number: close to it, or apart in brackets as in (- 0,13 %)."""
    head = text[:at]
    apart = head.endswith(" ")
    bare = head.rstrip(" ")
    if not bare or bare[-1] not in _SIGNS:
        return 0
    ahead = bare[:-1]
    if bare[-1] == "–" and not apart and ahead[-1:].isalnum():
        return 0
    if apart and not (ahead.endswith(("(", "[")) or bare[-1] == "+"):
        return 0
    if ahead and ahead[-1].isalnum():
        return 0
    return 1 if bare[-1] == "+" else -1


def _is_behind_a_day(before: list[Token]) -> bool:
    """Whether a number is the day of the month: sexta-feira (14), viernes 14 de marzo."""
    ahead = next((t for t in reversed(before) if not t.has("(", ",")), None)
    return ahead is not None and ahead.has("weekday", "today", "yesterday")


def _is_year(text: str, at: int, end: int, before: list[Token]) -> bool:
    """Whether four digits are a year, and no level behind a word such as at."""
    if not _FOUR.fullmatch(text[at:end]) or text[end : end + 1].isalpha():
        return False
    if not before or not before[-1].has("to", "closed"):
        return True
    return before[-1].has("common") and before[-1].has("to")


def _is_level(match: re.Match[str]) -> bool:
    """Whether what looks like a date is a number: 12.390 is caught elsewhere, 3.5.2025 is none."""
    if match["m3"] and not 1 <= int(match["m3"]) <= 12:
        return True
    return bool(match["d4"]) and not 1 <= int(match["d4"]) <= 31
