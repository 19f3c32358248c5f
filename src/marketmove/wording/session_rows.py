"""What people read of a session, as rows of text: the same for a terminal and for Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from marketmove.errors import listed
from marketmove.moves.divergence import PairLine
from marketmove.moves.move import Move, exact
from marketmove.moves.table import (
    chosen,
    counted,
    doubtful,
    figures,
    of_symbols,
    only,
)
from marketmove.rarity.index_history import WINDOW
from marketmove.reports.records import Alert, SessionReport
from marketmove.wording import dates, groups, numbers, periods, statuses
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.sources import rests_on

if TYPE_CHECKING:
    from marketmove.moves.divergence import Divergence

LONGEST = 200
ENDS = 20
PAIR_HEADS = {"split": "Divergent pairs", "wide": "Wide spreads", "asked": "Pairs asked for"}
_MORE = {"split": "more divergent pair", "wide": "more wide pair", "asked": "more pair"}
DOUBTFUL = "Doubtful"
# Of the indices that one stands against, so many are named.
MOST_NAMED = 3
_PERCENTILE = "percentile: share of up to 250 earlier common sessions with a smaller spread"


# What was asked for, at the end of the sentence of an alert.
_LEAST = re.compile(r": at least [^:]*$")
# Notes that are context: one line says how many there are of them.
_CONTEXT = frozenset(
    {
        "hours_apart", "mixed_returns", "few_sessions", "no_context", "repeated_rows",
        "calendar_ends", "provisional_calendar", "explained", "no_base",
    }
)  # fmt: skip
# A condition for any pair can be met by hundreds.
_MOST_ALERTS = 5


class MoveColumn(NamedTuple):
    """A column of moves: what kind of cells it has, what stands above them, on which side."""

    kind: str
    text: str
    right: bool = False


def title(report: SessionReport) -> str:
    """Say which session it is, on what the figures rest, and where they are from."""
    basis = {"closes": "closes", "published": "as published"}[report.basis]
    when = f"Session of {dates.day(report.session)}" if report.session else ""
    when = (when or f"As of {dates.moment(report.as_of)}") + in_one(report.in_currency)
    if report.over:
        when = f"{periods.head(report.over)} to the {when[0].lower()}{when[1:]}"
    return f"{when} · {rests_on(basis, report.source, report.bundled)}"


def subject(report: SessionReport, headline: str) -> str:
    """Say in the subject of a mail when it was, and what: the alert met, else the headline."""
    days = [move.session for move in report.moves if move.close is not None and move.session]
    when = report.session or max(days, default=None)
    date = f" {when.day} {when:%b}" if when else ""
    if not report.alerts:
        return f"{date}: {visible(headline)}".lstrip(" :")
    first, *more = dict.fromkeys(_LEAST.sub("", alert.text) for alert in report.alerts)
    return f"Alert{date}: {first}" + (f" and {len(more):,} more" if more else "")


def alert_lines(alerts: Sequence[Alert]) -> list[str]:
    """Give the sentences of alerts; of a condition that many meet the first, and how many more."""
    lines: list[str] = []
    by_condition: dict[str, list[str]] = {}
    for alert in alerts:
        by_condition.setdefault(alert.condition, []).append(alert.text)
    for condition, texts in by_condition.items():
        # One line for one more would be no shorter.
        shown = _MOST_ALERTS if len(texts) > _MOST_ALERTS + 1 else len(texts)
        lines += texts[:shown]
        if more := len(texts) - shown:
            lines.append(f"{visible(condition)}: and {more:,} more")
    return lines


def moved(report: SessionReport) -> Sequence[Move]:
    """Give the share indices that have a move that counts, or a bound for one."""
    moves = report.moves
    return chosen(moves, counted(moves) & ~of_symbols(moves, report.excluded))


def volatility(report: SessionReport) -> Sequence[Move]:
    """Give the moves that count of the indices that are no share indices."""
    moves = report.moves
    return chosen(moves, counted(moves) & of_symbols(moves, report.excluded))


def shown(moves: Sequence[Move], everything: bool) -> tuple[list[Move], int]:
    """Shorten a long table to its first and last rows; and how many rows that leaves out."""
    if everything or len(moves) <= LONGEST:
        return list(moves), 0
    return [*moves[:ENDS], *moves[-ENDS:]], len(moves) - 2 * ENDS


def rows_left_out(number: int) -> list[str]:
    """Say how many rows a table is short of, if it is."""
    rows = numbers.count(number, "row", "rows")
    return [f"{rows} in the middle left out"] if number else []


def approx(move: Move) -> str:
    """Give the mark of what is implied by rounded figures."""
    return "≈ " if move.prior_close_low is not None else ""


def name(move: Move, symbols: bool = False) -> str:
    """Give what an index is called: its name, or its symbol where that has to be short."""
    return visible(move.symbol if symbols else move.name)


def columns(report: SessionReport) -> list[MoveColumn]:
    """Give what stands above the cells of moves; some are left out where there is no room."""
    own_dates = [MoveColumn("session", "Session")] if report.session is None else []
    percents = [MoveColumn("percent", "Change %", right=True)]
    if report.in_currency:
        percents = [
            MoveColumn("period", "Local %", right=True),
            MoveColumn("period", "Currency %", right=True),
            MoveColumn("percent", f"In {report.in_currency} %", right=True),
        ]
    return [
        MoveColumn("name", "Index"),
        *own_dates,
        MoveColumn("close", "Close", right=True),
        MoveColumn("prior", "Prior close", right=True),
        MoveColumn("date", "Prior session"),
        MoveColumn("points", "Change", right=True),
        *percents,
        *(MoveColumn("period", periods.column_head(p), right=True) for p in report.periods),
    ]


def cells(report: SessionReport, move: Move, symbols: bool = False) -> list[str]:
    """Give the cells of one move, under ``columns``."""
    mark, of = approx(move), move.fx.get("")
    return [
        name(move, symbols),
        *([str(move.session)] if report.session is None else []),
        numbers.level(move.close, move.decimals),
        mark + numbers.level(move.prior_close, move.decimals),
        dates.prior_date(move.session, move.prior_session, move.weekday_before),
        mark + numbers.points(move.change_pts, move.decimals),
        *([numbers.percent(of.local_change_pct), numbers.percent(of.fx_change_pct)] if of else []),
        numbers.change_percent(move),
        *(period_cell(move, period) for period in report.periods),
    ]


def period_pct(move: Move, period: str) -> float | None:
    """Give the change of a move over a longer period, in percent, doubtful or not."""
    of = move.periods.get(period)
    return None if of is None else of.change_pct


def period_cell(move: Move, period: str) -> str:
    """Write the change of a move over a longer period, with a mark where it is doubtful."""
    of = move.periods.get(period)
    return numbers.percent(period_pct(move, period)) + ("?" if of and of.doubt else "")


class ListedMove(NamedTuple):
    """An index that is listed below the others: under which head, and what is said of it."""

    head: str
    move: Move
    text: str


def listed_moves(report: SessionReport) -> list[ListedMove]:
    """Give each index that has no move that counts, with the reason in words."""
    others = [*chosen(report.moves, ~counted(report.moves))]
    doubts = [move for move in others if move.doubt]
    without = [move for move in others if not move.doubt]
    heads = {"no_rate": "Without a rate"}
    return [ListedMove(DOUBTFUL, m, statuses.reason(m)) for m in doubts] + [
        ListedMove(heads.get(m.status, "Without a move"), m, _reason(report, m)) for m in without
    ]


def _reason(report: SessionReport, move: Move) -> str:
    """Why an index has no move: where they are over a period, why it has none."""
    of = move.periods.get(report.over)
    if of is None or of.reason is None or move.close is None:
        return statuses.reason(move)
    close = numbers.level(move.close, move.decimals)
    return f"closed at {close}; {periods.head(report.over)}: {periods.why(of.reason)}"


def listed_volatility(report: SessionReport) -> list[ListedMove]:
    """Give the indices that are no share indices, with their level and move in words."""
    return [
        ListedMove(
            groups.VOLATILITY,
            move,
            f"{numbers.level(move.close, move.decimals)}, {numbers.change_percent(move)}",
        )
        for move in volatility(report)
    ]


def by_head(
    listed: Sequence[ListedMove], symbols: bool = False
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give what is listed as rows of names and texts, under each head."""
    return [
        (head, [(name(one.move, symbols), one.text) for one in listed if one.head == head])
        for head in dict.fromkeys(one.head for one in listed)
    ]


def pair_labels(report: SessionReport, pair: Divergence, symbols: bool = False) -> tuple[str, str]:
    """Write both sides of a pair, such as ``Hang Seng +3.51%``."""
    names = _names(report, {pair.up, pair.down}, symbols)
    up = numbers.move_percent(pair.up_pct, pair.up_pct_over, None)
    down = numbers.move_percent(pair.down_pct, None, pair.down_pct_under)
    return f"{names[pair.up]} {up}", f"{names[pair.down]} {down}"


def _names(report: SessionReport, wanted: set[str], symbols: bool) -> dict[str, str]:
    """How the moves of some symbols are called."""
    return {move.symbol: name(move, symbols) for move in only(report.moves, wanted)}


def drawn_pairs(report: SessionReport) -> list[str]:
    """Give what stands under a drawing of bars: the pairs asked for, then the widest divergent."""
    asked = [pair for pair in report.divergences if pair.kind == "asked"]
    lines = []
    for pair in asked:
        up, down = pair_labels(report, pair)
        spread = numbers.spread(pair, report.basis == "published")
        lines.append(f"{up} versus {down}{in_one(report.in_currency)}: {spread}")
    return lines + widest(report)


def widest(report: SessionReport) -> list[str]:
    """Give the divergent pair with the widest spread as a line, if there is one."""
    pairs = [pair for pair in report.divergences if pair.kind == "split"]
    if not pairs:
        return []
    pair = PairLine("", tuple(pairs)).widest
    up, down = pair_labels(report, pair)
    spread = numbers.spread(pair, report.basis == "published")
    return [f"widest divergent pair{in_one(report.in_currency)}: {up} and {down}, {spread}"]


class PairRow(NamedTuple):
    """The cells of a pair, or of one index with many: what stands against what, how far, how rare.

    ``symbols`` are the two whose moves are shown.
    """

    one: str
    other: str
    spread: str
    percentile: str
    symbols: tuple[str, str]


def pair_tables(
    report: SessionReport, symbols: bool = False, named: int | None = MOST_NAMED
) -> list[tuple[str, list[PairRow]]]:
    """Give the pairs of each kind as rows, with what stands above them.

    Of many in one row so many are ``named``; with None the rarest alone, and heads are short too.
    """
    kinds = dict.fromkeys(pair.kind for pair in report.divergences)
    heads = {kind: PAIR_HEADS[kind] + in_one(report.in_currency) for kind in kinds}
    if "asked" in kinds:
        others = {kind: f"Other {head[0].lower()}{head[1:]}" for kind, head in heads.items()}
        heads |= others | {"asked": heads["asked"]}
    if named is None:
        short = in_one(report.in_currency)
        heads = {kind: head.split(" ")[0] + short for kind, head in heads.items()}
    return [(head, _pair_rows(report, kind, symbols, named)) for kind, head in heads.items()]


def _pair_rows(report: SessionReport, kind: str, symbols: bool, named: int | None) -> list[PairRow]:
    lines: Sequence[PairLine] = report.pair_lines if kind == "split" else ()
    if not lines:
        lines = [PairLine(pair.up, (pair,)) for pair in report.divergences if pair.kind == kind]
    return [_pair_row(report, line, symbols, named) for line in lines]


def _pair_row(report: SessionReport, line: PairLine, symbols: bool, named: int | None) -> PairRow:
    """A pair; or an index with many, the rarest named first, and the widest with its figures.

    With none to be named it is the rarest with its own, and how many more there are.
    """
    rarest = line.pairs[0]
    pair = rarest if named is None else line.widest
    labels = dict(zip((pair.up, pair.down), pair_labels(report, pair, symbols), strict=True))
    other = pair.down if pair.up == line.hub else pair.up
    label, rare = labels[other], percentile(rarest)
    if len(line.pairs) > 1 and named is None:
        label = f"{label}, {len(line.pairs) - 1:,} more"
    elif len(line.pairs) > 1:
        names = _names(report, {*line.others()}, symbols)
        others = [names[symbol] for symbol in line.others()]
        which = some_of(others, named) if named else f"{len(others):,} indices"
        label = f"{which}, widest: {label}"
        if rarest != pair and rarest.percentile is not None:
            rare = f"{others[0]} {rare}"
    spread = numbers.spread(pair, report.basis == "published")
    return PairRow(labels[line.hub], label, spread, rare, (line.hub, other))


def some_of(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Name the first of some indices and count the others; one that is left is named too."""
    return listed(names, most if len(names) > most + 1 else None)


def percentile(pair: Divergence) -> str:
    """Write which share of its last sessions a spread is wider than; with n where that is less."""
    if pair.percentile is None:
        return numbers.NOTHING
    share = f"{numbers.round_to(exact(pair.percentile), 1)}"
    return share if pair.n == WINDOW else f"{share} (n {pair.n})"


def footers(report: SessionReport, left_out: int) -> list[str]:
    """Give the lines under the tables: tally, range, what was left out, legend, notes."""
    first = [statuses.tally(report.breadth), *groups.footers(report)]
    notes = [visible(str(note)) for note in report.notes]
    return [*first, *_hints(report, left_out), *_legend(report), *notes]


def short_footers(report: SessionReport, left_out: int) -> list[str]:
    """Give what is needed under the tables on two lines, with how many notes more there are."""
    counted = " · ".join([statuses.tally(report.breadth), *groups.apart_in_short(report)])
    hints = _hints(report, left_out)
    hints += [visible(str(note)) for note in report.notes if note.code not in _CONTEXT]
    context = [visible(str(note)) for note in report.notes if note.code in _CONTEXT]
    notes = [*groups.open_lines(report), *_legend(report), *context]
    if len(notes) == 1 and not hints:
        return [counted, *notes]
    more = numbers.count(len(notes), "more note", "more notes")
    hints += [f"{more}: --explain"] if notes else []
    return [counted, *([" · ".join(hints)] if hints else [])]


def _hints(report: SessionReport, left_out: int) -> list[str]:
    """What of the tables is not shown, and what their marks mean."""
    lines = [f"{text}; --all shows them" for text in rows_left_out(left_out)]
    if report.pairs_left_out and report.divergences:
        more = _MORE[report.divergences[-1].kind]
        pairs = numbers.count(report.pairs_left_out, more, f"{more}s")
        lines.append(f"{pairs}; --top N shows more")
    sound = chosen(report.moves, counted(report.moves))
    if any(doubtful(sound, period).any() for period in report.periods):
        lines.append("? doubtful: a warning says why")
    if not np.isnan(figures(report.moves, "prior_close_low")).all():
        lines.append("≈ implied by the published percent, within its rounding")
    return lines


def _legend(report: SessionReport) -> list[str]:
    return [_PERCENTILE] if any(p.percentile is not None for p in report.divergences) else []
