"""The course of a demo ends, whatever happens; the demos of the venues test the rest of it."""

from __future__ import annotations

import subprocess
import sys

_LIMIT_SECONDS = 90


def test_last_resort() -> None:
    """A process that hangs beyond every deadline is ended with a message and code 1."""
    hang = (
        "import threading; from sixmm.cli.demonstration import last_resort\n"
        "with last_resort(0.1): threading.Event().wait(300)"
    )
    done = subprocess.run(
        [sys.executable, "-c", hang], capture_output=True, text=True, timeout=_LIMIT_SECONDS
    )

    assert done.returncode == 1
    assert done.stderr == "sixmm demo: gave up: it did not come to an end\n"
