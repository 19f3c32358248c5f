"""The colours of rises and falls in each palette, for terminals, pages for mail, and pictures."""

from __future__ import annotations

from typing import NamedTuple


class Colours(NamedTuple):
    """A rise and a fall; the same on a dark page where there is one."""

    up: str
    down: str
    up_in_the_dark: str = ""
    down_in_the_dark: str = ""

    def of(self, pct: float) -> str:
        """Give the colour of a move; empty for none."""
        return self.up if pct > 0 else self.down if pct < 0 else ""

    def of_text(self, figure: str) -> str:
        """Give the colour of a figure by the sign that it begins with."""
        return {"+": self.up, "−": self.down}.get(figure[:1], "")


# Styles of rich.
TERMINAL = {
    "western": Colours("green", "red"),
    "east-asia": Colours("red", "green"),
    "korea": Colours("red", "blue"),
    "cvd": Colours("dodger_blue1", "dark_orange"),
    "none": Colours("", ""),
}
# Letters of a page: each at least 4.5:1 against its ground.
MAIL = {
    "western": Colours("#0a6b35", "#b3261e", "#5fd38d", "#ff8a80"),
    "east-asia": Colours("#b3261e", "#0a6b35", "#ff8a80", "#5fd38d"),
    "korea": Colours("#b3261e", "#0b57d0", "#ff8a80", "#8ab4f8"),
    "cvd": Colours("#0b57d0", "#9a4a00", "#8ab4f8", "#ffb065"),
    "none": Colours("#1f1f1f", "#1f1f1f", "#e8e8e8", "#e8e8e8"),
}
# Areas of a picture: they stay apart in grey, the fall darker.
PICTURES = {
    "western": Colours("#56a877", "#a02c2c", "#7cc79a", "#d95b57"),
    "east-asia": Colours("#e07a70", "#1f6a43", "#f09a90", "#3fa06c"),
    "korea": Colours("#e07a70", "#234f94", "#f09a90", "#5b8fe0"),
    "cvd": Colours("#6aaee6", "#a84d00", "#8cc4f2", "#d9782b"),
    "none": Colours("#a9a9a9", "#4a4a4a", "#cfcfcf", "#7d7d7d"),
}


class Theme(NamedTuple):
    """The colours of a picture: letters, rules, the ground, what lies between a rise and a fall."""

    ink: str
    muted: str
    rule: str
    paper: str
    flat: str
    up: str
    down: str


def theme(palette: str, *, dark: bool = False) -> Theme:
    """Give the colours of a picture, on light or on dark ground."""
    colours = PICTURES[palette]
    if dark:
        up, down = colours.up_in_the_dark, colours.down_in_the_dark
        return Theme("#e8eaed", "#a3aab4", "#4a525c", "#14171a", "#2b3036", up, down)
    return Theme("#1b1f24", "#5f6670", "#d5d8dc", "#ffffff", "#f4f2ec", colours.up, colours.down)
