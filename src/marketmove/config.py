"""What the user asked for beforehand: defaults, then the user's own file; complete and typed."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from marketmove import yamltext
from marketmove.alerts.conditions import Condition, parse_alerts
from marketmove.closes.find import CloseSettings
from marketmove.delivery.targets import Target, parse_targets
from marketmove.errors import BadConfigError, Place, Problem
from marketmove.feeds.settings import Feeds, parse_feeds
from marketmove.market.choose import parse_pairs
from marketmove.market.currencies import ChosenRates, parse_fx
from marketmove.market.groups import Group, Groups, parse_group, parse_groups
from marketmove.market.indices import (
    Exchange,
    Index,
    Registry,
    did_you_mean,
    parse_exchange,
    parse_index,
    parse_indices,
)
from marketmove.resources import root
from marketmove.sources import Progress
from marketmove.sources.vocabulary import Words, bundled_words, parse_words

PALETTES = ("western", "east-asia", "korea", "cvd", "none")
SORTS = ("change", "name", "given", "spread")
PREFERENCES = ("none", "later")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its value; ``places`` tells which line of which file it came from.

    ``floor_pct`` is in percent and included: a move of exactly the floor counts. Without an
    ``archive`` there is none: its usual place is known to the command line alone. ``progress`` is
    no setting: it is told how far the reading of files is.
    """

    levels: tuple[Path, ...]
    palette: str
    floor_pct: float
    top: int
    sort: str
    sessions: Path | None
    registry: Registry
    groups: Mapping[str, Group]
    words: Words
    exchanges: Mapping[str, Exchange]
    prefer: str = "none"
    home: str = ""
    pairs: tuple[str, ...] = ()
    alerts: tuple[Condition, ...] = ()
    to: tuple[Target, ...] = ()
    feeds: Feeds = field(default_factory=dict)
    archive: Path | None = None
    fx: ChosenRates = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    progress: Progress | None = None

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
            archive=self.archive,
            fetches=bool(self.feeds),
            prefer=self.prefer,
            progress=self.progress,
        )


def load(user_file: Path | None, home: Path | None = None) -> Config:
    """Read the defaults of ``config/`` and, over them, the user's own file.

    ``user_file`` has to be there; None for the defaults alone. ``~`` in ``levels:`` is ``home``.
    Raises ``BadConfigError`` with every problem of the file: unknown keys, wrong values, broken
    YAML; ``UnreadableFileError`` if the file cannot be read.
    """
    bundled = _bundled()
    values, places, problems = dict(bundled.values), dict(bundled.places), list[Problem]()
    label = _DEFAULTS
    if user_file is not None:
        label = str(user_file)
        own, own_places, problems = _settings(yamltext.parse(_text(user_file, label), label), label)
        values |= own
        places |= own_places
        for key in own.keys() & {"levels", "sessions", "archive"}:
            values[key] = tuple(_located(text, user_file.parent, home) for text in own[key])
    # Of what the user has not changed, only what is asked for is ever parsed.
    registry, words = bundled.registry, bundled.words
    groups, wrong = parse_groups(values["groups"], label)
    problems += wrong
    if _is_said(values["columns"]):
        words, wrong = parse_words(values["columns"], label, words)
        problems += wrong
    if _is_said(values["indices"]):
        indices, wrong = parse_indices(values["indices"], label, registry.indices)
        problems += wrong
        try:
            registry = Registry.of(indices.values())
        except ValueError as clash:
            raise BadConfigError([*problems, Problem(places["indices"], str(clash))]) from None
    folder = Path() if user_file is None else user_file.parent
    try:
        values["to"] = _targets(values["to"], label, folder, home)
    except ValueError as error:
        problems.append(Problem(Place(label, values["to"].line), f"to: {error}"))
    values["feeds"], wrong = parse_feeds(values["feeds"], label, registry, folder, home)
    problems += wrong
    values["alerts"], wrong = parse_alerts(values["alerts"], label, registry)
    problems += wrong
    if problems:
        raise BadConfigError(problems)
    del values["indices"], values["columns"]
    values["groups"] = Groups(registry, bundled.groups, groups)
    for key in ("sessions", "archive"):
        values[key] = next(iter(values[key]), None)
    return Config(
        **values, registry=registry, words=words, exchanges=bundled.exchanges, places=places
    )


def with_choices(config: Config, **chosen: Any) -> Config:
    """Give the configuration with what was typed on the command line; None keeps the setting."""
    return replace(config, **{key: value for key, value in chosen.items() if value is not None})


class _Bundled(NamedTuple):
    """What ``config/`` says: the settings as its files have them, the rest by name."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    registry: Registry
    groups: yamltext.Entries[Group]
    words: Words
    exchanges: yamltext.Entries[Exchange]


_DEFAULTS = "config/marketmove.yaml"


@functools.cache
def _bundled() -> _Bundled:
    def text(label: str) -> str:
        return _text(root() / label, label)

    def entries(label: str, read: Callable[[str, yamltext.Value, Place], Any]) -> Any:
        return yamltext.Entries(text(label), label, read)

    values, places, problems = _settings(yamltext.parse(text(_DEFAULTS), _DEFAULTS), _DEFAULTS)
    if problems:
        raise BadConfigError(problems)
    indices: yamltext.Entries[Index] = entries("config/indices.yaml", parse_index)
    return _Bundled(
        values,
        places,
        Registry(indices, {}),
        entries("config/groups.yaml", parse_group),
        bundled_words(text("config/columns.csv")),
        entries("config/exchanges.yaml", parse_exchange),
    )


def _is_said(value: yamltext.Value) -> bool:
    return not isinstance(value, yamltext.Mapping) or bool(value.items)


def _text(path: Path, label: str) -> str:
    return yamltext.read_text(path, label, "the configuration")


def _located(text: str, folder: Path, home: Path | None) -> Path:
    if home is not None and (text == "~" or text.startswith("~/")):
        return home / text[2:]
    return folder / text


def _targets(
    value: yamltext.Value, label: str, folder: Path, home: Path | None
) -> tuple[Target, ...]:
    """The targets of ``to:``; what is wrong is named by its number, it may be a secret."""
    items = yamltext.as_list(value)
    if any(isinstance(item, yamltext.Mapping) for item in items):
        raise ValueError("expected a list of targets, such as [env:DESK_URL]")
    texts = (item.text if isinstance(item, yamltext.Scalar) else "" for item in items)
    places = (Place(label, item.line) for item in items)
    return parse_targets(zip(texts, places, strict=True), folder, home)


def _settings(
    document: yamltext.Value, label: str
) -> tuple[dict[str, Any], dict[str, Place], list[Problem]]:
    """The values of a file and the places of its keys, and what is wrong with it."""
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    if not isinstance(document, yamltext.Mapping):
        place = Place(label, document.line)
        return values, places, [Problem(place, "expected settings, as key: value")]
    for key, value in document.items.items():
        place = Place(label, document.lines[key])
        if key not in _READERS:
            name = re.sub(r"://\S*", "://…", key)
            problems.append(Problem(place, f"{name} is not a setting{did_you_mean(key, _READERS)}"))
            continue
        if _has_url(value, key):
            text = f"{key} has a URL, which may be a secret and belongs under to: or feeds: only"
            problems.append(Problem(place, text))
            continue
        try:
            values[key] = _READERS[key](value)
            places[key] = place
        except ValueError as error:
            problems.append(Problem(place, f"{key}: {error}"))
    return values, places, problems


def _has_url(value: yamltext.Value | str, key: str = "") -> bool:
    """Tell whether a URL stands somewhere in a value, but for where URLs are to stand."""
    if isinstance(value, str):
        return re.search(r"[A-Za-z][A-Za-z0-9+.-]+://", value) is not None
    if key == "to" or (key == "feeds" and not isinstance(value, yamltext.Mapping)):
        return False
    if isinstance(value, yamltext.Scalar):
        return _has_url(value.text)
    if isinstance(value, yamltext.Sequence):
        return any(map(_has_url, value.items))
    values = () if key == "feeds" else value.items.values()
    return any(map(_has_url, value.items)) or any(map(_has_url, values))


def _paths(value: yamltext.Value) -> tuple[str, ...]:
    items = yamltext.as_list(value)
    paths = tuple(v.text for v in items if isinstance(v, yamltext.Scalar) and v.text)
    if len(paths) != len(items):
        raise ValueError("expected a list of files")
    return paths


def _path(value: yamltext.Value) -> tuple[str, ...]:
    return (value.text,) if isinstance(value, yamltext.Scalar) and value.text else ()


def _name(value: yamltext.Value) -> str:
    if not isinstance(value, yamltext.Scalar):
        raise ValueError("expected an index, such as HSI")  # noqa: TRY004 - a value of the file
    return value.text.strip()


def _size_pct(value: yamltext.Value) -> float:
    expected = "a percentage of 0 or more, such as 0.5"
    return float(yamltext.matching(value, r"\d{1,300}(\.\d+)?", expected))


def _as_is(value: yamltext.Value) -> yamltext.Value:
    return value


_READERS: dict[str, Callable[[yamltext.Value], Any]] = {
    "levels": _paths,
    "sessions": _path,
    "palette": lambda value: yamltext.one_of(value, PALETTES),
    "floor_pct": _size_pct,
    "top": lambda value: int(
        yamltext.matching(value, r"[1-9]\d{0,8}", "a whole number of 1 or more")
    ),
    "sort": lambda value: yamltext.one_of(value, SORTS),
    "home": _name,
    "prefer": lambda value: yamltext.one_of(value, PREFERENCES),
    "pairs": parse_pairs,
    "indices": _as_is,
    "groups": _as_is,
    "columns": _as_is,
    "alerts": _as_is,
    "to": _as_is,
    "feeds": _as_is,
    "archive": _path,
    "fx": parse_fx,
}
