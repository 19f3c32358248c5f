"""Large CSV with a column an index is read by blocks, with the outcome of a small one."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanes import CONTEXT, ODD_CLOSES, ODD_DATES, alike, outcome
from marketmove.sources import ReadOptions, Source, by_lines, large
from marketmove.sources.large import read_large
from profiles import THOROUGH, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["HSI", "N225", "ACME", "Dow Jones"]
WEEKDAYS = [d for n in range(320) if (d := dt.date(2023, 1, 2) + dt.timedelta(n)).weekday() < 5]
HEAD = 150


def _levels(columns: int, rows: int, mark: str) -> list[list[str]]:
    """Levels of indices that move by about a percent a day."""
    chance = random.Random(5)  # noqa: S311 - no secret
    levels = [1000.0 + 700 * n for n in range(columns)]
    table = []
    for _ in range(rows):
        levels = [level * (1 + chance.gauss(0, 0.01)) for level in levels]
        table.append([f"{level:.2f}".replace(".", mark) for level in levels])
    return table


class Wide:
    """A file with a column an index; ``end`` is the last of its lines that settle the form."""

    def __init__(self, delimiter: str = ",", mark: str = ".", dates: str = "%Y-%m-%d") -> None:
        self.delimiter, self.dates = delimiter, dates
        self.rows = [
            [day.strftime(dates), *levels]
            for day, levels in zip(WEEKDAYS, _levels(len(NAMES), 220, mark), strict=False)
        ]
        self.above, self.names = "", [*NAMES]

    def text(self, rows: int | None = None) -> str:
        """Give the file, or its beginning."""
        lines = [["date", *self.names], *self.rows[:rows]]
        return self.above + "".join(self.delimiter.join(line) + "\n" for line in lines)


FORMS = {
    "commas": lambda: Wide(),
    "decimal commas": lambda: Wide(";", ",", "%d.%m.%Y"),
    "months first": lambda: Wide("\t", ".", "%m/%d/%Y"),
}


def _all_alike(path: Path, text: str, options: ReadOptions | None = None) -> tuple[object, ...]:
    whole = alike(path, text, options)
    assert outcome(path, text, "vast", options=options) == whole
    return whole


def _by_blocks(text: str) -> bool:
    source = Source("closes.csv", "closes", text.encode())
    return read_large(source, ReadOptions(), CONTEXT, None) is not None


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What is looked at beforehand, and read at once, is little."""
    monkeypatch.setattr(large, "_SAMPLE_BYTES", len(Wide().text(HEAD)))
    monkeypatch.setattr(by_lines, "_BLOCK_BYTES", 500)
    return monkeypatch


@pytest.mark.parametrize("name", FORMS)
def test_sound_rows_are_read_by_blocks(name: str, tmp_path: Path) -> None:
    wide = FORMS[name]()
    wide.above = "Closing levels\n\n"
    for n in range(160, 190, 3):
        wide.rows[n][1 + n % 4] = ["", "N/A", "-"][n % 3]
    assert _by_blocks(wide.text())
    assert len(_all_alike(tmp_path / "closes.csv", wide.text())) == 1


@pytest.mark.parametrize("name", FORMS)
def test_odd_cells_by_blocks_as_cell_by_cell(name: str, tmp_path: Path) -> None:
    own = [*FORMS].index(name)
    closes = ["07", "0", "1,234", "1.234", "20250214", "-5", *ODD_CLOSES]
    cells = [*((0, text) for text in ODD_DATES), *((2, text) for text in closes)]
    for n in range(len(cells)) if THOROUGH else range(own, len(cells), 16):
        wide = FORMS[name]()
        wide.rows[200][cells[n][0]] = cells[n][1]
        text = wide.text()
        _all_alike(tmp_path / "closes.csv", text.removesuffix("\n") if n % 2 else text)


CHANGES: dict[str, Callable[[Wide], object]] = {
    "an index of few closes": lambda w: [r.__setitem__(2, "") for r in w.rows[:-20]],
    "changes later": lambda w: [r.__setitem__(2, "" if n < 160 else f"{1 + n % 7 * 9}.25")
                                for n, r in enumerate(w.rows)],
    "an index later": lambda w: [r.__setitem__(2, "") for r in w.rows[:160]],
    "an empty column": lambda w: [r.__setitem__(2, "") for r in w.rows],
    "whole numbers": lambda w: [r.__setitem__(2, r[2][:-3]) for r in w.rows],
    "counted rows": lambda w: [r.__setitem__(2, str(n)) for n, r in enumerate(w.rows)],
    "one index twice": lambda w: w.names.__setitem__(1, "Nikkei 225"),
    "one name twice": lambda w: w.names.__setitem__(2, "HSI"),
    "a volume": lambda w: w.names.__setitem__(2, "Volume"),
    "without a name": lambda w: w.names.__setitem__(2, ""),
    "changes": lambda w: [r.__setitem__(2, f"{n % 7 - 3}.25") for n, r in enumerate(w.rows)],
    "a line below": lambda w: w.rows.append(["Source: an exchange"]),
    "a cell too few": lambda w: w.rows[180].pop(),
    "another order": lambda w: w.rows.sort(key=lambda row: row[1]),
    "newest first": lambda w: w.rows.reverse(),
    "a date twice": lambda w: w.rows[180].__setitem__(0, w.rows[179][0]),
    "months below": lambda w: [r.__setitem__(0, f"2023-{1 + n:02d}-01")
                               for n, r in enumerate(w.rows[-10:])],
    "thousands open": lambda w: [r.__setitem__(2, f"{r[2][:1]}.125") for r in w.rows],
    "names in quotes": lambda w: w.names.__setitem__(2, '"ACME, Inc"'),
    "levels in quotes": lambda w: w.rows[180].__setitem__(2, '"2345.5"'),
}  # fmt: skip


@pytest.mark.parametrize("change", ["an index later", "an index of few closes", "newest first"])
def test_an_index_that_begins_later_is_read_by_blocks(change: str) -> None:
    wide = Wide()
    CHANGES[change](wide)
    assert _by_blocks(wide.text())


@pytest.mark.parametrize("change", CHANGES)
def test_other_tables_by_blocks_as_cell_by_cell(change: str, tmp_path: Path) -> None:
    wide = Wide()
    CHANGES[change](wide)
    assert _all_alike(tmp_path / "closes.csv", wide.text())


@settings(max_examples=tried(6, 80), deadline=None)
@given(
    name=st.sampled_from([*FORMS]),
    cells=st.lists(
        st.tuples(
            st.integers(HEAD, 219),
            st.integers(1, 4),
            st.sampled_from(["", "-", "12.5", "12,5", "1.234", "99999", "1234.5678", "05", "5.0"]),
        ),
        max_size=6,
    ),
    told=st.sampled_from([None, None, ReadOptions(decimal="."), ReadOptions(date_format="dmy")]),
)
def test_cells_of_any_kind_by_blocks_as_cell_by_cell(
    name: str,
    cells: list[tuple[int, int, str]],
    told: ReadOptions | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    wide = FORMS[name]()
    for row, column, text in cells:
        wide.rows[row][column] = text
    _all_alike(tmp_path_factory.mktemp("wide") / "closes.csv", wide.text(), told)
