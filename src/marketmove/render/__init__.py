"""How a report is written: one file a rendering, chosen by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from marketmove.reports.records import SessionReport

# The renderings of `session`; each module has one function, `session(report, look) -> str`.
FORMATS = {
    "table": "session",
    "csv": "delimited",
    "json": "machine",
    "ndjson": "records",
    "markdown": "markdown",
}


class RenderOptions(NamedTuple):
    """How text for people is to look.

    ``width`` is the terminal's, in columns; None where there is none, and nothing has to fit.
    ``everything`` shows all rows of a long table; ``explain`` says how the files were read.
    """

    width: int | None = None
    colour: bool = False
    palette: str = "western"
    ascii_only: bool = False
    everything: bool = False
    explain: bool = False


def render(report: SessionReport, output_format: str, look: RenderOptions) -> str:
    """Write a report in the named format, as text that ends with a line feed."""
    module = import_module(f"marketmove.render.{FORMATS[output_format]}")
    text: str = module.session(report, look)
    return text
