"""The feeds of a configuration: where the closes of each index come from, first choice first."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from marketmove import yamltext
from marketmove.errors import Place, Problem, WrongUsageError
from marketmove.feeds import templates
from marketmove.feeds.providers import provided, providers
from marketmove.market.indices import Registry, did_you_mean
from marketmove.secret import Secret, parse_secret
from marketmove.sources.block import ReadOptions, read_options

KEYS = (
    *("url", "command", "plugin", "name", "symbol", "key", "headers", "next"),
    *("date_format", "decimal", "encoding"),
)
_WAYS = ("url", "command", "plugin")
_PLUGIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# What a file may be called everywhere.
_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9^._=+-]{0,63}")
_FORM = "expected a URL, the name of a provider or plug-in, or {url: …} or {command: […]}"


class Feed(NamedTuple):
    """One source of the closes of an index.

    ``name`` is what people see: that of the plug-in or the program, or the host of the URL.
    ``url``, ``next_url``, ``command`` and the values of ``headers`` are templates; ``symbol`` is
    what the provider calls the index, where that is not a name that the registry knows.
    """

    name: str
    way: Literal["url", "command", "plugin"]
    url: str = ""
    next_url: str = ""
    command: tuple[str, ...] = ()
    plugin: str = ""
    symbol: str = ""
    key: Secret | None = None
    headers: tuple[tuple[str, str], ...] = ()
    reading: ReadOptions = ReadOptions()
    place: Place | None = None

    @property
    def templates(self) -> tuple[str, ...]:
        """Everything of it that may have placeholders."""
        return (self.url, self.next_url, *self.command, *(value for _, value in self.headers))

    @property
    def by_session(self) -> bool:
        """Whether each session is a request of its own."""
        return self._has("session")

    @property
    def is_ranged(self) -> bool:
        """Whether it is asked for the closes from a date on."""
        return self.way == "plugin" or self._has("from")

    def _has(self, name: str) -> bool:
        return any(p.name == name for text in self.templates for p in templates.placeholders(text))


Feeds = Mapping[str, tuple[Feed, ...]]


def parse_feeds(
    value: yamltext.Value, label: str, registry: Registry, folder: Path, home: Path | None
) -> tuple[dict[str, tuple[Feed, ...]], list[Problem]]:
    """Read feeds by index: one feed, or a list of them that is tried in order.

    Returns
    -------
    tuple
        The feeds by symbol, and every problem found. No message has a URL, which may have a key.
    """
    feeds: dict[str, tuple[Feed, ...]] = {}
    problems: list[Problem] = []
    if isinstance(value, yamltext.Scalar) and value.empty:
        return {}, []
    if not isinstance(value, yamltext.Mapping):
        place = Place(label, value.line)
        return {}, [Problem(place, "feeds: expected feeds by index, such as {N225: https://…}")]
    for text, entry in value.items.items():
        place = Place(label, value.lines[text])
        try:
            symbol = _symbol(text, registry)
            if symbol in feeds:
                raise ValueError(f"{symbol} has feeds already; make one list of them")
            given = yamltext.as_list(entry)
            feeds[symbol] = _numbered([_feed(one, symbol, label, folder, home) for one in given])
            if not feeds[symbol]:
                raise ValueError("an empty list")
        except ValueError as error:
            problems.append(Problem(place, f"feeds: {text}: {error}"))
    return feeds, problems


def _symbol(text: str, registry: Registry) -> str:
    index = registry.find(text)
    if index is None:
        near = registry.nearest(text)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(
            f"unknown index{hint} An index of your own stands under indices:, with its exchange,"
            " whose sessions tell what is a close"
        )
    if not _SYMBOL.fullmatch(index.symbol):
        raise ValueError(f"{index.symbol} cannot be the name of a file, as in the archive")
    return index.symbol


def _numbered(feeds: list[Feed]) -> tuple[Feed, ...]:
    """Number those that would have the same name."""
    names: dict[str, int] = {}
    numbered = []
    for feed in feeds:
        names[feed.name] = nth = names.get(feed.name, 0) + 1
        numbered.append(feed if nth == 1 else feed._replace(name=f"{feed.name}-{nth}"))
    return tuple(numbered)


def named_feed(name: str, symbol: str) -> Feed:
    """Give the feed of an index that a name alone says: a provider's, else a plug-in.

    Raises
    ------
    ValueError
        If the provider has none of this index.
    """
    if name not in providers():
        return Feed(name, "plugin", plugin=name)
    feed = _from_keys(provided(name, symbol), Path(), None)
    return _checked(feed._replace(name=name))


def is_plugin_name(text: str) -> bool:
    """Tell whether a text may name a plug-in."""
    return bool(_PLUGIN.fullmatch(text))


def _feed(value: yamltext.Value, symbol: str, label: str, folder: Path, home: Path | None) -> Feed:
    place = Place(label, value.line)
    if isinstance(value, yamltext.Scalar):
        if is_plugin_name(value.text):
            return named_feed(value.text, symbol)._replace(place=place)
        if "://" not in value.text:
            raise ValueError(_FORM)
        return _checked(Feed("", "url", url=value.text, place=place))
    if not isinstance(value, yamltext.Mapping):
        raise ValueError(_FORM)  # noqa: TRY004 - what is wrong is the text of a file
    for key in value.items:
        if key not in KEYS:
            raise ValueError(f"{key} is not a key here{did_you_mean(key, KEYS)}")
    ways = [way for way in _WAYS if way in value.items]
    if len(ways) != 1:
        raise ValueError(f"expected one of url:, command: and plugin:, found {len(ways)}")
    return _checked(_from_keys(value.items, folder, home)._replace(place=place))


def _from_keys(items: Mapping[str, yamltext.Value], folder: Path, home: Path | None) -> Feed:
    def text(key: str) -> str:
        if key not in items:
            return ""
        try:
            return yamltext.text_of(items[key])
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None

    command = _command(items["command"], home) if "command" in items else ()
    key: Secret | None = None
    if "key" in items:
        key = parse_secret(text("key"), folder, home)
        if key is None:
            raise ValueError("key: expected where the key is, env:NAME or file:PATH, not the key")
    headers = items.get("headers", yamltext.Mapping({}, {}, 0))
    if not isinstance(headers, yamltext.Mapping):
        raise ValueError("headers: expected headers by name, such as {Referer: https://…}")  # noqa: TRY004
    decimal, date_format, encoding = (
        text(name) or None for name in ("decimal", "date_format", "encoding")
    )
    try:
        reading = read_options(None, decimal, date_format, encoding)
    except WrongUsageError as error:
        said = str(error).removeprefix("--").replace("date-format", "date_format")
        raise ValueError(said) from None
    return Feed(
        name=text("name"),
        way="url" if "url" in items else "command" if "command" in items else "plugin",
        url=text("url"),
        next_url=text("next"),
        command=command,
        plugin=text("plugin"),
        symbol=text("symbol"),
        key=key,
        headers=tuple((name, yamltext.text_of(value)) for name, value in headers.items.items()),
        reading=reading,
    )


def _command(value: yamltext.Value, home: Path | None) -> tuple[str, ...]:
    words = yamltext.as_list(value)
    command = tuple(word.text for word in words if isinstance(word, yamltext.Scalar))
    if len(command) != len(words) or not command or not command[0]:
        raise ValueError("command: expected a list of words, such as [/usr/local/bin/closes]")
    if home is not None and command[0].startswith("~/"):
        return (str(home / command[0][2:]), *command[1:])
    return command


def _checked(feed: Feed) -> Feed:
    _CHECKS[feed.way](feed)
    for name, value in feed.headers:
        if not _HEADER.fullmatch(name) or not value.isprintable():
            raise ValueError(f"headers: {name} is not a header that can be sent")
        _check_template("headers", value, templates.REQUEST)
    uses_key = feed.way == "plugin" or any("{key}" in text for text in feed.templates)
    if feed.key is None and any("{key}" in text for text in feed.templates):
        raise ValueError("{key} without key:; say where the key is, such as key: env:NAME")
    if feed.key is not None and not uses_key:
        raise ValueError("key: is used nowhere; write {key} where it goes")
    if feed.by_session and feed.next_url:
        raise ValueError("next: goes on from a page to the next, {session} from a date to the next")
    name = feed.name or _usual_name(feed)
    if not _NAME.fullmatch(name):
        raise ValueError("name: expected letters, digits, points and dashes")
    return feed._replace(name=name)


def _usual_name(feed: Feed) -> str:
    if feed.way == "url":
        return (urlsplit(feed.url).hostname or "").removeprefix("www.")
    return feed.plugin or Path(feed.command[0]).stem


def _check_url(feed: Feed) -> None:
    _check_template("url", feed.url, templates.REQUEST)
    _check_address("url", feed.url)
    if feed.next_url:
        _check_template("next", feed.next_url, (*templates.REQUEST, *templates.PAGE))
        _check_address("next", feed.next_url)
        if urlsplit(feed.next_url).netloc != urlsplit(feed.url).netloc:
            raise ValueError("next: is at another host than url:")


def _check_address(key: str, template: str) -> None:
    try:
        parts = urlsplit(template)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{key}: not a URL that is complete") from None
    if parts.scheme not in {"https", "http"} or not host or "{" in parts.netloc:
        raise ValueError(f"{key}: expected a URL that begins with https:// and a host")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"{key}: http:// can be read and changed on its way; use https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{key}: a login in the URL; use headers: and key:")
    if not template.isprintable() or " " in template:
        raise ValueError(f"{key}: a space or a sign that a URL cannot have")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself, by its name alone.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("127.0.0.1.example.org")
    (True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_command(feed: Feed) -> None:
    for word in feed.command:
        _check_template("command", word, templates.REQUEST)
    if feed.next_url or feed.headers:
        raise ValueError("next: and headers: go with url:")


def _check_plugin(feed: Feed) -> None:
    if not is_plugin_name(feed.plugin):
        raise ValueError("plugin: expected the name of one, such as yahoo")
    if feed.next_url or feed.headers or feed.key:
        raise ValueError("next:, headers: and key: go with url:")


def _check_template(key: str, template: str, known: tuple[str, ...]) -> None:
    try:
        templates.check(template, known)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


_CHECKS: Mapping[str, Callable[[Feed], None]] = {
    "url": _check_url,
    "command": _check_command,
    "plugin": _check_plugin,
}
