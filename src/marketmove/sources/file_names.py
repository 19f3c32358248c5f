"""Which index a file of one index holds, by its name: "Hang Seng Historical Data.csv"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from marketmove.market.indices import Registry

# What people and sources add to the name of the index.
_ADDED = re.compile(
    r"\b(historical|history|hist|results?|data|dataset|prices?|rates?|daily|weekly|monthly|index"
    r"|closes?|closing|levels?|values?|series|table|download|export|eod|quotes?|ohlcv?"
    r"|full|max|latest|new|final|cleaned|en|eng|english|dly|csv|xlsx|w|m|y|yrs?|years?"
    r"|kurse|daten|dati|storici|datos|hist[oó]ricos|dados|donn[ée]es|historiques|d|day|us|jp"
    r"|geçmiş|verileri|dane|historyczne|historische|gegevens|historiska|historialliset|tiedot|historis"
    r"|прошлые|данные|البيانات|التاريخية|ιστορικά|δεδομένα|dữ|liệu|lịch|sử"
    r"|wsj|yahoo|stooq|investing|google|finance|nasdaq\.com|copy|clean|raw|to|from|1[dwm]|1440)\b",
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
_COPY = re.compile(r"[\s-]\d$")
_JOINTS = re.compile(r"[\s_()\[\],$]+| - |(?<=\w)\.(?=[a-z]$)")
_DASHES = str.maketrans("‐‑‒–—−", "------")
# "NASDAQ_NDX, 1D_a1b2c", as TradingView names a download: the exchange, the index, the interval.
_OF_EXCHANGE = re.compile(
    r"[A-Z][A-Z0-9]*_(?:DLY_)?(?P<index>[^,\s]+),\s?\d*[SHDWM]?(?:_[0-9a-f]{4,6})?(?:\s?\(\d+\))?"
)
_JOINED_UP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORTEST_PART = 3
# Names of indices that are other words or exchanges too: nasdaq_NVDA, dow for the day of the week.
_OTHERWISE = frozenset({
    "bet", "comp", "dow", "psi", "rut", "set", "tran", "util",
    "dfm", "kosdaq", "micex", "moex", "nasdaq", "rts", "tpex", "tsx", "twse",
})  # fmt: skip


def index_of_file(stem: str, registry: Registry) -> str:
    """Give the symbol that a file's name stands for; empty where none is known.

    Where the name is also that of a share or a fund, it is given as it is, for the levels decide.

    The whole name is tried first, then without what sources add, then the words at its end. What
    stands behind a name may make it another index (Nifty 100, S&P 500 Growth), and a name in
    which two indices are found stands for neither.
    """
    stem = stem.strip().translate(_DASHES)
    if match := _OF_EXCHANGE.fullmatch(stem):
        return _named(match["index"], registry)
    spaced = _JOINTS.sub(" ", _ADDED_UNSPACED.sub(" ", stem)).strip()
    bare = " ".join(_ADDED.sub(" ", _DATES.sub(" ", _COPY.sub("", spaced))).split())
    for text in (stem, spaced, bare, *_parted(bare)):
        if name := _named(text, registry):
            return name
    words = bare.replace("-", " ").split()
    runs = list(_known_runs(words, registry))
    found = {registry.resolve(run).symbol for run in runs}
    at_the_end = bool(runs) and words[-len(runs[-1].split()) :] == runs[-1].split()
    clear = len(found) == 1 and at_the_end and runs[-1].casefold() not in _OTHERWISE
    return _named(runs[-1], registry) if clear else ""


def _named(text: str, registry: Registry) -> str:
    """The symbol of a name, or the name itself where something else has it too; "" if unknown."""
    index = registry.find(text)
    return "" if index is None else text if index.shares(text) else index.symbol


def _parted(text: str) -> Iterator[str]:
    """A name of one word as two: HangSeng, dowjones."""
    if " " in text or not text.isalpha():
        return
    yield _JOINED_UP.sub(" ", text)
    for place in range(_SHORTEST_PART, len(text) - _SHORTEST_PART + 1):
        yield f"{text[:place]} {text[place:]}"


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
