"""Write what the documentation says of the program from the program itself.

    python tools/reference.py           write all of it
    python tools/reference.py --check   name what is stale, and end with 1

That is the page of commands, the page of indices and the man pages, which are whole files, and the
parts of other pages that stand between ``<!-- made: NAME -->`` and ``<!-- /made -->``.
"""

import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from helptexts import Help, helps
from manual import manual

from marketmove import __version__, cli, config
from marketmove.feeds.providers import providers
from marketmove.feeds.settings import named_feed
from marketmove.resources import root

DOCS = root() / "docs"
MANUALS = DOCS / "man"
NOW = "2025-03-01T12:00:00+00:00"
_NOTICE = "<!-- made by tools/reference.py -->"
_PART = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def main() -> None:
    """Write what is stale; with ``--check`` only name it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"MARKETMOVE_NOW": NOW, "HOME": home, "XDG_CONFIG_HOME": home}
        os.environ.pop("MARKETMOVE_CONFIG", None)
        os.chdir(root())
        texts = made()
    stale = [path for path, text in texts.items() if _read(path) != text]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(root())}\n")
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
    sys.exit(int("--check" in sys.argv and bool(stale)))


def made() -> dict[Path, str]:
    """Give every file that is made, or has a part that is, with the text it should have."""
    found = {DOCS / "commands.md": commands_page(), DOCS / "indices.md": indices_page()}
    statuses = _rows("columns.md", r"`\d+`")
    for name, text in manual(helps(), __version__, statuses).items():
        found[MANUALS / name] = text
    parts = {"columns": columns_part, "keys": keys_part}
    parts |= {"settings": settings_part, "starter": starter_part, "providers": providers_part}
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if page not in found and _PART.search(text):
            found[page] = _PART.sub(lambda m: f"{m[1]}\n{parts[m[2]]()}\n{m[3]}", text)
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _rows(page: str, first: str) -> list[list[str]]:
    """Give the rows of a table of a page whose first cell is as a pattern says."""
    lines = _read(DOCS / page).splitlines()
    found = [line for line in lines if re.match(rf"\| {first} \|", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found]


def commands_page() -> str:
    """Give the page of all commands: their arguments and options, as ``--help`` has them."""
    lines = [_NOTICE, "", "# Commands", ""]
    lines += [
        "What `marketmove COMMAND --help` says, of all commands. Where marketmove is installed,"
    ]
    lines += ["`man marketmove` and `man marketmove-session` say the same."]
    for one in helps():
        if one.name:
            lines += ["", f"## {one.name}", "", *_command_lines(one)]
    return "\n".join(lines) + "\n"


def _command_lines(one: Help) -> Iterator[str]:
    yield f"`{one.usage}`"
    for paragraph in one.paragraphs:
        yield ""
        yield _as_markdown(paragraph)
    for panel, entries in one.panels.items():
        yield ""
        yield f"**{panel}**"
        yield ""
        for entry in entries:
            yield f"- `{entry.typed}`: {_as_markdown(entry.text)}"
    if one.examples:
        yield ""
        yield "```bash"
        yield from one.examples
        yield "```"


def _as_markdown(text: str) -> str:
    """Keep signs of Markdown from being read as such; what stands between ` ` stays."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else re.sub(r"([*_<\[])", r"\\\1", p) for p in parts)


def indices_page() -> str:
    """Give the page of the indices that are known by name."""
    indices = _run("indices", "--format", "json")["indices"]
    lines = [_NOTICE, "", "# Indices", ""]
    lines.append(f"The {len(indices)} indices that marketmove knows by name. `marketmove indices`")
    lines.append("prints them with their next session; [Files and names](files.md) says how one of")
    lines.append("your own is added.")
    by_region: dict[str, list[Mapping[str, Any]]] = {}
    for index in indices:
        by_region.setdefault(index["region"] or "other", []).append(index)
    for region, listed in by_region.items():
        lines += ["", f"## {region.replace('-', ' ').title()}", ""]
        lines += ["| symbol | index | exchange | close | currency | returns | also called |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += map(_index_line, listed)
    return "\n".join(lines) + "\n"


def _index_line(index: Mapping[str, Any]) -> str:
    cells = [f"`{index['symbol']}`", index["name"], index["exchange"], index["close_time"]]
    cells += [index["currency"], index["returns"], ", ".join(index["aliases"][:4])]
    return f"| {' | '.join(_as_markdown(cell or '') for cell in cells)} |"


_SYMBOLS = frozenset(config.load(None).registry.indices)
SAMPLES = ("--levels", "samples/closes.csv")
WITH_COLUMNS = {
    "session": ("session", "2025-02-14", *SAMPLES),
    "history": ("history", "2025-02-12", "2025-02-14", *SAMPLES),
    "pair": ("pair", "HSI", "N225", "--until", "2025-02-14", *SAMPLES),
    "check": ("check", "samples/closes.csv"),
    "verify": ("verify", "samples/published/2025-02-04.yaml"),
    "read": ("read", "samples/reports/2025-02-04.txt"),
    "indices": ("indices",),
    "closes": ("closes", "--config", "{archive}"),
    "closes --revisions": ("closes", "--revisions", "--config", "{archive}"),
    "journal": ("journal", "--journal", "{journal}"),
}
WITH_KEYS = {
    **{name: typed for name, typed in WITH_COLUMNS.items() if name != "closes --revisions"},
    "session": (
        "session",
        "2025-02-14",
        *SAMPLES,
        "--group",
        "asia",
        "--group",
        "americas",
        "--alert",
        "HSI: 3",
    ),
    "summary": ("summary", "2025-02-14", *SAMPLES, "--group", "asia"),
    "calc": ("calc", "--close", "22579.05", "--pct", "+3.51"),
}


def columns_part() -> str:
    """Give the columns of each command's CSV, in their order."""
    lines = []
    with _files() as places:
        for name, typed in WITH_COLUMNS.items():
            out = _output(*(word.format(**places) for word in typed), "--format", "csv")
            lines += ["", f"`{name}`", "", "```csvhead", *_wrapped(out.splitlines()[0]), "```"]
    return "\n".join(lines[1:]) + "\n"


def _wrapped(head: str) -> Iterator[str]:
    """Break a line of columns after a comma, for people; the program writes one line."""
    line = ""
    for name in head.split(","):
        if len(line) + len(name) > 98:
            yield line
            line = ""
        line += f"{name},"
    yield line.rstrip(",")


def keys_part() -> str:
    """Give the keys of each command's JSON document, those of its lists below them."""
    lines = []
    with _files() as places:
        for name, typed in WITH_KEYS.items():
            document = _run(*(word.format(**places) for word in typed), "--format", "json")
            lines += ["", f"`{name}`: `{document['schema']}`", ""]
            lines += [f"- {text}" for text in _keys(document)]
    return "\n".join(lines[1:]) + "\n"


def _keys(document: Mapping[str, Any], above: str = "") -> Iterator[str]:
    plain = ", ".join(f"`{key}`" for key, value in document.items() if not _inner(value))
    if plain:
        yield f"`{above}`: {plain}" if above else plain
    for key, value in document.items():
        if inner := _inner(value):
            path = f"{above}{'.' if above else ''}{key}{'[]' if isinstance(value, list) else ''}"
            if set(inner) <= _SYMBOLS:
                yield f"`{path}`: a number by symbol"
            else:
                yield from _keys(inner, path)


def _inner(value: Any) -> Mapping[str, Any]:
    """Give the keys that a value has, or the items of a list have; none where it is plain."""
    if isinstance(value, list):
        found: dict[str, Any] = {}
        for item in value:
            found |= {k: v for k, v in _inner(item).items() if k not in found or _inner(v)}
        return found
    return value if isinstance(value, dict) else {}


def settings_part() -> str:
    """Give every setting with its default, as the comments of the defaults say."""
    text = (root() / "config" / "marketmove.yaml").read_text(encoding="utf-8")
    lines = ["| setting | default | what it says |", "|---|---|---|"]
    for said, key, value in re.findall(r"((?:^# .*\n)+)^(\w+): (.*)$", text, re.MULTILINE):
        meaning = " ".join(line.removeprefix("# ") for line in said.splitlines())
        lines.append(f"| `{key}` | `{value}` | {_as_markdown(meaning)} |")
    return "\n".join(lines) + "\n"


def providers_part() -> str:
    """Give the providers that are known by name, with the indices that each has."""
    lines = ["| name | provider | indices | closes | terms and limits | key | seen |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for name, one in providers().items():
        keys = {feed.key.name for symbol in one.feeds if (feed := named_feed(name, symbol)).key}
        cells = [f"`{name}`", one.title, ", ".join(f"`{symbol}`" for symbol in one.feeds)]
        cells += [one.closes, one.terms, ", ".join(f"`{key}`" for key in sorted(keys)), one.seen]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def starter_part() -> str:
    """Give the configuration that ``marketmove init`` writes."""
    text = (root() / "config" / "starter.yaml").read_text(encoding="utf-8")
    return f"```yaml\n{text}```\n"


def _run(*typed: str) -> Any:
    return json.loads(_output(*typed))


def _output(*typed: str) -> str:
    """Run the program in this process, as a user would with no settings."""
    said, kept = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(kept):
        cli.run(typed)
        said.seek(0)
        return said.read()


@contextlib.contextmanager
def _files() -> Iterator[Mapping[str, str]]:
    """Make an archive and a journal to look at."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "own.yaml").write_text("archive: closes\n", encoding="utf-8")
        (folder / "closes").mkdir()
        head = "date,close,source,fetched\n"
        row = "2025-02-14,22620.33,yahoo,2025-02-14T10:00:00Z\n"
        (folder / "closes" / "HSI.csv").write_text(head + row, encoding="utf-8")
        places = {"archive": str(folder / "own.yaml"), "journal": str(folder / "j.sqlite")}
        _output("summary", "2025-02-14", *SAMPLES, "--once", "--journal", places["journal"])
        yield places


if __name__ == "__main__":
    main()
