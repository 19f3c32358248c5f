"""What a sentence is made of: its parts, its claims, and what each is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from marketmove.published.prose.tokens import Token

BREAKS = ("breaks", "relative")
VERBS = ("up", "down", "flat", "closed", "opened", "now")
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


def segments(tokens: Sequence[Token]) -> list[int]:
    """Number the parts of a sentence between its commas, conjunctions and brackets."""
    numbered: list[int] = []
    current = 0
    for n, token in enumerate(tokens):
        if token.kinds.isdisjoint(_MAY_OPEN):
            numbered.append(current)
            continue
        opens = not token.kinds.isdisjoint(_OPENS) or (
            token.has(*BREAKS) and not _is_article(token, tokens, n)
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
