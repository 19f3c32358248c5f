"""What tests of summaries share: small files of closes, and the sentences of a section."""

from __future__ import annotations

import datetime as dt
from typing import Any

from program import SAMPLE_CLOSES

HEADER = "date,symbol,close\n"
FRIDAY = dt.date(2025, 2, 14)
FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES)
PAIR = ("--index", "HSI", "--index", "Nikkei")


def closes(**levels: tuple[float | str, ...]) -> str:
    """A file of closes that end on 14 February 2025, each index's own in order."""
    days = ("2025-02-11", "2025-02-12", "2025-02-13", "2025-02-14")
    rows = [
        f"{day},{symbol.replace('_', ' ')},{close}\n"
        for symbol, own in levels.items()
        for day, close in zip(days[-len(own) :], own, strict=True)
    ]
    return HEADER + "".join(rows)


def said(document: Any, code: str) -> list[str]:
    """The sentences of a section; none where it is not there."""
    found = [section for section in document["sections"] if section["code"] == code]
    return [told["text"] for section in found for told in section["sentences"]]
