"""The command line: markets, orders, keys and live events, and an exchange to try them on.

It needs the extra ``cli`` (click and rich); the demo and the embedded exchange need ``demo``.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

__all__ = ["main"]

_NEEDED = ("click", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 for a failure, 2 for bad input.

    Ctrl-C gives 130. Where click or rich is not installed it says so in one line and returns 2.

    Args:
        argv: the arguments without the program's name; None takes those of the process.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        print("sixmm's command line needs: pip install 'sixmm[cli]'", file=sys.stderr)
        return 2
    try:
        from .app import run  # only now: it imports click

        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:  # also while the libraries are imported
        return 130
