"""What follows from published figures held against closes, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from marketmove.errors import Remark, listed
from marketmove.moves.move import Move
from marketmove.published.report_file import Printed
from marketmove.published.verdicts import Checked, Fault
from marketmove.wording import numbers, statuses
from marketmove.wording.characters import visible
from marketmove.wording.phrases import name

if TYPE_CHECKING:
    from marketmove.published.comparing import CheckedClaim
    from marketmove.published.holding import Held

_MOST_NAMED = 8


def findings_of(held: Held, closes: str) -> list[Remark]:
    """Say which figures are not those of their session, and whose they are."""
    rows = held.rows
    return [
        *_dated(held),
        *_judged(rows, closes),
        *_unchecked(rows),
        *_fitting(rows, held.elsewhere),
    ]


def undated(label: str) -> str:
    """Say that nothing tells the day of a report."""
    text = "has no date, and its figures fit no single session of the closes; say --date"
    return f"{visible(label)} {text}"


def _dated(held: Held) -> Iterator[Remark]:
    if held.by_closes:
        text = f"the report has no date; its figures are those of {held.session}"
        yield Remark("published_undated", text)


def _judged(rows: Sequence[Checked], closes: str) -> Iterator[Remark]:
    """The rows without a session, and those that disagree."""
    shut = [row for row in rows if row.verdict == "no_session"]
    for key, alike in _grouped(shut, lambda r: f"{r.move.session} {r.move.closed_for or ''}"):
        session, _, why = key.partition(" ")
        reason = f" ({visible(why)})" if why else ""
        yield _remark("published_no_session", alike, f" had no session on {session}{reason}")
    every = [row for row in rows if row.verdict == "disagrees"]
    for session, wrong in _grouped(every, lambda row: str(row.move.session)):
        other = "another figure" if len(wrong) == 1 else "other figures"
        figures = listed([f"{name(row.move)} {given(row)}" for row in wrong], _MOST_NAMED)
        text = f"{visible(closes)} has {other} for {session}: {figures}"
        yield Remark("published_disagrees", text, _only_symbol(wrong))
    cut = [row for row in every if any(fault.code == "cut" for fault in row.faults)]
    if early := [row for row in every if row.same_prior and row not in cut]:
        tail = " lead from the right prior close, perhaps to a level before the end of the session"
        yield _remark("published_early", early, tail, "the figures of ")


def _unchecked(rows: Sequence[Checked]) -> Iterator[Remark]:
    unchecked = [row for row in rows if row.verdict == "unchecked"]
    for why, alike in _grouped(unchecked, lambda row: row.why):
        whose = "" if alike[0].move.close is None else "the percent of "
        tail = f" cannot be checked: {statuses.WORDS[why].unchecked}"
        yield _remark("published_unchecked", alike, tail, whose)


def _fitting(rows: Sequence[Checked], elsewhere: Sequence[Checked]) -> Iterator[Remark]:
    """Whose figures the printed ones are; and, on that date, what the rest of the report lacks."""
    placed = [row for row in rows if row.fits_session]
    for when, alike in _grouped(placed, lambda row: str(row.fits_session)):
        misfits = [
            f"{name(row.move)} has {given(row)} instead of {printed(row)}"
            f"{', from the same prior close' if row.same_prior else ''}"
            for row in elsewhere
            if row.verdict == "disagrees" and row.move.session == alike[0].fits_session
        ]
        rest = f"; on that date {listed(misfits, _MOST_NAMED)}" if misfits else ""
        yield _remark("published_fits", alike, f" are those of {when}{rest}", "the figures of ")


def claims_of(claims: Sequence[CheckedClaim]) -> Iterator[Remark]:
    """Say of what a report claims beside a session's figures whether the closes bear it out."""
    for claim in claims:
        said = f'{visible(claim.name)}, "{visible(claim.said.quote)}": {_held_claim(claim)}'
        yield Remark(f"claim_{claim.verdict}", said, claim.symbol)


def _held_claim(claim: CheckedClaim) -> str:
    if claim.verdict == "unchecked":
        since = f"; the closes begin on {claim.data_since}" if claim.data_since else ""
        return f"cannot be checked{since}"
    if claim.said.kind == "record" and claim.verdict == "agrees":
        return f"agrees, as far as the closes go, since {claim.data_since}"
    if claim.verdict == "agrees":
        return "agrees"
    if claim.said.kind == "streak":
        length = numbers.count(claim.length or 0, "session", "sessions")
        return f"disagrees; the closes have {length} that way"
    if claim.said.kind == "tally":
        return f"disagrees; the closes have {claim.length or 0} of {claim.said.of} that way"
    if claim.said.kind == "below" and claim.pct is not None:
        pct = numbers.percent(claim.pct).lstrip("+")
        return f"disagrees; the closes have {pct} below the highest, of {claim.since}"
    if claim.since is None:
        return "disagrees"
    if claim.said.kind == "year":
        way = "higher" if claim.said.way > 0 else "lower"
        return f"disagrees; there was a {way} close on {claim.since}"
    return f"disagrees; there was as much on {claim.since}"


def _grouped(
    rows: Iterable[Checked], key: Callable[[Checked], str]
) -> Iterator[tuple[str, list[Checked]]]:
    groups: dict[str, list[Checked]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from groups.items()


def _remark(code: str, rows: Sequence[Checked], tail: str, head: str = "") -> Remark:
    names = listed([name(row.move) for row in rows], _MOST_NAMED)
    return Remark(code, f"{head}{names}{tail}", _only_symbol(rows))


def _only_symbol(rows: Sequence[Checked]) -> str | None:
    return rows[0].move.symbol if len(rows) == 1 else None


def given(row: Checked) -> str:
    """Write what the closes give for figures that are wrong, such as ``22,620.33 (+3.69%)``."""
    close = close_given(row.printed, row.move)
    return _both(row, close, points_given(row), percent_given(row))


def printed(row: Checked) -> str:
    """Write the printed figures that are wrong, in the same way."""
    printed = row.printed
    level, points = numbers.printed_level(printed.close), numbers.printed_points(printed.change_pts)
    return _both(row, level, points, numbers.printed_percent(printed))


def _both(row: Checked, close: str, points: str, pct: str) -> str:
    """Of level, points and percent what is wrong."""
    changes = [points] if "change_pts" in row.wrong else []
    if set(row.wrong) - {"close", "change_pts"}:
        changes.append(pct)
    if "close" not in row.wrong:
        return ", ".join(changes)
    return f"{close} ({', '.join(changes)})" if changes else close


def close_given(printed: Printed, move: Move) -> str:
    """Write the close that the closes give, with at least the digits that were printed."""
    return numbers.level(move.close, max(move.decimals, _places(printed.close)))


def percent_given(row: Checked) -> str:
    """Write the percent that the closes give, in the same way."""
    shown = row.printed.change_pct or row.printed.about_pct
    return numbers.percent(row.change_pct, max(2, _places(shown)))


def points_given(row: Checked) -> str:
    """Write the points that the closes give, in the same way."""
    places = max(row.move.decimals, _places(row.printed.change_pts))
    return numbers.points(row.change_pts, places)


_FAULTS = {
    "cut": "cut, not rounded",
    "wrong_way": "verb contradicts the arithmetic",
    "early": "level before the end of the session",
    "misfit": "level, points and percent do not fit each other",
    "other_index": "another index's level",
    "tenfold": "ten times",
    "points_as_percent": "points given as percent",
    "other_session": "another day's figure",
}
_FIELDS = {
    "close": "level", "change_pts": "points", "change_pct": "percent", "over_pct": "bound",
    "under_pct": "bound", "about_pct": "percent", "way": "direction",
}  # fmt: skip


def verdict(row: Checked) -> str:
    """Write a verdict: which figure is wrong and, where it can be told, what is wrong with it."""
    if row.verdict == "no_session":
        return "shut that day"
    if row.verdict != "disagrees":
        return row.verdict
    wrong = listed(list(dict.fromkeys(_FIELDS[field] for field in row.wrong)))
    said = dict.fromkeys(fault_text(fault, row) for fault in row.faults)
    return f"disagrees: {wrong}" + (f" ({', '.join(said)})" if said else "")


def fault_text(fault: Fault, row: Checked) -> str:
    """Say what is wrong with a figure."""
    text = _FAULTS[fault.code]
    if fault.code == "other_index":
        return f"{text}: {fault.symbol}"
    if fault.code == "other_session":
        return f"{text}: {row.fits_session}"
    return text


def _places(figure: Decimal | None) -> int:
    return 0 if figure is None else -int(figure.as_tuple().exponent)
