"""Identifiers (rule 10)."""

from __future__ import annotations

from sixmm.sim.engine.ids import IdSource


def test_ids_rise_and_are_too_large_for_a_double() -> None:
    """Every id is a text above 2**53, and greater than the one before (rule 10)."""
    source = IdSource(7)
    numbers = [int(source.next()) for _ in range(1000)]

    assert numbers == sorted(set(numbers))
    assert numbers[0] > 2**53


def test_the_seed_decides_the_ids() -> None:
    """The same seed gives the same ids, another seed gives others."""
    first, second, other = IdSource(7), IdSource(7), IdSource(8)
    ids = [first.next() for _ in range(5)]

    assert ids == [second.next() for _ in range(5)]
    assert ids != [other.next() for _ in range(5)]
