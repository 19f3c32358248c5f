"""What the functions of the API return: a report, with its rows as DataFrames."""

from __future__ import annotations

import datetime as dt
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from marketmove.closes.checks import Finding
from marketmove.errors import Remark
from marketmove.moves.breadth import Breadth, Dispersion, GroupMoves, GroupSpread
from marketmove.moves.divergence import Divergence
from marketmove.rarity.pair import PairSummary
from marketmove.render import RenderOptions
from marketmove.render import check as check_render
from marketmove.render import history as history_render
from marketmove.render import pair as pair_render
from marketmove.render import session as session_render
from marketmove.render import verify as verify_render
from marketmove.reports.documents import (
    as_document,
    columns,
    csv_rows,
    fields_of,
    history_document,
    session_columns,
    session_row,
)
from marketmove.reports.frames import typed_frame
from marketmove.reports.records import (
    Alert,
    CheckReport,
    FileRead,
    HistoryReport,
    PairReport,
    SessionReport,
    VerifyReport,
)

_PLAIN = RenderOptions()


@dataclass(frozen=True, eq=False, repr=False)
class _Result(ABC):
    """What results share: they print as the table for people, and keep what warns of figures."""

    report: SessionReport | HistoryReport | PairReport | VerifyReport

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make figures other than they seem: ``code``, ``text``, ``symbol``, ``place``."""
        return self.report.warnings

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""

    @abstractmethod
    def __repr__(self) -> str: ...


class _WithNotes(_Result):
    report: SessionReport | HistoryReport | PairReport

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What helps to read the figures, in the form of ``warnings``."""
        return self.report.notes


@dataclass(frozen=True, eq=False, repr=False)
class SessionResult(_WithNotes):
    """One session; printed, it is the table of ``marketmove session``."""

    report: SessionReport

    @cached_property
    def moves(self) -> pd.DataFrame:
        """A row an index, under the columns of CSV; without a move, ``status`` says why."""
        rows = (session_row(self.report, move) for move in self.report.moves)
        return typed_frame(session_columns(self.report), rows)

    @cached_property
    def divergences(self) -> pd.DataFrame:
        """The divergent pairs, or those asked for, under the keys of JSON."""
        rows = (fields_of(pair).values() for pair in self.report.divergences)
        return typed_frame(Divergence._fields, map(tuple, rows))

    @property
    def session(self) -> dt.date | None:
        """The session; None where each index has a last one of its own, with ``as_of``."""
        return self.report.session

    @property
    def breadth(self) -> Breadth:
        """How many indices rose, fell, stayed, or have no move."""
        return self.report.breadth

    @property
    def dispersion(self) -> Dispersion:
        """How far apart the moves are, in percentage points."""
        return self.report.dispersion

    @property
    def groups(self) -> tuple[GroupMoves, ...]:
        """The groups asked for: the middle and the ends of each."""
        return self.report.groups

    @property
    def group_spreads(self) -> tuple[GroupSpread, ...]:
        """Every two of these groups held against each other, in percentage points."""
        return self.report.group_spreads

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The conditions of the configuration that are met."""
        return self.report.alerts

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        return as_document(self.report)

    def __repr__(self) -> str:
        return session_render.FORMATS["table"](self.report, _PLAIN).rstrip("\n")


@dataclass(frozen=True, eq=False, repr=False)
class HistoryResult(_WithNotes):
    """Many sessions; printed, they are the table of ``marketmove history``."""

    report: HistoryReport

    @cached_property
    def moves(self) -> pd.DataFrame:
        """A row a session and index, in this order, under the columns of CSV."""
        periods = self.report.periods
        rows = (row for block in self.report.blocks() for row in csv_rows(block, periods))
        return typed_frame(columns(periods), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        return history_document(self.report)

    def __repr__(self) -> str:
        return "".join(history_render.FORMATS["table"](self.report, _PLAIN)).rstrip("\n")


@dataclass(frozen=True, eq=False, repr=False)
class PairResult(_WithNotes):
    """One pair through time; printed, it is what ``marketmove pair`` says of it."""

    report: PairReport

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a common session, under the columns of CSV."""
        rows = self.to_dict()["series"]
        return typed_frame(list(rows[0]), (tuple(row.values()) for row in rows))

    @property
    def summary(self) -> PairSummary:
        """What the pair comes to: ``latest``, ``correlation``, ``span``, ``counts``, ``widest``."""
        return self.report.summary

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        return _document(pair_render.FORMATS["json"](self.report, _PLAIN))

    def __repr__(self) -> str:
        return pair_render.FORMATS["table"](self.report, _PLAIN).rstrip("\n")


@dataclass(frozen=True, eq=False, repr=False)
class CheckResult:
    """What is wrong with closes; printed, it is the list of ``marketmove check``."""

    report: CheckReport

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a finding, the worst first, under the columns of CSV."""
        names = ["severity", "code", "symbol", "session", "place", "text"]
        rows = self.to_dict()["findings"]
        return typed_frame(names, ([row[name] for name in names] for row in rows))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The same as records."""
        return self.report.findings

    @property
    def files(self) -> tuple[FileRead, ...]:
        """How each file was read."""
        return self.report.files

    @property
    def errors(self) -> int:
        """How many findings cannot be right; the others are suspicions."""
        return self.report.errors

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        return _document(check_render.FORMATS["json"](self.report, _PLAIN))

    def __repr__(self) -> str:
        return check_render.FORMATS["table"](self.report, _PLAIN).rstrip("\n")


@dataclass(frozen=True, eq=False, repr=False)
class VerifyResult(_Result):
    """Published figures held against closes; printed, they are the table of ``verify``."""

    report: VerifyReport

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a published figure, with its ``verdict``, under the columns of CSV."""
        rows = self.to_dict()["figures"]
        names = [name for name in rows[0] if name != "same_prior"]
        cells = ([_listed(row[name]) for name in names] for row in rows)
        return typed_frame(names, cells)

    @property
    def agrees(self) -> bool:
        """Tell whether no figure is other than the closes give; also where none can be checked."""
        return not self.report.found

    @property
    def findings(self) -> tuple[Remark, ...]:
        """What follows from the verdicts, in the form of ``warnings``."""
        return self.report.findings

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``--format json``: plain values, missing as None."""
        return _document(verify_render.FORMATS["json"](self.report, _PLAIN))

    def __repr__(self) -> str:
        return verify_render.FORMATS["table"](self.report, _PLAIN).rstrip("\n")


def _document(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def _listed(cell: Any) -> Any:
    return " ".join(cell) if isinstance(cell, list) else cell
