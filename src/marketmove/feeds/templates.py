"""The templates of requests: ``{from:%d%m%Y}``, ``{key}``; checked when they are configured."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
REQUEST = ("from", "to", "session", "symbol", "key")
PAGE = ("rows", "page", "last")
_DATES = frozenset(["from", "to", "session", "last"])
# Seconds since 1970, which strftime has on some systems only.
_EPOCH = "%s"
Value = str | int | dt.date


class Placeholder(NamedTuple):
    """A place in a template: its name, and how a date is written there."""

    name: str
    form: str | None


def placeholders(template: str) -> Iterator[Placeholder]:
    """Give the placeholders of a template, in order.

    Examples
    --------
    >>> list(placeholders("https://example.org/{session:%d%m%Y}.csv?token={key}"))
    [Placeholder(name='session', form='%d%m%Y'), Placeholder(name='key', form=None)]
    """
    for match in _PLACEHOLDER.finditer(template):
        yield Placeholder(match[1], match[2])


def check(template: str, known: Collection[str]) -> None:
    """Refuse a template with a placeholder that is not known, or has no such form.

    Raises
    ------
    ValueError
        Saying which, and what there is.
    """
    for name, form in placeholders(template):
        if name not in known:
            names = ", ".join(f"{{{one}}}" for one in known)
            raise ValueError(f"{{{name}}} is not a placeholder here; there are {names}")
        if form is not None and (name not in _DATES or "%" not in form):
            expected = "only a date has a form, such as {from:%d.%m.%Y}"
            raise ValueError(f"{{{name}:{form}}} has no form that is known; {expected}")
    if "{" in (rest := _PLACEHOLDER.sub("", template)) or "}" in rest:
        raise ValueError("a brace that belongs to no placeholder; write it as %7B or %7D")


def filled(template: str, values: Mapping[str, Value], *, in_url: bool) -> str:
    """Fill in a template; in a URL the values are escaped.

    Examples
    --------
    >>> day = dt.date(2026, 10, 7)
    >>> filled("/ind_{session:%d%m%Y}.csv?k={key}", {"session": day, "key": "a&b"}, in_url=True)
    '/ind_07102026.csv?k=a%26b'
    >>> filled("{from}", {"from": day}, in_url=False), filled("{to:%s}", {"to": day}, in_url=True)
    ('2026-10-07', '1791417600')
    """
    write: Callable[[str], str] = (lambda text: quote(text, safe="")) if in_url else str

    def one(match: re.Match[str]) -> str:
        value = values[match[1]]
        return write(_date(value, match[2], match[1]) if isinstance(value, dt.date) else str(value))

    return _PLACEHOLDER.sub(one, template)


def _date(day: dt.date, form: str | None, name: str) -> str:
    if form is None:
        return day.isoformat()
    if form == _EPOCH:
        # The last day asked for counts to its end.
        begin: Any = dt.datetime.combine(day, dt.time(), dt.UTC)
        return str(int(begin.timestamp()) + (86_400 if name == "to" else 0))
    return day.strftime(form)
