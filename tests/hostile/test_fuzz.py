"""Whatever bytes come in, only errors of sixmm come out, and every reader says the same."""

from __future__ import annotations

import pytest

from sixmm.errors import DecodeError

from .fuzz import fuzz, main, try_one
from .mutating import mutations
from .targets import TARGETS, Broken, Target


@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str) -> None:
    """Some thousand broken inputs give a value or an error of sixmm, in time (E4)."""
    seed, runs = 11, 2_000
    count, findings = fuzz(name, seed=seed, runs=runs)

    told = "\n".join(map(str, findings))
    command = f"python -m tests.hostile.fuzz {name} --engine bytes --seed {seed} --runs {runs}"
    assert count == runs or findings
    assert not findings, f"{len(findings)} of {count} inputs\n{told}\nrepeat: {command}"


@pytest.mark.parametrize("name", TARGETS)
def test_corpus(name: str) -> None:
    """The fuzzer begins with something: each target has inputs that it takes."""
    taken = 0
    for data in TARGETS[name].corpus():
        try:
            TARGETS[name].run(data)
        except Exception:
            continue
        taken += 1

    assert taken >= 2


def test_mutations_repeat() -> None:
    """A seed gives the same inputs again."""
    first, again = (mutations([b"abc", b"def"], [b"x"], seed=5) for _ in range(2))

    assert [next(first) for _ in range(200)] == [next(again) for _ in range(200)]


def test_findings_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Something else than an error of sixmm is a finding, with its input and the command."""

    def fail(data: bytes) -> None:
        if len(data) > 3:
            raise Broken("long")
        raise DecodeError("refused")

    monkeypatch.setitem(TARGETS, "frames", Target(fail, lambda: [b"abc"], (b"xyz",)))

    assert try_one(TARGETS["frames"], b"abc") is None
    assert main(["frames", "--runs", "50", "--seed", "3", "--engine", "bytes"]) == 1
    assert "--seed 3 --runs" in capsys.readouterr().out
