"""Pictures of reports, through matplotlib: bytes of SVG, PNG, PDF, or of one HTML file."""

from __future__ import annotations

from typing import NamedTuple

from marketmove.errors import WrongUsageError
from marketmove.render.pictures.style import Drawing


class Picture(NamedTuple):
    """The bytes of a file, and what could not be drawn in it as it should."""

    data: bytes
    warnings: list[str]


def need_matplotlib() -> None:
    """Load what pictures are drawn with, and have it print nothing."""
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
