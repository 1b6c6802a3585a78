"""Choices that can be repeated and made smaller."""

from __future__ import annotations

from .tape import Tape, smallest, some_numbers


def test_a_tape_repeats_itself() -> None:
    """The same numbers make the same choices, and then only the first one."""
    one, other = Tape([7, 12, 3]), Tape([7, 12, 3])

    assert [one.pick(5) for _ in range(3)] == [other.pick(5) for _ in range(3)] == [2, 2, 3]
    assert one.is_over
    assert (one.pick(5), one.choose("abc")) == (0, "a")


def test_numbers_are_those_of_their_seed() -> None:
    """A row that failed is repeated by its seed."""
    assert some_numbers("1/2", 5) == some_numbers("1/2", 5) != some_numbers("1/3", 5)


def test_the_smallest_form_still_breaks() -> None:
    """What has nothing to do with a fault is left out, and the rest is as small as can be."""
    tries = 0

    def breaks(numbers: list[int]) -> bool:
        nonlocal tries
        tries += 1
        return sum(number > 500 for number in numbers) >= 2

    assert smallest([3, 501, 7, 7, 600, 2, 9], breaks) == [501, 600]
    assert tries < 50
