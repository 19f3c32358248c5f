"""Completion, as real shells ask for it: what fits, nothing else, and never a word of complaint."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from marketmove import cli, commands
from marketmove.cli import COMMANDS
from program import RunCli, Write, bare_environment, command, run_process

SHELLS = ("bash", "zsh", "fish")
OWN = (
    'indices:\n  MYX: {name: My Index}\n  "My Idx": {name: Other}\n  "M$Y": {name: Money}\n'
    "groups: {chips: [SOX], my-own: [HSI, SPX]}\n"
)
BASH = """
source <(marketmove completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_marketmove marketmove
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Zsh completes at a terminal alone: stubs of what it completes with show what they are given.
ZSH = """
compadd() { print -rl -- $values }
_files() { print -r -- /files }
compdef() { }
source <(marketmove completion zsh)
words=("$@")
CURRENT=$#
_marketmove
"""
FISH = "marketmove completion fish | source; complete -C "

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
needs_zsh = pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
needs_fish = pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")


def _in_shell(tmp_path: Path, *asked: str) -> list[str]:
    """Run a shell that finds this program under its name, in an empty home."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    script = folder / "marketmove"
    words = " ".join(f"'{word}'" for word in command())
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(home)}
    done = subprocess.run(
        asked,
        cwd=tmp_path,
        env=bare_environment() | environment | {"LANG": "C.UTF-8", "TERM": "dumb"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def _bash(tmp_path: Path, *words: str) -> list[str]:
    """What bash would offer for words, which it takes apart at ":" and "=" too."""
    return _in_shell(tmp_path, "bash", "--norc", "-c", BASH, "bash", "marketmove", *words)


@needs_bash
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ver"], ["verify"]),
        (["session", "--group", "gr"], ["greater-china"]),
        (["session", "--group", "a"], ["africa", "americas", "asia"]),
        (["schedule", "--region", "eur"], ["europe"]),
        (["session", "-i", "n2"], ["N225"]),
        (["session", "--index", "N22"], ["N225"]),
        (["session", "--index", "=", "N22"], ["N225"]),
        (["session", "--against", "SPX"], ["SPX"]),
        (["session", "--pair", "n22"], ["N225:"]),
        (["session", "--pair", "HSI", ":", "n22"], ["N225"]),
        (["pair", "HSI", "n22"], ["N225"]),
        (["pair", "n22"], ["N225"]),
        (["pair", "HSI", "N225", ""], [""]),
        (["session", "--format", "c"], ["csv"]),
        (["session", "--palette", "k"], ["korea"]),
        (["session", "--period", "m"], ["month"]),
        (["session", "l"], ["latest"]),
        (["session", "latest", "l"], [""]),
        (["session", "--no"], ["--no-context"]),
        (["session", "--quiet", "--qu"], [""]),
        (["session", "--index", "HSI", "--ind"], ["--index"]),
        (["--debug", "ver"], ["verify"]),
        (["--ver"], ["--version"]),
        (["chart", "se"], ["session"]),
        (["chart", "pair", "n22"], ["N225"]),
        (["chart", "pair", "HSI", "--fro"], [""]),
        (["schedule", "--print", "s"], ["systemd"]),
        (["completion", "f"], ["fish"]),
        (["completion", "p"], ["powershell"]),
        (["session", "--levels", "clo"], [""]),
        (["frobnicate", "--inde"], [""]),
        (["check", "--", "--sym"], [""]),
        (["session", "--index", "no such thing"], [""]),
    ],
    ids=lambda value: " ".join(value),
)
def test_bash(words: list[str], offered: list[str], tmp_path: Path) -> None:
    assert _bash(tmp_path, *words) == offered


@needs_bash
def test_bash_quotes_what_it_has_to(tmp_path: Path, write: Write) -> None:
    own = str(write("my own.yaml", OWN))
    place = own.replace(" ", "\\ ")
    assert _bash(tmp_path, "session", "--config", place, "-i", "My") == [r"My\ Idx"]
    assert _bash(tmp_path, "session", "--config", f'"{own}"', "-i", '"My') == ["My Idx"]
    assert _bash(tmp_path, "session", f"-c{own}", "-i", "M$") == [""]
    assert _bash(tmp_path, "session", "-c", place, "-i", "M$") == [r"M\$Y"]


@needs_zsh
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ver"], ["verify"]),
        (["session", "--group", "gr"], ["greater-china"]),
        (["session", "--pair", "HSI:n22"], ["HSI:N225"]),
        (["session", "--index=n22"], ["--index=N225"]),
        (["session", "--config", r"my\ own.yaml", "-i", "My"], ["My Idx"]),
        (["session", "--levels", "clo"], ["/files"]),
        (["session", "--index", "none such"], []),
    ],
    ids=lambda value: " ".join(value),
)
def test_zsh(words: list[str], offered: list[str], tmp_path: Path, write: Write) -> None:
    write("my own.yaml", OWN)
    assert _in_shell(tmp_path, "zsh", "-f", "-c", ZSH, "zsh", "marketmove", *words) == offered


@needs_fish
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ver", "verify\tHold published figures against closes."),
        ("session --group gr", "greater-china\t28 indices"),
        ("session --pair HSI:n22", "HSI:N225\tNikkei 225"),
        ("session --index=n22", "--index=N225\tNikkei 225"),
        ("session --config 'my own.yaml' --index MY", "MYX\tMy Index"),
        ("session --levels clo", "closes.csv"),
    ],
)
def test_fish(line: str, offered: str, tmp_path: Path, write: Write) -> None:
    write("my own.yaml", OWN)
    write("closes.csv", "date,symbol,close\n")
    code = FISH + '"marketmove ' + line + '"'
    found = _in_shell(tmp_path, "fish", "--no-config", "-c", code)
    assert found
    assert found[0].startswith(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_its_script(shell: str, run_cli: RunCli) -> None:
    ran = run_cli("completion", shell)
    assert (ran.stderr, ran.status) == ("", 0)
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-n"], input=ran.stdout.encode(), capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def _words(run_cli: RunCli, *typed: str | Path) -> list[str]:
    ran = run_cli("completion", "fish", "--", "marketmove", *typed)
    assert (ran.stderr, ran.status) == ("", 0)
    return [line.partition("\t")[0] for line in ran.stdout.splitlines()]


def test_all_commands_are_offered(run_cli: RunCli) -> None:
    assert sorted(_words(run_cli, "")) == sorted(COMMANDS)


def test_a_command_has_one_file_in_each_room() -> None:
    below, above = ({p.stem for p in Path(r.__path__[0]).glob("*.py")} for r in (commands, cli))
    assert below == {"__init__", *COMMANDS}
    assert above >= set(COMMANDS)


def test_no_other_word_of_a_line_is_the_command(run_cli: RunCli) -> None:
    assert "verify" in run_cli("--help", "session").stdout
    assert run_cli("sumary", "session").stderr.startswith("marketmove: unknown command: sumary;")


@pytest.mark.parametrize("name", [*COMMANDS, "chart session", "chart pair", "chart heatmap"])
def test_all_options_are_offered(name: str, run_cli: RunCli) -> None:
    """Every long name that the help of a command shows, and no other."""
    shown = {
        name
        for line in run_cli("help", *name.split()).stdout.splitlines()
        if line.startswith("  --")
        for word in line.strip().partition("  ")[0].split()
        if word.startswith("--")
        for name in {
            word.rstrip(",").replace("[no-]", ""),
            word.rstrip(",").replace("[no-]", "no-"),
        }
    }
    assert set(_words(run_cli, *name.split(), "--")) == shown


def test_the_usual_configuration_counts(run_cli: RunCli, write: Write) -> None:
    import platformdirs

    place = platformdirs.user_config_path("marketmove") / "marketmove.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(OWN, encoding="utf-8")
    assert _words(run_cli, "session", "--group", "ch") == ["chips"]
    assert _words(run_cli, "session", "--index", "myx") == ["MYX"]
    other = write("other.yaml", "groups: {cheap: [HSI]}\n")
    assert _words(run_cli, "session", f"--config={other}", "--group", "ch") == ["cheap"]


@pytest.mark.parametrize("text", ["groups: [", "palette: pink\n", "\x00", b"\xff\xfe"])
def test_a_broken_configuration_is_no_bother(
    text: str | bytes, run_cli: RunCli, write: Write
) -> None:
    own = write("own.yaml", text)
    assert _words(run_cli, "session", "--config", own, "--group", "as") == ["asia"]
    assert _words(run_cli, "session", "--config", "/nowhere", "--group", "as") == ["asia"]


def test_nothing_is_written(tmp_path: Path) -> None:
    for shell in SHELLS:
        run_process("completion", shell, cwd=tmp_path, environment={"HOME": str(tmp_path)})
        ran = run_process(
            *("completion", shell, "--", "marketmove", "session", "--index", "HS"),
            cwd=tmp_path,
            environment={"HOME": str(tmp_path)},
        )
        assert ran.stdout
        assert (ran.stderr, ran.status) == ("", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", [[], [""], ["--"], ["--", ""], ["-"], ["=", ":"], ["x" * 9999]])
def test_whatever_is_typed_there_is_no_error(typed: list[str]) -> None:
    for shell in SHELLS:
        ran = run_process("completion", shell, "--", "marketmove", *typed)
        assert (ran.stderr, ran.status) == ("", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="bytes as names")
def test_bytes_that_are_no_text() -> None:
    ran = run_process("completion", "bash", "--", "marketmove", "session", os.fsdecode(b"\xff"))
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)


def test_powershell(run_cli: RunCli) -> None:
    """The script as it is printed, and what it asks for: the words, and what each is."""
    script = run_cli("completion", "powershell").stdout
    assert script.startswith("Register-ArgumentCompleter -Native -CommandName marketmove ")
    assert "completion powershell -- @words" in script
    assert script.count("{") == script.count("}")
    asked = ("completion", "powershell", "--", "marketmove")
    assert "N225\tNikkei 225\n" in run_cli(*asked, "session", "-i", "N2").stdout
    # An empty word, as PowerShell can hand it to a program.
    for nothing in ("", '""'):
        assert "session\t" in run_cli(*asked, nothing).stdout
    assert run_cli(*asked, "check", "").stdout.endswith("/\n")


@pytest.mark.skipif(not shutil.which("pwsh"), reason="PowerShell is not installed")
def test_powershell_itself(tmp_path: Path) -> None:
    code = (
        "marketmove completion powershell | Out-String | Invoke-Expression; $l = 'marketmove ses';"
        " (TabExpansion2 $l $l.Length).CompletionMatches.CompletionText"
    )
    assert _in_shell(tmp_path, "pwsh", "-NoProfile", "-c", code) == ["session"]
