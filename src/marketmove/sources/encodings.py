"""From bytes to text: UTF-8 where it fits, else what makes known words of the cells."""

from __future__ import annotations

import re
from collections.abc import Callable

from marketmove.errors import Place, UnreadableFileError, UnrecognisedFileError
from marketmove.sources import date_texts
from marketmove.sources.block import Context
from marketmove.sources.opening import binary

# Tried where UTF-8 fails, in this order of preference among those that give the same text.
CANDIDATES = (
    "cp1252", "cp932", "gb18030", "cp950", "cp949",
    "cp1250", "cp1251", "cp1253", "cp1254", "cp874", "cp1255", "cp1256", "cp1257", "cp1258",
)  # fmt: skip
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
# The mark of UTF-8 that was taken for three letters once, and then encoded.
_TWICE_ENCODED_MARK = "ï»¿"
_HEAD_LINES = 12
_SNIFFED = 4096
_CELLS = re.compile(r"[,;\t|]")
_WORD = re.compile(r"[^\s\x00-\x40\x5b-\x60\x7b-\x7f]+")
# Évolução, São: a letter with an accent or two, and plain ones beside them.
_ACCENTED = re.compile(r"(?=.*[A-Za-z])(?:[A-Za-z]|[À-ÖØ-öø-ÿŒœŠšŽžŸ]{1,2}(?![À-ÿŒœŠšŽžŸ]))+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# How many characters have to fit for each that does not.
_MOSTLY = 2
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x9f]")


def decode(
    data: bytes,
    label: str,
    context: Context,
    encoding: str | None = None,
    known_words: Callable[[str], int] | None = None,
) -> tuple[str, str]:
    """Turn the bytes of a table into text.

    A byte order mark decides, then UTF-8 if it fits. Else the encoding is taken under which the
    first lines have the most known words: headers, and names of indices; or what ``known_words``
    counts, for other texts. Two that do equally well and give different texts are refused.

    With the text comes the name of the encoding.
    """
    if encoding is not None:
        return _said(data, label, encoding), encoding
    mark = next((name for start, name in _MARKS.items() if data.startswith(start)), None)
    if mark is not None or (mark := _wide_characters(data)):
        return _said(data, label, mark), mark
    if b"\0" in data[:_SNIFFED]:
        raise binary(label)
    try:
        return data.decode("utf-8").removeprefix(_TWICE_ENCODED_MARK), "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > len(data) - 4:
            raise UnreadableFileError.at(Place(label), "ends within a character") from None
        _refuse_damaged(data, label, error)
    return _best(data, label, known_words or (lambda text: _known_words(text, context)))


def _refuse_damaged(data: bytes, label: str, error: UnicodeDecodeError) -> None:
    """Refuse what is UTF-8 but for few bytes: it is no other encoding, but damaged."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(_BEYOND_ASCII.findall(text)) - bad
    if good > _MOSTLY * bad:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02X} is not UTF-8 text, which the rest of the file is"
        raise UnreadableFileError.at(Place(label, line), found) from None


def _said(data: bytes, label: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, UnicodeError):
        raise UnreadableFileError.at(Place(label), f"not text in {encoding}") from None


def _wide_characters(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    sample = data[:_SNIFFED]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.6 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _best(data: bytes, label: str, known_words: Callable[[str], int]) -> tuple[str, str]:
    fitting: dict[str, str] = {}
    for encoding in CANDIDATES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text[:_SNIFFED]):
            fitting[encoding] = text
    if not fitting:
        raise binary(label)
    scores = {encoding: known_words(text) for encoding, text in fitting.items()}
    most = max(scores.values())
    best = {
        fitting[encoding]: encoding for encoding in reversed(fitting) if scores[encoding] == most
    }
    if len(best) > 1 and scores.get("cp1252") == most and _is_western(fitting["cp1252"]):
        # No known word hangs on it, and the accents of some words change no figure.
        return fitting["cp1252"], "cp1252"
    if len(best) > 1 and _only_below(fitting[next(iter(fitting))]):
        # What the figures rest on is the same in all of them.
        return next(iter(best.items()))
    if len(best) > 1:
        names = " or ".join(sorted(best.values(), key=CANDIDATES.index)[:4])
        line = data.count(b"\n", 0, next((n for n, byte in enumerate(data) if byte > 127), 0)) + 1
        raise UnrecognisedFileError.at(
            Place(label, line), f"the text may be {names}, which differ; say --encoding"
        )
    return next(iter(best.items()))


def _only_below(text: str) -> bool:
    """Whether all letters beyond ASCII stand below the last line with a date."""
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if not line.isascii()), 0)
    dated = [n for n, line in enumerate(lines) if any(map(_is_date, _CELLS.split(line)))]
    return len(dated) > 1 and dated[-1] < first


def _is_date(cell: str) -> bool:
    stamp = date_texts.parse_date_text(cell.strip().strip('"'), {})
    return stamp is not None and len(stamp.numbers) == 3


def _known_words(text: str, context: Context) -> int:
    """How many cells of the first lines are known headers or indices, and not plain ASCII."""
    lines = text.splitlines()[:_HEAD_LINES]
    cells = {cell.strip().strip('"') for line in lines for cell in _CELLS.split(line)}
    foreign = [cell for cell in cells if not cell.isascii()]
    return sum(bool(context.words.role(c) or context.registry.find(c)) for c in foreign)


def _is_western(text: str) -> bool:
    """Whether all letters beyond ASCII are single accents within words of Latin letters."""
    foreign = [word for word in _WORD.findall(text) if not word.isascii()]
    return bool(foreign) and all(_ACCENTED.fullmatch(word) for word in foreign)
