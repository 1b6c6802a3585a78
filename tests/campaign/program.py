"""Programs of the tests, started so that they import what this process imports."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

__all__ = ["program"]

_ROOT = str(Path(__file__).parents[2])
# `python -m` looks in its working folder first: from a checkout it would find the sources there,
# and not the installed package that is tested.
_START = (
    "import json, runpy, sys; "
    "sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def program(module: str, *words: str) -> list[str]:
    """Return the command that runs a module of the tests, as ``python -m`` would.

    Everything is looked for where this process looks for it, and in this order. The folder of the
    tests comes last where it is not among those places.

    Args:
        module: its name, such as ``tests.campaign``.
        words: what comes after it on the command line.
    """
    # An empty entry stands for the working folder.
    path = [entry or os.getcwd() for entry in sys.path]
    if _ROOT not in path:
        path.append(_ROOT)
    return [sys.executable, "-c", _START, json.dumps(path), module, *words]
