"""Pictures of reports, through matplotlib: bytes of SVG, PNG, PDF, or of one HTML file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from marketmove.errors import WrongUsageError
from marketmove.render.pictures.fonts import Lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Drawing(NamedTuple):
    """What a picture shows, in words, and how it is drawn.

    ``described`` says what is to be seen, for those who cannot; ``head`` and ``rows`` are the
    figures behind it, the first of each row what it is called. ``lines`` stand under the picture.
    ``texts`` are those that may need a font of their own; ``draw`` makes the figure from what is
    known of fonts.
    """

    title: str
    described: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: list[str]
    texts: list[str]
    draw: Callable[[Lettering], Figure]


class Picture(NamedTuple):
    """The bytes of a file, and what could not be drawn in it as it should."""

    data: bytes
    warnings: list[str]


def need_matplotlib() -> None:
    """Load what pictures are drawn with, and have it print nothing.

    Raises
    ------
    WrongUsageError
        If it is not installed.
    """
    import logging

    # It tells on stderr where it keeps its list of fonts, and that it makes one.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        text = (
            "a picture needs an extra: pip install 'marketmove[charts]'; without --output it is"
            " drawn in the terminal"
        )
        raise WrongUsageError.at(None, text) from None


def picture(drawing: Drawing, ending: str, palette: str) -> Picture:
    """Draw, and give the file whole; the same drawing gives the same bytes."""
    from marketmove.render.pictures import saving
    from marketmove.render.pictures.fonts import find_letters

    letters = find_letters(drawing.texts)
    with saving.fixed_style(letters.families):
        figure = drawing.draw(letters)
        if ending == ".html":
            data = saving.page(drawing, saving.svg(figure, drawing), palette).encode()
        else:
            data = saving.SAVERS[ending](figure, drawing)
    return Picture(data, letters.warnings())
