"""What scripts rely on: the columns of CSV, the keys of JSON, full precision, never NaN."""

from __future__ import annotations

import io
import math
from typing import Any

import pytest

from marketmove.render.machine import write_json, write_ndjson
from program import SAMPLE_CLOSES, RunCli, Write

HEADER = (
    "session,symbol,name,status,basis,close,prior_session,prior_close,change_pts,change_pct,source,"
    "change_pct_over,change_pct_under,gap_sessions,closed_for,reopens,sessions_behind,doubt"
)
CONTEXT = [
    *("streak", "streak_is_least", "record", "highest_since", "lowest_since", "largest_since"),
    *("size_percentile", "size_n", "data_since"),
]
MOVE_KEYS = [
    *HEADER.split(","),
    *("prior_close_low", "prior_close_high", "change_pts_low", "change_pts_high"),
    *("change_pct_low", "change_pct_high"),
    *CONTEXT,
]
EXTREMES = [
    *("year_high", "year_high_session", "from_year_high_pct", "year_low", "year_low_session"),
    *("from_year_low_pct", "year_extreme", "year_gap_sessions", "high_close", "high_session"),
    *("drawdown_pct", "record_close", "record_session", "from_record_pct", "up_of_10"),
    *("down_of_10", "run_n", "run_up", "run_down"),
]
MOVE_KEYS += EXTREMES
TEXTS = (
    *("closed_for", "reopens", "record", "highest_since", "lowest_since", "largest_since"),
    *("data_since", "streak_is_least", "doubt", "year_high_session", "year_low_session"),
    *("year_extreme", "high_session", "record_session"),
)
NUMBERS = [
    *("close", "prior_close", "change_pts", "change_pct"),
    *(key for key in MOVE_KEYS[11:] if key not in TEXTS),
]
REMARK_KEYS = ["code", "text", "symbol", "place"]
SESSIONS: list[tuple[str, ...]] = [
    ("2025-02-04",),
    ("2025-02-03", "--levels", str(SAMPLE_CLOSES)),
    ("2025-02-04", "--levels", str(SAMPLE_CLOSES)),
    ("2025-02-14", "--levels", str(SAMPLE_CLOSES)),
    ("2023-12-28", "--levels", str(SAMPLE_CLOSES)),
]
each_session = pytest.mark.parametrize("asked", SESSIONS, ids=" ".join)


@each_session
def test_csv(asked: tuple[str, ...], run_cli: RunCli) -> None:
    ran = run_cli("session", *asked, "--format", "csv")
    lines = ran.stdout.split("\n")
    assert lines[0] == HEADER
    assert lines[-1] == ""
    assert "\r" not in ran.stdout
    assert not ran.stdout.startswith("\ufeff")
    assert not {"nan", "inf", "none", "null"} & set(ran.stdout.casefold().split(","))
    for row in ran.rows:
        assert list(row) == HEADER.split(",")
        assert row["status"] in {"ok", "closed", "missing", "no_prior", "bound"}
        assert row["basis"] in {"closes", "published"}
        for column in NUMBERS[:4]:
            assert row[column] == "" or math.isfinite(float(row[column]))


@each_session
def test_json(asked: tuple[str, ...], run_cli: RunCli) -> None:
    document = run_cli("session", *asked, "--format", "json").document
    assert list(document) == [
        *("schema", "session", "as_of", "basis", "source", "alerts", "moves", "divergences"),
        *("breadth", "dispersion", "groups", "group_spreads", "warnings", "notes"),
        "divergences_left_out",
    ]
    assert document["schema"] == "marketmove.session/1"
    assert document["session"] == asked[0]
    assert document["basis"] in {"closes", "published"}
    assert document["moves"]
    for move in document["moves"]:
        assert list(move) == MOVE_KEYS
        for key in NUMBERS:
            assert move[key] is None or isinstance(move[key], float | int)
    for pair in document["divergences"]:
        assert list(pair) == [
            *("up", "down", "up_pct", "down_pct", "spread_pp", "kind"),
            *("up_pct_over", "down_pct_under"),
            *("spread_pp_over", "spread_pp_low", "spread_pp_high"),
            *("percentile", "z", "n", "widest_since", "data_since"),
        ]
    assert list(document["breadth"]) == [
        *("up", "down", "unchanged", "closed", "missing", "pending", "no_prior", "unknown"),
        *("stale", "unusable", "doubtful", "no_rate"),
    ]
    assert sum(document["breadth"].values()) == len(document["moves"])
    assert list(document["dispersion"]) == ["n", "range_pp", "dispersion_pp"]
    assert (document["groups"], document["group_spreads"]) == ([], [])
    for remark in [*document["warnings"], *document["notes"]]:
        assert list(remark) == REMARK_KEYS


@each_session
def test_json_of_groups(asked: tuple[str, ...], run_cli: RunCli) -> None:
    groups = ("--group", "developed", "--group", "emerging")
    document = run_cli("session", *asked, *groups, "--format", "json").document
    assert [group["name"] for group in document["groups"]] == ["developed", "emerging"]
    for group in document["groups"]:
        assert list(group) == [
            *("name", "symbols", "n", "median_pct", "mean_pct"),
            *("best", "best_pct", "worst", "worst_pct", "breadth", "dispersion"),
        ]
        assert list(group["breadth"]) == list(document["breadth"])
        assert list(group["dispersion"]) == list(document["dispersion"])
    for spread in document["group_spreads"]:
        assert list(spread) == [
            *("up", "down", "up_median_pct", "down_median_pct", "median_spread_pp"),
            *("up_mean_pct", "down_mean_pct", "mean_spread_pp"),
        ]


@each_session
def test_csv_and_json_carry_the_same_values(asked: tuple[str, ...], run_cli: RunCli) -> None:
    rows = run_cli("session", *asked, "--format", "csv").rows
    moves = run_cli("session", *asked, "--format", "json").document["moves"]
    assert len(rows) == len(moves)
    for row, move in zip(rows, moves, strict=True):
        for column, text in row.items():
            assert _from_csv(column, text) == move[column], column


def _from_csv(column: str, text: str) -> Any:
    if not text and column != "source":
        return None
    return float(text) if column in NUMBERS else text


@each_session
def test_pandas_reads_the_same_numbers_to_the_last_bit(
    asked: tuple[str, ...], run_cli: RunCli
) -> None:
    import pandas as pd

    text = run_cli("session", *asked, "--format", "csv").stdout
    moves = run_cli("session", *asked, "--format", "json").document["moves"]
    # Since 3.1 pandas reads every float exactly, and warns of the option that asked for it.
    version = tuple(map(int, pd.__version__.split(".")[:2]))
    exactly: Any = {} if version >= (3, 1) else {"float_precision": "round_trip"}
    frame = pd.read_csv(io.StringIO(text), **exactly)
    for column in ("close", "prior_close", "change_pts", "change_pct"):
        values = [None if math.isnan(v) else float(v).hex() for v in frame[column].astype(float)]
        assert values == [None if m[column] is None else float(m[column]).hex() for m in moves]


def test_machines_get_full_precision(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES, "--index", "HSI")
    row = run_cli(*asked, "--format", "csv").rows[0]
    assert row["close"] == "22620.33"
    assert row["prior_close"] == "21814.37"
    assert row["change_pts"] == "805.96"
    assert row["change_pct"] == "3.694628815776023"
    assert row["source"] == f"{SAMPLE_CLOSES}:2695"


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("session",), 2, "usage"),
        (("session", "2025-02-30"), 2, "usage"),
        (("session", "2025-02-14", "--top", "0"), 2, "usage"),
        (("session", "2025-02-14", "-i", "Nikei"), 2, "usage"),
        (("session", "2025-02-14", "--levels", "no such file.csv"), 3, "bad_data"),
        (("session", "2025-02-15", "--levels", str(SAMPLE_CLOSES)), 4, "no_session"),
        (("session", "2025-02-15"), 4, "no_session"),
        (("calc",), 2, "usage"),
    ],
)
@pytest.mark.parametrize("spelling", [["--format", "json"], ["--format=json"], ["-f", "json"]])
def test_the_document_of_a_failure(
    arguments: tuple[str, ...], status: int, code: str, spelling: list[str], run_cli: RunCli
) -> None:
    ran = run_cli(*arguments, *spelling)
    document = ran.document
    command = arguments[0]
    assert ran.status == status
    assert list(document) == ["schema", "error"]
    assert document["schema"] == f"marketmove.{command}/1"
    assert list(document["error"]) == ["status", "code", "problems"]
    assert (document["error"]["status"], document["error"]["code"]) == (status, code)
    assert document["error"]["problems"]
    for problem in document["error"]["problems"]:
        assert list(problem) == ["text", "place"]
        assert problem["text"] in ran.stderr


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_has_no_number_for_is_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"close": value})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_ndjson([{"close": value}])


def test_a_failure_without_json_leaves_stdout_empty(run_cli: RunCli) -> None:
    for output_format in ("table", "csv", "markdown"):
        ran = run_cli("session", "2025-02-15", "--format", output_format)
        assert (ran.stdout, ran.status) == ("", 4)


def test_a_file_called_json_asks_for_nothing(run_cli: RunCli, write: Write) -> None:
    path = write("-f json", "")
    ran = run_cli("session", "2025-02-14", f"--levels={path}")
    assert (ran.stdout, ran.status) == ("", 3)


def test_warnings_are_on_stderr_in_every_format(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-05,HSI,zero\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    path = write("closes.csv", "date,symbol,close\n" + rows)
    for output_format in ("table", "csv", "json", "markdown"):
        asked = ("session", "2025-02-14", "--levels", path, "--format", output_format)
        ran = run_cli(*asked)
        assert ran.stderr.startswith(f"{path}:2: warning: a row that this session does not touch")
        assert len(ran.stderr.splitlines()) == 1
        assert ("does not touch" in ran.stdout) is (output_format != "csv")
        assert run_cli(*asked, "--quiet").stderr == ""


def test_notes_are_no_part_of_csv(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n2025-02-14,HSI,22620.33\n"
    path = write("closes.csv", "date,symbol,close\n" + rows)
    asked = ("session", "2025-02-14", "--levels", path, "--format")
    assert len(run_cli(*asked, "csv").stdout.splitlines()) == 2
    assert [note["code"] for note in run_cli(*asked, "json").document["notes"]] == [
        *("repeated_rows", "few_sessions"),
    ]
    assert "repeats a close" in run_cli(*asked, "markdown").stdout


def test_markdown_is_tables(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "--format", "markdown")
    text = run_cli(*asked, "--sort", "spread").stdout
    lines = text.splitlines()
    assert lines[0].startswith("## Session of Fri 14 Feb 2025 · closes · ")
    assert "| Hang Seng | 22,620.33 | 21,814.37 |  | +805.96 | +3.69% |" in lines
    assert "| Hang Seng +3.69% | Nikkei 225 −0.79% | 4.49 pp | 96.8 |" in lines
    for block in text.split("\n\n"):
        widths = {line.count(" |") for line in block.splitlines() if line.startswith("|")}
        assert len(widths) <= 1
