"""What shells run to complete our command lines, and completions in the form that each reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketmove.wording.numbers import visible

if TYPE_CHECKING:
    from marketmove.cli.complete import Completions

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
}


def for_bash(found: Completions, kept: str, last: str) -> str:
    r"""Write completions for bash: without the part that stays, and quoted unless a quote is open.

    Parameters
    ----------
    found
        The completions.
    kept
        The part of the last word that bash does not replace.
    last
        The last word as bash has it.

    Examples
    --------
    >>> from marketmove.cli.complete import Completions
    >>> print(for_bash(Completions((("HSI:My Index", ""),)), "HSI:", ""), end="")
    My\ Index
    """
    words = [visible(word)[len(kept) :] for word, _ in found.words]
    if last[:1] not in {'"', "'"}:
        words = [re.sub(r"([^\w@%+=:,./^~-])", r"\\\1", word) for word in words]
    return _lines(words, found.files)


def with_help(found: Completions) -> str:
    r"""Write completions for zsh and fish: what each is follows a tab.

    Examples
    --------
    >>> from marketmove.cli.complete import Completions
    >>> with_help(Completions((("HSI", "Hang Seng"), ("latest", "")), files=True))
    'HSI\tHang Seng\nlatest\n/\n'
    """
    words = [(visible(word), visible(meaning)) for word, meaning in found.words]
    return _lines(["\t".join(filter(None, pair)) for pair in words], found.files)


def _lines(words: list[str], files: bool) -> str:
    return "".join(f"{word}\n" for word in [*words, *([_FILES] if files else [])])
