"""Which conditions a session meets, each with a sentence and its figures, and which stay open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from marketmove.alerts.conditions import Condition
from marketmove.errors import Remark
from marketmove.moves.divergence import Divergence
from marketmove.moves.move import Move, exact
from marketmove.rarity.extremes import Extremes
from marketmove.rarity.index_history import LEAST, SAME, MoveContext
from marketmove.reports.records import Alert
from marketmove.wording import numbers, periods
from marketmove.wording.characters import visible
from marketmove.wording.extremes import below
from marketmove.wording.highlights import streak

_PLACES = 2


class Judged(NamedTuple):
    """The alerts met, in the order of their conditions; and what cannot be judged, said once."""

    alerts: tuple[Alert, ...]
    notes: tuple[Remark, ...]


class _Met(NamedTuple):
    """What is so, in words, and the figures that say so."""

    text: str
    figures: dict[str, Any]


class _OpenError(Exception):
    """What a condition is about is not known; the message says why."""


class SessionFacts(NamedTuple):
    """What conditions are held against: moves and pairs of a session, and how rare they are.

    ``pairs`` are those that conditions are about; ``over`` tells that all sessions are known to
    be over, so that a close that is not there yet is missing. ``excluded`` are the symbols that
    are not meant by a condition for any index.
    """

    moves: Mapping[str, Move]
    contexts: Mapping[str, MoveContext]
    pairs: Sequence[Divergence] = ()
    over: bool = False
    excluded: frozenset[str] = frozenset()
    extremes: Mapping[str, Extremes] = MappingProxyType({})


def judge(conditions: Sequence[Condition], known: SessionFacts) -> Judged:
    """Hold conditions against a session.

    At least as large counts, as figures are before they are rounded. What cannot be judged is not
    met.
    """
    alerts: list[Alert] = []
    notes: list[Remark] = []
    for condition in conditions:
        judged, reasons = 0, _without_past(condition, known)
        for symbols in _subjects(condition, known):
            try:
                met = (_of_pair if condition.pair else _of_index)(condition, symbols, known)
                judged += 1
                alerts += [_alert(condition, symbols, met)] if met else []
            except _OpenError as why:
                reasons.append(str(why))
        # Some index is always shut: of any, a condition stays open where none can be judged.
        if reasons and not judged:
            notes.append(_note(condition, reasons))
    return Judged(tuple(alerts), tuple(notes))


def _subjects(condition: Condition, known: SessionFacts) -> list[tuple[str, ...]]:
    if condition.symbols:
        return [condition.symbols]
    if condition.pair:
        pairs = [(pair.up, pair.down) for pair in known.pairs]
        return [pair for pair in pairs if not known.excluded.intersection(pair)]
    return [(symbol,) for symbol in known.moves if symbol not in known.excluded]


def _without_past(condition: Condition, known: SessionFacts) -> list[str]:
    """Why no pair can be held against its past; of any pair only those that are met are known."""
    if condition.symbols or not condition.pair or condition.kind != "percentile":
        return []
    long = [context for context in known.contexts.values() if context.size_n >= LEAST]
    return [] if len(long) > 1 else [f"no two indices have {LEAST} earlier sessions"]


def _alert(condition: Condition, symbols: tuple[str, ...], met: _Met) -> Alert:
    text, kind = condition.text, condition.kind
    return Alert(text, kind, condition.asked, met.text, symbols, met.figures)


def _note(condition: Condition, reasons: Sequence[str]) -> Remark:
    whom = "" if condition.symbols else " of any pair" if condition.pair else " of any index"
    text = f'the alert "{visible(condition.text)}" cannot be judged{whom}: {reasons[0]}'
    symbol = condition.symbols[0] if len(condition.symbols) == 1 else None
    return Remark("alert_not_judged", text, symbol, condition.place)


def _of_index(condition: Condition, symbols: tuple[str, ...], known: SessionFacts) -> _Met | None:
    (symbol,) = symbols
    move = known.moves.get(symbol)
    if move is None:
        raise _OpenError(f"no close of {visible(symbol)} in the data")
    if condition.kind == "missing":
        return _missing(move, known.over)
    _refuse_uncounted(move)
    if condition.period:
        return _of_period(condition, move)
    if condition.kind == "move":
        return _move(condition, move)
    context = known.contexts.get(symbol)
    if context is None:
        raise _OpenError(f"the past of {visible(symbol)} is not known")
    if condition.kind in {"year", "drawdown"}:
        stands = known.extremes.get(symbol, Extremes())
        return (_of_year if condition.kind == "year" else _drawdown)(condition, move, stands)
    if condition.kind != "percentile":
        return (_record if condition.kind == "record" else _streak)(condition, move, context)
    return _percentile(
        condition,
        (context.size_percentile, context.size_n),
        _few(move.symbol),
        (f"{_moved(move)}, larger", f"its last {context.size_n} moves"),
        {"change_pct": move.change_pct},
    )


def _refuse_uncounted(move: Move) -> None:
    if move.doubt:
        raise _OpenError(f"the move of {visible(move.symbol)} is doubtful")
    if not move.counts:
        raise _OpenError(f"no move of {visible(move.symbol)}")


def _missing(move: Move, over: bool) -> _Met | None:
    name = visible(move.name)
    if move.status == "unknown":
        raise _OpenError(f"whether there was a session of {visible(move.symbol)} is not known")
    if move.status == "pending" and not over:
        who = visible(move.symbol)
        raise _OpenError(
            f"no close of {who} yet; with --as-of it is known when its session is over"
        )
    if move.status not in {"missing", "pending", "stale"}:
        return None
    return _Met(f"no close of {name} on {move.session}, when there was a session", {})


def _move(condition: Condition, move: Move) -> _Met | None:
    least, most = _range(move.change_pct, move.change_pct_over, move.change_pct_under)
    way = _reached(condition, least, most, f"only a bound of {visible(move.symbol)}")
    if not way:
        return None
    names = ("change_pct", "change_pct_over", "change_pct_under")
    return _Met(
        f"{_moved(move, condition.places)}: at least {_number(condition)}%",
        {name: figure for name in names if (figure := getattr(move, name)) is not None},
    )


def _of_period(condition: Condition, move: Move) -> _Met | None:
    of, period = move.periods.get(condition.period), condition.period
    if of is None or of.change_pct is None:
        raise _OpenError(f"no change of {periods.words(period)} of {visible(move.symbol)}")
    if of.doubt:
        raise _OpenError(
            f"the change of {visible(move.symbol)} over {periods.words(period)} is doubtful"
        )
    if not _reached(condition, of.change_pct, of.change_pct, ""):
        return None
    pct = numbers.percent(of.change_pct, max(_PLACES, condition.places))
    return _Met(
        f"{visible(move.name)} {pct} {periods.inside(period)}, from the close of"
        f" {of.prior_session}: at least {_number(condition)}%",
        {
            f"{period}_change_pct": of.change_pct,
            f"{period}_prior_close": of.prior_close,
            f"{period}_prior_session": f"{of.prior_session}",
        },
    )


def _range(
    figure: float | None, over: float | None = None, under: float | None = None
) -> tuple[float, float]:
    """The least and the most that a figure, or the bound that stands for it, may be."""
    if figure is not None:
        return figure, figure
    return -float("inf") if over is None else over, float("inf") if under is None else under


def _reached(condition: Condition, least: float, most: float, otherwise: str) -> int:
    """Which way a figure certainly reaches the amount; 0 if it certainly does not."""
    amount = condition.amount - SAME
    if condition.way >= 0 and least >= amount:
        return 1
    if condition.way <= 0 and most <= -amount:
        return -1
    may = (condition.way >= 0 and most >= amount) or (condition.way <= 0 and least <= -amount)
    if may:
        raise _OpenError(f"{otherwise} is known")
    return 0


def _percentile(
    condition: Condition,
    known: tuple[float | None, int | None],
    lacking: str,
    texts: tuple[str, str],
    figures: dict[str, Any],
) -> _Met | None:
    """Hold a percentile and its n against an amount; ``texts`` stand around the share."""
    percentile, n = known
    if percentile is None:
        raise _OpenError(lacking)
    if percentile < condition.amount - SAME:
        return None
    share = _fixed(percentile, max(1, condition.places))
    return _Met(
        f"{texts[0]} than {share}% of {texts[1]}: at least p{_number(condition)}",
        figures | {"percentile": percentile, "n": n},
    )


def _streak(condition: Condition, move: Move, context: MoveContext) -> _Met | None:
    length = context.streak
    if length is None:
        raise _OpenError(f"the streak of {visible(move.symbol)} is not known")
    fits = not condition.way or length * condition.way > 0
    if fits and abs(length) >= condition.amount:
        return _Met(
            f"{visible(move.name)} {streak(context)}: at least {_number(condition)}",
            {"streak": length, "streak_is_least": context.streak_is_least},
        )
    if fits and length and context.streak_is_least:
        raise _OpenError(f"when the streak of {visible(move.symbol)} began is not known")
    return None


def _record(condition: Condition, move: Move, context: MoveContext) -> _Met | None:
    # A record needs 60 closes before, which is one move less.
    if context.record is None and context.size_n < LEAST - 1:
        raise _OpenError(_few(move.symbol))
    if context.record not in {1: {"high"}, -1: {"low"}, 0: {"high", "low"}}[condition.way]:
        return None
    what = "highest" if context.record == "high" else "lowest"
    return _Met(
        f"{_moved(move)}, its {what} close in this data, since {context.data_since}",
        {"record": context.record, "close": move.close, "data_since": f"{context.data_since}"},
    )


def _of_year(condition: Condition, move: Move, stands: Extremes) -> _Met | None:
    who = visible(move.symbol)
    if stands.year_gap_sessions:
        raise _OpenError(f"the data lacks sessions of {who} in the last 52 weeks")
    if stands.year_high is None:
        raise _OpenError(f"the data of {who} does not reach 52 weeks back")
    if stands.year_extreme not in {1: {"high"}, -1: {"low"}, 0: {"high", "low"}}[condition.way]:
        return None
    names = (f"year_{stands.year_extreme}", "year_extreme")
    return _Met(
        f"{_moved(move)}, its {stands.year_extreme}est close of 52 weeks",
        {name: getattr(stands, name) for name in names},
    )


def _drawdown(condition: Condition, move: Move, stands: Extremes) -> _Met | None:
    if stands.drawdown_pct is None:
        raise _OpenError(_few(move.symbol))
    if -stands.drawdown_pct < condition.amount - SAME:
        return None
    figures = {"drawdown_pct": stands.drawdown_pct, "high_close": stands.high_close}
    return _Met(
        f"{below(move, stands)}: at least {_number(condition)}%",
        figures | {"high_session": f"{stands.high_session}"},
    )


def _of_pair(condition: Condition, symbols: tuple[str, ...], known: SessionFacts) -> _Met | None:
    for symbol in symbols:
        if symbol not in known.moves:
            raise _OpenError(f"no close of {visible(symbol)} in the data")
        _refuse_uncounted(known.moves[symbol])
    pair = next((pair for pair in known.pairs if {pair.up, pair.down} == set(symbols)), None)
    if pair is None:
        raise _OpenError("a bound leaves open which move is higher")
    up, down = (known.moves[symbol] for symbol in (pair.up, pair.down))
    figure = pair.spread_pp if pair.spread_pp is not None else pair.spread_pp_over
    more = "more than " if pair.spread_pp is None else ""
    approximately = "≈ " if up.basis == "published" else ""
    size = f"{more}{approximately}{_fixed(figure or 0.0, max(_PLACES, condition.places))} pp"
    spread = f"{visible(up.name)} {size} above {visible(down.name)}"
    if condition.kind == "spread":
        return _spread(condition, symbols, pair, spread)
    return _percentile(
        condition,
        (pair.percentile, pair.n),
        "its past is not known" if pair.n is None else _few(":".join(symbols), "common "),
        (f"{spread}, wider", f"their last {pair.n} common sessions"),
        {"spread_pp": pair.spread_pp},
    )


def _spread(
    condition: Condition, symbols: tuple[str, ...], pair: Divergence, spread: str
) -> _Met | None:
    least, most = _range(pair.spread_pp, over=pair.spread_pp_over)
    if pair.up != symbols[0]:
        least, most = -most, -least
    if not _reached(condition, least, most, "only a bound of the spread"):
        return None
    figures = {"spread_pp": pair.spread_pp, "spread_pp_over": pair.spread_pp_over}
    return _Met(
        f"{spread}: at least {_number(condition)} pp",
        {name: figure for name, figure in figures.items() if figure is not None},
    )


def _moved(move: Move, places: int = _PLACES) -> str:
    """A move in words, with as many places as it takes to see that it reaches an amount."""
    name = visible(move.name)
    if move.change_pct is None:
        bound, way = (
            (move.change_pct_over, "more than")
            if move.change_pct_over is not None
            else (move.change_pct_under, "less than")
        )
        return f"{name} {way} {numbers.percent(bound)}"
    if not move.change_pct:
        return f"{name} unchanged"
    way = "up" if move.change_pct > 0 else "down"
    size = numbers.percent(abs(move.change_pct), max(_PLACES, places)).removeprefix("+")
    return f"{name} {way} {size}"


def _few(who: str, kind: str = "") -> str:
    return f"fewer than {LEAST} earlier {kind}sessions of {visible(who)}"


def _number(condition: Condition) -> str:
    return _fixed(condition.amount, condition.places)


def _fixed(value: float, places: int) -> str:
    return f"{numbers.round_to(exact(value), places):,f}"
