"""The words of reports, from ``config/prose``: one file a language, and the names of indices."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from marketmove import yamltext
from marketmove.market.indices import Registry
from marketmove.resources import root

# Lists that hold other things than classes of words.
_NO_CLASSES = frozenset(
    [
        "decimal",
        "direction",
        "numbers",
        "weekdays",
        "weekdays_short",
        "months",
        "months_short",
        "ordinals",
        "superlatives",
        "superlative_words",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
# From here on letters stand without spaces between words: kana, han, hangul.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff々〆ー]")
_LONGEST_CODE = 5
_ALL_CAPITALS = re.compile(r"[A-Z0-9&/-]+")


class Entry(NamedTuple):
    """One phrase: its text, what it may be, what it stands for, and whether its case matters."""

    text: str
    kinds: frozenset[str]
    value: str
    cased: bool


# Phrases by their first word, or their first character where words are not spaced; longest first.
Lexicon = dict[str, list[Entry]]


class Language(NamedTuple):
    """What one file of ``config/prose`` says of a language.

    ``after`` tells that the direction stands behind the number; ``months`` and ``weekdays`` have
    the number (from 1, from 0) of each name.
    """

    code: str
    decimal: str
    after: bool
    common: frozenset[str]
    lexicon: Lexicon
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, Decimal]
    ordinals: Mapping[str, int]
    superlatives: Mapping[str, tuple[re.Pattern[str], ...]]
    superlative_words: tuple[str, ...]


class Names(NamedTuple):
    """What indices are called: phrases, and names that need a context."""

    lexicon: Lexicon
    in_context: Mapping[str, Mapping[str, str]]


def is_cjk(char: str) -> bool:
    """Tell whether a character belongs to a script without spaces between words."""
    return char >= "\u3005" and _CJK.match(char) is not None


def first_key(text: str) -> str:
    """Give what a phrase is looked up by: its first word, or its first character.

    Examples
    --------
    >>> first_key("hang seng"), first_key("恒指"), first_key("%")
    ('hang', '恒', '%')
    """
    if is_cjk(text[0]):
        return text[0]
    match = _WORD.match(text)
    if match is None:
        return text[0]
    word = match[0]
    for n, char in enumerate(word):
        if is_cjk(char):
            return word[:n]
    return word


def _add(lexicon: dict[str, dict[tuple[str, bool], Entry]], entry: Entry) -> None:
    bucket = lexicon.setdefault(first_key(entry.text.lower()), {})
    known = bucket.get((entry.text, entry.cased))
    if known is not None:
        entry = entry._replace(kinds=known.kinds | entry.kinds, value=known.value or entry.value)
    bucket[entry.text, entry.cased] = entry


def _sorted(lexicon: Mapping[str, Mapping[tuple[str, bool], Entry]]) -> Lexicon:
    return {
        key: sorted(bucket.values(), key=lambda e: (-len(e.text), not e.cased))
        for key, bucket in lexicon.items()
    }


def _texts(value: yamltext.Value | None) -> list[str]:
    if not isinstance(value, yamltext.Sequence):
        return []
    return [item.text for item in value.items if isinstance(item, yamltext.Scalar)]


def _pairs(value: yamltext.Value | None) -> dict[str, yamltext.Value]:
    return dict(value.items) if isinstance(value, yamltext.Mapping) else {}


def _document(name: str) -> dict[str, yamltext.Value]:
    path = root() / "config" / "prose" / f"{name}.yaml"
    return _pairs(yamltext.parse(path.read_text(encoding="utf-8"), str(path)))


@functools.cache
def language_codes() -> tuple[str, ...]:
    """Give the languages that there is a file for.

    Examples
    --------
    >>> "en" in language_codes()
    True
    """
    paths = Path(root() / "config" / "prose").glob("??.yaml")
    return tuple(sorted(path.stem for path in paths))


@functools.cache
def language(code: str) -> Language:
    """Read the file of one language.

    Examples
    --------
    >>> language("de").decimal, language("ja").after
    (',', True)
    """
    items = _document(code)
    lexicon: dict[str, dict[tuple[str, bool], Entry]] = {}
    for kind, value in items.items():
        for text in _texts(value) if kind not in _NO_CLASSES else ():
            for each in _spellings(text):
                _add(lexicon, Entry(each.lower(), frozenset([kind]), "", cased=False))
    numbers = {
        text.lower(): Decimal(value.text)
        for text, value in _pairs(items.get("numbers")).items()
        if isinstance(value, yamltext.Scalar)
    }
    for text, number in numbers.items():
        _add(lexicon, Entry(text, frozenset(["number"]), str(number), cased=False))
    months, weekdays = (_numbered(items, key) for key in ("months", "weekdays"))
    for text, month in months.items():
        _add(lexicon, Entry(text, frozenset(["month_name"]), str(month), cased=False))
    for text, day in weekdays.items():
        _add(lexicon, Entry(text, frozenset(["weekday"]), str(day), cased=False))
    return Language(
        code=code,
        decimal=_texts_of(items["decimal"]),
        after=_texts_of(items["direction"]) == "after",
        common=frozenset(text.lower() for text in _texts(items["common"])),
        lexicon=_sorted(lexicon),
        months=months,
        weekdays=weekdays,
        numbers=numbers,
        ordinals={text.lower(): n for n, text in enumerate(_texts(items.get("ordinals")), 1)},
        superlatives={
            kind: tuple(re.compile(text, re.IGNORECASE) for text in _texts(patterns))
            for kind, patterns in _pairs(items.get("superlatives")).items()
        },
        superlative_words=tuple(_texts(items.get("superlative_words"))),
    )


def _spellings(text: str) -> list[str]:
    """A phrase with every year for ``{year}``, and without the accent that a capital À loses."""
    if "{year}" in text:
        return [text.format(year=n) for n in range(1950, 2100)]
    return [text, f"a{text[1:]}"] if text.startswith("à ") else [text]


def _texts_of(value: yamltext.Value) -> str:
    return value.text if isinstance(value, yamltext.Scalar) else ""


def _numbered(items: Mapping[str, yamltext.Value], key: str) -> dict[str, int]:
    start = 1 if key == "months" else 0
    full = {text.lower(): n for n, text in enumerate(_texts(items.get(key)), start)}
    short = _texts(items.get(f"{key}_short"))
    if key == "months":
        numbers = {m: n for m, n in _SHORT_MONTHS.items() if m in {t.lower() for t in short}}
    else:
        numbers = {text.lower(): n for n, text in enumerate(short, start)}
    return numbers | full


_SHORT_MONTHS = {
    **dict.fromkeys(["jan", "janv", "ene", "gen"], 1),
    **dict.fromkeys(["feb", "févr", "fev"], 2),
    **dict.fromkeys(["mar"], 3),
    **dict.fromkeys(["apr", "avr", "abr"], 4),
    **dict.fromkeys(["may", "mai", "mag"], 5),
    **dict.fromkeys(["jun", "giu"], 6),
    **dict.fromkeys(["jul", "juil", "lug"], 7),
    **dict.fromkeys(["aug", "ago"], 8),
    **dict.fromkeys(["sep", "sept", "set"], 9),
    **dict.fromkeys(["oct", "okt", "out", "ott"], 10),
    **dict.fromkeys(["nov"], 11),
    **dict.fromkeys(["dec", "déc", "dez", "dic"], 12),
}


@functools.cache
def _names_document() -> dict[str, yamltext.Value]:
    return _document("names")


def names_of(registry: Registry) -> Names:
    """Collect what indices are called: the registry's names, and those of ``names.yaml``.

    A code of up to five capitals counts only in capitals; names that are not those of an index,
    such as a company's, are there too, so that they hide the index within.
    """
    items = _names_document()
    lexicon: dict[str, dict[tuple[str, bool], Entry]] = {}
    in_context = {
        text: {word: _texts_of(value) for word, value in _pairs(words).items()}
        for text, words in _pairs(items.get("in_context")).items()
    }
    places = dict(_by_text(items.get("places")))
    apart = in_context.keys() | places.keys()
    for symbol, index in registry.indices.items():
        for text in (symbol, index.name, *index.aliases):
            if _usable(text) and text not in apart:
                _add_name(lexicon, text, symbol)
    for key in ("names", "own_names"):
        for text, symbol in _by_text(items.get(key)):
            if text not in in_context:
                _add_name(lexicon, text, symbol)
    for text in in_context:
        cased = not text.startswith("the ")
        form = text if cased else text.lower()
        _add(lexicon, Entry(form, frozenset(["in_context"]), text, cased))
    _add_places(lexicon, places, items)
    return Names(_sorted(lexicon), in_context)


def _add_places(
    lexicon: dict[str, dict[tuple[str, bool], Entry]],
    places: Mapping[str, str],
    items: Mapping[str, yamltext.Value],
) -> None:
    """Add places and regions, in capitals too, and what only looks like an index."""
    for text, symbol in places.items():
        for form in (text, text.upper()):
            _add(lexicon, Entry(form, frozenset(["place"]), symbol, cased=True))
    for text in _texts(items.get("regions")):
        for form in (text, text.upper()):
            _add(lexicon, Entry(form, frozenset(["region"]), "", cased=True))
    for key, kind in (("sectors", "sector"), ("not_names", "not_name")):
        for text in _texts(items.get(key)):
            _add(lexicon, Entry(text, frozenset([kind]), "", cased=True))


def _by_text(value: yamltext.Value | None) -> Iterator[tuple[str, str]]:
    """Each name with the symbol above it."""
    for symbol, texts in _pairs(value).items():
        yield from ((text, symbol) for text in _texts(texts))


def _usable(text: str) -> bool:
    """Whether a name of the registry is one that prose may use, and not a code of a feed."""
    return text[0].isalpha() and not re.search(r"\.[A-Z]|[:$_]|\d{6}", text)


def _add_name(lexicon: dict[str, dict[tuple[str, bool], Entry]], text: str, symbol: str) -> None:
    code = len(text) <= _LONGEST_CODE and _ALL_CAPITALS.fullmatch(text) is not None
    _add(lexicon, Entry(text if code else text.lower(), frozenset(["index"]), symbol, cased=code))


def language_of(text: str, codes: Iterable[str] | None = None) -> str:
    """Tell the language of a text: by its script, else by how many of its words are common.

    Examples
    --------
    >>> language_of("Der Dax fiel um ein Prozent und der MDax stieg auf 12.000 Punkte")
    'de'
    >>> language_of("日経平均は続落した"), language_of("台股收黑"), language_of("코스피 하락")
    ('ja', 'zh', 'ko')
    """
    sample = text[:20_000]
    kana = sum("\u3040" <= char <= "\u30ff" for char in sample)
    hangul = sum("\uac00" <= char <= "\ud7af" for char in sample)
    han = sum("\u4e00" <= char <= "\u9fff" for char in sample)
    letters = sum(char.isalpha() for char in sample)
    if (kana + hangul + han) * 4 > letters:
        if hangul > kana + han:
            return "ko"
        return "ja" if kana * 10 > han else "zh"
    words = [word.lower() for word in _WORD.findall(sample)]
    scores = {
        code: sum(word in language(code).common or word in language(code).lexicon for word in words)
        for code in (codes or language_codes())
        if code not in {"ja", "zh", "ko"}
    }
    return max(scores, key=lambda code: (scores[code], code == "en"), default="en")
