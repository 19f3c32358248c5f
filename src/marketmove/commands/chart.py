"""`marketmove chart`: a session, many sessions, or a pair, drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from marketmove.commands.history import HistoryRequest, history
from marketmove.commands.pair import PairRequest, pair
from marketmove.commands.session import SessionRequest, session
from marketmove.errors import Problem, Remark
from marketmove.render import RenderOptions
from marketmove.reports.records import SessionReport, in_order

if TYPE_CHECKING:
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

    from marketmove.render.drawings.bars import session as text
    from marketmove.render.pictures.session import drawing

    return Chart(
        report.warnings,
        report.unusable,
        partial(text, report, look),
        partial(drawing, report, words, look.everything),
    )


def _over(report: SessionReport, period: str, sort: str) -> SessionReport:
    """The same of a period: pairs and how rare things are stay with the session, and are gone."""
    from marketmove.moves.breadth import breadth, share_moves

    moves = in_order([move.over(period) for move in report.moves], sort, report.home)
    return report._replace(
        moves=tuple(moves),
        breadth=breadth(share_moves(moves, report.excluded)),
        divergences=(),
        pairs_left_out=0,
        over=period,
    )


def heatmap_chart(request: HistoryRequest, look: RenderOptions, words: PictureWords) -> Chart:
    """Work out many sessions, to be drawn as a row an index; raises what ``history`` does."""
    report = history(request)
    if report.in_currency:
        converted = report.frame["converted_change_pct"]
        report = report._replace(frame=report.frame.assign(change_pct=converted))

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
