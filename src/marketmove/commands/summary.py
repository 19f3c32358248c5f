"""`marketmove summary`: a session in words, as a careful person sums it up from closes alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from marketmove.closes.checks import JUMP_PCT
from marketmove.commands.session import SessionRequest, session
from marketmove.config import Config
from marketmove.errors import Remark, listed
from marketmove.market.groups import VOLATILITY_GROUP
from marketmove.moves.move import Move
from marketmove.rarity.compare import Comparison
from marketmove.rarity.superlatives import move_facts
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Sentence, SummaryReport
from marketmove.wording import sections as wording
from marketmove.wording import session_rows
from marketmove.wording.groups import by_region
from marketmove.wording.headline import RankedMove, headline
from marketmove.wording.phrases import size

PERIODS = ("week", "ytd")
_FEW = 3


def summary(request: SessionRequest) -> SummaryReport:
    """Sum up one session: work it out, choose what comes first, and say it.

    Raises
    ------
    MarketMoveError
        Of the class that says what the user can mend.
    """
    wanted = request._replace(
        periods=PERIODS,
        pairs=request.config.top,
        closes_for="summary",
        # Volatility falls where shares rise: of it only the pairs that are asked for.
        comparison=Comparison(apart=frozenset(_volatility(request.config))),
    )
    report = session(wanted)
    report = report._replace(warnings=(*report.warnings, *_jumps(report, request.config)))
    rows, left_out = session_rows.shown(session_rows.moved(report), everything=False)
    symbols = [move.symbol for move in rows]
    told = [_told(move, report) for move in report.moves if move.status == "ok"]
    shares = _shares(report.moves, request.config)
    return SummaryReport(
        session=report,
        headline=_headline(told, shares, report),
        brief=tuple(wording.brief(report, shares)),
        regions=tuple(by_region(symbols, request.config.registry, _volatility(request.config))),
        left_out=left_out,
        sections=wording.sections(report, told),
    )


def _jumps(report: SessionReport, config: Config) -> Iterator[Remark]:
    """Doubt what only a wrong close makes: nobody may look at the figures before they are sent."""
    apart = _volatility(config)
    for move in report.moves:
        pct = move.change_pct
        if pct is None or abs(pct) <= JUMP_PCT or move.symbol in apart:
            continue
        text = (
            f"{move.symbol}: a {'rise' if pct > 0 else 'fall'} of {size(pct)} from"
            f" {move.prior_session} to {move.session}; is one of the two closes wrong?"
            " marketmove check tells more"
        )
        yield Remark("jump", text, move.symbol)


def _told(move: Move, report: SessionReport) -> RankedMove:
    context = report.contexts.get(move.symbol)
    return RankedMove(move, context, tuple(move_facts(move, context)))


def _shares(moves: Sequence[Move], config: Config) -> Sequence[Move]:
    """The indices of shares; all where none of them has a move, or there is none."""
    apart = _volatility(config)
    shares = [move for move in moves if move.symbol not in apart]
    return shares if any(move.status == "ok" for move in shares) else moves


def _volatility(config: Config) -> set[str]:
    group = config.groups.get(VOLATILITY_GROUP)
    return set(group.symbols) if group else set()


def _headline(
    told: Sequence[RankedMove], shares: Sequence[Move], report: SessionReport
) -> Sentence:
    count = {move.symbol for move in shares}
    movers = [one for one in told if one.move.symbol in count]
    if not movers:
        return _no_move([session_rows.name(move) for move in shares if move.close is not None])
    return headline(movers, report.divergences, len(shares))


def _no_move(names: Sequence[str]) -> Sentence:
    closes = "close" if len(names) == 1 else "closes"
    of = listed(names) if len(names) <= _FEW else f"{len(names):,} indices"
    return Sentence(f"No move to report: the first {closes} of {of} in this data.")
