"""Closes damaged in one row, in each of many ways: never a wrong figure in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import Ran, RunCli, Write

DAY = dt.timedelta(days=1)
SYMBOL, OTHER = "HSI", "SPX"


class Series(NamedTuple):
    """Closes of two indices by date, as text; and what the clock says."""

    own: dict[dt.date, str]
    other: dict[dt.date, str]
    now: str = "2025-03-01T12:00:00+00:00"
    stamps: bool = False

    def csv(self) -> str:
        rows = [(day, SYMBOL, close) for day, close in self.own.items()]
        rows += [(day, OTHER, close) for day, close in self.other.items()]
        return "date,symbol,close\n" + "".join(f"{d},{s},{c}\n" for d, s, c in sorted(rows))


def _samples() -> Series:
    lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split(",") for line in lines]
    of = {
        symbol: {dt.date.fromisoformat(day): close for day, s, close in rows if s == symbol}
        for symbol in (SYMBOL, OTHER)
    }
    return Series(of[SYMBOL], of[OTHER])


SOUND = _samples()
DAYS = sorted(SOUND.own)


def _scaled(factor: float) -> Callable[[Series, dt.date], Series]:
    def damage(series: Series, day: dt.date) -> Series:
        level = repr(round(float(series.own[day]) * factor, 4))
        return series._replace(own={**series.own, day: level})

    return damage


def _written(text: str) -> Callable[[Series, dt.date], Series]:
    return lambda series, day: series._replace(own={**series.own, day: text})


def _repeated(series: Series, day: dt.date) -> Series:
    return series._replace(own={**series.own, day: series.own[DAYS[DAYS.index(day) - 1]]})


def _of_the_other(series: Series, day: dt.date) -> Series:
    day_of_other = day if day in series.other else max(d for d in series.other if d < day)
    return series._replace(own={**series.own, day: series.other[day_of_other]})


def _swapped(series: Series, day: dt.date) -> Series:
    if day not in series.other:
        return _of_the_other(series, day)
    own, other = series.own[day], series.other[day]
    return series._replace(own={**series.own, day: other}, other={**series.other, day: own})


def _spliced(series: Series, day: dt.date) -> Series:
    """From the day on, the level is that of a version with dividends."""
    own = {d: c if d < day else repr(round(float(c) * 2.17, 2)) for d, c in series.own.items()}
    return series._replace(own=own)


def _carried(series: Series, day: dt.date) -> Series:
    """Both indices have their last close once more."""
    before = max(d for d in series.other if d < day)
    return _repeated(series, day)._replace(other={**series.other, day: series.other[before]})


def _cut(series: Series, day: dt.date) -> Series:
    return series._replace(
        own={d: c for d, c in series.own.items() if d <= day},
        other={d: c for d, c in series.other.items() if d <= day},
    )


def _future(series: Series, day: dt.date) -> Series:
    """The day is tomorrow in Hong Kong."""
    return _cut(series, day)._replace(now=f"{day - DAY}T09:00:00+08:00")


def _unfinished(series: Series, day: dt.date) -> Series:
    return _cut(series, day)._replace(now=f"{day}T11:30:00+08:00")


def _on_weekend(series: Series, day: dt.date) -> Series:
    """A Saturday has another close."""
    saturday = day + (5 - day.weekday()) * DAY
    own = {d: c for d, c in series.own.items() if d <= day}
    return series._replace(own={**own, saturday: "20123.45"})


def _day_early(series: Series, _day: dt.date) -> Series:
    return series._replace(own={d - DAY: c for d, c in series.own.items()})


def _day_late(series: Series, _day: dt.date) -> Series:
    return series._replace(own={d + DAY: c for d, c in series.own.items()})


DAMAGES: dict[str, Callable[[Series, dt.date], Series]] = {
    "a hundred times": _scaled(100),
    "ten times": _scaled(10),
    "a thousand times": _scaled(1000),
    "a tenth": _scaled(0.1),
    "a hundredth": _scaled(0.01),
    "half": _scaled(0.5),
    "half as much again": _scaled(1.6),
    "repeated": _repeated,
    "the other index": _of_the_other,
    "swapped": _swapped,
    "spliced": _spliced,
    "carried forward": _carried,
    "tomorrow": _future,
    "not over": _unfinished,
    "a weekend": _on_weekend,
    "a day early": _day_early,
    "a day late": _day_late,
    "zero": _written("0"),
    "negative": _written("-20123.45"),
    "a sheet's error": _written("#REF!"),
    "being loaded": _written("Loading..."),
}


def _session(name: str, day: dt.date) -> dt.date:
    if name == "a weekend":
        return day + (5 - day.weekday()) * DAY
    return day + {"a day early": -DAY, "a day late": DAY}.get(name, 0 * DAY)


def _refused_or_warned(ran: Ran) -> None:
    """Check that no figure of the damaged index is given without a word."""
    if ran.status == 3:
        assert f"{SYMBOL}: " in ran.stderr
        return
    assert ran.status == 0, ran.stderr
    document = ran.document
    rows = [move for move in document["moves"] if move["symbol"] == SYMBOL]
    assert rows
    for row in rows:
        assert row["doubt"] or row["change_pct"] is None, row
    assert SYMBOL in {warning["symbol"] for warning in document["warnings"]}


@pytest.mark.parametrize("name", DAMAGES)
@settings(max_examples=tried(2, 30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.sampled_from(DAYS[30:-8]))
def test_a_damaged_figure_is_warned_of_or_refused(
    name: str, day: dt.date, run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, session = DAMAGES[name](SOUND, day), str(_session(name, day))
    path = write("closes.csv", damaged.csv())
    monkeypatch.setenv("MARKETMOVE_NOW", damaged.now)
    asked = ("-l", path, "-f", "json", "--quiet")
    _refused_or_warned(run_cli("session", session, *asked))
    _refused_or_warned(run_cli("history", session, session, *asked))
    summary = run_cli("summary", session, *asked)
    _refused_or_warned(summary)
    headline = summary.document.get("headline", {"figures": []})
    assert SYMBOL not in {figure["of"] for figure in headline["figures"]}


def test_crashes_stay_figures(run_cli: RunCli, write: Write) -> None:
    """The largest moves there have been: New York 1987, Hong Kong 1989, the rest of the list."""
    moves = {
        ("SPX", "1987-10-16", "282.70"): ("1987-10-19", "224.84"),
        ("DJI", "1987-10-16", "2246.74"): ("1987-10-19", "1738.74"),
        ("HSI", "1987-10-16", "3362.39"): ("1987-10-26", "2241.69"),
        ("HSI", "1989-06-02", "2675.38"): ("1989-06-05", "2093.61"),
        ("SPX", "2001-09-10", "1092.54"): ("2001-09-17", "1038.77"),
        ("HSI", "2008-10-24", "12618.38"): ("2008-10-27", "11015.84"),
        ("SPX", "2020-03-13", "2711.02"): ("2020-03-16", "2386.13"),
        ("VIX", "2018-02-02", "17.31"): ("2018-02-05", "37.32"),
    }
    for (symbol, before, prior), (session, close) in moves.items():
        rows = f"date,symbol,close\n{before},{symbol},{prior}\n{session},{symbol},{close}\n"
        ran = run_cli("session", session, "-l", write("c.csv", rows), "-f", "json")
        assert ran.document["moves"][0]["doubt"] is None, symbol


@pytest.mark.skipif(not THOROUGH, reason="only where all is tried")
def test_hardly_a_sound_figure_is_doubted(
    market_data: Path, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All long series: of what is doubted, most are closes that feeds carried forward."""
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-11-28T12:00:00+00:00")
    ran = run_cli(
        *("history", "2000-01-01", "2026-06-30", "-l", market_data / "closes-long", "-f", "csv"),
        "--quiet",
    )
    moved = [row for row in ran.rows if row["status"] == "ok"]
    doubted = [row for row in moved if row["doubt"]]
    assert len(moved) > 60_000
    assert len(doubted) * 2000 < len(moved)


def test_no_close_of_the_samples_is_doubted(run_cli: RunCli) -> None:
    ran = run_cli("history", "2023-12-28", "2025-02-28", "-f", "csv")
    assert {row["doubt"] for row in ran.rows} == {""}
    assert len(ran.rows) > tried(2_800, 2_800)
