"""Reports with an error planted in each, held against closes: found, and named rightly."""

from __future__ import annotations

import csv
import itertools
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from profiles import chosen
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

NAMES = {
    "HSI": "the Hang Seng Index",
    "N225": "Japan's Nikkei 225",
    "TWII": "Taiwan's Taiex",
    "SSEC": "the Shanghai Composite",
    "KS11": "South Korea's Kospi",
    "STI": "the Straits Times Index",
}
DAYS = ("2025-02-12", "2025-02-13", "2025-02-14", "2025-02-18", "2025-02-19", "2025-02-20")
FAULTS = (
    *("cut", "wrong_way", "early", "misfit", "other_index", "tenfold", "points_as_percent"),
    *("other_session", "shut", "none"),
)


class Move(NamedTuple):
    """A close with the one before, in decimals."""

    close: Decimal
    prior: Decimal

    @property
    def points(self) -> Decimal:
        return self.close - self.prior

    @property
    def percent(self) -> Decimal:
        return self.points / self.prior * 100


def _closes() -> dict[str, dict[str, Decimal]]:
    with SAMPLE_CLOSES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
    closes: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        closes.setdefault(row["symbol"], {})[row["date"]] = Decimal(row["close"])
    return closes


CLOSES = _closes()


def _move(symbol: str, day: str) -> Move:
    days = list(CLOSES[symbol])
    at = days.index(day)
    return Move(CLOSES[symbol][day], CLOSES[symbol][days[at - 1]])


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _says(
    symbol: str, close: Decimal, points: Decimal, percent: Decimal, style: int, *, up: bool
) -> str:
    """A sentence of one figure, in one of several wordings."""
    name, size, part = NAMES[symbol], f"{abs(points):,}", f"{abs(percent)}"
    level = f"{close:,}"
    if style == 0:
        verb = "rose" if up else "fell"
        return f"{name} {verb} {size} points, or {part} percent, to close at {level}."
    if style == 1:
        verb = "higher" if up else "lower"
        return f"{name} ended {size} points, or {part}%, {verb} at {level}."
    verb = "up" if up else "down"
    return f"{name} finished at {level}, {verb} {size} points or {part} per cent."


def _planted(fault: str, symbol: str, day: str, style: int) -> str:
    """The sentence of an index with an error of a kind in it."""
    move = _move(symbol, day)
    close, points, percent, up = move.close, move.points, _two(move.percent), move.points > 0
    if fault == "cut":
        percent = abs(move.percent).quantize(Decimal("0.01"), ROUND_DOWN)
    if fault == "wrong_way":
        up = not up
    if fault == "early":
        close = move.prior + _two(points * Decimal("0.83"))
        points = close - move.prior
        percent = _two(points / move.prior * 100)
    if fault == "misfit":
        points = _two(points * Decimal("1.37"))
    if fault == "other_index":
        other = next(s for s in NAMES if s != symbol and day in CLOSES[s])
        close = CLOSES[other][day]
    if fault == "tenfold":
        close = move.close * 10
    if fault == "points_as_percent":
        percent = _two(abs(points))
    if fault == "other_session":
        days = list(CLOSES[symbol])
        before = _move(symbol, days[days.index(day) - 3])
        close, points, percent = before.close, before.points, _two(before.percent)
        up = points > 0
    return _says(symbol, close, points, percent, style, up=up)


def _is_plain(symbol: str, day: str) -> bool:
    """Whether a move is large enough to be cut, turned round and taken early."""
    if day not in CLOSES[symbol]:
        return False
    move = _move(symbol, day)
    cut = abs(move.percent).quantize(Decimal("0.01"), ROUND_DOWN)
    return abs(move.percent) > Decimal("0.2") and cut != abs(_two(move.percent))


def _cases() -> list[tuple[str, str, str, int]]:
    """Sixty of them: a kind of error, an index, a day, a wording."""
    plain = [(s, d) for d, s in itertools.product(DAYS, NAMES) if _is_plain(s, d)]
    cycle = itertools.cycle(plain)
    return [(fault, *next(cycle), n % 3) for n, fault in enumerate(FAULTS * 6)]


@pytest.mark.parametrize(("fault", "symbol", "day", "style"), chosen(_cases(), 20))
def test_a_planted_error_is_named(
    fault: str, symbol: str, day: str, style: int, run_cli: RunCli, write: Write
) -> None:
    when = "2025-01-29" if fault == "shut" else day
    if fault == "shut":
        symbol, level, points = "HSI", Decimal("20225.11"), Decimal("27.34")
        sentences = [_says("HSI", level, points, Decimal("0.14"), style, up=True)]
    else:
        sentences = [_planted(fault, symbol, day, style)]
        others = [s for s in NAMES if s != symbol and day in CLOSES[s]][:3]
        sentences += [_planted("none", other, day, (style + 1) % 3) for other in others]
    text = f"ASIA, {when} - Shares were mixed.\n\n" + "\n\n".join(
        sentence[0].upper() + sentence[1:] for sentence in sentences
    )
    ran = run_cli("verify", write("report.txt", text), "--format", "csv")
    rows = {row["symbol"]: row for row in ran.rows}
    row = rows.pop(symbol)
    assert {other["verdict"] for other in rows.values()} <= {"agrees"}, ran.stdout
    assert len(rows) == len(sentences) - 1
    if fault == "none":
        assert (row["verdict"], row["faults"], ran.status) == ("agrees", "", 0)
    elif fault == "shut":
        assert (row["verdict"], ran.status) == ("no_session", 1)
    else:
        assert (row["verdict"], row["faults"], ran.status) == ("disagrees", fault, 1), text


# What else a report may say, and in which forms it may come.

DATED = "HONG KONG, Feb 14, 2025 - "
RIGHT = "The Hang Seng Index jumped 3.69% to 22,620.33. The Nikkei 225 lost 0.79% to 39,149.43."


def _verdicts(run_cli: RunCli, *arguments: str | Path) -> dict[str, str]:
    ran = run_cli("verify", *arguments, "--format", "csv")
    return {f"{row['symbol']} {row['period']}".strip(): row["verdict"] for row in ran.rows}


def test_a_text_without_a_date_is_held_against_the_session_that_it_fits(
    run_cli: RunCli, write: Write
) -> None:
    ran = run_cli("verify", write("report.txt", RIGHT), "--format", "json")
    document = ran.document
    assert (document["session"], ran.status) == ("2025-02-14", 0)
    assert document["findings"][0]["code"] == "published_undated"
    vague = write("vague.txt", "The Hang Seng Index rose 1%.")
    ran = run_cli("verify", vague)
    assert (ran.stdout, ran.status) == ("", 4)
    assert "has no date, and its figures fit no single session" in ran.stderr
    assert run_cli("verify", vague, "--date", "14 Feb 2025").status == 1


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("its highest close since October 2024", "agrees"),
        ("its highest close since December 2024", "disagrees"),
        ("its biggest one-day gain since Oct. 2, 2024", "agrees"),
        ("its biggest gain since January", "disagrees"),
        ("its largest gain since 2019", "disagrees"),
        ("for a first straight day", None),
        ("for a third straight day", "disagrees"),
    ],
)
def test_what_is_said_beside_other_sessions(
    said: str, verdict: str | None, run_cli: RunCli, write: Write
) -> None:
    text = f"{DATED}The Hang Seng Index jumped 3.69% to 22,620.33, {said}."
    ran = run_cli("verify", write("report.txt", text), "--format", "json")
    claims = ran.document["claims"]
    assert [claim["verdict"] for claim in claims] == ([verdict] if verdict else [])
    assert ran.status == (verdict == "disagrees")


def test_a_streak_that_the_closes_have(run_cli: RunCli, write: Write) -> None:
    text = "Feb 20, 2025 - The Hang Seng Index fell 1.60% to 22,576.98, its second straight loss."
    (claim,) = run_cli("verify", write("r.txt", text), "--format", "json").document["claims"]
    assert (claim["kind"], claim["length"], claim["verdict"]) == ("streak", 2, "agrees")


def test_a_level_without_its_last_digits_is_cut(run_cli: RunCli, write: Write) -> None:
    text = (
        "Feb 12, 2025 - The Hang Seng Index rose 2.64% to 21,857.92. The Kospi rose 0.4% to 2,548."
    )
    text = text.replace("21,857.92", "21,857")
    rows = {r["symbol"]: r for r in run_cli("verify", write("r.txt", text), "-f", "csv").rows}
    assert (rows["HSI"]["wrong"], rows["HSI"]["faults"]) == ("close", "cut")


def test_spans_are_held_against_the_closes(run_cli: RunCli, write: Write) -> None:
    text = f"{DATED}{RIGHT}\n\nFor the week, the Hang Seng rose 7.04% and the Nikkei 225 lost 2%.\n"
    assert _verdicts(run_cli, write("report.txt", text)) == {
        "HSI": "agrees",
        "N225": "agrees",
        "HSI week": "agrees",
        "N225 week": "disagrees",
    }


def test_a_figure_of_the_day_before_is_held_against_it(run_cli: RunCli, write: Write) -> None:
    text = f"{DATED}{RIGHT}\n\nOvernight, the S&P 500 rose 1.04% to 6,115.07.\n"
    assert _verdicts(run_cli, write("report.txt", text))["SPX"] == "agrees"


FORMS = {
    "f.yaml": "session: 14 February 2025\nfigures:\n"
    "  - {index: HSI, close: 22620.33, change_pts: +805.96}\n"
    "  - {index: HSI, period: week, change_pct: 7.04}\n  - {index: Nikkei, about_pct: -0.8}\n",
    "f.csv": "index,session,close,change_pts,change_pct,about_pct,period\n"
    "HSI,2025-02-14,22620.33,805.96,,,\nHSI,2025-02-14,,,7.04,,week\nNikkei,2025-02-14,,,,-0.8,\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_figures_as_yaml_and_csv(name: str, run_cli: RunCli, write: Write) -> None:
    assert _verdicts(run_cli, write(name, FORMS[name])) == {
        "HSI": "agrees",
        "HSI week": "agrees",
        "N225": "agrees",
    }


def test_what_read_writes_is_taken_again(run_cli: RunCli, write: Write) -> None:
    report = write("report.txt", f"{DATED}{RIGHT} Hong Kong's Hang Seng Tech Index rose over 5%.")
    wanted = _verdicts(run_cli, report)
    for form in ("yaml", "csv", "json"):
        text = run_cli("read", report, "--format", form).stdout
        assert _verdicts(run_cli, write(f"again.{form}", text)) == wanted, form


def test_a_column_that_is_not_known_is_refused(run_cli: RunCli, write: Write) -> None:
    ran = run_cli("verify", write("f.csv", "index,change_pct,volum\nHSI,1,2\n"))
    assert (ran.stdout, ran.status) == ("", 3)
    assert "volum is not a column here" in ran.stderr
    ran = run_cli("verify", write("g.json", '{"a": 1}'))
    assert "expected the JSON that marketmove read writes" in ran.stderr


def test_session_prints_the_pairs_of_a_report(run_cli: RunCli, write: Write) -> None:
    path = write("report.txt", f"{DATED}{RIGHT}")
    document = run_cli("session", "2025-02-14", "--levels", path, "--format", "json").document
    assert [(d["up"], d["down"]) for d in document["divergences"]] == [("HSI", "N225")]
    assert document["basis"] == "published"
    undated = write("undated.txt", RIGHT)
    assert run_cli("session", "2025-02-14", "--levels", undated, "--quiet").status == 0
    ran = run_cli("session", "latest", "--levels", undated)
    assert (ran.status, "has no date; name the session" in ran.stderr) == (2, True)


def test_points_alone_imply_the_prior_close(run_cli: RunCli, write: Write) -> None:
    path = write("r.txt", f"{DATED}The Hang Seng Index rose 805.96 points to 22,620.33.")
    (move,) = run_cli("session", "2025-02-14", "-l", path, "-f", "json").document["moves"]
    assert (move["prior_close"], round(move["change_pct"], 4)) == (21814.37, 3.6946)


def test_a_period_may_stand_beside_the_day(run_cli: RunCli, write: Write) -> None:
    """The Dow of 2022-09-29, as the AP gave it: 1.5% down on the day, 19.6% in the year."""
    closes = "2021-12-31,DJI,36338.30\n2022-09-28,DJI,29683.74\n2022-09-29,DJI,29225.61\n"
    path = write("c.csv", f"date,symbol,close\n{closes}")
    entry = "{index: Dow Jones, close: 29225.61, change_pct: -1.5, ytd_pct: -19.6}"
    report = write("r.yaml", f"session: 2022-09-29\nfigures:\n  - {entry}\n")
    ran = run_cli("verify", report, "-l", path, "-f", "csv")
    assert [(row["period"], row["verdict"]) for row in ran.rows] == [
        ("", "agrees"),
        ("ytd", "agrees"),
    ]
    wrong = write("w.yaml", report.read_text("utf-8").replace("-19.6", "-15.8"))
    ran = run_cli("verify", wrong, "-l", path, "-f", "csv")
    assert [row["verdict"] for row in ran.rows] == ["agrees", "disagrees"]
    assert ran.status == 1
