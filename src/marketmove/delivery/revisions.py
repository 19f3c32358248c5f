"""What a summary rests on, and what of it is news since it was last written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from marketmove.moves.move import Move


class CloseSeen(NamedTuple):
    """The closes of one index that a summary rests on, in index points; None where there is none.

    Dates are ISO texts: ``session`` is that of the index, ``prior_session`` that of its prior
    close.
    """

    symbol: str
    session: str | None
    close: float | None
    prior_session: str | None
    prior_close: float | None


class SummaryKey(NamedTuple):
    """What makes a summary the same one another time, and the closes that it rests on.

    ``sessions`` is the date, or where indices differ each with its own. ``indices`` are the
    symbols, ``form`` is the format, and ``options`` what else was asked for that changes what is
    written. The files are left out: the same closes from another file are no news.
    """

    sessions: str
    indices: str
    form: str
    options: str
    seen: tuple[CloseSeen, ...]


class Revision(NamedTuple):
    """A close that is not what it was when the summary was last written, in index points.

    ``before`` is None for a close that came in since, ``after`` for one that is gone.
    """

    symbol: str
    session: str
    before: float | None
    after: float | None


class DatedRevision(NamedTuple):
    """A revision of a close in the archive, and when it came there: an ISO text, in UTC."""

    moment: str
    revision: Revision


def since(dated: Iterable[DatedRevision], moment: str) -> tuple[Revision, ...]:
    """Give what changed after a moment, each close once: from what it was then to what it is.

    >>> was = Revision("HSI", "2025-02-14", 22620.33, 22621.0)
    >>> then, now = DatedRevision("2025-02-17T09:00:00Z", was), DatedRevision(
    ...     "2025-02-18T09:00:00Z", was._replace(before=22621.0, after=22622.0)
    ... )
    >>> since([then, now], "2025-02-16T22:00:00+00:00")
    (Revision(symbol='HSI', session='2025-02-14', before=22620.33, after=22622.0),)
    """
    found: dict[tuple[str, str], Revision] = {}
    for one in dated:
        if _is_after(one.moment, moment):
            key = one.revision[:2]
            first = found.get(key, one.revision)
            found[key] = first._replace(after=one.revision.after)
    return tuple(one for one in found.values() if one.before != one.after)


def _is_after(one: str, other: str) -> bool:
    try:
        return dt.datetime.fromisoformat(one) > dt.datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False  # somebody wrote another text there


def summary_key(moves: Sequence[Move], form: str, options: str = "") -> SummaryKey:
    """Tell what a summary of moves rests on."""
    seen = sorted(map(_seen, moves))
    dates = {one.session for one in seen}
    each = " ".join(f"{one.symbol}:{one.session or '?'}" for one in seen)
    sessions = next(iter(dates)) if len(dates) == 1 else None
    return SummaryKey(
        sessions or each, " ".join(one.symbol for one in seen), form, options, tuple(seen)
    )


def _seen(move: Move) -> CloseSeen:
    session, prior = move.session, move.prior_session
    return CloseSeen(
        move.symbol,
        None if session is None else session.isoformat(),
        move.close,
        None if prior is None else prior.isoformat(),
        move.prior_close,
    )


def revisions(before: Iterable[CloseSeen], after: Iterable[CloseSeen]) -> tuple[Revision, ...]:
    """Give every close that changed between two summaries of the same sessions."""
    known = {one.symbol: one for one in before}
    return tuple(
        revision
        for now in after
        if (then := known.get(now.symbol))
        for revision in (*_revised_prior(then, now), *_revised_close(then, now))
    )


def _revised_close(then: CloseSeen, now: CloseSeen) -> Iterator[Revision]:
    if now.session is not None and then.close != now.close:
        yield Revision(now.symbol, now.session, then.close, now.close)


def _revised_prior(then: CloseSeen, now: CloseSeen) -> Iterator[Revision]:
    """The prior close; where it is that of another date, a close came in between, or is gone."""
    one, other = then.prior_session, now.prior_session
    if one == other:
        if one is not None and then.prior_close != now.prior_close:
            yield Revision(now.symbol, one, then.prior_close, now.prior_close)
    elif other is not None and (one is None or one < other):
        yield Revision(now.symbol, other, None, now.prior_close)
    elif one is not None:
        yield Revision(now.symbol, one, then.prior_close, None)
