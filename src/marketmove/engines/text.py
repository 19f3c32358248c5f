"""The SQL of a history: one text for every engine, of parts that standard SQL has.

What it reads are tables: ``levels`` (date, symbol, close) as the files have them, ``names`` from
symbols as written to those of the registry, ``indices`` and ``days`` of ``tables``, ``repeats``
of dates on which most closes stayed, and ``exact`` for changes of too many digits.
What stands in comments tells Spark which tables are small, so that closes are shuffled by index
alone.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Literal, NamedTuple

from marketmove.closes.doubts import (
    BACK_PCT,
    FEWEST_SHUT,
    FEWEST_STEPS,
    JUMP_PCT,
    LEFT_SHIFTED,
    SHIFTED,
    USUAL_DAYS,
    USUAL_WEEKENDS,
    VOLATILE_PCT,
)
from marketmove.moves.measured import STALE
from marketmove.sources.numbers import LARGEST, SMALLEST

# The names of the columns of a result and their types, in order; ``year`` is for its folders.
COLUMNS = {
    "session": "DATE", "symbol": "STRING", "name": "STRING", "status": "STRING",
    "close": "DOUBLE", "prior_session": "DATE", "prior_close": "DOUBLE", "change_pts": "DOUBLE",
    "change_pct": "DOUBLE", "gap_sessions": "INT", "closed_for": "STRING", "reopens": "DATE",
    "sessions_behind": "INT", "doubt": "STRING",
}  # fmt: skip

# Both levels are taken as whole numbers of the least of these parts of a point that both have.
_SCALES = ("1e2", "1e4", "1e6", "1e8")
# Below this, a whole number and a hundred times it are exact in 53 bits.
_EXACT = "9.0e13"
_W = "(PARTITION BY symbol ORDER BY date)"
_BEFORE = "(PARTITION BY symbol ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"


class Asked(NamedTuple):
    """What is asked for: the sessions from ``first`` to ``last``, of all indices or of some.

    ``no_clock`` is the date, where it is first the next one, of indices whose clock is not known.
    """

    first: dt.date
    last: dt.date
    no_clock: dt.date
    only_chosen: bool = False
    shut_days: bool = False


def _units(level: str, scale: str) -> str:
    """A level as a whole number of parts of a point; what is too large for one stays too large."""
    return f"CAST(floor(least({level} * {scale}, 9.1e13) + 5e-1) AS DOUBLE)"


def _scale(*levels: str) -> str:
    """The least scale under which all levels are whole; NULL where there is none."""
    whole = (
        (scale, " AND ".join(f"{_units(level, scale)} / {scale} = {level}" for level in levels))
        for scale in _SCALES
    )
    largest = f"greatest({', '.join(levels)})" if len(levels) > 1 else levels[0]
    cases = " ".join(
        f"WHEN {fits} AND {largest} * {scale} < {_EXACT} THEN {scale}" for scale, fits in whole
    )
    return f"CASE {cases} END"


def _far(close: str, prior: str, days: str) -> str:
    """Whether a move is beyond what an index ever moves in so many days."""
    root = f"sqrt(greatest({days} / {USUAL_DAYS!r}e0, 1e0))"

    def bound(usual: float, volatile: float) -> str:
        ratios = f"CASE WHEN volatile THEN {1 + volatile / 100!r}e0 ELSE {1 + usual / 100!r}e0 END"
        return f"power({ratios}, {root})"

    low, high = VOLATILE_PCT
    up, down = bound(JUMP_PCT, high), bound(-JUMP_PCT, low)
    ratio = f"{close} / {prior}"
    # Hardly any move is beyond the nearest bounds, which spares the roots.
    usual = f"{ratio} >= {1 - JUMP_PCT / 100!r}e0 AND {ratio} <= {1 + JUMP_PCT / 100!r}e0"
    return (
        f"CASE WHEN {usual} THEN FALSE ELSE coalesce({ratio} > {up} OR {ratio} < {down}, FALSE) END"
    )


_NAMED = """
named AS (
  SELECT coalesce(n.symbol, l.symbol) AS symbol, l.date, l.close
  FROM levels l LEFT JOIN names n ON n.written = l.symbol
)"""

# What each close is beside: its index, its day, and the row before it, which may be a ghost's.
_SEEN = """
SELECT c.symbol, c.date, c.close, unix_date(c.date) AS day,
  coalesce(i.known, FALSE) AS known,
  coalesce(i.volatile, FALSE) AS volatile, coalesce(i.chosen, FALSE) AS chosen,
  coalesce(i.decimals, 2) AS decimals,
  i.calendar, i.local_date, i.open_session, i.completed, i.completed_count,
  coalesce(d.surely_shut, FALSE) AS surely_shut, d.shut, d.shut_before, d.shut_after,
  d.seen_before, d.seen_until,
  lag(c.close) OVER (PARTITION BY c.symbol ORDER BY c.date) AS row_before,
  lag(c.date) OVER (PARTITION BY c.symbol ORDER BY c.date) AS date_before
FROM named c
{join} JOIN indices i ON i.symbol = c.symbol
LEFT JOIN days d ON d.calendar = i.calendar AND d.date = c.date{where}"""

_GHOST = "(surely_shut AND coalesce(close = row_before, FALSE))"


def check_text(only_chosen: bool) -> str:
    """Give the one query over all closes that comes first: by date, how many are of which kind.

    Its columns are those of ``check.DateCount``.
    """
    chosen = "chosen" if only_chosen else "TRUE"
    kinds = {
        "closes": f"{chosen} AND NOT {_GHOST}",
        "ghosts": f"{chosen} AND {_GHOST}",
        "followed": f"row_before IS NOT NULL AND NOT {_GHOST}",
        "repeated": f"close = row_before AND NOT {_GHOST}",
        "twice": "date = date_before",
        "unnamed": UNNAMED,
        "no_level": NO_LEVEL,
        "undated": "date IS NULL",
        "noisy": _NOISY,
        "long": f"row_before IS NOT NULL AND {_scale('close', 'row_before')} IS NULL",
    }
    counts = ", ".join(f"{_count(when)} AS {kind}" for kind, when in kinds.items())
    seen = _SEEN.format(join="LEFT", where="")
    return f"WITH {_NAMED},\nseen AS ({seen})\nSELECT date, {counts} FROM seen GROUP BY date"


# As a level of the index's decimals is written that a 32-bit float has held.
_ROUNDED = "(floor(least(close, 1e9) * power(1e1, decimals) + 5e-1) / power(1e1, decimals))"
_NOISY = (
    f"({_ROUNDED} <> close AND {_ROUNDED} > 0"
    f" AND abs(CAST(CAST({_ROUNDED} AS FLOAT) AS DOUBLE) - close) <= 6e-6)"
)
# What Python's ``strip`` takes off, which is more than the ``trim`` of SQL does.
_BLANKS = ", ".join(f"'{chr(n)}'" for n in range(sys.maxunicode) if chr(n).isspace())
UNNAMED = (
    "symbol IS NULL OR symbol = ''"
    f" OR substr(symbol, 1, 1) IN ({_BLANKS}) OR substr(symbol, length(symbol), 1) IN ({_BLANKS})"
)
# The bounds are those of our readers. Some engines take NaN for the largest number, some for none.
NO_LEVEL = f"close IS NULL OR isnan(close) OR NOT (close >= {SMALLEST:g} AND close < {LARGEST:g})"


def _count(when: str) -> str:
    return f"CAST(sum(CASE WHEN {when} THEN 1 ELSE 0 END) AS BIGINT)"


def long_text(most: int) -> str:
    """Give the query for the pairs of close and prior close that have too many digits."""
    pairs = f"SELECT close, lag(close) OVER {_W} AS prior FROM named"
    return (
        f"WITH {_NAMED}, pairs AS ({pairs})\nSELECT DISTINCT close, prior FROM pairs"
        f" WHERE prior IS NOT NULL AND {_scale('close', 'prior')} IS NULL LIMIT {most}"
    )


def examples_text(kind: str, most: int = 3) -> str:
    """Give the query for the first rows of a kind that is refused: symbol, date, close."""
    if kind == "twice":
        rows = (
            "SELECT symbol, date, max(close) AS close FROM named"
            " GROUP BY symbol, date HAVING count(*) > 1"
        )
    else:
        where = {"unnamed": UNNAMED, "no_level": NO_LEVEL, "undated": "date IS NULL"}[kind]
        rows = f"SELECT symbol, date, close FROM named WHERE {where}"
    return f"WITH {_NAMED}\n{rows} ORDER BY symbol, date LIMIT {most}"


def noise_text() -> str:
    """Give the query for the indices of which most long levels have the noise of 32-bit floats."""
    long = f"({_units('close', '1e4')} / 1e4 <> close AND close < 1e9)"
    seen = _SEEN.format(join="LEFT", where="")
    return (
        f"WITH {_NAMED},\nseen AS ({seen})\nSELECT symbol, min(CASE WHEN {_NOISY} THEN close END)"
        f" FROM seen GROUP BY symbol HAVING 2 * {_count(f'{long} AND {_NOISY}')} > {_count(long)}"
        " ORDER BY symbol LIMIT 100"
    )


def closes_text(symbol: str, source: Literal["levels", "named"]) -> str:
    """Give the query for the closes of one symbol in order: as written, or under all its names."""
    name = symbol.replace("'", "''")
    rows = f"SELECT date, close FROM {source} WHERE symbol = '{name}' ORDER BY date"
    return rows if source == "levels" else f"WITH {_NAMED}\n{rows}"


def spellings_text(most: int) -> str:
    """Give the query for the symbols that the registry, or who asks, may know by another name.

    ``keys`` are the names in small letters; what is no ASCII is judged elsewhere.
    """
    key = "lower(replace(symbol, '_', ' '))"
    return (
        f"SELECT DISTINCT symbol FROM levels WHERE {key} IN (SELECT key FROM keys)"
        f" OR bit_length(symbol) <> 8 * length(symbol) OR {key} LIKE '%  %' LIMIT {most}"
    )


def moves_text(asked: Asked) -> str:
    """Give the query for the rows of a history: ``COLUMNS``, and the year of each."""
    parts = [_NAMED, *_closes(asked), *_grid(asked)]
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in COLUMNS.items())
    rows = (
        f"SELECT {columns}, CAST(extract(YEAR FROM session) AS INT) AS year FROM"
        " (SELECT * FROM measured UNION ALL SELECT * FROM without_close"
        " UNION ALL SELECT * FROM before_first) every_row"
    )
    return f"WITH {','.join(parts)}\n{rows}"


def _closes(asked: Asked) -> list[str]:
    """The rows that have a close, step by step: ghosts out, the rows beside, doubts, changes."""
    weekend = "(((day + 3) % 7 + 7) % 7 >= 5)"  # 1970-01-01 was a Thursday
    digit = "1e-4"
    for power in (3, 2, 1, 0):
        whole = f"{_units('close', f'1e{power}')} / 1e{power} = close"
        digit = f"CASE WHEN {whole} THEN 1e-{power} ELSE {digit} END"
    # Of rows in a row that could each be a stray one, every other is: the next is the way back.
    run = f"place - 1 - coalesce(max(CASE WHEN NOT undone THEN place END) OVER {_BEFORE}, 0)"
    prior_stray = "CASE WHEN prior_undone AND run % 2 = 1 THEN 'stray' END"
    units, prior_units = _units("close", "scale"), _units("prior", "scale")
    return [
        f"""
own AS (SELECT *, {_GHOST} AS is_ghost FROM ({_SEEN.format(join="INNER", where=_where(asked))}
) with_row_before)""",
        f"""
habits AS (
  SELECT symbol, {_count("shut")} AS on_shut, count(shut) AS covered,
    {_count("shut_before")} AS shut_if_earlier, {_count("shut_after")} AS shut_if_later,
    min(CASE WHEN known THEN {digit} END) AS finest,
    min(CASE WHEN known THEN close END) AS least_close
  FROM own WHERE NOT is_ghost GROUP BY symbol
)""",
        f"""
weeks AS (
  SELECT symbol, count(*) AS closes, {_count(weekend)} AS weekends
  FROM (SELECT symbol, unix_date(date) AS day FROM named) every_day
  GROUP BY symbol HAVING {_count(weekend)} > 0
)""",
        f"""
kept AS (
  SELECT /*+ BROADCAST(g) */ c.symbol, c.date, c.close, unix_date(c.date) AS day,
    coalesce(i.known, FALSE) AS known, coalesce(i.volatile, FALSE) AS volatile,
    i.calendar, i.local_date, i.open_session, coalesce(d.surely_shut, FALSE) AS surely_shut,
    d.seen_before, d.seen_until
  FROM named c LEFT JOIN indices i ON i.symbol = c.symbol
  LEFT JOIN days d ON d.calendar = i.calendar AND d.date = c.date
  LEFT JOIN (SELECT symbol, date FROM own WHERE is_ghost) g
    ON g.symbol = c.symbol AND g.date = c.date
  WHERE g.symbol IS NULL{" AND i.chosen" if asked.only_chosen else ""}
)""",
        f"""
beside AS (
  SELECT *, lag(date) OVER {_W} AS prior_date, lag(close) OVER {_W} AS prior,
    lag(day) OVER {_W} AS prior_day, lag(seen_until) OVER {_W} AS prior_seen_until,
    lead(close) OVER {_W} AS next_close, lead(day) OVER {_W} AS next_day,
    row_number() OVER {_W} AS place
  FROM kept
)""",
        f"""
moved AS (
  SELECT /*+ BROADCAST(habits, weeks) */ beside.*,
    {_far("close", "prior", "(day - prior_day)")} AS far,
    {_far("close", "prior", "(day - prior_day)")}
      AND {_far("next_close", "close", "(next_day - day)")}
      AND coalesce(abs(next_close / prior - 1e0) * 1e2 < {BACK_PCT!r}e0, FALSE) AS undone,
    {_scale("close", "prior")} AS scale, CASE
    WHEN date > coalesce(local_date, {_date(asked.no_clock)}) THEN 'future'
    WHEN date = open_session THEN 'unfinished'
    WHEN on_shut >= {FEWEST_SHUT} AND on_shut >= {SHIFTED!r}e0 * covered
      AND least(shut_if_earlier, shut_if_later) <= {LEFT_SHIFTED!r}e0 * on_shut THEN 'shifted'
    WHEN surely_shut THEN 'shut_day'
    WHEN {weekend} AND calendar IS NULL
      AND weekends < greatest({USUAL_WEEKENDS!r}e0 * closes, 2e0) THEN 'weekend'
    WHEN close = prior AND (repeated_on IS NOT NULL
      OR (known AND least_close * 1e-2 / finest >= {FEWEST_STEPS!r}e0)) THEN 'carried_forward'
    END AS code
  FROM beside LEFT JOIN habits ON habits.symbol = beside.symbol
  LEFT JOIN weeks ON weeks.symbol = beside.symbol LEFT JOIN repeats ON repeated_on = date
)""",
        f"""
linked AS (
  SELECT *, {run} AS run, lag(undone) OVER {_W} AS prior_undone, lag(code) OVER {_W} AS prior_code
  FROM moved
)""",
        f"""
measured AS (
  SELECT date AS session, linked.symbol, coalesce(i.name, linked.symbol) AS name,
    CASE WHEN prior IS NULL THEN 'no_prior' ELSE 'ok' END AS status,
    close, prior_date AS prior_session, prior AS prior_close,
    CASE WHEN scale IS NULL THEN exact_pts ELSE ({units} - {prior_units}) / scale END
      AS change_pts,
    CASE WHEN scale IS NULL THEN exact_pct
      ELSE ({units} - {prior_units}) * 1e2 / {prior_units} END AS change_pct,
    {_lacking("seen_before", "prior_seen_until")} AS gap_sessions,
    CAST(NULL AS STRING) AS closed_for, CAST(NULL AS DATE) AS reopens,
    CAST(NULL AS BIGINT) AS sessions_behind,
    coalesce(code, CASE WHEN undone AND run % 2 = 0 THEN 'stray' END, prior_code, {prior_stray},
      CASE WHEN far AND NOT undone AND run % 2 = 0 THEN 'jump' END) AS doubt
  FROM linked LEFT JOIN exact ON of_close = close AND of_prior = prior
    LEFT JOIN indices i ON i.symbol = linked.symbol
  WHERE date BETWEEN {_date(asked.first)} AND {_date(asked.last)}
)""",
    ]


def _where(asked: Asked) -> str:
    return "\nWHERE i.chosen" if asked.only_chosen else ""


def _lacking(before: str, until: str) -> str:
    """How many sessions are between two dates; NULL where no calendar tells."""
    less = f"{before} - {until}"
    return f"CASE WHEN {less} < 0 THEN 0 ELSE {less} END"


def _grid(asked: Asked) -> list[str]:
    """The rows of sessions without a close: after each close until the next, and before a first."""
    within = f"d.date BETWEEN {_date(asked.first)} AND {_date(asked.last)} AND " + (
        "(NOT d.shut OR d.date IN (SELECT date FROM shown))" if asked.shut_days else "NOT d.shut"
    )
    counted = "CASE WHEN d.date >= s.completed THEN s.completed_count ELSE d.counted_until END"
    behind = _lacking(f"({counted})", "s.seen_until")
    # Between most closes and the next there is no session; without a calendar nobody can tell.
    gap = "s.next_date IS NULL OR s.next_seen_before IS NULL OR s.seen_until IS NULL"
    gap += (
        " OR s.next_date > s.date + 1"
        if asked.shut_days
        else (" OR s.next_seen_before > s.seen_until")
    )
    early = "f.first_date IS NULL" + (" OR d.date < f.first_date" if asked.shut_days else "")
    kinds = "CAST(NULL AS DOUBLE)"
    return [
        f"""
spans AS (
  SELECT *, lead(date) OVER {_W} AS next_date, lead(seen_before) OVER {_W} AS next_seen_before
  FROM own WHERE calendar IS NOT NULL AND NOT is_ghost
)""",
        f"""
lacking AS (
  SELECT d.date AS session, s.symbol, i.name, s.next_date, d.shut, s.date AS prior_session,
    s.close AS prior_close, {_lacking("d.seen_before", "s.seen_until")} AS gap_sessions,
    d.closed_for, d.reopens, {behind} AS behind
  FROM (SELECT * FROM spans s WHERE {gap}) s
  JOIN days d ON d.calendar = s.calendar AND d.date > s.date
    AND d.date < coalesce(s.next_date, DATE '9999-12-31')
  JOIN indices i ON i.symbol = s.symbol
  WHERE {within}
)""",
        f"""
without_close AS (
  SELECT session, symbol, name,
    CASE WHEN next_date IS NULL AND behind >= {STALE} THEN 'stale' WHEN shut THEN 'closed'
      WHEN next_date IS NOT NULL THEN 'missing' ELSE 'pending' END AS status,
    {kinds} AS close, prior_session, prior_close, {kinds} AS change_pts, {kinds} AS change_pct,
    gap_sessions, closed_for, reopens, CASE WHEN behind > 0 THEN behind END AS sessions_behind,
    CAST(NULL AS STRING) AS doubt
  FROM lacking
)""",
        f"""
before_first AS (
  SELECT /*+ BROADCAST(f) */ d.date AS session, i.symbol, i.name,
    CASE WHEN d.shut THEN 'closed' WHEN f.first_date IS NULL THEN 'pending' ELSE 'missing' END
      AS status,
    {kinds} AS close, CAST(NULL AS DATE) AS prior_session, {kinds} AS prior_close,
    {kinds} AS change_pts, {kinds} AS change_pct, CAST(NULL AS BIGINT) AS gap_sessions,
    d.closed_for, d.reopens, CAST(NULL AS BIGINT) AS sessions_behind, CAST(NULL AS STRING) AS doubt
  FROM indices i JOIN days d ON d.calendar = i.calendar
  LEFT JOIN (SELECT symbol, min(date) AS first_date FROM spans GROUP BY symbol) f
    ON f.symbol = i.symbol
  WHERE i.chosen AND ({early}) AND {within}
)""",
    ]


def _date(day: dt.date) -> str:
    return f"DATE '{day.isoformat()}'"
