"""Which way a number goes, what bounds it, and which word names its day."""

from __future__ import annotations

from marketmove.published.prose.roles import is_adverb
from marketmove.published.prose.view import View

_DAYS = frozenset(["weekday", "date", "yesterday", "earlier"])


def direction(v: View, n: int) -> int | None:
    """Give which way a number is told to go; None if it is not told."""
    number = v.number(n)
    if number.sign:
        return number.sign
    own = [
        m
        for m, t in v.part(n)
        if t.has("up", "down", "flat") and (m in v.held or _is_leading(v, m))
    ]
    behind = [m for m in own if n < m <= n + 3]
    before = [m for m in own if m < n]
    if behind and v.after:
        return v.way(behind[0])
    if behind and is_adverb(v, v.tokens[behind[0]]) and behind[0] == n + 1:
        return v.way(behind[0])
    if before:
        return v.way(before[-1])
    held = [m for m in v.claim.tokens if v.tokens[m].has("up", "down", "flat")]
    earlier = [m for m in held if m < n]
    if v.after and behind:
        return v.way(behind[0])
    if earlier:
        return v.way(earlier[-1])
    later = [m for m in held if m > n]
    if later:
        return v.way(later[0])
    return _inherited(v)


def _is_leading(v: View, m: int) -> bool:
    starts = [subject.start for claim in v.claims for subject in claim.subjects]
    return bool(starts) and v.tokens[m].end <= min(starts) and v.claim is v.claims[0]


def _inherited(v: View) -> int | None:
    """The way of the claim before, whose verb stands for this one too: and the Nasdaq 0.3%."""
    at = v.claims.index(v.claim)
    # What stands behind the last number is of the next index: DAX 1.86% and France's CAC 40 1.13%.
    own = [v.tokens[m] for m in v.claim.tokens if m < v.numbers[-1]]
    if any(token.has("closed", "opened", "now", "capital") for token in own):
        return None
    if any(v.tokens[m].has("word") and m < v.numbers[0] for m in v.claim.tokens):
        # A word that is not known may be a verb of its own.
        return None
    for claim in v.claims[at + 1 :] if v.after else reversed(v.claims[:at]):
        ways = [m for m in claim.tokens if v.tokens[m].has("up", "down")]
        if ways:
            return v.way(ways[0])
    return None


def bound(v: View, n: int) -> str:
    """Give the bound of a number: over 5%, almost 180 points, 3% 넘게."""
    near = range(n - 1, max(-1, n - 3), -1)
    for m in near:
        token = v.tokens[m]
        for bound in ("over", "under", "about"):
            if token.has(bound) and not token.has("to") and v.parts[m] == v.parts[n]:
                return bound
        if not token.has("common", "by", "punct"):
            break
    if n + 1 < len(v.tokens) and (v.after or v.tokens[n + 1].end - v.tokens[n + 1].start <= 2):
        token = v.tokens[n + 1]
        if token.start - v.tokens[n].end <= 1 and not token.has("up", "down"):
            for bound in ("over", "under", "about"):
                if token.has(bound) and not token.has("common"):
                    return bound
    return ""


def level_way(v: View, n: int) -> int | None:
    """Give which way an index went to a level; None if it is not told."""
    held = [
        m
        for m in v.claim.tokens
        if v.tokens[m].has("up", "down", "flat") and (m < n or v.parts[m] == v.parts[n])
    ]
    return v.way(held[-1]) if held else None


def day_named(v: View, places: list[int]) -> int | None:
    """Give the token that names the day of some numbers, if one does."""
    if v.kinds.isdisjoint(_DAYS):
        return None
    parts = {v.parts[at] for at in places}
    named = [
        m for m, t in enumerate(v.tokens)
        if t.has("weekday", "date", "yesterday", "earlier")
        and v.parts[m] in parts
        # Since Nov. 6 is not when.
        and not (m and v.tokens[m - 1].has("breaks", "from"))
    ]  # fmt: skip
    if named:
        return named[0]
    dated = [
        m
        for m, t in enumerate(v.tokens)
        if t.has("date") and min(parts) - 2 <= v.parts[m] < min(parts)
    ]
    if dated and any(t.has("closed") for m, t in enumerate(v.tokens) if v.parts[m] in parts):
        return dated[-1]
    held = [
        m
        for m in v.claim.tokens
        if v.tokens[m].has("weekday", "date", "yesterday") and m < places[0]
    ]
    if held:
        return held[-1]
    lead = [
        m for m, t in enumerate(v.tokens) if t.has("weekday", "date", "yesterday") and v.is_lead(m)
    ]
    return lead[0] if lead else None
