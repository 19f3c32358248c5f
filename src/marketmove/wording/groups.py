"""Groups as rows of text: the same for a terminal and for Markdown; and how far moves are apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from marketmove.market.indices import Registry
from marketmove.moves.breadth import FEWEST_DISPERSED, GroupMoves, GroupSpread
from marketmove.moves.move import Move
from marketmove.moves.table import are, by_symbol, chosen
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import SummaryRegion
from marketmove.wording import numbers, statuses
from marketmove.wording.characters import visible


class GroupColumn(NamedTuple):
    """A column of groups: its kind, and what stands above it, also where that has to be short."""

    kind: str
    text: str
    short: str
    right: bool = True


HEADS = (
    GroupColumn("group", "Groups", "Groups", right=False),
    GroupColumn("n", "n", "n"),
    GroupColumn("median", "Median", "Median"),
    GroupColumn("mean", "Mean", "Mean"),
    GroupColumn("breadth", "Up/down/same", "+/−/0"),
    GroupColumn("best", "Best", "Best", right=False),
    GroupColumn("worst", "Worst", "Worst", right=False),
    GroupColumn("dispersion", "Dispersion", "Disp."),
)
# What a narrow terminal does without, one after another.
LEAST_WANTED = ("n", "dispersion", "worst", "best")
SPREAD_HEADS = ("Group against group", "versus", "Medians", "Means")
# The regions in the order in which their day begins.
_REGIONS = {
    "oceania": "Oceania",
    "asia": "Asia",
    "middle-east": "Middle East",
    "africa": "Africa",
    "europe": "Europe",
    "americas": "Americas",
}
VOLATILITY, _ELSEWHERE = "Volatility", "Other"


def by_region(
    symbols: Iterable[str], registry: Registry, volatility: Collection[str] = (), home: str = ""
) -> list[SummaryRegion]:
    """Part indices by region, in the order of the day; the user's own after, then what has none.

    That of ``home`` comes first, if there is one.
    """
    named: dict[str, list[str]] = {}
    for symbol in symbols:
        region = registry.resolve(symbol).region
        name = _REGIONS.get(region.casefold(), region) or _ELSEWHERE
        named.setdefault(VOLATILITY if symbol in volatility else name, []).append(symbol)
    known = [name for name in _REGIONS.values() if name in named]
    last = [name for name in (VOLATILITY, _ELSEWHERE) if name in named]
    own = sorted(named.keys() - {*known, *last})
    regions = [SummaryRegion(name, tuple(named[name])) for name in (*known, *own, *last)]
    return sorted(regions, key=lambda region: bool(home) and home not in region.symbols)


def cells(report: SessionReport, group: GroupMoves, symbols: bool = False) -> dict[str, str]:
    """Give the cells of one group by the kind of their column."""
    if not group.n:
        nothing = dict.fromkeys((head.kind for head in HEADS), numbers.NOTHING)
        return nothing | {"group": visible(group.name), "n": "0", "median": "no move"}
    moves = by_symbol(report.moves)
    breadth = group.breadth
    return {
        "group": visible(group.name),
        "n": f"{group.n:,}",
        "median": _percent(report, group.median_pct),
        "mean": _percent(report, group.mean_pct),
        "breadth": f"{breadth.up:,}/{breadth.down:,}/{breadth.unchanged:,}",
        "best": _end(moves, group.best, symbols),
        "worst": _end(moves, group.worst, symbols),
        "dispersion": numbers.pp(group.dispersion.dispersion_pp, _approximate(report)),
    }


def _end(moves: Mapping[str, Move], symbol: str | None, symbols: bool) -> str:
    if symbol is None:
        return numbers.NOTHING
    move = moves[symbol]
    return f"{visible(symbol if symbols else move.name)} {numbers.change_percent(move)}"


def group_labels(report: SessionReport, spread: GroupSpread, bare: bool = False) -> tuple[str, str]:
    """Write both sides of two groups with their medians, such as ``asia +0.31%``, or without."""
    if bare:
        return visible(spread.up), visible(spread.down)
    up = _percent(report, spread.up_median_pct)
    down = _percent(report, spread.down_median_pct)
    return f"{visible(spread.up)} {up}", f"{visible(spread.down)} {down}"


def spreads(report: SessionReport, spread: GroupSpread) -> tuple[str, str]:
    """Write how far the medians and the means of two groups are apart."""
    median, mean = spread.median_spread_pp, spread.mean_spread_pp
    approximate = _approximate(report)
    return numbers.pp(median, approximate), numbers.pp(mean, approximate)


def footers(report: SessionReport) -> list[str]:
    """Give the lines on all moves and on groups: how far apart, who has no move, what is open."""
    return [*_apart(report), *open_lines(report)]


def open_lines(report: SessionReport) -> list[str]:
    """Give the lines on who of a group has no move, and on what cannot be worked out."""
    silent = [(g.name, g.breadth._replace(up=0, down=0, unchanged=0)) for g in report.groups]
    lines = [*(f"{name}: {statuses.tally(b)}" for name, b in silent if any(b))]
    bounded = chosen(report.moves, are(report.moves, "bound"))
    bounds = {move.symbol for move in bounded}
    open_groups = [group for group in report.groups if bounds.intersection(group.symbols)]
    if (report.dispersion.n > 1 and bounds) or open_groups:
        names = [move.name for move in bounded]
        have = "has only a bound" if len(names) == 1 else "have only bounds"
        median = "median, " if any(group.median_pct is None for group in open_groups) else ""
        what = f"range, {median}mean or dispersion" if open_groups else "range or dispersion"
        lines.append(f"no {what}: {', '.join(names)} {have}")
    few = [group.name for group in report.groups if 0 < group.n < FEWEST_DISPERSED]
    if few:
        lines.append(f"no dispersion of fewer than {FEWEST_DISPERSED} moves: {', '.join(few)}")
    return [visible(line) for line in lines]


def _apart(report: SessionReport) -> Iterator[str]:
    """Such as ``range 4.75 pp, highest less lowest``."""
    _, apart, dispersed = report.dispersion
    if apart is not None:
        yield f"range {numbers.pp(apart, _approximate(report))}, highest less lowest"
    if dispersed is not None:
        figure = numbers.pp(dispersed, _approximate(report))
        yield f"cross-index dispersion (1 day, equal-weighted) {figure}"


def apart_in_short(report: SessionReport) -> list[str]:
    """Give how far apart the moves are, where there is little room."""
    _, apart, dispersed = report.dispersion
    figures = {"range": apart, "dispersion": dispersed}
    mark = _approximate(report)
    return [f"{name} {numbers.pp(pp, mark)}" for name, pp in figures.items() if pp is not None]


def _percent(report: SessionReport, pct: float | None) -> str:
    mark = "≈ " if _approximate(report) and pct is not None else ""
    return f"{mark}{numbers.percent(pct)}"


def _approximate(report: SessionReport) -> bool:
    """Whether the moves are printed figures, so that what follows from them is within rounding."""
    return report.basis == "published"
