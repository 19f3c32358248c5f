"""Which fonts of this machine have the letters of a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

USUAL = "DejaVu Sans"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_REGULAR, _BOLD = 400, 700


class Lettering(NamedTuple):
    """The families of fonts to draw with, in order, and the signs that none of them has."""

    families: tuple[str, ...]
    lacking: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    def text(self, text: str, instead: str = "") -> str:
        """Give a text that can be drawn: another one for it, or with marks for what is lacking."""
        if self.lacking.isdisjoint(text):
            return text
        if instead and self.lacking.isdisjoint(instead):
            return instead
        return "".join(_UNKNOWN if sign in self.lacking else sign for sign in text)

    def warnings(self) -> list[str]:
        """Say which texts no font has."""
        hit = [text for text in self.texts if not self.lacking.isdisjoint(text)]
        if not hit:
            return []
        more = f" and of {len(hit) - 1} more" if len(hit) > 1 else ""
        return [f"no font here has all the letters of {hit[0]}{more}; a symbol or � stands for it"]


def find_letters(texts: Iterable[str]) -> Lettering:
    """Find fonts for all signs of some texts: the usual one first, then as few as will do."""
    kept = tuple(dict.fromkeys(texts))
    lacking = {sign for text in kept for sign in text if not sign.isspace()} - _signs_of(USUAL)
    families = [USUAL]
    for offered in (_known_families, _new_families):
        if lacking:
            has = {family: lacking & _signs_of(family) for family in offered()}
            for family in _chosen(lacking, has):
                families.append(family)
                lacking -= has[family]
    return Lettering(tuple(families), frozenset(lacking), kept)


def _chosen(lacking: set[str], has: dict[str, set[str]]) -> list[str]:
    """The first family that has all of the signs, else those that add some, the richest first."""
    whole = [family for family, signs in has.items() if signs == lacking]
    if whole:
        return whole[:1]
    chosen, left = [], set(lacking)
    for family in sorted(has, key=lambda family: -len(has[family])):
        if has[family] & left:
            chosen.append(family)
            left -= has[family]
    return chosen


def _known_families() -> list[str]:
    """The families that are installed, upright ones without serifs first, in a fixed order."""
    from matplotlib.font_manager import fontManager

    entries = sorted(fontManager.ttflist, key=_rank)
    # The last resort has a box for every sign, and the shape of none.
    names = [entry.name for entry in entries if not entry.name.startswith("Last Resort")]
    return list(dict.fromkeys(names))


def _rank(entry: Any) -> tuple[bool, bool, str]:
    plain = any(word in entry.name for word in ("Sans", "Gothic", "Hei"))
    return entry.style != "normal" or "Mono" in entry.name, not plain, entry.name


def _new_families() -> Iterator[str]:
    """Families that were installed after matplotlib had made its list of them."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - listed):
        before = len(fontManager.ttflist)
        try:
            fontManager.addfont(path)
        except (OSError, RuntimeError):
            continue
        yield from dict.fromkeys(entry.name for entry in fontManager.ttflist[before:])


def _signs_of(family: str) -> set[str]:
    """The signs that a family has, upright, both regular and bold; none if it is not to be had."""
    return _signs_at(family, _REGULAR) & _signs_at(family, _BOLD)


def _signs_at(family: str, weight: int) -> set[str]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    try:
        wanted = FontProperties(family=family, weight=weight)
        font = get_font(findfont(wanted, fallback_to_default=False))
    except (OSError, RuntimeError, ValueError):
        return set()
    return set(map(chr, font.get_charmap())) if font.scalable else set()
