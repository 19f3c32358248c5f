"""How a report is written: one file a report, whose ``FORMATS`` has a function for each format."""

from __future__ import annotations

from typing import NamedTuple


class RenderOptions(NamedTuple):
    """How text for people is to look.

    ``width`` is the terminal's, in columns; None where there is none, and nothing has to fit.
    ``everything`` shows all rows of a long table, ``brief`` nothing but the tables; ``explain``
    says how the files were read, and what there is to say of the figures;
    ``columns`` are those that were chosen, none for the usual ones.
    """

    width: int | None = None
    colour: bool = False
    palette: str = "western"
    ascii_only: bool = False
    everything: bool = False
    explain: bool = False
    brief: bool = False
    columns: tuple[str, ...] = ()
