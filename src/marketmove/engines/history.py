"""A history in an engine: the check, the text, and the folder that it writes, step by step."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from marketmove.atomic import whole_folder
from marketmove.closes.read import exchanges_of
from marketmove.engines import check, text
from marketmove.engines.engine import Engine, Opened
from marketmove.engines.in_duckdb import open_duckdb
from marketmove.engines.in_spark import is_url, open_spark
from marketmove.engines.request import EngineHistory, EngineRequest
from marketmove.engines.tables import (
    Exchanges,
    Table,
    dates_table,
    days_table,
    exact_table,
    indices_table,
    local_date,
    names_table,
)
from marketmove.errors import (
    BadFiguresError,
    NoSessionError,
    Place,
    Remark,
    UnreadableFileError,
    listed,
)
from marketmove.market.choose import choose, volatility_indices
from marketmove.moves.changes import changes

# More spellings of known indices than these are no table of index levels.
_MOST_SPELLINGS = 100_000
# So many changes of too many digits are worked out as fractions, one by one.
_MOST_LONG = 100_000
_MOST_NAMED = 12


class _Chosen(NamedTuple):
    """The indices wanted among those that the data has and the registry knows."""

    names: Mapping[str, str]
    present: Sequence[str]
    chosen: Sequence[str]
    absent: Sequence[Remark]


def engine_history(request: EngineRequest) -> EngineHistory:
    """Work out a history where the rows are, and write it whole or not at all.

    Raises
    ------
    WrongUsageError
        If the engine is not installed, or an index is not known.
    UnrecognisedFileError, BadFiguresError
        If the table has other columns, or rows that cannot be used.
    NoSessionError
        If no chosen index has a close in the range.
    OutputError
        If the folder is there already, or cannot be written.
    """
    place = request.levels
    if not is_url(place) and not Path(place).exists():
        raise UnreadableFileError.at(Place(place), "no such file or folder")
    # An engine finds by itself what is at a URL.
    files = [place] if is_url(place) else check.table_files(place)
    with _written(request.output) as written, _opened(request, written) as engine:
        check.refuse_types(engine.read(place, files), place)
        chosen = _choose(engine, request)
        engine.add(names_table(chosen.names))
        begins, ends = _reach(engine, place)
        known, tables = _known(request, chosen, begins, ends)
        for table in tables:
            engine.add(table)
        only_chosen = bool(request.chosen or request.groups)
        counts = [check.DateCount(*row) for row in engine.rows(text.check_text(only_chosen))]
        check.refuse_rows(engine, counts, place)
        registry = request.settings.registry
        check.refuse_rebased(engine, map(registry.resolve, chosen.present), place)
        check.refuse_noise(engine, counts, place)
        first, last = _range(request, counts)
        engine.add(dates_table("repeats", "repeated_on", _repeats(counts)))
        fractions = _fractions(engine, counts, place)
        engine.add(exact_table(fractions))
        if request.shut_days:
            engine.add(dates_table("shown", "date", _shown(counts, known, (first, last))))
        asked = text.Asked(
            first, last, local_date(request.now, None), only_chosen, request.shut_days
        )
        engine.write(text.moves_text(asked), written)
        found = engine.count(written, "status, doubt")
    statuses: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    for status, doubt, number in found:
        statuses[status] += number
        doubts[doubt or ""] += number
    del doubts[""]
    return EngineHistory(
        engine=request.engine,
        source=request.levels,
        output=request.output,
        first=first,
        last=last,
        statuses=statuses,
        doubts=doubts,
        ghosts=sum(count.ghosts for count in counts),
        fractions=len(fractions),
        absent=chosen.absent,
    )


def _opened(request: EngineRequest, written: str) -> Opened:
    if request.engine == "duckdb":
        return open_duckdb(Path(written).with_name("spill"))
    return open_spark(request.master)


@contextlib.contextmanager
def _written(output: str) -> Iterator[str]:
    """Give where to write; at the end it takes its place, or is gone. A URL is written as it is."""
    if is_url(output):
        yield output
        return
    with whole_folder(Path(output)) as folder:
        yield str(folder)


def _choose(engine: Engine, request: EngineRequest) -> _Chosen:
    """Find the indices wanted, under the names that the table has for them."""
    registry = request.settings.registry
    names = {
        name
        for index in registry.indices.values()
        for name in (index.symbol, index.name, *index.aliases)
    }
    names |= {*request.chosen, *(symbol for group in request.groups for symbol in group.symbols)}
    keys = sorted({" ".join(name.lower().replace("_", " ").split()) for name in names})
    engine.add(Table("keys", {"key": "STRING"}, [(key,) for key in keys]))
    written = [str(row[0]) for row in engine.rows(text.spellings_text(_MOST_SPELLINGS + 1))]
    if len(written) > _MOST_SPELLINGS:
        what = f"over {_MOST_SPELLINGS:,} symbols that no index has, with signs that are no ASCII"
        raise BadFiguresError.at(Place(request.levels), what)
    check.refuse_shared(
        engine, {name: i for name in written if (i := registry.find(name))}, request.levels
    )
    # What has blanks around it is refused, and is not taken for what it would be without.
    symbols = {name: registry.resolve(name).symbol for name in written if name == name.strip()}
    known = list(dict.fromkeys(symbols.values()))
    present = [symbol for symbol in known if registry.find(symbol)]
    if not (request.chosen or request.groups):
        return _Chosen(symbols, present, present, [])
    wanted, absent = choose(request.chosen, known, registry, request.groups)
    if not {*wanted} & {*known}:
        have = "has no close" if len(wanted) == 1 else "have no close"
        raise NoSessionError.at(None, f"{listed(wanted, _MOST_NAMED)} {have} in the data")
    return _Chosen(symbols, list(dict.fromkeys((*present, *wanted))), wanted, absent)


def _reach(engine: Engine, place: str) -> tuple[dt.date, dt.date]:
    """The first and the last date of the table."""
    ((first, last),) = engine.rows("SELECT min(date), max(date) FROM levels")
    if first is None:
        raise BadFiguresError.at(Place(place), "no close in it")
    return first, last


def _known(
    request: EngineRequest, chosen: _Chosen, begins: dt.date, ends: dt.date
) -> tuple[Exchanges, list[Table]]:
    """The tables of what is known of the indices, and of the dates that are looked at."""
    settings = request.settings
    # A close of an index that was not asked for is judged by no calendar.
    known = Exchanges(*exchanges_of(chosen.chosen, settings))
    volatile = volatility_indices(request.volatility, chosen.present)
    last = ends if request.last == "latest" else max(ends, request.last)
    first = begins if request.first is None else min(begins, request.first)
    return known, [
        indices_table(
            chosen.present, {*chosen.chosen}, settings.registry, known, volatile, request.now
        ),
        days_table(known.calendars.values(), first, last),
    ]


def _range(request: EngineRequest, counts: Sequence[check.DateCount]) -> tuple[dt.date, dt.date]:
    """The first and the last date, where one depends on the latest close."""
    have = sorted(count.date for count in counts if count.closes and count.date)
    latest = have[-1]
    last = latest if request.last == "latest" else request.last
    first = last.replace(month=1, day=1) if request.first is None else request.first
    last = max(first, last)
    if not any(first <= day <= last for day in have):
        text_ = f"no close from {first} to {last}; the closes are from {have[0]} to {latest}"
        raise NoSessionError.at(None, text_)
    return first, last


def _repeats(counts: Sequence[check.DateCount]) -> list[dt.date]:
    """The dates on which most closes are those of the row before: carried forward together."""
    return [
        count.date
        for count in counts
        if count.date and count.repeated > 1 and count.repeated * 2 > count.followed
    ]


def _shown(
    counts: Sequence[check.DateCount], known: Exchanges, within: tuple[dt.date, dt.date]
) -> list[dt.date]:
    """The dates on which any index wanted had a close or a session."""
    first, last = within
    dates = {count.date for count in counts if count.date and count.closes}
    for calendar in known.calendars.values():
        sessions = calendar.sessions
        inside = (sessions >= np.datetime64(first)) & (sessions <= np.datetime64(last))
        dates |= {*sessions[inside].tolist()}
    return sorted(dates)


def _fractions(
    engine: Engine, counts: Sequence[check.DateCount], place: str
) -> list[tuple[float, float, float, float]]:
    """The changes between levels of too many digits for whole numbers of 53 bits, exact."""
    number = sum(count.long for count in counts)
    if not number:
        return []
    pairs = engine.rows(text.long_text(_MOST_LONG + 1))
    if len(pairs) > _MOST_LONG:
        what = (
            f"{number:,} changes are between levels of more than 8 decimals, or so many digits"
            f" that no engine is exact; at most {_MOST_LONG:,} are worked out one by one"
        )
        raise BadFiguresError.at(Place(place), what)
    close, prior = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    columns = (close, prior, *changes(close, prior))
    return list(zip(*(column.tolist() for column in columns), strict=True))
