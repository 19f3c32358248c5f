"""`marketmove chart`: a session, many sessions, or a pair, drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.commands.history import HistoryRequest, history
from marketmove.commands.pair import PairRequest, pair
from marketmove.commands.session import SessionRequest, session
from marketmove.errors import Remark
from marketmove.render import RenderOptions

if TYPE_CHECKING:
    from marketmove.render.pictures import Drawing


class Chart(NamedTuple):
    """A chart that is worked out: its warnings, and what draws it in text or for a picture.

    Which of them is called is up to the caller; what draws for a picture needs matplotlib.
    """

    warnings: Sequence[Remark]
    text: Callable[[], str]
    drawing: Callable[[], Drawing]


def session_chart(request: SessionRequest, look: RenderOptions) -> Chart:
    """Work out one session, to be drawn as bars.

    Raises
    ------
    MarketMoveError
        As ``session`` does.
    """
    report = session(request)

    def text() -> str:
        from marketmove.render.drawings.bars import session

        return session(report, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.session import drawing

        return drawing(report, look.palette, look.everything)

    return Chart(report.warnings, text, drawing)


def heatmap_chart(request: HistoryRequest, look: RenderOptions) -> Chart:
    """Work out many sessions, to be drawn as a grid of indices by sessions.

    Raises
    ------
    MarketMoveError
        As ``history`` does.
    """
    from marketmove.render.drawings.grid import grid

    report = history(request)
    cells = grid(report, request.config.registry)

    def text() -> str:
        from marketmove.render.drawings.heatmap import heatmap

        return heatmap(report, cells, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.heatmap import drawing

        return drawing(report, cells, look.palette)

    return Chart(report.warnings, text, drawing)


def pair_chart(request: PairRequest, look: RenderOptions) -> Chart:
    """Work out one pair, to be drawn through time.

    Raises
    ------
    MarketMoveError
        As ``pair`` does.
    """
    report = pair(request)

    def text() -> str:
        from marketmove.render.drawings.pair import pair

        return pair(report, look)

    def drawing() -> Drawing:
        from marketmove.render.pictures.pair import drawing

        return drawing(report, look.palette)

    return Chart(report.warnings, text, drawing)
