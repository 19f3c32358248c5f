"""The figures of a claim, put together from what its words tell of each number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from marketmove.published.prose.clauses import Claim, Subject
from marketmove.published.prose.roles import MOST_SHARE, Role, groups
from marketmove.published.prose.view import PERIODS, Sentence, View
from marketmove.published.prose.ways import bound, day_named, direction, level_way

_LEAST_LEVEL = Decimal(20)
_BY_BOUND = ("change_pct", "change_pts", "close")


class Found(NamedTuple):
    """One figure of an index as a sentence gives it; numbers without a sign are levels.

    ``direction`` is -1, 0 or 1, None where none is told; ``bound`` is ``about``, ``over`` or
    ``under``, of the field ``bound_of``. ``first`` and ``last`` are the tokens it stands on, and
    ``day`` the token that names its day, if one does.
    """

    subject: Subject
    kind: str
    close: Decimal | None = None
    change_pts: Decimal | None = None
    change_pct: Decimal | None = None
    direction: int | None = None
    bound: str = ""
    bound_of: str = ""
    in_words: bool = False
    first: int = 0
    last: int = 0
    day: int | None = None
    doubt: str = ""


def figures_of(
    claim: Claim, sentence: Sentence, claims: Sequence[Claim], *, under_way: bool, lasting: str = ""
) -> list[Found]:
    """Give the figures of a claim, each with its kind.

    Parameters
    ----------
    claim
        The claim; ``claims`` are all those of its sentence.
    sentence
        The sentence.
    under_way
        Whether the text has said that the session of these indices is not over.
    lasting
        The period that a line before has named for what follows: For the week:
    """
    view = View.of(claim, sentence, claims, under_way, lasting)
    grouped = groups(view)
    if not grouped:
        return _without_numbers(view)
    found: list[Found] = []
    for group in grouped:
        found += _figures(view, group)
    return found


def _figures(v: View, group: list[Role]) -> list[Found]:
    """The figures of a group of numbers: one, or one for each of several indices."""
    subjects = v.claim.subjects
    by_field: dict[str, list[int]] = {}
    for role in group:
        by_field.setdefault(role.field, []).append(role.at)
    found: list[Found] = []
    for which, subject in enumerate(subjects):
        if len(subjects) > 1 and not _is_of(v, which, by_field):
            continue
        values = {
            field: places[which] if len(places) == len(subjects) else places[0]
            for field, places in by_field.items()
            if len(places) in {1, len(subjects)}
            and (len(places) > 1 or field != "close" or len(subjects) == 1)
        }
        if subject.weak:
            values = {field: at for field, at in values.items() if field == "change_pct"}
        made = _made(v, subject, group[0].kind, values) if values else None
        if made and subject.unknown and (made.close is None or made.close < 100):
            continue
        if made and any(v is not None for v in (made.close, made.change_pts, made.change_pct)):
            found.append(made)
    return found


def _is_of(v: View, which: int, by_field: dict[str, list[int]]) -> bool:
    """Whether numbers are of each of several indices, or of the last alone."""
    count = len(v.claim.subjects)
    if any(len(places) == count for places in by_field.values()) or v.claim.each:
        return True
    return (
        v.claim.tight and "close" not in by_field and "change_pts" not in by_field
    ) or which == count - 1


def _made(v: View, subject: Subject, kind: str, values: dict[str, int]) -> Found:
    changes = [at for field, at in values.items() if field != "close"]
    ways = [way for at in changes if (way := direction(v, at)) is not None]
    told = ways[0] if ways else None
    if told is None and "close" in values and not changes:
        told = level_way(v, values["close"])
    amounts: dict[str, Any] = {field: _amount(v, field, at, told) for field, at in values.items()}
    bounds = {field: bound(v, values[field]) for field in _BY_BOUND if field in values}
    of = next((field for field, said in bounds.items() if said), "")
    places = sorted(values.values())
    found = Found(
        subject, kind, direction=told, bound=bounds.get(of, ""), bound_of=of,
        in_words=any(v.number(at).in_words for at in places),
        first=min([places[0], *[m for m in v.claim.tokens if m < places[0]][:1]]),
        last=places[-1], day=day_named(v, places), **amounts,
    )  # fmt: skip
    return _sensible(found)


def _amount(v: View, field: str, at: int, told: int | None) -> Decimal | None:
    number = v.number(at)
    if field == "close":
        return number.value
    way = number.sign or told
    if way is None:
        return None
    if not number.value:
        return number.value
    return number.value * (way or 1) if way else None


def _without_numbers(v: View) -> list[Found]:
    """The way an index went, where it is told without a figure."""
    if any(v.tokens[m].number is not None for m in v.claim.tokens):
        return []
    ways = [m for m in v.claim.tokens if v.tokens[m].has("up", "down", "flat")]
    if not ways:
        return []
    at = ways[0]
    start = v.claim.subjects[0].start
    before = [v.tokens[m] for m in v.claim.tokens if m <= at and v.tokens[m].start > start]
    if v.tokens[at].start < start:
        return []
    if any(
        t.has(
            "threshold",
            "extreme",
            "opened",
            "now",
            "entity",
            "breaks",
            "relative",
            *PERIODS,
            "clock",
            "time",
            "record",
        )
        for t in before
    ):
        return []
    if len(before) > 5 or any(t.has("index") for t in before):
        return []
    if (
        any(
            t.has(
                "clock",
                "time",
                "futures",
                "week",
                "month",
                "ytd",
                "period",
                "streak",
                "now",
                "opened",
            )
            for t in v.tokens
        )
        or v.under_way
    ):
        return []
    return [
        Found(
            subject,
            "session",
            direction=v.way(at),
            first=v.claim.tokens[0],
            last=at,
            day=day_named(v, [at]),
        )
        for subject in v.claim.subjects
        if not (subject.weak or subject.anaphoric)
    ]


def _sensible(found: Found) -> Found:
    """Drop what cannot be: a change larger than a third of the level, a level too small."""
    if found.close is not None and found.close < _LEAST_LEVEL:
        found = found._replace(close=None)
    level, points = found.close, found.change_pts
    if level is not None and points is not None and abs(points) > level * MOST_SHARE:
        found = found._replace(change_pts=None, doubt="misfit")
    return found
