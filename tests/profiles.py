"""How much is tried: a little by default, and all of it where MARKETMOVE_THOROUGH is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
THOROUGH = os.environ.get("MARKETMOVE_THOROUGH", "") not in {"", "0"}


def tried(quick: int, thorough: int) -> int:
    """How many examples, kills or runs to try."""
    return thorough if THOROUGH else quick


def chosen(every: Sequence[T], quick: int) -> list[T]:
    """Of cases that stand in an order, all; or by default some, as evenly apart as can be."""
    if THOROUGH or quick >= len(every):
        return list(every)
    return [every[n * (len(every) - 1) // (quick - 1)] for n in range(quick)]
