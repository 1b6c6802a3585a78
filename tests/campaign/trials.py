"""Holds the tests of a module against its mutants: which of them do the tests notice?

It runs in a process of its own, ``python -m tests.campaign.trials``, which forks for each mutant: a
fork has loaded what all of them need. A mutant lives in memory only. The fork imports it in the
place of the module and runs the tests until one fails; nothing is written beside the sources.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import attrs

from .mutants import Mutant, mutants_of

__all__ = ["Target", "Trial", "hold"]

Outcome = Literal["killed", "endless", "survived"]

ROOT = Path(__file__).parent.parent.parent
_PACKAGES = ("sixmm", "tests")
_PROFILE = "mutants"
_NOT_LOADED = 77
"""The code of a fork whose tests have not imported the module: they say nothing about it."""
_PATIENCE, _LEAST_S = 5.0, 10
"""A mutant may take so many times the processor's time of the module, and these seconds more."""
_ASLEEP = 10
"""It may take so many times as long by the clock: other programs run, too."""


@attrs.frozen(kw_only=True)
class Target:
    """A module and the tests that are to notice its faults.

    Args:
        module: its path in the package.
        tests: their paths in the folder of the tests, in the order in which they are run.
        package: the folder of the package.
    """

    module: str
    tests: tuple[str, ...]
    package: str = "sixmm"

    @property
    def path(self) -> Path:
        """The file of the module."""
        return ROOT / self.package / self.module

    @property
    def name(self) -> str:
        """The name by which the module is imported."""
        return f"{self.package}/{self.module}".removesuffix(".py").replace("/", ".")

    def source(self) -> str:
        """Return the text of the module."""
        return self.path.read_text(encoding="utf-8")


@attrs.frozen
class Trial:
    """What became of a mutant."""

    mutant: Mutant
    outcome: Outcome


def hold(target: Target, numbers: Sequence[int] | None = None) -> list[Trial]:
    """Hold the tests against mutants, one after the other.

    Args:
        target: the module and its tests.
        numbers: which of its mutants; None means all.

    Raises:
        RuntimeError: the tests fail without a mutant, or do not import the module; or this machine
            has no fork.
    """
    if not hasattr(os, "fork"):
        raise RuntimeError("mutants are tried in forks, which this machine does not have")
    mutants = mutants_of(target.source())
    numbers = range(len(mutants)) if numbers is None else numbers
    with tempfile.TemporaryDirectory() as folder:
        job = {"target": attrs.asdict(target), "numbers": list(numbers), "folder": folder}
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=_environment(folder),
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{target.module}: {done.stderr.strip()[-2_000:]}")
    outcomes: list[Outcome] = [json.loads(line) for line in done.stdout.splitlines()]
    return [Trial(mutants[n], outcome) for n, outcome in zip(numbers, outcomes, strict=True)]


def _environment(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "HYPOTHESIS_PROFILE": _PROFILE,
        "HYPOTHESIS_STORAGE_DIRECTORY": folder,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


# In the process of its own


def main() -> None:
    """Read a job from the standard input; print the outcome of each mutant, a line each."""
    job = json.loads(sys.stdin.read())
    target = Target(**{**job["target"], "tests": tuple(job["target"]["tests"])})
    _warm_up(target)
    # From here on byte code is kept, so that not every fork compiles the tests anew.
    sys.dont_write_bytecode, sys.pycache_prefix = False, job["folder"]
    mutants = mutants_of(target.source())
    limit_s = _limit_of(target)
    for number in job["numbers"]:
        print(json.dumps(_outcome(_try(target, mutants[number].source, limit_s))), flush=True)


def _warm_up(target: Target) -> None:
    """Import what the tests need; then forget the project itself, so that a fork imports that."""
    import hypothesis

    # The same examples for every mutant; and one that fails is enough, however large.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        _PROFILE, deadline=None, derandomize=True, phases=phases, report_multiple_bugs=False
    )
    for test in target.tests:
        importlib.import_module(f"tests.{test.removesuffix('.py').replace('/', '.')}")
    for name in list(sys.modules):
        if name.partition(".")[0] in _PACKAGES:
            del sys.modules[name]


def _limit_of(target: Target) -> int:
    """Return how many seconds of the processor a mutant may take: by what the module takes."""
    before = os.times()
    with tempfile.TemporaryFile("w+") as printed:
        code = _try(target, target.source(), 600, printed.fileno())
        if _outcome(code) != "survived":
            printed.seek(0)
            raise SystemExit(f"without a fault the tests end with {code}: {printed.read()}")
    after = os.times()
    took_s = sum(after[2:4]) - sum(before[2:4])
    return int(_PATIENCE * took_s) + _LEAST_S


def _try(target: Target, source: str, limit_s: int, output: int | None = None) -> int:
    """Run the tests in a fork, with a source in the place of the module; return its exit code."""
    child = os.fork()
    if not child:
        code = 1
        try:
            _limit(limit_s)
            code = _run_tests(target, source, output)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _outcome(code: int) -> Outcome:
    if code == _NOT_LOADED:
        raise SystemExit("the tests have not imported the module")
    if -code in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL):
        return "endless"
    return "killed" if code else "survived"


def _limit(seconds: int) -> None:
    """End this process after so much of the processor's time; or later, where it only waits."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.alarm(seconds * _ASLEEP)


def _run_tests(target: Target, source: str, output: int | None) -> int:
    import pytest

    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere if output is None else output, stream)
    loader = _Loader(target, source)
    sys.meta_path.insert(0, loader)
    arguments = [
        *("-x", "-q", "-p", "no:cacheprovider"),
        *("-c", str(ROOT / "setup.cfg"), "--rootdir", str(ROOT)),
        # What is loaded before the fork is not under test.
        *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
        *(str(ROOT / "tests" / test) for test in target.tests),
    ]
    code = int(pytest.main(arguments))
    return code if loader.has_loaded else _NOT_LOADED


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a text as the module; all others come from where they are."""

    def __init__(self, target: Target, source: str) -> None:
        self._target = target
        self._source = source
        self.has_loaded = False

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if name != self._target.name:
            return None
        return importlib.util.spec_from_file_location(name, self._target.path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        self.has_loaded = True
        exec(compile(self._source, str(self._target.path), "exec"), module.__dict__)


if __name__ == "__main__":
    main()
