"""Plug-ins: functions of other packages that fetch closes, found by their entry points."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

GROUP = "marketmove.feeds"
# What comes with this package, wherever it is run from.
_SHIPPED = {"yahoo": "marketmove.feeds.yahoo:closes"}


def plugin_names() -> list[str]:
    """Give the names of all plug-ins that are there."""
    return sorted({*_SHIPPED, *(entry.name for entry in entry_points(group=GROUP))})


def plugin(name: str) -> Callable[..., Any]:
    """Load a plug-in: a function of an index and a date that gives bytes.

    Raises
    ------
    ImportError, AttributeError
        If it cannot be loaded.
    """
    for entry in entry_points(group=GROUP, name=name):
        loaded: Callable[..., Any] = entry.load()
        return loaded
    module, _, attribute = _SHIPPED[name].partition(":")
    shipped: Callable[..., Any] = getattr(import_module(module), attribute)
    return shipped
