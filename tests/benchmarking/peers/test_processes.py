"""One run of one candidate, in processes of their own, over loopback."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest

from benchmarks.peers.catalogue import CANDIDATES, Candidate
from benchmarks.peers.processes import DidNotRun, run

MESSAGES = 100


@pytest.fixture
def drain() -> Candidate:
    """Give the candidate that needs no client."""
    return next(one for one in CANDIDATES if one.name == "drain")


def test_a_run_takes_every_message(drain: Candidate) -> None:
    """A run is measured from the start of the flood to its last message."""
    result = run(drain, Path(sys.executable), MESSAGES)
    assert result.messages == MESSAGES * drain.scale
    assert result.missed == 0
    assert result.seconds > 0


def test_a_client_that_fails_is_told_by_its_last_words(drain: Candidate) -> None:
    """A client that cannot run is a reason in one line, and not the end of the benchmark."""
    broken = attrs.evolve(drain, snippet="missing")
    with pytest.raises(DidNotRun, match="No module named"):
        run(broken, Path(sys.executable), MESSAGES)


def test_a_client_that_hangs_is_stopped(drain: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run has a deadline; this client waits for a stream that the server does not open."""
    monkeypatch.setattr("benchmarks.peers.processes.TIMEOUT", 2.0)
    deaf = attrs.evolve(drain, dialect="hyperliquid")
    with pytest.raises(DidNotRun, match="not through within 2 s"):
        run(deaf, Path(sys.executable), MESSAGES)
