"""Records in YAML, as rows of text."""

from __future__ import annotations

from marketmove import yamltext
from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow

_YAML_KEYS = ("date", "symbol", "close")
_LARGEST_YAML = 5_000_000
_YAML_FORM = "expected a list under closes:, of {date: 2025-02-14, symbol: HSI, close: 22620.33}"


def yaml_grid(text: str, label: str) -> Grid:
    """Read the tidy form for small data: ``closes:``, a list of ``date``, ``symbol``, ``close``."""
    if len(text) > _LARGEST_YAML:
        raise UnrecognisedFileError.at(Place(label), "YAML above 5 MB; use CSV")
    document = yamltext.parse(text, label, UnrecognisedFileError)
    entries = document.items.get("closes") if isinstance(document, yamltext.Mapping) else document
    if not isinstance(entries, yamltext.Sequence):
        raise UnrecognisedFileError.at(Place(label), _YAML_FORM)
    rows = [GridRow(entries.line, list(_YAML_KEYS))]
    for entry in entries.items:
        items = entry.items if isinstance(entry, yamltext.Mapping) else {}
        values = [items.get(key) for key in _YAML_KEYS]
        texts = [
            "" if v.empty else v.text.strip() for v in values if isinstance(v, yamltext.Scalar)
        ]
        if len(texts) != len(_YAML_KEYS) or len(items) != len(_YAML_KEYS):
            raise UnrecognisedFileError.at(Place(label, entry.line), _YAML_FORM)
        rows.append(GridRow(entry.line, texts))
    return Grid(label, rows, "YAML")
