"""A message as each chat service wants it: its own markup, in pieces within its limit.

Tables stand in a block of fixed width in each piece, and are split between rows. What was data is
never markup: it makes nothing bold, links nowhere and calls nobody.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Literal, NamedTuple

from marketmove.delivery.targets import Block, BlockKind, Message

# Of no width, and no letter: what it stands in is no markup, no link and no name any more.
_NOTHING = "\u200b"
# The beginnings of names that are called, of links, of what Slack and Discord have in angle
# brackets, and of emoji by name.
_CALLS = re.compile(
    r"@(?=[\w*_])|:(?=//)|(?<=mailto):|<(?=[!@#:/A-Za-z])|:(?=[A-Za-z_+-][\w+-]*:)"
    r"|\bwww(?=\.)|(?<=\w)\.(?=(?:com|net|org|info|app|dev|xyz|link|[a-z]{2})\b)",
    re.IGNORECASE,
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

    ``inert`` keeps a text from being markup, ``bold`` sets such a text in bold, ``fence`` writes
    the rows of a table, ``paragraph`` what stands by itself, and ``item`` is the mark of a list.
    ``most`` is a limit that holds beside that of apprise, by ``size``.
    """

    body_format: Literal["text", "markdown", "html"]
    inert: Callable[[str], str]
    bold: Callable[[str], str]
    fence: Callable[[str], str]
    paragraph: Callable[[str], str] = str
    item: str = "• "
    size: Callable[[str], int] = len
    most: int | None = None


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
    '@|everyone <|!channel> https:|//example.|com'
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


def _inert_html(text: str) -> str:
    return _entities(_uncalled(text))


def _fenced(rows: str) -> str:
    inner = re.sub("`(?=`)", "`" + _NOTHING, _uncalled(rows))
    return f"```\n{inner}\n```"


def _bytes(text: str) -> int:
    return len(text.encode())


def _units(text: str) -> int:
    """The size of a text by UTF-16, in which some services count."""
    return len(text.encode("utf-16-le")) // 2


def _json_bytes(text: str) -> int:
    """The size of a text in JSON that is ASCII, as apprise sends it to ntfy."""
    return max(_bytes(text), len(json.dumps(text)) // 2)


_MARKDOWN = Dialect("markdown", _escaped, "**{}**".format, _fenced, item="- ")
_ONE_STAR = Dialect("markdown", _unmarked, "*{}*".format, _fenced)
_HTML = Dialect(
    "html",
    _inert_html,
    "<b>{}</b>".format,
    lambda rows: f"<pre>{_inert_html(rows)}</pre>",
    "<p>{}</p>".format,
)
# By the plug-ins of apprise; what is not here gets plain text.
DIALECTS = {
    "NotifyDiscord": _MARKDOWN._replace(size=_units),
    "NotifyGuilded": _MARKDOWN._replace(size=_units),
    "NotifyMattermost": _MARKDOWN,
    # What is longer arrives as a file.
    "NotifyNtfy": _MARKDOWN._replace(size=_json_bytes, most=3_800),
    "NotifyGotify": _MARKDOWN,
    "NotifyZulip": _MARKDOWN,
    "NotifyWebexTeams": _MARKDOWN._replace(size=_bytes),
    "NotifyRocketChat": _ONE_STAR,
    "NotifyGoogleChat": _ONE_STAR._replace(size=_bytes),
    "NotifySlack": _ONE_STAR._replace(
        inert=lambda text: _entities(_unmarked(text)), fence=lambda rows: _entities(_fenced(rows))
    ),
    "NotifyTelegram": _HTML._replace(paragraph=str, size=_units),
    # An event has the message as HTML and as text, and a bound of 65,536 bytes.
    "NotifyMatrix": _HTML._replace(
        fence=lambda rows: f"<pre><code>{_inert_html(rows)}\n</code></pre>",
        size=_bytes,
        most=16_000,
    ),
}
BRIDGE = _MARKDOWN
PLAIN = Dialect("text", _uncalled, str, _uncalled)


def pieces(message: Message, dialect: Dialect, limits: Limits) -> list[Piece]:
    """Write a message in as many pieces as a service takes; none of them is empty.

    Rows, words and figures stay whole, as long as one of them has room in a piece.
    """
    title = message.title
    # A message that was kept by an earlier version has no blocks.
    blocks = message.blocks or (Block("code", tuple(message.text.splitlines())),)
    beside = len(title) + len(_NUMBERED) <= limits.title
    most = min(limits.body, dialect.most or limits.body)
    head = "" if beside else _head(title + _NUMBERED, dialect)
    if head and dialect.size(head) * 2 > most:
        # A service of a few words: its title is said once, in the text.
        blocks = (Block("text", (title,)), *blocks)
        head, title, beside = "", "", True
    bodies = _Filling(dialect, most - dialect.size(head)).bodies(blocks)
    found = []
    for number, body in enumerate(bodies, start=1):
        numbered = f"{title} ({number} of {len(bodies)})" if title and len(bodies) > 1 else title
        found.append(
            Piece(numbered, body) if beside else Piece("", _head(numbered, dialect) + body)
        )
    return found


def _head(title: str, dialect: Dialect) -> str:
    return f"{dialect.paragraph(dialect.bold(dialect.inert(title)))}\n\n"


class _Part(NamedTuple):
    """A part of a piece as it is written."""

    kind: BlockKind
    written: str


_Parts = list[_Part]


class _Filling(NamedTuple):
    """How pieces are filled: as a service writes, and up to which size."""

    dialect: Dialect
    most: int

    def bodies(self, blocks: Sequence[Block]) -> list[str]:
        """Write blocks in bodies, each as full as it may be."""
        full: list[_Parts] = []
        last: _Parts = []
        heading: _Parts = []
        for block in blocks:
            if block.kind == "head":
                # It goes where its first sentence goes.
                heading = [self._text(block.kind, " ".join(block.rows))]
                continue
            fill = self._with_rows if block.kind in {"table", "code"} else self._with_texts
            done, last = fill(block, last, heading)
            full += done
            heading = []
        return [_joined(parts) for parts in (*full, last) if parts]

    def _fits(self, parts: Sequence[_Part]) -> bool:
        return self.dialect.size(_joined(parts)) <= self.most

    def _text(self, kind: BlockKind, text: str) -> _Part:
        inert = self.dialect.inert(text)
        if kind in {"lead", "head"}:
            inert = self.dialect.bold(inert)
        mark = self.dialect.item if kind == "item" else ""
        return _Part(kind, self.dialect.paragraph(mark + inert))

    def _with_texts(
        self, block: Block, parts: _Parts, heading: _Parts
    ) -> tuple[list[_Parts], _Parts]:
        """Add sentences to what is there; one that is too long is split between words.

        Give the parts of the pieces that are full, and of the one that is not.
        """
        full = []
        for row in block.rows:
            rest = row
            while rest:
                if parts and not self._fits([*parts, *heading, self._text(block.kind, rest)]):
                    full.append(parts)
                    parts = []
                taken = self._beginning(block.kind, rest, [*parts, *heading])
                parts = [*parts, *heading, self._text(block.kind, taken)]
                heading = []
                rest = rest[len(taken) :].lstrip(" ")
        return full, parts

    def _beginning(self, kind: BlockKind, text: str, before: _Parts) -> str:
        return _beginning(text, lambda some: self._fits([*before, self._text(kind, some)]))

    def _rows(self, rows: Sequence[str]) -> _Part:
        return _Part("table", self.dialect.fence("\n".join(rows)))

    def _with_rows(
        self, block: Block, parts: _Parts, heading: _Parts
    ) -> tuple[list[_Parts], _Parts]:
        """Add rows to what is there, under their heads in each piece."""
        full: list[_Parts] = []
        parts = [*parts, *heading]
        heads = block.rows[:1] if block.kind == "table" else ()
        rows = [*block.rows[len(heads) :]]
        if not all(self._fits([self._rows([*heads, row])]) for row in rows):
            heads, rows = (), [*block.rows]
        while rows:
            number = self._room([*heads], rows, parts)
            if number:
                parts = [*parts, self._rows([*heads, *rows[:number]])]
                rows = rows[number:]
            elif not parts:
                # A row that no piece has room for.
                taken = _beginning(rows[0], lambda some: self._fits([self._rows([some])]))
                parts = [self._rows([taken])]
                rest = rows[0][len(taken) :].lstrip(" \n")
                rows = [rest, *rows[1:]] if rest else rows[1:]
            if rows:
                full.append(parts)
                parts = []
        return full, parts

    def _room(self, heads: Sequence[str], rows: Sequence[str], parts: _Parts) -> int:
        """For how many rows a piece has room behind its parts."""
        return bisect.bisect_left(
            range(1, len(rows) + 1),
            True,
            key=lambda number: not self._fits([*parts, self._rows([*heads, *rows[:number]])]),
        )


def _joined(parts: Sequence[_Part]) -> str:
    text = ""
    for part in parts:
        between = "\n" if part.kind == "item" else "\n\n"
        text += (between if text else "") + part.written
    return text


def _beginning(text: str, fits: Callable[[str], bool]) -> str:
    """As many words of a text as fit; at least one sign of it, whatever fits."""
    if fits(text):
        return text
    ends = [found.start() for found in _BREAK.finditer(text) if found.start()]
    for places in (ends, range(1, len(text))):
        number = bisect.bisect_left(places, True, key=lambda end: not fits(text[:end]))
        if number:
            return text[: places[number - 1]]
    return text[:1]
