"""What kind of figure a number is: a session's, or one within it, of a week, a record, futures."""

from __future__ import annotations

import re

from marketmove.published.prose.clauses import numbers_in
from marketmove.published.prose.view import PERIODS, Part, View

_LEAST_LEVEL = 20
_YEAR_FIRST = re.compile(r"\d{4}-")


def _closed_before(v: View, n: int) -> bool:
    """Whether a word of closing stands in the claim, at or before the part of the number."""
    part = v.parts[n]
    return any(v.tokens[m].has("closed") for m in v.held if v.parts[m] <= part)


def kind(v: View, n: int) -> str:
    """Tell what kind of figure a number is."""
    own = v.part(n)
    last = _chain_end(v, n)
    return (
        ("futures" if _is_of_futures(v) else "")
        or _not_of_now(v, n, own)
        or (kind(v, last) if last != n else "")
        or _period(v, n, own)
        or ("intraday" if _is_within(v, n, own) else "")
        or ("earlier" if _is_aside(v, own) else "session")
    )


def _is_of_futures(v: View) -> bool:
    """Whether futures are spoken of: of the claim's index, or of another in a row of percents."""
    if any(subject.futures for subject in v.claim.subjects):
        return True
    others = any(s.futures for claim in v.claims for s in claim.subjects)
    return others and all(v.number(m).unit == "pct" for m in v.numbers)


def _not_of_now(v: View, n: int, own: Part) -> str:
    """``other`` of a record or a threshold, ``earlier`` of the level that an index came from."""
    number = v.number(n)
    level = number.unit != "pct" and number.value >= _LEAST_LEVEL
    if "forecast" in v.kinds and any(t.has("forecast") for m, t in own if m < n):
        return "other"
    if _is_from(v, n) or (level and (_is_threshold(v, n, own) or _follows_from(v, n))):
        return "other"
    return "earlier" if level and not v.after and _is_prior_level(v, n) else ""


def _is_within(v: View, n: int, own: Part) -> bool:
    """Whether a figure is one within the session: an extreme, the opening, a time of day."""
    closed_here = any(t.has("closed") and not t.has("opened") for _, t in own)
    if closed_here:
        return False
    if _is_extreme(v, n, own) or any(t.has("opened", "clock", "time") for _, t in own):
        return True
    if _closed_before(v, n):
        return False
    named_day = any(t.has("yesterday", "earlier", "weekday") for _, t in own)
    opened = [m for m in v.held if v.tokens[m].has("opened") and m < n]
    if opened and not (named_day and not any(t.has("today") for _, t in own)):
        return True
    if any(t.has("yesterday", "earlier") for _, t in own):
        return False
    if named_day and v.parts[n] != min(v.parts[m] for m in v.held):
        return False
    if not v.kinds.isdisjoint(("clock", "time")) and _is_at_a_time(v, n):
        return True
    now = any(v.tokens[m].has("now") for m in v.held if m < n or v.parts[m] == v.parts[n])
    return now or (v.under_way and not any(t.has("yesterday") for t in v.tokens))


def _is_at_a_time(v: View, n: int) -> bool:
    """Whether a time of day in the sentence is that of a number, and not of a clause behind it."""
    times = [m for m, t in enumerate(v.tokens) if t.has("clock", "time") and not t.has("closed")]
    breaks = [m for m, t in enumerate(v.tokens) if m > n and t.has("breaks")]
    return any(not any(m > b for b in breaks) for m in times)


def _is_aside(v: View, own: Part) -> bool:
    """Whether a clause beside the main one tells of an earlier day.

    Such as: which had lost 0.4% on Thursday; or, without a full date, when it fell 3%.
    """
    first, token = own[0]
    begins = first > 0 and v.tokens[first - 1].has(",", "(")
    if token.has("aside") and begins:
        part = v.parts[first]
        before = [t for t, p in zip(v.tokens, v.parts, strict=True) if part - 2 <= p < part]
        return not any(t.has("date") and _YEAR_FIRST.match(t.value) for t in before)
    named = any(t.has("earlier", "weekday", "yesterday") for _, t in own)
    return token.has("relative") and begins and named


def _chain_end(v: View, n: int) -> int:
    """The last of the changes that are said together: 93.50 points or 0.73 percent."""
    later = [m for m in v.numbers if m > n]
    if not later or (v.number(n).unit == "pct" and v.number(later[0]).unit == "pct"):
        return n
    between = v.tokens[n + 1 : later[0]]
    if not any(t.has("or") for t in between):
        return n
    return (
        later[0]
        if all(
            t.has("or", ",", "common", "hyphen", "dash", "sign", "about", "over", "(")
            for t in between
        )
        else n
    )


def _is_prior_level(v: View, n: int) -> bool:
    """Whether a level is where the index came from: from Thursday's close of 1,586.73."""
    for m in range(n - 1, max(-1, n - 7), -1):
        token = v.tokens[m]
        if token.has("from"):
            return True
        if (
            token.number is not None
            or v.parts[m] != v.parts[n]
            or (token.has("to", "by") and token.end - token.start > 1)
        ):
            return False
    return False


def _follows_from(v: View, n: int) -> bool:
    """Whether a level is the high or low that a change before it is counted from."""
    earlier = [m for m in v.numbers if m < n]
    return bool(earlier) and any(_is_from(v, m) for m in earlier)


def _is_from(v: View, n: int) -> bool:
    """Whether a change is counted from a high or a low: 12.6% from its November high."""
    for m in range(n + 1, min(len(v.tokens), n + 9)):
        token = v.tokens[m]
        if token.number is not None or token.has("index", ",", ";"):
            return False
        if token.has("from", "threshold"):
            return any(t.has("record", "mark", "extreme") for t in v.tokens[m + 1 : m + 8])
    return False


def _is_threshold(v: View, n: int, own: Part) -> bool:
    near = [t for m, t in own if n - 5 <= m < n]
    behind = [t for m, t in own if n < m <= n + 2]
    if any(t.has("mark") and not t.has("to") for t in behind):
        return True
    if n > 1 and v.tokens[n - 1].has("over", "under") and v.tokens[n - 2].has("up", "down"):
        return False
    if any(t.has("threshold") and not t.has("up", "down", "to") for t in near[-3:]):
        return True
    if any(t.has("record") and not t.has("up", "down") for t in near[-3:]):
        verbs = any(t.has("up", "down", "closed") for m, t in own if m < n)
        to = any(t.has("to", "closed") for m, t in own if n - 9 <= m < n)
        return not (verbs and to) or any(t.has("about") for t in near)
    return False


def _is_extreme(v: View, n: int, own: Part) -> bool:
    """Whether a number is a high or a low within the session."""
    if "extreme" not in v.kinds:
        return False
    places = [m for m, t in own if t.has("extreme")]
    if places:
        before = [m for m in places if m < n and n - m <= 12]
        if v.after:
            before = [m for m in places if abs(m - n) <= 14]
        if before:
            return True
    lead = [m for m, t in enumerate(v.tokens) if t.has("extreme") and v.is_lead(m)]
    return bool(lead) and lead[0] < n and v.parts[n] - v.parts[lead[0]] <= 2


def _period(v: View, n: int, own: Part) -> str:
    """The span that a change is of, if it is not a session's; the nearest word tells."""
    if v.kinds.isdisjoint(PERIODS):
        return v.lasting if not any(t.has("closed", "weekday", "today") for _, t in own) else ""
    found = [
        (abs(m - n), m, t)
        for m, t in own
        if t.has(*PERIODS) and not t.has("today") and not _is_since(v, m) and not _is_over(v, m)
    ]
    inside = [(d, m, t) for d, m, t in found if not _number_between(v, n, m)]
    if inside:
        token = min(inside)[2]
        return next(p for p in PERIODS if token.has(p))
    lead = [
        (m, t)
        for m, t in enumerate(v.tokens)
        if t.has(*PERIODS) and m < n and _is_lead_period(v, m)
    ]
    if lead and not any(t.has("weekday", "today", "yesterday", "closed") for _, t in own):
        return next(p for p in PERIODS if lead[-1][1].has(p))
    if _is_cumulative(v, n):
        return "streak"
    return _shared_period(v, n) or (
        v.lasting if not any(t.has("closed", "weekday", "today") for _, t in own) else ""
    )


def _is_cumulative(v: View, n: int) -> bool:
    """Whether a change is that of several sessions together, told of before it."""
    if any(
        v.number(m).unit != "pct" and v.number(m).value >= 1000 and v.tokens[m - 1].has("to")
        for m in v.numbers
    ):
        return False
    earlier = [
        m for m in v.claim.tokens if m < n and v.tokens[m].has("streak") and not _is_over(v, m)
    ]
    return bool(earlier) and not any(
        v.tokens[m].has("today", "weekday") for m in v.claim.tokens if m < n
    )


def _is_since(v: View, m: int) -> bool:
    """Whether a period tells since when a level was not seen: lowest close in 11 years."""
    return any(t.has("record") for t in v.tokens[max(0, m - 5) : m]) and not v.tokens[m].has(
        "week", "month", "ytd"
    )


def _is_over(v: View, m: int) -> bool:
    """Whether a run of sessions ended with this one: snapped four sessions of losses to rise."""
    return v.tokens[m].has("streak") and any(
        t.has("streak_end") for t in v.tokens[max(0, m - 4) : m]
    )


def _number_between(v: View, n: int, m: int) -> bool:
    low, high = sorted((n, m))
    return any(
        v.tokens[k].number is not None and v.number(k).unit == "pct" for k in range(low + 1, high)
    )


def _is_lead_period(v: View, m: int) -> bool:
    if v.is_lead(m):
        return True
    part = v.parts[m]
    own = [k for k in range(len(v.tokens)) if v.parts[k] == part]
    # Na semana, o índice tem queda de 2,72%, no mês, há alta de 0,08%.
    if all(
        not v.tokens[k].has("up", "down", "closed", "index") and v.tokens[k].number is None
        for k in own
    ):
        return True
    # May was the best month since February: the S&P rose 2.1 percent.
    return any(v.tokens[k].has(":") for k in range(m, len(v.tokens))) and not any(
        v.tokens[k].number is not None or v.tokens[k].has("index") for k in range(m)
    )


def _shared_period(v: View, n: int) -> str:
    """The period that another claim of the sentence names for all: rose 2% for the month."""
    if v.kinds.isdisjoint(("week", "month", "ytd")):
        return ""
    own = {subject.key for subject in v.claim.subjects}
    plain = v.number(n).unit == "pct" and all(v.number(k).unit == "pct" for k in v.numbers)
    for claim in v.claims:
        if claim is v.claim or own & {subject.key for subject in claim.subjects}:
            continue
        numbers = list(numbers_in(claim, v.tokens))
        words = [
            k
            for k in claim.tokens
            if v.tokens[k].has("week", "month", "ytd") and not _is_since(v, k)
        ]
        # The Dow gained 0.5% for the week to 44,546, the S&P 500 rose 1.5% to 6,115.
        leads = claim is v.claims[0] and len(numbers) > 1 and bool(words) and words[0] < numbers[1]
        bare = plain and all(v.number(k).unit in {"pct", "other", "money"} for k in numbers)
        if words and numbers and (bare or leads):
            if any(v.tokens[k].has("weekday", "today", "closed") for k in v.claim.tokens):
                return ""
            return next(p for p in PERIODS if v.tokens[words[0]].has(p))
    return ""
