"""What touches no figure changes none, whole files through the whole program.

Other indices, the order of rows, cells beside the closes, what comes later, a file that is too
large to be held as cells; and a letter that got lost, which is told or costs nothing.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES, Ran, RunCli, Write

SYMBOLS = ("CSI300", "GDAXI", "HSI", "N225", "SPX")
LINES = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()[1:]
Row = tuple[str, str, str]  # date, symbol, close
ROWS: list[Row] = [
    (day, symbol, close)
    for day, symbol, close in (line.split(",")[:3] for line in LINES)
    if symbol in SYMBOLS and day >= "2024-10-01"
]
DAYS = sorted({day for day, _, _ in ROWS})
# From here on a file is read by blocks, and from there on held in no piece.
LARGE = 33 << 20 if THOROUGH else 1 << 20

days = st.sampled_from(DAYS[20:])
symbols = st.sampled_from(SYMBOLS)
seeds = st.integers(0, 1 << 30)
each_example = settings(
    max_examples=tried(2, 30), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Told(NamedTuple):
    """What is told of a session and of some before it: moves by index, and divergent pairs."""

    moves: dict[str, Any]
    history: dict[tuple[str, str], Any]
    pairs: dict[tuple[str, str], Any]

    def without(self, symbol: str) -> Told:
        """Leave out an index, and the pairs that it is in."""
        return Told(
            {key: move for key, move in self.moves.items() if key != symbol},
            {key: move for key, move in self.history.items() if key[1] != symbol},
            {key: pair for key, pair in self.pairs.items() if symbol not in key},
        )


def table(rows: list[Row], note: str = "") -> str:
    return "date,symbol,close,note\n" + "".join(f"{','.join(row)},{note}\n" for row in rows)


def _figures(move: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in move.items() if key != "source"}


def told(run_cli: RunCli, write: Write, text: str, day: str) -> Told:
    asked = ("-l", write("closes.csv", text), "-f", "json", "--quiet", "--top", "99")
    session = _document(run_cli("session", day, *asked))
    history = _document(run_cli("history", DAYS[DAYS.index(day) - 8], day, *asked[:-2]))
    return Told(
        {move["symbol"]: _figures(move) for move in session["moves"]},
        {(move["session"], move["symbol"]): _figures(move) for move in history["moves"]},
        {(pair["up"], pair["down"]): pair for pair in session["divergences"]},
    )


def _document(ran: Ran) -> Any:
    assert ran.status == 0, ran.stderr
    return ran.document


@each_example
@given(day=days, symbol=symbols)
def test_an_index_that_is_left_out(day: str, symbol: str, run_cli: RunCli, write: Write) -> None:
    rest = [row for row in ROWS if row[1] != symbol]
    all_of_it = told(run_cli, write, table(ROWS), day)
    assert told(run_cli, write, table(rest), day) == all_of_it.without(symbol)


@each_example
@given(day=days, seed=seeds)
def test_the_order_of_rows(day: str, seed: int, run_cli: RunCli, write: Write) -> None:
    shuffled = random.Random(seed).sample(ROWS, len(ROWS))  # noqa: S311 - an order, no secret
    assert told(run_cli, write, table(shuffled), day) == told(run_cli, write, table(ROWS), day)


@each_example
@given(day=days, symbol=symbols, seed=seeds)
def test_a_cell_of_another_index(
    day: str, symbol: str, seed: int, run_cli: RunCli, write: Write
) -> None:
    at = random.Random(seed).choice([n for n, r in enumerate(ROWS) if r[1] == symbol])  # noqa: S311
    date, _, close = ROWS[at]
    before = told(run_cli, write, table(ROWS), day).without(symbol)
    for cell in (f"{float(close) * 1.01:.2f}", ""):
        rows = [*ROWS[:at], (date, symbol, cell), *ROWS[at + 1 :]]
        assert told(run_cli, write, table(rows), day).without(symbol) == before


@each_example
@given(day=days)
def test_what_comes_later(day: str, run_cli: RunCli, write: Write) -> None:
    until = [row for row in ROWS if row[0] <= day]
    before = told(run_cli, write, table(until), day)
    after = told(run_cli, write, table(ROWS), day)
    assert before.pairs == after.pairs
    for known, later in ((before.moves, after.moves), (before.history, after.history)):
        for key, move in known.items():
            if move["status"] == "ok":
                assert later[key] == move  # type: ignore[index]
            else:
                assert later[key]["change_pct"] is None  # type: ignore[index]


@settings(each_example, max_examples=tried(1, 4))
@given(day=days)
def test_a_file_that_is_read_by_blocks(day: str, run_cli: RunCli, write: Write) -> None:
    note = "x" * (LARGE // len(ROWS) + 1)
    assert len(note) * len(ROWS) > LARGE
    large = told(run_cli, write, table(ROWS, note), day)
    assert large == told(run_cli, write, table(ROWS), day)


@settings(each_example, max_examples=tried(10, 300))
@given(seed=seeds)
def test_a_letter_that_got_lost(seed: int, run_cli: RunCli, write: Write) -> None:
    """A figure is as it was, or it is told of: refused, missing, doubted, warned of."""
    chance = random.Random(seed)  # noqa: S311 - a place in a file
    day = "2025-02-14"
    rows = [row for row in ROWS if "2025-01-20" <= row[0] <= day]
    sound = table(rows)
    at = chance.randrange(sound.index("\n") + 1, len(sound))
    # A digit of a close that is another now is a close like any other, and nothing tells it.
    while sound[at].isdigit():
        at = chance.randrange(sound.index("\n") + 1, len(sound))
    damaged = write("damaged.csv", sound[:at] + sound[at + 1 :])
    ran = run_cli("session", day, "-l", damaged, "-f", "json")
    if ran.status == 3:
        assert "damaged.csv:" in ran.stderr
        return
    assert ran.status == 0
    truth = run_cli("session", day, "-l", write("sound.csv", sound), "-f", "json").document
    right = {move["symbol"]: move["change_pct"] for move in truth["moves"]}
    for move in ran.document["moves"]:
        if move["change_pct"] not in {None, right.get(move["symbol"])}:
            warned = {warning["symbol"] for warning in ran.document["warnings"]}
            assert move["doubt"] or move["symbol"] in warned, (sound[at - 30 : at + 9], move)
