"""`marketmove pair`: one spread through time, and how rare the latest is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.closes.find import Spec, When, find_closes_of
from marketmove.config import Config
from marketmove.errors import BadFiguresError, NoSessionError, Problem, WrongUsageError, by_place
from marketmove.reports.records import PairReport
from marketmove.sources import Fault, ReadOptions

if TYPE_CHECKING:
    from marketmove.closes.levels import Levels
    from marketmove.moves.currency import OneCurrency


class PairRequest(NamedTuple):
    """What was asked: two indices as typed, the range, the files.

    ``since`` and ``until`` are None for as far as the data goes, ``window`` for the usual one.
    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    dates that they hold, the bundled samples. With ``in_currency`` moves and closes are in it.
    """

    one: str
    other: str
    since: dt.date | None
    until: When | None
    levels: tuple[Spec, ...]
    reading: ReadOptions
    config: Config
    window: int | None = None
    strict: bool = False
    now: dt.datetime | None = None
    in_currency: str = ""

    @property
    def last(self) -> dt.date | None:
        """The last date that counts; None for the last there is."""
        return None if self.until == "latest" else self.until


def pair(request: PairRequest) -> PairReport:
    """Work out one pair: find the closes, read them, compare the moves, say what is odd.

    Raises ``WrongUsageError`` if no closes are named, an index is not known, or the two are the
    same; ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if files
    cannot be read, or rows that the figures may rest on cannot be used; ``NoSessionError`` if the
    two have no common session in the range.
    """
    config, last = request.config, request.last
    dates: list[When] = [date for date in (request.since, request.until) if date] or ["latest"]
    files = find_closes_of(request.levels, config.closes, *dates)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts, sound_levels
    from marketmove.closes.read import read_closes
    from marketmove.market.choose import volatility_indices
    from marketmove.moves import measure
    from marketmove.moves.rows import of_days_or_doubtful, read_moves
    from marketmove.moves.tally import RatesUsed, Tally
    from marketmove.rarity.index_history import WINDOW
    from marketmove.rarity.pair import between, common, pair_summary, rested_on
    from marketmove.wording import remarks
    from marketmove.wording.calendar_notes import provisional
    from marketmove.wording.comparisons import few_common_sessions
    from marketmove.wording.currency import no_common_rate, rate_warnings, rows_notes
    from marketmove.wording.many_sessions import warnings_of_many
    from marketmove.wording.no_sessions import no_common_session, no_sound_close

    window = request.window or WINDOW
    known = read_closes(files.sources, request.reading, config.closes, (request.one, request.other))
    levels, symbols = known.levels, known.symbols
    if len(symbols) > 2:
        text = f"a pair is of two indices, and {', '.join(symbols)} are {len(symbols)}"
        raise WrongUsageError.at(None, text)
    if len(symbols) == 1:
        text = f"{request.one} and {request.other} are the same index; name two"
        raise WrongUsageError.at(None, text)
    touching, elsewhere = _parted(levels.faults, symbols, last)
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    if known.absent:
        raise NoSessionError([Problem(None, remark.text) for remark in known.absent])
    doubts = find_doubts(known, volatility_indices(config.groups, symbols), request.now)
    own = measure.series(sound_levels(doubts, dict.fromkeys(symbols, last)), symbols)
    if lacking := [symbol for symbol in symbols if symbol not in own]:
        raise no_sound_close(lacking)
    one, other = symbols
    money = _one_currency(request, levels, symbols) if request.in_currency else None
    compared = own if money is None else money.series(own)
    sessions = common(compared[one], compared[other], config.floor_pct, window)
    if money is not None:
        sessions = money.beside(sessions, one, other, own)
    shown = between(sessions, request.since, last)
    if not len(shown) and money is not None:
        raise NoSessionError([Problem(None, text) for text in no_common_rate(money, symbols)])
    if not len(shown):
        raise no_common_session(own, sessions["session"].tolist(), request.since, last)
    summary = pair_summary(sessions, shown, window)
    days = rested_on(sessions, shown, window)["session"]
    # What is doubtful may stand before and after the sessions that are left.
    first_close, *_ = levels.sessions(symbols)
    within = measure.Range(
        min(days[0].item(), request.since or first_close),
        levels.latest(symbols, last or dt.date.max) or summary.span.last,
    )
    rows = measure.history(levels, symbols, known.calendars, within, doubts)
    used = RatesUsed()
    if money:
        used.add(money.rows(rows, ()))
    rows = of_days_or_doubtful(rows, days)
    latest = read_moves(measure.moves_at(levels, dict.fromkeys(symbols, summary.span.last)))
    return PairReport(
        one=config.registry.resolve(one),
        other=config.registry.resolve(other),
        first=summary.span.first,
        last=summary.span.last,
        source=files.name,
        bundled=files.bundled,
        frame=shown,
        summary=summary,
        window=window,
        floor_pct=config.floor_pct,
        warnings=(
            *files.warnings,
            *(rate_warnings(money.rates) if money else ()),
            *warnings_of_many(
                Tally.of(rows), known, elsewhere, doubts, within, what="this pair does"
            ),
        ),
        in_currency=request.in_currency,
        notes=(
            *files.notes,
            *(rows_notes(money.to, used, money.rates) if money else ()),
            *remarks.reading_notes(levels),
            *few_common_sessions(summary),
            *remarks.hours_apart(latest, known),
            *remarks.kinds(symbols, config.registry),
            *provisional(((symbol, summary.span.last) for symbol in symbols), known.calendars),
        ),
    )


def _one_currency(request: PairRequest, levels: Levels, symbols: Sequence[str]) -> OneCurrency:
    """What puts the two into one currency; refused where one of them has none."""
    from marketmove.market.choose import volatility_indices
    from marketmove.market.currencies import currencies
    from marketmove.moves.currency import find_rates, one_currency

    config = request.config
    rates = find_rates(levels, currencies(), config.fx)
    volatility = volatility_indices(config.groups, symbols)
    money = one_currency(request.in_currency, rates, config.registry, symbols, volatility)
    for symbol in symbols:
        if symbol in volatility or symbol not in money.currencies:
            why = "is not a sum of money" if symbol in volatility else "has no known currency"
            raise WrongUsageError.at(None, f"--in {request.in_currency}: {symbol} {why}")
    return money


def _parted(
    faults: Sequence[Fault], symbols: Sequence[str], last: dt.date | None
) -> tuple[list[Problem], list[Problem]]:
    """The rows that cannot be used: such as may be of the pair, and others."""
    touching: list[Problem] = []
    elsewhere: list[Problem] = []
    for fault in faults:
        own = fault.symbol is None or fault.symbol in symbols
        before = fault.session is None or last is None or fault.session <= last
        (touching if own and before else elsewhere).append(fault.problem)
    return sorted(touching, key=by_place), sorted(elsewhere, key=by_place)
