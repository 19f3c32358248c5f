"""The rarer sentences of a summary, provoked by small files: each is read and checked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import sentences
from plain_closes import Closes, tidy
from plain_days import Asked
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write
    from sentences import Reader

DAY = dt.date(2025, 2, 14)
HEADER = "date,symbol,close\n"


def table(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def last_days(**levels: tuple[float, ...]) -> str:
    """Closes that end on 14 February 2025, each index's own in order; 0 stands for none."""
    days = ("2025-02-11", "2025-02-12", "2025-02-13", "2025-02-14")
    return table(
        *(
            f"{day},{symbol},{close}"
            for symbol, own in levels.items()
            for day, close in zip(days[-len(own) :], own, strict=True)
            if close
        )
    )


def read(
    run_cli: RunCli, path: Path, *arguments: str | Path, day: dt.date | str = DAY, **asked: Any
) -> Reader:
    """Sum up a session of a file, or one as of a moment, and read all that is said of it."""
    when: tuple[str, ...] = (str(day),)
    known: dict[str, Any] = {"session": day}
    if isinstance(day, str):
        when, known = ("--as-of", day), {"as_of": dt.datetime.fromisoformat(day)}
    ran = run_cli("summary", *when, "-l", path, "-f", "json", *arguments)
    assert ran.status == 0, ran.stderr
    closes = asked.pop("closes", None) or Closes(tidy(path))
    return sentences.read(ran.document, Asked(closes, source=str(path), **known, **asked))


MANY = {f"I{n:02}": (1000.0, 1000.0 + n) for n in range(1, 26)}


@pytest.mark.parametrize(
    ("levels", "kinds"),
    [
        ({"HSI": (20000, 20400)}, {"closed at"}),
        ({"HSI": (20000,), "N225": (39000,)}, {"no move", "no prior"}),
        ({"HSI": (100, 101), "N225": (2, 2), "SPX": (60, 0)}, {"some flat"}),
        ({"HSI": (100, 101), "N225": (2, 2)}, {"the other unchanged"}),
        ({"A": (9, 10), "B": (9, 11), "C": (9, 12), "SPX": (60, 0)}, {"up, none otherwise"}),
        ({"A": (9, 8), "B": (9, 7), "C": (9, 6)}, {"all down", "fell most", "fell least"}),
        ({"A": (1000, 1002), "B": (1000, 999), "C": (1000, 998)}, {"quiet"}),
        ({"A": (1000, 1002), "B": (1000, 1001), "C": (1000, 999)}, {"only fell"}),
        ({"A": (10, 13), "N225": (39000, 27000)}, {"apart"}),
        ({"A": (100000, 100001), "B": (9, 9), "C": (200000, 200004)}, {"less than 0.01%"}),
        ({"HSI": (100, 0, 103, 0), "SPX": (60, 61, 62)}, {"alone", "no close yet"}),
        ({"HSI": (100, 103, 0, 104), "SPX": (60, 61, 62, 61)}, {"gap", "over sessions"}),
        # Volatility counts only where no index of shares has a move.
        ({"VIX": (20, 10), "A": (1, 1.1), "B": (1, 1.2)}, {"none diverge"}),
        ({"VIX": (20, 10), "HSI": (20000, 0)}, {"alone", "no close yet"}),
        ({"VIX": (20, 10), "HSI": (20000,)}, {"alone", "no prior"}),
        ({"VIX": (0, 10), "HSI": (20000, 0)}, {"no move"}),
        ({"VIX": (20, 15), "T": (100, 98)} | MANY, {"one with many", "only fell"}),
        (
            {f"U{n}": (100, 101 + n) for n in range(6)} | {f"D{n}": (90, 89 - n) for n in range(6)},
            {"one with many", "more pairs"},
        ),
        (dict.fromkeys(("A", "GDAXI", "HSI", "N225"), (10, 11)), {"dividends not known"}),
        ({"HSI": (10, 11)} | dict.fromkeys(MANY, (1.0, 0.0)), {"nor have"}),
        ({"HSI": (0, 1), "N225": (10, 11), "SPX": (10, 11)}, {"no prior"}),
    ],
    ids=lambda value: "" if isinstance(value, dict) else "+".join(sorted(value)),
)
def test_small_files(
    levels: dict[str, tuple[float, ...]], kinds: set[str], run_cli: RunCli, write: Write
) -> None:
    assert kinds <= read(run_cli, write("closes.csv", last_days(**levels))).kinds


def test_who_is_missing_so_early_or_without_a_calendar(run_cli: RunCli, write: Write) -> None:
    early = (f"2025-02-1{n},{s},{n}" for n in (4, 7) for s in ("HSI", "MYX", "BSESN"))
    later = (f"2025-02-17,{s},1" for s in ("N225", "SPX", "FCHI", "STI"))
    rows = ("2025-02-13,HSI,3", "2025-02-12,SPX,6000.5", "2025-02-12,OWN,6")
    seen = read(run_cli, write("closes.csv", table(*rows, *early, *later))).kinds
    assert seen >= {
        *("so early", "the close is missing, though later ones are there", "tally missing"),
        *("no close, and no calendar tells why", "tally other"),
    }


def test_calendars_that_end(run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """None goes on to 2029."""
    monkeypatch.setenv("MARKETMOVE_NOW", "2029-02-01T12:00:00+00:00")
    rows = [f"2029-01-0{n},{s},{n + 9}" for n in (3, 4) for s in ("N225", "HSI", "SPX", "JKSE")]
    path = write("later.csv", table(*rows, "2029-01-03,FTSE,8000", "2029-01-03,STI,3000"))
    seen = read(run_cli, path, day=dt.date(2029, 1, 4)).kinds
    assert seen >= {"calendars end", "no close, and no calendar tells why"}
    path = write("jakarta.csv", table(*(f"2029-01-2{n},JKSE,700{n}" for n in (5, 6))))
    assert "a calendar ends" in read(run_cli, path, day=dt.date(2029, 1, 26)).kinds


def test_shut_days_ghosts_and_their_kin(run_cli: RunCli, write: Write) -> None:
    rows = ("2025-01-28,N225,39000", "2025-01-27,SPX,6000", "2025-01-28,HSI,20000")
    ghosts = ("2025-01-29,HSI,20000", "2025-01-30,HSI,20000", "2025-01-24,SSEC,2990")
    shut = ("2025-01-31,N225,39100", "2025-01-29,SPX,6005")
    path = write("closes.csv", table(*rows, *ghosts, *shut, "2025-01-31,SPX,6010"))
    # The whole data is needed by the reader, the last two rows tell what the first are.
    seen = read(run_cli, path, day=dt.date(2025, 1, 31)).kinds
    assert seen >= {"ghosts", "gap"}
    assert "a ghost" in read(run_cli, path, day=dt.date(2025, 1, 29)).kinds


def test_weeks_and_years_that_begin_late(run_cli: RunCli, write: Write) -> None:
    rows = ("2024-12-27,SPX,6000", "2025-02-07,SPX,6010", "2025-02-13,SPX,6100")
    others = ("2024-12-30,N225,39000", "2025-02-05,N225,39100", "2025-02-13,N225,39200")
    now = ("2025-02-14,SPX,6110", "2025-02-14,N225,39100")
    seen = read(run_cli, write("closes.csv", table(*rows, *others, *now))).kinds
    assert seen >= {"week gap", "year gap"}


def test_as_of_with_closes_that_lack(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-03-01T12:00:00+00:00")
    rose = (10.0, 11.0)
    levels = {"HSI": rose, "N225": (10.0, 0.0), "MYX": rose, "SPX": rose}
    path = write("closes.csv", last_days(**levels))
    seen = read(run_cli, path, day="2025-02-14T18:00+08:00").kinds
    assert seen >= {"no close yet", "tally pending", "tally other"}
    assert "no close yet" in read(run_cli, path, day="2025-02-14T23:00-05:00").kinds
    late = write("late.csv", table("2025-02-13,HSI,10", "2025-02-14,HSI,12", "2025-02-17,MYX,13"))
    seen = read(run_cli, late, day="2025-02-15T22:00+00:00").kinds
    assert "session not known" in seen


def test_exchanges_that_are_shut(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-03-01T12:00:00+00:00")
    own = [f"2025-01-{n},MYX,{n}" for n in (28, 29)]
    path = write("closes.csv", table(*own, "2025-01-28,HSI,20000", "2025-01-27,SSEC,3000"))
    assert "shut" in read(run_cli, path, day=dt.date(2025, 1, 29)).kinds
    monkeypatch.setenv("MARKETMOVE_NOW", "2029-03-01T12:00:00+00:00")
    own = [f"2028-12-{n},MYX,{n}" for n in (30, 31)]
    path = write("last.csv", table(*own, "2028-12-29,JKSE,8000"))
    assert "shut for good" in read(run_cli, path, day=dt.date(2028, 12, 31)).kinds


def test_a_past_that_does_not_compare(run_cli: RunCli, write: Write) -> None:
    """Pairs with hardly a common session, or none that differs; a close equal to the highest."""
    days = [dt.date(2024, 5, 1) + dt.timedelta(days=n) for n in range(290)]
    assert days[-1] == DAY
    rows = [f"{day},A,{100 if day < DAY else 103}" for day in days[-90:]]
    rows += [f"{day},B,{100 if day < DAY else 98}" for day in days[-90:]]
    rows += [f"{day},C,{100 + n % 2}" for n, day in enumerate((*days[:90], DAY))]
    rows += [f"{day},D,{100 + n % 3}" for n, day in enumerate(days[-90:])]
    rows += [f"{day},E,{100 + n % 2}" for n, day in enumerate(days[-91:-1])] + [f"{DAY},E,101"]
    rows += [f"{day},F,{100 + n % 2}" for n, day in enumerate(days[-91:-1])] + [f"{DAY},F,101"]
    path = write("closes.csv", table(*rows, f"{DAY},G,9"))
    own = write("own.yaml", "pairs: [A:C, E:F, D:A]\n")
    pairs = (("A", "C"), ("E", "F"), ("D", "A"))
    no_base = (
        "C: no change of the week and the year, as the data has no close shortly before; the last"
        " is of 2024-07-29."
    )
    seen = read(run_cli, path, "-c", own, pairs=pairs, said=(no_base,)).kinds
    assert seen >= {"no z", "few in common", "wider than any", "wider than none"}, seen


def test_sixty_earlier_moves_are_enough(run_cli: RunCli, write: Write) -> None:
    days = [DAY - dt.timedelta(days=n) for n in range(61, -1, -1)]
    rows = [f"{day},A,{100 + n % 4 if day < DAY else 120}" for n, day in enumerate(days)]
    rows += [f"{day},B,{103 - n % 4 if day < DAY else 120}" for n, day in enumerate(days[1:])]
    seen = read(run_cli, write("closes.csv", table(*rows))).kinds
    assert seen >= {"few", "to its highest close in data", "its best session in data"}


def test_a_close_that_equals_the_highest(run_cli: RunCli, write: Write) -> None:
    days = [DAY - dt.timedelta(days=n) for n in range(80, -1, -1)]
    rows = [f"{day},A,{104 - n % 5 if day < DAY else 104}" for n, day in enumerate(days)]
    rows += [f"{day},B,{100 + n % 5 if day < DAY else 100}" for n, day in enumerate(days)]
    seen = read(run_cli, write("closes.csv", table(*rows))).kinds
    assert seen >= {"to equal its highest close in data", "to equal its lowest close in data"}


def test_indices_asked_for_and_groups(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", last_days(HSI=(10, 11), N225=(9, 8), SPX=(60, 61), DJI=(9, 9)))
    chosen = ("HSI", "FTSE")
    seen = read(run_cli, path, "-i", "HSI", "-i", "FTSE", chosen=chosen).kinds
    assert seen >= {"not in data", "no close yet"}
    groups = (("asia", ("HSI", "N225")), ("americas", ("SPX", "DJI")))
    seen = read(run_cli, path, "-g", "asia", "-g", "americas", groups=groups).kinds
    assert "group" in seen


def test_pairs_asked_for(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "pairs: [HSI:N225, SPX:VIX, SPX:FTSE, HSI:DJI]\n")
    pairs = (("HSI", "N225"), ("SPX", "VIX"), ("SPX", "FTSE"), ("HSI", "DJI"))
    path = write(
        "closes.csv", last_days(HSI=(10, 11), N225=(9, 8), SPX=(60, 61), VIX=(9, 8), DJI=(9, 0))
    )
    seen = read(run_cli, path, "-c", own, pairs=pairs).kinds
    assert seen >= {"apart", "pair not in data", "pair without a move"}
    assert "one with many" in read(run_cli, SAMPLE_CLOSES, "-c", own, pairs=pairs).kinds


def test_rows_that_cannot_be_used(run_cli: RunCli, write: Write) -> None:
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("2024-05-15,N225"))
    broken = write(
        "broken.csv", "\n".join([*lines[:at], "2024-05-15,N225,38k85", *lines[at + 1 :]])
    )
    kept = write("kept.csv", "\n".join([*lines[:at], *lines[at + 1 :]]))
    closes = Closes(tidy(kept))
    warning = (
        f"{broken}:{at + 1}: a row that this session does not touch cannot be used; the first:"
        " N225: 38k85 is not a number; expected a close such as 22620.33."
    )
    unsound = frozenset({"N225"})
    seen = read(run_cli, broken, closes=closes, unsound=unsound, said=(warning,)).kinds
    assert "unsound" in seen


def test_what_is_said_of_how_a_file_was_read(run_cli: RunCli, write: Write) -> None:
    text = (
        "Closes of two indices\n\ndate,symbol,close,change %\n2025-02-12,HSI,21857.92,2.64\n"
        "2025-02-13,HSI,21814.37,-0.20\n2025-02-13,HSI,21814.37,-0.20\n2025-02-14,HSI,22620.33,3.51\n"
    )
    path = write("closes.csv", text)
    kept = write(
        "kept.csv",
        table("2025-02-12,HSI,21857.92", "2025-02-13,HSI,21814.37", "2025-02-14,HSI,22620.33"),
    )
    repeats = "1 row repeats a close that stands already, with the same figure; the first is here."
    said = (
        f"{path}:7: HSI: 2025-02-14 is stated as +3.51%; the closes give +3.69%.",
        f"{path}:6: {repeats}",
        f"{path}:1: 1 line above the header left out.",
    )
    read(run_cli, path, closes=Closes(tidy(kept)), said=said)
    weekly = [f"{dt.date(2024, 11, 1) + dt.timedelta(days=7 * n)},A,{100 + n}" for n in range(16)]
    path = write("weekly.csv", table(*weekly))
    week = f"{path}: the rows are about a week apart; their changes are not those of a day."
    read(run_cli, path, said=(week,))


def test_many_rare_moves(run_cli: RunCli, write: Write) -> None:
    """Twelve rows of rises; one over a hole, so that it is told how long at least."""
    days = [f"2025-02-{n:02}" for n in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]
    rows = [f"{day},I{i:02},{100 + n}" for i in range(12) for n, day in enumerate(days[i // 2 :])]
    rows += [f"{day},SPX,{6000 + n}" for n, day in enumerate(days) if day != "2025-02-06"]
    seen = read(run_cli, write("closes.csv", table(*rows))).kinds
    assert seen >= {"less rare", "up in data"}


def test_closes_that_changed_since(run_cli: RunCli, write: Write, tmp_path: Path) -> None:
    journal = ("--once", "--journal", tmp_path / "journal.sqlite")
    levels: dict[str, tuple[float, ...]] = {
        "HSI": (6, 7),
        "N225": (39000, 39149.43),
        "SPX": (60, 0),
        "DJI": (9, 8, 9),
        "FTSE": (7, 8),
    }
    changed: dict[str, tuple[float, ...]] = {
        "HSI": (6.1251, 7),
        "N225": (39000, 39150),
        "SPX": (60, 61),
        "DJI": (9, 0, 9),
        "FTSE": (7, 0),
    }
    before = write("closes.csv", last_days(**levels))
    was = Closes(tidy(before))
    assert read(run_cli, before, *journal).kinds.isdisjoint({"revised"})
    after = write("closes.csv", last_days(**changed))
    seen = read(run_cli, after, *journal, before=was).kinds
    assert seen >= {"revised", "came in", "withdrawn"}
