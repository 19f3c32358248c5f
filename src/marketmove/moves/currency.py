"""Moves in one currency: the index's own, compounded with that of its currency; never their sum.

A rate is the one of the index's own session, or the last before within three days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import Levels
from marketmove.frame import Column, Frame, Labels
from marketmove.market.currencies import ChosenRates, Currency, Quote, quote_of
from marketmove.market.indices import Registry
from marketmove.moves.changes import changes
from marketmove.moves.measure import Series, series
from marketmove.moves.move import FX_FIELDS, PERIOD_FX, Conversion, Move, Reason

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.object_]

# A rate at most so many days old counts.
OLDEST = 3
# A rate more than so many times the one before is no move; a unit is so near its factor.
_JUMP = 3.0
# Rates of so many of the latest dates tell how a series is quoted; near par nothing tells.
_RECENT, _NEAR_PAR = 250, 3.0
# A rate so far outside a peg is none of that currency.
_OFF_PEG = 0.02
# A file of rates for one euro, as the ECB has them, has so many currencies, dollars among them.
_OF_EURO = 3


class RateSeries(NamedTuple):
    """Rates of one name in order: units of ``quote.quote`` for one ``quote.base``.

    Two with as many ``breaks`` before have no jump between them. Without ``days`` it is a fixed peg
    from ``since`` until ``until``.
    """

    name: str
    quote: Quote
    days: Days
    values: Floats
    breaks: Ints
    since: dt.date = dt.date.min
    until: dt.date = dt.date.max

    @property
    def fixed(self) -> bool:
        """Tell whether it is a peg."""
        return not len(self.days)


class FxChanges(NamedTuple):
    """Rates of some dates and of dates before them, and the change between them in percent.

    ``reasons`` has why there is no change, None where there is one.
    """

    rate: Floats
    day: Days
    prior_rate: Floats
    prior_day: Days
    pct: Floats
    reasons: Codes


_Span = tuple[dt.date | None, dt.date | None, float | None]


class Rates(NamedTuple):
    """The rates that the data has and that pegs fix, by what they quote.

    ``names`` are the series of the data that are rates, ``unused`` those beside another of the same
    two currencies, ``other_way`` those whose figures are what their names say the other way round.
    """

    by_quote: Mapping[frozenset[str], RateSeries]
    names: tuple[str, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()
    other_way: tuple[tuple[str, float], ...] = ()

    def path(self, currency: str, to: str) -> list[tuple[RateSeries, bool]] | None:
        """Give the rates that lead from one currency to another, the fewest; None if none do.

        With each, whether it is quoted as units of the first for one of the second.
        """
        paths: dict[str, list[tuple[RateSeries, bool]]] = {currency: []}
        # Series before pegs, where both are as short.
        edges = sorted(self.by_quote.values(), key=lambda one: one.fixed)
        while to not in paths:
            more: dict[str, list[tuple[RateSeries, bool]]] = {}
            for code, path in paths.items():
                for one in edges:
                    if code in one.quote:
                        other = one.quote.quote if one.quote.base == code else one.quote.base
                        if other not in paths:
                            more.setdefault(other, [*path, (one, one.quote.quote == code)])
            if not more:
                return None
            paths |= more
        return paths[to]

    def changes(self, currency: str, to: str, days: Days, priors: Days) -> FxChanges:
        """Give the change of a currency in another between two dates, for many of them."""
        nothing, never = (
            np.full(len(days), np.nan),
            np.full(len(days), np.datetime64("NaT", "D"), "M8[D]"),
        )
        if currency == to:
            par = np.ones(len(days))
            none = np.full(len(days), None, dtype=object)
            return FxChanges(par, days, par, priors, np.zeros(len(days)), none)
        path = self.path(currency, to)
        if path is None:
            reason = "other_way" if self._spoilt(currency, to) else "no_rates"
            reasons = np.full(len(days), reason, dtype=object)
            return FxChanges(nothing, never, nothing, never, nothing, reasons)
        quoted = _days_of_all([one for one, _ in path])
        now, before = (_last_within(quoted, days), _last_within(quoted, priors))
        rate_days, prior_days = (
            days if quoted is None else _at(quoted, at, np.datetime64("NaT", "D")).astype("M8[D]")
            for days, at in ((days, now), (priors, before))
        )
        known, prior_known = now >= 0, before >= 0
        for one, _ in path:
            known &= _in_force(one, rate_days)
            prior_known &= _in_force(one, prior_days)
        both = known & prior_known
        rate, prior_rate, pct = np.ones(len(days)), np.ones(len(days)), np.zeros(len(days))
        jumps = np.zeros(len(days), dtype=bool)
        for one, inverted in path:
            if one.fixed:
                latest = earlier = np.full(len(days), one.values[0])
            else:
                at, prior_at = (np.searchsorted(one.days, when) for when in (rate_days, prior_days))
                latest, earlier = _at(one.values, at, np.nan), _at(one.values, prior_at, np.nan)
                jumps |= _at(one.breaks, at, 0) != _at(one.breaks, prior_at, 0)
            leg = np.zeros(len(days))
            first, second = (earlier, latest) if inverted else (latest, earlier)
            leg[both] = changes(first[both], second[both])[1]
            pct = compounded(pct, leg)
            rate = rate / latest if inverted else rate * latest
            prior_rate = prior_rate / earlier if inverted else prior_rate * earlier
        reasons = np.select([~known, ~prior_known, jumps], ["no_rate", "no_prior_rate", "jump"], "")
        reasons = reasons.astype(object)
        reasons[reasons == ""] = None
        return FxChanges(
            np.where(known, rate, np.nan),
            np.where(known, rate_days, np.datetime64("NaT", "D")),
            np.where(prior_known, prior_rate, np.nan),
            np.where(prior_known, prior_days, np.datetime64("NaT", "D")),
            np.where(both & ~jumps, pct, np.nan),
            reasons,
        )

    def _spoilt(self, currency: str, to: str) -> bool:
        """Whether there would be a way if a series were not quoted the other way round."""
        quotes = [quote_of(name) for name, _ in self.other_way]
        return any(quote and {currency, to} & {*quote} for quote in quotes)


def compounded(one: Floats, other: Floats) -> Floats:
    """Give (1 + one)(1 + other) − 1, of percents.

    >>> compounded(np.array([10.0]), np.array([-10.0])).tolist()
    [-1.0]
    """
    return one + other + one * other / 100.0


def _or_none(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def find_rates(
    levels: Levels,
    known: Mapping[str, Currency],
    chosen: ChosenRates,
) -> Rates:
    """Find the rates among the series of some closes, by their names or as they were ``chosen``.

    Names of currencies alone are rates for one euro, as the ECB publishes them, where dollars are
    among them and euros are not. What is quoted the other way round than its name says is left out.
    """
    said = _said(levels.symbols, known, chosen)
    by_quote: dict[frozenset[str], RateSeries] = {}
    unused, other_way = [], []
    for name, own in series(levels, list(said)).items():
        one = _rate_series(name, said[name], own, known)
        latest = float(one.values[-1])
        if _is_other_way(one, known):
            other_way.append((name, latest))
            continue
        pair = frozenset(one.quote)
        if pair in by_quote:
            unused.append((name, by_quote[pair].name))
        else:
            by_quote[pair] = one
    for code in known:
        peg = known[code].peg
        if peg and peg.fixed and frozenset((code, peg.to)) not in by_quote:
            none = np.array([], dtype="datetime64[D]")
            by_quote[frozenset((code, peg.to))] = RateSeries(
                *(f"{code} at {peg.low:g}", Quote(peg.to, code), none, np.array([peg.low])),
                *(np.array([0]), peg.since, peg.until),
            )
    return Rates(by_quote, tuple(said), tuple(unused), tuple(other_way))


def _said(
    symbols: Sequence[str],
    known: Mapping[str, Currency],
    chosen: ChosenRates,
) -> dict[str, Quote]:
    """What each series says that is one of rates, those that were chosen first."""
    spelt = {symbol.casefold(): symbol for symbol in symbols}
    said = {
        spelt[name.casefold()]: quote for name, quote in chosen.values() if name.casefold() in spelt
    }
    codes = [symbol for symbol in symbols if symbol.upper() in known]
    upper = {code.upper() for code in codes}
    of_euro = codes if len(upper) >= _OF_EURO and "USD" in upper and "EUR" not in upper else []
    for symbol in symbols:
        quote = Quote("EUR", symbol.upper()) if symbol in of_euro else quote_of(symbol)
        if quote:
            said.setdefault(symbol, quote)
    return said


def _rate_series(name: str, quote: Quote, own: Series, known: Mapping[str, Currency]) -> RateSeries:
    """A series on one unit, and where it jumps."""
    values = own.close.copy()
    for code, way in ((quote.quote, 1.0), (quote.base, -1.0)):
        currency = known[code]
        if currency.unit_since is None:
            continue
        at = int(np.searchsorted(own.days, np.datetime64(currency.unit_since)))
        if 0 < at < len(values):
            steps = (values[at - 1] / values[at]) ** way / currency.unit_factor
            if 1 / _JUMP < steps < _JUMP:
                values[:at] = (
                    values[:at] / currency.unit_factor
                    if way > 0
                    else (values[:at] * currency.unit_factor)
                )
    size = np.abs(np.diff(np.log(values), prepend=np.log(values[:1])))
    breaks = np.cumsum((size > np.log(_JUMP)) | _off_peg(quote, own.days, values, known))
    return RateSeries(name, quote, own.days, values, breaks.astype(np.int64))


def _off_peg(quote: Quote, days: Days, values: Floats, known: Mapping[str, Currency]) -> Bools:
    """Where a rate begins or ends to be outside what it is pegged to."""
    off = np.zeros(len(values), dtype=bool)
    for code, to in ((quote.quote, quote.base), (quote.base, quote.quote)):
        peg = known[code].peg
        if peg is None or peg.to != to:
            continue
        per_one = values if quote.quote == code else 1 / values
        within = (per_one >= peg.low * (1 - _OFF_PEG)) & (per_one <= peg.high * (1 + _OFF_PEG))
        until = np.datetime64(min(peg.until, dt.date(9999, 1, 1)))
        in_force = (days >= np.datetime64(peg.since)) & (days <= until)
        off |= np.diff((in_force & ~within).astype(np.int8), prepend=0) != 0
    return off


def _is_other_way(one: RateSeries, known: Mapping[str, Currency]) -> bool:
    """Whether a series is nearer to what its name would say the other way round."""
    usual = np.log(known[one.quote.quote].per_usd / known[one.quote.base].per_usd)
    if abs(usual) < np.log(_NEAR_PAR):
        return False
    recent = float(np.median(np.log(one.values[-_RECENT:])))
    return bool(abs(recent + usual) < abs(recent - usual))


def _days_of_all(path: Iterable[RateSeries]) -> Days | None:
    """The dates on which all series have a rate; None where there are pegs alone."""
    quoted: Days | None = None
    for one in path:
        if not one.fixed:
            quoted = one.days if quoted is None else np.intersect1d(quoted, one.days)
    return quoted


def _last_within(quoted: Days | None, days: Days) -> Ints:
    """Where the last rate on or before a date is, if it is not too old; else -1."""
    if quoted is None:
        return np.where(np.isnat(days), -1, 0)
    at = np.searchsorted(quoted, days, side="right").astype(np.int64) - 1
    age = days - _at(quoted, at, np.datetime64("NaT", "D")).astype("datetime64[D]")
    recent = age <= np.timedelta64(OLDEST, "D")
    return np.where((at >= 0) & ~np.isnat(days) & recent, at, -1)


def _in_force(one: RateSeries, days: Days) -> Bools:
    """Whether a rate stood on some dates: a peg from its first to its last, a series always."""
    if not one.fixed:
        return ~np.isnat(days)
    until = np.datetime64(min(one.until, dt.date(9999, 1, 1)))
    return (days >= np.datetime64(one.since)) & (days <= until)


def _at(values: npt.NDArray[Any], at: Ints, none: Any) -> npt.NDArray[Any]:
    """The values at some places; ``none`` at -1 and past the end."""
    inside = (at >= 0) & (at < len(values))
    return np.append(values, none)[np.where(inside, at, len(values))]


def one_currency(
    to: str, rates: Rates, registry: Registry, symbols: Iterable[str], not_money: Collection[str]
) -> OneCurrency:
    """Give what puts the moves of some indices into one currency."""
    of_each = {symbol: registry.resolve(symbol).currency for symbol in symbols}
    known = {symbol: code for symbol, code in of_each.items() if code}
    return OneCurrency(to, rates, known, not_money)


class OneCurrency(NamedTuple):
    """What puts moves into one currency, ``to``: the rates, and the currencies of the indices.

    ``currencies`` has by symbol those that are known; ``not_money`` are indices without any.
    """

    to: str
    rates: Rates
    currencies: Mapping[str, str]
    not_money: Collection[str] = ()

    def moves(self, moves: Sequence[Move]) -> list[Move]:
        """Give the moves of a session in the currency, each with its own beside it in ``fx``."""
        found = []
        for move in moves:
            spans = {"": (move.session, move.prior_session, move.change_pct)} | {
                name: (move.session, of.prior_session, of.change_pct)
                for name, of in move.periods.items()
            }
            own = self._converted(move.symbol, list(spans.values()))
            found.append(move._replace(fx=dict(zip(spans, own, strict=True))).converted())
        return found

    def _converted(self, symbol: str, spans: Sequence[_Span]) -> list[Conversion]:
        """The moves of one index: for each its session, its prior session and its percent."""
        currency = self.currencies.get(symbol)
        if currency is None or symbol in self.not_money:
            why: Reason = "not_money" if symbol in self.not_money else "no_currency"
            return [
                Conversion(self.to, currency, pct, reason=None if pct is None else why)
                for _, _, pct in spans
            ]
        days, priors = (
            np.array([span[n] or "NaT" for span in spans], dtype="datetime64[D]") for n in (0, 1)
        )
        fx = self.rates.changes(currency, self.to, days, priors)
        found = []
        for n, (_, _, local) in enumerate(spans):
            reason = fx.reasons[n] if local is not None else None
            pct = effect = whole = None
            if local is not None and reason is None:
                pct = float(fx.pct[n])
                effect = pct + pct * local / 100.0
                whole = local + effect
            rate, prior_rate = (_or_none(value[n]) for value in (fx.rate, fx.prior_rate))
            dated = (rate, fx.day[n].item(), prior_rate, fx.prior_day[n].item())
            made = (pct, effect, whole, reason)
            found.append(Conversion(self.to, currency, local, *dated, *made))
        return found

    def series(self, own: Mapping[str, Series]) -> dict[str, Series]:
        """Give the closes of indices, and the moves to each, in the currency: nan without a rate.

        An index without a currency that is known has none.
        """
        found = {}
        for symbol, line in own.items():
            if symbol in self.currencies and symbol not in self.not_money:
                nothing = np.array(["NaT"], dtype="datetime64[D]")
                priors = np.concatenate([nothing, line.days[:-1]])
                fx = self.rates.changes(self.currencies[symbol], self.to, line.days, priors)
                pct = compounded(line.pct, fx.pct)
                found[symbol] = Series(line.days, line.close * fx.rate, pct)
        return found

    def beside(self, sessions: Frame, one: str, other: str, own: Mapping[str, Series]) -> Frame:
        """Add to the common sessions of a pair what the two did, each in its own currency."""
        added = {}
        for prefix, symbol in (("", one), ("versus_", other)):
            days, priors = sessions["session"], sessions[f"{prefix}prior_session"]
            fx = self.rates.changes(self.currencies[symbol], self.to, days, priors)
            at = np.searchsorted(own[symbol].days, days)
            added[f"{prefix}local_change_pct"] = own[symbol].pct[at]
            added[f"{prefix}fx_change_pct"] = fx.pct
        return sessions.assign(**added)

    def rows(self, rows: Frame, periods: Sequence[str]) -> Frame:
        """Add what moves are in the currency to rows of many sessions, under ``FX_FIELDS``.

        Under the name of each period what its change is, under ``PERIOD_FX``.
        """
        labels, codes_used = rows.labels("symbol"), tuple(sorted({*self.currencies.values()}))
        of_index = [self.currencies.get(symbol) for symbol in labels.values]
        numbers = [-1 if code is None else codes_used.index(code) for code in of_index]
        currency = Labels(codes_used, np.array(numbers, dtype=np.int32)[labels.codes])
        in_currency = Labels((self.to,), np.zeros(len(rows), dtype=np.int8))
        money, added = ~labels.are(self.not_money), dict[str, Column]()
        spans = {"": tuple(FX_FIELDS)} | {f"{period}_": PERIOD_FX for period in periods}
        for prefix, names in spans.items():
            columns = {name: _nothing(name, len(rows)) for name in FX_FIELDS}
            reason, local = columns["converted_reason"], rows[f"{prefix}change_pct"]
            moved = ~np.isnan(local)
            reason[moved & (currency.codes < 0)] = "no_currency"
            reason[moved & ~money] = "not_money"
            for code, own in currency.each():
                own = own[money[own]]
                days, priors = (rows[f"{name}session"][own] for name in ("", f"{prefix}prior_"))
                fx = self.rates.changes(code, self.to, days, priors)
                columns["fx_rate"][own], columns["fx_rate_session"][own] = fx.rate, fx.day
                columns["prior_fx_rate"][own] = fx.prior_rate
                columns["prior_fx_rate_session"][own] = fx.prior_day
                pct = np.where(moved[own], fx.pct, np.nan)
                effect = pct + pct * local[own] / 100.0
                columns["fx_change_pct"][own], columns["fx_effect_pp"][own] = pct, effect
                columns["converted_change_pct"][own] = local[own] + effect
                reason[own[moved[own]]] = fx.reasons[moved[own]]
            known = columns | {"in_currency": in_currency, "currency": currency}
            added |= {f"{prefix}{name}": known[name] for name in names}
        return rows.assign(**added)


def _nothing(name: str, rows: int) -> npt.NDArray[Any]:
    """A column of what is not known."""
    if name.endswith("_session"):
        return np.full(rows, np.datetime64("NaT", "D"), dtype="datetime64[D]")
    if name.endswith(("currency", "reason")):
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.nan)
