"""What the row about mutants tells: how many were noticed, and which were not, and why."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .mutants import mutants_of
from .rows import mutation
from .trials import Outcome, Trial

MODULE = mutation.TARGETS[0].module


def _trials(*outcomes: Outcome) -> list[Trial]:
    mutants = mutants_of("a.b = 0\nc = 1\nd = 2")
    return [Trial(mutant, outcome) for mutant, outcome in zip(mutants, outcomes, strict=False)]


def _reasons(monkeypatch: pytest.MonkeyPatch, reasons: Mapping[str, str]) -> None:
    monkeypatch.setattr(mutation, "EQUIVALENT", {MODULE: reasons})


def test_every_survivor_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its line, and with the reason where no test can notice it; it counts all the same."""
    _reasons(monkeypatch, {"`a.b = 0` becomes `a.b = -1`": "nobody counts from there"})
    trials = _trials("survived", "survived", "survived", "killed", "endless")
    findings = mutation._findings(MODULE, trials, least_killed=40, least=5)

    assert [finding.value for finding in findings] == [5, 40.0, 1, 3]
    assert all(finding.held is not False for finding in findings)
    assert findings[-1].detail.splitlines() == [
        "line 1, `a.b = 0` becomes `pass`",
        "line 1, `a.b = 0` becomes `a.b = 1`",
        "line 1, `a.b = 0` becomes `a.b = -1`: nobody counts from there",
    ]


def test_tests_that_are_too_weak_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is a module of which too little was tried."""
    _reasons(monkeypatch, {})
    findings = mutation._findings(MODULE, _trials("survived", "killed"), least_killed=51, least=3)

    assert [finding.held for finding in findings] == [False, False, None, None]


def test_a_reason_is_given_only_for_what_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason that has outlived its mutant would excuse the next one."""
    reasons = {"`a.b = 0` becomes `a.b = 1`": "so it is", "`7` becomes `8`": "so it was"}
    _reasons(monkeypatch, reasons)

    found = mutation._stale_reasons(MODULE, _trials("killed", "survived", "killed"))
    assert (found.value, found.held, found.detail) == (1, False, "`7` becomes `8`")


def test_each_module_has_its_reasons() -> None:
    """Whoever adds a module to the row thinks of all of it."""
    names = {target.module for target in mutation.TARGETS}

    assert set(mutation.EQUIVALENT) == names
    assert all(target.path.is_file() for target in mutation.TARGETS)
