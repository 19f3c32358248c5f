"""The files of a run, over which its result may not be written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from marketmove.errors import WrongUsageError, quoted

# What may be typed so by mistake and is no file, and what it is.
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


def refuse_urls(given: Iterable[tuple[str, object]]) -> None:
    """Refuse a URL, which may be a secret, where a file or condition is to be; it is not named."""
    for name, value in given:
        texts = value if isinstance(value, list) else [value]
        for text in texts:
            path = isinstance(text, Path)
            if (path or (text and name in _TEXTS)) and _is_url(str(text), path):
                option = f"--{name.replace('_', '-')}"
                expected = _TEXTS.get(name, "a file")
                raise WrongUsageError.at(None, f"{option} is a URL; expected {expected}")


def _is_url(text: str, is_path: bool) -> bool:
    """Tell a URL; of a path one slash of two is left."""
    scheme, found, _ = text.strip().partition(":/" if is_path else "://")
    return bool(found) and len(scheme) > 1 and scheme.replace("+", "").isalnum()
