"""YAML of closes: the tidy form for small data, one mapping a close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketmove import yamltext
from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.sources import dates, numbers
from marketmove.sources.block import Block, Fault, ReadOptions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from marketmove.sources.opening import Source

KEYS = ("date", "symbol", "close")
_LARGEST = 5_000_000
_FORM = "expected a list under closes:, of {date: 2025-02-14, symbol: HSI, close: 22620.33}"


def read_yaml(source: Source, options: ReadOptions) -> Block:
    """Read closes from YAML: ``closes:``, a list of ``date``, ``symbol`` and ``close``.

    Raises
    ------
    UnrecognisedFileError
        If it is over 5 MB, not valid YAML, or not of this form. Single values that cannot be used
        are faults of the block, not errors.
    """
    if len(source.text) > _LARGEST:
        raise UnrecognisedFileError.at(Place(source.label), "YAML of over 5 MB; use CSV")
    document = yamltext.parse(source.text, source.label, UnrecognisedFileError)
    entries = document.items.get("closes") if isinstance(document, yamltext.Mapping) else document
    if not isinstance(entries, yamltext.Sequence):
        raise UnrecognisedFileError.at(Place(source.label), _FORM)
    rows = list(_rows(entries, source.label))
    known = _known_dates(rows, source.label, options)
    mark = options.decimal or _mark(rows, source.label)
    closes: list[tuple[str, dt.date, float, int]] = []
    faults: list[Fault] = []
    for line, (date, symbol, close) in rows:
        if numbers.is_gap(close) and known[date]:
            continue
        try:
            if (session := known[date]) is None:
                raise ValueError(f"{date or 'nothing'} is not a date; expected {dates.EXPECTED}")
            closes.append((symbol, session, numbers.read_number(close, mark), line))
        except ValueError as error:
            problem = Problem(Place(source.label, line), f"{symbol}: {error}")
            faults.append(Fault(symbol, known[date], problem))
    return Block.of(source.label, closes, dict.fromkeys(row[1] for _, row in rows), faults)


def _rows(entries: yamltext.Sequence, label: str) -> Iterator[tuple[int, tuple[str, str, str]]]:
    for entry in entries.items:
        place = Place(label, entry.line)
        if not isinstance(entry, yamltext.Mapping) or set(entry.items) != set(KEYS):
            raise UnrecognisedFileError.at(place, _FORM)
        texts = [v.text.strip() for k in KEYS if isinstance(v := entry.items[k], yamltext.Scalar)]
        if len(texts) != len(KEYS) or not texts[1]:
            raise UnrecognisedFileError.at(place, _FORM)
        yield entry.lines["close"], (texts[0], texts[1], texts[2].replace("~", ""))


def _known_dates(
    rows: list[tuple[int, tuple[str, str, str]]], label: str, options: ReadOptions
) -> dict[str, dt.date | None]:
    try:
        return dates.read_dates((row[0] for _, row in rows), options.date_format)
    except dates.UndecidedError as error:
        line = next(line for line, row in rows if row[0] == error.text)
        raise UnrecognisedFileError.at(Place(label, line), str(error)) from None


def _mark(rows: list[tuple[int, tuple[str, str, str]]], label: str) -> str:
    evidence = numbers.weigh(row[2] for _, row in rows)
    mark = numbers.decimal_mark(evidence)
    if mark is None:
        line = next(line for line, row in rows if row[2] == evidence.open_text)
        text = numbers.open_mark(evidence.open_text or "")
        raise UnrecognisedFileError.at(Place(label, line), text)
    return mark
