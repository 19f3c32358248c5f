"""What the README shows is what the program does, to the letter."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import sqlite3
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from marketmove import config
from marketmove.cli import program
from marketmove.errors import ExitStatus
from marketmove.feeds.settings import KEYS as FEED_KEYS
from marketmove.market.calendars import read_lines
from marketmove.resources import root
from program import SAMPLE_CLOSES, RunCli, Write, run_fresh, run_process

README = root() / "README.md"
FEEDS = root() / "docs" / "feeds.md"


class Block(NamedTuple):
    """A fenced block: its language, its text, the line where it begins."""

    language: str
    text: str
    line: int


def _blocks() -> list[Block]:
    text = README.read_text(encoding="utf-8")
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


def _of(language: str) -> list[Block]:
    return [block for block in _blocks() if block.language == language]


def _with_output() -> list[tuple[Block, Block]]:
    """Each command with the output that stands below it."""
    blocks = _blocks()
    pairs = [
        (command, output)
        for command, output in itertools.pairwise(blocks)
        if command.language == "sh" and output.language == "text"
    ]
    install, output = blocks[0], next(block for block in blocks if block.language == "text")
    run = install.text.rpartition("&& .venv/bin/")[2]
    return [(install._replace(text=run), output), *pairs]


@pytest.mark.parametrize("pair", _with_output(), ids=lambda pair: f"line {pair[0].line}")
def test_a_command_prints_what_stands_below_it(pair: tuple[Block, Block]) -> None:
    command, output = pair
    assert _in_shell(command.text) == output.text


def test_every_output_stands_below_a_command() -> None:
    assert [output for _, output in _with_output()] == _of("text")
    assert [command.line for command, _ in _with_output()[1:]] == [b.line for b in _of("sh")]


def _in_shell(line: str) -> str:
    """Run a line of the README in the folder where it stands, with the program under test."""
    if line.startswith("marketmove ") and not re.search(r"[|&;<>$`*?\n]", line.strip()):
        ran = run_process(*shlex.split(line)[1:], cwd=root())
    else:
        ours = re.sub(r"(^|\| )marketmove ", r'\1"$PYTHON" -m marketmove ', line)
        environment = {"PYTHON": sys.executable, "PATH": os.environ["PATH"]}
        ran = run_fresh(["/bin/sh", "-c", ours], cwd=root(), environment=environment)
    warnings = ran.stderr.splitlines()
    assert all(f"Warning: {text.partition('warning: ')[2]}" in ran.stdout for text in warnings)
    found = ExitStatus.FOUND if " verify " in line else ExitStatus.DONE
    assert ran.status == (ExitStatus.ALERT if " --alert " in line else found)
    return ran.stdout


def test_the_first_two_blocks_are_one_command_each() -> None:
    blocks = _blocks()
    for block in blocks[:2]:
        assert block.language == ""
        assert block.text.count("\n") == 1
        assert block.text.startswith("python3 -m venv .venv && .venv/bin/python -m pip install")
        assert not block.text.startswith("$")
    assert ".venv/bin/marketmove session 2025-02-14 --index HSI" in blocks[0].text
    assert blocks[1].text.endswith(".venv/bin/python -m pytest\n")
    assert all(block.language for block in blocks[2:])


def test_the_sessions_of_an_own_file_are_read() -> None:
    (block,) = (block for block in _blocks() if block.language == "sessions")
    assert list(read_lines(block.text, "README.md")) == ["XHKG", "XBOM"]


def test_no_output_repeats_a_command() -> None:
    for _, output in _with_output():
        assert "marketmove session" not in output.text
        assert "$ " not in output.text


@pytest.mark.parametrize("block", _of("csv"), ids=lambda block: f"line {block.line}")
def test_a_csv_example_is_read(block: Block, run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", block.text)
    ran = run_cli("session", "2025-02-14", "--levels", path, "--format", "csv", "-i", "HSI")
    assert (ran.stderr, ran.status) == ("", 0)
    row = ran.rows[0]
    assert (row["status"], row["close"], row["prior_close"]) == ("ok", "22620.33", "21814.37")
    assert run_cli("session", "2025-02-14", "--levels", path).stderr == ""


def _yaml(key: str) -> Block:
    return next(block for block in _of("yaml") if re.search(rf"^{key}:", block.text, re.MULTILINE))


def test_the_yaml_of_closes_is_read(run_cli: RunCli, write: Write) -> None:
    path = write("closes.yaml", _yaml("closes").text)
    ran = run_cli("session", "2025-02-14", "--levels", path, "--format", "csv")
    assert (ran.stderr, ran.status) == ("", 0)
    assert [(r["symbol"], r["change_pts"]) for r in ran.rows] == [("HSI", "805.96")]


def test_the_yaml_of_published_figures_is_read(run_cli: RunCli, write: Write) -> None:
    path = write("report.yaml", _yaml("figures").text)
    ran = run_cli("session", "2025-02-04", "--levels", path, "--format", "csv", "--quiet")
    assert (ran.stderr, ran.status) == ("", 0)
    assert [(r["symbol"], r["status"]) for r in ran.rows] == [("HSTECH", "bound"), ("HSI", "ok")]


def test_the_configuration_is_read(run_cli: RunCli, write: Write) -> None:
    block = _yaml("palette")
    write("closes.csv", SAMPLE_CLOSES.read_bytes())
    path = write("marketmove.yaml", block.text)
    ran = run_cli("session", "2025-02-14", "--config", path, "--format", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    assert len(ran.document["divergences"]) == 3


def test_the_alerts_of_the_configuration_are_read(run_cli: RunCli, write: Write) -> None:
    path = write("marketmove.yaml", _yaml("alerts").text)
    ran = run_cli("session", "2025-02-14", "--config", path, "--format", "json", "--exit-code")
    assert (ran.stderr, ran.status) == ("", 5)
    assert {alert["condition"] for alert in ran.document["alerts"]} >= {"HSI: 3", "HSI-N225: 4pp"}


def test_the_feeds_of_the_configuration_are_read(write: Write) -> None:
    loaded = config.load(write("marketmove.yaml", _yaml("feeds").text))
    assert [feed.name for feed in loaded.feeds["SPX"]] == ["eodhd.com", "yahoo"]
    assert loaded.feeds["TWII"][0].command == ("/usr/local/bin/taiex", "{from}")


def test_the_page_of_feeds(write: Write) -> None:
    """Its configuration, every address of a provider, and its plug-in are what they say."""
    text = FEEDS.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```feeds\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    loaded = config.load(write("own.yaml", block))
    assert set(loaded.feeds) == {"N225", "NSEI", "SPX", "TWII", "HSI"}
    rows = [line for line in text.splitlines() if re.search(r"\| 20\d\d(-\d\d)? \|$", line)]
    assert len(rows) > 10
    for row in rows:
        for address in re.findall(r"`(https://[^`]*)`", row):
            key = ", key: env:K" if "{key}" in address else ""
            config.load(write("own.yaml", f"feeds: {{HSI: {{url: '{address}'{key}}}}}\n"))
    keys = re.findall(r"^\| `([a-z_]+)`(?:, `([a-z_]+)`)*", text, re.MULTILINE)
    assert {key for found in keys for key in found if key} <= set(FEED_KEYS)


def test_the_plug_in_of_the_page_works(tmp_path: Path) -> None:
    text = FEEDS.read_text(encoding="utf-8")
    (source,) = re.findall(r"^```plugin\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert source.count("\n") <= 26
    with sqlite3.connect(tmp_path / "closes.sqlite") as database:
        database.execute("CREATE TABLE closes (symbol, day, level)")
        rows = [("HSI", "2025-02-13", 21814.37), ("HSI", "2025-02-14", 22620.33)]
        database.executemany("INSERT INTO closes VALUES (?, ?, ?)", rows)
    source = source.replace("/srv/closes.sqlite", str(tmp_path / "closes.sqlite"))
    (tmp_path / "marketmove_mine.py").write_text(source, encoding="utf-8")
    info = tmp_path / "marketmove_mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: marketmove-mine\nVersion: 1.0\n", encoding="utf-8")
    entry = "[marketmove.feeds]\nmine = marketmove_mine:closes\n"
    (info / "entry_points.txt").write_text(entry, encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text("archive: closes\nfeeds: {HSI: mine, N225: mine}\n", encoding="utf-8")
    place = {"PYTHONPATH": str(tmp_path)}
    moment = ("--as-of", "2025-02-14T20:00+08:00", "--config", own)
    ran = run_process("fetch", *moment, environment=place, fresh=True)
    assert (ran.stderr, ran.status) == ("", 6)
    assert "N225: mine: the database has nothing of N225" in ran.stdout
    stored = (tmp_path / "closes" / "HSI.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:3] for line in stored[1:]] == [
        ["2025-02-13", "21814.37", "mine"],
        ["2025-02-14", "22620.33", "mine"],
    ]


def test_every_yaml_example_is_tried() -> None:
    keys = ("closes", "figures", "palette", "alerts", "feeds")
    assert len(_of("yaml")) == len({_yaml(key) for key in keys})


def _commands() -> dict[str, Any]:
    """All commands by what is typed, with the kinds that some of them have."""
    found: dict[str, Any] = {"marketmove": typer.main.get_command(program())}
    for name, group in found["marketmove"].commands.items():
        found[name] = group
        kinds = getattr(group, "commands", {})
        found |= {f"{name} {kind}": command for kind, command in kinds.items()}
    return found


@pytest.mark.parametrize("name", _commands())
def test_every_command_and_option_has_help(name: str) -> None:
    command = _commands()[name]
    assert command.help
    assert command.help.strip().splitlines()[0].endswith(".")
    options = [p for p in command.params if p.param_type_name == "option"]
    assert options or command.commands
    for option in options:
        assert option.help, option.opts
        assert option.help.endswith(".")
        assert option.help[0].isupper()


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["session", "-h"], ["calc", "--help"]])
def test_help_is_no_failure(arguments: list[str], run_cli: RunCli) -> None:
    ran = run_cli(*arguments)
    assert (ran.stderr, ran.status) == ("", 0)
    assert "Usage: marketmove" in ran.stdout


def test_the_help_says_where_the_configuration_is(run_cli: RunCli) -> None:
    text = " ".join(run_cli("--help").stdout.split())
    assert "MARKETMOVE_CONFIG" in text
    assert "~/.config/marketmove" in text


def test_the_readme_names_every_exit_status() -> None:
    text = " ".join(README.read_text(encoding="utf-8").split())
    _, _, statuses = text.partition("Exit status: ")
    for status in ExitStatus:
        assert re.search(rf"\b{status.value} \w", statuses), status


def test_the_files_that_the_readme_names_are_there() -> None:
    text = README.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:config|samples|benchmarks|src|\.ci)/[\w./-]*)`", text):
        assert (root() / path).exists(), path


def test_the_version(run_cli: RunCli) -> None:
    import marketmove

    assert run_cli("--version") == (f"marketmove {marketmove.__version__}\n", "", 0)


def test_the_samples_are_sorted_and_plain() -> None:
    header, *rows = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    assert header == "date,symbol,close"
    keys = [tuple(row.split(",")[:2]) for row in rows]
    assert keys == sorted(set(keys))
    assert not any(row.startswith("#") for row in rows)
    assert (Path(SAMPLE_CLOSES).parent / "README.md").is_file()
