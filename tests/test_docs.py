"""What the README and the pages show is what the program does, to the letter."""

from __future__ import annotations

import functools
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import typer

from marketmove import config
from marketmove.cli import program
from marketmove.feeds.settings import KEYS as FEED_KEYS
from marketmove.market.calendars import read_lines
from marketmove.resources import root
from pages import (
    PAGES,
    README,
    Block,
    Shown,
    blocks,
    blocks_of,
    commands,
    parse,
    rewrite,
    show,
    typed_lines,
)
from program import SAMPLE_CLOSES, RunCli, Write, run_process

FEEDS = root() / "docs" / "feeds.md"


@pytest.fixture
def shown(tmp_path: Path, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Run lines as a reader would, in a folder of their own that has the samples."""
    for name in ("config", "samples"):
        (tmp_path / name).symlink_to(root() / name)
    monkeypatch.chdir(tmp_path)
    return functools.partial(show, folder=tmp_path, run_cli=run_cli)


def test_the_first_command_prints_what_stands_below_it(shown: Shown) -> None:
    install, output = blocks(README)[0], blocks(README)[2]
    assert output.language == "text"
    assert shown(install.text.rpartition("&& .venv/bin/")[2]) == output.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_its_commands_print(
    page: Path, shown: Shown, pytestconfig: pytest.Config
) -> None:
    """With ``--snapshot-update`` the page is written anew: read the difference."""
    fails = page.stem == "troubleshooting"
    printed = [(shown(command.text, fails=fails), output) for command, output in commands(page)]
    if pytestconfig.option.update_snapshots:
        rewrite(page, {output: text for text, output in printed if output})
        return
    for text, output in printed:
        assert not output or text == output.text, str(output)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_output_stands_below_a_command(page: Path) -> None:
    outputs = [block for block in blocks(page) if block.language == "text"]
    below = [output for _, output in commands(page) if output]
    assert outputs[page == README :] == below


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_parses(page: Path) -> None:
    for line in typed_lines(page):
        parse(line)


def test_the_first_two_blocks_are_one_command_each() -> None:
    found = blocks(README)
    for block in found[:2]:
        assert block.language == ""
        assert block.text.count("\n") == 1
        assert block.text.startswith("python3 -m venv .venv && .venv/bin/python -m pip install")
        assert not block.text.startswith("$")
    assert ".venv/bin/marketmove session 2025-02-14 --index HSI" in found[0].text
    assert found[1].text.endswith(".venv/bin/python -m pytest\n")
    assert all(block.language for page in PAGES for block in blocks(page)[2 * (page == README) :])
    assert README.read_text(encoding="utf-8").count("\n") <= 150


def test_the_sessions_of_an_own_file_are_read() -> None:
    (block,) = blocks_of("sessions")
    assert list(read_lines(block.text, "sessions.csv")) == ["XHKG", "XBOM"]


def test_no_output_repeats_a_command() -> None:
    for output in blocks_of("text"):
        assert not re.search(r"^(marketmove session|\$) ", output.text, re.MULTILINE)


@pytest.mark.parametrize("block", blocks_of("csv"), ids=str)
def test_a_csv_example_is_read(block: Block, run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", block.text)
    ran = run_cli("session", "2025-02-14", "--levels", path, "--format", "csv", "-i", "HSI")
    assert (ran.stderr, ran.status) == ("", 0)
    row = ran.rows[0]
    assert (row["status"], row["close"], row["prior_close"]) == ("ok", "22620.33", "21814.37")
    assert run_cli("session", "2025-02-14", "--levels", path).stderr == ""


def _yaml(key: str) -> Block:
    return next(
        block for block in blocks_of("yaml") if re.search(rf"^{key}:", block.text, re.MULTILINE)
    )


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
    """Its configuration is read, and has keys that feeds know."""
    text = FEEDS.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```feeds\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    loaded = config.load(write("own.yaml", block))
    assert set(loaded.feeds) == {"N225", "NSEI", "SPX", "TWII", "HSI"}
    own, _, _ = text.partition("## Providers")
    keys = re.findall(r"^\| `([a-z_]+)`(?:, `([a-z_]+)`)*", own, re.MULTILINE)
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


@pytest.mark.parametrize("block", blocks_of("yaml"), ids=str)
def test_every_other_yaml_is_a_configuration(
    block: Block, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not re.match(r"(closes|session):", block.text):
        monkeypatch.setenv("DESK_MAIL", "mailto://desk@example.com")
        assert config.load(write("own.yaml", block.text)).places


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_files_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"\]\(([\w./-]+\.md)[)#]", text):
        assert (page.parent / path).exists(), path
    for path in re.findall(r"`((?:config|samples|benchmarks|src|\.ci)/[a-z\d_./-]*)`", text):
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
