"""Version and clock over real HTTP."""

from __future__ import annotations

from ..client import Rest


def test_the_clock_in_both_units(rest: Rest) -> None:
    """/v1/time tells seconds and milliseconds of one moment (rule 7)."""
    data = rest.send("GET", "/v1/time")["data"]

    assert data["timestamp"] == data["timestampMs"] // 1000
    assert data["iso"].endswith("Z")


def test_the_version_is_no_real_one(rest: Rest) -> None:
    """Nobody takes this for the real exchange."""
    assert rest.send("GET", "/v1/version")["data"]["name"] == "sixmm.sim"
