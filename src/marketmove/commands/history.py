"""`marketmove history`: the moves of many sessions, tidy, for scripts; here or in an engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.closes.find import Spec, When, find_closes_of
from marketmove.config import Config
from marketmove.engines.request import EngineHistory, EngineRequest
from marketmove.errors import BadFiguresError
from marketmove.market.groups import Group
from marketmove.reports.records import HistoryReport
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    from marketmove.frame import Frame
    from marketmove.moves.measure import HistoryBlocks


# Rows that are worked out at a time: enough for numpy, and little beside the closes of large files.
BLOCK_ROWS = 50_000


class HistoryRequest(NamedTuple):
    """What was asked: the sessions from ``first`` to ``last``, the files, the indices.

    ``first`` is None for the year of ``last`` to date.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    dates that they hold, the bundled samples. With ``shut_days``, dates on which an index had no
    session and another one had are rows too. With ``in_currency`` moves are in that one
    too; with ``context`` each is held against those before it. ``block_rows`` are worked out at a
    time.
    """

    first: dt.date | None
    last: When
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    strict: bool = False
    shut_days: bool = False
    periods: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    now: dt.datetime | None = None
    in_currency: str = ""
    context: bool = False
    block_rows: int = BLOCK_ROWS


def _range(first: dt.date | None, to: When, latest: dt.date | None) -> tuple[dt.date, dt.date]:
    """The first and the last date, where one depends on the latest close."""
    last = to if to != "latest" else latest or first or dt.date.min
    if first is None:
        first = last.replace(month=1, day=1)
    return first, max(first, last)


def history(request: HistoryRequest) -> HistoryReport:
    """Work out the moves of a range: find the closes, read them, compute, say what is odd.

    Raises ``WrongUsageError`` if no closes are named, or an index or a group is not known;
    ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if files cannot be
    read or, when that is wanted strictly, rows of them cannot be used; ``NoSessionError`` if no
    chosen index has a close in the range.
    """
    config, first, to = request.config, request.first, request.last
    if first is None and to != "latest":
        first = to.replace(month=1, day=1)
    dates = (to,) if first is None else (first, to)
    files = find_closes_of(request.levels, config.closes, *dates)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts
    from marketmove.closes.read import completed_sessions, keep_for_range, read_closes
    from marketmove.market.choose import volatility_indices
    from marketmove.market.currencies import currencies
    from marketmove.moves import measure
    from marketmove.moves.currency import find_rates, one_currency
    from marketmove.moves.rows import BadRows
    from marketmove.moves.tally import Tally
    from marketmove.rarity.many_sessions import close_contexts
    from marketmove.wording.calendar_notes import provisional
    from marketmove.wording.currency import rate_warnings, rows_notes
    from marketmove.wording.many_sessions import empty_notes_of_many, warnings_of_many
    from marketmove.wording.no_sessions import no_close_within
    from marketmove.wording.remarks import kinds, reading_notes

    needs_all = bool(request.in_currency) or request.context
    keep = keep_for_range(first, to, request.periods) if first and not needs_all else None
    known = read_closes(
        files.sources, request.reading, config.closes, request.chosen, keep, request.groups
    )
    rates = None
    if request.in_currency or config.fx:
        rates = find_rates(known.levels, currencies(), config.fx)
    if rates and not (request.chosen or request.groups):
        known = known.without(rates.names)
    levels = known.levels
    first, last = _range(first, to, levels.latest(known.symbols))
    within = measure.Range(first, last, request.periods, request.shut_days)
    volatility = volatility_indices(config.groups, known.symbols)
    doubts = find_doubts(known, volatility, request.now)
    completed = completed_sessions(known, request.now)
    measured = measure.history_blocks(
        levels, known.symbols, known.calendars, within, doubts, completed, request.block_rows
    )
    bad = BadRows(levels.faults, sorted(known.symbols), request.periods, (first, last))
    steps: list[Callable[[Frame], Frame]] = [bad.without]
    if rates and request.in_currency:
        one = one_currency(request.in_currency, rates, config.registry, known.symbols, volatility)
        steps.append(lambda rows: one.rows(rows, request.periods))
    if request.context:
        steps.append(close_contexts(known, doubts).beside)
    blocks = _worked_out(measured, steps)
    tally = Tally(request.periods, in_currency=bool(rates and request.in_currency))
    tally.count(blocks(), measured.number, config.closes.progress)
    touching, elsewhere, undated = bad.sorted()
    if touching and (request.strict or undated or not tally.closes):
        raise BadFiguresError(touching + elsewhere)
    if request.strict and elsewhere:
        raise BadFiguresError(elsewhere)
    if not tally.closes:
        raise no_close_within(first, last, levels.sessions(known.symbols))
    return HistoryReport(
        first=first,
        last=last,
        source=files.name,
        bundled=files.bundled,
        blocks=blocks,
        symbols=tuple(sorted(tally.begins)),
        sessions=tally.sessions,
        statuses=tally.statuses,
        periods=request.periods,
        unusable=tuple(touching),
        warnings=(
            *files.warnings,
            *(rate_warnings(rates) if rates else ()),
            *warnings_of_many(tally, known, elsewhere, doubts, within),
        ),
        in_currency=request.in_currency,
        context=request.context,
        notes=(
            *files.notes,
            *(rows_notes(request.in_currency, tally.rates, rates) if rates and tally.rates else ()),
            *reading_notes(levels),
            *empty_notes_of_many(tally, request.periods),
            *kinds([symbol for symbol in known.symbols if symbol in tally.moved], config.registry),
            *provisional(((symbol, last) for symbol in known.symbols), known.calendars),
        ),
    )


def _worked_out(
    measured: HistoryBlocks, steps: Sequence[Callable[[Frame], Frame]]
) -> Callable[[], Iterator[Frame]]:
    """Blocks after each of some steps, anew each time; a single one is kept."""

    def blocks() -> Iterator[Frame]:
        for rows in measured.each():
            for step in steps:
                rows = step(rows)
            yield rows

    return blocks if measured.number > 1 else [*blocks()].__iter__


def history_in_engine(request: EngineRequest) -> EngineHistory:
    """Let an engine work out the moves of a range where the rows are; errors as it has them."""
    from marketmove.engines.history import engine_history

    return engine_history(request)
