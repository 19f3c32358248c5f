"""The characters of a text: those that a terminal would obey, those that ASCII has not."""

from __future__ import annotations

import re
import unicodedata

_ASCII = str.maketrans(
    {"−": "-", "–": "-", "≈": "~", "│": "|", "·": "-", "—": "-", "…": "~", "≠": "!"}
    # The heights of sparklines, by how dark they are; ▇ is that of bars too.
    | dict(zip("▁▂▃▄▅▆▇█", ".:-=+*#@", strict=True))
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters, marks and signs by their kind, of which nothing is seen: fillers of Hangul, joiners,
# selectors, Braille without a dot; and what Unicode keeps for more of them.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Show the control and formatting characters of a text instead of sending them.

    >>> visible("\x1b[31mHSI")
    '\\x1b[31mHSI'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in _HIDDEN or _UNSEEN.match(c)
        else c
        for c in text
    )


def plain_ascii(text: str) -> str:
    """Write the signs of this program in ASCII.

    >>> plain_ascii("≈ −311.74")
    '~ -311.74'
    """
    return text.translate(_ASCII)
