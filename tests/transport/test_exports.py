"""What the package offers, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sixmm.transport


def test_names() -> None:
    """Every public name is there, also the lazy ones, and is listed."""
    for name in sixmm.transport.__all__:
        assert getattr(sixmm.transport, name).__name__ == name

    assert sixmm.transport.__all__ == sorted(sixmm.transport.__all__)
    assert set(sixmm.transport.__all__) <= set(dir(sixmm.transport))


def test_unknown_name() -> None:
    """A name that is not there is told as usual."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = sixmm.transport.Nothing


def test_import_is_light() -> None:
    """The interfaces come without requests, websocket-client and TLS."""
    code = "import sys, sixmm.transport.base; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    heavy = {"requests", "urllib3", "websocket", "ssl", "socket"}
    assert heavy.isdisjoint(result.stdout.split())
