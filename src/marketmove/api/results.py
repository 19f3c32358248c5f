"""What the functions return: a report, with DataFrames in the place of CSV."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Generic, TypeVar

import pandas as pd

from marketmove.errors import Remark
from marketmove.moves.divergence import Divergence
from marketmove.render import RenderOptions
from marketmove.reports import records
from marketmove.reports.documents import plain
from marketmove.reports.frames import typed_frame

ReportT = TypeVar("ReportT")
_ResultT = TypeVar("_ResultT", bound="Result[Any]")


class MarketMoveWarning(UserWarning):
    """Figures may not be what they seem; the result's ``warnings`` say it too."""


@dataclass(frozen=True, eq=False, repr=False)
class Result(Generic[ReportT]):
    """What a command found: ``report`` has each figure under its name; it prints as the table."""

    report: ReportT
    render: ModuleType

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows of the command's CSV, under its columns."""
        names, *rows = self.render.csv_table(self.report)
        return typed_frame(names, rows)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make figures other than they seem: ``code``, ``text``, ``symbol``, ``place``."""
        return getattr(self.report, "warnings", ())

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What helps to read the figures, in the form of ``warnings``."""
        return getattr(self.report, "notes", ())

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        document: dict[str, Any] = plain(self.render.document(self.report))
        return document

    def __repr__(self) -> str:
        return "".join(self.render.as_table(self.report, RenderOptions())).rstrip("\n")


class SessionResult(Result[records.SessionReport]):
    """One session: beside ``moves``, which is ``frame``, the pairs that diverge."""

    @property
    def moves(self) -> pd.DataFrame:
        """A row an index; without a move, ``status`` says why."""
        return self.frame

    @cached_property
    def divergences(self) -> pd.DataFrame:
        """The divergent pairs, or those asked for, under the keys of JSON."""
        pairs, marked = self.report.divergences, self.report.in_currency
        names = [*Divergence._fields, *(["in_currency"] if marked else [])]
        rows = [(*plain(pair).values(), *([marked] if marked else [])) for pair in pairs]
        return typed_frame(names, rows)


def warned(result: _ResultT) -> _ResultT:
    """The result, after the caller of the function that gives it was warned."""
    for remark in (*getattr(result.report, "unusable", ()), *result.warnings):
        warnings.warn(str(remark), MarketMoveWarning, stacklevel=3)
    return result
