"""The pages of help: whole at 80 columns, short, and every example on them runs."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from marketmove.cli.app import COMMAND_GROUPS, COMMANDS
from marketmove.cli.help_pages import PANELS
from profiles import tried
from program import SAMPLE_CLOSES, RunCli, Write, run_process

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

KINDS = ("chart session", "chart heatmap", "chart pair", "chart lines")
PAGES = ("", *COMMANDS, *KINDS)
# Two screens.
LINES = 48


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_two_screens(name: str, run_cli: RunCli, snapshot: SnapshotAssertion) -> None:
    ran = run_cli(*name.split(), "--help")
    lines = ran.stdout.splitlines()
    assert (ran.stderr, ran.status) == ("", 0)
    assert max(map(len, lines)) <= 80
    assert len(lines) <= LINES
    assert not re.search(r"<\w+>|…|\[required\]|[a-z]-$", ran.stdout, re.MULTILINE)
    assert ran.stdout == snapshot


def _examples(page: str) -> list[str]:
    _, _, below = page.partition("── Examples ")
    return [line.strip() for line in below.splitlines()[1:]]


@pytest.mark.parametrize("name", [*COMMANDS, *KINDS])
def test_a_page_has_panels_and_three_examples(name: str, run_cli: RunCli) -> None:
    page = run_cli(*name.split(), "--help").stdout
    titles = re.findall(r"^── ([\w ]+) ─+$", page, re.MULTILINE)
    assert titles[-1] == "Examples"
    assert len(_examples(page)) == 3
    if name != "chart":
        assert titles[:-1] == [title for title in PANELS if title in titles]
        assert all(name in example for example in _examples(page))


# What an example needs that is not there: a feed, a chat, a group of one's own, a shell.
NOT_TRIED = ("marketmove fetch", "--to env:", "my-own", "source ", "completions/marketmove.fish")


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    """A folder with the files that the examples name."""
    write("closes.csv", SAMPLE_CLOSES.read_bytes())
    write("report.txt", "Hang Seng closed at 22,620.33 on 14 February 2025, up 3.69%.\n")
    write("report.html", "<p>The Hang Seng closed at 22,620.33, up 3.69%.</p>\n")
    figures = (
        "session: 2025-02-14\nfigures:\n  - {index: HSI, close: 22620.33, change_pct: '+3.69%'}\n"
    )
    write("figures.yaml", figures)
    (tmp_path / "downloads").mkdir()
    write("downloads/closes.csv", SAMPLE_CLOSES.read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", [*COMMANDS, *KINDS])
def test_every_example_runs(
    name: str, run_cli: RunCli, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each page the first in every run, all with MARKETMOVE_THOROUGH=1."""
    if name == "convert":
        pytest.importorskip("pyarrow")
    monkeypatch.chdir(folder)
    for variable, below in (
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
        ("CONFIG", ".config"),
    ):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(folder / "home" / below))
    if name == "closes":
        row = "2025-02-14,22620.33,stooq,2025-02-14T10:00:00Z\n"
        for symbol in ("HSI", "N225"):
            archive = f"home/.local/share/marketmove/closes/{symbol}.csv"
            write(archive, f"date,close,source,fetched\n{row}")
    if name == "journal":
        assert run_cli("summary", "2025-02-14", "-l", "closes.csv", "--once").status == 0
    lines = [
        line
        for line in _examples(run_cli(*name.split(), "--help").stdout)
        if not any(text in line for text in NOT_TRIED)
    ]
    for line in lines[: tried(1, len(lines))]:
        (folder / "home/.config/marketmove/marketmove.yaml").unlink(missing_ok=True)
        ran = run_cli(*shlex.split(line)[1:])
        assert ran.status == (5 if "--alert" in line else 0), (line, ran.stderr)


def test_the_program_is_told_by_what_one_wants(run_cli: RunCli) -> None:
    page = run_cli("--help").stdout
    assert [*COMMAND_GROUPS] == ["Look", "Compare", "Every day", "Check", "Set up"]
    assert sorted(COMMANDS) == sorted(n for names in COMMAND_GROUPS.values() for n in names)
    start = page.index("marketmove session latest")
    assert start < min(page.index(f"── {title} ") for title in COMMAND_GROUPS)
    assert run_cli().stdout == page
    assert run_cli().status == 2


@pytest.mark.parametrize("name", ["session", "summary", "pair", "chart heatmap"])
def test_help_tells_every_option(name: str, run_cli: RunCli) -> None:
    page, whole = run_cli(*name.split(), "--help"), run_cli("help", *name.split())
    assert (whole.stderr, whole.status) == ("", 0)
    options = set(re.findall(r"(?<!\S)--[a-z\[][\w\]-]*", whole.stdout))
    assert len(options) > 10
    assert options <= set(re.findall(r"--[a-z\[][\w\]-]*", page.stdout))
    assert "also --" not in whole.stdout
    explained = re.findall(
        r"^  (?:--\S+(?:, -\w)?(?: [A-Z]\S*)?)(?: {2,}|\n {5,})\S", whole.stdout, re.MULTILINE
    )
    assert len(explained) == len(re.findall(r"^  --", whole.stdout, re.MULTILINE))


def test_help_without_a_command_is_the_programs(run_cli: RunCli) -> None:
    assert run_cli("help").stdout == run_cli("--help").stdout
    assert run_cli("help", "sesion").stderr.startswith("marketmove: unknown command: sesion; did")


@pytest.mark.parametrize("language", ["C", "en_US.ISO-8859-1"])
def test_a_page_in_ascii(language: str) -> None:
    ran = run_process("pair", "--help", environment={"LC_ALL": language, "PYTHONUTF8": "0"})
    assert ran.stdout.isascii()
    assert "-- What ---" in ran.stdout
