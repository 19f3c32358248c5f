"""Short English names of the days on which an exchange is shut or ends early."""

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(days=7)
REMARK = re.compile(r"\s*\([^)]*\)| Joint Holiday$| extra (Mon|Fri)day$|^Alternative holiday for ")
NAMELESS = re.compile(r"day off|substitute|bridge|^additional|^special non-working", re.IGNORECASE)


def _renamed() -> dict[str, str]:
    """Our words for names that are long, foreign or old, from names.csv."""
    with Path(__file__).with_name("names.csv").open(encoding="utf-8", newline="") as file:
        return {line["name"]: line["ours"] for line in csv.DictReader(file)}


RENAMED = _renamed()


def short(raw: str, exchange: str = "") -> str:
    """A package's name for a day, without its remarks, in our words; empty if it says nothing.

    What a name means on one exchange only stands in names.csv behind the exchange's code.
    """
    raw = RENAMED.get(f"{exchange} {raw}", raw)
    names = [_one(part) for part in RENAMED.get(raw, raw).split("; ")]
    return " and ".join(dict.fromkeys(name for name in names if name))


def _one(raw: str) -> str:
    name = REMARK.sub("", raw).strip()
    name = RENAMED.get(name, name)
    return "" if NAMELESS.search(name) else name


def name_closed(
    shut: Collection[dt.date], names: Mapping[dt.date, str], whole_runs: bool
) -> dict[dt.date, str]:
    """The names of shut days; a nameless one takes the nearest in the run of shut days it is in.

    So the Monday after a holiday on a Sunday, and the days that complete a week off, are named.
    With `whole_runs` a whole run has one name: the one that most of its days have.
    """
    found: dict[dt.date, str] = {}
    for run in _runs(shut):
        known = [day for day in run if day in names]
        if not known:
            continue
        usual, _ = Counter(names[day] for day in known).most_common(1)[0]
        for day in run:
            found[day] = usual if whole_runs else names[_nearest(day, known)]
    return found


def _nearest(day: dt.date, others: Collection[dt.date]) -> dt.date:
    """The nearest of some days, the earlier of two as near."""
    return min(others, key=lambda other: (abs(day - other), other))


def _runs(days: Collection[dt.date]) -> Iterator[list[dt.date]]:
    """Days in a row."""
    run: list[dt.date] = []
    for day in sorted(days):
        if run and day - run[-1] > ONE_DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def name_short(day: dt.date, closed: Mapping[dt.date, str], kinds: Mapping[dt.date, str]) -> str:
    """The name of a short session without one: the eve of a holiday, or a weekday always short."""
    if closed.get(day + ONE_DAY):
        eve = f"Eve of {closed[day + ONE_DAY]}"
        return RENAMED.get(eve, eve)
    beside = (kinds.get(day - ONE_WEEK), kinds.get(day + ONE_WEEK))
    return f"{day:%A}" if "half" in beside else ""
