"""What is asked of an engine, and what it answers; all else stays where it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from marketmove.closes.find import CloseSettings, When
from marketmove.errors import Remark
from marketmove.market.groups import Group

EngineName = Literal["duckdb", "spark"]


class EngineRequest(NamedTuple):
    """What is asked of an engine: where it reads and writes, which sessions and indices.

    ``first`` is None for the year of ``last`` to date. ``master`` is where Spark is, None for
    processes of our own. ``volatility`` are the groups, of which one is of volatility.
    """

    engine: EngineName
    master: str | None
    levels: str
    output: str
    first: dt.date | None
    last: When
    chosen: Sequence[str]
    groups: Sequence[Group]
    shut_days: bool
    settings: CloseSettings
    volatility: Mapping[str, Group]
    now: dt.datetime


class EngineHistory(NamedTuple):
    """What an engine has written: how many rows of which status, and with which doubt.

    ``ghosts`` are rows of closes that were left out, and ``fractions`` how many pairs of levels
    had too many digits for anything else.
    """

    engine: EngineName
    source: str
    output: str
    first: dt.date
    last: dt.date
    statuses: Mapping[str, int]
    doubts: Mapping[str, int]
    ghosts: int
    fractions: int
    absent: Sequence[Remark]
