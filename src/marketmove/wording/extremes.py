"""Where closes stand, in sentences: highs and lows of 52 weeks, the way down, runs one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from marketmove.errors import listed
from marketmove.moves.move import Move
from marketmove.rarity.extremes import Extremes
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Sentence, SentenceFigure
from marketmove.wording import dates, phrases

# A close that is so far below the highest, or another such step, is news.
_STEP_PCT = 10.0
_MOST_NAMED = 20
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def news(report: SessionReport) -> Iterator[Sentence]:
    """Say which closes are the highest or lowest of 52 weeks, fell far, or went mostly one way."""
    known = [
        (move, report.extremes[move.symbol])
        for move in report.moves
        if move.counts and move.symbol in report.extremes and move.symbol not in report.excluded
    ]
    for side in ("high", "low"):
        # Of a record it is said that it is one.
        found = [m for m, of in known if of.year_extreme == side and of.record_close != m.close]
        if found:
            yield _of_year(found, side)
    for move, of in known:
        if _has_crossed(of):
            yield Sentence(f"{below(move, of)}.", _drawdown_figures(move, of))
    yield from (_run(move, of) for move, of in known if of.run_n)


def _of_year(found: Sequence[Move], side: str) -> Sentence:
    figures = tuple(SentenceFigure(move.symbol, f"year_{side}", move.close) for move in found)
    closes = "close" if len(found) == 1 else "closes"
    names = listed([phrases.name(move) for move in found], _MOST_NAMED)
    return Sentence(f"{side.title()}est {closes} of 52 weeks: {names}.", figures)


def _has_crossed(of: Extremes) -> bool:
    """Whether the close is the first that is so many steps below the highest."""
    if of.drawdown_pct is None or of.prior_drawdown_pct is None:
        return False
    return -of.drawdown_pct // _STEP_PCT > -of.prior_drawdown_pct // _STEP_PCT


def below(move: Move, of: Extremes) -> str:
    """Say how far a close is below the highest, such as ``24.1% below its record of 2022-01-03``.

    Of fewer than five years of closes the highest is no record.
    """
    size = phrases.size(of.drawdown_pct or 0.0)
    if of.high_session is None:
        return f"{phrases.name(move)} {size} below its highest close in this data"
    day = dates.in_full(of.high_session)
    what = f"record of {day}" if of.record_close else f"highest close in this data, of {day}"
    return f"{phrases.name(move)} {size} below its {what}"


def _drawdown_figures(move: Move, of: Extremes) -> tuple[SentenceFigure, ...]:
    return (
        SentenceFigure(move.symbol, "drawdown_pct", of.drawdown_pct),
        SentenceFigure(move.symbol, "high_session", of.high_session),
    )


def _run(move: Move, of: Extremes) -> Sentence:
    ups, downs = of.run_up or 0, of.run_down or 0
    way, most, what = ("up", ups, "run_up") if ups > downs else ("down", downs, "run_down")
    number = _WORDS[most] if most < len(_WORDS) else f"{most}"
    text = f"{phrases.name(move)} {way} {number} of the past {of.run_n} sessions."
    figures = (
        SentenceFigure(move.symbol, what, most),
        SentenceFigure(move.symbol, "run_n", of.run_n),
    )
    return Sentence(text, figures)
