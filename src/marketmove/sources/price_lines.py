"""Prices in ledgers of plain text: ``P 2025-02-14 HSI 1 HKD``, ``2025-02-14 price HSI 1 HKD``.

hledger and ledger write the first, beancount the second. Other lines of such files are no prices.
"""

from __future__ import annotations

import re

from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow

_DATE = r"(?P<date>\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
_NAME = r'(?:"(?P<quoted>[^"]+)"|(?P<name>[^\s"]+))'
# An amount has its commodity before or behind it: $22,620.33, 22620.33 HKD.
_AMOUNT = r"(?P<amount>\S+(?:[ \t]+\S+)?)"
_LEDGER = re.compile(
    rf"P\s+{_DATE}(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s+{_NAME}\s+{_AMOUNT}\s*(?:[;#].*)?"
)
_BEANCOUNT = re.compile(rf"{_DATE}\s+price\s+{_NAME}\s+{_AMOUNT}\s*(?:;.*)?")
_NUMBER = re.compile(r"-?\d[\d.,'\u00a0]*")
_KEYS = ["date", "symbol", "close"]


def price_grid(text: str, label: str) -> Grid | None:
    """Read the prices of a ledger; None for a text that has none."""
    if " price " not in text and "\tprice" not in text and not re.search(r"(?m)^P\s", text):
        return None
    rows: list[GridRow] = []
    problems: list[Problem] = []
    for line, written in enumerate(text.splitlines(), start=1):
        match = _LEDGER.fullmatch(written.strip()) or _BEANCOUNT.fullmatch(written.strip())
        if match is None:
            continue
        found = _NUMBER.findall(match["amount"])
        if len(found) == 1:
            rows.append(GridRow(line, [match["date"], match["quoted"] or match["name"], found[0]]))
        else:
            problems.append(Problem(Place(label, line), f"{match['amount']} is not a price"))
    if not rows:
        return None
    if problems:
        raise UnrecognisedFileError(problems)
    return Grid(label, [GridRow(1, _KEYS), *rows], "blanks")
