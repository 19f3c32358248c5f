"""The text of a report without HTML and Markdown, in sentences that know their line."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "nav",
        "footer",
        "header",
        "aside",
        "form",
        "button",
        "select",
        "title",
    ]
)
_BLOCKS = frozenset(
    ["p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr",
     "section", "article", "blockquote", "pre", "dd", "dt", "dl", "figure", "figcaption", "main",
     "body", "thead", "tbody", "caption"]
)  # fmt: skip
_HTML = re.compile(
    r"<(?:!doctype html|html|body|head|p|div|article|h[1-6]|br|span|table|section)\b[^>]*>",
    re.IGNORECASE,
)
_TIME_TAG = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^)\s]{0,500}\)")
_BULLET = re.compile(r"\s*(?:[-*•·▲▼◆■●]|\d{1,2}\.)\s+")
_HARD_END = re.compile(r"[.!?。！？:;：；]['\"”’)\]]*$")
_COLUMNS = re.compile(r"\S\s{3,}\S|\t|\|")
_MOST_SENTENCE, _LONG_LINE = 4_000, 60
# One character for one, so that places stay what they were.
_PLAIN_CHARACTERS = {
    **{0xFF01 + n: 0x21 + n for n in range(94) if chr(0x21 + n) not in ",:;"},
    0x3000: 0x20,
    0x00A0: 0x20,
    0x2019: 0x27,
    0x2018: 0x27,
    0x02BC: 0x27,
    0x201C: 0x22,
    0x201D: 0x22,
    0x2212: 0x2D,
    0x2010: 0x2D,
    0x2011: 0x2D,
    0x00AD: 0x20,
    0x2009: 0x202F,
    0xFE63: 0x2D,
    0x02D7: 0x2D,
}
_ABBREVIATED = re.compile(
    r"\b(?:[A-Z]|U\.S|U\.K|Inc|Co|Corp|Ltd|Plc|Bhd|Mr|Mrs|Ms|Dr|St|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|Mio|Mrd|bzw|ca|z\.B|Nr|etc|pts|pkt|approx|Jr|Sr|Gov|Gen|janv|févr|juil|Sra?"
    r"|Cía|pct|e\.g|i\.e|a\.m|p\.m|min|max|ggü|inkl|Indus)$"
)
_ENDS = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=[\s\"')\]])|(?<=[.!?][\"')\]])(?=\s)")


class Sentence(NamedTuple):
    """One sentence: where it stands, and what block it is of; ``heading`` for a headline.

    ``shown`` is the text as it was written, ``text`` the same with plain spaces and dashes.
    ``lines`` has the offsets at which lines of the file begin, from the first on.
    """

    text: str
    shown: str
    line: int
    block: int
    heading: bool
    lines: tuple[tuple[int, int], ...] = ()

    def line_at(self, offset: int) -> int:
        """Give the line of the file on which a place in the sentence stands."""
        return next((line for start, line in reversed(self.lines) if start <= offset), self.line)


class Block(NamedTuple):
    """A paragraph or a line, with the offsets at which lines begin in it."""

    shown: str
    lines: tuple[tuple[int, int], ...]
    heading: bool

    @property
    def text(self) -> str:
        """The text with plain spaces, quotation marks and dashes, as long as the one shown."""
        return _plain(self.shown)

    def line_at(self, offset: int) -> int:
        """Give the line of the file on which a place in the text stands."""
        starts = [start for start, _ in self.lines]
        return self.lines[max(0, bisect.bisect_right(starts, offset) - 1)][1]


class Document(NamedTuple):
    """The blocks of a report, and the dates that its page says it is of."""

    blocks: tuple[Block, ...]
    stated_date: str


def read_document(text: str) -> Document:
    r"""Take a report apart: HTML's markup is left out, a table's row is a line.

    Examples
    --------
    >>> document = read_document("# Close\n\nThe Dow fell.\n")
    >>> [(block.text, block.heading) for block in document.blocks]
    [('Close', True), ('The Dow fell.', False)]
    """
    stated = ""
    if _HTML.search(text[:20_000]):
        page = _Page()
        page.feed(text)
        page.close()
        page.finish()
        lines, stated = page.lines, page.stated_date
        blocks = [Block(line, ((0, number),), heading) for line, number, heading in lines]
        return Document(tuple(block for block in blocks if block.text.strip()), stated)
    return Document(tuple(_blocks(text)), stated)


def _plain(text: str) -> str:
    return text.translate(_PLAIN_CHARACTERS)


class _Page(HTMLParser):
    """Collects the text of a page by blocks, with the line on which each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[str, int, bool]] = []
        self.stated_date = ""
        self._parts: list[str] = []
        self._line = 1
        self._skipped = 0
        self._skipping = ""
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or what is no text; note a date that a tag states."""
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and "published" in (values.get("property", "") + values.get("name", "")):
            self._note(values.get("content", ""))
        if tag == "time":
            self._note(values.get("datetime", ""))
        if self._skipping:
            self._skipped += tag == self._skipping
        elif tag in _SKIPPED:
            self.finish()
            self._skipping, self._skipped = tag, 1
        elif tag in _BLOCKS:
            self.finish()
            self._heading = tag in {"h1", "h2", "h3", "h4", "h5", "h6"}
        elif tag in {"td", "th"}:
            self._parts.append("  ")

    def handle_endtag(self, tag: str) -> None:
        """End a block, or what is no text."""
        if self._skipping:
            self._skipped -= tag == self._skipping
            if not self._skipped:
                self._skipping = ""
        elif tag in _BLOCKS:
            self.finish()
            self._heading = False

    def handle_data(self, data: str) -> None:
        """Add text to the block."""
        if not self._skipping and data:
            if not self._parts and data.strip():
                lead = len(data) - len(data.lstrip())
                self._line = self.getpos()[0] + data[:lead].count("\n")
            if self._parts or data.strip():
                self._parts.append(data)

    def finish(self) -> None:
        """End the block that was begun."""
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(self._parts)).strip()
        if text:
            self.lines.append((text, self._line, self._heading))
        self._parts = []

    def _note(self, text: str) -> None:
        match = _TIME_TAG.match(text)
        if match and not self.stated_date:
            self.stated_date = match[0]


def _blocks(text: str) -> Iterator[Block]:
    """Blocks of a plain text: a line each; lines that were wrapped are joined again."""
    paragraph: list[tuple[str, int]] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        if line.strip():
            paragraph.append((line, number))
            continue
        yield from _paragraph(paragraph)
        paragraph = []
    yield from _paragraph(paragraph)


def _paragraph(lines: list[tuple[str, int]]) -> Iterator[Block]:
    wrapped = _is_wrapped([line for line, _ in lines])
    joined: list[tuple[str, int]] = []
    for line, number in lines:
        starts_new = _HEADING.match(line) or _BULLET.match(line)
        if joined and not starts_new and (wrapped or _continues(joined[-1][0], line)):
            joined.append((line, number))
            continue
        if joined:
            yield _block(joined)
        joined = [(line, number)]
    if joined:
        yield _block(joined)


def _continues(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the line before."""
    first = line.lstrip()[:1]
    if not first or _HARD_END.search(before.rstrip()):
        return False
    return first.islower() or (first.isdigit() and len(before) >= _LONG_LINE)


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the lines of a paragraph were broken at a width."""
    if len(lines) < 3 or sum(bool(_COLUMNS.search(line)) for line in lines) * 2 > len(lines):
        return False
    widths = [len(line) for line in lines[:-1]]
    most = max(widths)
    ends = sum(bool(_HARD_END.search(line.rstrip())) for line in lines[:-1])
    return 40 <= most <= 120 and min(widths) >= 0.7 * most and ends * 3 <= len(widths) + 1


def _block(lines: list[tuple[str, int]]) -> Block:
    heading = bool(_HEADING.match(lines[0][0]))
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for line, number in lines:
        bare = _HEADING.sub("", line).strip()
        bare = _LINK.sub(r"\1", bare).replace("**", "").replace("__", "").replace("`", "")
        bare = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", bare)
        starts.append((length, number))
        parts.append(bare)
        length += len(bare) + 1
    return Block(" ".join(parts), tuple(starts), heading)


def sentences(document: Document) -> Iterator[Sentence]:
    """Give the sentences of a document, in order."""
    for number, block in enumerate(document.blocks):
        for start, text in _split(block.text):
            shown = block.shown[start : start + len(text)]
            lines = tuple((at - start, line) for at, line in block.lines if at > start)
            yield Sentence(text, shown, block.line_at(start), number, block.heading, lines)


def _split(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _ENDS.finditer(text):
        end = match.start()
        if end <= start or not _is_end(text, start, end):
            continue
        yield from _piece(text, start, end)
        start = end
    yield from _piece(text, start, len(text))


def _is_end(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends here, and not an abbreviation or a number."""
    if text[end - 1] in "。！？!?":
        return True
    head = text[max(start, end - 24) : end].rstrip("\"')]")
    if head.endswith(".") and _ABBREVIATED.search(head[:-1]):
        rest = text[end:].lstrip("\"')] ")
        # U.S. and Sept. end a sentence seldom; p.m. and Co. do before a capital letter.
        return (
            bool(re.search(r"(?:[ap]\.m|Co|Inc|Corp|pts|pct|Bhd|etc)\.$", head))
            and rest[:1].isupper()
        )
    rest = text[end:].lstrip()
    return not rest or not rest[0].islower()


def _piece(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    for at in range(0, len(piece), _MOST_SENTENCE):
        if piece:
            yield start + lead + at, piece[at : at + _MOST_SENTENCE]
