"""How pictures look: a sheet measured in inches, and what stands around every picture on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.errors import Remark
from marketmove.render.layout import texts_of
from marketmove.render.palettes import Theme
from marketmove.render.pictures.fonts import Lettering
from marketmove.reports.records import HistoryReport, LinesReport, PairReport, SessionReport
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE, BODY, SMALL = 12.0, 9.0, 7.5
MARGIN = 0.25
_LINE = 1.35
POINTS_AN_INCH = 72
_GAP = 0.14
# A picture that is asked for no width of its own is no wider; a page has one for phones beside it.
USUAL_WIDTH, NARROW_WIDTH, _WIDE_FROM = 8.0, 3.42, 5.0
DOTS_AN_INCH = 200
# That closes are hours apart, and that dividends count in some indices only.
_NEEDED_NOTES = ("rates", "hours_apart", "mixed_returns")
# That published figures are of no session, of another one, or from before its end.
_NEEDED_WARNINGS = (
    "published_no_session",
    "published_undated",
    "published_early",
    "published_fits",
)


class Surface(NamedTuple):
    """What a picture is drawn on: how many inches across, in which colours, with which letters."""

    width: float
    theme: Theme
    letters: Lettering

    @property
    def is_narrow(self) -> bool:
        """Whether names stand above their rows, since there is no room beside them."""
        return self.width < _WIDE_FROM


class PictureSheet(NamedTuple):
    """A figure whose places are inches from its upper left corner."""

    figure: Figure
    width: float
    height: float
    theme: Theme

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add bare axes: no frame, no ticks, quiet letters."""
        across, up = self.width, self.height
        box = (left / across, 1 - (top + height) / up, width / across, height / up)
        axes = self.figure.add_axes(box)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=SMALL + 0.5, labelcolor=self.theme.muted, pad=4)
        axes.set_facecolor("none")
        return axes

    def text(self, left: float, top: float, text: str, **how: Any) -> None:
        """Write one line, its middle at ``top``; signs in it are letters and no formula."""
        look: dict[str, Any] = {"size": BODY, "color": self.theme.ink, "va": "center_baseline"}
        place = (left / self.width, 1 - top / self.height)
        self.figure.text(*place, text, parse_math=False, **look | how)

    def lines(self, left: float, top: float, lines: Sequence[str], **how: Any) -> None:
        """Write lines, the first of them at ``top``."""
        step = line_height(how.get("size", BODY))
        for n, line in enumerate(lines):
            self.text(left, top + (n + 0.5) * step, line, **how)


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

    >>> tick_text(-0.5), tick_text(0.0), tick_text(1500.0)
    ('−0.5', '0', '+1,500')
    """
    return f"{value:+,.6g}".replace("-", "−") if value else "0"


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Give about so many round numbers from one number to another, for the marks of an axis."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in found if low <= tick <= high]


def round_numbers_around(low: float, high: float, most: int) -> list[float]:
    """Give about so many round numbers, the first no higher, the last no lower than two numbers."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in found]


def index_label(name: str, symbol: str, letters: Lettering, room: float) -> str:
    """Write the name of an index beside its row; its symbol where no font has the name."""
    return shortened(letters.text(visible(name), visible(symbol)), room, BODY)


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


class Frame(NamedTuple):
    """The lines above and below a picture, broken to its width."""

    title: list[str]
    subtitle: list[str]
    footers: list[str]

    @property
    def above(self) -> float:
        """How many inches the title and what stands under it need, with the margin."""
        heads = len(self.title) * line_height(TITLE) + len(self.subtitle) * line_height(BODY)
        return MARGIN + heads + _GAP

    @property
    def below(self) -> float:
        """How many inches the lines at the foot need, with the margin."""
        return _GAP + len(self.footers) * line_height(SMALL) + MARGIN

    def around(self, surface: Surface, height: float) -> PictureSheet:
        """Give a sheet with room for a picture of so many inches, and all lines on it."""
        from matplotlib.figure import Figure

        width, theme = surface.width, surface.theme
        whole = self.above + height + self.below
        page = PictureSheet(
            Figure(figsize=(width, whole), facecolor=theme.paper), width, whole, theme
        )
        page.lines(MARGIN, MARGIN, self.title, size=TITLE, weight="bold")
        top = MARGIN + len(self.title) * line_height(TITLE) + 0.03
        page.lines(MARGIN, top, self.subtitle, color=theme.muted)
        foot = self.above + height + _GAP
        page.lines(MARGIN, foot, self.footers, size=SMALL, color=theme.muted)
        return page


class PictureText(NamedTuple):
    """What is written above and below a picture: the title, what it says, where it is from."""

    title: str
    above: list[str]
    foot: list[str]

    def frame(self, surface: Surface) -> Frame:
        """Break the lines around a picture to its width, in letters that can be drawn."""
        room, letters = surface.width - 2 * MARGIN, surface.letters

        def broken(lines: Sequence[str], size: float) -> list[str]:
            return [part for line in lines for part in wrapped(letters.text(line), room, size)]

        # Bold letters are wider than those that are measured.
        title = wrapped(letters.text(self.title), room / 1.15, TITLE)
        return Frame(title, broken(self.above, BODY), broken(self.foot, SMALL))


class PictureWords(NamedTuple):
    """What is asked to be written: a title instead of ours, and where the closes are from."""

    title: str = ""
    source: str = ""


def footers(
    report: SessionReport | HistoryReport | PairReport | LinesReport,
    words: PictureWords,
    what: str,
    *lines: str,
) -> list[str]:
    """Give what stands under a picture: the source, what it shows, and notes it is not to lack.

    Files and their lines mean nothing to those who see a picture: warnings are said beside it.
    """
    written = [
        *([f"Source: {visible(words.source)}"] if words.source else []),
        what,
        *lines,
        *texts_of(note for note in report.notes if note.code in _NEEDED_NOTES),
        *(f"Warning: {one.text}" for one in report.warnings if one.code in _NEEDED_WARNINGS),
    ]
    return [line[:1].upper() + line[1:] for line in written]


def sentences(lines: Sequence[str]) -> list[str]:
    """Give lines of a picture as sentences, for those who hear it."""
    return [f"{line[:1].upper()}{line[1:].rstrip('.')}." for line in lines]


def other_notes(notes: Sequence[Remark]) -> list[str]:
    """Write the notes that a page has beside its picture."""
    return texts_of(note for note in notes if note.code not in _NEEDED_NOTES)


class Drawing(NamedTuple):
    """What a picture shows, in words, and how it is drawn.

    ``described`` says what is to be seen, for those who cannot; ``head`` and ``rows`` are the
    figures behind it, the first of each row what it is called; ``folded`` says that a page opens
    them when they are asked for. ``lines`` stand under the picture. ``texts`` are those that may
    need a font of their own; ``draw`` makes the figure for a surface. ``width`` is how many inches
    the picture is wide where none is asked for.
    """

    title: str
    described: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: list[str]
    texts: list[str]
    draw: Callable[[Surface], Figure]
    width: float = USUAL_WIDTH
    folded: bool = False
