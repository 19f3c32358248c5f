"""The rows of a file as text, by what the file is: a table, JSON, YAML, XML, a ledger."""

from __future__ import annotations

from marketmove.sources import documents, records
from marketmove.sources.block import Context, ReadOptions
from marketmove.sources.encodings import decode
from marketmove.sources.grid import Grid, read_grid
from marketmove.sources.json_documents import json_grid
from marketmove.sources.opening import Source, refuse_other_kinds
from marketmove.sources.price_lines import price_grid

_YAML_ENDINGS = (".yaml", ".yml")


def grid_of(source: Source, options: ReadOptions, context: Context) -> tuple[Grid, str]:
    """Give the rows of a file of text, and the encoding of its text."""
    mark = options.decimal or "."
    if source.yaml_key == "closes" or source.label.lower().endswith(_YAML_ENDINGS):
        return records.yaml_grid(source.utf8(), source.label), "utf-8"
    refuse_other_kinds(source)
    text, encoding = decode(source.data, source.label, context, options.encoding)
    if text.lstrip()[:1] in {"{", "["}:
        grid = json_grid(text, source.label, context.words, mark)
        return documents.as_told(grid, text, context), encoding
    if documents.is_xml(text):
        return documents.xml_grid(text, source.label, context), encoding
    return price_grid(text, source.label) or read_grid(text, source.label), encoding
