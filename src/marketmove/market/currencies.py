"""Currencies: how their rates are quoted, what they are pegged to, when their unit changed."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, WrongUsageError
from marketmove.resources import root

_FILE = "config/currencies.yaml"
_NUMBER = r"\d{1,12}(\.\d{1,12})?"


class Peg(NamedTuple):
    """What a currency is pegged ``to``: how many of it cost one of that, dates included."""

    to: str
    low: float
    high: float
    since: dt.date
    until: dt.date = dt.date.max

    @property
    def fixed(self) -> bool:
        """Tell whether there is one rate, so that no series is needed."""
        return self.low == self.high


class Currency(NamedTuple):
    """A currency; ``per_usd`` is about how many of it a US dollar costs.

    ``is_base`` tells that markets quote dollars for one of it. ``unit_since`` is the first date of
    its unit where that was another before, worth ``1 / unit_factor`` of it.
    """

    code: str
    name: str
    per_usd: float
    is_base: bool = False
    fred: str = ""
    peg: Peg | None = None
    unit_since: dt.date | None = None
    unit_factor: float = 1.0


class Quote(NamedTuple):
    """What a rate says: units of ``quote`` for one ``base``."""

    base: str
    quote: str

    def __str__(self) -> str:
        return f"{self.base}{self.quote}"


# By currency the series of its rates, and what they say.
ChosenRates = Mapping[str, tuple[str, Quote]]


@functools.cache
def currencies() -> Mapping[str, Currency]:
    """Give the registry of currencies by code, each parsed when it is first asked for."""
    text = (root() / _FILE).read_text(encoding="utf-8")
    return yamltext.Entries(text, _FILE, _parse_currency)


def currency_code(text: str, option: str) -> str:
    """Give the code of a currency as it was typed for an option.

    Raises ``WrongUsageError`` if it is not known.
    """
    known, code = currencies(), text.strip().upper()
    if code in known:
        return code
    import difflib

    near = difflib.get_close_matches(code, list(known), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise WrongUsageError.at(None, f"{option}: {text} is an unknown currency{hint}")


def _parse_currency(code: str, value: yamltext.Value, place: Place) -> Currency:
    """Read an entry of the registry. Raises ``BadConfigError`` if it is not of its form."""
    try:
        fields = _fields(value)
        unit = _fields(fields["redenominated"]) if "redenominated" in fields else {}
        return Currency(
            code=code,
            name=yamltext.text_of(fields["name"]),
            per_usd=_number(fields["per_usd"]),
            is_base="quoted" in fields and yamltext.one_of(fields["quoted"], ("base",)) == "base",
            fred=yamltext.text_of(fields["fred"]) if "fred" in fields else "",
            peg=_peg(_fields(fields["pegged"])) if "pegged" in fields else None,
            unit_since=dt.date.fromisoformat(yamltext.text_of(unit["date"])) if unit else None,
            unit_factor=_number(unit["factor"]) if unit else 1.0,
        )
    except (KeyError, ValueError) as error:
        raise BadConfigError.at(place, f"{code}: {error}") from None


def _fields(value: yamltext.Value) -> dict[str, yamltext.Value]:
    if not isinstance(value, yamltext.Mapping):
        raise ValueError("expected keys with values")  # noqa: TRY004 - a value of the file
    return value.items


def _number(value: yamltext.Value) -> float:
    return float(yamltext.matching(value, _NUMBER, "a number above zero"))


def _peg(fields: Mapping[str, yamltext.Value]) -> Peg:
    low, high = (_number(fields.get(name) or fields["at"]) for name in ("low", "high"))
    since, until = (
        dt.date.fromisoformat(yamltext.text_of(fields[name])) if name in fields else None
        for name in ("since", "until")
    )
    return Peg(
        yamltext.text_of(fields["to"]), low, high, since or dt.date.min, until or dt.date.max
    )


_BEFORE = re.compile(r"^(?:[A-Z]{1,8}:|[\^$.])")
_AFTER = re.compile(r"(?:\.(?:FOREX|FX|CUR|CCY)| (?:BGN )?CURNCY|_D)$")
_TWO = re.compile(r"([A-Z]{3})[/ _.-]?([A-Z]{3})(=X|=)?")
_ONE = re.compile(r"([A-Z]{3})(=X|=)")
_FRED = re.compile(r"DEX([A-Z]{2})([A-Z]{2})")
_ECB = re.compile(r"EXR[./]D\.([A-Z]{3})\.([A-Z]{3})\.SP00\.A")


def quote_of(name: str) -> Quote | None:
    """Give what a series of rates says by its name, None if it is no name of one.

    As vendors call them: ``USDJPY`` and ``USD/JPY`` are yen for a dollar, as are Yahoo's ``JPY=X``,
    Reuters' ``JPY=`` and FRED's ``DEXJPUS``; ``DEXUSEU`` are dollars for a euro.

    >>> [str(quote_of(name)) for name in ("usd/jpy", "JPY=X", "DEXJPUS", "DEXUSEU", "EUR=", "HSI")]
    ['USDJPY', 'USDJPY', 'USDJPY', 'EURUSD', 'EURUSD', 'None']
    """
    text = name.strip().upper()
    known = currencies()
    if found := _FRED.fullmatch(text):
        quote, base = map(_by_fred().get, found.groups())
        return Quote(base, quote) if base and quote and base != quote else None
    if found := _ECB.fullmatch(text):
        quote, base = found.groups()
        return Quote(base, quote) if base in known and quote in known else None
    plain = _BEFORE.sub("", text)
    bare = _AFTER.sub("", plain)
    if found := _TWO.fullmatch(bare):
        base, quote = found[1], found[2]
        return Quote(base, quote) if base in known and quote in known and base != quote else None
    if found := _ONE.fullmatch(f"{bare}=" if bare != plain and len(bare) == len("USD") else bare):
        code = found[1]
        if code not in known or code == "USD":
            return None
        # Yahoo has all of them for a dollar; others as markets quote them.
        of_one = known[code].is_base and found[2] == "="
        return Quote(code, "USD") if of_one else Quote("USD", code)
    return None


@functools.cache
def _by_fred() -> Mapping[str, str]:
    known = currencies()
    return {known[code].fred: code for code in known if known[code].fred}


def parse_fx(value: yamltext.Value) -> ChosenRates:
    """Read ``fx:`` of a configuration: by currency a series, and what its rates say.

    A series of a name that says nothing is ``{series: yen, quoted: USDJPY}``. Raises ``ValueError``
    where a currency is not known, or it is not told what a series says, or not of that currency.
    """
    if not isinstance(value, yamltext.Mapping):
        raise ValueError(  # noqa: TRY004 - a value of the file, not of the program
            "expected currencies with their series, such as {JPY: USDJPY}"
        )
    found = {}
    for code, given in value.items.items():
        if code not in currencies():
            raise ValueError(f"{code} is not a known currency, such as JPY")
        fields = given.items if isinstance(given, yamltext.Mapping) else {"series": given}
        if not {"series"} <= fields.keys() <= {"series", "quoted"}:
            raise ValueError(f"{code}: expected series, and quoted if its name does not say it")
        name = yamltext.text_of(fields["series"])
        said = yamltext.text_of(fields.get("quoted", fields["series"]))
        quote = quote_of(said)
        if quote is None:
            text = f"{code}: {said} does not say what it quotes; write {{series: {name}, quoted: "
            raise ValueError(f"{text}USD{'JPY' if code == 'USD' else code}}}}}")
        if code not in quote:
            raise ValueError(f"{code}: {said} is not a rate of it")
        found[code] = (name, quote)
    return found
