"""`marketmove summary`: a session in words, as a careful person sums it up from closes alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketmove.commands.session import SessionRequest, session
from marketmove.delivery.revisions import DatedRevision, Revision
from marketmove.errors import listed
from marketmove.market.choose import volatility_indices
from marketmove.moves.move import Move
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Sentence, SummaryReport

if TYPE_CHECKING:
    from marketmove.closes.expected import ExpectedClose
    from marketmove.wording.headline import RankedMove

PERIODS = ("week", "ytd")
_FEW = 3
# Who has had no close for so many sessions is not waited for.
_GIVEN_UP = 5


def summary(request: SessionRequest) -> SummaryReport:
    """Sum up one session: work it out, choose what comes first, and say it.

    Without ``periods`` of the request it has those of ``PERIODS``.
    """
    config, periods = request.config, request.periods or PERIODS
    report = session(
        request._replace(periods=periods, pairs=config.top, pair_lines=True, closes_for="summary")
    )

    # What follows is about figures, and loads what they are made with.
    from marketmove.moves.breadth import share_moves
    from marketmove.rarity.superlatives import move_facts
    from marketmove.wording import sections, session_rows
    from marketmove.wording.groups import by_region
    from marketmove.wording.headline import RankedMove

    volatility = volatility_indices(config.groups, [move.symbol for move in report.moves])
    shares = share_moves(report.moves, volatility)
    moved = [*session_rows.moved(report), *session_rows.volatility(report)]
    rows, left_out = session_rows.shown(moved, everything=False)
    counted = [move for move in report.moves if move.status == "ok" and move.counts]
    contexts = [(move, report.contexts.get(move.symbol)) for move in counted]
    ranked = [RankedMove(m, context, tuple(move_facts(m, context))) for m, context in contexts]
    return SummaryReport(
        session=report,
        headline=_headline(ranked, shares, report),
        brief=tuple(sections.brief(report, shares)),
        regions=tuple(
            by_region([m.symbol for m in rows], config.registry, volatility, report.home)
        ),
        left_out=left_out,
        sections=sections.sections(report, ranked),
        archived=_archived(request, [move.symbol for move in report.moves]),
    )


def expected(
    report: SummaryReport | None,
    request: SessionRequest,
    before: Sequence[str],
    moment: dt.datetime,
) -> tuple[ExpectedClose, ...]:
    """Give the closes that should be there by a moment: of the data, the feeds, and ``before``.

    Those are the indices of the last summary. What long had no close, or has later ones, is not
    waited for, unless it has a feed. Where no index has a close yet, there is no report.
    """
    from marketmove.closes.expected import expected_closes

    feeds: Sequence[str] = () if request.chosen else tuple(request.config.feeds)
    if request.groups:
        feeds = [s for group in request.groups for s in group.within(feeds)]
    moves = () if report is None else report.session.moves
    waited = {
        move.symbol: move.close is not None
        for move in moves
        if move.status != "missing"
        and (move.symbol in feeds or (move.sessions_behind or 0) < _GIVEN_UP)
    }
    known = {move.symbol for move in moves}
    others = dict.fromkeys((s for s in (*feeds, *before) if s not in known), False)
    session = request.session if isinstance(request.session, dt.date) else None
    if report is not None:
        session = report.session.session
    return expected_closes(waited | others, session, moment, request.config.closes)


def _archived(request: SessionRequest, symbols: Sequence[str]) -> tuple[DatedRevision, ...]:
    """What changed in the archive of the indices of a summary, where it is the archive's."""
    folder = request.config.archive
    if folder is None or request.levels or request.config.levels or not folder.is_dir():
        return ()
    from marketmove.feeds.archive import read_revisions

    return tuple(
        DatedRevision(
            one.after.fetched,
            Revision(symbol, str(one.before.session), one.before.value, one.after.value),
        )
        for symbol in symbols
        for one in read_revisions(folder, symbol)
    )


def _headline(
    ranked: Sequence[RankedMove], shares: Sequence[Move], report: SessionReport
) -> Sentence:
    from marketmove.wording.headline import headline

    count = {move.symbol for move in shares}
    movers = [one for one in ranked if one.move.symbol in count]
    if not movers:
        return _no_move(shares)
    told = headline(movers, report.divergences, len(shares), report.home)
    marked = f"In {report.in_currency}: " if report.in_currency else ""
    return told._replace(text=marked + told.text)


def _no_move(moves: Sequence[Move]) -> Sentence:
    from marketmove.wording.session_rows import name

    if doubtful := [name(move) for move in moves if move.doubt]:
        what = "the move of {} is" if len(doubtful) == 1 else "the moves of {} are"
        return Sentence(f"No move to report: {what.format(_few(doubtful))} doubtful.")
    names = [name(move) for move in moves if move.close is not None]
    closes = "close" if len(names) == 1 else "closes"
    return Sentence(f"No move to report: the first {closes} of {_few(names)} in this data.")


def _few(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= _FEW else f"{len(names):,} indices"
