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


class PictureLook(NamedTuple):
    """How a picture is to look: its palette, how many inches across, light or dark."""

    palette: str
    width: float | None = None
    dark: bool = False


def picture(drawing: Drawing, ending: str, look: PictureLook) -> Picture:
    """Draw, and give the file whole; the same drawing gives the same bytes."""
    from marketmove.render.palettes import theme
    from marketmove.render.pictures import saving
    from marketmove.render.pictures.fonts import find_letters
    from marketmove.render.pictures.style import Surface

    letters = find_letters(drawing.texts)
    width = look.width or drawing.width
    with saving.fixed_style(letters.families):
        if ending == ".html":
            data = saving.page(drawing, look.palette, width, letters).encode()
        else:
            surface = Surface(width, theme(look.palette, dark=look.dark), letters)
            data = saving.SAVERS[ending](drawing.draw(surface), drawing)
    return Picture(data, letters.warnings())
