"""What a command takes, as its function declares it: for typer, for its help, for completion.

Read from the function itself, as typer's own description of it differs from version to version.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import typer

from marketmove.errors import WrongUsageError, listed

OTHER_PANEL = "Options"


class Parameter(NamedTuple):
    """An argument, or an option: one that has ``names``.

    ``metavar`` is how its value is called, empty for a flag, and ``words`` are those that it can be
    beside that; ``choices`` are all that it can be, ``least`` and ``most`` the bounds of a whole
    number. ``default_text`` says what holds where nothing is typed, empty if nothing does.
    """

    name: str
    names: tuple[str, ...]
    kind: Literal["flag", "number", "choice", "file", "text"]
    metavar: str
    words: tuple[str, ...]
    help: str
    panel: str
    choices: tuple[str, ...]
    least: int | None
    most: int | None
    repeats: bool
    required: bool
    default: Any
    default_text: str
    info: typer.models.ParameterInfo

    @property
    def plain_type(self) -> Any:
        """The type that typer is told of: a text, or several, or a flag; none is ever required."""
        kind: Any = bool if self.kind == "flag" else str
        info = copy.copy(self.info)
        info.min = info.max = None
        return Annotated[(list[kind] if self.repeats else kind) | None, info]

    @property
    def called(self) -> str:
        """How messages call it."""
        return self.names[0] if self.names else self.metavar

    def read(self, typed: Any) -> Any:
        """Give what was typed, as a path if it names a file."""
        return Path(typed) if self.kind == "file" and typed is not None else typed

    def value(self, typed: Any) -> Any:
        """Give the value that was typed, of the kind that it is to be; its default if none was."""
        if typed is None or self.kind in {"flag", "text", "file"}:
            return self.default if typed is None else self.read(typed)
        return self._choice(typed) if self.kind == "choice" else self._number(typed)

    def _choice(self, text: str) -> str:
        """One of the choices, in capitals or not, or as far as it is like no other."""
        typed = text.strip().casefold()
        near = [choice for choice in self.choices if typed and choice.startswith(typed)]
        if typed in self.choices or len(near) == 1:
            return typed if typed in self.choices else near[0]
        expected = listed(self.choices, len(self.choices), " or ")
        raise WrongUsageError.at(None, f"{self.called}: {text or 'nothing'} is not {expected}")

    def _number(self, text: str) -> int:
        typed = text.strip().replace(",", "")
        within = typed.isascii() and typed.isdigit() and len(typed) < _MOST_DIGITS
        least, most = self.least or 0, self.most
        if within and int(typed) >= least and (most is None or int(typed) <= most):
            return int(typed)
        bounds = f"from {least:,} to {most:,}" if most else f"of {least:,} or more"
        what = f"{text or 'nothing'} is not a whole number {bounds}"
        raise WrongUsageError.at(None, f"{self.called}: {what}")


_MOST_DIGITS = 30


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Give what a command takes, in its order, with the fields of each bundle in its place."""
    found: list[Parameter] = []
    for name, hint, default in _declared(function):
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else [hint]
        info = next((n for n in notes if isinstance(n, typer.models.ParameterInfo)), None)
        if info is not None:
            found.append(_parameter(name, kind, info, default))
    return tuple(found)


def bundles_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Give the parameters that are bundles of options, which are named tuples."""
    hints = get_type_hints(function, include_extras=True)
    return {name: kind for name, kind in hints.items() if hasattr(kind, "_fields")}


def _declared(function: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    """The name, the type and the default of each parameter, and of each field of a bundle."""
    hints = get_type_hints(function, include_extras=True)
    found: list[tuple[str, Any, Any]] = []
    for name, one in inspect.signature(function).parameters.items():
        if hasattr(hints[name], "_fields"):
            found += _declared(hints[name])
        else:
            found.append((name, hints[name], one.default))
    return found


def _parameter(name: str, hint: Any, info: typer.models.ParameterInfo, default: Any) -> Parameter:
    kinds = [k for k in _alternatives(hint) if k is not type(None)]
    choices = next((get_args(k) for k in kinds if get_origin(k) is Literal), ())
    kind: Any = (
        "flag" if bool in kinds else "number" if int in kinds else "choice" if choices
        else "file" if Path in kinds else "text"
    )  # fmt: skip
    is_option = isinstance(info, typer.models.OptionInfo)
    metavar, *words = (info.metavar or name.upper().replace("_", "-")).split("|")
    required = default is inspect.Parameter.empty
    default = None if required else default
    return Parameter(
        name=name,
        names=_names(name, kind, info) if is_option else (),
        kind=kind,
        metavar="" if kind == "flag" else metavar,
        words=tuple(words),
        help=info.help or "",
        panel=info.rich_help_panel or OTHER_PANEL,
        choices=choices,
        least=None if info.min is None else int(info.min),
        most=None if info.max is None else int(info.max),
        repeats=any(get_origin(k) is list for k in kinds),
        required=required,
        default=default,
        default_text=_default_text(info.show_default, default),
        info=info,
    )


def _names(name: str, kind: str, info: typer.models.ParameterInfo) -> tuple[str, ...]:
    usual = name.replace("_", "-")
    # In an annotation, typer takes the first name for the default at first.
    declared = [info.default] if isinstance(info.default, str) else []
    declared += info.param_decls or ()
    declared = declared or [f"--{usual}/--no-{usual}" if kind == "flag" else f"--{usual}"]
    return tuple(text for one in declared for text in one.split("/"))


def _default_text(shown: bool | str, default: Any) -> str:
    if isinstance(shown, str):
        return shown
    return "" if default is None or isinstance(default, bool) or not shown else str(default)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """The types of a union; the type itself if it is none."""
    return (kind,) if get_origin(kind) in {None, list, Literal} else get_args(kind)
