"""Whether a file has published figures, or is a report in prose, and no closes."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.market.indices import Registry
from marketmove.sources import Context, Source

PCT_KEYS = ("change_pct", "over_pct", "under_pct", "about_pct")
VALUE_KEYS = ("close", "change_pts", *PCT_KEYS)
TEXT_KEYS = ("session", "period", "place", "quote")
FIGURE_KEYS = ("index", *VALUE_KEYS, *TEXT_KEYS)
# What bytes that are not UTF-8 become; how many words make a sentence.
_UNKNOWN, _A_SENTENCE = "\ufffd", 6


def is_report(source: Source, registry: Registry, context: Context) -> bool:
    """Tell whether a file is a report, and not closes: figures in YAML, CSV or JSON, or prose."""
    if source.yaml_key is not None or source.grid is not None or source.large is not None:
        return source.yaml_key == "figures"
    if b"\0" in source.data[:200] or source.data[:4] in {b"PAR1", b"PK\x03\x04"}:
        return False
    head = source.data[:2_000]
    if head.lstrip()[:1] in {b"{", b"["}:
        return b'"marketmove.read/' in head
    first = head.splitlines()[0].decode("utf-8", "replace") if head.strip() else ""
    if is_header_of_figures(header_of(first)):
        return "basis" not in header_of(first)
    if not is_prose(source.data):
        return False
    # What reads prose takes longer to load than a session of closes to work out.
    from marketmove.published.prose.opening import text_of_report
    from marketmove.published.prose.reading import read_prose

    text = text_of_report(source, registry, context)
    return any(f.kind == "session" for f in read_prose(text, registry).figures)


def is_prose(data: bytes) -> bool:
    """Whether letters and spaces outweigh digits and the marks between cells."""
    text = data[:20_000].decode("utf-8", "replace")
    letters = sum(char.isalpha() or char == _UNKNOWN for char in text)
    digits = sum(char.isdigit() for char in text)
    words = max((len(line.split()) for line in text.splitlines()), default=0)
    dense = max(
        (
            sum("\u3040" <= c <= "\ud7af" or c == _UNKNOWN for c in line)
            for line in text.splitlines()
        ),
        default=0,
    )
    return letters > 1.5 * digits and (words >= _A_SENTENCE or dense >= 2 * _A_SENTENCE)


def header_of(text: str) -> list[str]:
    """The cells of the first line, as they would be the header of a table."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip("\r")
    mark = ";" if first.count(";") > first.count(",") else ","
    return [cell.strip().strip('"').lower() for cell in first.split(mark)]


def is_header_of_figures(header: Sequence[str]) -> bool:
    """Tell whether the cells of a line are a header of published figures.

    >>> is_header_of_figures(["index", "change_pct"]), is_header_of_figures(["symbol", "close"])
    (True, False)
    """
    named = {"index", "symbol"} & set(header)
    return bool(named and set(VALUE_KEYS) - {"close"} & set(header)) and "date" not in header
