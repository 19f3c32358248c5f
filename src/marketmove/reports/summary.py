"""The frozen record of a summary: a session, and what is said of it in sentences."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from marketmove.delivery.revisions import DatedRevision
from marketmove.reports.documents import as_document
from marketmove.reports.records import SessionReport

SUMMARY_SCHEMA = "marketmove.summary/1"


class SentenceFigure(NamedTuple):
    """What a sentence rests on: which figure (``what``) of which index or pair (``of``).

    ``of`` is a symbol, two joined by a colon, or empty for the session as a whole. ``value`` is
    the full figure, in the unit that ``what`` names as everywhere, or a date, or a name.
    """

    of: str
    what: str
    value: float | str | dt.date | None


class Sentence(NamedTuple):
    """A sentence, or a part of one, with the figures that it rests on, in its order."""

    text: str
    figures: tuple[SentenceFigure, ...] = ()


class Section(NamedTuple):
    """Sentences of one matter, under a head; ``code`` names it for machines."""

    code: str
    head: str
    sentences: tuple[Sentence, ...]


class SummaryRegion(NamedTuple):
    """The rows of a table that stand under one head: the symbols of the indices, in order."""

    name: str
    symbols: tuple[str, ...]


class SummaryReport(NamedTuple):
    """A session in words: the headline, what follows it, the table by region, the sections.

    ``session`` has all figures. ``brief`` stands under the headline, ``sections`` under the table,
    each with at least one sentence. ``left_out`` counts the rows that the table is short of.
    ``revised`` comes before all: the closes that changed since the summary was last written,
    and that it may be a repeat.
    ``archived`` are all its closes that ever changed in the archive, if it is from there.
    """

    session: SessionReport
    headline: Sentence
    brief: tuple[Sentence, ...]
    regions: tuple[SummaryRegion, ...]
    left_out: int
    sections: tuple[Section, ...]
    revised: tuple[Sentence, ...] = ()
    archived: tuple[DatedRevision, ...] = ()


def sentence(*parts: Sentence | str) -> Sentence:
    """Put parts together, with the figures of all."""
    taken = [Sentence(part) if isinstance(part, str) else part for part in parts]
    return Sentence(
        "".join(part.text for part in taken),
        tuple(figure for part in taken for figure in part.figures),
    )


def summary_document(summary: SummaryReport) -> dict[str, Any]:
    """Give a summary as the JSON document that machines read: that of the session, and the words.

    ``regions`` has all rows of the table that people see.
    """
    document = as_document(summary.session)
    left_out = document.pop("divergences_left_out")
    return document | {
        "schema": SUMMARY_SCHEMA,
        "revised": summary.revised,
        "headline": summary.headline,
        "brief": summary.brief,
        "regions": summary.regions,
        "sections": summary.sections,
        "divergences_left_out": left_out,
    }
