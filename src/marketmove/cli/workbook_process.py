"""The sheets of an old workbook, read in a process of its own, whose memory has a bound.

A damaged one can ask for any amount of it, and the library that reads these ends the process then.
"""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any

# More than any table of closes takes.
_MOST_BYTES = 1 << 30


def main() -> int:
    """Read a workbook from standard input; write its sheets: names, and rows of values."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # Without limits on this system.
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        sheets: list[tuple[str, list[Any]]] = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(pickle.dumps(sheets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
