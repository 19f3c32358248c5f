"""How pictures look: colours that stay apart in grey, and a sheet measured in inches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RULE, PAPER = "#1b1f24", "#5f6670", "#d5d8dc", "#ffffff"
LIGHT = {"ink": INK, "muted": MUTED, "rule": RULE, "paper": PAPER}
DARK = {"ink": "#e8eaed", "muted": "#a3aab4", "rule": "#4a525c", "paper": "#14171a"}
TITLE, BODY, SMALL = 12.0, 9.0, 7.5
MARGIN = 0.3
_LINE = 1.35
POINTS_AN_INCH = 72


class Colours(NamedTuple):
    """A rise and a fall, the fall darker; the same on a dark page; and what lies between them."""

    up: str
    down: str
    up_in_the_dark: str
    down_in_the_dark: str
    flat: str = "#f4f2ec"

    @property
    def named(self) -> dict[str, str]:
        """The colours by the names that a page gives them."""
        return {"up": self.up, "down": self.down}

    @property
    def named_in_the_dark(self) -> dict[str, str]:
        """The same for a dark page."""
        return {"up": self.up_in_the_dark, "down": self.down_in_the_dark}


_COLOURS = {
    "western": Colours("#56a877", "#a02c2c", "#7cc79a", "#d95b57"),
    "east-asia": Colours("#e07a70", "#1f6a43", "#f09a90", "#3fa06c"),
    "korea": Colours("#e07a70", "#234f94", "#f09a90", "#5b8fe0"),
    "cvd": Colours("#6aaee6", "#a84d00", "#8cc4f2", "#d9782b"),
    "none": Colours("#a9a9a9", "#4a4a4a", "#cfcfcf", "#7d7d7d"),
}


def colours_of(palette: str) -> Colours:
    """Give the colours of a palette."""
    return _COLOURS[palette]


class PictureSheet(NamedTuple):
    """A figure whose places are inches from its upper left corner."""

    figure: Figure
    width: float
    height: float

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add bare axes: no frame, no ticks, quiet letters."""
        box = (
            left / self.width,
            1 - (top + height) / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=SMALL + 0.5, labelcolor=MUTED, pad=4)
        axes.set_facecolor("none")
        return axes

    def text(self, left: float, top: float, text: str, **how: Any) -> None:
        """Write one line, its middle at ``top``; signs in it are letters and no formula."""
        look: dict[str, Any] = {"size": BODY, "color": INK, "va": "center_baseline"}
        place = (left / self.width, 1 - top / self.height)
        self.figure.text(*place, text, parse_math=False, **look | how)

    def lines(self, left: float, top: float, lines: Sequence[str], **how: Any) -> None:
        """Write lines, the first of them at ``top``."""
        step = line_height(how.get("size", BODY))
        for n, line in enumerate(lines):
            self.text(left, top + (n + 0.5) * step, line, **how)


def sheet(width: float, height: float) -> PictureSheet:
    """Give an empty sheet of so many inches."""
    from matplotlib.figure import Figure

    return PictureSheet(Figure(figsize=(width, height), facecolor=PAPER), width, height)


def line_height(size: float) -> float:
    """Give the height of a line of text, in inches, for a size in points."""
    return size * _LINE / POINTS_AN_INCH


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Give how wide a text is when it is drawn, in inches."""
    from matplotlib import rcParams

    return _width(text, size, weight, tuple(rcParams["font.family"]))


@lru_cache(maxsize=4096)
def _width(text: str, size: float, weight: str, _families: tuple[str, ...]) -> float:
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    renderer: Any = RendererAgg(1, 1, POINTS_AN_INCH)  # type: ignore[no-untyped-call]
    font = FontProperties(size=size, weight=weight)
    width, _, _ = renderer.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / POINTS_AN_INCH


def widest(texts: Sequence[str], size: float) -> float:
    """Give the width of the widest text, in inches; 0 if there is none."""
    return max((text_width(text, size) for text in texts), default=0.0)


def tick_text(value: float) -> str:
    """Write a number beside an axis: with its sign, and with no more digits than it has.

    Examples
    --------
    >>> tick_text(-0.5), tick_text(0.0), tick_text(1500.0)
    ('−0.5', '0', '+1,500')
    """
    return f"{value:+,.6g}".replace("-", "−") if value else "0"


def shortened(text: str, room: float, size: float) -> str:
    """Give a text, cut at its end where it does not fit into so many inches."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, room: float, size: float) -> list[str]:
    """Break a text into lines that fit into so many inches, between words where there are some."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if text_width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(shortened(word, room, size))
    return [line for line in lines if line]
