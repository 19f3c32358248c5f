"""Imports go down the floors, one room touches the world, and what is not needed is not loaded."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import marketmove
from program import SAMPLE_CLOSES, bare_environment

PACKAGE = Path(marketmove.__file__).parent
PAGE = PACKAGE.parents[1] / "docs" / "architecture.md"
MODULES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
# The package's own face and the start of the program are in no room.
OUTSIDE = {"__init__", "__main__"}

# What the program asks of the world, by the dotted name that the code would have to write.
WORLD = (
    *("sys.exit", "sys.stdout", "sys.stderr", "sys.stdin", "sys.argv", "os.environ", "os.getenv"),
    *("os.getcwd", "Path.cwd", "Path.home", "date.today", "datetime.now", "datetime.today"),
    *("datetime.utcnow", "time.time", "time.localtime", "shutil.get_terminal_size", "os._exit"),
)


SAMPLES = ("--levels", str(SAMPLE_CLOSES))


class Room(NamedTuple):
    """A row of the table of rooms."""

    floor: int
    may_import: frozenset[str]


def _rooms() -> dict[str, Room]:
    rows = re.findall(
        r"^\| (\d+) \| `([a-z]+)/?` \|[^|]*\|([^|]*)\|$", PAGE.read_text("utf-8"), re.M
    )
    floors = {name: int(floor) for floor, name, _ in rows}
    return {
        name: Room(
            int(floor),
            frozenset(n for n in floors if floors[n] < int(floor))
            if "all below" in named
            else frozenset(re.findall(r"`(\w+)`", named)),
        )
        for floor, name, named in rows
    }


ROOMS = _rooms()


def _room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


def _imported(tree: ast.AST) -> set[str]:
    """The rooms that a module imports, at its top, in a function or for its types."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in found if name.split(".")[0] == "marketmove"]
    return {parts[1] for parts in ours if len(parts) > 1 and parts[1] != "__version__"}


def test_the_table_names_the_rooms_there_are() -> None:
    assert set(ROOMS) == {_room(module) for module in MODULES} - OUTSIDE


def test_the_table_lets_imports_go_down_only() -> None:
    up = [
        f"{name} -> {other}"
        for name, room in ROOMS.items()
        for other in room.may_import
        if ROOMS[other].floor >= room.floor
    ]
    assert not up


def test_modules_import_what_the_table_says() -> None:
    strangers = [
        f"{module} -> {other}"
        for module, tree in MODULES.items()
        if (room := _room(module)) not in OUTSIDE
        for other in sorted(_imported(tree) - {room} - ROOMS[room].may_import)
    ]
    assert not strangers


def test_no_circle_of_modules() -> None:
    files = {module.removesuffix(".py").removesuffix("/__init__"): module for module in MODULES}
    needs: dict[str, set[str]] = {}
    for module, tree in MODULES.items():
        named = (
            (node.module.replace(".", "/"), alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and _room(module) not in OUTSIDE
            for alias in node.names
        )
        paths = (
            (f"{where}/{name}".partition("/")[2], where.partition("/")[2]) for where, name in named
        )
        found = {files.get(inner) or files.get(outer) for inner, outer in paths}
        needs[module] = {name for name in found if name} - {module}
    while free := {module for module, below in needs.items() if not below}:
        needs = {module: below - free for module, below in needs.items() if module not in free}
    assert not needs


def test_only_the_command_line_touches_the_world() -> None:
    touched = []
    for module, tree in MODULES.items():
        if _room(module) == "cli":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                asked = node.func.id
                wrong = asked in {"print", "input", "exit", "quit", "breakpoint"}
            elif isinstance(node, ast.Attribute):
                asked = ast.unparse(node)
                wrong = any(asked == what or asked.endswith(f".{what}") for what in WORLD)
            else:
                continue
            touched += [f"{module}:{node.lineno}: {asked}"] * wrong
    assert not touched


def test_nothing_is_filled_forward_or_swallowed() -> None:
    words = r"ffill|bfill|fillna|pct_change|interpolate|except:"
    found = [m for m in MODULES if re.search(words, (PACKAGE / m).read_text(encoding="utf-8"))]
    assert not found


def test_each_command_has_one_file() -> None:
    from marketmove.cli import COMMANDS

    files = {path.stem for path in (PACKAGE / "commands").glob("*.py")} - {"__init__"}
    assert files == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], "matplotlib pandas numpy yaml platformdirs"),
        (["--version"], "pandas numpy yaml platformdirs"),
        (["session", "--help"], "pandas numpy yaml platformdirs"),
        (["calc", "--help"], "pandas numpy yaml platformdirs"),
        (["chart", "--help"], "matplotlib pandas numpy yaml platformdirs"),
        (["chart", "session", "--help"], "matplotlib pandas numpy yaml platformdirs"),
        (["chart", "session", "2025-02-14", "-o", "moves.gif"], "matplotlib pandas numpy yaml"),
        (["chart", "session", "2025-02-14"], "matplotlib"),
        (["chart", "heatmap", "2025-02-13", "2025-02-14"], "matplotlib"),
        (["summary", "--help"], "pandas numpy yaml platformdirs"),
        (["calc", "--close", "2", "--prior", "1"], "pandas numpy yaml"),
        (["session", "2025-02-30"], "pandas numpy yaml"),
        (["session", "2025-02-14", "--levels", "none.csv"], "pandas numpy"),
        (["history", "2025-02-13", "2025-02-14", "--levels", "none.csv"], "pandas numpy"),
        (["pair", "HSI", "N225", "--levels", "none.csv"], "pandas numpy"),
        (["summary", "2025-02-14", "--levels", "none.csv"], "pandas numpy"),
        (["check", "none.csv"], "pandas numpy"),
        (["completion", "bash"], "pandas numpy yaml platformdirs"),
        (["completion", "bash", "--", "marketmove", "session", "--f"], "pandas numpy yaml"),
        (["completion", "bash", "--", "marketmove", "session", "-i", "H"], "pandas numpy"),
        (["init", "--config", "own.yaml"], "pandas numpy"),
        (["session", "2025-02-04"], "rich.table pandas"),
        (["session", "2025-02-14", *SAMPLES], "pandas"),
        (["session", "2025-02-14", *SAMPLES, "--period", "week", "-f", "json"], "pandas"),
        (["summary", "2025-02-14", *SAMPLES, "-f", "html"], "pandas"),
        (["history", "2025-02-10", "2025-02-14", *SAMPLES], "pandas"),
        (["history", "2025-02-10", "2025-02-14", *SAMPLES, "-f", "csv"], "pandas"),
        (["pair", "HSI", "N225", *SAMPLES], "pandas"),
        (["chart", "heatmap", "2025-02-10", "2025-02-14", *SAMPLES], "pandas"),
        (["check", str(SAMPLE_CLOSES)], "pandas"),
        (["session", "2025-02-14", *SAMPLES, "-f", "csv"], "rich.table pandas"),
    ],
    ids=lambda value: " ".join(value).replace(str(SAMPLE_CLOSES), "closes.csv"),
)
def test_what_is_not_needed_is_not_loaded(
    arguments: list[str], unwanted: str, tmp_path: Path
) -> None:
    code = (
        "import sys\nfrom marketmove.cli import run\nrun(sys.argv[2:])\n"
        "loaded = [name for name in sys.argv[1].split() if name in sys.modules]\n"
        "print('loaded:', *loaded, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, unwanted, *arguments],
        capture_output=True,
        env=bare_environment() | {"HOME": str(tmp_path)},
        cwd=tmp_path,
        timeout=60,
        check=True,
        text=True,
        encoding="utf-8",
    )
    loaded = done.stderr.splitlines()[-1]
    assert loaded == "loaded:"
