"""From tokens to claims: which numbers and words of a sentence speak of which index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from marketmove.published.prose.tokens import Token

_BREAKS = ("breaks", "relative")
_ADVERBS = (
    "word",
    "common",
    "about",
    "over",
    "under",
    "han",
    "today",
    "yesterday",
    "weekday",
    "neutral",
)
_VERBS = ("up", "down", "flat", "closed", "opened", "now")
_TIGHT = 4


# What a subject, or something else that a sentence speaks of, can begin with.
_MAY_BEGIN = frozenset(
    ["index", "not_name", "place", "anaphora", "stocks", "entity", "capital", "han", "relative"]
)
_NAMES_SOMETHING = frozenset(["index", "place", "anaphora", "stocks"])
_OPENS = frozenset(["(", "dash", ";", ",", "、", ":"])
_MAY_OPEN = _OPENS | {"breaks", "relative", "and", ")"}


class Subject(NamedTuple):
    """What a claim is about: an index, by itself or through its place or its stock market.

    ``key`` is a symbol, or the name of an index that the registry does not have. ``weak`` is a
    market that is named by its shares: it gives a percentage at most.
    """

    key: str
    start: int
    end: int
    weak: bool = False
    futures: bool = False
    by_place: bool = False
    anaphoric: bool = False
    unknown: bool = False


class Claim(NamedTuple):
    """The tokens that speak of some indices, by their positions in the sentence.

    ``tight`` tells that several indices are joined by one word, so that one number is of all.
    """

    subjects: tuple[Subject, ...]
    tokens: tuple[int, ...]
    each: bool = False
    tight: bool = False


class Context(NamedTuple):
    """What came before a sentence that it may refer to: ``it`` for pronouns, too."""

    antecedent: str = ""
    pronoun: str = ""
    section: str = ""
    headline: str = ""


def segments(tokens: Sequence[Token]) -> list[int]:
    """Number the parts of a sentence between its commas, conjunctions and brackets."""
    numbered: list[int] = []
    current = 0
    for n, token in enumerate(tokens):
        if token.kinds.isdisjoint(_MAY_OPEN):
            numbered.append(current)
            continue
        opens = not token.kinds.isdisjoint(_OPENS) or (
            token.has(*_BREAKS) and not _is_article(token, tokens, n)
        )
        if opens or (token.has("and") and not _joins_numbers(tokens, n)):
            current += 1
        numbered.append(current)
        if token.has(")"):
            current += 1
    return numbered


def _is_article(token: Token, tokens: Sequence[Token], n: int) -> bool:
    """German die and der are articles, but for behind a comma."""
    return token.has("relative") and token.has("common") and not (n and tokens[n - 1].has(","))


def _joins_numbers(tokens: Sequence[Token], n: int) -> bool:
    return (
        0 < n < len(tokens) - 1
        and tokens[n - 1].number is not None
        and tokens[n + 1].number is not None
    )


class _Builder:
    """Goes through a sentence once, and gathers claims."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        parts: Sequence[int],
        context: Context,
        *,
        spaced: bool,
        particles: bool,
    ) -> None:
        self.text, self.tokens, self.parts, self.context = text, tokens, parts, context
        self.spaced, self.particles = spaced, particles
        self.claims: list[Claim] = []
        self.subjects: list[Subject] = []
        self.held: list[int] = []
        self.lead: list[int] = []
        self.last_subject_at = -1
        self.elsewhere = False
        self.tight = False
        self.each = False

    def close(self) -> None:
        """End the claim that is open."""
        if self.subjects:
            self.claims.append(Claim(tuple(self.subjects), tuple(self.held), self.each, self.tight))
        self.subjects, self.held, self.each, self.tight = [], [], False, False

    def add(self, subject: Subject, begin: int, last: int) -> None:
        """Begin a claim, or go on with the one that is open where both are of one index."""
        if self.subjects and self._coordinates(begin):
            if subject.key not in {known.key for known in self.subjects}:
                self.tight = self._is_tight(begin)
                self.subjects.append(subject)
        elif (
            self.subjects
            and [known.key for known in self.subjects] == [subject.key]
            and self._goes_on(subject)
        ):
            if self.subjects[0].weak or self.subjects[0].by_place:
                self.subjects = [subject]
        else:
            lead = self.lead if not self.subjects and not self.claims else []
            self.close()
            self.subjects = [subject]
            self.held = list(lead)
        self.lead = []
        self.elsewhere = False
        self.last_subject_at = last

    def _goes_on(self, subject: Subject) -> bool:
        """Whether the same index named again belongs to the claim that is open."""
        numbers = sum(self.tokens[n].number is not None for n in self.held)
        return numbers == 0 or (self.subjects[0].by_place and numbers < 2)

    def _between(self, at: int) -> list[Token]:
        return [
            t
            for t in self.tokens[self.last_subject_at + 1 : at]
            if not t.has("index_nouns", "index_adjectives")
        ]

    def _coordinates(self, at: int) -> bool:
        between = self._between(at)
        if not any(token.has("and", ",", "、", "slash") for token in between) or len(between) > 8:
            return False
        return all(
            token.has(
                "and",
                ",",
                "、",
                "word",
                "common",
                "capital",
                "place",
                "slash",
                "region",
                "each",
                "han",
                "punct",
            )
            and not token.has(*_VERBS, "breaks", "relative")
            for token in between
        )

    def _is_tight(self, at: int) -> bool:
        between = self._between(at)
        return len(between) <= _TIGHT and any(token.has("and") for token in between)

    def other(self) -> None:
        """Note that the sentence now speaks of something else than an index."""
        self.close()
        self.lead = []
        self.elsewhere = True

    def take(self, at: int) -> None:
        """Give a token to the claim that is open, or keep it for the first index to come."""
        if self.subjects:
            self.held.append(at)
            self.each = self.each or self.tokens[at].has("each")
        elif not self.elsewhere:
            self.lead.append(at)


def claims_of(
    text: str, tokens: Sequence[Token], context: Context, *, spaced: bool, particles: bool
) -> list[Claim]:
    """Give the claims of a sentence, in its order.

    Parameters
    ----------
    text, tokens
        The sentence.
    context
        What it may refer back to.
    spaced
        Whether the language writes spaces between words, and names with capitals.
    particles
        Whether a particle marks the subject, as in Japanese and Korean.
    """
    if all(token.kinds.isdisjoint(_NAMES_SOMETHING) for token in tokens):
        return []
    parts = segments(tokens)
    builder = _Builder(text, tokens, parts, context, spaced=spaced, particles=particles)
    at = 0
    while at < len(tokens):
        found = _subject(builder, at)
        if found is not None:
            subject, after = found
            if subject is None:
                builder.other()
            else:
                builder.add(subject, at, after - 1)
            at = after
            continue
        builder.take(at)
        at += 1
    builder.close()
    return builder.claims


def _subject(builder: _Builder, at: int) -> tuple[Subject | None, int] | None:
    """The subject that begins at a token, and the token after it; None inside for another thing."""
    token = builder.tokens[at]
    if token.kinds.isdisjoint(_MAY_BEGIN):
        return None
    if token.has("index"):
        return _index(builder, at)
    if token.has("not_name"):
        return None, at + 1
    if token.has("place"):
        return _place(builder, at)
    first = _is_first(builder, at)
    if token.has("anaphora") and not (builder.subjects and not first):
        return _anaphor(builder, at, first)
    if token.has("stocks") and not token.has("anaphora"):
        return _market(builder, at)
    if token.has("entity") and _takes_over(builder, at, first):
        return None, at + 1
    if token.has("capital") and builder.spaced:
        own = _own_words(builder, at)
        if own is not None:
            return own
        if first and _acts(builder, at):
            return None, at + 1
    if token.has("han") and not builder.spaced:
        return _unknown_han(builder, at, first)
    if token.has("relative") and at and builder.subjects and _last_noun_is_other(builder, at):
        return None, at + 1
    return None


def _own_words(builder: _Builder, at: int) -> tuple[Subject, int] | None:
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


def _is_first(builder: _Builder, at: int) -> bool:
    """Whether only small words stand between the beginning of a part and a token."""
    part = builder.parts[at]
    for n in range(at - 1, -1, -1):
        if builder.parts[n] != part:
            return True
        token = builder.tokens[n]
        if not token.has(
            "common",
            "breaks",
            ",",
            "and",
            "word",
            "(",
            "dash",
            ";",
            ":",
            "、",
            "yesterday",
            "today",
            "hyphen",
            "index_adjectives",
            "punct",
        ):
            return False
    return True


def _index(builder: _Builder, at: int) -> tuple[Subject | None, int]:
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


def _place(builder: _Builder, at: int) -> tuple[Subject | None, int] | None:
    """A city or a country, which stands for its index where it acts, or before its shares."""
    tokens, token = builder.tokens, builder.tokens[at]
    after = at + 1
    if (
        after < len(tokens)
        and tokens[after].has("capital")
        and builder.spaced
        and tokens[after].start == token.end + 1
        and not _is_title(builder.text)
    ):
        return (None, after + 1) if _is_first(builder, at) else None
    # Tokyo's benchmark index, Tokyo share prices.
    n = after
    while (
        n < len(tokens)
        and n < at + 4
        and (
            tokens[n].has("punct", "index_adjectives")
            or builder.text[tokens[n].start : tokens[n].end] in {"s", "'s", "'"}
        )
    ):
        n += 1
    if (
        n > after + 1
        and tokens[n - 1].has("index_nouns")
        and not (n < len(tokens) and tokens[n].has("index", "index_nouns", "stocks"))
    ):
        return Subject(token.value, token.start, tokens[n - 1].end, by_place=True), n
    if n < len(tokens) and tokens[n].has("index_nouns") and n > after:
        return Subject(token.value, token.start, tokens[n].end, by_place=True), n + 1
    if n < len(tokens) and tokens[n].has("stocks") and not tokens[n].has("anaphora"):
        if any(t.has("index") for t in tokens[n + 1 : n + 2]):
            return None
        if (
            n + 1 < len(tokens)
            and tokens[n + 1].has("common")
            and builder.text[tokens[n + 1].start : tokens[n + 1].end] in {"of", "in"}
        ):
            return None
        return Subject(token.value, token.start, tokens[n].end, weak=True, by_place=True), n + 1
    if not _is_first(builder, at) or _after_preposition(builder, at):
        return None
    while (
        after < len(tokens)
        and tokens[after].has("and", ",", "place", "relative")
        and after < at + 6
    ):
        after += 1
    if _has_number_only(builder, at):
        return Subject(token.value, token.start, token.end, by_place=True), at + 1
    acts = next(
        (t for t in tokens[after : after + 3] if not t.has(*_ADVERBS) or t.has(*_VERBS)), None
    )
    if (
        acts is not None
        and acts.has("up", "down", "flat", "closed")
        and acts.start - token.end < 40
    ):
        return Subject(token.value, token.start, token.end, by_place=True), at + 1
    return None


def _has_number_only(builder: _Builder, at: int) -> bool:
    """Whether a percentage follows a place at once, with a sign, or as the one before had: un 0,44%."""
    following = builder.tokens[at + 1 : at + 5]
    number = next((t.number for t in following if t.number is not None), None)
    if number is None or number.unit != "pct":
        return False
    small = [
        t for t in following[: next(n for n, t in enumerate(following) if t.number is not None)]
    ]
    if not all(t.has("by", "hyphen", "sign", "dash", "(", "common") for t in small):
        return False
    return bool(number.sign) or (
        bool(small) and all(t.has("by") for t in small) and bool(builder.claims or builder.subjects)
    )


def _after_preposition(builder: _Builder, at: int) -> bool:
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


def _anaphor(builder: _Builder, at: int, first: bool) -> tuple[Subject | None, int] | None:
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


def _leads_verb(builder: _Builder, at: int) -> bool:
    for token in builder.tokens[at : at + 4]:
        if token.has(*_VERBS):
            return True
        if token.number is not None:
            return True
        if not token.has(*_ADVERBS):
            return False
    return False


def _market(builder: _Builder, at: int) -> tuple[Subject | None, int] | None:
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


def _takes_over(builder: _Builder, at: int, first: bool) -> bool:
    """Whether something that is no index becomes what the sentence speaks of."""
    if not builder.subjects:
        return first
    has_number = any(
        builder.tokens[n].number is not None and builder.tokens[n].number.unit != "other"
        for n in builder.held
    )  # type: ignore[union-attr]
    if builder.spaced:
        return (first and _acts(builder, at)) or (has_number and _acts(builder, at))
    return has_number or first


def _acts(builder: _Builder, at: int) -> bool:
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


def _last_noun_is_other(builder: _Builder, at: int) -> bool:
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


def _unknown_han(builder: _Builder, at: int, first: bool) -> tuple[None, int] | None:
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


def _is_object(builder: _Builder, at: int) -> bool:
    """Whether the particle belongs to a part without numbers of its own."""
    part = builder.parts[at]
    return not any(
        t.number is not None
        for t, p in zip(builder.tokens[at:], builder.parts[at:], strict=True)
        if p == part
    )


def section_place(tokens: Sequence[Token]) -> str:
    """Give the index of the place that a heading names: LONDON, ## Hong Kong, TOKYO:.

    Empty if it is no such heading.
    """
    places = [token for token in tokens if token.has("place")]
    others = [
        token
        for token in tokens
        if not token.has("place", ":", "punct", "dash", "hyphen", "region")
    ]
    return places[0].value if places and not others else ""


def numbers_in(claim: Claim, tokens: Sequence[Token]) -> Iterator[int]:
    """Give the positions of the numbers of a claim."""
    return (n for n in claim.tokens if tokens[n].number is not None)
