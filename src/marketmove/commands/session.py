"""`marketmove session`: the moves of one session, and the divergent pairs."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.alerts.conditions import Condition
from marketmove.alerts.watch import alerts_of, conditions_of, watched
from marketmove.closes.find import NAME_THEM, Spec, When, bad_rows_elsewhere, find_sources, named
from marketmove.closes.levels import SessionSpan
from marketmove.config import Config
from marketmove.errors import (
    BadFiguresError,
    MarketMoveError,
    NoSessionError,
    Place,
    Remark,
    WrongUsageError,
)
from marketmove.market.choose import choose
from marketmove.market.groups import Group
from marketmove.moves.breadth import GroupMoves, breadth, dispersion, group_moves, group_spreads
from marketmove.moves.move import Move
from marketmove.rarity.compare import Comparison, compare, compared_indices
from marketmove.rarity.session import SessionContext
from marketmove.reports.records import SessionReport, in_order
from marketmove.sources import Reading, ReadOptions, Source

if TYPE_CHECKING:
    from marketmove.closes.read import ChosenCloses
    from marketmove.sources.large import RowFilter


class SessionRequest(NamedTuple):
    """What was asked: the session, the files, the indices, and how the result is wanted.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    a date that they hold, the bundled samples. ``pairs`` is how many divergent pairs are worked
    out; all if None. With ``as_of``, each index has its last session that was over by then, and
    ``session`` only tells whether the samples may serve. ``context`` wants, or does not want, how
    rare the moves are; None wants it of closes that are not too many. ``closes_for`` names what
    published figures cannot serve, if not an option does. ``alerts`` are conditions beside those
    of the configuration.
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

    @property
    def restricted(self) -> bool:
        """Tell whether only some indices were chosen."""
        return bool(self.chosen or self.groups)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions, those typed first."""
        return conditions_of(self.alerts, self.config.alerts)

    @property
    def rarity(self) -> bool | None:
        """Whether it has to be worked out how rare the moves are, to tell it or for an alert."""
        needed = any(condition.needs_past for condition in self.conditions)
        return True if needed else self.context


class _Found(NamedTuple):
    """The session that was meant, its moves, and what there is to say of the data."""

    session: dt.date | None
    moves: list[Move]
    warnings: list[Remark]
    notes: list[Remark]
    rare: SessionContext = SessionContext()


def session(request: SessionRequest) -> SessionReport:
    """Work out one session: find the closes, read them, compute the moves, compare them.

    Raises
    ------
    MarketMoveError
        Of the class that says what the user can mend.
    """
    closes_only = _needs_closes(request)
    sources, bundled = find_sources(
        request.levels, request.config, request.session, closes_only=bool(closes_only)
    )
    published = _are_published(sources)
    if published and closes_only:
        text = f"{sources[0].label} has published figures; {closes_only} needs closes"
        raise WrongUsageError.at(None, text)
    found = (_from_published if published else _from_closes)(sources, request, bundled)
    config, restricted = request.config, request.restricted
    told = SessionContext() if request.context is False else found.rare
    compared = compare(found.moves, told, request.comparison, config, request.pairs, restricted)
    groups = _of_groups(request, found.moves)
    moves = in_order(found.moves, config.sort)
    judged = alerts_of(
        *(request.conditions, moves, found.rare, config.registry, restricted),
        over=request.as_of is not None,
    )
    return SessionReport(
        session=found.session,
        basis="published" if published else "closes",
        source=named([source.label for source in sources]),
        bundled=bundled,
        moves=tuple(moves),
        divergences=compared.divergences,
        breadth=breadth(found.moves),
        dispersion=dispersion(found.moves),
        pairs_left_out=compared.left_out,
        warnings=tuple(found.warnings),
        notes=(*found.notes, *compared.notes, *told.notes, *judged.notes),
        as_of=request.as_of,
        periods=request.periods,
        contexts=told.contexts,
        context=bool(request.context),
        groups=groups,
        group_spreads=tuple(group_spreads(groups)),
        alerts=judged.alerts,
    )


def _of_groups(request: SessionRequest, moves: Sequence[Move]) -> tuple[GroupMoves, ...]:
    """The moves of each group asked for, of those indices that the data has."""
    by_symbol = {move.symbol: move for move in moves}
    return tuple(
        group_moves(group.name, [by_symbol[symbol] for symbol in group.within(by_symbol)])
        for group in request.groups
    )


def _needs_closes(request: SessionRequest) -> str:
    """What published figures cannot serve: the first such option; empty if there is none."""
    if request.closes_for:
        return request.closes_for
    options = {
        "--as-of": request.as_of is not None,
        "--period": bool(request.periods),
        "--wide": request.comparison.wide,
        "--context": bool(request.context),
    }
    return next((option for option, given in options.items() if given), "")


def _chosen(request: SessionRequest) -> tuple[str, ...]:
    """The indices wanted, and those that they are compared with or watched; none is all."""
    if not request.restricted:
        return ()
    compared = compared_indices(request.comparison, request.config.registry)
    typed = [text for condition in request.alerts for text in condition.symbols]
    return (*request.chosen, *compared, *typed)


def _watched(request: SessionRequest) -> list[str]:
    """The indices that are to have a row even where the data lacks them."""
    if request.restricted:
        return []
    registry = request.config.registry
    return [i.symbol for text in watched(request.conditions) if (i := registry.find(text))]


def _are_published(sources: Sequence[Source]) -> bool:
    """Whether the files have published figures, which never stand among closes."""
    published = [source.label for source in sources if source.yaml_key == "figures"]
    closes = [source.label for source in sources if source.yaml_key != "figures"]
    if published and closes:
        text = (
            f"{published[0]} has published figures and {closes[0]} closes; name one kind at a time"
        )
        raise WrongUsageError.at(None, text)
    return bool(published)


def _from_published(sources: Sequence[Source], request: SessionRequest, bundled: bool) -> _Found:
    from marketmove.commands.verify import contradictions
    from marketmove.published.report_file import published_moves, read_published

    registry = request.config.registry
    reports = [read_published(source, registry) for source in sources]
    dates = sorted({report.session for report in reports})
    when = dates[-1] if request.session == "latest" else request.session
    asked = [report for report in reports if report.session == when]
    if not asked:
        raise no_session(when, dates, bundled)
    if len(asked) > 1:
        labels = " and ".join(report.label for report in asked)
        raise WrongUsageError.at(None, f"{labels} are both for {when}; name one of them")
    known = [printed.symbol for printed in asked[0].printed]
    symbols, absent = choose(_chosen(request), known, registry, request.groups)
    moves = published_moves(asked[0], registry, symbols)
    if all(move.status == "unknown" for move in moves):
        raise no_session(when, [], bundled=False)
    return _Found(
        when, moves, [*absent, *contradictions(asked[0], request.reading, request.config)], []
    )


def _from_closes(sources: Sequence[Source], request: SessionRequest, bundled: bool) -> _Found:
    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.closes.checks import stated_otherwise
    from marketmove.closes.levels import part_faults
    from marketmove.closes.read import read_closes, with_rows_of
    from marketmove.moves.measure import session_moves, with_periods
    from marketmove.moves.status import with_calendar_status
    from marketmove.rarity.session import reads_past, session_context
    from marketmove.wording.remarks import notes_of, warnings_of

    config = request.config
    past = reads_past(sources, request.rarity)
    keep = None if past else _keep(request)
    known = read_closes(sources, request.reading, config, _chosen(request), keep, request.groups)
    known = with_rows_of(known, _watched(request), config)
    levels = known.levels
    sessions = _sessions(request, known)
    moves = with_calendar_status(session_moves(levels, sessions), levels, known.calendars)
    moves = with_periods(moves, levels, sessions, request.periods)
    touching, elsewhere = part_faults(levels, _spans(moves))
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    when = None if request.as_of else next(iter(sessions.values()))
    if all(move.close is None for move in moves):
        raise no_session(when, levels.sessions(known.symbols), bundled, moves)
    stated = stated_otherwise(levels, sessions)
    warnings = [
        *known.absent,
        *bad_rows_elsewhere(elsewhere),
        *(Remark("reading", w.text, place=w.place) for w in levels.warnings),
        *(Remark("stated_otherwise", s.text, place=s.place) for s in stated),
        *warnings_of(moves, known),
    ]
    notes = [
        *(Remark("repeated_rows", r.text, place=r.place) for r in levels.repeats),
        *(Remark("reading", n.text, place=n.place) for n in levels.notes),
        *notes_of(moves, known, config.registry, same_date=request.as_of is None),
        *(_explanation(label, how) for label, how in levels.readings if request.explain),
    ]
    return _Found(when, moves, warnings, notes, session_context(moves, known, request.rarity, past))


def _keep(request: SessionRequest) -> RowFilter | None:
    """Which rows of a large file matter; None where that depends on the data."""
    from marketmove.closes.levels import rows_needed
    from marketmove.market.periods import first_day

    day = dt.timedelta(days=1)
    session, days = request.session, None
    if request.periods and (request.as_of or session == "latest"):
        return None
    if request.as_of is not None:
        # Somewhere in the world it is the next day, or the session before has not begun.
        days = [request.as_of.date() + n * day for n in (-2, -1, 0, 1)]
    elif session != "latest":
        days = [session, *(first_day(session, period) - day for period in request.periods)]
    return lambda symbols, sessions: rows_needed(symbols, sessions, days)


def _sessions(request: SessionRequest, known: ChosenCloses) -> Mapping[str, dt.date | None]:
    """The session of each index: the one asked for, or its last that was over at the moment."""
    from marketmove.market.clocks import last_completed

    if request.as_of is None:
        when = request.session
        if when == "latest":
            when = known.levels.latest(known.symbols)
        return dict.fromkeys(known.symbols, when)
    completed: dict[str, dt.date | None] = {}
    for symbol in known.symbols:
        clock, calendar = known.clocks.get(symbol), known.calendars.get(symbol)
        completed[symbol] = last_completed(request.as_of, clock, calendar) if clock else None
        day = completed[symbol]
        if day is not None and calendar is None:
            # Without a calendar the data alone tells which dates had a session.
            completed[symbol] = known.levels.latest([symbol], day)
    return completed


def _spans(moves: Sequence[Move]) -> dict[str, list[SessionSpan]]:
    """From which prior sessions on the figures of each index rest on its closes, until when."""
    from marketmove.market.periods import first_day

    spans: dict[str, list[SessionSpan]] = {}
    for move in moves:
        if move.session is not None:
            spans[move.symbol] = [
                (move.prior_session, move.session),
                *(
                    (of.prior_session, first_day(move.session, period) - dt.timedelta(days=1))
                    for period, of in move.periods.items()
                ),
            ]
    return spans


def _explanation(label: str, how: Reading) -> Remark:
    text = "; ".join(f"{aspect}: {taken}" for aspect, taken in how.explained().items())
    return Remark("explained", text, place=Place(label))


def no_session(
    when: dt.date | None, sessions: Sequence[dt.date], bundled: bool, moves: Sequence[Move] = ()
) -> MarketMoveError:
    """Make the error for a date without a close, which names the nearest sessions there are.

    Parameters
    ----------
    when
        The date asked for; None if each index had a date of its own.
    sessions
        The sessions of the chosen indices, in order.
    bundled
        Whether the data is the sample closes, so that the user may not have named any.
    moves
        The rows of the chosen indices, which may tell why.
    """
    if when is None:
        ends = f"; the data has closes from {sessions[0]} to {sessions[-1]}" if sessions else ""
        text = f"no chosen index has a close of its last session by then{ends}"
        return NoSessionError.at(None, text)
    at = bisect.bisect(sessions, when)
    near = [str(session) for session in sessions[max(0, at - 1) : at + 1]]
    nearest = (
        f"the nearest in the data: {' and '.join(near)}" if near else "the data has none of them"
    )
    reasons = {move.closed_for for move in moves if move.status == "closed"}
    if moves and all(move.status == "closed" for move in moves):
        why = f" ({', '.join(sorted(filter(None, reasons)))})" if any(reasons) else ""
        shut = "its exchange was shut" if len(moves) == 1 else "their exchanges were shut"
        nearest = f"{shut}{why}; {nearest}"
    if not bundled:
        return NoSessionError.at(None, f"no chosen index has a close on {when}; {nearest}")
    text = (
        f"the bundled samples have no session on {when} ({nearest}), and no closes are named;"
        f" {NAME_THEM}"
    )
    within = bool(sessions) and sessions[0] <= when <= sessions[-1]
    return (NoSessionError if within else WrongUsageError).at(None, text)
