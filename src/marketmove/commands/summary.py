"""`marketmove summary`: a session in words, as a careful person sums it up from closes alone."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from marketmove.commands.session import SessionRequest, session
from marketmove.config import Config
from marketmove.market.choose import volatility_indices
from marketmove.moves.move import Move
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Sentence, SummaryRegion, SummaryReport

if TYPE_CHECKING:
    from marketmove.wording.headline import RankedMove

PERIODS = ("week", "ytd")
# The regions in the order in which their day begins.
_REGIONS = {
    "oceania": "Oceania",
    "asia": "Asia",
    "middle-east": "Middle East",
    "africa": "Africa",
    "europe": "Europe",
    "americas": "Americas",
}
_FEW = 3
_VOLATILITY, _ELSEWHERE = "Volatility", "Other"


def summary(request: SessionRequest) -> SummaryReport:
    """Sum up one session: work it out, choose what comes first, and say it.

    Raises
    ------
    WrongUsageError, UnreadableFileError, UnrecognisedFileError, BadFiguresError, NoSessionError
        As ``session`` does.
    """
    config = request.config
    report = session(request._replace(periods=PERIODS, pairs=config.top, closes_for="summary"))

    # What follows is about figures, and loads what they are made with.
    from marketmove.moves.breadth import share_moves
    from marketmove.rarity.superlatives import of_move
    from marketmove.wording import sections
    from marketmove.wording import session_words as page
    from marketmove.wording.headline import RankedMove
    from marketmove.wording.remarks import jumps

    volatility = volatility_indices(config.groups, [move.symbol for move in report.moves])
    shares = share_moves(report.moves, volatility)
    report = report._replace(warnings=(*report.warnings, *jumps(report.moves, volatility)))
    rows, left_out = page.shown(page.moved(report), everything=False)
    contexts = [(m, report.contexts.get(m.symbol)) for m in report.moves if m.status == "ok"]
    ranked = [RankedMove(m, context, tuple(of_move(m, context))) for m, context in contexts]
    return SummaryReport(
        session=report,
        headline=_headline(ranked, shares, report),
        brief=tuple(sections.brief(report, shares)),
        regions=_regions(rows, volatility, config),
        left_out=left_out,
        sections=sections.sections(report, ranked),
    )


def _headline(
    ranked: Sequence[RankedMove], shares: Sequence[Move], report: SessionReport
) -> Sentence:
    from marketmove.wording import session_words as page
    from marketmove.wording.headline import headline

    count = {move.symbol for move in shares}
    movers = [one for one in ranked if one.move.symbol in count]
    if not movers:
        return _no_move([page.name(move) for move in shares if move.close is not None])
    return headline(movers, report.divergences, len(shares))


def _no_move(names: Sequence[str]) -> Sentence:
    from marketmove.wording.phrases import listed

    closes = "close" if len(names) == 1 else "closes"
    of = listed(names) if len(names) <= _FEW else f"{len(names):,} indices"
    return Sentence(f"No move to report: the first {closes} of {of} in this data.")


def _regions(
    rows: Sequence[Move], volatility: Container[str], config: Config
) -> tuple[SummaryRegion, ...]:
    """The rows by region, in the order of the day; the user's own after, then what has none."""
    named: dict[str, list[str]] = {}
    for move in rows:
        region = config.registry.resolve(move.symbol).region
        name = _REGIONS.get(region.casefold(), region) or _ELSEWHERE
        named.setdefault(_VOLATILITY if move.symbol in volatility else name, []).append(move.symbol)
    known = [name for name in _REGIONS.values() if name in named]
    last = [name for name in (_VOLATILITY, _ELSEWHERE) if name in named]
    own = sorted(named.keys() - {*known, *last})
    return tuple(SummaryRegion(name, tuple(named[name])) for name in (*known, *own, *last))
