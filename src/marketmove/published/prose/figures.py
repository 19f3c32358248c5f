"""From a claim to its figures: which number is the level, the points, the percent; which way; what kind."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from marketmove.published.prose.clauses import Claim, Subject, numbers_in
from marketmove.published.prose.tokens import Number, Token

_MOST_PCT = Decimal(60)
_MOST_SHARE = Decimal("0.35")
_LEAST_LEVEL = Decimal(20)
_PERIODS = ("week", "month", "ytd", "period", "streak")


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


class Sentence(NamedTuple):
    """A sentence's tokens with their parts, and what the text has told before it.

    ``under_way`` holds the regions whose session the text tells of while it is under way;
    ``after`` that the direction stands behind the number.
    """

    text: str
    tokens: Sequence[Token]
    parts: Sequence[int]
    after: bool


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
    reader = _Reader(claim, sentence, claims, under_way, lasting)
    groups = reader.groups()
    if not groups:
        return reader.without_numbers()
    found: list[Found] = []
    for group in groups:
        found += reader.figure(group)
    return found


class _Role(NamedTuple):
    at: int
    field: str
    kind: str


class _Reader:
    def __init__(
        self,
        claim: Claim,
        sentence: Sentence,
        claims: Sequence[Claim],
        under_way: bool,
        lasting: str,
    ) -> None:
        self.claim, self.claims, self.under_way, self.lasting = claim, claims, under_way, lasting
        self.text, self.tokens, self.parts, self.after = sentence
        self.numbers = [n for n in numbers_in(claim, self.tokens) if self._counts(n)]
        self.held = frozenset(claim.tokens)

    def _counts(self, n: int) -> bool:
        number = self.tokens[n].number
        return number is not None and number.unit in {"", "pct", "pts", "other?"}

    def number(self, n: int) -> Number:
        """The number of a token that has one."""
        number = self.tokens[n].number
        assert number is not None
        return number

    # Which number is which.

    def groups(self) -> list[list[_Role]]:
        """The numbers by figure: a new one where the kind changes, or a field comes again."""
        groups: list[list[_Role]] = []
        several = len(self.claim.subjects)
        roles = self._roles()
        for role in roles:
            last = groups[-1] if groups else None
            taken = sum(known.field == role.field for known in last) if last else 0
            if (
                last
                and last[0].kind == role.kind
                and (not taken or (several > 1 and taken < several))
            ):
                last.append(role)
            elif last and last[0].kind == role.kind and not self._begins_anew(role):
                continue
            else:
                groups.append([role])
        return groups

    def _begins_anew(self, role: _Role) -> bool:
        """Whether a second number of a field is a figure of its own: another day, another verb."""
        part = self.parts[role.at]
        own = [t for n, t in enumerate(self.tokens) if self.parts[n] == part]
        before = [t for m, t in enumerate(self.tokens) if part - 2 <= self.parts[m] < part]
        if (
            any(t.has("closed") for t in own)
            and any(t.has("date") for t in before)
            and role.field == "close"
        ):
            return True
        return any(t.has("weekday", "yesterday", "earlier", "time", "date") for t in own) and any(
            t.has("up", "down", "closed") for t in own
        )

    def _roles(self) -> list[_Role]:
        fields: dict[int, str] = {}
        for n in self.numbers:
            number = self.number(n)
            if number.unit == "pct":
                if number.value <= _MOST_PCT:
                    fields[n] = "change_pct"
                continue
            field = self._field_by_words(n)
            if field:
                fields[n] = field
        self._by_size(fields)
        for n in list(fields):
            if self.number(n).unit == "other?" and not (
                fields[n] == "close" and self._has_decimals(n)
            ):
                del fields[n]
        roles = [_Role(n, field, self.kind(n)) for n, field in sorted(fields.items())]
        return [role for role in roles if role.kind != "none"]

    def _has_decimals(self, n: int) -> bool:
        number = self.number(n)
        return number.value >= 1000 and int(number.value.as_tuple().exponent) < 0

    def _field_by_words(self, n: int) -> str:
        number, before, behind = self.number(n), self._before(n), self._behind(n)
        if number.sign and not self._is_dash(n):
            return "change_pts"
        if self.after:
            if (
                behind is not None
                and behind.has("up", "down")
                and not (before and before.has("up", "down"))
            ):
                return "change_pts"
            if before is not None and before.has("up", "down"):
                return "close"
        elif behind is not None and not (before and before.has("to") and number.value >= 1000):
            if self._is_adverb(behind) and not self._is_other_start(n):
                return "change_pts"
        if (
            n > 1
            and self.tokens[n - 1].has("over", "under")
            and self.tokens[n - 2].has("up", "down")
            and self._is_big(n)
        ):
            return "close"
        if before is None:
            return ""
        if before.has("to") and not before.has("closed"):
            return "close"
        if before.has("by"):
            return "change_pts" if not before.has("to") else ""
        if before.has("or"):
            return "change_pts"
        if before.has("up", "down") and not before.has("to"):
            return "change_pts" if number.unit or not self._is_big(n) else ""
        if before.has("closed", "to"):
            return "close"
        return ""

    def _is_dash(self, n: int) -> bool:
        return False

    def _is_adverb(self, token: Token) -> bool:
        word = self.text[token.start : token.end].lower()
        return word in _ADVERBS

    def _is_other_start(self, n: int) -> bool:
        """Whether the word behind begins another clause: 18,132.30, up 117.70 points."""
        return n + 1 < len(self.tokens) and self.parts[n + 1] != self.parts[n]

    def _is_big(self, n: int) -> bool:
        return self.number(n).value >= 3000

    def _before(self, n: int) -> Token | None:
        """The word before a number that says what it is, past small words."""
        for at in range(n - 1, max(-1, n - 8), -1):
            token = self.tokens[at]
            if token.has("to", "by", "or", "up", "down", "closed", "from"):
                return token
            if token.has("index", "(", "and") or token.number is not None:
                return None
            if token.has(",", "dash", ";", ":"):
                # At the end, up 117 points: the word may stand before the comma only for levels.
                return None
        return None

    def _behind(self, n: int) -> Token | None:
        if self.after:
            following = self.tokens[n + 1 : n + 2]
            return following[0] if following and following[0].has("up", "down") else None
        for token in self.tokens[n + 1 : n + 3]:
            if token.has("up", "down"):
                return token
            if not token.has("common", "about", "over", "under", "word", "particles"):
                return None
        return None

    def _by_size(self, fields: dict[int, str]) -> None:
        """Settle what words left open: the level is far larger than its change."""
        plain = [n for n in self.numbers if self.number(n).unit != "pct"]
        several = len(self.claim.subjects)
        taken = [field for field in fields.values()]
        for n in plain:
            if n in fields:
                continue
            value = self.number(n).value
            has_level, has_points = taken.count("close"), taken.count("change_pts")
            levels = [self.number(m).value for m, f in fields.items() if f == "close"]
            points = [self.number(m).value for m, f in fields.items() if f == "change_pts"]
            field = ""
            joined = [
                m
                for m in fields
                if m < n and all(t.has("and", ",", "common") for t in self.tokens[m + 1 : n])
            ]
            if joined and several > 1 and taken.count(fields[joined[-1]]) < several:
                field = fields[joined[-1]]
            elif has_level >= several and not has_points:
                field = "change_pts" if value < levels[0] * _MOST_SHARE else ""
            elif has_level < several and has_points and value > points[0] * 3:
                field = "close"
            elif not has_level and not has_points:
                field = self._lone(n)
            if field:
                fields[n] = field
                taken.append(field)

    def _lone(self, n: int) -> str:
        number = self.number(n)
        pct = [self.number(m).value for m in self.numbers if self.number(m).unit == "pct"]
        previous = self.tokens[n - 1] if n else None
        if number.value >= 500 and (pct or (previous is not None and previous.has("index"))):
            return "close"
        if number.unit == "pts" and pct and number.value < 500:
            return "change_pts"
        return ""

    # What kind of figure.

    def _part(self, n: int) -> list[tuple[int, Token]]:
        part = self.parts[n]
        return [(m, t) for m, t in enumerate(self.tokens) if self.parts[m] == part]

    def _closed_before(self, n: int) -> bool:
        """Whether a word of closing stands in the claim, at or before the part of the number."""
        part = self.parts[n]
        return any(self.tokens[m].has("closed") for m in self.held if self.parts[m] <= part)

    def kind(self, n: int) -> str:
        """What kind of figure a number is; ``none`` for one that is no figure of the index."""
        if any(subject.futures for subject in self.claim.subjects):
            return "futures"
        if any(s.futures for claim in self.claims for s in claim.subjects) and all(
            self.number(m).unit == "pct" for m in self.numbers
        ):
            return "futures"
        own = self._part(n)
        number = self.number(n)
        level = number.unit != "pct" and number.value >= _LEAST_LEVEL
        if self._is_from(n) or (level and (self._is_threshold(n, own) or self._follows_from(n))):
            return "other"
        if level and not self.after and self._is_prior_level(n):
            return "earlier"
        last = self._chain_end(n)
        if last != n:
            return self.kind(last)
        period = self._period(n, own)
        if period:
            return period
        closed_here = any(t.has("closed") and not t.has("opened") for _, t in own)
        closed = closed_here or self._closed_before(n)
        if self._is_extreme(n, own, closed_here):
            return "intraday"
        opened = [m for m in self.held if self.tokens[m].has("opened")]
        other_day = any(t.has("yesterday", "earlier", "weekday") for _, t in own) and not any(
            t.has("today", "opened") for _, t in own
        )
        if (
            opened
            and not closed
            and not other_day
            and (min(opened) < n or self.parts[min(opened)] == self.parts[n])
        ):
            return "intraday"
        if any(t.has("opened") for _, t in own) and not closed_here:
            return "intraday"
        clock = any(t.has("clock", "time") for _, t in own)
        if clock and not closed_here:
            return "intraday"
        if (
            not closed
            and not self._says_other_day(own)
            and not (other_day and self.parts[n] != min(self.parts[m] for m in self.held))
        ):
            if self._clock_anywhere():
                return "intraday"
            if any(
                self.tokens[m].has("now")
                for m in self.held
                if m < n or self.parts[m] == self.parts[n]
            ):
                return "intraday"
            if self.under_way and not self._yesterday_anywhere():
                return "intraday"
        first = own[0][0]
        if (
            own[0][1].has("relative")
            and first
            and self.tokens[first - 1].has(",", "(")
            and any(t.has("earlier", "weekday", "yesterday") for _, t in own)
        ):
            return "earlier"
        return "session"

    def _chain_end(self, n: int) -> int:
        """The last of the changes that are said together: 93.50 points or 0.73 percent."""
        later = [m for m in self.numbers if m > n]
        if not later or (self.number(n).unit == "pct" and self.number(later[0]).unit == "pct"):
            return n
        between = self.tokens[n + 1 : later[0]]
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

    def _is_prior_level(self, n: int) -> bool:
        """Whether a level is where the index came from: from Thursday's close of 1,586.73."""
        for m in range(n - 1, max(-1, n - 7), -1):
            token = self.tokens[m]
            if token.has("from"):
                return True
            if (
                token.number is not None
                or self.parts[m] != self.parts[n]
                or (token.has("to", "by")
                and token.end - token.start > 1)
            ):
                return False
        return False

    def _follows_from(self, n: int) -> bool:
        """Whether a level is the high or low that a change before it is counted from."""
        earlier = [m for m in self.numbers if m < n]
        return bool(earlier) and any(self._is_from(m) for m in earlier)

    def _says_other_day(self, own: list[tuple[int, Token]]) -> bool:
        return any(t.has("yesterday", "earlier") for _, t in own)

    def _clock_anywhere(self) -> bool:
        return any(t.has("clock", "time") and not t.has("closed") for t in self.tokens)

    def _yesterday_anywhere(self) -> bool:
        return any(t.has("yesterday") for t in self.tokens)

    def _is_from(self, n: int) -> bool:
        """Whether a change is counted from a high or a low: 12.6% from its November high."""
        for m in range(n + 1, min(len(self.tokens), n + 9)):
            token = self.tokens[m]
            if token.number is not None or token.has("index", ",", ";"):
                return False
            if token.has("from", "threshold"):
                return any(t.has("record", "mark", "extreme") for t in self.tokens[m + 1 : m + 8])
        return False

    def _is_threshold(self, n: int, own: list[tuple[int, Token]]) -> bool:
        near = [t for m, t in own if n - 5 <= m < n]
        behind = [t for m, t in own if n < m <= n + 2]
        if any(t.has("mark") and not t.has("to") for t in behind):
            return True
        if (
            n > 1
            and self.tokens[n - 1].has("over", "under")
            and self.tokens[n - 2].has("up", "down")
        ):
            return False
        if any(t.has("threshold") and not t.has("up", "down", "to") for t in near[-3:]):
            return True
        if any(t.has("record") and not t.has("up", "down") for t in near[-3:]):
            verbs = any(t.has("up", "down", "closed") for m, t in own if m < n)
            to = any(t.has("to", "closed") for m, t in own if n - 9 <= m < n)
            return not (verbs and to) or any(t.has("about") for t in near)
        return False

    def _is_extreme(self, n: int, own: list[tuple[int, Token]], closed_here: bool) -> bool:
        places = [m for m, t in own if t.has("extreme")]
        if places:
            before = [m for m in places if m < n and n - m <= 12]
            if self.after:
                before = [m for m in places if abs(m - n) <= 14]
            if before and not closed_here:
                return True
        lead = [m for m, t in enumerate(self.tokens) if t.has("extreme") and self._is_lead(m)]
        return (
            bool(lead)
            and lead[0] < n
            and not closed_here
            and self.parts[n] - self.parts[lead[0]] <= 2
        )

    def _is_lead(self, n: int) -> bool:
        """Whether a word stands in a part of its own before all subjects: At its worst, …"""
        starts = [subject.start for claim in self.claims for subject in claim.subjects]
        if not starts or self.tokens[n].end > min(starts):
            return False
        part = [
            t
            for m, t in enumerate(self.tokens)
            if self.parts[m] == self.parts[n] and t.end <= min(starts)
        ]
        return not any(t.has("up", "down", "closed") for t in part)

    def _period(self, n: int, own: list[tuple[int, Token]]) -> str:
        found = [
            (abs(m - n), m, t)
            for m, t in own
            if t.has(*_PERIODS) and not t.has("today") and not self._is_since(m)
        ]
        inside = [(d, m, t) for d, m, t in found if not self._number_between(n, m)]
        if inside:
            token = min(inside)[2]
            return next(p for p in _PERIODS if token.has(p))
        lead = [
            (m, t)
            for m, t in enumerate(self.tokens)
            if t.has(*_PERIODS) and m < n and self._is_lead_period(m)
        ]
        if lead and not any(t.has("weekday", "today", "yesterday", "closed") for _, t in own):
            return next(p for p in _PERIODS if lead[-1][1].has(p))
        if self._is_cumulative(n):
            return "streak"
        return self._shared_period(n) or (
            self.lasting if not any(t.has("closed", "weekday", "today") for _, t in own) else ""
        )

    def _is_cumulative(self, n: int) -> bool:
        """Whether a change is that of several sessions together, told of before it."""
        if any(
            self.number(m).unit != "pct"
            and self.number(m).value >= 1000
            and self.tokens[m - 1].has("to")
            for m in self.numbers
        ):
            return False
        earlier = [m for m in self.claim.tokens if m < n and self.tokens[m].has("streak")]
        return bool(earlier) and not any(
            self.tokens[m].has("today", "weekday") for m in self.claim.tokens if m < n
        )

    def _is_since(self, m: int) -> bool:
        """Whether a period tells since when a level was not seen: lowest close in 11 years."""
        return any(t.has("record") for t in self.tokens[max(0, m - 5) : m]) and not self.tokens[
            m
        ].has("week", "month", "ytd")

    def _number_between(self, n: int, m: int) -> bool:
        low, high = sorted((n, m))
        return any(
            self.tokens[k].number is not None and self.number(k).unit == "pct"
            for k in range(low + 1, high)
        )

    def _is_lead_period(self, m: int) -> bool:
        if self._is_lead(m):
            return True
        part = self.parts[m]
        own = [k for k in range(len(self.tokens)) if self.parts[k] == part]
        # Na semana, o índice tem queda de 2,72%, no mês, há alta de 0,08%.
        if all(
            not self.tokens[k].has("up", "down", "closed", "index")
            and self.tokens[k].number is None
            for k in own
        ):
            return True
        # May was the best month since February: the S&P rose 2.1 percent.
        return any(self.tokens[k].has(":") for k in range(m, len(self.tokens))) and not any(
            self.tokens[k].number is not None or self.tokens[k].has("index") for k in range(m)
        )

    def _shared_period(self, n: int) -> str:
        """The period that another claim of the sentence names for all: rose 2% for the month, …"""
        if self.number(n).unit != "pct" or any(self.number(k).unit != "pct" for k in self.numbers):
            return ""
        own = {subject.key for subject in self.claim.subjects}
        for claim in self.claims:
            if claim is self.claim or own & {subject.key for subject in claim.subjects}:
                continue
            numbers = [k for k in numbers_in(claim, self.tokens)]
            words = [
                k
                for k in claim.tokens
                if self.tokens[k].has("week", "month", "ytd") and not self._is_since(k)
            ]
            if (
                words
                and numbers
                and all(self.number(k).unit in {"pct", "other", "money"} for k in numbers)
            ):
                if any(self.tokens[k].has("weekday", "today", "closed") for k in self.claim.tokens):
                    return ""
                return next(p for p in _PERIODS if self.tokens[words[0]].has(p))
        return ""

    # Which way.

    def direction(self, n: int) -> int | None:
        """Which way a number is told to go; None if it is not told."""
        number = self.number(n)
        if number.sign:
            return number.sign
        own = [
            m
            for m, t in self._part(n)
            if t.has("up", "down", "flat") and (m in self.held or self._is_leading(m))
        ]
        behind = [m for m in own if n < m <= n + 3]
        before = [m for m in own if m < n]
        if behind and self.after:
            return self._way(behind[0])
        if behind and self._is_adverb(self.tokens[behind[0]]) and behind[0] == n + 1:
            return self._way(behind[0])
        if before:
            return self._way(before[-1])
        held = [m for m in self.claim.tokens if self.tokens[m].has("up", "down", "flat")]
        earlier = [m for m in held if m < n]
        if self.after and behind:
            return self._way(behind[0])
        if earlier:
            return self._way(earlier[-1])
        later = [m for m in held if m > n]
        if later:
            return self._way(later[0])
        return self._inherited()

    def _is_leading(self, m: int) -> bool:
        starts = [subject.start for claim in self.claims for subject in claim.subjects]
        return bool(starts) and self.tokens[m].end <= min(starts) and self.claim is self.claims[0]

    def _inherited(self) -> int | None:
        """The way of the claim before, whose verb stands for this one too: and the Nasdaq 0.3%."""
        at = self.claims.index(self.claim)
        if any(self.tokens[m].has("closed", "opened", "now", "capital") for m in self.claim.tokens):
            return None
        for claim in reversed(self.claims[:at]):
            ways = [m for m in claim.tokens if self.tokens[m].has("up", "down")]
            if ways:
                return self._way(ways[0])
        return None

    def _way(self, n: int) -> int:
        token = self.tokens[n]
        return 1 if token.has("up") else -1 if token.has("down") else 0

    # The figure.

    def figure(self, group: list[_Role]) -> list[Found]:
        """The figures of a group of numbers: one, or one for each of several indices."""
        subjects = self.claim.subjects
        by_field: dict[str, list[int]] = {}
        for role in group:
            by_field.setdefault(role.field, []).append(role.at)
        found: list[Found] = []
        for which, subject in enumerate(subjects):
            if len(subjects) > 1 and not self._is_of(which, by_field):
                continue
            values = {
                field: places[which] if len(places) == len(subjects) else places[0]
                for field, places in by_field.items()
                if len(places) in {1, len(subjects)}
                and (len(places) > 1 or field != "close" or len(subjects) == 1)
            }
            if subject.weak:
                values = {field: at for field, at in values.items() if field == "change_pct"}
            made = self._made(subject, group[0].kind, values) if values else None
            if made and subject.unknown and (made.close is None or made.close < 100):
                continue
            if made and any(v is not None for v in (made.close, made.change_pts, made.change_pct)):
                found.append(made)
        return found

    def _is_of(self, which: int, by_field: dict[str, list[int]]) -> bool:
        """Whether numbers are of each of several indices, or of the last alone."""
        count = len(self.claim.subjects)
        if any(len(places) == count for places in by_field.values()) or self.claim.each:
            return True
        return (
            self.claim.tight and "close" not in by_field and "change_pts" not in by_field
        ) or which == count - 1

    def _made(self, subject: Subject, kind: str, values: dict[str, int]) -> Found:
        changes = [at for field, at in values.items() if field != "close"]
        ways = [way for at in changes if (way := self.direction(at)) is not None]
        direction = ways[0] if ways else None
        if direction is None and "close" in values and not changes:
            direction = self._level_way(values["close"])
        amounts: dict[str, Any] = {
            field: self._amount(field, at, direction) for field, at in values.items()
        }
        bound, of = "", ""
        for field in ("change_pct", "change_pts", "close"):
            if field in values and (said := self._bound(values[field])):
                bound, of = said, field
                break
        places = sorted(values.values())
        first = min([places[0], *[m for m in self.claim.tokens if m < places[0]][:1]])
        found = Found(
            subject, kind, direction=direction, bound=bound, bound_of=of,
            in_words=any(self.number(at).in_words for at in places),
            first=first, last=places[-1], day=self._day(places),
            **amounts,
        )  # fmt: skip
        return _sensible(found)

    def _level_way(self, n: int) -> int | None:
        held = [
            m
            for m in self.claim.tokens
            if self.tokens[m].has("up", "down", "flat")
            and (m < n or self.parts[m] == self.parts[n])
        ]
        return self._way(held[-1]) if held else None

    def _amount(self, field: str, at: int, direction: int | None) -> Decimal | None:
        number = self.number(at)
        if field == "close":
            return number.value
        way = number.sign or direction
        if way is None:
            return None
        if not number.value:
            return number.value
        return number.value * (way or 1) if way else None

    def _bound(self, n: int) -> str:
        """The bound of a number: over 5%, almost 180 points, 3% 넘게."""
        near = range(n - 1, max(-1, n - 3), -1)
        for m in near:
            token = self.tokens[m]
            for bound in ("over", "under", "about"):
                if token.has(bound) and not token.has("to") and self.parts[m] == self.parts[n]:
                    return bound
            if not token.has("common", "by", "punct"):
                break
        if n + 1 < len(self.tokens) and (
            self.after or self.tokens[n + 1].end - self.tokens[n + 1].start <= 2
        ):
            token = self.tokens[n + 1]
            if token.start - self.tokens[n].end <= 1 and not token.has("up", "down"):
                for bound in ("over", "under", "about"):
                    if token.has(bound) and not token.has("common"):
                        return bound
        return ""

    def _day(self, places: list[int]) -> int | None:
        parts = {self.parts[at] for at in places}
        named = [
            m for m, t in enumerate(self.tokens)
            if t.has("weekday", "date", "yesterday", "earlier") and (self.parts[m] in parts)
        ]  # fmt: skip
        if named:
            return named[0]
        dated = [
            m
            for m, t in enumerate(self.tokens)
            if t.has("date") and min(parts) - 2 <= self.parts[m] < min(parts)
        ]
        if dated and any(
            t.has("closed") for m, t in enumerate(self.tokens) if self.parts[m] in parts
        ):
            return dated[-1]
        held = [
            m
            for m in self.claim.tokens
            if self.tokens[m].has("weekday", "date", "yesterday") and m < places[0]
        ]
        if held:
            return held[-1]
        lead = [
            m
            for m, t in enumerate(self.tokens)
            if t.has("weekday", "date", "yesterday") and self._is_lead(m)
        ]
        return lead[0] if lead else None

    def without_numbers(self) -> list[Found]:
        """The way an index went, where it is told without a figure."""
        if any(self._counts(n) for n in self.numbers) or any(
            self.tokens[m].number is not None for m in self.claim.tokens
        ):
            return []
        ways = [m for m in self.claim.tokens if self.tokens[m].has("up", "down", "flat")]
        if not ways:
            return []
        at = ways[0]
        start = self.claim.subjects[0].start
        before = [
            self.tokens[m] for m in self.claim.tokens if m <= at and self.tokens[m].start > start
        ]
        if self.tokens[at].start < start:
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
                *_PERIODS,
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
                for t in self.tokens
            )
            or self.under_way
        ):
            return []
        return [
            Found(
                subject,
                "session",
                direction=self._way(at),
                first=self.claim.tokens[0],
                last=at,
                day=self._day([at]),
            )
            for subject in self.claim.subjects
            if not (subject.weak or subject.anaphoric)
        ]


def _sensible(found: Found) -> Found:
    """Drop what cannot be: a change larger than a third of the level, a level too small."""
    if found.close is not None and found.close < _LEAST_LEVEL:
        found = found._replace(close=None)
    if found.close is not None and found.change_pts is not None:
        if abs(found.change_pts) > found.close * _MOST_SHARE:
            found = found._replace(change_pts=None, doubt="the points do not fit the level")
    return found


_ADVERBS = frozenset([
    "higher", "lower", "up", "down", "off", "firmer", "weaker", "better", "ahead", "stronger", "softer", "worse", "easier",
    "höher", "tiefer", "fester", "schwächer", "niedriger", "leichter", "im plus", "im minus", "plus", "minus", "en hausse", "en baisse",
    "arriba", "abajo", "高", "安", "in the red", "in the green", "in rialzo", "in ribasso", "in calo",
    "nach oben", "nach unten", "zu", "nach", "gains", "gain", "loss", "decline", "rise", "fall", "drop", "advance", "slide", "to the good",
])  # fmt: skip
