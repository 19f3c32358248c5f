"""A claim with the sentence around it: what roles, kinds and ways are told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from marketmove.published.prose.clauses import Claim, numbers_in
from marketmove.published.prose.tokens import Number, Token

Part = list[tuple[int, Token]]
PERIODS = ("week", "month", "ytd", "period", "streak")
_COUNTED = frozenset(["", "pct", "pts", "other?"])


def kinds_of(tokens: Sequence[Token]) -> frozenset[str]:
    """Give every kind that a token of a sentence has."""
    return frozenset[str]().union(*(token.kinds for token in tokens))


class Sentence(NamedTuple):
    """A sentence's tokens with the part that each is of.

    ``after`` tells that the direction stands behind the number. ``kinds`` are those of all tokens,
    and ``by_part`` has the tokens of each part with their positions.
    """

    text: str
    tokens: Sequence[Token]
    parts: Sequence[int]
    after: bool
    kinds: frozenset[str]
    by_part: Mapping[int, Part]

    @classmethod
    def of(cls, text: str, tokens: Sequence[Token], parts: Sequence[int], after: bool) -> Sentence:
        """Put the tokens of a sentence in order."""
        by_part: dict[int, Part] = {}
        for n, (token, part) in enumerate(zip(tokens, parts, strict=True)):
            by_part.setdefault(part, []).append((n, token))
        return cls(text, tokens, parts, after, kinds_of(tokens), by_part)


class View(NamedTuple):
    """A claim, those beside it in its sentence, and what the text has said before.

    ``numbers`` are the positions of the numbers of the claim that count no other thing.
    ``under_way`` tells that the session is not over; ``lasting`` is the period that a line before
    named for what follows.
    """

    claim: Claim
    claims: Sequence[Claim]
    text: str
    tokens: Sequence[Token]
    parts: Sequence[int]
    after: bool
    kinds: frozenset[str]
    by_part: Mapping[int, Part]
    numbers: Sequence[int]
    held: frozenset[int]
    under_way: bool
    lasting: str

    @classmethod
    def of(
        cls,
        claim: Claim,
        sentence: Sentence,
        claims: Sequence[Claim],
        under_way: bool,
        lasting: str,
    ) -> View:
        """Put a claim into its sentence."""
        counted = [
            n
            for n in numbers_in(claim, sentence.tokens)
            if sentence.tokens[n].amount.unit in _COUNTED
        ]
        return cls(claim, claims, *sentence, counted, frozenset(claim.tokens), under_way, lasting)

    def number(self, n: int) -> Number:
        """Give the number at a position that has one."""
        return self.tokens[n].amount

    def part(self, n: int) -> Part:
        """Give the tokens of the part of the sentence that a position is in."""
        return self.by_part[self.parts[n]]

    def way(self, n: int) -> int:
        """Give which way the word at a position says: 1, -1 or 0."""
        token = self.tokens[n]
        return 1 if token.has("up") else -1 if token.has("down") else 0

    def is_lead(self, n: int) -> bool:
        """Tell whether a word stands in a part of its own before all subjects: At its worst."""
        starts = [subject.start for claim in self.claims for subject in claim.subjects]
        if not starts or self.tokens[n].end > min(starts):
            return False
        part = [t for m, t in self.part(n) if t.end <= min(starts)]
        return not any(t.has("up", "down", "closed") for t in part)
