"""From the bytes of a report to its text, and what is refused because it is none."""

from __future__ import annotations

import re

from marketmove.errors import MarketMoveError, Place, UnreadableFileError
from marketmove.market.indices import Registry
from marketmove.published.prose.grammar import first_key, language, language_codes, names_of
from marketmove.sources import Context, Source
from marketmove.sources.encodings import decode

# A report has some thousand characters, and a page around it a hundred times as many.
_MOST_BYTES = 4 << 20
_NO_TEXTS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "rich text",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_SNIFFED = 4_000


def text_of_report(
    source: Source, registry: Registry, context: Context, encoding: str | None = None
) -> str:
    """Decode the text of a report.

    What the page says of its encoding counts, if it is true; else the encoding under which the
    most words are those of reports.

    Raises
    ------
    UnreadableFileError
        If it is no text, or larger than a report can be; the message says what to do.
    UnrecognisedFileError
        If two encodings fit with different meaning.
    """
    data = source.data
    if source.large is not None or len(data) > _MOST_BYTES:
        most = f"larger than {_MOST_BYTES >> 20} MB, which no market report is"
        raise _refused(source, f"{most}; save the report's text alone")
    for magic, what in _NO_TEXTS.items():
        if data.startswith(magic):
            raise _refused(source, f"{what}; save the text of the report as plain text or HTML")
    if _is_binary(data):
        raise _refused(source, "a binary file; save the text of the report")
    said = _CHARSET.search(data[:_SNIFFED])
    if encoding is None and said is not None and (text := _as_said(data, said[1].decode())):
        return text
    return decode(data, source.label, context, encoding, lambda text: _words(text, registry))[0]


def _is_binary(data: bytes) -> bool:
    """Whether there are zeros, and not those of UTF-16."""
    head = data[:_SNIFFED]
    if b"\0" not in head or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\0" not in (data[:1], data[1:2])


def _refused(source: Source, text: str) -> MarketMoveError:
    return UnreadableFileError.at(Place(source.label), text)


def _as_said(data: bytes, encoding: str) -> str:
    try:
        return data.decode("gb18030" if encoding.lower() in {"gb2312", "gbk"} else encoding)
    except (LookupError, UnicodeDecodeError):
        return ""


def _words(text: str, registry: Registry) -> int:
    """How many words beyond ASCII are those of reports: names, verbs, units."""
    sample = text[:_SNIFFED].lower()
    lexicons = [names_of(registry).lexicon, *(language(code).lexicon for code in language_codes())]
    found = 0
    for match in re.finditer(r"[^\x00-\x7f]+|\w*[^\x00-\x7f]\w*", sample):
        at = match.start()
        for start in range(at, match.end()):
            key = first_key(sample[start : start + 40])
            for lexicon in lexicons:
                for entry in lexicon.get(key, ()):
                    if (
                        len(entry.text) > 1
                        and not entry.text.isascii()
                        and sample.startswith(entry.text.lower(), start)
                    ):
                        found += 1
                        break
    return found
