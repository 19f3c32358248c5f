"""Which number of a claim is the level, which the points, which the percent."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from marketmove.published.prose.kinds import kind
from marketmove.published.prose.tokens import Number, Token
from marketmove.published.prose.view import View

_MOST_PCT = Decimal(60)
MOST_SHARE = Decimal("0.35")
# Below this a number behind "mit" or "with" may be points; 3,000 points are no change.
_BIG_AFTER_TO, _BIG = 1000, 3000
# So many times its change is a level at least.
_TIMES = 3


class Role(NamedTuple):
    """A number by its position: the field that it is, and the kind of its figure."""

    at: int
    field: str
    kind: str


def groups(v: View) -> list[list[Role]]:
    """Give the numbers by figure: a new one where the kind changes, or a field comes again."""
    groups: list[list[Role]] = []
    several = len(v.claim.subjects)
    roles = _roles(v)
    for role in roles:
        last = groups[-1] if groups else None
        taken = sum(known.field == role.field for known in last) if last else 0
        if last and last[0].kind == role.kind and (not taken or (several > 1 and taken < several)):
            last.append(role)
        elif last and last[0].kind == role.kind and not _begins_anew(v, role):
            continue
        else:
            groups.append([role])
    return groups


def _begins_anew(v: View, role: Role) -> bool:
    """Whether a second number of a field is a figure of its own: another day, another verb."""
    part = v.parts[role.at]
    own = [t for n, t in enumerate(v.tokens) if v.parts[n] == part]
    before = [t for m, t in enumerate(v.tokens) if part - 2 <= v.parts[m] < part]
    if (
        any(t.has("closed") for t in own)
        and any(t.has("date") for t in before)
        and role.field == "close"
    ):
        return True
    return any(t.has("weekday", "yesterday", "earlier", "time", "date") for t in own) and any(
        t.has("up", "down", "closed") for t in own
    )


def _roles(v: View) -> list[Role]:
    fields: dict[int, str] = {}
    for n in v.numbers:
        number = v.number(n)
        if number.unit == "pct":
            # 311.74 percent is no move, but points that were called so: verify says it.
            if number.value <= _MOST_PCT or int(number.value.as_tuple().exponent) < 0:
                fields[n] = "change_pct"
            continue
        field = _field_by_words(v, n)
        if field:
            fields[n] = field
    _by_size(v, fields)
    for n in list(fields):
        if v.number(n).unit == "other?" and not (fields[n] == "close" and _has_decimals(v, n)):
            del fields[n]
    roles = [Role(n, field, kind(v, n)) for n, field in sorted(fields.items())]
    return [role for role in roles if role.kind != "none"]


def _has_decimals(v: View, n: int) -> bool:
    number = v.number(n)
    return number.value >= 1000 and int(number.value.as_tuple().exponent) < 0


def _field_by_words(v: View, n: int) -> str:
    """What the words around a number say that it is; empty where they leave it open."""
    number, before, behind = v.number(n), _before(v, n), _behind(v, n)
    if number.sign:
        return "change_pts"
    if v.after and (field := _field_in_order(before, behind)):
        return field
    if not v.after and behind is not None and _is_moved_by(v, n, before, behind):
        return "change_pts"
    if _is_bounded_level(v, n):
        return "close"
    if before is None:
        return ""
    if before.has("closed") and not before.has("to") and _has_level_behind(v, n):
        return "change_pts"
    return _field_after(before, number, big=_is_big(v, n))


def _has_level_behind(v: View, n: int) -> bool:
    """Whether a far larger number follows: ended 563.06 points, or 2.64%, higher at 21,857.92."""
    value = v.number(n).value
    later = [m for m in v.numbers if m > n and v.number(m).unit != "pct"]
    return any(v.number(m).value > value * _TIMES and v.tokens[m - 1].has("to") for m in later)


def _is_moved_by(v: View, n: int, before: Token | None, behind: Token) -> bool:
    """Whether the word behind a number makes it the change: closed 51.6 lower."""
    if _is_level_at_once(v, n):
        return False
    to_level = before is not None and before.has("to") and v.number(n).value >= _BIG_AFTER_TO
    return is_adverb(v, behind) and not _is_other_start(v, n) and not to_level


def _is_level_at_once(v: View, n: int) -> bool:
    """Whether a level stands right behind its index: FTSE 100 8732.46 down 32.26."""
    later = [m for m in v.numbers if m > n and v.number(m).unit != "pct"]
    beside = n > 0 and v.tokens[n - 1].has("index", "index_nouns")
    return beside and any(v.number(n).value > v.number(m).value * _TIMES for m in later)


def _field_in_order(before: Token | None, behind: Token | None) -> str:
    """Where the direction stands behind its number: 312円04銭安の3万9149円43銭."""
    if before is not None and before.has("up", "down"):
        return "close"
    return "change_pts" if behind is not None else ""


def _is_bounded_level(v: View, n: int) -> bool:
    """Whether an index is said to have gone below or above a level: tumbled below 15,000."""
    if n < 2 or not _is_big(v, n):
        return False
    return v.tokens[n - 1].has("over", "under") and v.tokens[n - 2].has("up", "down")


def _field_after(before: Token, number: Number, *, big: bool) -> str:
    """What a number is by the word before it."""
    to = before.has("to")
    if to or (before.has("closed") and not before.has("by", "or", "up", "down")):
        return "" if to and before.has("by") and not before.has("closed") else "close"
    if before.has("by", "or"):
        return "change_pts"
    if before.has("up", "down"):
        return "change_pts" if number.unit or not big else ""
    return ""


def is_adverb(v: View, token: Token) -> bool:
    """Tell whether a word of direction can stand behind its number: 0.3% lower."""
    return v.text[token.start : token.end].lower() in _ADVERBS


def _is_other_start(v: View, n: int) -> bool:
    """Whether the word behind begins another clause: 18,132.30, up 117.70 points."""
    return n + 1 < len(v.tokens) and v.parts[n + 1] != v.parts[n]


def _is_big(v: View, n: int) -> bool:
    return v.number(n).value >= _BIG


def _before(v: View, n: int) -> Token | None:
    """The word before a number that says what it is, past small words."""
    for at in range(n - 1, max(-1, n - 8), -1):
        token = v.tokens[at]
        if token.has("to", "by", "or", "up", "down", "closed", "from"):
            return token
        if token.has("index", "(", "and") or token.number is not None:
            return None
        if token.has(",", "dash", ";", ":"):
            # At the end, up 117 points: the word may stand before the comma only for levels.
            return None
    return None


def _behind(v: View, n: int) -> Token | None:
    """The word of direction that stands behind a number, past small words."""
    at = n + 1
    if v.after:
        # 31.38ポイント(0.38%)安: the percent in brackets stands between.
        if [t.has("(") for t in v.tokens[at : at + 1]] == [True]:
            at = next((m for m in range(at, len(v.tokens)) if v.tokens[m].has(")")), n) + 1
        following = v.tokens[at : at + 1]
        return following[0] if following and following[0].has("up", "down") else None
    for token in v.tokens[at : at + 2]:
        if token.has("up", "down"):
            return token
        if not token.has("common", "about", "over", "under", "word", "particles"):
            return None
    return None


def _by_size(v: View, fields: dict[int, str]) -> None:
    """Settle what words left open: the level is far larger than its change."""
    plain = [n for n in v.numbers if v.number(n).unit != "pct"]
    several = len(v.claim.subjects)
    taken = list(fields.values())
    for n in plain:
        if n in fields:
            continue
        value = v.number(n).value
        has_level, has_points = taken.count("close"), taken.count("change_pts")
        levels = [v.number(m).value for m, f in fields.items() if f == "close"]
        points = [v.number(m).value for m, f in fields.items() if f == "change_pts"]
        field = ""
        joined = [
            m
            for m in fields
            if m < n and all(t.has("and", ",", "common") for t in v.tokens[m + 1 : n])
        ]
        if joined and several > 1 and taken.count(fields[joined[-1]]) < several:
            field = fields[joined[-1]]
        elif has_level >= several and not has_points:
            field = "change_pts" if value < levels[0] * MOST_SHARE else ""
        elif has_level < several and has_points and value > points[0] * 3:
            field = "close"
        elif not has_level and not has_points:
            field = _lone(v, n)
        if field:
            fields[n] = field
            taken.append(field)


def _lone(v: View, n: int) -> str:
    number = v.number(n)
    pct = [v.number(m).value for m in v.numbers if v.number(m).unit == "pct"]
    previous = v.tokens[n - 1] if n else None
    if number.value >= 500 and (pct or (previous is not None and previous.has("index"))):
        return "close"
    if number.unit == "pts" and pct and number.value < 500:
        return "change_pts"
    return ""


_ADVERBS = frozenset(
    ["higher", "lower", "up", "down", "off", "firmer", "weaker", "better", "ahead", "stronger",
     "softer", "worse", "easier", "in the red", "in the green", "gains", "gain", "loss", "decline",
     "rise", "fall", "drop", "advance", "slide", "to the good", "höher", "tiefer", "fester",
     "schwächer", "niedriger", "leichter", "im plus", "im minus", "plus", "minus", "nach oben",
     "nach unten", "en hausse", "en baisse", "arriba", "abajo", "高", "安", "in rialzo",
     "in ribasso", "in calo"]
)  # fmt: skip
