"""What the user asked for beforehand: defaults, then the user's own file; complete and typed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from marketmove import yamltext
from marketmove.alerts.conditions import Condition, parse_alerts
from marketmove.closes.find import CloseSettings
from marketmove.delivery.targets import Target, parse_targets
from marketmove.errors import BadConfigError, Place, Problem, UnreadableFileError
from marketmove.market.groups import Group, parse_groups, with_regions
from marketmove.market.indices import (
    Exchange,
    Registry,
    did_you_mean,
    parse_exchanges,
    parse_indices,
)
from marketmove.resources import root
from marketmove.sources.vocabulary import Words, bundled_words, parse_words

PALETTES = ("western", "east-asia", "korea", "cvd", "none")
SORTS = ("change", "name", "given")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its value; ``places`` tells which line of which file it came from.

    ``floor_pct`` is in percent and included: a move of exactly the floor counts.
    """

    levels: tuple[Path, ...]
    palette: str
    floor_pct: float
    top: int
    sort: str
    sessions: Path | None
    registry: Registry
    groups: dict[str, Group]
    words: Words
    exchanges: dict[str, Exchange]
    pairs: tuple[str, ...] = ()
    alerts: tuple[Condition, ...] = ()
    to: tuple[Target, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def closes(self) -> CloseSettings:
        """What the reading of closes takes of the settings."""
        return CloseSettings(
            files=self.levels,
            place=self.places.get("levels"),
            registry=self.registry,
            words=self.words,
            exchanges=self.exchanges,
            sessions=self.sessions,
        )


def load(user_file: Path | None, home: Path | None = None) -> Config:
    """Read the defaults of ``config/`` and, over them, the user's own file.

    Parameters
    ----------
    user_file
        The user's file, which has to be there; None for the defaults alone.
    home
        What ``~`` stands for in ``levels:``; paths are otherwise relative to the file.

    Raises
    ------
    BadConfigError
        With every problem of the file: unknown keys, wrong values, broken YAML.
    UnreadableFileError
        If the file cannot be read.

    Examples
    --------
    >>> load(None).floor_pct
    0.5
    """
    folder = root() / "config"
    indices, problems = parse_indices(*_read(folder / "indices.yaml", "config/indices.yaml"), {})
    groups, wrong = parse_groups(*_read(folder / "groups.yaml", "config/groups.yaml"), {})
    problems += wrong
    words = bundled_words((folder / "columns.csv").read_text(encoding="utf-8"))
    defaults, label = _read(folder / "marketmove.yaml", "config/marketmove.yaml")
    values, places = _settings(defaults, label, problems)
    if user_file is not None:
        document, label = _read(user_file, str(user_file))
        own, own_places = _settings(document, label, problems)
        values |= own
        places |= own_places
        for key in own.keys() & {"levels", "sessions"}:
            values[key] = [_located(p, user_file.parent, home) for p in own[key]]
        indices, more = parse_indices(values["indices"], label, indices)
        groups, amiss = parse_groups(values["groups"], label, groups)
        words, wrong = parse_words(values["columns"], label, words)
        problems += more + amiss + wrong
    try:
        registry = Registry.of(indices.values())
    except ValueError as clash:
        raise BadConfigError([*problems, Problem(places["indices"], str(clash))]) from None
    values["to"], amiss = _targets(values["to"], label, user_file, home)
    problems += amiss
    values["alerts"], wrong = parse_alerts(values["alerts"], label, registry)
    problems += wrong
    if problems:
        raise BadConfigError(problems)
    del values["indices"], values["columns"]
    values["groups"] = with_regions(groups, registry)
    values["levels"], values["pairs"] = tuple(values["levels"]), tuple(values["pairs"])
    values["sessions"] = next(iter(values["sessions"]), None)
    exchanges = parse_exchanges(*_read(folder / "exchanges.yaml", "config/exchanges.yaml"))
    return Config(**values, registry=registry, words=words, exchanges=exchanges, places=places)


def with_choices(config: Config, **chosen: Any) -> Config:
    """Give the configuration with what was typed on the command line; None keeps the setting.

    Examples
    --------
    >>> with_choices(load(None), top=3, palette=None).top
    3
    """
    return replace(config, **{key: value for key, value in chosen.items() if value is not None})


def _read(path: Path, label: str) -> tuple[yamltext.Value, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(label), f"the configuration: {reason}") from None
    except UnicodeDecodeError:
        raise UnreadableFileError.at(Place(label), "the configuration is not UTF-8 text") from None
    return yamltext.parse(text, label), label


def _located(text: str, folder: Path, home: Path | None) -> Path:
    if home is not None and (text == "~" or text.startswith("~/")):
        return home / text[2:]
    return folder / text


def _targets(
    value: yamltext.Value, label: str, user_file: Path | None, home: Path | None
) -> tuple[tuple[Target, ...], list[Problem]]:
    """The targets of ``to:``; what is wrong is named by its line alone, it may be a secret."""
    items = value.items if isinstance(value, yamltext.Sequence) else (value,)
    texts = [
        (v.text if isinstance(v, yamltext.Scalar) else "", Place(label, v.line))
        for v in items
        if not isinstance(v, yamltext.Mapping)
    ]
    folder = Path() if user_file is None else user_file.parent
    try:
        if len(texts) != len(items):
            raise ValueError("expected a list of targets, such as [env:DESK_URL]")
        return parse_targets(texts, folder, home), []
    except ValueError as error:
        return (), [Problem(Place(label, value.line), f"to: {error}")]


def _settings(
    document: yamltext.Value, label: str, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Place]]:
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    if not isinstance(document, yamltext.Mapping):
        problems.append(Problem(Place(label, document.line), "expected settings, as key: value"))
        return values, places
    for key, value in document.items.items():
        place = Place(label, document.lines[key])
        if key not in _READERS:
            problems.append(Problem(place, f"{key} is not a setting{did_you_mean(key, _READERS)}"))
            continue
        try:
            values[key] = _READERS[key](value)
            places[key] = place
        except ValueError as error:
            problems.append(Problem(place, f"{key}: {error}"))
    return values, places


def _paths(value: yamltext.Value) -> list[str]:
    items = value.items if isinstance(value, yamltext.Sequence) else (value,)
    paths = [v.text for v in items if isinstance(v, yamltext.Scalar) and v.text]
    if len(paths) != len(items):
        raise ValueError("expected a list of files")
    return paths


def _pairs(value: yamltext.Value) -> list[str]:
    items = value.items if isinstance(value, yamltext.Sequence) else (value,)
    pairs = [v.text for v in items if isinstance(v, yamltext.Scalar)]
    wrong = [text for text in pairs if not all(map(str.strip, text.partition(":")))]
    if wrong or len(pairs) != len(items):
        found = f"{wrong[0]} is none; " if wrong else ""
        raise ValueError(f"{found}expected a list of pairs, such as [HSI:N225]")
    return pairs


def _path(value: yamltext.Value) -> list[str]:
    return [value.text] if isinstance(value, yamltext.Scalar) and value.text else []


def _one_of(words: tuple[str, ...]) -> Callable[[yamltext.Value], str]:
    def read(value: yamltext.Value) -> str:
        text = _text(value)
        if text not in words:
            raise ValueError(f"{text} is not one of {', '.join(words)}")
        return text

    return read


def _size_pct(value: yamltext.Value) -> float:
    text = _text(value)
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) or not math.isfinite(float(text)):
        raise ValueError(f"{text} is not a percentage of 0 or more, such as 0.5")
    return float(text)


def _count(value: yamltext.Value) -> int:
    text = _text(value)
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise ValueError(f"{text} is not a whole number of 1 or more")
    return int(text)


def _text(value: yamltext.Value) -> str:
    if not isinstance(value, yamltext.Scalar) or value.empty:
        raise ValueError("expected one value")
    return value.text


def _as_is(value: yamltext.Value) -> yamltext.Value:
    return value


_READERS: dict[str, Callable[[yamltext.Value], Any]] = {
    "levels": _paths,
    "sessions": _path,
    "palette": _one_of(PALETTES),
    "floor_pct": _size_pct,
    "top": _count,
    "sort": _one_of(SORTS),
    "pairs": _pairs,
    "indices": _as_is,
    "groups": _as_is,
    "columns": _as_is,
    "alerts": _as_is,
    "to": _as_is,
}
