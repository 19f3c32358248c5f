"""The alerts that are met, a line each, as they stand above everything else."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.reports.records import Alert
from marketmove.wording.characters import visible

# A condition for any pair can be met by hundreds.
_MOST = 5


def alert_lines(alerts: Sequence[Alert]) -> list[str]:
    """Give the sentences of alerts; of a condition that many meet the first, and how many more.

    Examples
    --------
    >>> from marketmove.reports.records import Alert
    >>> text = "Hang Seng up 3.69%: at least 3%"
    >>> alert_lines([Alert("HSI: 3", "move", True, text, ("HSI",), {})])
    ['Hang Seng up 3.69%: at least 3%']
    """
    lines: list[str] = []
    by_condition: dict[str, list[str]] = {}
    for alert in alerts:
        by_condition.setdefault(alert.condition, []).append(alert.text)
    for condition, texts in by_condition.items():
        # One line for one more would be no shorter.
        shown = _MOST if len(texts) > _MOST + 1 else len(texts)
        lines += texts[:shown]
        if more := len(texts) - shown:
            lines.append(f"{visible(condition)}: and {more:,} more")
    return lines
