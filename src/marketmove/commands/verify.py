"""`marketmove verify`: what a report printed, held against closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from marketmove import errors
from marketmove.closes.find import Spec, find_closes_of
from marketmove.config import Config
from marketmove.errors import Remark, quoted
from marketmove.market.choose import choose
from marketmove.market.groups import Group
from marketmove.published.opening import read_report
from marketmove.published.report_file import Published
from marketmove.reports.records import VerifyReport
from marketmove.sources import Context, ReadOptions, open_source


class VerifyRequest(NamedTuple):
    """What was asked: the published figures, the closes to hold them against, the indices.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    a date that they reach, the bundled samples. ``date`` is the day of the report, where one was
    said.
    """

    published: Spec
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    groups: tuple[Group, ...] = ()
    date: dt.date | None = None


def verify(request: VerifyRequest) -> VerifyReport:
    """Hold published figures against closes.

    Raises ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if one of the
    files cannot be read, or rows that the figures rest on cannot be used; ``NoSessionError`` if the
    report has no figure of the chosen indices; ``WrongUsageError`` if an index is not known, or
    there are no closes at hand.
    """
    registry = request.config.registry
    source, context = open_source(request.published), context_of(request.config)
    published = read_report(source, registry, context, request.reading.encoding, request.date)
    known = list(dict.fromkeys(printed.symbol for printed in published.printed))
    symbols, absent = choose(request.chosen, known, registry, request.groups)
    chosen = tuple(
        printed for symbol in symbols for printed in published.printed if printed.symbol == symbol
    )
    published = published._replace(
        printed=chosen if request.chosen or request.groups else published.printed
    )
    if not published.printed:
        text = f"{quoted(published.label)} has no figure of the chosen indices"
        raise errors.NoSessionError.at(None, text)
    report = hold(published, request.levels, request.reading, request.config)
    lacking = [_not_published(remark, published.label) for remark in absent]
    return report._replace(warnings=(*lacking, *report.warnings))


def _not_published(absent: Remark, label: str) -> Remark:
    return absent._replace(code="not_published", text=f"{absent.symbol} is not in {quoted(label)}")


def context_of(config: Config) -> Context:
    """Give what is known before a report is read."""
    return Context(config.registry, config.words, config.exchanges)


def hold(
    published: Published, specs: Sequence[Spec], reading: ReadOptions, config: Config
) -> VerifyReport:
    """Find closes, read them, and hold the rows of a report against them."""
    dates = [] if published.session is None else [published.session]
    files = find_closes_of(specs, config.closes, *dates)
    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts
    from marketmove.closes.read import by_calendar, read_levels
    from marketmove.market.choose import volatility_indices
    from marketmove.moves.measure import moves_at
    from marketmove.moves.rows import usable
    from marketmove.published.comparing import check_claim
    from marketmove.published.holding import as_in_data, hold_against, session_by_closes
    from marketmove.wording.findings import claims_of, findings_of, undated
    from marketmove.wording.remarks import warnings_of

    levels = read_levels(files.sources, reading, config.closes)
    symbols = dict.fromkeys(as_in_data(row.symbol, levels) for row in published.printed)
    known = by_calendar(levels, list(symbols), config.closes)
    session = published.session or session_by_closes(published.printed, known)
    if session is None:
        raise errors.NoSessionError.at(None, undated(published.label))
    held = hold_against(published.printed, session, known, by_closes=published.session is None)
    doubts = find_doubts(known, volatility_indices(config.groups, known.symbols))
    frame = moves_at(
        known.levels, dict.fromkeys(known.symbols, session), known.calendars, doubts=doubts
    )
    at_session, touching, elsewhere, _ = usable(frame, levels.faults)
    if touching:
        raise errors.BadFiguresError(touching)
    claims = tuple(
        check_claim(said, said.session or session, known.levels, as_in_data(said.key, known.levels))
        for said in published.superlatives
        if said.key in {row.symbol for row in published.printed}
    )
    closes = files.name
    return VerifyReport(
        session=session,
        published=published.label,
        closes=closes,
        bundled=files.bundled,
        rows=held.rows,
        fits_session=held.fits_session,
        findings=(*findings_of(held, closes), *claims_of(claims)),
        warnings=(*files.warnings, *warnings_of(at_session, known, elsewhere, doubts)),
        by_closes=held.by_closes,
        claims=claims,
    )


def contradictions(published: Published, reading: ReadOptions, config: Config) -> list[Remark]:
    """Say what closes that are at hand have against published figures; nothing without any.

    What they cannot tell is not said here: whoever wants to know of each row asks `verify`.
    """
    try:
        findings = hold(published, (), reading, config).findings
        return [finding for finding in findings if finding.code != "published_unchecked"]
    except errors.WrongUsageError:
        return []
    except errors.MarketMoveError as error:
        first = error.problems[0]
        text = f"the published figures could not be checked against closes: {first.text}"
        return [Remark("published_unchecked", text, place=first.place)]
