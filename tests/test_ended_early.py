"""A run that is ended before it has begun to work: no traceback, and the status that says so."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from kept import needs_unix

if TYPE_CHECKING:
    from pathlib import Path


@needs_unix
def test_an_interrupt_while_the_commands_are_made_is_quiet(tmp_path: Path) -> None:
    """What loads typer sends the interrupt, as a person's Ctrl-C in the first moment would."""
    start = tmp_path / "start.py"
    start.write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import typer.main\n"
        "def interrupt(*_):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "typer.main.get_command = interrupt\n"
        "from marketmove.__main__ import main\n"
        "sys.exit(main())\n",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [sys.executable, start, "session"], capture_output=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (128 + signal.SIGINT, b"", b"")
