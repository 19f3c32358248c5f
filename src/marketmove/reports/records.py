"""The frozen record that leaves the program: plain typed values, in the order people see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.errors import Problem, Remark

if TYPE_CHECKING:
    from marketmove.closes.checks import Finding
    from marketmove.delivery.journal_rows import Entry
    from marketmove.feeds.archive import ArchiveRevision
    from marketmove.feeds.fetching import IndexFetched
    from marketmove.frame import Frame
    from marketmove.market.indices import Index
    from marketmove.moves.breadth import Breadth, Dispersion, GroupMoves, GroupSpread
    from marketmove.moves.divergence import Divergence, PairLine
    from marketmove.moves.move import Basis, Move
    from marketmove.moves.rebased import RebasedLine
    from marketmove.published.comparing import CheckedClaim
    from marketmove.published.figures import Figure
    from marketmove.published.prose.results import ProseFigure
    from marketmove.published.verdicts import Checked
    from marketmove.rarity.extremes import Extremes
    from marketmove.rarity.index_history import MoveContext
    from marketmove.rarity.pair import PairSummary
    from marketmove.sources import Reading


class Alert(NamedTuple):
    """A condition that is met: by which indices, in a sentence, with the figures that say so.

    ``asked`` says that it was typed, not configured. ``figures`` are named as everywhere.
    """

    condition: str
    kind: str
    asked: bool
    text: str
    symbols: tuple[str, ...]
    figures: Mapping[str, Any]


SESSION_SCHEMA = "marketmove.session/1"


class SessionReport(NamedTuple):
    """One session: the moves as sorted, the divergent pairs, and what there is to say of them.

    ``session`` is None where each index has its last one that was over at ``as_of``. ``source``
    names the files; ``bundled`` says that they are the samples. ``divergences`` are all pairs but
    ``pairs_left_out``, those asked for first. ``periods`` are those measured beside the session;
    ``contexts`` says by symbol how rare the moves are, ``extremes`` where the closes stand; with
    ``context``, the former in CSV too. ``groups`` are those asked for, in the order asked.
    ``alerts`` are the conditions that are met;
    ``unusable`` are the problems because of which some indices have no move, and ``excluded`` the
    symbols that are no share indices, which stand apart. ``over`` is the period that the moves
    are over, if not the session. ``pair_lines`` are the divergent pairs as people see them, those
    of one index with many in one; empty where each has a line. ``home`` is the symbol that stands
    first, if there is one. ``in_currency`` is the one that moves, pairs, and what is told of them
    are in; without it each index is in its own.
    """

    session: dt.date | None
    basis: Basis
    source: str
    bundled: bool
    moves: Sequence[Move]
    divergences: tuple[Divergence, ...]
    breadth: Breadth
    dispersion: Dispersion
    pairs_left_out: int
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    as_of: dt.datetime | None = None
    periods: tuple[str, ...] = ()
    contexts: Mapping[str, MoveContext] = MappingProxyType({})
    context: bool = False
    groups: tuple[GroupMoves, ...] = ()
    group_spreads: tuple[GroupSpread, ...] = ()
    alerts: tuple[Alert, ...] = ()
    unusable: tuple[Problem, ...] = ()
    excluded: frozenset[str] = frozenset()
    over: str = ""
    pair_lines: tuple[PairLine, ...] = ()
    home: str = ""
    in_currency: str = ""
    extremes: Mapping[str, Extremes] = MappingProxyType({})


HISTORY_SCHEMA = "marketmove.history/1"


class HistoryReport(NamedTuple):
    """Many sessions: their moves in the order of session and symbol, and what there is to say.

    ``blocks`` works the moves out, block by block, each time anew: as ``measure.history_blocks``
    does, with ``in_currency`` also as ``OneCurrency.rows``, with ``context`` as ``CloseContexts``.
    ``symbols`` are the indices of all of them, ``statuses`` how many have each. The rest is as in
    ``SessionReport``.
    """

    first: dt.date
    last: dt.date
    source: str
    bundled: bool
    blocks: Callable[[], Iterator[Frame]]
    symbols: tuple[str, ...]
    sessions: int
    statuses: Mapping[str, int]
    periods: tuple[str, ...]
    unusable: tuple[Problem, ...] = ()
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_currency: str = ""
    context: bool = False

    @property
    def rows(self) -> int:
        """Give how many moves there are."""
        return sum(self.statuses.values())

    @property
    def frame(self) -> Frame:
        """Give all moves at once."""
        first, *others = self.blocks()
        return first.joined([first, *others]) if others else first


# Of what an engine has written; the moves themselves are Parquet.
ENGINE_HISTORY_SCHEMA = "marketmove.engine_history/1"
PAIR_SCHEMA = "marketmove.pair/1"


class PairReport(NamedTuple):
    """One pair through time: its common sessions, what they come to, and what there is to say.

    ``frame`` is as ``pairs.between`` makes it, with at least one row; ``first`` and ``last`` are
    its first and last session. The spread is that of ``one`` less that of ``other``. Each session
    is held against up to ``window`` before it. With ``in_currency`` all is in that currency.
    """

    one: Index
    other: Index
    first: dt.date
    last: dt.date
    source: str
    bundled: bool
    frame: Frame
    summary: PairSummary
    window: int
    floor_pct: float
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_currency: str = ""


class LinesReport(NamedTuple):
    """Some indices through time, each 100 at ``since`` or where it begins, the highest end first.

    ``first`` and ``last`` are the first and the last session of any of them.
    """

    since: dt.date
    first: dt.date
    last: dt.date
    source: str
    bundled: bool
    lines: tuple[RebasedLine, ...]
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_currency: str = ""


CALC_SCHEMA = "marketmove.calc/1"


class Calculation(NamedTuple):
    """A close, its prior close and the change between them, in index points and percent.

    Each is exact, or encloses what the rounding of the figures given leaves open. ``given`` names
    the two that were typed.
    """

    close: Figure
    prior_close: Figure
    change_pts: Figure
    change_pct: Figure
    given: tuple[str, str]


class FileRead(NamedTuple):
    """How one file was read: its closes, each index's number of sessions, the first and last.

    There is no first or last where not one close is to be used.
    """

    label: str
    reading: Reading
    sessions: dict[str, int]
    closes: int
    first: dt.date | None
    last: dt.date | None


CHECK_SCHEMA = "marketmove.check/1"


class CheckReport(NamedTuple):
    """How each file was read, and every finding, the worst first; ``notes`` are no findings."""

    source: str
    files: tuple[FileRead, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Remark, ...] = ()

    @property
    def errors(self) -> int:
        """How many findings cannot be right."""
        return sum(finding.severity == "error" for finding in self.findings)


CONVERT_SCHEMA = "marketmove.convert/1"


class ConvertReport(NamedTuple):
    """Closes written as a table: how many of how many indices, from what to where."""

    source: str
    output: str
    closes: int
    indices: int
    first: dt.date
    last: dt.date
    warnings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


class IndexRow(NamedTuple):
    """A known index: its exchange's time zone, and the next session and its end there.

    ``returns`` is ``price``, ``gross`` or ``net``; None and empty stand for what is not known.
    ``kind`` is ``shares``, or ``volatility`` for what is no index of shares. Its closes are between
    ``level_low`` and ``level_high`` from ``level_since`` on; they are final ``settles_after``
    minutes after the end of a session. ``provisional``: the next session is by rule only.
    """

    symbol: str
    name: str
    exchange: str
    zone: str
    close_time: str | None
    next_session: dt.date | None
    returns: str
    region: str
    currency: str
    decimals: int
    aliases: tuple[str, ...]
    kind: str
    level_low: float | None
    level_high: float | None
    level_since: str | None
    settles_after: int | None
    provisional: bool | None


INDICES_SCHEMA = "marketmove.indices/1"


class IndexListing(NamedTuple):
    """The known indices, with what comes next after a moment."""

    moment: dt.datetime
    rows: tuple[IndexRow, ...]
    notes: tuple[Remark, ...] = ()


JOURNAL_SCHEMA = "marketmove.journal/1"


class JournalReport(NamedTuple):
    """The summaries that a journal has, the oldest first; ``source`` names its file."""

    source: str
    entries: tuple[Entry, ...]


READ_SCHEMA = "marketmove.read/1"


class ReadReport(NamedTuple):
    """The figures that a market report in prose gives, in its order.

    ``session`` is the day that the report is of, None where nothing tells it, and ``dated_by`` what
    told it: ``option``, ``page``, ``text``, ``name`` or nothing. ``left_out`` counts the figures
    that are no session's move and were not asked for.
    """

    source: str
    language: str
    session: dt.date | None
    dated_by: str
    figures: tuple[ProseFigure, ...]
    left_out: int
    warnings: tuple[Remark, ...] = ()


VERIFY_SCHEMA = "marketmove.verify/1"


class VerifyReport(NamedTuple):
    """Published figures held against closes: a verdict a row, and what follows from them.

    ``published`` and ``closes`` name the files; ``bundled`` says that the closes are the samples.
    ``fits_session`` is the other session whose figures the most rows have, if there is one.
    ``by_closes`` tells that the report has no date, and its figures alone told the session;
    ``claims`` are what it says of a session beside others, such as the third fall in a row.
    """

    session: dt.date
    published: str
    closes: str
    bundled: bool
    rows: tuple[Checked, ...]
    fits_session: dt.date | None
    findings: tuple[Remark, ...]
    warnings: tuple[Remark, ...] = ()
    by_closes: bool = False
    claims: tuple[CheckedClaim, ...] = ()

    @property
    def found(self) -> bool:
        """Tell whether a figure is not that of its session."""
        if any(claim.verdict == "disagrees" for claim in self.claims):
            return True
        return any(
            row.verdict in {"disagrees", "no_session"}
            or row.fits_session
            or (row.verdict == "unchecked" and row.printed.unsure)
            for row in self.rows
        )

    @property
    def checked(self) -> bool:
        """Tell whether anything could be checked."""
        return any(row.verdict != "unchecked" for row in self.rows)


FETCH_SCHEMA = "marketmove.fetch/1"


class FetchReport(NamedTuple):
    """What came of a fetch at a moment: each index in the order asked, and the archive's folder.

    ``explain`` says that nothing was stored; ``unread`` that commands read the files of
    ``levels:``, and not the archive.
    """

    archive: str
    moment: dt.datetime
    indices: tuple[IndexFetched, ...]
    explain: bool = False
    unread: bool = False

    @property
    def current(self) -> int:
        """How many indices have the newest close that they should have."""
        return sum(index.current for index in self.indices)


CLOSES_SCHEMA = "marketmove.closes/1"


class ArchivedIndex(NamedTuple):
    """What the archive has of one index: how many closes, from when to when, of which feeds.

    ``fetched`` is when its newest row came; ``missing`` are sessions in between without a close.
    """

    symbol: str
    name: str
    closes: int
    first: dt.date
    last: dt.date
    feeds: tuple[str, ...]
    fetched: str
    missing: int
    revisions: int


class ArchiveReport(NamedTuple):
    """What the archive in a folder has; ``revisions`` are by symbol, the earliest change first."""

    archive: str
    indices: tuple[ArchivedIndex, ...]
    revisions: tuple[tuple[str, ArchiveRevision], ...]
    warnings: tuple[Remark, ...]
