"""Mutants are told apart: those that tests notice, those that they do not, and those that hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from . import trials
from .mutants import mutants_of
from .trials import ROOT, Target, hold

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

TARGET = Target(package="tests/campaign", module="row.py", tests=("campaign/test_row.py",))
# This one imports the module, and uses little of it.
CARELESS = Target(package="tests/campaign", module="row.py", tests=("campaign/test_result.py",))
CHANGE = "in exactly: `value == wanted` becomes `value != wanted`"
PICK = "in Round.pick: `self.is_short` becomes `False`"


def _numbers(*changes: str) -> list[int]:
    mutants = mutants_of(TARGET.source())
    return [number for number, mutant in enumerate(mutants) if mutant.change in changes]


def _tree() -> dict[Path, bytes]:
    files = (path for folder in ("sixmm", "tests/campaign") for path in (ROOT / folder).rglob("*"))
    return {path: path.read_bytes() for path in files if path.is_file()}


def test_tells_what_the_tests_notice() -> None:
    """Good tests kill both mutants; careless ones let the one live that they do not reach."""
    numbers = _numbers(CHANGE, PICK)
    found = {target.tests: hold(target, numbers) for target in (TARGET, CARELESS)}

    assert [trial.mutant.change for trial in found[TARGET.tests]] == [PICK, CHANGE]
    assert [trial.outcome for trial in found[TARGET.tests]] == ["killed", "killed"]
    assert [trial.outcome for trial in found[CARELESS.tests]] == ["survived", "killed"]


def test_writes_nothing_beside_the_sources() -> None:
    """A mutant that was left on the disk could be taken for the module."""
    before = _tree()
    hold(TARGET, _numbers(CHANGE))

    assert _tree() == before


def test_a_mutant_that_hangs_is_ended() -> None:
    """After its share of the processor's time; that is how its tests notice it."""
    program = "from tests.campaign import trials; trials._limit(1)\nwhile True: pass"
    code = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode

    assert code in (-signal.SIGXCPU, -signal.SIGKILL)
    assert trials._outcome(code) == "endless"


def test_tests_that_fail_anyway_say_nothing() -> None:
    """Else every mutant would seem to be noticed."""
    target = Target(package="tests/campaign", module="row.py", tests=("campaign/no_test.py",))
    with pytest.raises(RuntimeError, match="no_test"):
        hold(target, [0])


def test_tests_that_do_not_import_the_module_say_nothing() -> None:
    """Else every mutant would seem to survive."""
    target = Target(module="pace.py", tests=("campaign/test_mutants.py",))
    with pytest.raises(RuntimeError, match="have not imported the module"):
        hold(target, [])
