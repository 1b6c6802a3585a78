"""A network of its own for the process of a row, in which the only wire can be pulled out.

A proxy can only stop reading and writing. Here the packets themselves are lost, in both directions:
no end and no error reaches either side, and what was sent is sent again by TCP once the wire is
back. Linux only, and only for whoever may make a namespace.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

__all__ = ["enter", "wire_pulled"]

_CLONE_NEWNET = 0x40000000
_TIMEOUT = 10.0


def enter() -> str:
    """Move this thread, and all that it starts from now on, into a network of their own.

    Returns why that was not possible, or nothing. It is for the only thread of a process.
    """
    if sys.platform != "linux":
        return "network namespaces are a thing of Linux"
    if shutil.which("ip") is None:
        return "the command ip is not installed"
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        return f"a namespace is refused: {os.strerror(ctypes.get_errno())}"
    _set_wire("up")
    return ""


@contextlib.contextmanager
def wire_pulled() -> Iterator[None]:
    """Lose every packet of this network while the block runs."""
    _set_wire("down")
    try:
        yield
    finally:
        _set_wire("up")


def _set_wire(state: str) -> None:
    command = ["ip", "link", "set", "dev", "lo", state]
    subprocess.run(command, check=True, timeout=_TIMEOUT, capture_output=True)
