"""Published figures held against closes: the verdicts, their reasons, and the date that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketmove import config
from marketmove.commands.verify import VerifyRequest, verify
from marketmove.render import RenderOptions
from marketmove.render.verify import FORMATS
from marketmove.resources import root
from marketmove.sources import ReadOptions
from program import SAMPLE_CLOSES, Ran

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

SAMPLE = root() / "samples" / "published" / "2025-02-04.yaml"


def _report(session: str, *figures: str) -> str:
    return f"session: {session}\nfigures:\n" + "".join(f"  - {{{row}}}\n" for row in figures)


def _verdicts(ran: Ran) -> dict[str, str]:
    return {row["symbol"]: row["verdict"] for row in ran.rows}


# The bundled report, of which definitions elsewhere tell what is true of it.


def test_the_bundled_report(run_cli: RunCli) -> None:
    ran = run_cli("verify", SAMPLE, "--format", "json")
    assert (ran.stderr, ran.status) == ("", 1)
    document = ran.document
    rows = {row["symbol"]: row for row in document["figures"]}
    assert document["schema"] == "marketmove.verify/1"
    assert document["counts"] == {"agrees": 1, "disagrees": 3, "no_session": 1, "unchecked": 0}
    assert rows["SSEC"]["verdict"] == "no_session"
    assert (rows["HSI"]["close"], round(rows["HSI"]["change_pct"], 2)) == (20789.96, 2.83)
    assert (rows["N225"]["close"], round(rows["N225"]["change_pct"], 2)) == (38798.37, 0.72)
    fits = {symbol: row["fits_session"] for symbol, row in rows.items()}
    date = "2025-02-14"
    assert fits == {"HSI": None, "HSTECH": None, "SSEC": date, "N225": date, "TWII": date}
    assert document["fits_session"] == date


def test_what_follows_from_the_bundled_report(run_cli: RunCli) -> None:
    findings = run_cli("verify", SAMPLE, "--format", "json").document["findings"]
    assert [(finding["code"], finding["text"]) for finding in findings] == [
        (
            "published_no_session",
            "Shanghai Composite had no session on 2025-02-04 (Lunar New Year)",
        ),
        (
            "published_disagrees",
            (
                "samples/closes.csv has other figures for 2025-02-04: Hang Seng 20,789.96 (+2.83%),"
                " Nikkei 225 38,798.37 (+0.72%) and Taiex 22,793.96 (+0.44%)"
            ),
        ),
        (
            "published_fits",
            (
                "the figures of Shanghai Composite, Nikkei 225 and Taiex are those of 2025-02-14;"
                " on that date Hang Seng has 22,620.33 (+3.69%) instead of 22,579.05 (+3.51%), from"
                " the same prior close"
            ),
        ),
    ]


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_fits_a_terminal(width: int) -> None:
    request = VerifyRequest(SAMPLE, (SAMPLE_CLOSES,), (), ReadOptions(), config.load(None))
    text = FORMATS["table"](verify(request), RenderOptions(width=width))
    _, _, *lines = text.splitlines()
    assert max(map(len, lines)) <= width
    for figure in ("22,579.05", "20,789.96", "+2.83%", "no session"):
        assert figure in text


def test_ascii_and_output(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.txt"
    ran = run_cli("verify", SAMPLE, "--ascii", "--output", path)
    assert ran.stderr == ""
    assert (ran.stdout, ran.status) == ("", 1)
    assert path.read_text(encoding="utf-8").isascii()


def test_csv_has_what_was_printed_as_printed(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 22620.3, change_pct: 3.70"))
    ran = run_cli("verify", path, "--format", "csv")
    (row,) = ran.rows
    assert (row["published_close"], row["published_change_pct"]) == ("22620.3", "3.70")
    assert (row["verdict"], row["wrong"], ran.status) == ("disagrees", "change_pct", 1)
    assert row["source"] == "samples/closes.csv:2695"
    assert row["published_source"] == f"{path}:3"


def test_what_machines_can_count_on(run_cli: RunCli) -> None:
    columns = (
        "session,symbol,name,verdict,why,wrong,unchecked,published_close,published_change_pct,"
        "published_over_pct,published_under_pct,close,prior_session,prior_close,change_pct,"
        "fits_session,source,published_source,published_change_pts,published_about_pct,change_pts,"
        "period,faults,quote"
    )
    assert run_cli("verify", SAMPLE, "--format", "csv").stdout.splitlines()[0] == columns
    document = run_cli("verify", SAMPLE, "--format", "json").document
    assert list(document) == [
        *("schema", "session", "published", "closes", "bundled", "figures", "counts"),
        *("fits_session", "claims", "findings", "warnings"),
    ]
    assert {*document["figures"][0]} == {*columns.split(","), "same_prior"}


# Verdicts.


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ("close: 22620.33, change_pct: +3.69", "agrees"),
        ("close: '22,620.33'", "agrees"),
        ("close: 22620.3, change_pct: 3.7%", "agrees"),
        ("close: 22620, change_pct: 4", "agrees"),
        ("close: 22620.34", "disagrees"),
        ("close: 22621", "disagrees"),
        ("change_pct: 3.70", "disagrees"),
        ("change_pct: -3.69", "disagrees"),
        ("close: 22620.33, change_pct: 3.68", "disagrees"),
        ("over_pct: 3.69", "agrees"),
        ("over_pct: 3.7", "disagrees"),
        ("under_pct: 3.7", "agrees"),
        ("under_pct: -1", "disagrees"),
        ("close: 22620.33, over_pct: 3", "agrees"),
    ],
)
def test_each_printed_figure_counts(
    figures: str, verdict: str, run_cli: RunCli, write: Write
) -> None:
    path = write("r.yaml", _report("2025-02-14", f"index: HSI, {figures}"))
    ran = run_cli("verify", path, "--format", "csv")
    assert _verdicts(ran) == {"HSI": verdict}
    assert ran.status == (0 if verdict == "agrees" else 1)


@pytest.mark.parametrize(
    ("session", "index", "verdict", "why", "status"),
    [
        ("2025-01-29", "HSI", "no_session", "closed", 1),
        ("2025-02-08", "N225", "no_session", "closed", 1),
        ("2025-02-14", "RUT", "unchecked", "not_in_data", 4),
        ("2025-02-14", "My own", "unchecked", "not_in_data", 4),
        ("2024-06-03", "KS11", "unchecked", "missing", 4),
    ],
)
def test_why_a_row_cannot_be_checked(
    session: str, index: str, verdict: str, why: str, status: int, run_cli: RunCli, write: Write
) -> None:
    path = write("r.yaml", _report(session, f"index: {index}, change_pct: 77"))
    ran = run_cli("verify", path, "--format", "csv")
    (row,) = ran.rows
    assert (row["verdict"], row["why"], ran.status) == (verdict, why, status)


def test_a_holiday_has_its_name(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", _report("2025-01-29", "index: HSI, close: 1", "index: HSTECH, close: 1"))
    assert (
        "  Hang Seng and Hang Seng Tech had no session on 2025-01-29 (Lunar New Year)\n"
        in run_cli("verify", path).stdout
    )


def test_the_first_close_has_no_percent(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", "date,symbol,close\n2025-02-14,HSI,22620.33\n")
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 22620.33, change_pct: 3.69"))
    ran = run_cli("verify", path, "--levels", closes)
    assert "the percent of Hang Seng cannot be checked: no close before it is known" in ran.stdout
    alone = write("alone.yaml", _report("2025-02-14", "index: HSI, close: 22620.33"))
    assert run_cli("verify", alone, "--levels", closes).status == 0


@pytest.mark.parametrize(
    ("bound", "verdict"),
    [
        ("over_pct: 1.5", "disagrees"),
        ("over_pct: 1.49", "agrees"),
        ("under_pct: 1.5", "disagrees"),
        ("under_pct: 1.51", "agrees"),
    ],
)
def test_a_change_of_just_the_bound_is_not_beyond_it(
    bound: str, verdict: str, run_cli: RunCli, write: Write
) -> None:
    closes = write("closes.csv", "date,symbol,close\n2025-02-13,HSI,200\n2025-02-14,HSI,203\n")
    report = write("report.yaml", _report("2025-02-14", f"index: HSI, {bound}"))
    assert _verdicts(run_cli("verify", report, "-l", closes, "-f", "csv")) == {"HSI": verdict}


@pytest.mark.parametrize(("printed", "verdict"), [("0.13", "agrees"), ("0.12", "disagrees")])
def test_a_half_is_printed_away_from_zero(
    printed: str, verdict: str, run_cli: RunCli, write: Write
) -> None:
    """0.1 of 80 is 0.125%."""
    closes = write("closes.csv", "date,symbol,close\n2025-02-13,HSI,80\n2025-02-14,HSI,80.1\n")
    report = write("report.yaml", _report("2025-02-14", f"index: HSI, change_pct: {printed}"))
    assert _verdicts(run_cli("verify", report, "-l", closes, "-f", "csv")) == {"HSI": verdict}


def test_a_percent_over_a_gap_is_not_held_against_a_report(run_cli: RunCli, write: Write) -> None:
    """The report measures from 13 February, which these closes lack."""
    rows = "2025-02-12,HSI,21857.92\n2025-02-14,HSI,22620.33\n"
    closes = write("closes.csv", "date,symbol,close\n" + rows)
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 22620.33, change_pct: 3.69"))
    ran = run_cli("verify", path, "--levels", closes, "--format", "csv")
    (row,) = ran.rows
    assert (row["verdict"], row["unchecked"], row["why"]) == ("unchecked", "change_pct", "gap")
    wrong = write("w.yaml", _report("2025-02-14", "index: HSI, close: 22620.34, change_pct: 3.69"))
    assert _verdicts(run_cli("verify", wrong, "-l", closes, "-f", "csv")) == {"HSI": "disagrees"}


def test_closes_with_fewer_decimals_contradict_no_further_ones(
    run_cli: RunCli, write: Write
) -> None:
    """FTSE has one decimal in the samples; it closed at 8,700.53 on 7 February."""
    for close, verdict in (("8700.53", "agrees"), ("8700.63", "disagrees")):
        path = write("r.yaml", _report("2025-02-07", f"index: FTSE, close: {close}"))
        assert _verdicts(run_cli("verify", path, "--format", "csv")) == {"FTSE": verdict}


def test_a_level_from_before_the_close(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 22579.05, change_pct: 3.51"))
    assert "lead from the right prior close" in run_cli("verify", path).stdout


# Another date.


def test_one_row_of_the_day_before(run_cli: RunCli, write: Write) -> None:
    path = write(
        "r.yaml",
        _report("2025-02-14", "index: HSI, close: 22620.33", "index: N225, close: 39461.47"),
    )
    document = run_cli("verify", path, "--format", "json").document
    assert [row["fits_session"] for row in document["figures"]] == [None, "2025-02-13"]
    assert document["fits_session"] is None


def test_percents_alone_name_a_date_only_together(run_cli: RunCli, write: Write) -> None:
    rows = ["index: N225, change_pct: -0.79", "index: TWII, change_pct: -1.05"]
    two = write("two.yaml", _report("2025-02-05", *rows))
    three = write("three.yaml", _report("2025-02-05", *rows, "index: HSI, change_pct: +3.69"))
    assert run_cli("verify", two, "--format", "json").document["fits_session"] is None
    assert run_cli("verify", three, "--format", "json").document["fits_session"] == "2025-02-14"


def test_a_date_that_the_closes_lack_can_still_be_told(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", _report("2025-03-03", "index: HSI, close: 22620.33, change_pct: 3.69"))
    ran = run_cli("verify", path, "--levels", SAMPLE_CLOSES)
    assert "the figures of Hang Seng are those of 2025-02-14" in ran.stdout
    assert ran.status == 1


# Which closes, and what is wrong with what was asked.


def test_closes_of_the_configuration(run_cli: RunCli, write: Write) -> None:
    write("own.csv", "date,symbol,close\n2025-02-13,HSI,100\n2025-02-14,HSI,101\n")
    settings_file = write("marketmove.yaml", "levels: own.csv\n")
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 101, change_pct: 1"))
    assert run_cli("verify", path, "--config", settings_file).status == 0
    assert run_cli("verify", path, "-c", settings_file, "-l", SAMPLE_CLOSES).status == 1


def test_standard_input(run_cli: RunCli) -> None:
    piped = run_cli("verify", "-", "--format", "csv", stdin=SAMPLE.read_bytes())
    assert _verdicts(piped) == _verdicts(run_cli("verify", SAMPLE, "--format", "csv"))
    both = run_cli("verify", "-", "--levels", "-")
    assert (both.stdout, both.status) == ("", 2)


def test_the_indices_chosen(run_cli: RunCli) -> None:
    ran = run_cli("verify", SAMPLE, "-i", "Hang Seng Tech", "-i", "DAX", "--format", "csv")
    assert _verdicts(ran) == {"HSTECH": "agrees"}
    assert (ran.stderr, ran.status) == (f"marketmove: warning: GDAXI is not in {SAMPLE}\n", 0)
    assert run_cli("verify", SAMPLE, "-i", "HSTECH", "-i", "DAX", "--quiet").stderr == ""
    assert run_cli("verify", SAMPLE, "-i", "DAX").status == 4


def test_no_closes_at_hand(run_cli: RunCli, write: Write) -> None:
    path = write("r.yaml", _report("2026-02-13", "index: HSI, close: 1"))
    ran = run_cli("verify", path, "--format", "json")
    assert ran.status == 2
    assert ran.document["schema"] == "marketmove.verify/1"
    assert "without 2026-02-13; say --levels FILE" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        ([SAMPLE_CLOSES], "expected figures: a list of index", 3),
        ([SAMPLE, "--levels", SAMPLE], "has published figures, not closes", 2),
        (["none.yaml"], "none.yaml: no such file", 3),
    ],
    ids=["closes for a report", "a report for closes", "no file"],
)
def test_the_wrong_file(
    arguments: list[str | Path], said: str, status: int, run_cli: RunCli
) -> None:
    ran = run_cli("verify", *arguments)
    assert said in ran.stderr
    assert (ran.stdout, ran.status) == ("", status)


def test_a_bad_close_is_not_passed_over(run_cli: RunCli, write: Write) -> None:
    closes = write(
        "closes.csv", "date,symbol,close\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,zero\n"
    )
    path = write("r.yaml", _report("2025-02-14", "index: HSI, close: 22620.33"))
    ran = run_cli("verify", path, "--levels", closes)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f"{closes}:3: ")
