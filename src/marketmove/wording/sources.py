"""What figures rest on, as titles have it."""

from __future__ import annotations

import re

from marketmove.wording.characters import visible

_SEVERAL = re.compile(r"[0-9,]+ files")


def rests_on(basis: str, source: str, bundled: bool) -> str:
    """Name the closes, or the published figures, that figures rest on.

    >>> rests_on("closes", "closes.csv", True), rests_on("closes", "6 files", False)
    ('closes · closes.csv (bundled sample)', 'closes (6 files)')
    """
    if _SEVERAL.fullmatch(source):
        return f"{basis} ({source})"
    return f"{basis} · {visible(source)}{' (bundled sample)' if bundled else ''}"
