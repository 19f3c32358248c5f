"""How rare a move or a spread is: as plain loops find it, by hand, and never by what came later."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import itertools
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from by_loops import Own, Told, own_of, plain, same, spreads_of, told_of_move, told_of_pair
from marketmove import config
from marketmove.closes.read import ChosenCloses, read_closes
from marketmove.moves.measure import series
from marketmove.rarity.index_history import move_context
from marketmove.rarity.spread_history import move_matrix, pair_contexts, wide_pairs
from marketmove.sources import ReadOptions, open_all
from profiles import chosen, tried
from program import DATA, SAMPLE_CLOSES

if TYPE_CHECKING:
    from fractions import Fraction

    from program import RunCli

LONG = Path(os.environ.get("MARKETMOVE_TEST_DATA", "")) / "closes-long"
needs_long = pytest.mark.skipif(
    "MARKETMOVE_TEST_DATA" not in os.environ, reason="MARKETMOVE_TEST_DATA names no data"
)

# Real closes of a quarter of a century.


class Case(NamedTuple):
    """A session in which ``one`` has a move, and ``other`` may have one."""

    one: str
    other: str
    session: str


@functools.cache
def _differences() -> list[dict[str, str]]:
    with (DATA / "calendar_differences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def _own(symbol: str) -> Own:
    """An index as its file has it, less the rows that are no closes."""
    dates: dict[str, set[str]] = {"ghost": set(), "hole": set()}
    for row in _differences():
        if row["symbol"] == symbol:
            dates[row["kind"]].add(row["date"])
    with (LONG / f"{symbol}.csv").open(encoding="utf-8", newline="") as file:
        written = {row["date"]: row["close"] for row in csv.DictReader(file)}
    return own_of({d: c for d, c in written.items() if d not in dates["ghost"]}, dates["hole"])


@functools.cache
def _spreads(one: str, other: str) -> dict[str, Fraction]:
    return spreads_of(_own(one), _own(other))


@functools.cache
def _known(path: Path) -> ChosenCloses:
    return read_closes(open_all([path]), ReadOptions(), config.load(None).closes, ())


def _told(case: Case, path: Path = LONG) -> tuple[Told | None, Told | None, Told]:
    """What the program tells of a session: of the move of each index, and of their spread."""
    known = _known(path)
    closes = series(known.levels, [case.one, case.other])
    session = dt.date.fromisoformat(case.session)
    moves = [
        move_context(closes[s], session, known.calendars.get(s)) for s in (case.one, case.other)
    ]
    (pair,) = pair_contexts(move_matrix(closes), [(case.one, case.other)], session)
    one, other = (plain(move) if move else None for move in moves)
    return one, other, plain(pair)


def _cases() -> list[Case]:
    """Any session of each pair and some young ones, and the ones after each hole and ghost."""
    rng = random.Random(20250214)  # noqa: S311
    symbols = sorted(file.stem for file in LONG.glob("*.csv"))
    cases = []
    for one, other in itertools.combinations(symbols, 2):
        days = list(_own(one).pct)
        common = list(_spreads(one, other))
        chosen = [rng.choice(days), rng.choice(common), rng.choice(common[:120])]
        cases += [Case(one, other, day) for day in chosen]
    for row in _differences():
        after = [day for day in _own(row["symbol"]).pct if day > row["date"]][:2]
        other = rng.choice([symbol for symbol in symbols if symbol != row["symbol"]])
        cases += [Case(row["symbol"], other, day) for day in after]
    return cases


@needs_long
def test_as_plain_loops_over_exact_numbers_find_it() -> None:
    cases = _cases()
    assert len({case.session for case in cases}) >= 200
    for case in chosen(cases, 60):
        one, other, pair = _told(case)
        assert one is not None
        assert same(one, told_of_move(_own(case.one), case.session)), case
        assert (other is not None) == (case.session in _own(case.other).pct)
        assert not other or same(other, told_of_move(_own(case.other), case.session)), case
        assert same(pair, told_of_pair(_spreads(case.one, case.other), case.session)), case


def _repeats(symbol: str) -> bool:
    return 0 in _own(symbol).pct.values()


@needs_long
def test_a_document_has_thesame(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of some of these sessions, through the program's own door; which takes longer."""
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-11-28T12:00:00+00:00")
    # Closes that repeat the one before are doubted, and make no part of a past.
    sound = [case for case in _cases() if not any(map(_repeats, case[:2]))]
    for case in random.Random(5).sample(sound, tried(5, 24)):  # noqa: S311
        files = [argument for s in case[:2] for argument in ("-l", LONG / f"{s}.csv")]
        asked = ("--pair", f"{case.one}:{case.other}", "-f", "json", "-q")
        document = run_cli("session", case.session, *files, *asked).document
        one, other, pair = _told(case)
        moves = {move["symbol"]: move for move in document["moves"]}
        for symbol, told in ((case.one, one), (case.other, other)):
            assert all(moves[symbol][name] == value for name, value in (told or {}).items()), case
        shown = [row for row in document["divergences"] if row["kind"] == "asked"]
        assert bool(shown) == bool(one and other)
        if shown:
            turned = shown[0]["up"] != case.one and pair["z"] is not None
            expected = pair | ({"z": -pair["z"]} if turned else {})
            assert same({name: shown[0][name] for name in pair}, expected), case


@needs_long
def test_the_wide_pairs_of_a_session_are_those_of_plain_loops() -> None:
    known = _known(LONG)
    past = move_matrix(series(known.levels, known.symbols))
    days = random.Random(95).sample(list(_own("HSI").pct), 6)  # noqa: S311
    found = 0
    for day in [*chosen(days, 2), "2025-02-14"]:
        moved = [symbol for symbol in known.symbols if day in _own(symbol).pct]
        expected = set()
        for one, other in itertools.permutations(moved, 2):
            spreads = _spreads(one, other)
            percentile = told_of_pair(spreads, day)["percentile"] if spreads[day] > 0 else None
            if percentile is not None and percentile >= 95:
                expected.add((one, other))
        assert set(wide_pairs(past, dt.date.fromisoformat(day), moved)) == expected
        found += len(expected)
    assert found


@needs_long
def test_the_long_known_spread_of_hong_kong_and_tokyo() -> None:
    spreads = {
        day: spread
        for day, spread in _spreads("HSI", "N225").items()
        if "2021-06-25" <= day <= "2026-06-23"
    }
    split = [d for d in spreads if _own("HSI").pct[d] * _own("N225").pct[d] < 0]
    assert (len(spreads), len(split)) == (1149, 445)
    assert sum(abs(spread) >= 3 for spread in spreads.values()) == 75
    _is_that_of_the_day(_told(Case("HSI", "N225", "2025-02-14"))[2])


def test_the_same_from_the_samples() -> None:
    _is_that_of_the_day(_told(Case("HSI", "N225", "2025-02-14"), SAMPLE_CLOSES)[2])


def _is_that_of_the_day(pair: Told) -> None:
    assert (pair["percentile"], pair["n"], pair["widest_since"]) == (96.8, 250, "2024-11-06")
    assert round(pair["z"], 2) == 2.04
