"""What a sentence speaks of: an index by name, by its place, by a pronoun; or something else."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.published.prose.builder import Builder
from marketmove.published.prose.clauses import VERBS, Subject
from marketmove.published.prose.tokens import Token

_NEAR, _A_FEW = 40, 3
_ADVERBS = (
    "word", "common", "about", "over", "under", "han", "today", "yesterday", "weekday", "neutral",
)  # fmt: skip
# What may stand before the subject of a part.
_SMALL = frozenset(
    ["common", "breaks", ",", "and", "word", "(", "dash", ";", ":", "、", "yesterday", "today",
     "weekday", "earlier", "hyphen", "index_adjectives", "punct"]
)  # fmt: skip
# What the name of an index can be written with where words are not spaced.
_NAME_OF_HAN = ("han", "number", "capital", "word", "index_nouns", "place", "region", "sector")
# What a subject, or something else that a sentence speaks of, can begin with.
_MAY_BEGIN = frozenset(
    ["index", "not_name", "place", "anaphora", "stocks", "entity", "capital", "han", "relative"]
)


def subject_at(builder: Builder, at: int) -> tuple[Subject | None, int] | None:
    """Give the subject that begins at a token, and the token after it.

    The subject is None where the sentence turns to something that is no index; all is None where
    nothing begins.
    """
    token = builder.tokens[at]
    if token.kinds.isdisjoint(_MAY_BEGIN):
        return None
    if token.has("index"):
        return (None, at + 1) if _is_of_something_else(builder, at) else _index(builder, at)
    if token.has("not_name"):
        return None, at + 1
    if token.has("place"):
        return _place(builder, at)
    return _other_subject(builder, at, _is_first(builder, at))


def _other_subject(builder: Builder, at: int, first: bool) -> tuple[Subject | None, int] | None:
    """What is named without an index's name: by a pronoun, by its shares; or something else."""
    token = builder.tokens[at]
    if token.has("anaphora") and not (builder.subjects and not first):
        return _anaphor(builder, at, first)
    if token.has("stocks") and not token.has("anaphora"):
        return _market(builder, at)
    if token.has("capital") and builder.spaced and (own := _own_words(builder, at)):
        return own
    if not builder.spaced and token.has("han", "capital"):
        named = _own_han(builder, at)
        if named or token.has("han"):
            return named or _unknown_han(builder, at, first)
    return (None, at + 1) if _is_something_else(builder, at, first) else None


def _is_something_else(builder: Builder, at: int, first: bool) -> bool:
    """Whether a company, a currency or the like takes the sentence over."""
    token = builder.tokens[at]
    if token.has("entity") and _takes_over(builder, at, first):
        return True
    if token.has("capital") and builder.spaced and first and _acts(builder, at):
        return True
    owns = token.has("relative") and at > 0 and bool(builder.subjects)
    return owns and _last_noun_is_other(builder, at)


def _own_words(builder: Builder, at: int) -> tuple[Subject, int] | None:
    """An index that is not known, under its own words: the Financial Services Index."""
    tokens, text = builder.tokens, builder.text
    after = at
    while (
        after < len(tokens)
        and after - at < 6
        and tokens[after].has("capital", "sector", "region", "punct", "place")
        and (after == at or tokens[after].start <= tokens[after - 1].end + 1)
    ):
        after += 1
    if (
        after == at
        or after >= len(tokens)
        or not tokens[after].has("index_nouns")
        or tokens[after].start != tokens[after - 1].end + 1
    ):
        return None
    if text[tokens[after].start : tokens[after].end].lower() not in {
        "index",
        "index-",
        "indice",
        "índice",
    }:
        return None
    words = text[tokens[at].start : tokens[after - 1].end]
    return Subject(words, tokens[at].start, tokens[after].end, unknown=True), after + 1


def _is_first(builder: Builder, at: int) -> bool:
    """Whether only small words stand between the beginning of a part and a token."""
    part = builder.parts[at]
    for n in range(at - 1, -1, -1):
        if builder.parts[n] != part:
            return True
        if builder.tokens[n].kinds.isdisjoint(_SMALL):
            return False
    return True


def _is_of_something_else(builder: Builder, at: int) -> bool:
    """Whether an index only says of what something else is: S&P 500 companies, im MDax Aurubis."""
    tokens = builder.tokens
    for n in range(at + 1, min(len(tokens), at + 4)):
        if tokens[n].has("not_of_index") and builder.parts[n] == builder.parts[at]:
            return True
        if not tokens[n].has("word", "capital", "sector", "index_adjectives"):
            break
    before = tokens[max(0, at - 2) : at]
    if not any(t.has("within") for t in before):
        return False
    if builder.elsewhere and at - 1 - builder.elsewhere_at <= _A_FEW:
        # Volume on the Hang Seng, a fund that tracks the Nifty.
        return True
    for n in range(at + 1, min(len(tokens), at + 6)):
        if tokens[n].number is not None or builder.parts[n] != builder.parts[at]:
            return False
        if tokens[n].has("capital"):
            return True
    return False


def _index(builder: Builder, at: int) -> tuple[Subject | None, int]:
    tokens, text = builder.tokens, builder.text
    token, after = tokens[at], at + 1
    key, end, futures = token.value, token.end, False
    # S&P 500 Utilities is a sector; Nifty Auto index an index of its own; Dow futures are neither.
    extra = at + 1
    names: list[str] = []
    while (
        extra < len(tokens)
        and tokens[extra].has("capital", "sector")
        and tokens[extra].start <= end + 1
        and builder.spaced
    ):
        if text[tokens[extra - 1].end : tokens[extra].start] != " ":
            break
        names.append(text[tokens[extra].start : tokens[extra].end])
        end = tokens[extra].end
        extra += 1
    if (
        names
        and extra < len(tokens)
        and text[tokens[extra].start : tokens[extra].end].lower() in {"index", "indices"}
        and len(names) <= 3
    ):
        own = text[token.start : end]
        return Subject(own, token.start, tokens[extra].end), extra + 1
    if names and tokens[at + 1].has("sector"):
        return None, extra
    if names and _acts(builder, extra - 1) and not _is_title(text):
        return None, extra
    end = token.end
    while (
        after < len(tokens)
        and tokens[after].has("index_nouns", "futures")
        and tokens[after].start <= end + 1
    ):
        futures = futures or tokens[after].has("futures")
        end = tokens[after].end
        after += 1
    before = tokens[max(0, at - 3) : at]
    futures = futures or any(
        t.has("futures") for t in before if builder.parts[tokens.index(t)] == builder.parts[at]
    )
    if after < len(tokens) and tokens[after].has("("):
        after = _apposition(tokens, after, key)
    return Subject(key, token.start, end, futures=futures), after


def _is_title(text: str) -> bool:
    words = [word for word in text.split() if word[:1].isalpha()]
    return sum(word[0].isupper() for word in words) * 3 > 2 * len(words)


def _apposition(tokens: Sequence[Token], at: int, key: str) -> int:
    """Past the same index in brackets: Korea Composite Stock Price Index (KOSPI)."""
    if (
        at + 2 < len(tokens)
        and tokens[at + 1].value == key
        and tokens[at + 1].has("index")
        and tokens[at + 2].has(")")
    ):
        return at + 3
    return at


def _place(builder: Builder, at: int) -> tuple[Subject | None, int] | None:
    """A city or a country, which stands for its index where it acts, or before its shares."""
    tokens, token = builder.tokens, builder.tokens[at]
    following = tokens[at + 1 : at + 2]
    beside = bool(following) and following[0].start == token.end + 1
    if beside and following[0].has("capital") and builder.spaced and not _is_title(builder.text):
        # Tokyo Electron is no Tokyo.
        return (None, at + 2) if _is_first(builder, at) else None
    market = _place_market(builder, at)
    if market is not None:
        return market
    if not _is_first(builder, at) or _after_preposition(builder, at):
        return _place_in_brackets(builder, at)
    if _has_number_only(builder, at) or _place_acts(builder, at):
        return Subject(token.value, token.start, token.end, by_place=True), at + 1
    return None


def _place_in_brackets(builder: Builder, at: int) -> tuple[Subject, int] | None:
    """A place behind a word of direction, with a signed percent: In rosso Francoforte (-0,4%)."""
    tokens, token = builder.tokens, builder.tokens[at]
    before = tokens[at - 1 : at]
    ahead = tokens[at + 1 : at + 4]
    if not before or not before[0].has("up", "down", "flat", "and", ","):
        return None
    signed = any(t.amount.unit == "pct" and t.amount.sign for t in ahead)
    if not signed or not ahead[0].has("("):
        return None
    return Subject(token.value, token.start, token.end, by_place=True), at + 1


def _place_market(builder: Builder, at: int) -> tuple[Subject, int] | None:
    """Tokyo's benchmark index, Tokyo share prices."""
    tokens, token, text = builder.tokens, builder.tokens[at], builder.text
    n = at + 1
    while n < min(len(tokens), at + 4) and (
        tokens[n].has("punct", "index_adjectives") or text[tokens[n].start : tokens[n].end] == "s"
    ):
        n += 1
    if (
        at > 1
        and text[tokens[at - 1].start : tokens[at - 1].end] == "s"
        and tokens[at - 2].has("punct")
    ):
        # Alibaba's Hong Kong shares.
        return None
    at_n = tokens[n] if n < len(tokens) else None
    ends = at_n is None or not at_n.has("index", "index_nouns", "stocks")
    if n > at + 2 and tokens[n - 1].has("index_nouns") and ends:
        return Subject(token.value, token.start, tokens[n - 1].end, by_place=True), n
    if at_n is None:
        return None
    if at_n.has("index_nouns") and n > at + 1:
        return Subject(token.value, token.start, at_n.end, by_place=True), n + 1
    if not at_n.has("stocks") or at_n.has("anaphora"):
        return None
    behind = tokens[n + 1 : n + 2]
    if any(t.has("index") or text[t.start : t.end] in {"of", "in"} for t in behind):
        return None
    # Dubai's main share index is the index itself; Dubai's shares are not.
    weak = not text[at_n.start : at_n.end].lower().endswith(("index", "benchmark"))
    return Subject(token.value, token.start, at_n.end, weak=weak, by_place=True), n + 1


def _place_acts(builder: Builder, at: int) -> bool:
    """Whether a word of direction or of closing follows a place, or a row of places."""
    tokens, after = builder.tokens, at + 1
    while after < min(len(tokens), at + 6) and tokens[after].has("and", ",", "place", "relative"):
        after += 1
    for token in tokens[after : after + 3]:
        if token.has(*VERBS):
            near = token.start - tokens[at].end < _NEAR
            return near and token.has("up", "down", "flat", "closed")
        if not token.has(*_ADVERBS):
            return False
    return False


def _has_number_only(builder: Builder, at: int) -> bool:
    """Whether a percentage follows a place at once: Paris +0.2%, Fráncfort un 0,44%."""
    following = builder.tokens[at + 1 : at + 5]
    number = next((t.number for t in following if t.number is not None), None)
    if number is None or number.unit != "pct":
        return False
    first = next(n for n, t in enumerate(following) if t.number is not None)
    small = following[:first]
    if len(small) == 2 and small[0].has(",") and small[1].has("by", "common"):
        # Milán, un 1,73%; París, el 0,5 %: the comma stands for the verb.
        return bool(builder.claims or builder.subjects)
    if not all(t.has("by", "hyphen", "sign", "dash", "(", "common") for t in small):
        return False
    return bool(number.sign) or (
        bool(small) and all(t.has("by") for t in small) and bool(builder.claims or builder.subjects)
    )


def _after_preposition(builder: Builder, at: int) -> bool:
    """Whether a place is where something happens: in Tokyo, A Francfort, Nella."""
    if not at or builder.parts[at - 1] != builder.parts[at]:
        return False
    before = builder.tokens[at - 1]
    word = builder.text[before.start : before.end].lower()
    return before.has("common", "to", "by", "from") and word not in {
        "the",
        "la",
        "le",
        "auch",
        "anche",
        "e",
        "y",
        "et",
        "und",
        "and",
        "while",
        "but",
    }


def _anaphor(builder: Builder, at: int, first: bool) -> tuple[Subject | None, int] | None:
    tokens, token = builder.tokens, builder.tokens[at]
    word = builder.text[token.start : token.end].lower()
    after = at + 1
    if after < len(tokens) and (tokens[after].has("index") or tokens[after].has("place")):
        return None
    if any(t.has("index") for t in tokens[after : after + 2]) or builder.subjects:
        return None
    short = len(word) <= 2 and builder.spaced
    ahead = tokens[:at]
    acted = any(t.has("up", "down") or t.number is not None for t in ahead)
    if (
        any(t.has("capital", "entity") for t in ahead)
        and (acted or not first)
        and not builder.claims
    ):
        return None
    if short and not (first and after < len(tokens) and _leads_verb(builder, after)):
        return None
    key = (
        builder.context.pronoun
        if short
        else (builder.context.antecedent or builder.context.section)
    )
    if builder.claims:
        key = builder.claims[-1].subjects[-1].key
    if not key or (builder.elsewhere and (short or not first)):
        return None
    return Subject(key, token.start, token.end, anaphoric=True), after


def _leads_verb(builder: Builder, at: int) -> bool:
    for token in builder.tokens[at : at + 4]:
        if token.has(*VERBS):
            return True
        if token.number is not None:
            return True
        if not token.has(*_ADVERBS):
            return False
    return False


def _market(builder: Builder, at: int) -> tuple[Subject | None, int] | None:
    """Shares in Hong Kong, la Bourse de Tokyo; shares alone under a place's heading."""
    tokens, token = builder.tokens, builder.tokens[at]
    after = at + 1
    link = after < len(tokens) and tokens[after].has("common", "by", "from", "to", "breaks")
    if link and after + 1 < len(tokens) and tokens[after + 1].has("place"):
        place = tokens[after + 1]
        if not builder.spaced or not (after + 2 < len(tokens) and tokens[after + 2].has("capital")):
            word = builder.text[token.start : token.end].lower()
            weak = word in {
                "shares",
                "stocks",
                "share prices",
                "stock prices",
                "equities",
                "actions",
                "acciones",
                "ações",
                "aktien",
            }
            return Subject(place.value, token.start, place.end, weak=weak, by_place=True), after + 2
    if link or builder.subjects:
        return None
    if (
        builder.context.section
        and _is_first(builder, at)
        and after < len(tokens)
        and tokens[after].has("closed", "up", "down")
    ):
        return Subject(
            builder.context.section, token.start, token.end, weak=True, by_place=True
        ), after
    return None


def _takes_over(builder: Builder, at: int, first: bool) -> bool:
    """Whether something that is no index becomes what the sentence speaks of."""
    if not builder.subjects:
        return first
    has_number = any(builder.tokens[n].amount.unit != "other" for n in builder.held)
    if builder.spaced:
        return (first and _acts(builder, at)) or (has_number and _acts(builder, at))
    return has_number or first


def _acts(builder: Builder, at: int) -> bool:
    """Whether a verb or a number of its own follows within a few words."""
    part = builder.parts[at]
    for n in range(at + 1, min(len(builder.tokens), at + 7)):
        token = builder.tokens[n]
        if builder.parts[n] != part and not token.has("relative"):
            return False
        if token.has("index", "place"):
            return False
        if token.has("up", "down", "flat", "closed", "opened") or token.number is not None:
            return True
    return False


def _last_noun_is_other(builder: Builder, at: int) -> bool:
    """Whether a relative pronoun refers to a name that is no index: Toyota, which fell."""
    for n in range(at - 1, max(-1, at - 5), -1):
        token = builder.tokens[n]
        if token.has("index", "place", "index_nouns"):
            return False
        if token.has("capital", "entity"):
            return builder.spaced
        if token.number is not None:
            return False
    return False


def _own_han(builder: Builder, at: int) -> tuple[Subject | None, int] | None:
    """An index that is not known, under its own words: 北证50指数; without a number, a sector's."""
    tokens, after = builder.tokens, at
    if at and tokens[at - 1].end == tokens[at].start and tokens[at - 1].has("index", "place"):
        return None
    while after < len(tokens) and (
        after == at
        or (tokens[after].start == tokens[after - 1].end and tokens[after].has(*_NAME_OF_HAN))
    ):
        if after > at and tokens[after].has("index_nouns"):
            break
        after += 1
    if after >= len(tokens) or not tokens[after].has("index_nouns") or after - at < 2:
        return None
    own, noun = tokens[at:after], tokens[after]
    if noun.start != own[-1].end or any(t.amount.unit for t in own if t.number is not None):
        return None
    if not any(t.number is not None or t.has("capital") for t in own):
        return None, after + 1
    words = builder.text[own[0].start : noun.end]
    return Subject(words, own[0].start, noun.end), after + 1


def _unknown_han(builder: Builder, at: int, first: bool) -> tuple[None, int] | None:
    """A run of unknown characters, which is a company or the like where it acts."""
    tokens = builder.tokens
    after = at
    while (
        after < len(tokens)
        and tokens[after].has("han")
        and (after == at or tokens[after].start == tokens[after - 1].end)
    ):
        after += 1
    if after - at < 2 or after >= len(tokens):
        return None
    following = tokens[after]
    if builder.particles:
        return (
            (None, after + 1)
            if following.has("particles") and not _is_object(builder, after)
            else None
        )
    if first and following.has("up", "down") and after - at >= 2:
        return None, after
    return None


def _is_object(builder: Builder, at: int) -> bool:
    """Whether the particle belongs to a part without numbers of its own."""
    part = builder.parts[at]
    return not any(
        t.number is not None
        for t, p in zip(builder.tokens[at:], builder.parts[at:], strict=True)
        if p == part
    )
