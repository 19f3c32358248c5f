"""What the documentation says of the program, beside the program: nothing is stale or left out."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import reference
import yaml

from marketmove import __version__
from marketmove.errors import ExitStatus
from marketmove.resources import root
from pages import PAGES

DOCS = root() / "docs"


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root())


def test_nothing_is_stale() -> None:
    """If this fails: python tools/reference.py, and read the difference."""
    made = reference.made()
    kept = {path: path.read_text(encoding="utf-8") if path.exists() else "" for path in made}
    assert [path for path, text in made.items() if kept[path] != text] == []
    assert set((DOCS / "man").iterdir()) == {path for path in made if path.parent.name == "man"}


def test_every_column_is_explained() -> None:
    text = (DOCS / "columns.md").read_text(encoding="utf-8")
    explained, _, lists = text.partition("## CSV columns by command")
    rows = re.findall(r"^\| (`.*?) \|", explained, re.MULTILINE)
    known = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    heads = re.findall(r"```csvhead\n(.*?)```", lists, re.DOTALL)
    assert len(heads) == len(reference.WITH_COLUMNS)
    for head in heads:
        for name in re.sub(r"\s", "", head).split(","):
            assert name in known, name


def test_every_exit_status_is_explained() -> None:
    text = (DOCS / "columns.md").read_text(encoding="utf-8")
    statuses = [int(status) for status in re.findall(r"^\| `(\d+)` \| \S", text, re.MULTILINE)]
    assert statuses == [status.value for status in ExitStatus]


def test_every_page_is_in_the_site() -> None:
    text = re.sub(r"!!python/name:\S+", "name", (root() / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = re.findall(r"[\w-]+\.md", yaml.safe_dump(yaml.safe_load(text)["nav"]))
    assert sorted(listed) == sorted(page.name for page in PAGES if page.parent == DOCS)


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    heads = re.findall(
        r"^##+ .*", (root() / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    versions = [head for head in heads if head.removeprefix("### ") not in kinds]
    assert versions[0] == "## [Unreleased]"
    dated = [
        re.fullmatch(r"## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in versions[1:]
    ]
    assert all(dated), versions
    found = [(match[1], match[2]) for match in dated if match]
    assert found == sorted(found, reverse=True)
    assert found[0][0] == __version__


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not here")
def test_the_man_pages_are_sound() -> None:
    pages = sorted((DOCS / "man").iterdir())
    line = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z", *map(str, pages)]
    done = subprocess.run(line, capture_output=True, check=False, timeout=60)
    assert (done.stderr.decode(), done.returncode) == ("", 0)
