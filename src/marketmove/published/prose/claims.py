"""From tokens to claims: which numbers and words of a sentence speak of which index."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.published.prose.builder import Builder
from marketmove.published.prose.clauses import Claim, Context
from marketmove.published.prose.subjects import subject_at
from marketmove.published.prose.tokens import Token


def claims_of(
    text: str,
    tokens: Sequence[Token],
    parts: Sequence[int],
    context: Context,
    *,
    spaced: bool,
    particles: bool,
) -> list[Claim]:
    """Give the claims of a sentence, in its order.

    Parameters
    ----------
    text, tokens, parts
        The sentence, and the part of each token.
    context
        What it may refer back to.
    spaced
        Whether the language writes spaces between words, and names with capitals.
    particles
        Whether a particle marks the subject, as in Japanese and Korean.
    """
    builder = Builder(text, tokens, parts, context, spaced=spaced, particles=particles)
    at = 0
    while at < len(tokens):
        found = subject_at(builder, at)
        if found is not None:
            subject, after = found
            if subject is None:
                builder.other(at)
            else:
                builder.add(subject, at, after - 1)
            at = after
            continue
        builder.take(at)
        at += 1
    builder.close()
    return builder.claims
