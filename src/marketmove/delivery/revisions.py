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

    ``sessions`` is the date, or where indices differ each with that of its last close. ``indices``
    are the symbols, ``form`` is the format, and ``options`` what else was asked for that changes
    what is written. The files are left out: the same closes from another file are no news.
    ``rolling`` says that it is of the latest sessions, whichever they are, and no date was named.
    """

    sessions: str
    indices: str
    form: str
    options: str
    seen: tuple[CloseSeen, ...]
    rolling: bool = False


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


def summary_key(
    moves: Sequence[Move],
    form: str,
    options: str = "",
    *,
    session: dt.date | None = None,
    rolling: bool = False,
) -> SummaryKey:
    """Tell what a summary of moves rests on: of one ``session``, or of the last one of each.

    A session that is over and has no close yet is no session of the latter.
    """
    seen = sorted(map(_seen, moves))
    last = {one.symbol: _last_close(one) for one in seen}
    each = " ".join(f"{symbol}:{day or '?'}" for symbol, day in last.items())
    dates = set(last.values()) if session is None else {session.isoformat()}
    sessions = next(iter(dates)) if len(dates) == 1 else None
    symbols = " ".join(one.symbol for one in seen)
    return SummaryKey(sessions or each, symbols, form, options, tuple(seen), rolling)


def _last_close(seen: CloseSeen) -> str | None:
    return seen.prior_session if seen.close is None else seen.session


def newest(seen: Iterable[CloseSeen]) -> str:
    """Give the session of the latest close of a summary; empty where it has none."""
    return max((day for one in seen if (day := _last_close(one))), default="")


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
    """Give every close that changed, came in or is gone between two summaries.

    Of an index that only one of them has, nothing is told here. What is before the prior close of
    either is not seen by it, and so neither new nor gone.

    >>> was = CloseSeen("HSI", "2025-02-14", 22620.33, "2025-02-13", 21814.37)
    >>> silent = CloseSeen("HSI", "2025-02-17", None, "2025-02-14", 22620.33)
    >>> revisions([was], [silent])
    ()
    >>> revisions([silent], [silent._replace(close=22616.23)])
    (Revision(symbol='HSI', session='2025-02-17', before=None, after=22616.23),)
    """
    known = {one.symbol: one for one in before}
    return tuple(
        revision
        for now in after
        if (then := known.get(now.symbol))
        for revision in _revised(then, now)
    )


def came_in(before: Iterable[CloseSeen], after: Iterable[CloseSeen]) -> tuple[Revision, ...]:
    """Give the last close of each index that the summary before did not have."""
    known = {one.symbol for one in before}
    new = (one for one in after if one.symbol not in known and one.session and one.close)
    return tuple(Revision(one.symbol, one.session or "", None, one.close) for one in new)


def _revised(then: CloseSeen, now: CloseSeen) -> Iterator[Revision]:
    was, has = _closes(then), _closes(now)
    for session in sorted(was | has):
        one, other = was.get(session), has.get(session)
        lacking = now if other is None else then
        unseen = None in {one, other} and session < (lacking.prior_session or "")
        if one != other and not unseen:
            yield Revision(now.symbol, session, one, other)


def _closes(seen: CloseSeen) -> dict[str, float]:
    """The closes of an index that a summary rests on, by their sessions."""
    pairs = ((seen.session, seen.close), (seen.prior_session, seen.prior_close))
    return {day: close for day, close in pairs if day is not None and close is not None}
