"""Which dates were sessions of which exchange, and why the others were not: data, not a library."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from marketmove.errors import BadConfigError, Place, Problem, UnreadableFileError
from marketmove.resources import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.datetime64]

SESSIONS = "config/sessions.csv"
COLUMNS = ("exchange", "date", "kind", "time", "name", "source")
_KINDS = ("from", "until", "week", "close", "closed", "half", "open", "as")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_FORM = f"expected {','.join(COLUMNS)}"


class Row(NamedTuple):
    """A line of a sessions file: what an exchange did on, or from, a date."""

    exchange: str
    date: dt.date
    kind: str
    time: dt.time | None
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of one exchange from ``first`` to ``last``, both covered.

    ``sessions`` are their dates (datetime64[D], in order), ``names`` says why other weekdays were
    none, ``ends`` at what local time single sessions ended, ``regular`` from which date on which
    local time was the usual one.
    """

    exchange: str
    first: dt.date
    last: dt.date
    sessions: Days
    names: Mapping[dt.date, str]
    ends: Mapping[dt.date, dt.time]
    regular: tuple[tuple[dt.date, dt.time], ...]

    def covers(self, day: dt.date) -> bool:
        """Tell whether it is known what happened on a date."""
        return self.first <= day <= self.last

    def has(self, day: dt.date) -> bool | None:
        """Tell whether a date was a session; None if it is not covered."""
        import numpy as np

        if not self.covers(day):
            return None
        at = int(np.searchsorted(self.sessions, np.datetime64(day)))
        return at < len(self.sessions) and bool(self.sessions[at] == np.datetime64(day))

    def why_shut(self, day: dt.date) -> str:
        """Give the name of the holiday, ``weekend``, or nothing where it has no name."""
        return self.names.get(day) or ("weekend" if day.weekday() >= 5 else "")

    def following(self, day: dt.date) -> dt.date | None:
        """Give the first session after a date; None if it is not known."""
        import numpy as np

        at = int(np.searchsorted(self.sessions, np.datetime64(day), side="right"))
        return _date(self.sessions[at]) if self.covers(day) and at < len(self.sessions) else None

    def until(self, day: dt.date) -> dt.date | None:
        """Give the last session on or before a date; None if it is not known."""
        import numpy as np

        at = int(np.searchsorted(self.sessions, np.datetime64(day), side="right"))
        return _date(self.sessions[at - 1]) if self.covers(day) and at else None

    def between(self, after: dt.date, before: dt.date) -> int | None:
        """Count the sessions between two dates, both left out; None if not all is covered."""
        import numpy as np

        if not (self.covers(after) and self.covers(before)):
            return None
        start = int(np.searchsorted(self.sessions, np.datetime64(after), side="right"))
        end = int(np.searchsorted(self.sessions, np.datetime64(before)))
        return max(0, end - start)

    def shut(self, days: Days) -> npt.NDArray[np.bool_]:
        """Tell of each date whether there was certainly no session."""
        import numpy as np

        covered = (days >= np.datetime64(self.first)) & (days <= np.datetime64(self.last))
        return covered & ~np.isin(days, self.sessions)

    def end_of(self, day: dt.date) -> dt.time | None:
        """Give the local time at which the session of a date ended; None if it is not known."""
        usual = [time for start, time in self.regular if start <= day]
        return self.ends.get(day) or (usual[-1] if usual else None)


def load(codes: Iterable[str], own: Path | None = None) -> dict[str, Calendar]:
    """Read the calendars of some exchanges: the bundled ones, and over them the user's own file.

    Parameters
    ----------
    codes
        Market identifier codes; one that has no calendar is left out.
    own
        The user's file, in the form of ``config/sessions.csv``; None without one.

    Raises
    ------
    BadConfigError
        With every line of the user's file that is not of the form.
    UnreadableFileError
        If the user's file cannot be read.

    Examples
    --------
    >>> hong_kong = load(["XHKG"])["XHKG"]
    >>> hong_kong.has(dt.date(2025, 1, 29)), hong_kong.why_shut(dt.date(2025, 1, 29))
    (False, 'Lunar New Year')
    """
    data = (root() / SESSIONS).read_bytes()
    added = read_rows(_read(own), str(own)) if own is not None else []
    calendars = {}
    for code in dict.fromkeys(codes):
        rows = _rows_of(code, data)
        rows += [row for row in added if row.exchange == code]
        if calendar := _calendar(code, rows):
            calendars[code] = calendar
    return calendars


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "not UTF-8 text").lower()
        raise UnreadableFileError.at(Place(str(path)), f"the sessions: {reason}") from None


def _rows_of(code: str, data: bytes) -> list[Row]:
    """The lines of one exchange, which stand together; of the one it goes along with, if so."""
    start = data.find(f"\n{code},".encode()) + 1
    if not start:
        return []
    end = data.find(b"\n", data.rfind(f"\n{code},".encode()) + 1)
    text = data[start : end if end > 0 else None].decode()
    rows = [_row(cells) for cells in csv.reader(text.splitlines())]
    partner = next((row.name for row in rows if row.kind == "as"), None)
    own = [row for row in rows if row.kind != "as"]
    return own if partner is None else _rows_of(partner, data) + own


def read_rows(text: str, label: str) -> list[Row]:
    r"""Read a sessions file, and say of each line that is not of the form what is wrong with it.

    Raises
    ------
    BadConfigError
        With every such line.

    Examples
    --------
    >>> text = "exchange,date,kind,time,name,source\nXHKG,2030-01-02,closed,,Typhoon,\n"
    >>> [(row.date, row.kind, row.name) for row in read_rows(text, "own.csv")]
    [(datetime.date(2030, 1, 2), 'closed', 'Typhoon')]
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    reader = csv.reader(text.splitlines())
    for cells in reader:
        place = Place(label, reader.line_num)
        if reader.line_num == 1 and tuple(cells) != COLUMNS:
            raise BadConfigError.at(place, f"the first line is {','.join(cells)}; {_FORM}")
        if reader.line_num == 1 or not any(cells):
            continue
        try:
            rows.append(_row(cells))
        except ValueError as error:
            problems.append(Problem(place, str(error)))
    if problems:
        raise BadConfigError(problems)
    return rows


def _row(cells: Sequence[str]) -> Row:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells; {_FORM}")
    exchange, date, kind, time, name, _ = cells
    if kind not in _KINDS:
        raise ValueError(f"{kind} is not one of {', '.join(_KINDS)}")
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise ValueError(f"{date} is not a date such as 2025-02-14") from None
    if (time or kind == "close") and not _TIME.fullmatch(time):
        raise ValueError(f"{time or 'nothing'} is not a time such as 12:30")
    if kind == "week" and not (name and set(name.split()) <= set(_WEEKDAYS)):
        raise ValueError(f"{name} are not weekdays such as Mon Tue Wed Thu Fri")
    return Row(exchange, day, kind, dt.time.fromisoformat(time) if time else None, name)


def _calendar(code: str, rows: Sequence[Row]) -> Calendar | None:
    """The sessions that the lines of an exchange tell of; a later line stands over an earlier."""
    import numpy as np

    first = next((row.date for row in reversed(rows) if row.kind == "from"), None)
    last = next((row.date for row in reversed(rows) if row.kind == "until"), None)
    weeks = sorted((row.date, row.name.split()) for row in rows if row.kind == "week")
    if first is None or last is None or not weeks:
        return None
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    trading = np.zeros(len(days), dtype=bool)
    for start, names in weeks:
        week = np.array([name in names for name in _WEEKDAYS])
        trading = np.where(days >= np.datetime64(start), week[weekdays], trading)
    single = {row.date: row for row in rows if row.kind in {"closed", "half", "open"}}
    covered = [row for day, row in single.items() if first <= day <= last]
    for row in covered:
        trading[(row.date - first).days] = row.kind != "closed"
    return Calendar(
        code,
        first,
        last,
        days[trading],
        {row.date: row.name for row in covered if row.kind == "closed"},
        {row.date: row.time for row in covered if row.time is not None},
        tuple(sorted((r.date, r.time) for r in rows if r.kind == "close" and r.time is not None)),
    )


def _date(day: np.datetime64) -> dt.date:
    date: dt.date = day.astype("datetime64[D]").item()
    return date
