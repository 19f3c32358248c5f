"""What typer says of a wrong command line, in words of ours: its own differ by version."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from marketmove.errors import Problem, WrongUsageError, listed


def misused(error: Exception, message: str, path: str) -> Problem:
    """Say what is wrong with the options of the command that ``path`` calls."""
    context = getattr(error, "ctx", None)
    command = getattr(context, "command", None)
    path = context.command_path if context else path
    option = getattr(error, "option_name", "")
    takes_value = "does not take a value" not in message
    if type(error).__name__ == "NoSuchOption":
        text = f"unknown option {_named(option)}{_did_you_mean(option, _options(command))}"
    elif option:
        text = f"{option} needs a value" if takes_value else f"{option} is on or off: no value"
    elif kinds := list(getattr(command, "commands", ())):
        text = f"{path.partition(' ')[2] or path} needs a kind: {listed(kinds, last=' or ')}"
    else:
        text = message
    return Problem(None, f"{text} ({path} --help)")


def unknown_command(name: str, path: str, names: Iterable[str], otherwise: str = "") -> Exception:
    """Give the error for a command that there is not; ``otherwise`` says what was meant."""
    kind = "command" if " " not in path else f"kind of {path.partition(' ')[2]}"
    hint = f"; {otherwise}" if otherwise else _did_you_mean(name, names)
    return WrongUsageError.at(None, f"unknown {kind}: {_named(name)}{hint} ({path} --help)")


def refuse_words(words: Sequence[str], path: str) -> None:
    """Refuse words that stand where a command takes none."""
    if words:
        what = f"{path.partition(' ')[2]} does not take {_named(' '.join(words))}"
        raise WrongUsageError.at(None, f"{what} ({path} --help)")


def _named(typed: str) -> str:
    """Name what was typed, but for what of a URL may be a secret."""
    return re.sub(r":/+\S+", "://…", typed)


def _options(command: Any) -> list[str]:
    return [name for one in getattr(command, "params", ()) for name in (*one.opts, "--help")]


def _did_you_mean(text: str, names: Iterable[str]) -> str:
    folded = re.sub("[-_]", "", text.casefold())
    plain = {re.sub("[-_]", "", name): name for name in names if name.strip("-")}
    near = difflib.get_close_matches(folded, plain, 3, 0.6)
    begun = [name for name in plain if len(folded) > 1 and name.startswith(folded)]
    found = [plain[name] for name in dict.fromkeys([*begun, *near])][:3]
    return f"; did you mean {listed(found, last=' or ')}?" if found else ""
