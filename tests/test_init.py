"""The starter configuration: valid to the last line, and never over a file that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketmove import config, yamltext
from marketmove.commands.init import starter
from marketmove.resources import root
from program import SAMPLE_CLOSES, RunCli, Write, bare_environment, run_process, start_process

STARTER = (root() / "config" / "starter.yaml").read_text(encoding="utf-8")
NASTY_NAMES = (
    *("a b.csv", "100%.csv", "it's.csv", 'a "b".csv', "a: b # c.csv", "[x].csv", "{x}.csv"),
    *("-", "~", "null", "NO", "*.csv", "&x.csv", "a\\nb.csv", "tab\there.csv", "new\nline.csv"),
    *("沪深300.csv", "😀.csv", "nbsp\u00a0.csv", "bell\x07.csv", "nel\x85.csv"),
)

needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="limits and links of Unix")


def _in_use(text: str) -> str:
    """The text with every setting that is commented out put to use."""
    return re.sub(r"^( *)#(?=\S)", r"\1", text, flags=re.MULTILINE)


def _settings(text: str) -> list[str]:
    value = yamltext.parse(text, "x.yaml")
    assert isinstance(value, yamltext.Mapping)
    return list(value.items)


def test_it_is_written_where_it_is_looked_for(run_cli: RunCli) -> None:
    import platformdirs

    place = platformdirs.user_config_path("marketmove") / "marketmove.yaml"
    assert not place.parent.exists()
    steps = (
        "1. Name your files of closes in it, under levels:\n"
        "2. Or take the # from a line under feeds:, and type: marketmove fetch\n"
        "3. See the latest session: marketmove session latest\n"
    )
    assert run_cli("init") == (f"Wrote {place}\n\n{steps}", "", 0)
    assert place.read_text(encoding="utf-8") == STARTER
    assert [path.name for path in place.parent.iterdir()] == ["marketmove.yaml"]
    ran = run_cli("session", "latest")
    assert ran.status == 2
    assert "no closes are named" in ran.stderr


def test_what_it_says_to_do_next_works(run_cli: RunCli, tmp_path: Path) -> None:
    place = tmp_path / "my settings" / "own.yaml"
    ran = run_cli("init", "--config", place, "--levels", SAMPLE_CLOSES)
    step = f"1. See the latest session: marketmove session latest --config '{place}'"
    assert ran == (f"Wrote {place}\n\n{step}\n", "", 0)
    ran = run_cli("session", "latest", "--config", place)
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.startswith("Session of Fri 28 Feb 2025")


def test_the_variable_names_a_place(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "own.yaml"
    monkeypatch.setenv("MARKETMOVE_CONFIG", str(place))
    ran = run_cli("init")
    assert ran.stdout.endswith("marketmove session latest\n")
    assert place.is_file()


def test_every_setting_is_in_it_and_is_that_of_the_defaults() -> None:
    defaults = (root() / "config" / "marketmove.yaml").read_text(encoding="utf-8")
    assert _settings(STARTER) == ["levels", "feeds"]
    assert sorted(_settings(_in_use(STARTER))) == sorted(_settings(defaults))
    for line in re.findall(r"^#((?:palette|floor_pct|top|sort): .*)$", STARTER, re.MULTILINE):
        assert f"\n{line}\n" in defaults


def test_every_setting_has_a_comment() -> None:
    for setting in _settings(_in_use(STARTER)):
        before = re.split(rf"^#?{setting}:", STARTER, flags=re.MULTILINE)[0]
        assert before.splitlines()[-1].startswith("# ")


def test_every_line_is_valid_once_it_is_in_use(run_cli: RunCli, write: Write) -> None:
    write("sessions.csv", "exchange,date,kind,time,name,source\n")
    place = write("own.yaml", _in_use(STARTER))
    loaded = config.load(place)
    assert loaded.groups["chips"].symbols == ("SOX", "TWII", "KS11")
    assert loaded.pairs == ("HSI:N225", "SPX:GDAXI")
    index = loaded.registry.find("my index")
    assert index is not None
    assert index.symbol == "MYX"
    for symbols in loaded.groups.values():
        assert all(loaded.registry.find(symbol) for symbol in symbols.symbols)
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "--config", place)
    assert (ran.stderr, ran.status) == ("", 0)


def test_each_line_is_valid_alone(write: Write) -> None:
    lines = re.findall(r"^ *#\S.*\n", STARTER, re.MULTILINE)
    feeds = [line for line in lines if line.startswith(" ")]
    assert len(lines) == len(_settings(_in_use(STARTER))) - 2 + len(feeds)
    for line in lines:
        loaded = config.load(write("own.yaml", STARTER.replace(line, line.replace("#", "", 1))))
        assert len(loaded.feeds) == (line in feeds)


def test_nothing_is_overwritten(run_cli: RunCli, write: Write) -> None:
    place = write("own.yaml", "top: 3\n")
    advice = "edit it, or name another place: marketmove init --config PATH"
    said = f"{place}: already exists, and was not changed; {advice}\n"
    assert run_cli("init", "--config", place) == ("", said, 3)
    assert place.read_text(encoding="utf-8") == "top: 3\n"
    assert list(place.parent.iterdir()) == [place]


@needs_unix
@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_through_a_link(there: bool, run_cli: RunCli, tmp_path: Path) -> None:
    target, place = tmp_path / "target.yaml", tmp_path / "own.yaml"
    if there:
        target.write_text("top: 3\n", encoding="utf-8")
    place.symlink_to(target)
    ran = run_cli("init", "--config", place)
    assert ran.status == 3
    assert f"{place}: already exists" in ran.stderr
    assert place.is_symlink()
    assert target.exists() == there
    assert not there or target.read_text(encoding="utf-8") == "top: 3\n"


def test_a_folder_is_not_replaced(run_cli: RunCli, tmp_path: Path) -> None:
    ran = run_cli("init", "--config", tmp_path)
    assert (ran.stdout, ran.status) == ("", 3)
    assert "already exists" in ran.stderr


def test_of_many_at_once_one_writes(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "own.yaml"
    runs = [start_process("init", "--config", place) for _ in range(6)]
    said = [run.communicate(timeout=60)[1].decode() for run in runs]
    assert sorted(run.wait(60) for run in runs) == [0, 3, 3, 3, 3, 3]
    assert sum("already exists" in text for text in said) == 5
    assert place.read_text(encoding="utf-8") == STARTER
    assert list(place.parent.iterdir()) == [place]


@needs_unix
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full in mid-write."""
    place = tmp_path / "own.yaml"
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "from marketmove.cli import run\nsys.exit(run(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "init", "--config", str(place)],
        capture_output=True,
        env=bare_environment(),
        check=False,
        timeout=60,
    )
    advice = "name another place: marketmove init --config PATH"
    assert done.stderr.decode() == f"{place}: cannot be written: file too large; {advice}\n"
    assert (done.stdout, done.returncode) == (b"", 3)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be(run_cli: RunCli, write: Write) -> None:
    place = write("file", "no folder") / "own.yaml"
    ran = run_cli("init", "--config", place)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f"{place}: cannot be written: ")
    assert ran.stderr.endswith("; name another place: marketmove init --config PATH\n")


@needs_unix
def test_no_home(tmp_path: Path) -> None:
    ran = run_process("init", cwd=tmp_path)
    text = "HOME is not set, so there is no usual place for a configuration; name one: --config"
    assert ran == ("", f"marketmove: {text} PATH\n", 2)
    assert run_process("init", "--config", "own.yaml", cwd=tmp_path).status == 0
    assert (tmp_path / "own.yaml").is_file()


@needs_unix
def test_levels_have_whole_paths_and_are_read_again(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in NASTY_NAMES if name != "-"]
    for name in names:
        (tmp_path / name).write_text("date,symbol,close\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "elsewhere" / "own.yaml"
    levels = [argument for name in names for argument in ("--levels", name)]
    assert run_cli("init", "--config", place, *levels).status == 0
    assert config.load(place).levels == tuple(tmp_path / name for name in names)


@needs_unix
def test_a_path_through_the_folder_above_is_written_without_detour(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = write("closes.csv", "date,symbol,close\n")
    below = write("below/x", "").parent
    monkeypatch.chdir(below)
    assert run_cli("init", "--config", "own.yaml", "--levels", "../closes.csv").status == 0
    assert f'- "{closes.resolve()}"\n' in (below / "own.yaml").read_text(encoding="utf-8")


def test_a_file_without_its_option_is_told_of(run_cli: RunCli, tmp_path: Path) -> None:
    ran = run_cli("init", "closes.csv", "--config", tmp_path / "own.yaml")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "name each file with --levels (--levels closes.csv)" in ran.stderr
    assert not (tmp_path / "own.yaml").exists()


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1))
def test_any_name_is_read_again(names: list[str]) -> None:
    value = yamltext.parse(starter([Path("/") / name for name in names]), "x.yaml")
    assert isinstance(value, yamltext.Mapping)
    levels = value.items["levels"]
    assert isinstance(levels, yamltext.Sequence)
    texts = [item.text for item in levels.items if isinstance(item, yamltext.Scalar)]
    assert texts == [str(Path("/") / name) for name in names]


@pytest.mark.parametrize(
    ("levels", "status", "said"),
    [
        ("none.csv", 3, "none.csv: no such file; nothing was written"),
        ("-", 2, "--levels - is standard input, which differs each time; name a file"),
        ("https://example.org/a.csv", 2, "https://example.org/a.csv is a URL"),
    ],
)
def test_levels_that_cannot_be(
    levels: str, status: int, said: str, run_cli: RunCli, tmp_path: Path
) -> None:
    ran = run_cli("init", "--config", tmp_path / "own.yaml", "--levels", levels)
    assert (ran.stdout, ran.status) == ("", status)
    assert said in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    levels = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    os.close(os.open(levels, os.O_CREAT))
    ran = run_process("init", "--config", tmp_path / "own.yaml", "--levels", os.fsdecode(levels))
    assert ran.status == 2
    assert (
        "caf\\udce9.csv: the name is not UTF-8, as text in a configuration has to be; rename it"
        in ran.stderr
    )
    assert not (tmp_path / "own.yaml").exists()
