"""`summary` through the public door: what it says of a session, in each format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from program import SAMPLE_CLOSES, RunCli, Write, run_process
from summarised import FEBRUARY_14, HEADER, PAIR, closes, said

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ["text", "markdown", "json", "html"]


def test_a_move_beyond_belief_is_doubted(run_cli: RunCli, write: Write) -> None:
    """A decimal point has slipped; the VIX does move so far."""
    text = closes(N225=(39100, 39200, 39461.47, 3914.94), VIX=(15, 15, 20, 30), HSI=(100, 134))
    path = write("closes.csv", text)
    ran = run_cli("summary", "2025-02-14", "-l", path, "-f", "json")
    doubt = (
        f"{path}:5: N225: 3,914.94 is -90.1% from 39,461.47, about a 10th: a slipped decimal"
        " point, or an index that was rebased?"
    )
    (warning,) = ran.document["warnings"]
    assert (warning["code"], warning["symbol"]) == ("jump", "N225")
    assert f"{path}:5: {warning['text']}" == doubt
    assert said(ran.document, "warnings") == [f"{doubt}."]
    assert warning["text"] in ran.stderr
    assert ran.document["headline"]["text"] == "Hang Seng up 34.00%; the other index has no move."
    (row,) = (move for move in ran.document["moves"] if move["symbol"] == "N225")
    assert (row["status"], row["doubt"], row["change_pct"] < -90) == ("ok", "jump", True)


def test_one_index_is_not_told_of_twice(run_cli: RunCli) -> None:
    asked = ("summary", "latest", "-l", SAMPLE_CLOSES, "-f", "json", "-i")
    once = run_cli(*asked, "HSI").document
    assert once["headline"]["text"] == (
        "Hang Seng down 3.28%, its worst session since 15 October 2024."
    )
    assert said(once, "rare") == []
    (both,) = said(run_cli(*asked, "Nikkei").document, "rare")
    assert both == (
        "Nikkei 225 slumped 2.88%, its worst session since 30 September 2024, to its lowest close"
        " since 19 September 2024."
    )


def test_a_week_or_year_without_a_figure_is_explained(run_cli: RunCli) -> None:
    dash = "A dash under WTD or YTD: the closes do not reach back so far."
    asked = ("summary", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json", "-i")
    assert dash in said(run_cli(*asked, "KOSPI").document, "about")
    assert dash not in said(run_cli(*asked, "HSI").document, "about")


def test_dates_name_their_year_where_the_reader_is_in_another(
    run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", closes(VNINDEX=(100, 101), HNXINDEX=(100, 102)))
    asked = ("summary", "--as-of", "2026-03-02T12:00Z", "-l", path)
    alone = run_cli(*asked, "-i", "VNINDEX", "-f", "json").document
    assert alone["brief"][0]["text"] == (
        "As of 2 Mar 2026 12:00 UTC, VN Index last closed at 101.00, on Fri 14 Feb 2025, after"
        " 100.00 on Thu 13 Feb 2025."
    )
    monday = write("monday.csv", HEADER + "2025-02-12,VNINDEX,100\n2025-02-14,VNINDEX,101\n")
    assert "VN Index measured from the close of Wed 12 Feb 2025." in said(
        run_cli("summary", "--as-of", "2026-03-02T12:00Z", "-l", monday, "-f", "json").document,
        "about",
    )


def test_a_figure_stays_with_its_unit(run_cli: RunCli) -> None:
    text = run_cli("summary", "2025-02-17", "-l", SAMPLE_CLOSES).stdout
    assert not re.search(r"^ *pp\b", text, re.MULTILINE)
    assert "3.45 pp" in text


def test_a_move_over_sessions_that_the_data_lacks(run_cli: RunCli, write: Write) -> None:
    rows = (
        "2025-02-12,HSI,20000\n2025-02-14,HSI,20500\n2025-02-13,N225,30000\n2025-02-14,N225,29700\n"
    )
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("summary", "2025-02-14", "-l", path, "-f", "json")
    assert ran.document["headline"]["text"] == (
        "Hang Seng up 2.50% over 2 sessions; Nikkei 225 down 1.00%."
    )
    warning = (
        "HSI: a session between 2025-02-12 and 2025-02-14 not in the data; the change is of 2"
        " sessions, not of one"
    )
    assert ran.stderr == f"marketmove: warning: {warning}\n"
    assert said(ran.document, "warnings") == [f"{warning}."]
    assert run_cli("summary", "2025-02-14", "-l", path, "-q").stderr == ""


def test_who_was_shut_and_when_they_reopen(run_cli: RunCli) -> None:
    document = run_cli("summary", "2025-01-29", "-l", SAMPLE_CLOSES, "-f", "json").document
    shut = "shut for Lunar New Year"
    hong_kong = "Hang Seng China Enterprises, Hang Seng, Hang Seng Tech"
    assert said(document, "shut") == [
        f"CSI 300 and Shanghai Composite {shut}; reopen Wed 5 Feb.",
        f"{hong_kong} and Taiex {shut}; reopen Mon 3 Feb.",
        f"Jakarta Composite {shut}; reopens Thu 30 Jan.",
        f"FTSE Bursa Malaysia KLCI, KOSPI and Straits Times {shut}; reopen Fri 31 Jan.",
    ]
    new_year = run_cli("summary", "2024-12-31", "-l", SAMPLE_CLOSES, "-f", "json").document
    assert "Nikkei 225 shut for New Year's Holiday; reopens Mon 6 Jan 2025." in said(
        new_year, "shut"
    )


def test_who_is_not_closed_yet_or_missing(run_cli: RunCli, write: Write) -> None:
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("2025-02-14,N225")]
    early = [line for line in kept if line[:10] <= "2025-02-14" and ",AXJO," not in line]
    missing = run_cli(
        *("summary", "2025-02-14", "-f", "json", "-l"), write("a.csv", "\n".join(kept) + "\n")
    ).document
    pending = run_cli(
        *("summary", "2025-02-14", "-f", "json", "-l"), write("b.csv", "\n".join(early) + "\n")
    ).document
    last = "last 39,461.47 on 2025-02-13."
    assert said(missing, "absent") == [
        f"Nikkei 225: the close is missing, though later ones are there; {last}"
    ]
    assert said(pending, "absent") == [f"Nikkei 225: no close yet; {last}"]


def test_each_index_has_its_own_session_with_as_of(run_cli: RunCli) -> None:
    asked = ("summary", "--as-of", "2025-02-14T18:00+08:00", "-l", SAMPLE_CLOSES, *PAIR)
    text = run_cli(*asked, "-i", "SPX").stdout
    assert "As of 14 Feb 2025 18:00 +08:00, 2 of 3 indices rose and 1 fell." in text
    assert re.search(r"Hang Seng +14 Feb +22,620\.33", text)
    assert re.search(r"S&P 500 +13 Feb +6,115\.07", text)
    assert "S&P 500 up 1.04% on Thu 13 Feb, Nikkei 225 down 0.79% on Fri 14 Feb:" in text


def test_regions_in_the_order_of_the_day(run_cli: RunCli, write: Write) -> None:
    indices = ("SPX", "MINE", "OWN", "HSI", "FTSE", "VIX")
    rows = closes(**dict.fromkeys(indices, (10, 11)))
    path = write("closes.csv", rows)
    own = write("own.yaml", "indices:\n  OWN: {name: Own, region: home}\n")
    document = run_cli("summary", "2025-02-14", "-l", path, "-c", own, "-f", "json").document
    assert [(region["name"], region["symbols"]) for region in document["regions"]] == [
        ("Asia", ["HSI"]),
        ("Europe", ["FTSE"]),
        ("Americas", ["SPX"]),
        ("home", ["OWN"]),
        ("Volatility", ["VIX"]),
        ("Other", ["MINE"]),
    ]


def test_groups(run_cli: RunCli) -> None:
    asked = ("summary", "2025-02-04", "-l", SAMPLE_CLOSES, "-f", "json", "-g", "americas")
    alone = run_cli(*asked).document
    assert {move["symbol"] for move in alone["moves"]} == {"SPX", "DJI", "IXIC"}
    assert "americas" not in str(alone["brief"])
    among = run_cli(*asked, "-i", "HSI").document
    assert among["brief"][-1]["text"] == "Group americas: 3 up; the median up 0.72%."


@pytest.mark.parametrize(
    "day", ["2024-07-04", "2025-01-20", "2025-01-29", "2025-02-04", "2025-02-14", "2025-02-28"]
)
def test_text_is_72_columns_wide_and_nothing_is_cut(day: str, run_cli: RunCli) -> None:
    asked = ("summary", day, "-l", SAMPLE_CLOSES)
    text = run_cli(*asked).stdout
    document = run_cli(*asked, "-f", "json").document
    assert max(map(len, text.splitlines())) <= 72
    unwrapped = " ".join(text.split())
    for told in [document["headline"], *document["brief"]]:
        assert told["text"] in unwrapped
    for section in document["sections"]:
        assert all(told["text"] in unwrapped for told in section["sentences"])
    for move in document["moves"]:
        if move["status"] == "ok":
            assert f"{move['close']:,.2f}" in unwrapped
    assert not any(line != line.rstrip() for line in text.splitlines())


LONG = "A very long name of an index that goes on and on and on for more than a line of mail"


def test_wide_names_and_figures_fit_too(run_cli: RunCli, write: Write) -> None:
    rows = (
        f"2025-02-13,{LONG},123456789.12\n2025-02-14,{LONG},123456700.25\n"
        f"2025-02-13,{'W' * 90},100\n2025-02-14,{'W' * 90},90\n"
        f"2025-02-13,{'恒生' * 30},100\n2025-02-14,{'恒生' * 30},110\n"
        "2025-02-13,HUGE,123456789012345\n2025-02-14,HUGE,123456789012346\n"
    )
    own = write("own.yaml", "indices:\n  HUGE: {name: Huge, decimals: 8}\n")
    path = write("closes.csv", HEADER + rows)
    for asked in (("-i", LONG), ("-i", "W" * 90), ("-i", "恒生" * 30), ("-i", "HUGE"), ()):
        text = run_cli("summary", "2025-02-14", "-l", path, "-c", own, *asked).stdout
        assert max(map(cell_len, text.splitlines())) <= 72
    assert "123,456,789,012,346.00000000" in text
    assert "123,456,700.25" in text
    assert "".join(text.split()).count("W" * 90) >= 2
    assert "".join(text.split()).count("恒生" * 30) >= 2


def test_markdown_has_the_table_in_a_block(run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, *PAIR, "-f", "markdown").stdout
    _, table, rest = text.split("```\n")
    assert [line.split()[0] for line in table.splitlines()] == ["Index", "Asia", "Hang", "Nikkei"]
    assert "*Divergent pairs*\n\n- Hang Seng up 3.69%, Nikkei 225 down 0.79%: 4.49 pp" in rest
    assert not re.search(r"\n\n\n", text)


def test_the_keys_of_json(run_cli: RunCli) -> None:
    document = run_cli(*FEBRUARY_14, "-f", "json").document
    assert list(document) == [
        *("schema", "session", "as_of", "basis", "source", "alerts", "moves", "divergences"),
        *("breadth", "dispersion", "groups", "group_spreads", "warnings", "notes", "revised"),
        *("headline", "brief", "regions", "sections", "divergences_left_out"),
    ]
    assert document["schema"] == "marketmove.summary/1"
    assert document["divergences_left_out"] == 0
    every = [document["headline"], *document["brief"]]
    for section in document["sections"]:
        assert list(section) == ["code", "head", "sentences"]
        every += section["sentences"]
    for told in every:
        assert list(told) == ["text", "figures"]
        assert told["text"].endswith(".")
        assert all(list(figure) == ["of", "what", "value"] for figure in told["figures"])


def test_the_figures_of_json_are_those_of_session(run_cli: RunCli) -> None:
    asked = ("2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json")
    summed = run_cli("summary", *asked).document
    alone = run_cli(
        "session", *asked, "--period", "week", "--period", "ytd", "--top", "10"
    ).document
    for key in alone.keys() - {"schema"}:
        assert summed[key] == alone[key], key


@pytest.mark.parametrize("output_format", FORMATS)
def test_output_is_what_stdout_would_have(
    output_format: str, run_cli: RunCli, tmp_path: Path
) -> None:
    path = tmp_path / "summary.out"
    asked = (*FEBRUARY_14, "--format", output_format)
    ran = run_cli(*asked, "--output", path)
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    assert path.read_bytes().decode() == run_cli(*asked).stdout


@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
def test_ascii(output_format: str, run_cli: RunCli) -> None:
    text = run_cli(*FEBRUARY_14, "--ascii", "--format", output_format).stdout
    assert text.isascii()
    assert "-0.79%" in text


def test_latest_is_the_last_session(run_cli: RunCli) -> None:
    asked = ("-l", SAMPLE_CLOSES, "-f", "json")
    assert run_cli("summary", *asked).stdout == run_cli("summary", "2025-02-28", *asked).stdout


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ((), 2, "no closes are named; say --levels FILE"),
        (("2025-02-30",), 2, "2025-02-30 is not a date"),
        (("2025-02-04", "-l", SAMPLE_CLOSES, "-i", "SSEC"), 4, "(Lunar New Year)"),
        (("2025-02-14", "-l", "none.csv"), 3, "none.csv"),
        (("2025-02-14", "-l", SAMPLE_CLOSES, "-g", "none"), 2, "none"),
        (("2025-02-14", "--format", "xml"), 2, "xml"),
        (("2025-02-14", "a.csv"), 2, "--levels a.csv"),
    ],
    ids=str,
)
def test_failures(
    arguments: tuple[str | Path, ...], status: int, text: str, run_cli: RunCli
) -> None:
    ran = run_cli("summary", *arguments)
    assert (ran.stdout, ran.status) == ("", status)
    assert text in ran.stderr
    if "--format" not in arguments:
        failed = run_cli("summary", *arguments, "-f", "json")
        assert failed.document["schema"] == "marketmove.summary/1"
        assert failed.document["error"]["status"] == status


def test_published_figures_are_no_closes(run_cli: RunCli, write: Write) -> None:
    report = "session: 2025-02-14\nfigures:\n  - {index: HSI, change_pct: 3.69}\n"
    path = write("report.yaml", report)
    ran = run_cli("summary", "2025-02-14", "-l", path)
    assert ran.stderr == f"marketmove: {path} has published figures; summary needs closes\n"
    assert ran.status == 2
    # The bundled report of that date is not what a summary is made of, either.
    assert "20,789.96" in run_cli("summary", "2025-02-04").stdout


def test_very_many_indices(run_cli: RunCli, write: Write) -> None:
    rows = {f"I{n:03}": (1000, 1000 + n) for n in range(1, 202)}
    path = write("closes.csv", closes(**rows))
    text = run_cli("summary", "2025-02-14", "-l", path).stdout
    assert "161 rows in the middle left out" in text
    assert sum(line.startswith("  I") and "," in line for line in text.splitlines()) == 40


def test_as_cron_runs_it(tmp_path: Path) -> None:
    asked = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES)
    plain = {"LANG": "C", "PATH": "/usr/bin:/bin"}
    ran = run_process(*asked, cwd=tmp_path, environment=plain)
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.isascii()
    assert "\x1b" not in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 72
    signs = run_process(*asked, cwd=tmp_path).stdout
    assert signs.replace("−", "-").replace("–", "-") == ran.stdout
    assert list(tmp_path.iterdir()) == []
