"""A session of very many indices: in columns, with the same figures as a record each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketmove.closes.levels import levels_of
from marketmove.moves.breadth import breadth, dispersion, share_moves
from marketmove.moves.divergence import count_splits, splits
from marketmove.moves.measure import moves_at
from marketmove.moves.table import MoveTable, by_symbol, in_order
from profiles import tried
from program import RunCli, Write

INDICES = 12_000
DAYS = ("2025-02-13", "2025-02-14")


@pytest.fixture(scope="module")
def closes() -> dict[tuple[str, str], Decimal]:
    """Levels to the cent; the names of some have what CSV quotes and JSON escapes."""
    chance = random.Random(5)  # noqa: S311 - levels, not secrets
    found = {}
    for n in range(INDICES):
        name = ("IX{:05}", 'A "{:05}"', "Ä,{:05}")[0 if n % 100 else n // 100 % 3].format(n)
        prior = Decimal(chance.randrange(100_000, 4_000_000)) / 100
        found[DAYS[0], name] = prior
        if n % 1_000:
            moved = prior * Decimal(chance.randrange(-30_000, 30_001)) / 1_000_000
            found[DAYS[1], name] = (prior + moved).quantize(Decimal("0.01"))
    return found


@pytest.fixture(scope="module")
def text(closes: dict[tuple[str, str], Decimal]) -> str:
    buffer = io.StringIO()
    rows = ((day, name, close) for (day, name), close in closes.items())
    csv.writer(buffer, lineterminator="\n").writerows([("date", "symbol", "close"), *rows])
    return buffer.getvalue()


def test_every_figure_is_that_of_its_own_closes(
    closes: dict[tuple[str, str], Decimal], text: str, run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", text)
    ran = run_cli("session", DAYS[1], "--levels", path, "--format", "csv")
    assert (ran.stderr, ran.status, len(ran.rows)) == ("", 0, INDICES)
    lines = {name: n for n, (day, name) in enumerate(closes, start=2) if day == DAYS[1]}
    for row in ran.rows:
        name = row["symbol"]
        prior, close = closes[DAYS[0], name], closes.get((DAYS[1], name))
        assert Decimal(row["prior_close"]) == prior
        if close is None:
            assert (row["status"], row["close"], row["change_pct"]) == ("unknown", "", "")
            continue
        assert row["source"] == f"{path}:{lines[name]}"
        assert (row["status"], Decimal(row["close"])) == ("ok", close)
        assert Decimal(row["change_pts"]) == close - prior
        assert float(row["change_pct"]) == float((close - prior) / prior * 100)
    pcts = [float(row["change_pct"]) for row in ran.rows if row["change_pct"]]
    assert pcts == sorted(pcts, reverse=True)

    document = run_cli("session", DAYS[1], "-l", path, "-f", "json", "--top", "3").document
    assert [move["symbol"] for move in document["moves"]] == [row["symbol"] for row in ran.rows]
    assert [move["change_pct"] for move in document["moves"]][: len(pcts)] == pcts
    spreads = [pair["spread_pp"] for pair in document["divergences"]]
    best, worst = pcts[:3], pcts[-3:][::-1]
    widest = sorted((up - down for up in best for down in worst), reverse=True)[:3]
    assert spreads == pytest.approx(widest, abs=1e-12)
    assert document["breadth"]["up"] == sum(pct > 0 for pct in pcts)
    assert {note["code"] for note in document["notes"]} == {"no_context"}
    lines_of_json = run_cli("session", DAYS[1], "-l", path, "-f", "ndjson").stdout.splitlines()
    assert [json.loads(line)["symbol"] for line in lines_of_json] == [
        row["symbol"] for row in ran.rows
    ]


def test_people_see_both_ends_and_what_is_left_out(
    text: str, run_cli: RunCli, write: Write
) -> None:
    ran = run_cli("session", DAYS[1], "--levels", write("closes.csv", text), "--explain")
    moved = INDICES - INDICES // 1_000
    assert f"{moved - 40:,} rows in the middle left out; --all shows them" in ran.stdout
    said = " ".join(ran.stdout.split())
    assert "above 2,000,000 closes or 10,000 indices only --context tells" in said
    assert "sorted by how rare they are" not in said


moves = st.lists(
    st.tuples(st.integers(90_00, 110_00), st.one_of(st.none(), st.integers(80_00, 120_00))),
    min_size=1,
    max_size=30,
)


@settings(max_examples=tried(25, 300))
@given(moves, st.floats(0, 5), st.integers(0, 40), st.sampled_from(["change", "name", "given"]))
def test_columns_say_what_records_say(
    levels: list[tuple[int, int | None]], floor_pct: float, top: int, sort: str
) -> None:
    """Whatever is told of moves in columns is what is told of a record of each."""
    names = [f"I{n % 7}{n}" for n in range(len(levels))]
    rows = []
    for name, (prior, close) in zip(names, levels, strict=True):
        rows.append((name, DAYS[0], prior / 100))
        rows += [(name, DAYS[1], close / 100)] if close is not None else []
    found = moves_at(levels_of(rows), dict.fromkeys(names, dt.date.fromisoformat(DAYS[1])))
    table = MoveTable(found)
    records = list(table)
    assert breadth(table) == breadth(records)
    assert dispersion(table) == dispersion(records)
    assert splits(table, floor_pct, top) == splits(records, floor_pct)[:top]
    assert count_splits(table, floor_pct) == len(splits(records, floor_pct))
    assert list(in_order(table, sort, names[-1])) == in_order(records, sort, names[-1])
    assert list(share_moves(table, {names[0]})) == list(share_moves(records, {names[0]}))
    assert dict(by_symbol(table)) == dict(by_symbol(records))
    known = [(move.change_pct, move.symbol) for move in records if move.change_pct is not None]
    order = [name for _, name in sorted((-pct, name) for pct, name in known)]
    assert [move.symbol for move in in_order(table, "change")][: len(order)] == order
