"""The files of a run, over which its result may not be written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from marketmove.errors import WrongUsageError, quoted

# Where a URL may stand, or has a message of its own; and what is to stand elsewhere, if no file.
_TAKE_URLS = frozenset(["to", "levels", "file", "files", "words", "master"])
_TEXTS = {"alert": "a condition", "on_alert": "a command"}
_used: dict[tuple[int, int], str] = {}


def forget() -> None:
    """Begin a run that uses no file."""
    _used.clear()


def use(*paths: object) -> None:
    """Remember the files that a run reads or keeps; of a folder all that are in it."""
    for path in paths:
        if not isinstance(path, Path):
            continue
        try:
            is_folder = path.is_dir()
            for one in path.iterdir() if is_folder else [path]:
                found = one.stat()
                if one.is_file():
                    _used[found.st_dev, found.st_ino] = str(one)
        except (OSError, ValueError):
            continue


def refuse_over(output: Path) -> None:
    """Refuse to write a result over what the run uses, by that name or another."""
    try:
        found = output.stat()
    except (OSError, ValueError):
        return
    if (found.st_dev, found.st_ino) in _used:
        text = f"--output is {quoted(output)}, which this run uses; name another file"
        raise WrongUsageError.at(None, text)


def refuse_urls(given: Iterable[tuple[str, str, object]]) -> None:
    """Refuse a URL, which may be a secret, where none is to be; it is not named.

    What is given has the name of a parameter, what people call it, and its value.
    """
    for name, called, value in given:
        if name in _TAKE_URLS:
            continue
        for text in value if isinstance(value, list) else [value]:
            path = isinstance(text, Path)
            if (path or isinstance(text, str)) and _is_url(str(text), path):
                expected = _TEXTS.get(name, "a file" if path else "")
                what = f"; expected {expected}" if expected else ", and takes none"
                raise WrongUsageError.at(None, f"{called} is a URL{what}")


def _is_url(text: str, is_path: bool) -> bool:
    """Tell a URL, by itself or behind what makes a pair; of a path one slash of two is left."""
    found = re.match(r"\s*(?:[^\s/]*[:=])?[A-Za-z][A-Za-z0-9+.-]+:/" + "/" * (not is_path), text)
    return found is not None


def without_typed_urls(text: str, typed: Iterable[str]) -> str:
    """Give a text without what was typed of URLs, unless it tells how to fetch what is there.

    >>> without_typed_urls("no such option: --x://s3cret/y", ["--x://s3cret/y"])
    'no such option: --x://…'
    """
    for url, rest in re.findall(r"([A-Za-z][A-Za-z0-9+.-]*://(\S+))", "\n".join(typed)):
        if f"curl -s {url}" not in text:
            # Of a path one slash of two is left.
            text = re.sub(rf"(?://?)?{re.escape(rest)}", "//…", text)
    return text
