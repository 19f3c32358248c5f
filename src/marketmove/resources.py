"""Where ``config/`` and ``samples/`` are: in the package, or at the top of the repository."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Give the folder that holds ``config/`` and ``samples/``.

    A wheel carries both inside the package; a clone and an editable install have them two
    folders up, at the top of the repository.
    """
    return _PACKAGE if (_PACKAGE / "config").is_dir() else _PACKAGE.parents[1]
