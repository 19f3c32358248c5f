"""What is written in any convention is read as exactly that, or refused; never a third thing."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketmove.errors import MarketMoveError
from profiles import tried
from tables import (
    BYTES,
    DATES,
    DELIMITERS,
    LAYOUTS,
    NUMBERS,
    ORDERS,
    SETTLED,
    Convention,
    as_read,
    closes_for,
    conventions,
    file_of,
    read_bytes,
    wrong,
)


@settings(max_examples=tried(50, 250))
@given(st.data(), conventions)
def test_a_table_is_read_as_it_was_written_or_refused(data: st.DataObject, how: Convention) -> None:
    closes = data.draw(closes_for(how))
    written = file_of(closes, how)
    if written is None:
        return
    try:
        read = read_bytes(written)
    except MarketMoveError:
        return
    found = as_read(read)
    assert wrong(found, closes, how.places) == {}
    if not read.faults:
        assert found.keys() == closes.keys()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dates", DATES)
def test_a_table_that_settles_everything_is_never_refused(layout: str, dates: str) -> None:
    back = dt.timedelta(9_496 if "two_digits" in dates else 0)  # 26 years
    whole = {(symbol, day - back): units for (symbol, day), units in SETTLED.items()}
    closes = {k: v for k, v in whole.items() if layout != "single" or k[0] == "AAA"}
    delimiters = itertools.cycle(DELIMITERS)
    encodings = itertools.cycle(BYTES[:-1])
    for number, order in zip(NUMBERS, itertools.cycle(ORDERS), strict=False):
        how = Convention(layout, dates, number, 2, next(delimiters), next(encodings), order)
        written = file_of(closes, how)
        assert written is not None
        read = read_bytes(written)
        assert (read.faults, read.warnings) == ((), ()), how
        assert as_read(read) == {key: units / 100 for key, units in closes.items()}, how


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["03/02/25", "01/02/25", "04/02/25"], ["2025-02-03", "2025-02-01", "2025-02-04"]),
        (["20/03/19", "20/01/21", "20/02/20"], ["2019-03-20", "2021-01-20", "2020-02-20"]),
        (["31-Dec-98", "15-Jan-99", "27-Dec-98"], ["1998-12-31", "1999-01-15", "1998-12-27"]),
        (["30-Dec-24", "02-Jan-25", "31-Dec-24"], ["2024-12-30", "2025-01-02", "2024-12-31"]),
    ],
)
def test_two_digit_years_out_of_order_are_no_other_dates(texts: list[str], days: list[str]) -> None:
    rows = "".join(f"{text},{1000 + n}.25\n" for n, text in enumerate(texts))
    try:
        found = as_read(read_bytes(f"Date,Close\n{rows}".encode()))
    except MarketMoveError:
        return
    assert {str(day): close for (_, day), close in found.items()} == {
        day: 1000.25 + n for n, day in enumerate(days)
    }
