"""What a report printed: the prior closes that it implies, within its rounding, and its bounds."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from marketmove.resources import root

if TYPE_CHECKING:
    from program import RunCli, Write

FEBRUARY_4 = ("session", "2025-02-04")
TOLERANCE = 1e-9  # index points and percent; people see two digits
PRINTED = {
    "HSI": ("22579.05", "3.51"),
    "SSEC": ("3346.72", "0.43"),
    "N225": ("39149.43", "-0.79"),
    "TWII": ("23152.61", "-1.05"),
}


def _moves(run_cli: RunCli, *arguments: str) -> dict[str, dict[str, Any]]:
    document = run_cli(*FEBRUARY_4, "--format", "json", *arguments).document
    return {move["symbol"]: move for move in document["moves"]}


@pytest.mark.parametrize("symbol", PRINTED)
def test_implied_figures_agree_with_decimals(symbol: str, run_cli: RunCli) -> None:
    close, pct = map(Decimal, PRINTED[symbol])
    half = Decimal("0.005")
    corners = list(product((close - half, close + half), (pct - half, pct + half)))
    priors = [c / (1 + p / 100) for c, p in corners]
    points = [c - c / (1 + p / 100) for c, p in corners]
    move = _moves(run_cli)[symbol]
    assert (move["status"], move["basis"]) == ("ok", "published")
    assert (move["close"], move["change_pct"]) == (float(close), float(pct))
    assert move["prior_session"] is None
    exact = {
        "prior_close": close / (1 + pct / 100),
        "prior_close_low": min(priors),
        "prior_close_high": max(priors),
        "change_pts": close - close / (1 + pct / 100),
        "change_pts_low": min(points),
        "change_pts_high": max(points),
        "change_pct_low": pct - half,
        "change_pct_high": pct + half,
    }
    for key, value in exact.items():
        assert move[key] == pytest.approx(float(value), abs=TOLERANCE), key


@pytest.mark.parametrize(
    ("symbol", "prior", "low", "high"),
    [
        ("HSI", "21813.40", "21812.34", "21814.46"),
        ("N225", "39461.17", None, None),
        ("SSEC", "3332.39", None, None),
        ("TWII", "23398.29", None, None),
    ],
)
def test_implied_priors_to_two_digits(
    symbol: str, prior: str, low: str | None, high: str | None, run_cli: RunCli
) -> None:
    move = _moves(run_cli)[symbol]
    assert f"{move['prior_close']:.2f}" == prior
    if low is not None:
        assert f"{move['prior_close_low']:.2f}" == low
        assert f"{move['prior_close_high']:.2f}" == high


def test_the_interval_holds_the_close_that_was_published_elsewhere(run_cli: RunCli) -> None:
    """N225 and SSEC and TWII closed so on 14 February; their prior closes are known."""
    known = {"N225": 39461.47, "SSEC": 3332.48, "TWII": 23399.41}
    moves = _moves(run_cli)
    for symbol, prior in known.items():
        assert moves[symbol]["prior_close_low"] <= prior <= moves[symbol]["prior_close_high"]


def test_a_bound_is_a_bound(run_cli: RunCli) -> None:
    move = _moves(run_cli)["HSTECH"]
    assert move["status"] == "bound"
    assert move["change_pct_over"] == 5
    empty = ("close", "prior_close", "prior_session", "change_pts", "change_pct")
    assert [move[key] for key in empty] == [None] * len(empty)
    row = run_cli(*FEBRUARY_4, "--format", "csv", "-i", "HSTECH").stdout.splitlines()[1]
    assert row == (
        "2025-02-04,HSTECH,Hang Seng Tech,bound,published,,,,,,"
        "samples/published/2025-02-04.yaml:9,5.0,,,,,,"
    )


def test_a_bound_sorts_by_its_bound(run_cli: RunCli, write: Write) -> None:
    path = write(
        "report.yaml",
        "session: 2025-02-04\nfigures:\n  - {index: A, under_pct: -2}\n"
        "  - {index: B, change_pct: -1}\n  - {index: C, over_pct: 0.5}\n"
        "  - {index: D, change_pct: 0.6}\n  - {index: E, close: 5.0}\n",
    )
    ran = run_cli(*FEBRUARY_4, "--levels", path, "--format", "csv")
    assert [row["symbol"] for row in ran.rows] == ["D", "C", "B", "A", "E"]
    assert [row["status"] for row in ran.rows] == ["ok", "bound", "ok", "bound", "no_prior"]
    table = run_cli(*FEBRUARY_4, "--levels", path).stdout
    assert "> +0.5%" in table
    assert "< −2%" in table
    assert "2 up · 2 down · 1 without a move" in table


def test_spreads_say_what_they_are(run_cli: RunCli) -> None:
    table = run_cli(*FEBRUARY_4).stdout
    pairs = [" ".join(line.split()) for line in table.splitlines() if line.endswith(" pp")]
    assert pairs == [
        "Hang Seng Tech > +5% versus Taiex −1.05% > ≈ 6.05 pp",
        "Hang Seng Tech > +5% versus Nikkei 225 −0.79% > ≈ 5.79 pp",
        "Hang Seng +3.51% versus Taiex −1.05% ≈ 4.56 pp",
        "Hang Seng +3.51% versus Nikkei 225 −0.79% ≈ 4.30 pp",
    ]
    document = run_cli(*FEBRUARY_4, "--format", "json").document
    first, *_, last = document["divergences"]
    assert (first["up"], first["down"]) == ("HSTECH", "TWII")
    assert (first["up_pct"], first["up_pct_over"], first["spread_pp"]) == (None, 5, None)
    assert first["spread_pp_over"] == pytest.approx(6.05, abs=TOLERANCE)
    assert last["spread_pp"] == pytest.approx(4.30, abs=TOLERANCE)
    assert last["spread_pp_low"] == pytest.approx(4.29, abs=TOLERANCE)
    assert last["spread_pp_high"] == pytest.approx(4.31, abs=TOLERANCE)


def test_the_title_says_that_it_is_a_sample(run_cli: RunCli) -> None:
    lines = run_cli(*FEBRUARY_4, "--explain").stdout.splitlines()
    assert lines[0] == (
        "Session of Tue 4 Feb 2025 · as published · samples/published/2025-02-04.yaml"
        " (bundled sample)"
    )
    assert lines[-4] == "  ≈ implied by the published percent, within its rounding"
    assert lines[-5] == "  no range or dispersion: Hang Seng Tech has only a bound"
    assert lines[-6] == "  3 up · 2 down"


def test_nothing_implied_without_a_close(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", "session: 2025-02-04\nfigures:\n  - {index: HSI, change_pct: +3.5}\n")
    move = run_cli(*FEBRUARY_4, "-l", path, "-f", "json").document["moves"][0]
    assert (move["status"], move["change_pct"]) == ("ok", 3.5)
    assert (move["change_pct_low"], move["change_pct_high"]) == (3.45, 3.55)
    assert move["prior_close"] is None
    assert "≈" not in run_cli(*FEBRUARY_4, "-l", path).stdout


@pytest.mark.parametrize("text", ["+3.51", "3.51", "3.51%", "'+3.51 %'", '"3.51"', "+3.51%"])
def test_a_percent_as_people_paste_it(text: str, run_cli: RunCli, write: Write) -> None:
    path = write(
        "r.yaml",
        "session: 2025-02-04\nfigures:\n"
        f'  - {{index: Hang Seng, close: "22,579.05", change_pct: {text}}}\n',
    )
    move = run_cli(*FEBRUARY_4, "-l", path, "-f", "json").document["moves"][0]
    assert (move["close"], move["change_pct"], move["symbol"]) == (22579.05, 3.51, "HSI")


def test_a_minus_sign_as_people_paste_it(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", "session: 2025-02-04\nfigures:\n  - {index: N225, change_pct: −0.79%}\n")
    move = run_cli(*FEBRUARY_4, "-l", path, "-f", "json").document["moves"][0]
    assert move["change_pct"] == -0.79


def test_the_digits_that_were_printed_make_the_interval(run_cli: RunCli, write: Write) -> None:
    path = write(
        "r.yaml",
        "session: 2025-02-04\nfigures:\n  - {index: A, close: 100, change_pct: 1.0}\n"
        "  - {index: B, close: 100.00, change_pct: 1.00}\n",
    )
    a, b = run_cli(*FEBRUARY_4, "-l", path, "-f", "json").document["moves"]
    assert (a["change_pct_low"], a["change_pct_high"]) == (0.95, 1.05)
    assert (b["change_pct_low"], b["change_pct_high"]) == (0.995, 1.005)
    assert a["prior_close"] == b["prior_close"]
    assert (
        a["prior_close_low"] < b["prior_close_low"] < b["prior_close_high"] < a["prior_close_high"]
    )


def test_a_report_of_another_session(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", "session: 2025-02-04\nfigures:\n  - {index: HSI, change_pct: 1}\n")
    ran = run_cli("session", "2025-02-05", "--levels", path)
    assert (ran.stdout, ran.status) == ("", 4)
    assert ran.stderr == (
        "marketmove: no chosen index has a close on 2025-02-05; the nearest in the data:"
        " 2025-02-04\n"
    )
    latest = run_cli("session", "--levels", path, "--format", "json")
    assert latest.document["session"] == "2025-02-04"


def test_two_reports_of_one_session(run_cli: RunCli, write: Write) -> None:
    text = "session: 2025-02-04\nfigures:\n  - {index: HSI, change_pct: 1}\n"
    one, other = write("one.yaml", text), write("other.yaml", text)
    ran = run_cli(*FEBRUARY_4, "--levels", one, "--levels", other)
    assert (ran.stdout, ran.status) == ("", 2)
    assert f"{one} and {other} are both for 2025-02-04; name one of them" in ran.stderr


def test_an_index_that_the_report_lacks(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_4, "-i", "HSI", "-i", "KOSPI", "--format", "csv")
    absent, *_ = ran.stderr.splitlines()
    assert absent == "marketmove: warning: KS11 has no close in the data"
    assert [(row["symbol"], row["status"]) for row in ran.rows] == [
        ("HSI", "ok"), ("KS11", "unknown")
    ]  # fmt: skip
    alone = run_cli(*FEBRUARY_4, "-i", "KOSPI")
    assert (alone.stdout, alone.status) == ("", 4)


def test_all_bad_figures_of_a_report_are_named(run_cli: RunCli, write: Write) -> None:
    path = write(
        "r.yaml",
        "session: 2025-02-04\nfigures:\n  - {index: HSI, close: high}\n"
        "  - {index: N225, change_pct: up}\n  - {index: SSEC, change_pct: +0.43}\n",
    )
    ran = run_cli(*FEBRUARY_4, "--levels", path)
    assert ran.stderr.splitlines() == [
        f"{path}:3: close: high is not a level such as 22,579.05",
        f"{path}:4: change_pct: up is not a percentage such as +3.51",
    ]
    assert (ran.stdout, ran.status) == ("", 3)


# What closes at hand have against the figures, as `verify` says it.


def test_session_warns_of_what_closes_say(run_cli: RunCli) -> None:
    report = root() / "samples" / "published" / "2025-02-04.yaml"
    findings = run_cli("verify", report, "--format", "json").document["findings"]
    ran = run_cli("session", "2025-02-04", "--format", "json")
    assert ran.document["warnings"] == findings
    assert ran.stderr.splitlines() == [f"marketmove: warning: {f['text']}" for f in findings]
    table = run_cli("session", "2025-02-04").stdout
    assert all(f"  Warning: {finding['text']}\n" in table for finding in findings)


@pytest.mark.parametrize(
    ("session", "figures"),
    [
        ("2025-02-14", "index: HSI, close: 22620.33, change_pct: 3.69"),
        ("2025-02-14", "index: My own, change_pct: 1"),
        ("2026-02-13", "index: HSI, close: 1, change_pct: 1"),
    ],
    ids=["they agree", "an index of one's own", "a date that the samples do not reach"],
)
def test_session_has_nothing_to_warn_of(
    session: str, figures: str, run_cli: RunCli, write: Write
) -> None:
    path = write("r.yaml", f"session: {session}\nfigures:\n  - {{{figures}}}\n")
    ran = run_cli("session", session, "--levels", path)
    assert (ran.stderr, ran.status) == ("", 0)


def test_session_takes_the_closes_of_the_configuration(run_cli: RunCli, write: Write) -> None:
    write("own.csv", "date,symbol,close\n2026-02-12,HSI,100\n2026-02-13,HSI,101\n")
    settings_file = write("marketmove.yaml", "levels: own.csv\n")
    path = write("r.yaml", "session: 2026-02-13\nfigures:\n  - {index: HSI, close: 102}\n")
    asked = ("session", "2026-02-13", "--levels", path, "--config", settings_file)
    assert "has another figure for 2026-02-13: Hang Seng 101.00" in run_cli(*asked).stderr
    write("own.csv", "nothing\nof use\n")
    broken = run_cli(*asked)
    assert broken.status == 0
    assert "the published figures could not be checked against closes" in broken.stderr
