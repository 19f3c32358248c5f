"""Dates and times of day as reports write them, in figures and with months in words."""

from __future__ import annotations

import re

from marketmove.published.prose.grammar import Language

TIME = re.compile(
    r"\d{1,2}[:.]\d{2}\s?(?:[ap]\.?\s?m\b\.?|uhr|gmt|e[ds]?t|bst|cet|ist|jst|hkt|hrs|h\b)"
    r"|\d{1,2}:\d{2}|\d{1,2}\s?(?:[ap]\.m\.?|[ap]m\b|uhr|hrs\b)|\d{1,2}\s?h(?:\s?\d{2})?\b"
    r"|\d{1,2}[時时](?:\d{1,2}分|半)?|\d{1,2}시(?:\s?\d{1,2}분)?|\d{4}\s?gmt",
    re.ASCII | re.IGNORECASE,
)
DATE = re.compile(
    r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)"
    r"|(?P<y2>\d{4})\s?[年년]\s?(?P<m2>\d{1,2})\s?[月월]\s?(?P<d2>\d{1,2})\s?[日일號号]"
    r"|(?P<m3>\d{1,2})\s?[月월]\s?(?P<d3>\d{1,2})\s?[日일號号]?"
    r"|(?P<d4>\d{1,2})\)?\s?(?:[日號号](?![連続内間間线線ぶ足目])|일(?![째간만선]))"
    r"|(?P<d5>\d{1,2})[./](?P<m5>\d{1,2})[./](?P<y5>\d{4})",
    re.ASCII,
)
# Five in the afternoon, and no time zone: the session is over, as in Kuala Lumpur and Singapore.
LATE = re.compile(r"(?:0?[5-8](?:[:.]\d{2})?\s?p\.?m\.?|(?:17|18|19|20)[:.]\d{2})$")


def numeric_date(match: re.Match[str], language: Language) -> str:
    """Give year, month and day of a match of DATE, with what is not written left out.

    In English 3/4/2025 is a day of March or of April: the text does not tell, so neither do we.
    """
    groups = match.groupdict()
    n = next((n for n in "12345" if groups.get(f"d{n}")), "")
    year, month, day = (groups.get(f"{part}{n}") or "" for part in "ymd")
    if n == "5" and "/" in match[0]:
        if int(month) > 12:
            month, day = day, month
        elif language.code == "en" and int(day) <= 12 and month != day:
            return "--"
    return f"{year}-{month}-{day}"


def month_patterns(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give the patterns of dates with a month in words: the month first, the day first."""
    names = "|".join(sorted(map(re.escape, language.months), key=len, reverse=True)) or r"(?!)"
    first = (
        rf"(?P<month>{names})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.,]*\d)"
        r"(?:,?\s+(?P<year>\d{4})(?![\d.,]*\d))?"
    )
    second = (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:de\s+|of\s+)?(?P<month>{names})\b\.?"
        r"(?:[-\s,]+(?:de\s+|del\s+)?(?P<year>\d{4})(?![\d.,]*\d)|-(?P<short>\d{2})(?!\d))?"
    )
    return re.compile(first), re.compile(second)


def date_value(match: re.Match[str], language: Language) -> str:
    """Give year, month and day of a date with a month in words."""
    groups = match.groupdict()
    year = groups.get("year") or (f"20{groups['short']}" if groups.get("short") else "")
    return f"{year}-{language.months[match['month']]}-{match['day']}"
