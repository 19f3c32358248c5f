"""`marketmove read`: the figures of a market report in prose."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from marketmove.closes.find import Spec
from marketmove.config import Config
from marketmove.errors import NoSessionError
from marketmove.published.opening import nothing_found
from marketmove.published.prose.opening import text_of_report
from marketmove.published.prose.reading import read_prose
from marketmove.published.prose.results import contradictions
from marketmove.reports.records import ReadReport
from marketmove.sources import Context, open_source
from marketmove.wording import prose as wording


class ReadRequest(NamedTuple):
    """What was asked: the report, the day that it is of where that was said, and how to read it.

    ``everything`` wants the figures too that are no session's move, such as those of a week.
    """

    report: Spec
    date: dt.date | None
    encoding: str | None
    everything: bool
    config: Config


def read(request: ReadRequest) -> ReadReport:
    """Read the figures of a report.

    Raises
    ------
    UnreadableFileError, UnrecognisedFileError
        If there is no text, or its encoding cannot be told.
    NoSessionError
        If it gives no figure of an index.
    """
    config = request.config
    source = open_source(request.report)
    context = Context(config.registry, config.words, config.exchanges)
    text = text_of_report(source, config.registry, context, request.encoding)
    prose = read_prose(text, config.registry, request.date, source.stem or "")
    wanted = [f for f in prose.figures if request.everything or f.kind == "session"]
    left_out = len(prose.figures) - len(wanted)
    if not wanted:
        raise NoSessionError.at(None, nothing_found(source.label, left_out))
    return ReadReport(
        source=source.label,
        language=prose.language,
        session=prose.date,
        dated_by=prose.dated_by,
        figures=tuple(wanted),
        left_out=left_out,
        warnings=tuple(wording.contradictions_of(contradictions(prose.figures), source.label)),
    )
