"""Rows of closes and moves as tables of Parquet, and what differs between those of two programs."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = tuple[object, ...]
Key = tuple[str, str]

TEXTS = ("name", "status", "closed_for", "doubt")
DATES = ("prior_session", "reopens")
FIGURES = ("close", "prior_close", "change_pts", "change_pct")
COUNTS = ("gap_sessions", "sessions_behind")
# What only our own readers doubt: they have the low and high, and look at all indices together.
ONLY_HERE = {"other_index", "outside_range"}


def table(path: Path, rows: Sequence[Row], **kinds: Any) -> Path:
    """Write a typed table of (date, symbol, close)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"date": pa.date32(), "symbol": pa.string(), "close": pa.float64()} | kinds
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    arrays = {n: pa.array(c, types[n]) for n, c in zip(types, columns, strict=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays), path)
    return path


def written(folder: Path) -> dict[Key, dict[str, object]]:
    """The rows that an engine wrote, by session and symbol, none of them twice."""
    import pyarrow.parquet as pq

    rows: dict[Key, dict[str, object]] = {}
    for path in sorted(folder.glob("year=*/*.parquet")):
        for row in pq.ParquetFile(path).read().to_pylist():
            assert path.parent.name == f"year={row['session'].year}"
            key = (str(row["session"]), row["symbol"])
            assert key not in rows
            rows[key] = row
    return rows


def here(rows: Sequence[dict[str, str]]) -> dict[Key, dict[str, str]]:
    return {(row["session"], row["symbol"]): row for row in rows}


def differences(
    ours: Mapping[Key, Mapping[str, str]], theirs: Mapping[Key, Mapping[str, object]]
) -> list[str]:
    """Every cell that is not the same: figures to the last bit."""
    found = [f"{key}: only here" for key in ours.keys() - theirs.keys()]
    found += [f"{key}: only there" for key in theirs.keys() - ours.keys()]
    for key in ours.keys() & theirs.keys():
        mine, other = ours[key], theirs[key]
        for name in (*TEXTS, *DATES, *FIGURES, *COUNTS):
            value = other[name]
            text = mine[name]
            if name in FIGURES:
                same = (float(text) if text else None) == value
            else:
                same = text == ("" if value is None else str(value))
            if name == "doubt" and text in ONLY_HERE:
                continue
            if not same:
                found.append(f"{key} {name}: {text} here, {value} there")
    return sorted(found)


# Lunch in Hong Kong, on a Friday: the session of its index is not over.
LUNCH = "2025-02-28T04:30:00+00:00"
NEW_YORK_SHUT = {
    *(dt.date(2024, 9, 2), dt.date(2024, 11, 28), dt.date(2024, 12, 25), dt.date(2025, 1, 1)),
    *(dt.date(2025, 1, 9), dt.date(2025, 1, 20), dt.date(2025, 2, 17)),
}
KINDS = {
    *("ok", "no_prior", "closed", "missing", "pending", "stale"),
    *("shifted", "future", "unfinished", "shut_day", "weekend", "carried_forward", "stray", "jump"),
}


def every_kind() -> list[Row]:
    """Closes of some indices over months, with all that a row can be; always the same."""
    chance = random.Random(18)  # noqa: S311
    rows: dict[Key, float] = {}
    for number, symbol in enumerate(["HSI", "N225", "SPX", "VIX", "DJI", "FTSE", "TWII", "OWN A"]):
        level = 100.0 * 3 ** (number % 5)
        digits = chance.choice([1, 2, 2, 4, 8, 11])
        for n in range(190 if symbol != "FTSE" else 150):
            day = dt.date(2024, 9, 2) + dt.timedelta(days=n)
            jump = chance.choice([1.0] * 150 + [0.5, 1.6, 1.36, 0.64])
            # An index may be dated a day too late all the time.
            late = symbol == "DJI"
            if (
                day.weekday() < 5 and not (late and day in NEW_YORK_SHUT)
            ) or chance.random() < 0.02:
                if chance.random() < 0.04 or (symbol == "TWII" and n < 60):
                    continue
                if chance.random() < 0.96:
                    level = round(level * jump * (1 + chance.gauss(0, 0.01)), digits)
                stray = chance.random() < 0.01
                dated = day + dt.timedelta(days=late)
                rows[str(dated), symbol] = round(level * 2.5, digits) if stray else level
    repeated = {symbol: level for (day, symbol), level in rows.items() if day == "2024-11-05"}
    rows |= {("2024-11-06", symbol): level for symbol, level in repeated.items()}
    return [(dt.date.fromisoformat(day), symbol, level) for (day, symbol), level in rows.items()]
