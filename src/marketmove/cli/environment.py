"""The environment: the clock and its zone, the user's folders, and where this program is.

What the environment lacks is a ``WrongUsageError``, or for the journal a ``JournalError``, with the
option to give instead.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marketmove.cli import arguments, own_files, progress
from marketmove.errors import JournalError, Place, WrongUsageError

if TYPE_CHECKING:
    from marketmove.config import Config

_LOCALTIME, _TIMEZONE = Path("/etc/localtime"), Path("/etc/timezone")
_NAME_IT = "name the one that cron runs in: --zone Europe/Berlin, for one"


def clock() -> dt.datetime:
    """Give the moment by the clock, in UTC."""
    return dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """Give the moment that closes are held against: that of MARKETMOVE_NOW, else the clock's."""
    return _fixed_now() or clock()


def today() -> dt.date:
    """Give the user's own day."""
    fixed = _fixed_now()
    return fixed.date() if fixed else dt.date.today()  # noqa: DTZ011 - the day where the user is


def zone() -> dt.tzinfo:
    """Give the clock that people here read: that of MARKETMOVE_NOW, else the machine's."""
    return (_fixed_now() or clock().astimezone()).tzinfo or dt.UTC


def _fixed_now() -> dt.datetime | None:
    text = os.environ.get("MARKETMOVE_NOW")
    return arguments.moment(text, clock(), "MARKETMOVE_NOW") if text else None


def home() -> Path | None:
    """Give the user's home folder, if the environment names one."""
    return Path(os.environ["HOME"]) if os.environ.get("HOME") else None


def config_file(named: Path | None) -> tuple[Path | None, Path | None]:
    """Find the user's configuration, which has to be there if it was named; and the home folder."""
    if place := _named_config(named):
        return place, home()
    usual = _users_folder("user_config_path", "marketmove.yaml")
    return (usual if usual and usual.is_file() else None), home()


def settings(config: Path | None, **chosen: str | float | int | None) -> Config:
    """Give the configuration, with what was chosen on the command line over it."""
    from marketmove.config import load, with_choices

    place, folder = config_file(config)
    loaded = load(place, folder)
    own_files.use(place, loaded.sessions, loaded.archive, *loaded.levels)
    if loaded.archive is None:
        loaded = with_choices(loaded, archive=_users_folder("user_data_path", "closes"))
    return replace(with_choices(loaded, **chosen), progress=progress.line())


def config_place(named: Path | None) -> Path:
    """Give where the user's configuration is looked for, be it there or not."""
    if place := _named_config(named):
        return place
    usual = _users_folder("user_config_path", "marketmove.yaml")
    nowhere = not (os.environ.get("HOME") or os.environ.get("XDG_CONFIG_HOME"))
    if usual is None or (os.name == "posix" and nowhere):
        text = "HOME is not set, so there is no usual place for a configuration; name one: --config"
        raise WrongUsageError.at(None, f"{text} PATH")
    return usual


def _named_config(named: Path | None) -> Path | None:
    variable = os.environ.get("MARKETMOVE_CONFIG")
    return Path(variable) if named is None and variable else named


def _users_folder(kind: str, name: str) -> Path | None:
    """A file in a folder of the user; None where the environment names no home."""
    import platformdirs

    try:
        folder: Path = getattr(platformdirs, kind)("marketmove")
    except RuntimeError:
        return None
    return folder / name if folder.is_absolute() else None


def journal_file(named: Path | None) -> Path:
    """Find the journal of summaries: the one named, else that in the user state directory."""
    if named is not None:
        return named
    usual = _users_folder("user_state_path", "journal.sqlite")
    if usual is None:
        raise JournalError.at(None, "there is no home folder for the journal; say --journal PATH")
    own_files.use(usual)
    return usual


def journal_to_write(named: Path | None) -> Path:
    """Find the journal of summaries; the usual folder is made for one that is not named."""
    path = journal_file(named)
    if named is None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or "cannot be made").lower()
            text = f"the folder for the journal cannot be made: {reason}; say --journal PATH"
            raise JournalError.at(Place(str(path.parent)), text) from None
    return path


def machine_zone() -> str:
    """Give the name of the time zone in which cron runs here."""
    system = _system_zone()
    session = os.environ.get("TZ", "").removeprefix(":")
    if system and session and _plain(system) != _plain(session):
        text = f"TZ is {session}, but the time zone of the system is {system}"
        raise WrongUsageError.at(None, f"{text}; {_NAME_IT}")
    if zone := next(filter(_is_zone, (system, session)), None):
        return zone
    raise WrongUsageError.at(None, f"this machine does not name its time zone; {_NAME_IT}")


def _system_zone() -> str:
    """The zone that ``/etc/localtime`` links to, else the one that ``/etc/timezone`` has."""
    _, found, name = str(_LOCALTIME.resolve()).partition("zoneinfo/")
    if found:
        return name.removeprefix("posix/").removeprefix("right/")
    try:
        return _TIMEZONE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return "" if _LOCALTIME.exists() else "UTC"


def _plain(zone: str) -> str:
    return zone.removeprefix("Etc/").replace("UCT", "UTC")


def _is_zone(name: str) -> bool:
    try:
        return bool(arguments.zone(name))
    except WrongUsageError:
        return False


def own_process(module: str) -> tuple[str, ...]:
    """Give the words that start a module of this program as a process of its own."""
    return (sys.executable, "-P", "-m", module)


def of_own_process() -> dict[str, str]:
    """Give the environment of such a process.

    It names the folder that this package is in, where the process may not find it by itself; and
    never the current one, in which anything may lie.
    """
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def this_program() -> tuple[str, ...]:
    """Give the words that start this program from anywhere."""
    script = Path(sys.argv[0])
    if script.stem == "marketmove" and script.is_file():
        return (os.path.abspath(script),)  # noqa: PTH100 - no link is followed, and no ".." stays
    return (sys.executable, "-m", "marketmove")
