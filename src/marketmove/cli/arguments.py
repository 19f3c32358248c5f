"""What was typed, made into values.

Each function raises a ``WrongUsageError`` for what it cannot take, and says what it expected.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from marketmove.cli import own_files
from marketmove.cli.dates import EXPECTED, is_date, read_date
from marketmove.cli.words import is_path, is_there
from marketmove.errors import WrongUsageError, quoted
from marketmove.market.periods import period_of_column

if TYPE_CHECKING:
    from marketmove.closes.find import Spec, When
    from marketmove.config import Config
    from marketmove.market.groups import Group
    from marketmove.market.indices import Registry

_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_PICTURES = (".svg", ".png", ".pdf", ".html")


def session_date(text: str, today: dt.date) -> When:
    """Read a session: a date, ``latest``, ``today``, ``yesterday`` or a weekday."""
    when = read_date(text, today)
    if when is None:
        how = f"name the file with --levels {quoted(text)}" if _is_file(text) else ""
        raise WrongUsageError.at(None, f"{text} is not a date; {how or f'expected {EXPECTED}'}")
    return when


def plain_date(text: str, named: str, today: dt.date) -> dt.date:
    """Read a date that an option gives, as people write dates.

    >>> plain_date("16 June 2026", "--date", dt.date(2026, 7, 1))
    datetime.date(2026, 6, 16)
    """
    when = read_date(text, today)
    if not isinstance(when, dt.date):
        expected = "a date such as 2025-02-14 or 14 February 2025"
        raise WrongUsageError.at(None, f"{named}: {text} is not {expected}")
    return when


def session_or_moment(
    date: str | None, as_of: str | None, now: dt.datetime, today: dt.date
) -> tuple[When, dt.datetime | None]:
    """Read the session asked for, or the moment, with the date that the samples may serve for."""
    if as_of is None:
        return session_date("latest" if date is None else date, today), None
    when = moment(as_of, now)
    if date is not None:
        raise WrongUsageError.at(
            None, f"{date} and --as-of both give the date; leave one of them out"
        )
    return "latest" if as_of == "now" else when.date(), when


def history_range(
    first: str, last: str, today: dt.date
) -> tuple[dt.date | None, dt.date | Literal["latest"]]:
    """Read a range whose first date may be a year, or ``ytd``: None, the year of the last."""
    if first == "ytd":
        return None, session_date(last, today)
    if re.fullmatch(r"[0-9]{4}", first):
        first = f"{first}-01-01"
    return date_range(first, last, today)


def date_or_indices(
    date: str | None,
    further: Sequence[str],
    indices: Sequence[str] | None,
    registry: Callable[[], Registry],
) -> tuple[str | None, list[str]]:
    """Part the words that stand where a date goes: the date of them, and names of indices.

    They are added to the indices that were named. What is neither is refused.
    """
    words = [*([] if date is None else [date]), *further]
    chosen = list(indices or ())
    if not words or is_date(" ".join(words)):
        return " ".join(words) or None, chosen
    dates = [word for word in words if is_date(word)]
    names = " ".join(word for word in words if word not in dates)
    if len(dates) <= 1 and re.search(r"[^\W\d_]", names):
        from marketmove.market.names import is_name

        if is_name(names, registry()):
            return next(iter(dates), None), [*chosen, names]
    refuse_stray(further)
    return date, chosen


def date_range(first: str, last: str, today: dt.date) -> tuple[dt.date, When]:
    """Read the first and the last date of a range; the last may be ``latest``."""
    start, end = session_date(first, today), session_date(last, today)
    if start == "latest":
        text = "FROM is latest; expected a date such as 2025-02-04 (session shows the latest alone)"
        raise WrongUsageError.at(None, text)
    if end != "latest" and start > end:
        raise WrongUsageError.at(None, f"{start} is after {end}; the first date comes first")
    return start, end


def open_range(
    since: str | None, until: str | None, today: dt.date
) -> tuple[dt.date | None, When | None]:
    """Read the first and the last date of a range that may be open at either end."""
    if since is None:
        return None, None if until is None else session_date(until, today)
    if since == "latest":
        raise WrongUsageError.at(None, "--since is latest; expected a date such as 2025-02-04")
    start, end = date_range(since, "latest" if until is None else until, today)
    return start, None if until is None else end


def moment(text: str, now: dt.datetime, named: str = "--as-of") -> dt.datetime:
    """Read a moment of the world: a date and time with its offset from UTC, or ``now``."""
    if text == "now":
        return now
    expected = "a date and time with its offset from UTC, such as 2025-02-14T18:00+08:00, or now"
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsageError.at(None, f"{named}: {text} is not {expected}") from None
    if when.tzinfo is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise WrongUsageError.at(None, f"{named}: {text} has no offset; expected {expected}")
    return when


def refuse_pairs(
    output_format: str,
    against: str | None,
    pairs: Sequence[str] | None,
    wide: bool,
    context: bool | None,
) -> None:
    """Refuse to choose pairs where none are written, or by what is not to be worked out."""
    options = {"--against": against is not None, "--pair": bool(pairs), "--wide": wide}
    chosen = next((option for option, given in options.items() if given), None)
    if chosen and output_format in {"csv", "ndjson"}:
        text = f"{chosen} chooses pairs, and {output_format} has moves alone; json has both"
        raise WrongUsageError.at(None, text)
    if wide and context is False:
        raise WrongUsageError.at(None, "--wide needs the context that --no-context leaves out")


def columns(
    texts: Sequence[str] | None, output_format: str, in_currency: str = ""
) -> tuple[str, ...]:
    """Read the columns to show, separated by commas, and refuse what is none."""
    from marketmove.moves.move import FX_FIELDS, PERIOD_FX
    from marketmove.reports.documents import ALL_COLUMNS

    named = [name.strip() for text in texts or () for name in text.split(",")]
    chosen = tuple(dict.fromkeys(name for name in named if name))
    if not texts:
        return ()
    if output_format in {"json", "markdown"}:
        raise WrongUsageError.at(
            None, f"--columns chooses those of a table, csv or ndjson, not of {output_format}"
        )
    known = {*ALL_COLUMNS, *FX_FIELDS}
    unknown = [name for name in chosen if name not in known and not period_of_column(name)]
    of_fx = [name for name in chosen if name in FX_FIELDS or name.endswith(PERIOD_FX)]
    if of_fx and not in_currency and not unknown:
        raise WrongUsageError.at(None, f"{of_fx[0]} is a column of --in, such as --in USD")
    if unknown or not chosen:
        what = f"unknown column {unknown[0]}" if unknown else "--columns names none"
        choice = ", ".join(ALL_COLUMNS)
        text = f"{what}; choose of {choice}, or of a period such as ytd_change_pct, d5_prior_close"
        raise WrongUsageError.at(None, text)
    return chosen


def history_columns(
    texts: Sequence[str] | None, output_format: str, wide: bool, in_currency: str = ""
) -> tuple[str, ...]:
    """Read the columns of many sessions to show: none of where a close stands, one if wide."""
    from marketmove.reports.documents import EXTREME_COLUMNS

    shown = columns(texts, output_format, in_currency)
    past = [name for name in shown if name in EXTREME_COLUMNS]
    if past:
        text = f"{past[0]} is a column of session, not of history"
        raise WrongUsageError.at(None, text)
    if wide and output_format == "json":
        raise WrongUsageError.at(
            None, "--wide is for a table, csv or ndjson; json has every figure"
        )
    if wide and len(shown) > 1:
        text = f"--wide shows one figure of each index, and --columns names {len(shown)}"
        raise WrongUsageError.at(None, text)
    return shown


def refuse_csv_safe(csv_safe: bool, output_format: str) -> None:
    """Refuse to make safe what is no CSV."""
    if csv_safe and output_format != "csv":
        text = f"--csv-safe is about --format csv, and the format is {output_format}"
        raise WrongUsageError.at(None, text)


def history_context(context: bool, shown: Sequence[str], in_currency: str) -> bool:
    """Tell whether it is wanted how rare each move of many sessions was."""
    from marketmove.reports.documents import CONTEXT_COLUMNS

    wanted = context or any(name in CONTEXT_COLUMNS for name in shown)
    if wanted and in_currency:
        text = "how rare moves were is told of each index's own currency; leave out --in"
        raise WrongUsageError.at(None, text)
    return wanted


def refuse_context(context: bool | None) -> None:
    """Refuse columns that need what is not to be worked out."""
    if context is False:
        text = "--columns names one that needs the context that --no-context leaves out"
        raise WrongUsageError.at(None, text)


def currency(text: str) -> str:
    """Read the currency that figures are wanted in; none if that is empty."""
    from marketmove.market.currencies import currency_code

    return currency_code(text, "--in") if text.strip() else ""


def with_periods_of(periods: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Add to some periods those that chosen columns are of."""
    return tuple(dict.fromkeys((*periods, *filter(None, map(period_of_column, chosen)))))


def paths(texts: Sequence[str]) -> list[str]:
    """Check the files named by ``--levels``."""
    for text in texts:
        if not text.strip():
            raise WrongUsageError.at(None, "the name of a file of closes is empty; name a file")
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text):
            why = f"{text} is a URL, and marketmove reads files; download it, or pipe it"
            raise WrongUsageError.at(
                None, f"{why}: curl -s {text} | marketmove session DATE --levels -"
            )
    if list(texts).count("-") > 1:
        raise WrongUsageError.at(None, "--levels - is given twice; standard input is read once")
    return list(texts)


def specs(texts: Sequence[str]) -> tuple[Spec, ...]:
    """Give the files to read; "-" is standard input."""
    checked = paths(texts)
    if "-" in checked and sys.stdin is None:
        raise WrongUsageError.at(None, "- needs standard input, which is closed")
    found = tuple(sys.stdin.buffer if text == "-" else Path(text) for text in checked)
    own_files.use(*found)
    return found


def groups(texts: Sequence[str], config: Config) -> tuple[Group, ...]:
    """Give the groups named, of the bundled ones and the user's own."""
    from marketmove.market.groups import find_groups

    return find_groups(texts, config.groups)


def picture_ending(path: Path) -> str:
    """Read from the name of a file what kind of picture it is to be."""
    ending = path.suffix.lower()
    if ending not in _PICTURES:
        text = f"--output: {quoted(path)} does not end like a picture; expected one of"
        raise WrongUsageError.at(None, f"{text} {', '.join(_PICTURES)}")
    return ending


def refuse_stray(texts: Sequence[str], after: str = "the date") -> None:
    """Refuse what a command does not take, such as the files that a shell made of a ``*``."""
    if texts:
        stray = quoted(texts[0])
        if not _is_file(texts[0]):
            raise WrongUsageError.at(None, f"{stray} stands after {after}, where nothing more goes")
        text = f"{stray} stands after {after}; name each file with --levels (--levels {stray})"
        raise WrongUsageError.at(None, f"{text}, also where the shell put several for a *")


def _is_file(text: str) -> bool:
    """Whether a text that stands where no index can looks like a file, or is one or a folder."""
    return is_path(text) or is_there(text)


def floor_pct(text: str | None) -> float | None:
    """Read the least size of both moves of a divergent pair, in percent."""
    if text is None:
        return None
    number = text.strip().removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,12})?", number):
        raise WrongUsageError.at(None, f"--floor-pct: {text} is not a percentage such as 0.5")
    return float(number)


def zone(name: str) -> str:
    """Check the name of a time zone."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name).key
    except (LookupError, ValueError, OSError):
        text = f"{name} is not a known time zone; expected one such as Europe/Berlin"
        raise WrongUsageError.at(None, text) from None
