"""The network whose wire can be pulled out; where there is none, it says why."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import namespace

_PROGRAM = """
import socket, sys
from tests.campaign import namespace

reason = namespace.enter()
if reason:
    sys.exit(reason)
server = socket.create_server(("127.0.0.1", 0))
one = socket.create_connection(server.getsockname())
other, _ = server.accept()
with namespace.wire_pulled():
    one.sendall(b"x")
    other.settimeout(0.2)
    try:
        other.recv(1)
    except TimeoutError:
        print("silent")
other.settimeout(60)
print(other.recv(1).decode())
"""


def test_nothing_passes_while_the_wire_is_pulled() -> None:
    """Neither an error nor an end is seen, and what was sent arrives when it is back."""
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if result.returncode:
        pytest.skip(f"no namespace here: {result.stderr.strip().splitlines()[-1]}")
    assert result.stdout.split() == ["silent", "x"]


def test_a_machine_without_the_means_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is not run there, and the page says why."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert namespace.enter() == "the command ip is not installed"
    monkeypatch.setattr(sys, "platform", "win32")
    assert "Linux" in namespace.enter()
