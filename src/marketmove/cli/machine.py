"""The machine: the zone of its clock, and where this program is on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from marketmove.errors import WrongUsageError

_LOCALTIME, _TIMEZONE = Path("/etc/localtime"), Path("/etc/timezone")
_NAME_IT = "name the one that cron runs in: --zone Europe/Berlin, for one"


def machine_zone() -> str:
    """Give the name of the time zone in which cron runs here.

    Raises
    ------
    WrongUsageError
        If nothing tells it, or the environment tells another than the system.
    """
    system = _system_zone()
    session = os.environ.get("TZ", "").removeprefix(":")
    if system and session and _plain(system) != _plain(session):
        text = f"TZ is {session} here, and the zone of the system {system}"
        raise WrongUsageError.at(None, f"{text}; {_NAME_IT}")
    if zone := next(filter(_is_zone, (system, session)), None):
        return zone
    raise WrongUsageError.at(None, f"the time zone of this machine has no name here; {_NAME_IT}")


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
    from marketmove.cli.arguments import zone

    try:
        return bool(zone(name))
    except WrongUsageError:
        return False


def this_program() -> tuple[str, ...]:
    """Give the words that start this program from anywhere."""
    script = Path(sys.argv[0])
    if script.stem == "marketmove" and script.is_file():
        return (os.path.abspath(script),)  # noqa: PTH100 - no link is followed, and no ".." stays
    return (sys.executable, "-m", "marketmove")
