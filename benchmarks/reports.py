"""Measure the reading of market reports in prose, over texts whose figures are known.

Run: MARKETMOVE_TEST_DATA=DATA .venv/bin/python benchmarks/reports.py [--errors]

DATA/reports has texts/*.txt, sources.csv (id, lang, year, date, style) and gold.json: the figures
of each text by its id. What is counted is a number with its index, its field, its sign and its
bound, of the kind session; a way without a number counts as one too.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence, Set
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from marketmove import config
from marketmove.published.prose.reading import read_prose
from marketmove.published.prose.results import ProseFigure

_FIELDS = ("close", "change_pts", "change_pct")


class Unit(NamedTuple):
    """What is counted: one number of one index, with its sign and bound; or a way alone."""

    whose: str
    field: str
    value: str
    bound: str


class Score(NamedTuple):
    """How many units were found rightly, how many wrongly, how many are missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    def plus(self, other: Score) -> Score:
        """Add the counts of another score."""
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    def __str__(self) -> str:
        found, known = self.right + self.wrong, self.right + self.missing
        precision = self.right / found if found else 1.0
        recall = self.right / known if known else 1.0
        counts = f"{self.right} right, {self.wrong} wrong, {self.missing} missing"
        return f"precision {precision:.3f}  recall {recall:.3f}  ({counts})"


def _value(number: Any) -> str:
    return f"{Decimal(str(number)).normalize():f}"


def gold_units(rows: list[dict[str, Any]]) -> set[Unit]:
    """Give what a text has to say, by its annotation."""
    units: set[Unit] = set()
    for row in rows:
        if row["kind"] != "session":
            continue
        index = row["symbol"] or row["index"]
        numbers = {
            Unit(index, f, _value(row[f]), row["bound"] or "")
            for f in _FIELDS
            if row[f] is not None
        }
        units |= numbers or {Unit(index, "direction", row["direction"], "")}
    return units


def read_units(figures: Sequence[ProseFigure], symbols: Set[str]) -> dict[Unit, ProseFigure]:
    """Give what was read, with the figure that each unit is of.

    An index goes by its symbol where the annotation has one, else by its name.
    """
    units: dict[Unit, ProseFigure] = {}
    for figure in figures:
        if figure.kind != "session":
            continue
        index = figure.symbol if figure.symbol in symbols else figure.name
        numbers = {
            Unit(index, f, _value(v), figure.bound): figure
            for f in _FIELDS
            if (v := getattr(figure, f)) is not None
        }
        units |= numbers or {Unit(index, "direction", figure.direction, ""): figure}
    return units


def main() -> int:
    """Print precision and recall, by language, by style and in all."""
    folder = Path(os.environ["MARKETMOVE_TEST_DATA"]) / "reports"
    errors = "--errors" in sys.argv[1:]
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    with (folder / "sources.csv").open(encoding="utf-8") as file:
        about = {row["id"]: row for row in csv.DictReader(file)}
    registry = config.load(None).registry
    symbols = {row["symbol"] for rows in gold.values() for row in rows if row["symbol"]}
    groups: dict[tuple[str, str], Score] = defaultdict(Score)
    perfect: dict[tuple[str, str], list[bool]] = defaultdict(list)
    size, started = 0, time.perf_counter()
    for key, rows in gold.items():
        text = (folder / "texts" / f"{key}.txt").read_text(encoding="utf-8")
        size += len(text.encode())
        got, want = read_units(read_prose(text, registry).figures, symbols), gold_units(rows)
        score = Score(len(got.keys() & want), len(got.keys() - want), len(want - got.keys()))
        sure = {unit for unit, figure in got.items() if figure.sure}
        sure_score = Score(len(sure & want), len(sure - want), len(want - sure))
        for group in (
            ("language", about[key]["lang"]),
            ("style", about[key]["style"]),
            ("all", "all"),
        ):
            groups[group] = groups[group].plus(score)
            perfect[group].append(not score.wrong and not score.missing)
        groups["all", "sure"] = groups["all", "sure"].plus(sure_score)
        if errors and (score.wrong or score.missing):
            print(f"== {key} ({about[key]['lang']}, {about[key]['style']})")
            for unit in sorted(got.keys() - want):
                print("  wrong  ", *unit, "|", got[unit].quote)
            for unit in sorted(want - got.keys()):
                print("  missing", *unit)
    for (kind, name), score in sorted(
        groups.items(), key=lambda item: (item[0][0] == "all", item[0])
    ):
        whole = perfect.get((kind, name), [])
        texts = f"{sum(whole)} of {len(whole)} perfect" if whole else ""
        print(f"{kind:9}{name:20}{score}  {texts}")
    print(f"{size / 1000:.0f} kB in {time.perf_counter() - started:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
