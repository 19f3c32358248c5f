"""Floats written many at once: as Python writes each of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marketmove.render.float_bytes import float_cells
from profiles import tried


def _written(values: np.ndarray) -> list[str]:
    return [bytes(cell).replace(b"\0", b"").decode() for cell in float_cells(values)]


@given(st.lists(st.floats() | st.floats(-1e6, 1e6) | st.decimals(-9999, 9999, places=6).map(float)))
def test_any_float(values: list[float]) -> None:
    assert _written(np.array(values, dtype=np.float64)) == [*map(repr, values)]


def test_many_of_each_size_and_number_of_digits() -> None:
    chance, number = np.random.default_rng(5), tried(5_000, 500_000)
    whole = chance.integers(1, 2**53, number).astype(np.float64)
    powers = 10.0 ** np.arange(-6, 18)
    many = [
        chance.integers(0, 2**63, number).view(np.float64),
        10 ** chance.uniform(-6, 18, number) * chance.choice([-1, 1], number),
        # Changes in percent of closes with two decimals, and halves that end in a 5.
        (np.rint(whole % 9e6) - 4e6) * 100 / np.rint(whole % 7e6 + 1),
        whole / 2.0 ** chance.integers(0, 60, number),
        np.ldexp(1.0, np.arange(-20, 60)),
        *(np.nextafter(powers, end) for end in (0.0, np.inf)),
        powers,
    ]
    for values in many:
        assert _written(values) == [*map(repr, values.tolist())]
