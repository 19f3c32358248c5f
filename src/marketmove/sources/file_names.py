"""Which index a file of one index holds, by its name: "Hang Seng Historical Data.csv"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from marketmove.market.indices import Registry

# What people and sources add to the name of the index.
_ADDED = re.compile(
    r"\b(historical|history|data|prices?|rates?|daily|index|close|closing|download|export|eod|quotes?"
    r"|kurse|daten|dati|storici|datos|hist[oó]ricos|dados|donn[ée]es|historiques|d|day|us|jp"
    r"|geçmiş|verileri|dane|historyczne|historische|gegevens|historiska|historialliset|tiedot|historis"
    r"|прошлые|данные|البيانات|التاريخية|ιστορικά|δεδομένα|dữ|liệu|lịch|sử"
    r"|wsj|yahoo|stooq|investing|copy|clean|raw|to|1d|1440)\b",
    re.IGNORECASE,
)
# The same in scripts that put no space between words.
_ADDED_UNSPACED = re.compile(
    r"历史数据|歷史數據|歷史資料|历史行情|过去データ|過去データ|時系列データ?|과거\s*데이터|내역"
)
_DATES = re.compile(
    r"\b(\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{1,2}[-_.]\d{1,2}[-_.]\d{4}|\d{8}|(19|20)\d{2}|\(\d+\))"
)
# The number that browsers give to a second download of the same name.
_COPY = re.compile(r"\s\d$")
_JOINTS = re.compile(r"[\s_()\[\],$]+| - ")
# Names of indices that are other words or exchanges too: nasdaq_NVDA, dow for the day of the week.
_OTHERWISE = frozenset({
    "bet", "comp", "dow", "psi", "rut", "set", "tran", "util",
    "dfm", "kosdaq", "micex", "moex", "nasdaq", "rts", "tpex", "tsx", "twse",
})  # fmt: skip


def index_of_file(stem: str, registry: Registry) -> str:
    """Give the symbol that a file's name stands for; the name itself where none is known.

    The whole name is tried first, then without what sources add, then the words at its end. What
    stands behind a name may make it another index (Nifty 100, S&P 500 Growth), and a name in
    which two indices are found stands for neither.
    """
    stem = stem.strip()
    spaced = _JOINTS.sub(" ", _ADDED_UNSPACED.sub(" ", stem)).strip()
    bare = " ".join(_ADDED.sub(" ", _DATES.sub(" ", _COPY.sub("", spaced))).split())
    for text in (stem, spaced, bare):
        if index := registry.find(text):
            return index.symbol
    words = bare.replace("-", " ").split()
    runs = list(_known_runs(words, registry))
    found = {registry.resolve(run).symbol for run in runs}
    at_the_end = bool(runs) and words[-len(runs[-1].split()) :] == runs[-1].split()
    clear = len(found) == 1 and at_the_end and runs[-1].casefold() not in _OTHERWISE
    return found.pop() if clear else stem


def _known_runs(words: Sequence[str], registry: Registry) -> Iterator[str]:
    """Runs of words that name an index: from left to right, the longest at each place."""
    start = 0
    while start < len(words):
        ends = range(len(words), start, -1)
        runs = (" ".join(words[start:end]) for end in ends)
        run = next((run for run in runs if _telling(run) and registry.find(run)), "")
        if run:
            yield run
        start += len(run.split()) or 1


def _telling(text: str) -> bool:
    """Whether a part of a name is enough to tell an index: not a number, not a short word."""
    return len(text) > 2 and not text.isdecimal()
