"""The table of candidates fits the files and tables that it names."""

from __future__ import annotations

import importlib.util

from benchmarks.peers.catalogue import CANDIDATES, PINS, SIXMM
from benchmarks.peers.dialects import DIALECTS


def test_names_are_unique() -> None:
    """A result belongs to one candidate."""
    assert len({one.name for one in CANDIDATES}) == len(CANDIDATES)


def test_every_candidate_can_be_found() -> None:
    """Environment, dialect and snippet of every candidate exist, and every environment is used."""
    for one in CANDIDATES:
        assert one.environment in (SIXMM, *PINS)
        assert one.dialect in DIALECTS
        assert importlib.util.find_spec(f"benchmarks.peers.snippets.{one.snippet}") is not None
    assert {one.environment for one in CANDIDATES} == {SIXMM, *PINS}


def test_every_environment_pins_its_client() -> None:
    """The first requirement of an environment is its client, and all have exact versions."""
    for name, pins in PINS.items():
        assert pins[0].partition("==")[0].partition("[")[0] == name
        assert all("==" in pin for pin in pins)
