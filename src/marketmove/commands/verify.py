"""`marketmove verify`: what a report printed, held against closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove import errors
from marketmove.closes.find import Spec, find_closes_of
from marketmove.config import Config
from marketmove.errors import BadFiguresError, Remark
from marketmove.market.choose import choose
from marketmove.market.groups import Group
from marketmove.moves.move import Move
from marketmove.published.report_file import Printed, Published, read_published
from marketmove.reports.records import VerifyReport
from marketmove.sources import ReadOptions, open_source

if TYPE_CHECKING:
    import pandas as pd

    from marketmove.closes.read import ChosenCloses
    from marketmove.published.verdicts import Checked


class VerifyRequest(NamedTuple):
    """What was asked: the published figures, the closes to hold them against, the indices.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    a date that they reach, the bundled samples.
    """

    published: Spec
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    groups: tuple[Group, ...] = ()


def verify(request: VerifyRequest) -> VerifyReport:
    """Hold published figures against closes.

    Raises ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if one of the
    files cannot be read, or rows that the figures rest on cannot be used; ``NoSessionError`` if the
    report has no figure of the chosen indices; ``WrongUsageError`` if an index is not known, or
    there are no closes at hand.
    """
    published = read_published(open_source(request.published), request.config.registry)
    known = [printed.symbol for printed in published.printed]
    symbols, absent = choose(request.chosen, known, request.config.registry, request.groups)
    by_symbol = {printed.symbol: printed for printed in published.printed}
    chosen = tuple(by_symbol[symbol] for symbol in symbols if symbol in by_symbol)
    published = published._replace(printed=chosen)
    if not published.printed:
        text = f"{published.label} has no figure of the chosen indices"
        raise errors.NoSessionError.at(None, text)
    report = hold(published, request.levels, request.reading, request.config)
    lacking = [_not_published(remark, published.label) for remark in absent]
    return report._replace(warnings=(*lacking, *report.warnings))


def _not_published(absent: Remark, label: str) -> Remark:
    return absent._replace(code="not_published", text=f"{absent.symbol} is not in {label}")


def hold(
    published: Published, specs: Sequence[Spec], reading: ReadOptions, config: Config
) -> VerifyReport:
    """Find closes, read them, and hold the rows of a report against them."""
    files = find_closes_of(specs, config.closes, published.session)
    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.closes.read import by_calendar, read_levels
    from marketmove.moves.rows import read_moves, usable
    from marketmove.published.verdicts import with_fits
    from marketmove.wording.findings import findings_of
    from marketmove.wording.remarks import warnings_of

    levels = read_levels(files.sources, reading, config.closes)
    known = by_calendar(levels, _as_in_data(published.printed, levels.symbols), config.closes)
    at_session, touching, elsewhere, _ = usable(_rows(known, published.session), levels.faults)
    if touching:
        raise BadFiguresError(touching)
    judged = _judged(published, read_moves(at_session), known)
    rows, fits = with_fits(judged, known.levels, published.session)
    there = [] if fits is None else _judged(published, read_moves(_rows(known, fits)), known)
    closes = files.name
    return VerifyReport(
        session=published.session,
        published=published.label,
        closes=closes,
        bundled=files.bundled,
        rows=tuple(rows),
        fits_session=fits,
        findings=tuple(findings_of(rows, there, published.session, closes)),
        warnings=(*files.warnings, *warnings_of(at_session, known, elsewhere)),
    )


def _judged(published: Published, moves: Sequence[Move], known: ChosenCloses) -> list[Checked]:
    from marketmove.published.verdicts import judge

    rows = zip(published.printed, moves, strict=True)
    return [judge(printed, move, known.levels) for printed, move in rows]


def _as_in_data(rows: Iterable[Printed], known: Iterable[str]) -> list[str]:
    """The symbols of the rows as the data writes them, where only their case differs."""
    own = {symbol.casefold(): symbol for symbol in known}
    return [own.get(row.symbol.casefold(), row.symbol) for row in rows]


def _rows(known: ChosenCloses, session: dt.date) -> pd.DataFrame:
    """The moves of one session, a row an index, whether or not the closes have it."""
    from marketmove.moves.measure import moves_at

    return moves_at(known.levels, dict.fromkeys(known.symbols, session), known.calendars)


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
        text = f"the published figures could not be held against closes: {first.text}"
        return [Remark("published_unchecked", text, place=first.place)]
