"""A program of the tests imports what the process imports that starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sixmm

from .program import program

ROOT = Path(__file__).parents[2]


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def _probe(folder: Path, code: str) -> None:
    (folder / "probe.py").write_text(code, encoding="utf-8")


def test_imports_the_same_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is called from a checkout: the package of that folder is not the tested one."""
    (tmp_path / "sixmm").mkdir()
    (tmp_path / "sixmm" / "__init__.py").write_text("", encoding="utf-8")
    places = tmp_path / "places"
    places.mkdir()
    _probe(places, "import sixmm, tests.campaign.row; print(sixmm.__file__)")
    found = [entry for entry in sys.path if entry]
    home = str(Path(sixmm.__file__).parents[1])
    monkeypatch.setattr(sys, "path", [*found, home, str(places)])
    printed = _run(program("probe"), tmp_path)

    assert Path(printed) == Path(sixmm.__file__)


def test_is_a_program_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the main module, has its words, and finds the tests last of all."""
    code = "import json, sys; print(json.dumps([__name__, sys.argv[1:], sys.path]))"
    _probe(tmp_path, code)
    monkeypatch.setattr(
        sys, "path", [str(tmp_path), *(p for p in sys.path if p not in ("", str(ROOT)))]
    )
    name, words, path = json.loads(_run(program("probe", "--a", "b c"), tmp_path))

    assert name == "__main__"
    assert words == ["--a", "b c"]
    assert path == [*sys.path, str(ROOT)]


def test_the_working_folder_is_the_one_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this process finds in its own folder, the program finds there from any other one."""
    _probe(tmp_path, "print('found')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    command = program("probe")

    assert _run(command, Path(os.path.abspath(os.sep))) == "found"
