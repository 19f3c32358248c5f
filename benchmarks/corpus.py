"""How many files of corpora of real exports are read right, by format.

    MARKETMOVE_TEST_DATA=FOLDER python benchmarks/corpus.py [-v]

The folder has ``corpus/manifest.json``, ``corpus-2/manifest.json``, …: for each file ``expect``
(``read``, ``warn``, ``refuse``), ``also_ok``, and ``truth``: close, prior close and percent of some
sessions, worked out elsewhere; and, where it is said, ``symbols``: every index that the file has,
or how many. Where it is not, ``corpus_symbols.csv`` beside this file says it; a file of one index
has one. Each file is read with no option given. The worst outcome is a wrong figure without a
word, or an index lost or invented.
"""

import csv
import datetime as dt
import json
import os
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from marketmove.closes.levels import Levels, fold
from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.moves.measure import moves_at
from marketmove.moves.move import Move
from marketmove.moves.rows import read_moves
from marketmove.sources import Context, ReadOptions, open_all, read_blocks

CONFIG = load(None)
CONTEXT = Context(CONFIG.registry, CONFIG.words, CONFIG.exchanges)


with (Path(__file__).parent / "corpus_symbols.csv").open(encoding="utf-8") as table:
    SYMBOLS = {row["id"]: row["symbols"] for row in csv.DictReader(table)}


def outcome(file: Path, entry: dict[str, Any]) -> tuple[str, str]:
    """What became of a file: ``read``, ``warn``, ``refuse`` or ``wrong``; and why."""
    try:
        blocks = read_blocks(open_all([file]), ReadOptions(), CONTEXT)
        levels = fold(blocks, CONFIG.registry)
    except MarketMoveError as error:
        return "refuse", error.problems[0].text
    wrong = [text for truth in entry["truth"] if (text := mistake(levels, truth))]
    wrong += wrong_symbols(levels, entry)
    if wrong:
        return "wrong", "; ".join(wrong)
    if levels.warnings or levels.faults:
        first = [*levels.warnings, *(fault.problem for fault in levels.faults)][0]
        return "warn", first.text
    return "read", ""


def wrong_symbols(levels: Levels, entry: dict[str, Any]) -> list[str]:
    """The indices that are lost or invented, in words; none where the file has what it should."""
    one = 1 if entry["layout"] == "single" else None
    expected = entry.get("symbols", SYMBOLS.get(entry["id"], one))
    if expected is None:
        return []
    if str(expected).isdecimal():
        count = len(levels.symbols)
        return [] if count == int(expected) else [f"{count} indices, not {expected}"]
    texts = expected.split("|") if isinstance(expected, str) else expected
    wanted = {CONFIG.registry.resolve(text).symbol for text in texts}
    lost, invented = wanted - {*levels.symbols}, {*levels.symbols} - wanted
    found = [f"lost {', '.join(sorted(lost))}"] if lost else []
    return found + ([f"invented {', '.join(sorted(invented))}"] if invented else [])


def mistake(levels: Levels, truth: dict[str, Any]) -> str | None:
    """How a session differs from the truth, None if it does not."""
    session = dt.date.fromisoformat(truth["date"])
    moves = read_moves(moves_at(levels, dict.fromkeys(levels.symbols, session)))
    named = [m for m in moves if m.symbol in names(truth["symbol_or_column"])]
    candidates = named or (moves if len(moves) == 1 else [])
    if any(agrees(move, truth) for move in candidates):
        return None
    found = [(m.symbol, m.close, m.prior_close, m.change_pct) for m in candidates]
    return f"{truth['date']} {truth['symbol_or_column']}: {found}, not {truth['close']}"


def names(text: str) -> set[str]:
    """The symbols that a column of the truth may have in ours."""
    role = CONFIG.words.role(text)
    texts = [text.strip(), *([role.index_name] if role and role.index_name else [])]
    return {CONFIG.registry.resolve(name).symbol for name in texts}


def agrees(move: Move, truth: dict[str, Any]) -> bool:
    """Whether a move has the true figures; float noise may have been taken off the levels."""
    if truth["prior_close"] is None:
        return move.prior_close is None and move.close == truth["close"]
    if move.close is None or move.prior_close is None or move.change_pct is None:
        return False
    percent = Decimal(repr(move.change_pct)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return bool(
        abs(move.close - truth["close"]) < 0.0051
        and abs(move.prior_close - truth["prior_close"]) < 0.0051
        and str(move.prior_session) == truth["prior_date"]
        and abs(float(percent) - truth["change_pct"]) < 0.0101
    )


def main() -> None:
    for path in sorted(Path(os.environ["MARKETMOVE_TEST_DATA"]).glob("corpus*/manifest.json")):
        folder, manifest = path.parent, json.loads(path.read_text(encoding="utf-8"))
        score: Counter[str] = Counter()
        for entry in manifest:
            found, why = outcome(folder / entry["file"], entry)
            good = found == entry["expect"] or found in entry["also_ok"]
            score["right" if good else "wrong" if found == "wrong" else "other"] += 1
            if not good or "-v" in sys.argv:
                print(f"{entry['format']:<34} {entry['expect']:<7} {found:<7} {why[:300]}")
        right = f"{score['right']} of {len(manifest)} as they should be"
        print(f"{folder.name}: {right}, {score['wrong']} wrong in silence")


if __name__ == "__main__":
    main()
