"""What is said of moves in one currency: at which rates, and why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from marketmove.errors import Remark, listed
from marketmove.moves.move import Conversion, Move, Reason
from marketmove.wording import numbers, periods
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from marketmove.moves.currency import OneCurrency, Rates
    from marketmove.moves.measure import Series
    from marketmove.moves.tally import RatesUsed

_MOST_NAMED = 6
_REASONS = {
    "not_money": "it is not a sum of money",
    "no_currency": "its currency is not known",
    "no_rates": "no rates of {currency} in {to} in the data",
    "no_rate": "no rate of {currency} in {to} on the day, nor in the three days before",
    "no_prior_rate": "no rate of {currency} in {to} at the close before, nor in three days before",
    "jump": "the rates of {currency} in {to} jump",
    "other_way": "the rates of {currency} are quoted the other way round than their name says",
}


def in_one(to: str) -> str:
    """Mark what is in one currency: `` in USD``; nothing where that was not asked for."""
    return f" in {to}" if to else ""


def why(of: Conversion) -> str:
    """Say why a move has none in another currency."""
    return _REASONS[of.reason or "no_rate"].format(currency=of.currency, to=of.to)


def without_rate(move: Move) -> str:
    """Say what a move is in its own currency, and why there is none in another."""
    of = move.fx[""]
    own = f" in {of.currency}" if of.currency else ""
    return f"{numbers.percent(of.local_change_pct)}{own}; {why(of)}"


def rate_warnings(rates: Rates) -> Iterator[Remark]:
    """Warn of series whose figures are not what their names say."""
    for name, value in rates.other_way:
        text = (
            f"{visible(name)}: {value:.6g} is what the other way round would be, and is not used;"
            f" fx: in the configuration can say what it quotes"
        )
        yield Remark("rate_other_way", text, name)


def rate_notes(to: str, moves: Sequence[Move], rates: Rates) -> Iterator[Remark]:
    """Say at which rates moves are, which are of another date, and which periods have none."""
    yield from rates_used(to, (m.fx[""].currency for m in moves if m.change_pct is not None), rates)
    yield from rates_wanted(move.fx[""].reason for move in moves)
    earlier = dict.fromkeys(text for move in moves for text in _earlier(move))
    if earlier:
        yield Remark("rate_earlier", f"rates of an earlier date: {listed([*earlier], _MOST_NAMED)}")
    lacking: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        for period, one in move.fx.items():
            if period and one.reason:
                lacking.setdefault((period, why(one)), []).append(visible(move.symbol))
    for (period, text), symbols in lacking.items():
        which = listed(symbols, _MOST_NAMED)
        yield Remark("period_without_rate", f"no {periods.head(period)} of {which}: {text}")


def rates_used(to: str, currencies: Iterable[str | None], rates: Rates) -> Iterator[Remark]:
    """Say which series, or which pegs, lead from some currencies to another."""
    wanted = [code for code in dict.fromkeys(currencies) if code and code != to]
    paths = [rates.path(code, to) or [] for code in wanted]
    names = dict.fromkeys(visible(one.name) for path in paths for one, _ in path)
    if names:
        yield Remark("rates", f"in {to} by {listed([*names], _MOST_NAMED)}")
    for name, other in rates.unused:
        yield Remark("rates_unused", f"{visible(name)} quotes what {visible(other)} does: not used")


def no_common_rate(money: OneCurrency, symbols: Sequence[str]) -> Iterator[str]:
    """Say of a pair why it has no session in one currency."""
    lacking = [
        code
        for code in dict.fromkeys(money.currencies[symbol] for symbol in symbols)
        if code != money.to and money.rates.path(code, money.to) is None
    ]
    for code in lacking:
        reason: Reason = "other_way" if money.rates.other_way else "no_rates"
        yield f"--in {money.to}: {why(Conversion(money.to, code, reason=reason))}"
    if not lacking:
        names = " and ".join(map(visible, symbols))
        yield f"{names} have no common session with rates of their days in {money.to}"


def lines_notes(
    money: OneCurrency,
    own: Mapping[str, Series],
    symbols: Sequence[str],
    since: dt.date,
    last: dt.date | None,
) -> Iterator[Remark]:
    """Say at which rates lines are drawn, and how many closes of an index have none."""
    drawn = money.series(own)
    yield from rates_used(money.to, (money.currencies[symbol] for symbol in drawn), money.rates)
    lacking = False
    for symbol in symbols:
        if symbol not in drawn:
            why_not = "not_money" if symbol in money.not_money else "no_currency"
            text = f"{visible(symbol)} is not drawn: {_REASONS[why_not]}"
            yield Remark("no_rate", text, symbol)
            continue
        line = drawn[symbol]
        inside = line.days >= np.datetime64(since)
        if last is not None:
            inside &= line.days <= np.datetime64(last)
        if count := int(np.isnan(line.close[inside]).sum()):
            closes = numbers.count(count, "close", "closes")
            code = money.currencies[symbol]
            none = money.rates.path(code, money.to) is None
            lacking |= none
            of = Conversion(money.to, code, reason="no_rates" if none else "no_rate")
            yield Remark("no_rate", f"{visible(symbol)}: {closes} not drawn: {why(of)}", symbol)
    yield from rates_wanted(["no_rates"] if lacking else [])


def rates_wanted(reasons: Iterable[str | None]) -> Iterator[Remark]:
    """Say where rates come from, if any are lacking altogether."""
    if "no_rates" in reasons:
        text = "rates are series among the closes: USDJPY, JPY=X or DEXJPUS in one more file"
        yield Remark("rates_wanted", text)


def _earlier(move: Move) -> Iterator[str]:
    of = move.fx[""]
    if of.change_pct is not None:
        days = ((move.session, of.rate_session), (move.prior_session, of.prior_rate_session))
        for session, day in days:
            if day != session:
                yield f"{of.currency} of {day} for {session}"


def rows_notes(to: str, used: RatesUsed, rates: Rates) -> Iterator[Remark]:
    """The same of the rows of many sessions: how many rest on an earlier rate, or have none."""
    yield from rates_used(to, used.currencies, rates)
    if used.earlier:
        moves = numbers.count(used.earlier, "move rests", "moves rest")
        yield Remark("rate_earlier", f"{moves} on a rate of an earlier date")
    yield from rates_wanted(reason for _, _, reason in used.lacking)
    for (symbol, currency, reason), count in used.lacking.items():
        moves = numbers.count(count, "move", "moves")
        of = Conversion(to, currency, reason=reason)
        yield Remark("no_rate", f"{visible(symbol)}: {moves} without a figure: {why(of)}", symbol)
