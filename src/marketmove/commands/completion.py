"""`marketmove completion`: what the last word of a line can become, as each shell reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from marketmove.wording.characters import visible

# The names by which the help calls a value that is an index, a pair, a group, a file.
_INDEX, _PAIR, _GROUP, _FILE = {"INDEX", "A", "B"}, {"A:B"}, {"GROUP"}, {"PATH", "FILE"}

# A line of its own that stands for the names of files, which the shell knows best.
_FILES = "/"

# Each asks the program that is being typed, with the words so far after "--".
SCRIPTS: Mapping[str, str] = {
    "bash": r"""_marketmove() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == / ]]; then
            compopt -o default 2>/dev/null
        else
            COMPREPLY+=("$line")
        fi
    done < <("$1" completion bash -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -F _marketmove marketmove
""",
    "zsh": r"""#compdef marketmove
_marketmove() {
    local line files
    local -a values shown
    while IFS= read -r line; do
        if [[ $line == / ]]; then
            files=1
        else
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        fi
    done < <("${(Q)words[1]}" completion zsh -- "${(@Q)words[1,CURRENT]}" 2>/dev/null)
    if [[ -n $files ]]; then
        _files
    fi
    if [[ ${values[1]} == *: ]]; then
        compadd -U -S '' -l -d shown -a values
    elif (( ${#values} )); then
        compadd -U -l -d shown -a values
    fi
}
if [[ ${funcstack[1]} == _marketmove ]]; then
    _marketmove "$@"
else
    compdef _marketmove marketmove
fi
""",
    "fish": r"""function __marketmove_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] completion fish -- $words "$current" 2>/dev/null)
        if test "$line" = /
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c marketmove -f -a '(__marketmove_complete)'
""",
    "powershell": r"""Register-ArgumentCompleter -Native -CommandName marketmove -ScriptBlock {
    param($typed, $line, $cursor)
    $words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursor } |
        ForEach-Object { if ($_.Value) { $_.Value } else { $_.Extent.Text } })
    # A word that is not begun is no element of the line yet.
    if ($typed -eq '') { $words += '""' }
    elseif ($words[-1] -ne $typed) { $words += $typed }
    & $words[0] completion powershell -- @words 2>$null | ForEach-Object {
        if ($_ -eq '/') {
            Get-ChildItem -Path "$typed*" -ErrorAction Ignore |
                ForEach-Object { Resolve-Path -Relative $_ } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_)
                }
        } else {
            $word, $help = $_ -split "`t", 2
            $tip = if ($help) { $help } else { $word }
            $text = $word
            if ($word -match '[^\w=:./-]') { $text = "'" + $word.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new(
                $text, $word, 'ParameterValue', $tip)
        }
    }
}
""",
}


class CompletionValue(NamedTuple):
    """A value of an option or an argument: how the help calls it, and the words it can be.

    ``metavar`` is such as ``DATE|latest``, in which words in small letters stand for themselves.
    """

    metavar: str = ""
    choices: tuple[str, ...] = ()
    repeats: bool = False


class Option(NamedTuple):
    """An option: its names, the value that follows it if one does, and one sentence of help."""

    names: tuple[str, ...]
    value: CompletionValue | None = None
    help: str = ""


class Command(NamedTuple):
    """A command: one sentence of help, its options, and its arguments in order."""

    help: str = ""
    options: tuple[Option, ...] = ()
    arguments: tuple[CompletionValue, ...] = ()


class CompletionNames(NamedTuple):
    """What a configuration knows: names of indices by symbol, and groups with what they are."""

    indices: Mapping[str, str]
    groups: Mapping[str, str]


class Completions(NamedTuple):
    """The words that fit, each with what it is; and whether a file would fit, too."""

    words: tuple[tuple[str, str], ...] = ()
    files: bool = False


def complete(
    typed: Sequence[str], commands: Mapping[str, Command], known: Callable[[], CompletionNames]
) -> Completions:
    """Give what the last word of a command line can become.

    The last word of ``typed`` is not finished and may be empty. ``commands`` are named such as
    ``chart pair``, the program itself ``""``; ``known`` gives the indices and groups.
    """
    *before, current = typed
    name, rest = _command(before, commands)
    command = commands[name]
    options = {text: option for option in command.options for text in option.names}
    pending, used, arguments, only_arguments = _walked(rest, options)
    if pending:
        return _of_value(pending, current, known)
    if not only_arguments and current.startswith("-"):
        left, joint, value = current.partition("=")
        if joint and (option := options.get(left)) and option.value:
            found = _of_value(option.value, value, known)
            return found._replace(words=tuple((f"{left}={w}", h) for w, h in found.words))
        free = [o for o in command.options if o not in used or (o.value and o.value.repeats)]
        names = [(text, o.help) for o in free for text in o.names if text.startswith("--")]
        return Completions(_fitting(names, current))
    below = [
        (text.split()[-1], one.help)
        for text, one in commands.items()
        if (text.rpartition(" ")[0] if text else None) == name
    ]
    if below and not arguments:
        return Completions(_fitting(below, current))
    slots = command.arguments
    at = min(arguments, len(slots) - 1)
    if at < 0 or (arguments >= len(slots) and not slots[at].repeats):
        return Completions()
    return _of_value(slots[at], current, known)


def _command(words: Iterable[str], commands: Mapping[str, Command]) -> tuple[str, list[str]]:
    """The command that words come to, by its whole name, and the words after it."""
    name, rest = "", list[str]()
    for word in words:
        further = f"{name} {word}".strip()
        if further in commands and further != name:
            name, rest = further, []
        else:
            rest.append(word)
    return name, rest


def _walked(
    words: Iterable[str], options: Mapping[str, Option]
) -> tuple[CompletionValue | None, set[Option], int, bool]:
    """Read finished words: the value that is due, options used, how many arguments, and "--"."""
    pending: CompletionValue | None = None
    used: set[Option] = set()
    arguments, only_arguments = 0, False
    for word in words:
        if pending:
            pending = None
        elif only_arguments or not word.startswith("-") or word == "-":
            arguments += 1
        elif word == "--":
            only_arguments = True
        elif option := options.get(word.partition("=")[0]):
            used.add(option)
            pending = None if "=" in word else option.value
    return pending, used, arguments, only_arguments


def _of_value(
    value: CompletionValue, current: str, known: Callable[[], CompletionNames]
) -> Completions:
    parts = set(re.split(r"[|\[\]\s]+", value.metavar.replace("...", "")))
    words = [(word, "") for word in value.choices]
    words += [(part, "") for part in value.metavar.strip("[]").split("|") if part.islower()]
    if parts & _INDEX:
        words += known().indices.items()
    if parts & _GROUP:
        words += known().groups.items()
    if parts & _PAIR:
        first, joint, _ = current.rpartition(":")
        end = "" if joint else ":"
        words += [(f"{first}{joint}{s}{end}", name) for s, name in known().indices.items()]
    return Completions(_fitting(words, current), bool(parts & _FILE))


def _fitting(words: Iterable[tuple[str, str]], current: str) -> tuple[tuple[str, str], ...]:
    """The words that begin as typed; where none does, those that do when case does not count."""
    known = list(words)
    exact = tuple(pair for pair in known if pair[0].startswith(current))
    folded = current.casefold()
    return exact or tuple(pair for pair in known if pair[0].casefold().startswith(folded))


def joined(words: Sequence[str]) -> tuple[list[str], str]:
    r"""Put together what bash takes apart at ":" and "=", and take quotes away.

    With them comes the part of the last one that bash will not replace.

    >>> joined(["session", "--pair", "HSI", ":", "N2"])
    (['session', '--pair', 'HSI:N2'], 'HSI:')
    >>> joined(["--config=my\\ file", ""])
    (['--config=my file', ''], '')
    """
    whole: list[str] = []
    kept, glued = "", False
    for word in words:
        joint = bool(word) and not word.strip(":=")
        glue = bool(whole) and (joint or glued)
        kept = whole[-1] + (word if joint else "") if glue else ""
        if glue:
            whole[-1] += word
        else:
            whole.append(word)
        glued = joint
    return [re.sub(r"\\(.)|[\"']", r"\1", word) for word in whole], kept


def for_bash(found: Completions, kept: str, last: str) -> str:
    r"""Write completions for bash: without the part that stays, and quoted unless a quote is open.

    ``kept`` is the part of the last word that bash does not replace.
    """
    words = [visible(word)[len(kept) :] for word, _ in found.words]
    if last[:1] not in {'"', "'"}:
        words = [re.sub(r"([^\w@%+=:,./^~-])", r"\\\1", word) for word in words]
    return _lines(words, found.files)


def with_help(found: Completions) -> str:
    """Write completions for zsh, fish and PowerShell: what each is follows a tab."""
    words = [(visible(word), visible(meaning)) for word, meaning in found.words]
    return _lines(["\t".join(filter(None, pair)) for pair in words], found.files)


def _lines(words: list[str], files: bool) -> str:
    return "".join(f"{word}\n" for word in [*words, *([_FILES] if files else [])])
