"""A message as each chat service wants it: its own markup, in pieces within its limit.

Tables stand in a block of fixed width in each piece, and are split between rows. What was data is
never markup: it makes nothing bold, links nowhere and calls nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Literal, NamedTuple

from marketmove.delivery.targets import Block, Message

# Of no width, and no letter: what it stands in is no markup, no link and no name any more.
_NOTHING = "\u200b"
# The beginnings of names that are called, of links, of what Slack and Discord have in angle
# brackets, and of emoji by name.
_CALLS = re.compile(
    r"@(?=\w)|:(?=//)|\bwww(?=\.)|<(?=[!@#:/A-Za-z])|:(?=[A-Za-z_+-][\w+-]*:)", re.IGNORECASE
)
_SPECIAL = re.compile(
    r"[\\`*\[\]~|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#?\w+;)"
    r"|^[#+>-](?=[\s>#])|^\d+(?=[.)]\s)",
    re.MULTILINE,
)
_MARKS = re.compile(r"(?<![A-Za-z0-9])[*_~`]|[*_~`](?![A-Za-z0-9])")
# For how much more the number of a piece stands behind the title.
_NUMBERED = " (99 of 99)"
_BREAK = re.compile(r" +")


class Dialect(NamedTuple):
    """How a service writes: as which format apprise is told it is, and the marks of its own.

    ``inert`` keeps a text from being markup, ``bold`` sets such a text in bold, and ``fence``
    writes the rows of a table. ``between`` stands between two parts. ``most`` is a limit that
    holds beside that of apprise, by ``size``.
    """

    body_format: Literal["text", "markdown", "html"]
    inert: Callable[[str], str]
    bold: Callable[[str], str]
    fence: Callable[[str], str]
    paragraph: Callable[[str], str] = str
    size: Callable[[str], int] = len
    most: int | None = None
    # Whether the service is told of the format by what the plug-in is set to.
    sets_format: bool = True


class Limits(NamedTuple):
    """What a service takes: so much of a body, and of a title; no title of its own if that is 0."""

    body: int
    title: int


class Piece(NamedTuple):
    """One message of a service."""

    title: str
    body: str


def _uncalled(text: str) -> str:
    """Keep a text from calling somebody or leading somewhere.

    >>> _uncalled("@everyone <!channel> https://example.com").replace(_NOTHING, "|")
    '@|everyone <|!channel> https:|//example.com'
    """
    return _CALLS.sub(lambda found: found[0] + _NOTHING, text)


def _escaped(text: str) -> str:
    r"""Keep a text from being Markdown.

    >>> print(_escaped("S&P 500, MY_INDEX*[x]"))
    S&P 500, MY_INDEX\*\[x\]
    """

    def inert(found: re.Match[str]) -> str:
        # A number at the beginning of a line would make a list with what is behind it.
        return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"

    return _SPECIAL.sub(inert, _uncalled(text))


def _unmarked(text: str) -> str:
    """Keep a text from being marked where no sign takes that away, as in Slack."""
    return _MARKS.sub(f"{_NOTHING}\\g<0>{_NOTHING}", _uncalled(text))


def _entities(text: str) -> str:
    return escape(text, quote=False)


def _fenced(rows: str) -> str:
    inner = re.sub("`(?=`)", "`" + _NOTHING, _uncalled(rows))
    return f"```\n{inner}\n```"


def _bytes(text: str) -> int:
    return len(text.encode())


def _json_bytes(text: str) -> int:
    """The size of a text in JSON that is ASCII, as apprise sends it to ntfy."""
    return max(_bytes(text), len(json.dumps(text)) // 2)


_MARKDOWN = Dialect("markdown", _escaped, "**{}**".format, _fenced)
# By the plug-ins of apprise; what is not here gets plain text.
DIALECTS = {
    "NotifyDiscord": _MARKDOWN._replace(body_format="text", sets_format=False),
    "NotifyGuilded": _MARKDOWN._replace(body_format="text", sets_format=False),
    "NotifyMattermost": _MARKDOWN,
    "NotifyNtfy": _MARKDOWN._replace(size=_json_bytes, most=3_800),
    "NotifyGotify": _MARKDOWN,
    "NotifyZulip": _MARKDOWN,
    "NotifyWebexTeams": _MARKDOWN._replace(size=_bytes),
    "NotifyRocketChat": _MARKDOWN._replace(bold="*{}*".format),
    "NotifyGoogleChat": Dialect("markdown", _unmarked, "*{}*".format, _fenced, size=_bytes),
    "NotifySlack": Dialect(
        "markdown",
        lambda text: _entities(_unmarked(text)),
        "*{}*".format,
        lambda rows: _entities(_fenced(rows)),
    ),
    "NotifyTelegram": Dialect(
        "html",
        lambda text: _entities(_uncalled(text)),
        "<b>{}</b>".format,
        lambda rows: f"<pre>{_entities(_uncalled(rows))}</pre>",
    ),
    # An event has the message as HTML and as text, and a bound of 65,536 bytes.
    "NotifyMatrix": Dialect(
        "html",
        lambda text: _entities(_uncalled(text)),
        "<b>{}</b>".format,
        lambda rows: f"<pre><code>{_entities(_uncalled(rows))}\n</code></pre>",
        "<p>{}</p>".format,
        _bytes,
        16_000,
    ),
}
PLAIN = Dialect("text", _uncalled, str, _uncalled, sets_format=False)


def pieces(message: Message, dialect: Dialect, limits: Limits) -> list[Piece]:
    """Write a message in as many pieces as a service takes; none of them is empty.

    Rows, words and figures stay whole, as long as one of them has room in a piece.
    """
    title = message.title
    beside = len(title) + len(_NUMBERED) <= limits.title
    most = min(limits.body, dialect.most or limits.body)
    head = "" if beside else _head(title + _NUMBERED, dialect)
    if head and dialect.size(head) * 2 > most:
        # A service of a few words: its title is said once, in the text.
        message = message._replace(blocks=(Block("text", (title,)), *message.blocks))
        head, title, beside = "", "", True
    bodies = list(_bodies(message.blocks, dialect, most - dialect.size(head)))
    found = []
    for number, body in enumerate(bodies, start=1):
        numbered = f"{title} ({number} of {len(bodies)})" if title and len(bodies) > 1 else title
        found.append(Piece(numbered, body) if beside else Piece("", _head(numbered, dialect) + body))
    return found


def _head(title: str, dialect: Dialect) -> str:
    return f"{dialect.paragraph(dialect.bold(dialect.inert(title)))}\n"


class _Part(NamedTuple):
    """A part that is written whole: a text, or rows of a table below its heads."""

    written: str
    rows: tuple[str, ...] = ()


def _bodies(blocks: Sequence[Block], dialect: Dialect, most: int) -> Iterator[str]:
    parts: list[str] = []
    heading = ""
    for block in blocks:
        if block.kind == "head":
            # It goes where its first sentence goes.
            heading = _text(block.kind, block.rows[0], dialect)
            continue
        if block.kind == "table":
            *full, last = _tables(block.rows, dialect, most, _joined([*parts, ""], dialect))
            for table in full:
                yield _joined([*parts, *table], dialect)
                parts = []
            parts += last
            continue
        for text in _texts(block, dialect, most - dialect.size(heading) - 2):
            whole = [heading, text] if heading else [text]
            if parts and dialect.size(_joined([*parts, *whole], dialect)) > most:
                yield _joined(parts, dialect)
                parts = []
            parts += whole
            heading = ""
    if any(parts):
        yield _joined(parts, dialect)


def _joined(parts: Sequence[str], dialect: Dialect) -> str:
    return "\n".join(parts)


def _text(kind: str, text: str, dialect: Dialect) -> str:
    inert = dialect.inert(text)
    if kind in {"lead", "head"}:
        inert = dialect.bold(inert)
    mark = "• " if kind == "item" else ""
    return dialect.paragraph(mark + inert)


def _texts(block: Block, dialect: Dialect, most: int) -> Iterator[str]:
    """The sentences of a block; one that is too long is split between words."""
    for row in block.rows:
        rest = row
        while rest:
            part = _beginning(rest, lambda text: dialect.size(_text(block.kind, text, dialect)) <= most)
            yield _text(block.kind, part, dialect)
            rest = rest[len(part) :].lstrip(" ")


def _beginning(text: str, fits: Callable[[str], bool]) -> str:
    """As many words of a text as fit; at least one sign of it, whatever fits."""
    if fits(text):
        return text
    ends = [found.start() for found in _BREAK.finditer(text) if found.start()]
    whole = [end for end in ends if fits(text[:end])]
    if whole:
        return text[: whole[-1]]
    letters = [end for end in range(1, len(text)) if fits(text[:end])]
    return text[: letters[-1] if letters else 1]


def _tables(
    rows: Sequence[str], dialect: Dialect, most: int, before: str
) -> Iterator[list[str]]:
    """A table in parts, of which the first stands after what is there; each has the heads."""
    heads, *rest = rows

    def fits(lines: Sequence[str], after: str = "") -> bool:
        return dialect.size(after) + dialect.size(dialect.fence("\n".join(lines))) <= most

    above = [heads] if fits([heads, max(rest, key=len, default="")]) else []
    if not above:
        rest = list(rows)
    lines: list[str] = []
    for row in rest:
        if lines and not fits([*above, *lines, row], before):
            yield [dialect.fence("\n".join([*above, *lines]))]
            lines, before = [], ""
        elif not lines and before.strip() and not fits([*above, row], before):
            yield []
            before = ""
        while not fits([*above, *lines, row]):
            part = _beginning(row, lambda text: fits([text]))
            yield [dialect.fence(part)]
            row = row[len(part) :].lstrip(" \n")
        lines += [row] if row else []
    yield [dialect.fence("\n".join([*above, *lines]))] if lines else []
