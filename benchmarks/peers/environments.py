"""One virtual environment for each client, made once and kept while its pins are the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .catalogue import PINS, SIXMM
from .reasons import last_line

__all__ = ["NotInstalled", "prepare", "quiet_environ"]

_MAKE_TIMEOUT = 120.0
_INSTALL_TIMEOUT = 600.0
_MARK = "pins.txt"
# What a process needs to run at all. Above all no proxy: everything here is on this machine.
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE")


class NotInstalled(Exception):
    """An environment could not be made; the text is the reason, in one line."""


def prepare(name: str, work_folder: Path) -> Path:
    """Return the interpreter of environment ``name``, and make the environment where it is new.

    One that is there with the same pins and the same Python is used as it is.

    Args:
        name: a key of :data:`~.catalogue.PINS`, or :data:`~.catalogue.SIXMM` for this interpreter.
        work_folder: where the environments are kept.

    Raises:
        NotInstalled: it cannot be made, for instance because there is no package index.
    """
    if name == SIXMM:
        return Path(sys.executable)
    folder = work_folder / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "\n".join((sys.version, *PINS[name]))
    mark = folder / _MARK
    if python.exists() and mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)], _MAKE_TIMEOUT)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--prefer-binary"]
    _run([*pip, "--disable-pip-version-check", *PINS[name]], _INSTALL_TIMEOUT)
    # Last: an environment that was left half made is made again.
    mark.write_text(wanted, encoding="utf-8")
    return python


def _run(command: list[str], timeout: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as exc:
        raise NotInstalled(f"not installed within {timeout:g} s") from exc
    except OSError as exc:
        raise NotInstalled(last_line(str(exc))) from exc
    if done.returncode:
        raise NotInstalled(last_line(done.stderr or done.stdout))


def quiet_environ() -> dict[str, str]:
    """Return the environment variables of a process that talks to this machine only."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}
