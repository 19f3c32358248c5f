"""Man pages from the texts of ``--help``."""

from collections.abc import Iterable, Iterator, Sequence

from helptexts import Help

_FILES = (
    ("~/.config/marketmove/marketmove.yaml", "the configuration; MARKETMOVE_CONFIG names another"),
    ("~/.local/share/marketmove/closes", "the archive of closes that marketmove fetch keeps"),
    ("~/.local/state/marketmove/journal.sqlite", "what marketmove summary --once has sent"),
)


def manual(
    helps: Sequence[Help], version: str, statuses: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Give a page for the program and one for each command, by the name of its file."""
    names = [one.name for one in helps if one.name]
    return {
        f"{_title(one)}.1": "\n".join(_page(one, version, statuses, names)) + "\n" for one in helps
    }


def _title(one: Help) -> str:
    return "-".join(["marketmove", *one.name.split()])


def _page(
    one: Help, version: str, statuses: Iterable[Sequence[str]], names: Sequence[str]
) -> Iterator[str]:
    title = _title(one)
    yield f'.TH "{title.upper()}" "1" "" "marketmove {version}" "marketmove"'
    yield ".nh"
    yield ".ad l"
    yield ".SH NAME"
    yield f"{_text(title)} \\- {_text(_lower(one.summary))}"
    yield ".SH SYNOPSIS"
    yield f".B {_text(one.usage)}"
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate(one.paragraphs):
        if number:
            yield ".PP"
        yield _text(paragraph)
    for panel, entries in one.panels.items():
        yield f".SH {_text(panel.upper())}"
        for entry in entries:
            yield ".TP"
            yield " ".join(map(_typed, entry.typed.split()))
            yield _text(entry.text)
    if one.examples:
        yield ".SH EXAMPLES"
        yield ".nf"
        yield from map(_text, one.examples)
        yield ".fi"
    yield ".SH EXIT STATUS"
    for status, meaning in statuses:
        yield ".TP"
        yield f".B {_text(status)}"
        yield _text(meaning)
    yield ".SH FILES"
    for place, what in _FILES:
        yield ".TP"
        yield f".I {_text(place)}"
        yield _text(what)
    yield ".SH SEE ALSO"
    others = [f"marketmove-{name.replace(' ', '-')}" for name in names if name != one.name]
    yield _text(", ".join(f"{other}(1)" for other in (["marketmove"] if one.name else others)))


def _typed(word: str) -> str:
    """Put what is typed as it stands in bold, and what is typed in its place in italics."""
    name, comma = word.rstrip(","), "," * word.endswith(",")
    return rf"\f{'IB'[name.startswith('-')]}{_text(name)}\fR{comma}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _text(text: str) -> str:
    """Escape what roff reads: the backslash, the hyphen, and a dot or quote that begins a line."""
    plain = text.replace("`", "").replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain or "\\&"
