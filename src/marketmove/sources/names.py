"""Which index a file of one index holds, by its name: "Hang Seng Historical Data.csv"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketmove.indices import Registry

# What sources add to the name of the index.
_ADDED = re.compile(
    r"\b(historical|history|data|prices?|rates?|daily|index|close|closing|download|export|eod|quotes?"
    r"|historische|kurse|daten|dati|storici|datos|hist[oó]ricos|dados|donn[ée]es|historiques|d|day|us)\b",
    re.IGNORECASE,
)
# The same in scripts that put no space between words.
_ADDED_UNSPACED = re.compile(
    r"历史数据|歷史數據|歷史資料|历史行情|过去データ|過去データ|時系列データ?|과거\s*데이터|내역"
)
_DATES = re.compile(r"\b(\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{8}|(19|20)\d{2}|\(\d+\))")
_JOINTS = re.compile(r"[\s_()\[\],$]+| - ")


def index_of_file(stem: str, registry: Registry) -> str:
    """Give the symbol that a file's name stands for; the name itself where none is known.

    The whole name is tried first, then without what sources add, then the longest run of its
    words that one index alone is known by.

    Examples
    --------
    >>> from marketmove.indices import Index, Registry
    >>> registry = Registry.of([Index("HSI", "Hang Seng", ("^HSI",))])
    >>> index_of_file("Hang Seng Historical Data", registry), index_of_file("my_fund", registry)
    ('HSI', 'my_fund')
    """
    stem = stem.strip()
    spaced = _JOINTS.sub(" ", _ADDED_UNSPACED.sub(" ", stem)).strip()
    bare = " ".join(_DATES.sub(" ", _ADDED.sub(" ", spaced)).split())
    for text in (stem, spaced, bare):
        if index := registry.find(text):
            return index.symbol
    words = bare.split()
    for length in range(len(words), 0, -1):
        runs = (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
        found = {index.symbol for run in runs if (index := registry.find(run)) and _telling(run)}
        if len(found) == 1:
            return found.pop()
        if found:
            break
    return stem


def _telling(text: str) -> bool:
    """Whether a part of a name is enough to tell an index: not a number, not a short word."""
    return len(text) > 2 and not text.isdecimal()
