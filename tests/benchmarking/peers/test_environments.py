"""Environments: which interpreter runs a client, and what that process is told of this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import environments
from benchmarks.peers.catalogue import PINS, SIXMM


def test_the_project_itself_runs_in_this_interpreter(tmp_path: Path) -> None:
    """What is measured of the project is what the benchmark was started with."""
    assert environments.prepare(SIXMM, tmp_path) == Path(sys.executable)


def test_a_client_that_cannot_be_installed_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing pip is told by its last line, and leaves an environment that is made anew."""
    commands: list[list[str]] = []

    def refuse(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 1, "", "ERROR: nothing found at http://x/y\n")

    monkeypatch.setattr(subprocess, "run", refuse)
    for _ in range(2):
        with pytest.raises(environments.NotInstalled, match=r"nothing found at \(address\)"):
            environments.prepare("ccxt", tmp_path)
    assert len(commands) == 2


def test_an_environment_with_the_same_pins_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installing happens once; other pins make the environment anew."""
    commands: list[list[str]] = []

    def install(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        for python in ("bin/python", "Scripts/python.exe"):
            (tmp_path / "ccxt" / python).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "ccxt" / python).touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", install)
    first = environments.prepare("ccxt", tmp_path)
    assert environments.prepare("ccxt", tmp_path) == first
    assert len(commands) == 2
    monkeypatch.setitem(PINS, "ccxt", ("ccxt==0",))
    environments.prepare("ccxt", tmp_path)
    assert len(commands) == 4


def test_a_client_is_not_told_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """All traffic stays on this machine, and no secret of this process reaches a client."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    monkeypatch.setenv("SIXMM_API_SECRET", "secret")
    told = environments.quiet_environ()
    assert "PATH" in told
    assert not {"HTTPS_PROXY", "SIXMM_API_SECRET"} & told.keys()
