"""`marketmove chart`: a session, many sessions, a pair, or lines of some indices, drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from marketmove.closes.find import Spec, When, find_closes_of
from marketmove.commands.history import HistoryRequest, history
from marketmove.commands.pair import PairRequest, pair
from marketmove.commands.session import SessionRequest, session
from marketmove.config import Config
from marketmove.errors import BadFiguresError, NoSessionError, Problem, Remark, by_place
from marketmove.market.groups import Group
from marketmove.render import RenderOptions
from marketmove.reports.records import LinesReport, SessionReport
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    from marketmove.closes.levels import Levels
    from marketmove.moves.measure import Series
    from marketmove.render.pictures.style import Drawing, PictureWords


class Chart(NamedTuple):
    """A chart that is worked out: its warnings, and what draws it as text or for a picture.

    One of the two is called; what draws for a picture needs matplotlib.
    """

    warnings: Sequence[Remark]
    unusable: Sequence[Problem]
    text: Callable[[], str]
    drawing: Callable[[], Drawing]


def session_chart(request: SessionRequest, look: RenderOptions, words: PictureWords) -> Chart:
    """Work out one session, to be drawn as bars; raises what ``session`` does.

    The bars are of the first of its periods, if there are any.
    """
    report = session(request)
    if request.periods:
        report = _over(report, request.periods[0], request.config.sort)
        unknown = len(report.divergences) < len(request.comparison.pairs)
        if unknown:
            why = "a pair asked for has no spread over that time"
            report = report._replace(notes=(*report.notes, Remark("pair_without_spread", why)))

    from marketmove.render.drawings.bars import session as text
    from marketmove.render.pictures.session import drawing

    return Chart(
        report.warnings,
        report.unusable,
        partial(text, report, look),
        partial(drawing, report, words, look.everything),
    )


def _over(report: SessionReport, period: str, sort: str) -> SessionReport:
    """The same of a period: pairs asked for are held against each other, all else is gone."""
    from marketmove.moves.breadth import breadth, share_moves
    from marketmove.moves.divergence import between
    from marketmove.moves.table import in_order

    moves = in_order([move.over(period) for move in report.moves], sort, report.home)
    asked = [(pair.up, pair.down) for pair in report.divergences if pair.kind == "asked"]
    return report._replace(
        moves=tuple(moves),
        breadth=breadth(share_moves(moves, report.excluded)),
        divergences=tuple(between({move.symbol: move for move in moves}, asked, "asked")),
        pairs_left_out=0,
        over=period,
    )


def heatmap_chart(request: HistoryRequest, look: RenderOptions, words: PictureWords) -> Chart:
    """Work out many sessions, to be drawn as a row an index; raises what ``history`` does."""
    report = history(request)
    if report.in_currency:
        rows = report.frame
        converted = [rows.assign(change_pct=rows["converted_change_pct"])]
        report = report._replace(blocks=converted.__iter__)

    from marketmove.market.groups import VOLATILITY_GROUP
    from marketmove.render.drawings.heatmap import grid, heatmap
    from marketmove.render.pictures.heatmap import drawing

    volatility = request.config.groups.get(VOLATILITY_GROUP)
    cells = grid(report, request.config.registry, volatility.symbols if volatility else ())
    return Chart(
        report.warnings,
        report.unusable,
        partial(heatmap, report, cells, look),
        partial(drawing, report, cells, words),
    )


def pair_chart(request: PairRequest, look: RenderOptions, words: PictureWords) -> Chart:
    """Work out one pair, to be drawn through time; raises what ``pair`` does."""
    report = pair(request)

    from marketmove.render.drawings.pair import pair as text
    from marketmove.render.pictures.pair import drawing

    return Chart(report.warnings, (), partial(text, report, look), partial(drawing, report, words))


class LinesRequest(NamedTuple):
    """What was asked: the indices, as typed, and from when to when they are drawn.

    ``since`` is None for the first date on which all have a close, ``until`` for as far as the data
    goes. The rest is as in ``PairRequest``.
    """

    chosen: tuple[str, ...]
    since: dt.date | None
    until: When | None
    levels: tuple[Spec, ...]
    reading: ReadOptions
    config: Config
    strict: bool = False
    groups: tuple[Group, ...] = ()
    now: dt.datetime | None = None
    in_currency: str = ""

    @property
    def last(self) -> dt.date | None:
        """The last date that counts; None for the last there is."""
        return None if self.until == "latest" else self.until


def lines_chart(request: LinesRequest, look: RenderOptions, words: PictureWords) -> Chart:
    """Work out rebased lines, to be drawn through time; raises what ``lines`` does."""
    report = lines(request)

    from marketmove.render.drawings.lines import lines as text
    from marketmove.render.pictures.lines import drawing

    return Chart(report.warnings, (), partial(text, report, look), partial(drawing, report, words))


def lines(request: LinesRequest) -> LinesReport:
    """Work out rebased lines: find the closes, read them, divide each by that of the start.

    Raises ``WrongUsageError`` if no closes are named, or an index or a group is not known;
    ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if files cannot be
    read, or rows that a line may rest on cannot be used; ``NoSessionError`` if no index has two
    closes in the range.
    """
    config, last = request.config, request.last
    dates: list[When] = [date for date in (request.since, request.until) if date] or ["latest"]
    files = find_closes_of(request.levels, config.closes, *dates)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts, sound_levels
    from marketmove.closes.read import read_closes
    from marketmove.market.choose import volatility_indices
    from marketmove.market.currencies import currencies
    from marketmove.moves import measure
    from marketmove.moves.currency import find_rates, one_currency
    from marketmove.moves.rebased import OLDEST_BASE, rebased
    from marketmove.moves.tally import Tally
    from marketmove.wording import remarks
    from marketmove.wording.currency import lines_notes, rate_warnings
    from marketmove.wording.many_sessions import warnings_of_many

    known = read_closes(
        files.sources, request.reading, config.closes, request.chosen, groups=request.groups
    )
    rates = None
    if request.in_currency or config.fx:
        rates = find_rates(known.levels, currencies(), config.fx)
        if not (request.chosen or request.groups):
            known = known.without(rates.names)
    levels, symbols = known.levels, known.symbols
    volatility = volatility_indices(config.groups, symbols)
    doubts = find_doubts(known, volatility, request.now)
    own = measure.series(sound_levels(doubts, dict.fromkeys(symbols, last)), symbols)
    since = request.since or _first_of_all(own, last)
    touching, elsewhere = _faults(levels, symbols, since - dt.timedelta(OLDEST_BASE), last)
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    money = None
    if request.in_currency and rates is not None:
        money = one_currency(request.in_currency, rates, config.registry, symbols, volatility)
    drawn: Mapping[str, Series] = own if money is None else money.series(own)
    resolve = config.registry.resolve
    found = [rebased(s, resolve(s).name, drawn[s], since, last) for s in symbols if s in drawn]
    made = sorted(
        (line for line in found if line), key=lambda line: (-line.change_pct, line.symbol)
    )
    notes = [] if money is None else [*lines_notes(money, own, symbols, since, last)]
    if not made:
        text = f"no index has two closes from {since} to {last or 'the end of the data'}"
        raise NoSessionError([Problem(None, text), *(Problem(None, note.text) for note in notes)])
    kept = {line.symbol for line in made}
    first, end = (f(line.days[at].item() for line in made) for f, at in ((min, 0), (max, -1)))
    within = measure.Range(first, end)
    rows = measure.history(
        levels, [s for s in symbols if s in kept], known.calendars, within, doubts
    )
    return LinesReport(
        since=since,
        first=first,
        last=end,
        source=files.name,
        bundled=files.bundled,
        lines=tuple(made),
        warnings=(
            *files.warnings,
            *(rate_warnings(rates) if money and rates else ()),
            *warnings_of_many(
                Tally.of(rows), known, elsewhere, doubts, within, what="these lines do"
            ),
        ),
        notes=(
            *notes,
            *(
                Remark("no_line", f"{symbol} has no two closes from {since} on", symbol)
                for symbol in symbols
                if symbol not in kept and symbol in own and (money is None or symbol in drawn)
            ),
            *remarks.reading_notes(levels),
            *remarks.kinds([s for s in symbols if s in kept], config.registry),
        ),
        in_currency=request.in_currency,
    )


def _first_of_all(own: Mapping[str, Series], last: dt.date | None) -> dt.date:
    """The first date from which on all have closes, but for such as begin after ``last``."""
    firsts: list[dt.date] = [line.days[0].item() for line in own.values()]
    before = [day for day in firsts if last is None or day < last]
    return max(before, default=min(firsts, default=dt.date.min))


def _faults(
    levels: Levels, symbols: Sequence[str], first: dt.date, last: dt.date | None
) -> tuple[list[Problem], list[Problem]]:
    """The rows that cannot be used: such as a line may rest on, and others."""
    touching: list[Problem] = []
    elsewhere: list[Problem] = []
    for fault in levels.faults:
        day = fault.session
        inside = day is None or (first <= day and (last is None or day <= last))
        own = fault.symbol is None or fault.symbol in symbols
        (touching if own and inside else elsewhere).append(fault.problem)
    return sorted(touching, key=by_place), sorted(elsewhere, key=by_place)
