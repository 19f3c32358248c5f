"""Imports go one way, one module touches the world, and what is not needed is not loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import marketmove
from program import SAMPLE_CLOSES, bare_environment

PACKAGE = Path(marketmove.__file__).parent

# A module imports from its own line or from one above; a package counts as one module.
LAYERS = (
    ("errors", "resources", "__init__"),
    ("streams", "yamltext", "figures", "delivery"),
    ("notifying",),
    ("indices",),
    ("words", "groups", "conditions"),
    ("sources",),
    ("config", "calendars"),
    ("levels",),
    ("moves", "doubts"),
    ("news",),
    ("journalfile",),
    ("journal",),
    ("sessions", "periods", "schedule", "completion"),
    ("history",),
    ("published",),
    ("divergence", "breadth", "verification", "context"),
    ("spreads",),
    ("pairs",),
    ("report",),
    ("documents",),
    ("digest",),
    ("render",),
    ("alerts",),
    ("commands",),
    ("arguments",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))
names = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix()
)

# What the program asks of the world, by the dotted name that the code would have to write.
WORLD = (
    *("sys.exit", "sys.stdout", "sys.stderr", "sys.stdin", "sys.argv", "os.environ", "os.getenv"),
    *("os.getcwd", "Path.cwd", "Path.home", "date.today", "datetime.now", "datetime.today"),
    *("datetime.utcnow", "time.time", "time.localtime", "shutil.get_terminal_size", "os._exit"),
)


def _layer(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def _imported(tree: ast.AST) -> set[str]:
    """The layers that a module imports, at its top, in a function or for its types."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in found if name.split(".")[0] == "marketmove"]
    return {parts[1] if parts[1] in RANK else "__init__" for parts in ours}


@names
def test_every_module_has_a_layer(path: Path) -> None:
    assert _layer(path) in RANK


@names
def test_imports_go_one_way(path: Path) -> None:
    own = _layer(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    later = {name for name in _imported(tree) - {own} if RANK[name] >= RANK[own]}
    assert not later, f"{own} may not import {', '.join(sorted(later))}"


@names
def test_only_the_command_line_touches_the_world(path: Path) -> None:
    if _layer(path) == "cli":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"print", "input", "exit", "quit", "breakpoint"}
    dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    touched = {d for d in dotted for what in WORLD if d == what or d.endswith(f".{what}")}
    assert not touched


@names
def test_nothing_is_filled_forward_or_swallowed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("ffill", "bfill", "fillna", "pct_change", "interpolate", "except:"):
        assert word not in text


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
        (["completion", "bash"], "pandas numpy yaml platformdirs"),
        (["completion", "bash", "--", "marketmove", "session", "--f"], "pandas numpy yaml"),
        (["completion", "bash", "--", "marketmove", "session", "-i", "H"], "pandas numpy"),
        (["init", "--config", "own.yaml"], "pandas numpy"),
        (["session", "2025-02-04"], "rich.table"),
        (["session", "2025-02-14", "-l", str(SAMPLE_CLOSES), "-f", "csv"], "rich.table"),
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
