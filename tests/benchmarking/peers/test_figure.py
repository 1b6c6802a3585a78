"""What is said about the rates that were measured."""

from __future__ import annotations

from benchmarks.peers.catalogue import Delivers
from benchmarks.peers.figure import (
    REFERENCE,
    SENDER,
    PeerResult,
    headroom,
    missing_gate,
    samples,
    times,
)


def _result(name: str, rate: float | None, delivers: Delivers = "dict") -> PeerResult:
    return PeerResult(
        name=name,
        is_peer=name not in (REFERENCE, SENDER),
        decodes=delivers in ("dict", "model"),
        delivers=delivers,
        rates=() if rate is None else (rate - 10, rate, rate + 20),
    )


RESULTS = [
    _result(SENDER, 900.0, "bytes"),
    _result(REFERENCE, 400.0, "model"),
    _result("text", 200.0, "text"),
    _result("fast", 160.0),
    _result("slow", 50.0, "model"),
    _result("broken", None),
]


def test_each_peer_that_ran_is_compared_with_the_project() -> None:
    """The ratio is how many times as much the project hands over."""
    assert times(RESULTS) == {"text": 2.0, "fast": 2.5, "slow": 8.0}


def test_without_the_project_nothing_is_compared() -> None:
    """A run of some peers alone has no ratios."""
    assert times(RESULTS[2:]) == {}


def test_the_gate_is_about_peers_that_decode() -> None:
    """A peer that hands over text is shown, and does not count."""
    assert missing_gate(RESULTS) == {"fast": 2.5}
    assert missing_gate(RESULTS, gate=2.5) == {}


def test_the_sender_is_held_against_the_fastest_client() -> None:
    """The benchmark shows that the server is not what limits the figures."""
    assert headroom(RESULTS) == 2.25
    assert headroom(RESULTS[1:]) is None


def test_a_gate_can_be_held_against_the_fastest_peer_that_decodes() -> None:
    """The figures have one name each, and what did not run has none."""
    named = samples(RESULTS)
    assert named["peers/sixmm/rate"] == [390.0, 400.0, 420.0]
    assert named["peers/fastest-decoding/rate"] == [150.0, 160.0, 180.0]
    assert named["peers/slow/rate"] == [40.0, 50.0, 70.0]
    assert "peers/broken/rate" not in named
    assert samples([RESULTS[-1]]) == {}
