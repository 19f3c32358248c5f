"""The words of a command line that stand where a shell or a person put them, not where they go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from marketmove.cli.dates import is_date
from marketmove.cli.parameters import Parameter

_ENDING = re.compile(
    r"\.(?:csv|tsv|psv|txt|dat|json|jsonl|ndjson|xlsx?|xlsm|ods|parquet|ya?ml|html?|xml|pdf|md"
    r"|gz|bz2|xz|zst|zip)$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"-[0-9.]")
_YEAR = re.compile(r"(?:18|19|20|21)\d\d", re.ASCII)


def several_each(words: Sequence[str], takes: Sequence[Parameter]) -> list[str]:
    """Give each of several values after one option an option of its own.

    So a shell that makes several words of ``-l closes/*.csv`` says what was meant. What may be a
    date, or another argument of the command, is left where it is; names of indices are joined, as
    some are of several words.
    """
    dated = all(is_dates(one) for one in takes if not one.names)
    return list(_several_each(words, takes, dated))


def numbers_last(words: Sequence[str], takes: Sequence[Parameter]) -> list[str]:
    """Put negative numbers that no option precedes last, where they are not taken for options."""
    if any(not one.names for one in takes) or "--" in words:
        return list(words)
    before = ["", *words]
    bare = [
        bool(_NEGATIVE.match(word)) and not (last.startswith("-") and "=" not in last)
        for last, word in zip(before, words, strict=False)
    ]
    numbers = [word for word, is_bare in zip(words, bare, strict=True) if is_bare]
    others = [word for word, is_bare in zip(words, bare, strict=True) if not is_bare]
    return [*others, "--", *numbers] if numbers else others


def is_dates(argument: Parameter) -> bool:
    """Whether an argument is a date."""
    return argument.metavar in {"DATE", "FROM", "TO"}


def is_there(word: str) -> bool:
    """Whether a word is the path of something; a name that no file can have is none."""
    return os.path.exists(word)  # noqa: PTH110 - that of Path raises for names that are too long


def is_path(word: str) -> bool:
    """Whether a word looks like the name of a file, and not like that of an index."""
    return bool(_ENDING.search(word)) or ("/" in word and is_there(word))


def _several_each(words: Sequence[str], takes: Sequence[Parameter], dated: bool) -> Iterator[str]:
    option: Parameter | None = None
    held: list[str] = []  # the option as typed, and its value once that is there
    for number, word in enumerate(words):
        if word == "--":
            yield from (*held, *words[number:])
            return
        if len(held) == 1:
            held.append(word)
        elif option and held and _goes_on(word, option, dated):
            if option.metavar == "INDEX":
                held[1] += f" {word}"
            else:
                yield from held
                held[1] = word
        else:
            yield from held
            option, held = _repeatable(word, takes)
            if option is None:
                yield word
    yield from held


def _repeatable(word: str, takes: Sequence[Parameter]) -> tuple[Parameter | None, list[str]]:
    """The option that a word is if it can be repeated: that, its name and the value with it."""
    name, joint, value = word.partition("=")
    for one in takes:
        if one.repeats and name.startswith("--") and name in one.names:
            return one, [name, value] if joint else [name]
        short = next((n for n in one.names if not n.startswith("--")), "")
        if one.repeats and short and word.startswith(short):
            return one, [short, word[len(short) :]] if word != short else [short]
    return None, []


def _goes_on(word: str, option: Parameter, dated: bool) -> bool:
    """Whether a word is one more value of an option."""
    if word.startswith("-") or is_date(word) or _YEAR.fullmatch(word):
        return False
    if word == "ytd":
        return option.metavar == "PERIOD"
    if option.metavar == "PATH":
        return is_path(word) or (dated and is_there(word))
    return dated and not is_path(word)
