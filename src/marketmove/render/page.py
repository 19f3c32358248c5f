"""What people read of a session, as rows of text: the same for a terminal and for Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketmove.render import words

if TYPE_CHECKING:
    from marketmove.divergence import Divergence
    from marketmove.moves import Move
    from marketmove.report import SessionReport

LONGEST = 200
ENDS = 20


def title(report: SessionReport) -> str:
    """Say which session it is, on what the figures rest, and where they are from."""
    basis = {"closes": "closes", "published": "as published"}[report.basis]
    sample = " (bundled sample)" if report.bundled else ""
    return (
        f"Session of {words.day(report.session)} · {basis} · {words.visible(report.source)}{sample}"
    )


def moved(report: SessionReport) -> list[Move]:
    """Give the indices that have a move, or a bound for one."""
    return [move for move in report.moves if move.status in {"ok", "bound"}]


def shown(moves: list[Move], everything: bool) -> tuple[list[Move], int]:
    """Shorten a long table to its first and last rows; and how many rows that leaves out."""
    if everything or len(moves) <= LONGEST:
        return moves, 0
    return moves[:ENDS] + moves[-ENDS:], len(moves) - 2 * ENDS


def approx(move: Move) -> str:
    """Give the mark of what is implied by rounded figures."""
    return "≈ " if move.prior_close_low is not None else ""


def name(move: Move, symbols: bool = False) -> str:
    """Give what an index is called: its name, or its symbol where that has to be short."""
    return words.visible(move.symbol if symbols else move.name)


def cells(report: SessionReport, move: Move, symbols: bool = False) -> list[str]:
    """Give the columns of one move: name, close, prior close, its date, change, change %."""
    mark = approx(move)
    return [
        name(move, symbols),
        words.level(move.close, move.decimals),
        mark + words.level(move.prior_close, move.decimals),
        words.prior_date(report.session, move.prior_session),
        mark + words.points(move.change_pts, move.decimals),
        words.change_percent(move),
    ]


def without_move(report: SessionReport, symbols: bool = False) -> list[tuple[str, str]]:
    """Give each index that has no move, with the reason in words."""
    return [
        (name(move, symbols), _reason(move)) for move in report.moves
        if move.status not in {"ok", "bound"}
    ]  # fmt: skip


def _reason(move: Move) -> str:
    if move.status == "no_prior":
        return f"closed at {words.level(move.close, move.decimals)}; no close before it is known"
    if move.prior_close is None:
        return "no close in this session, and none before it"
    last = words.level(move.prior_close, move.decimals)
    return f"no close in this session; last {last} on {move.prior_session}"


def sides(report: SessionReport, pair: Divergence, symbols: bool = False) -> tuple[str, str]:
    """Write both sides of a pair, such as ``Hang Seng +3.51%``."""
    names = {move.symbol: name(move, symbols) for move in report.moves}
    up = words.move_percent(pair.up_pct, pair.up_pct_over, None)
    down = words.move_percent(pair.down_pct, None, pair.down_pct_under)
    return f"{names[pair.up]} {up}", f"{names[pair.down]} {down}"


def tally(report: SessionReport) -> str:
    """Count who rose, fell, stayed and has no move, such as ``3 up · 2 down``."""
    breadth = report.breadth
    silent = breadth.no_prior + breadth.unknown
    counts = [(breadth.up, "up"), (breadth.down, "down"), (breadth.unchanged, "unchanged")]
    parts = [f"{number:,} {word}" for number, word in counts if number]
    if silent:
        parts.append(f"{silent:,} without a move")
    return " · ".join(parts)


def footers(report: SessionReport, left_out: int) -> list[str]:
    """Give the lines under the tables: the tally, what was left out, legend, notes."""
    lines = [tally(report)]
    if left_out:
        rows = words.count(left_out, "row", "rows")
        lines.append(f"{rows} between the highest and the lowest left out; --all shows them")
    more = report.split_pairs - len(report.divergences)
    if more > 0:
        pairs = words.count(more, "more divergent pair", "more divergent pairs")
        lines.append(f"{pairs}; --top N shows more")
    if any(map(approx, report.moves)):
        lines.append("≈ implied by the published percent, within its rounding")
    return lines + [words.visible(str(note)) for note in report.notes]
