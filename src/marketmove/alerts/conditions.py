"""Conditions for alerts, as they are typed or configured: of which index or pair, and what of it.

``HSI: 3`` is a move of at least 3 % either way, ``HSI: -3`` a fall; ``HSI-N225: 4pp`` a spread;
``HSI: p95``, ``any pair: p99`` a percentile; then ``HSI: streak 5``, ``any: record``,
``HSI: missing``; ``HSI: week -5`` is a fall over a period,
``HSI: 52w low`` the lowest close of 52 weeks, ``HSI: drawdown 20`` so far below the highest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from marketmove import yamltext
from marketmove.errors import Place, Problem, WrongUsageError
from marketmove.market.indices import Registry
from marketmove.market.periods import period_name

ConditionKind = Literal[
    "move", "spread", "percentile", "streak", "record", "missing", "year", "drawdown"
]

_ANY, _ANY_PAIR = "any", "any pair"
_NUMBER = r"([+-]?)([0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})"
_SIZE = re.compile(rf"{_NUMBER}\s*(%|pct|percent|pp)?")
_PERCENTILE = re.compile(r"p([0-9]{1,3}(?:\.[0-9]{1,6})?)")
_STREAK = re.compile(r"streak\s+([+-]?)([0-9]{1,6})")
_YEAR = re.compile(r"52w(?:\s+(high|low))?")
_DRAWDOWN = re.compile(r"drawdown\s+([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(?:%|pct|percent)?")
_RECORD = re.compile(r"record(?:\s+(high|low))?")
_PERIOD = re.compile(rf"(since:\S+|[a-z0-9]+)\s+({_NUMBER})\s*(%|pct|percent)?")
# The colon of a period since a date is no end of what a condition is about.
_SINCE = re.compile(r"(.*?)\s*:\s*(since:.*)", re.IGNORECASE)
_WAYS = {"": 0, None: 0, "+": 1, "high": 1, "-": -1, "low": -1}
_TARGETS = "an index, any, a pair such as HSI-N225, or any pair"
_OF_INDEX = (
    "a move such as 3 or -3%, a percentile such as p99, streak 5, record, 52w low,"
    " drawdown 20, missing, or a move of a period such as week -5"
)
_OF_PAIR = "a spread such as 4pp, or a percentile such as p99"


class Condition(NamedTuple):
    """What an alert is for.

    ``symbols`` are the index, or the two of a pair, as written; empty for any. ``amount`` is what
    has to be reached: percent of a move, percentage points of a spread, a percentile, or sessions
    of a streak, with so many ``places`` as written. ``way`` is 1 for upward alone, -1 for
    downward, 0 for either. ``period`` is that of a move; empty for the session. ``asked`` tells
    that it was typed; ``place`` where it was configured.
    """

    text: str
    kind: ConditionKind
    pair: bool = False
    symbols: tuple[str, ...] = ()
    amount: float = 0.0
    places: int = 0
    way: int = 0
    asked: bool = False
    place: Place | None = None
    period: str = ""

    @property
    def needs_past(self) -> bool:
        """Tell whether it is about how rare things are, which needs the closes of before."""
        return self.kind in {"percentile", "streak", "record", "year", "drawdown"}


def parse_conditions(texts: Iterable[str], registry: Registry) -> tuple[Condition, ...]:
    """Read conditions as typed, each once."""
    found: dict[str, Condition] = {}
    problems = []
    for text in texts:
        try:
            condition = parse_condition(text, registry)._replace(asked=True)
            found.setdefault(condition.text, condition)
        except ValueError as error:
            problems.append(Problem(None, f"--alert {error}"))
    if problems:
        raise WrongUsageError(problems)
    return tuple(found.values())


def parse_alerts(
    value: yamltext.Value, label: str, registry: Registry
) -> tuple[tuple[Condition, ...], list[Problem]]:
    """Read ``alerts:`` of a configuration, and give the conditions and every problem found."""
    if not isinstance(value, yamltext.Mapping):
        text = "alerts: expected conditions by index or pair, such as HSI: 3, not a list"
        return (), [Problem(Place(label, value.line), text)]
    found: dict[str, Condition] = {}
    problems = []
    for target, tests in value.items.items():
        line = value.lines[target]
        for test in tests.items if isinstance(tests, yamltext.Sequence) else (tests,):
            place = Place(label, test.line if isinstance(tests, yamltext.Sequence) else line)
            try:
                if not isinstance(test, yamltext.Scalar):
                    raise ValueError(f"{target}: expected one condition or a list of them")  # noqa: TRY004
                condition = parse_condition(f"{target}: {test.text}", registry)
                found.setdefault(condition.text, condition._replace(place=place))
            except ValueError as error:
                problems.append(Problem(place, f"alerts: {error}"))
    return tuple(found.values()), problems


def parse_condition(text: str, registry: Registry) -> Condition:
    """Read one condition; what stands behind the last colon is what is asked of what is before.

    Raises ``ValueError`` if it is none; the message says what was expected.

    >>> from marketmove.market.indices import Registry
    >>> parse_condition("any pair: p99", Registry.of([]))[:5]
    ('any pair: p99', 'percentile', True, (), 99.0)
    >>> parse_condition("HSI 3", Registry.of([]))
    Traceback (most recent call last):
        ...
    ValueError: "HSI 3": no colon; expected a condition such as HSI: 3 or HSI-N225: 4pp
    """
    written = " ".join(text.replace("−", "-").split())
    since = _SINCE.fullmatch(written)
    parts = (since[1], ":", since[2]) if since else written.rpartition(":")
    target, colon, test = (part.strip() for part in parts)
    if not colon:
        raise ValueError(
            f'"{written}": no colon; expected a condition such as HSI: 3 or HSI-N225: 4pp'
        )
    if not target:
        raise ValueError(f'"{written}": nothing before the colon; expected {_TARGETS}')
    read = _parse_test(f"{target}: {test}", test.casefold())
    if target.casefold() in {_ANY, _ANY_PAIR}:
        symbols: tuple[str, ...] = ()
        pair = target.casefold() == _ANY_PAIR
    else:
        symbols = _split_target(target, read, registry)
        pair = len(symbols) > 1
    _refuse_unfit(read, pair, symbols)
    return read._replace(pair=pair, symbols=symbols)


def _parse_test(text: str, test: str) -> Condition:
    """The condition without its target; a spread is marked by its unit only."""
    if match := _SIZE.fullmatch(test):
        sign, number, unit = match.groups()
        if not float(number):
            raise ValueError(f'"{text}": a size of zero is always met; expected one above zero')
        places = len(number.partition(".")[2])
        kind: ConditionKind = "spread" if unit == "pp" else "move"
        return Condition(text, kind, amount=float(number), places=places, way=_WAYS[sign])
    if (match := _PERIOD.fullmatch(test)) and (found := _period(match[1])) is not None:
        size = _parse_test(text, match[2])
        return size._replace(period="" if found == "day" else found)
    if found_rare := _parse_rare(text, test):
        return found_rare
    raise ValueError(f'"{text}": expected {_OF_INDEX}; or of a pair {_OF_PAIR}')


def _parse_rare(text: str, test: str) -> Condition | None:
    """The same of what is held against the past, or missing."""
    if match := _PERCENTILE.fullmatch(test):
        if not 0 < float(match[1]) <= 100:
            raise ValueError(f'"{text}": a percentile is above 0 and at most 100, such as p99')
        places = len(match[1].partition(".")[2])
        return Condition(text, "percentile", amount=float(match[1]), places=places)
    if match := _STREAK.fullmatch(test):
        if int(match[2]) < 2:
            raise ValueError(f'"{text}": a streak is of 2 sessions or more, such as streak 5')
        return Condition(text, "streak", amount=float(match[2]), way=_WAYS[match[1]])
    if match := _RECORD.fullmatch(test):
        return Condition(text, "record", way=_WAYS[match[1]])
    if match := _YEAR.fullmatch(test):
        return Condition(text, "year", way=_WAYS[match[1]])
    if match := _DRAWDOWN.fullmatch(test):
        if not 0 < float(match[1]) < 100:
            raise ValueError(f'"{text}": a drawdown is above 0 and below 100, such as drawdown 20')
        places = len(match[1].partition(".")[2])
        return Condition(text, "drawdown", amount=float(match[1]), places=places)
    if test == "missing":
        return Condition(text, "missing")
    return None


def _period(text: str) -> str | None:
    try:
        return period_name(text)
    except WrongUsageError:
        return None


def _split_target(target: str, read: Condition, registry: Registry) -> tuple[str, ...]:
    """The index, or the two of a pair, that a text names; names may have hyphens and colons."""
    if registry.find(target):
        return (target,)
    ways = [
        (target[:at].strip(), target[at + 1 :].strip())
        for at, sign in enumerate(target)
        if sign in "-:"
    ]
    ways = [way for way in ways if all(way)]
    known = [way for way in ways if all(map(registry.find, way))]
    # Where the registry knows neither an index nor a pair, what is asked of it tells which it is.
    wanted = known or (ways if read.kind in {"spread", "percentile"} else [])
    if not wanted:
        return (target,)
    if len(wanted) > 1:
        raise ValueError(f'"{read.text}": {target} can be read in several ways; use symbols')
    return wanted[0]


def _refuse_unfit(read: Condition, pair: bool, symbols: tuple[str, ...]) -> None:
    if not pair:
        if read.kind == "spread":
            raise ValueError(
                f'"{read.text}": pp is the unit of a spread of two indices; expected {_OF_INDEX}'
            )
        return
    if read.kind not in {"spread", "percentile"} or read.period:
        raise ValueError(f'"{read.text}": expected {_OF_PAIR}')
    if read.way and not symbols:
        raise ValueError(f'"{read.text}": any pair has no direction; leave the sign out')
