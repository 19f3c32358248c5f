"""Gathers the claims of a sentence, token by token."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.published.prose.clauses import VERBS, Claim, Context, Subject
from marketmove.published.prose.tokens import Token

# How many tokens may stand between two indices that share one number.
_TIGHT = 4


class Builder:
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
        self.elsewhere_at = -1
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
            and self._goes_on()
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

    def _goes_on(self) -> bool:
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
            and not token.has(*VERBS, "breaks", "relative")
            for token in between
        )

    def _is_tight(self, at: int) -> bool:
        between = self._between(at)
        return len(between) <= _TIGHT and any(token.has("and") for token in between)

    def other(self, at: int) -> None:
        """Note that the sentence now speaks of something else than an index."""
        self.close()
        self.lead = []
        self.elsewhere, self.elsewhere_at = True, at

    def take(self, at: int) -> None:
        """Give a token to the claim that is open, or keep it for the first index to come."""
        if self.subjects:
            self.held.append(at)
            self.each = self.each or self.tokens[at].has("each")
        elif not self.elsewhere:
            self.lead.append(at)
