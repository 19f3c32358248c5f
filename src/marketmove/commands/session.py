"""`marketmove session`: the moves of one session, and the divergent pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from marketmove.alerts.conditions import Condition
from marketmove.closes.find import FoundCloses, Spec, When, find_sources
from marketmove.config import Config
from marketmove.errors import BadFiguresError, Problem, Remark, WrongUsageError, quoted
from marketmove.market.choose import (
    Comparison,
    choose,
    choose_pairs,
    compared_indices,
    volatility_indices,
)
from marketmove.market.groups import Group
from marketmove.market.names import find_index
from marketmove.reports.records import SessionReport
from marketmove.sources import Context, ReadOptions, Source, count_lines

if TYPE_CHECKING:
    from marketmove.moves.move import Move
    from marketmove.published.report_file import Published
    from marketmove.rarity.compare import Compared
    from marketmove.rarity.session import SessionContext


class SessionRequest(NamedTuple):
    """What was asked: the session, the files, the indices, and how the result is wanted.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    a date that they hold, the bundled samples. ``pairs`` is how many divergent pairs are worked
    out; all if None. With ``as_of``, each index has its last session that was over by then, and
    ``session`` only tells whether the samples may serve. ``context`` wants, or does not want, how
    rare the moves are; None wants it of closes that are not too many. ``closes_for`` names what
    published figures cannot serve, if not an option does. ``alerts`` are conditions beside those
    of the configuration. ``now`` is the moment that tells which sessions are over; None if that is
    of no matter. With ``pair_lines`` the divergent pairs of one index with many are one line, and
    ``pairs`` counts these. With ``in_currency`` moves and pairs are in that currency.
    """

    session: When
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    strict: bool = False
    explain: bool = False
    pairs: int | None = None
    as_of: dt.datetime | None = None
    periods: tuple[str, ...] = ()
    comparison: Comparison = Comparison()
    context: bool | None = None
    groups: tuple[Group, ...] = ()
    closes_for: str = ""
    alerts: tuple[Condition, ...] = ()
    now: dt.datetime | None = None
    pair_lines: bool = False
    in_currency: str = ""

    @property
    def restricted(self) -> bool:
        """Tell whether only some indices were chosen."""
        return bool(self.chosen or self.groups)

    @property
    def chosen_or_compared(self) -> tuple[str, ...]:
        """The indices wanted, and those that they are compared with or watched; none is all."""
        if not self.restricted:
            return ()
        compared = compared_indices(self.comparison, self.config.registry)
        watched = [text for condition in self.alerts for text in condition.symbols]
        return (*self.chosen, *compared, *watched)

    @property
    def needs_closes(self) -> str:
        """What published figures cannot serve: the first such option; empty if there is none."""
        options = {
            self.closes_for: bool(self.closes_for),
            "--as-of": self.as_of is not None,
            "--period": bool(self.periods),
            "--wide": self.comparison.wide,
            "--context": bool(self.context),
            "--in": bool(self.in_currency),
        }
        return next((option for option, given in options.items() if given), "")


class _Found(NamedTuple):
    """The session that was meant, its moves, and what there is to say of the data.

    In one currency ``converted`` are the moves in it, as is ``context``; ``own_context`` is of
    those that they were.
    """

    session: dt.date | None
    moves: Sequence[Move]
    warnings: Sequence[Remark]
    notes: Sequence[Remark]
    context: SessionContext
    unusable: Sequence[Problem] = ()
    converted: Sequence[Move] = ()
    own_context: SessionContext | None = None


def session(request: SessionRequest) -> SessionReport:
    """Work out one session: find the closes, read them, compute the moves, compare them.

    Raises ``WrongUsageError`` if no closes are named, or an index, a group or a pair is not known;
    ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if files cannot be
    read, or rows that the figures rest on cannot be used; ``NoSessionError`` if no chosen index has
    a close in the session.
    """
    config, restricted = request.config, request.restricted
    needs_closes = request.needs_closes
    files = find_sources(
        request.levels, config.closes, request.session, closes_only=bool(needs_closes)
    )
    published = _are_published(files.sources, needs_closes, config)

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.alerts.watch import alerts_of, conditions_of
    from marketmove.moves.breadth import (
        breadth,
        dispersion,
        group_spreads,
        moves_by_group,
        share_moves,
    )
    from marketmove.moves.table import in_order, symbols
    from marketmove.rarity.session import SessionContext
    from marketmove.wording.comparisons import context_notes, unknown_home

    conditions = conditions_of(request.alerts, config.alerts)
    if published:
        found = _from_published(files, request)
    else:
        found = _from_closes(files, request, conditions)
    moves = found.converted or found.moves
    context = SessionContext() if request.context is False else found.context
    known = symbols(moves)
    excluded = volatility_indices(config.groups, known)
    home = config.registry.resolve(config.home).symbol if config.home else ""
    compared, notes_of_pairs = _compared(request, moves, context, excluded, home)
    shares = share_moves(moves, excluded)
    apart = excluded if len(shares) < len(moves) else frozenset()
    groups = moves_by_group(request.groups, moves)
    ordered = in_order(moves, config.sort, home)
    in_own = in_order(found.moves, config.sort, home) if found.converted else ordered
    judged = alerts_of(
        conditions,
        in_own,
        found.own_context or found.context,
        config.registry,
        restricted,
        over=request.as_of is not None,
        excluded=apart,
    )
    return SessionReport(
        session=found.session,
        basis="published" if published else "closes",
        source=files.name,
        bundled=files.bundled,
        moves=ordered,
        divergences=compared.divergences,
        breadth=breadth(shares),
        dispersion=dispersion(shares),
        pairs_left_out=compared.left_out,
        warnings=(
            *files.warnings,
            *found.warnings,
            *unknown_home(config.home, config.registry, known),
        ),
        unusable=tuple(found.unusable),
        excluded=apart,
        notes=(
            *files.notes,
            *found.notes,
            *notes_of_pairs,
            *context_notes(context, moves),
            *judged.notes,
        ),
        as_of=request.as_of,
        periods=request.periods,
        pair_lines=compared.lines,
        home=home,
        in_currency=request.in_currency,
        contexts=context.contexts,
        extremes=context.extremes,
        context=bool(request.context),
        groups=groups,
        group_spreads=tuple(group_spreads(groups)),
        alerts=judged.alerts,
    )


def _compared(
    request: SessionRequest,
    moves: Sequence[Move],
    context: SessionContext,
    excluded: frozenset[str],
    home: str,
) -> tuple[Compared, list[Remark]]:
    """The pairs wanted, and what there is to say of them."""
    from marketmove.moves.table import chosen, doubtful, symbols
    from marketmove.rarity.compare import PairsWanted, compare
    from marketmove.wording.comparisons import pair_notes

    config, asked = request.config, request.comparison
    known = symbols(moves)
    pairs = choose_pairs(asked, config.pairs, known, config.registry)
    against = find_index(asked.against, known, config.registry) if asked.against else None
    wanted = PairsWanted(
        asked=[(pair.one, pair.other) for pair in pairs],
        against=against,
        wide=asked.wide,
        floor_pct=config.floor_pct,
        excluded=excluded.union(symbols(chosen(moves, doubtful(moves)))),
        top=request.pairs,
        by_spread=config.sort == "spread",
        lines=request.pair_lines,
        home=home,
    )
    compared = compare(moves, context.matrix, wanted)
    notes = pair_notes(compared, moves, context, pairs, wanted, asked, request.restricted)
    return compared, notes


def _are_published(sources: Sequence[Source], needs_closes: str, config: Config) -> bool:
    """Whether the files have published figures, which never stand among closes."""
    from marketmove.published.recognise import is_report

    context = Context(config.registry, config.words, config.exchanges)
    reports = [is_report(source, config.registry, context) for source in sources]
    published = [s.label for s, of_report in zip(sources, reports, strict=True) if of_report]
    closes = [s.label for s, of_report in zip(sources, reports, strict=True) if not of_report]
    if published and closes:
        text = f"{quoted(published[0])} has published figures and {quoted(closes[0])} closes"
        raise WrongUsageError.at(None, f"{text}; name one kind at a time")
    if published and needs_closes:
        text = f"{quoted(published[0])} has published figures; {needs_closes} needs closes"
        raise WrongUsageError.at(None, text)
    return bool(published)


def _from_published(files: FoundCloses, request: SessionRequest) -> _Found:
    from marketmove.commands.verify import contradictions
    from marketmove.published.report_file import published_moves
    from marketmove.rarity.session import SessionContext
    from marketmove.wording.no_sessions import no_session

    registry = request.config.registry
    reports = [_report(source, request) for source in files.sources]
    dates = sorted({report.session for report in reports if report.session is not None})
    if request.session == "latest" and not dates:
        text = f"{quoted(files.sources[0].label)} has no date; name the session"
        raise WrongUsageError.at(None, f"{text}, as in session 2025-02-04")
    when = dates[-1] if request.session == "latest" else request.session
    asked = [report for report in reports if report.session == when]
    if not asked:
        raise no_session(when, dates, files.bundled)
    if len(asked) > 1:
        labels = " and ".join(quoted(report.label) for report in asked)
        raise WrongUsageError.at(None, f"{labels} are both for {when}; name one of them")
    known = [printed.symbol for printed in asked[0].printed]
    symbols, absent = choose(request.chosen_or_compared, known, registry, request.groups)
    moves = published_moves(asked[0], registry, symbols)
    if all(move.status == "unknown" for move in moves):
        raise no_session(when, [], bundled=False)
    warnings = [*absent, *contradictions(asked[0], request.reading, request.config)]
    return _Found(when, moves, warnings, [], SessionContext())


def _report(source: Source, request: SessionRequest) -> Published:
    """The figures of a report; one without a date is of the session asked for."""
    from marketmove.commands.verify import context_of
    from marketmove.published.opening import read_report

    registry, context = request.config.registry, context_of(request.config)
    encoding = request.reading.encoding
    report = read_report(source, registry, context, encoding)
    if report.session is not None or request.session == "latest":
        return report
    return read_report(source, registry, context, encoding, request.session)


def _from_closes(
    files: FoundCloses, request: SessionRequest, conditions: Sequence[Condition]
) -> _Found:
    from marketmove.alerts.watch import watched
    from marketmove.closes.doubts import find_doubts
    from marketmove.closes.read import (
        completed_sessions,
        keep_for_session,
        read_closes,
        session_of_each,
        with_rows_of,
    )
    from marketmove.moves.measure import moves_at
    from marketmove.moves.rows import has_closes, usable
    from marketmove.moves.table import MoveTable
    from marketmove.rarity.session import SessionContext, reads_past, session_context
    from marketmove.wording import remarks
    from marketmove.wording.doubts import age_of_data
    from marketmove.wording.no_sessions import no_session
    from marketmove.wording.periods import empty_notes

    config = request.config
    watched_periods = (condition.period for condition in conditions if condition.period)
    periods = tuple(dict.fromkeys((*request.periods, *watched_periods)))
    needed = any(condition.needs_past for condition in conditions)
    wants_context = True if needed else request.context
    past = reads_past(sum(map(count_lines, files.sources)), wants_context)
    known = read_closes(
        files.sources,
        request.reading,
        config.closes,
        request.chosen_or_compared,
        None if past else keep_for_session(request.session, request.as_of, periods),
        request.groups,
    )
    rates = None
    if request.in_currency or config.fx:
        from marketmove.market.currencies import currencies
        from marketmove.moves.currency import find_rates

        rates = find_rates(known.levels, currencies(), config.fx)
        if not request.restricted:
            known = known.without(rates.names)
    if not request.restricted:
        known = with_rows_of(known, watched(conditions), config.closes)
    levels = known.levels
    sessions = session_of_each(known, request.session, request.as_of)
    volatility = volatility_indices(config.groups, known.symbols)
    doubts = find_doubts(known, volatility, request.now)
    completed = completed_sessions(known, request.now)
    found = moves_at(levels, sessions, known.calendars, periods, doubts, completed)
    rows, touching, elsewhere, undated = usable(found, levels.faults, periods)
    moves = MoveTable(rows, periods)
    nothing = not has_closes(rows)
    if (touching and (nothing or undated or request.strict)) or (elsewhere and request.strict):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    when = None if request.as_of else next(iter(sessions.values()))
    warnings = remarks.warnings_of(rows, known, elsewhere, doubts, periods=request.periods)
    if nothing:
        raise no_session(when, levels.sessions(known.symbols), files.bundled, moves, warnings)
    latest = request.session == "latest" and request.as_of is None
    notes = [
        *(age_of_data(moves, known, completed) if latest else ()),
        *remarks.reading_notes(levels),
        *empty_notes(rows, request.periods),
        *remarks.notes_of(moves, known, config.registry, same_date=request.as_of is None),
        *(remarks.explanations(levels) if request.explain else ()),
    ]
    context = partial(
        session_context, known=known, doubts=doubts, asked=wants_context, past_read=past
    )
    result = _Found(when, moves, warnings, notes, SessionContext(), touching)
    if not request.in_currency or rates is None:
        return result._replace(context=context(moves))
    from marketmove.moves.currency import one_currency
    from marketmove.wording.currency import rate_notes, rate_warnings

    one = one_currency(request.in_currency, rates, config.registry, known.symbols, volatility)
    converted = one.moves(moves)
    return result._replace(
        warnings=[*warnings, *rate_warnings(rates)],
        notes=[*rate_notes(one.to, converted, rates), *notes],
        context=context(converted, convert=one.series),
        converted=converted,
        own_context=context(moves) if conditions else None,
    )
