"""Every test runs in an environment that says nothing, and finds its files by itself."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from marketmove import cli
from profiles import tried
from program import NOW, Ran, RunCli, Write
from servers import mail, web

__all__ = ["mail", "web"]

settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, max_examples=tried(25, 100)
)
settings.load_profile("suite")

_SILENCED = (
    *("MARKETMOVE_CONFIG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE"),
)


# What takes longest where all is tried: begun last, it would keep one process busy at the end.
_LONG = ("test_archive_kills", "test_couriers", "test_column_properties", "test_kills", "test_read")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


def pytest_xdist_auto_num_workers() -> int:
    """Take one process more than there are cores: many tests wait for others, and not for us."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def _nothing_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in _SILENCED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("MARKETMOVE_NOW", NOW)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))


@pytest.fixture
def run_cli(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> RunCli:
    """Run the program in this process: arguments → stdout, stderr, status."""

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsysbinary.readouterr()
        status = cli.run([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return Ran(out.decode(), err.decode(), int(status))

    return run


@pytest.fixture
def market_data() -> Path:
    """The folder of real files that MARKETMOVE_TEST_DATA names; the test skips without it."""
    folder = os.environ.get("MARKETMOVE_TEST_DATA")
    if not folder:
        pytest.skip("MARKETMOVE_TEST_DATA names no folder")
    return Path(folder)


@pytest.fixture
def _after_the_long_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-11-28T12:00:00+00:00")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into a folder of the test's own."""

    def write_one(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write_one


@pytest.fixture
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give where a journal is to be; its folder is there."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder / "journal.sqlite"
