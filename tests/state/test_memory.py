"""What is remembered within bounds."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.memory import FillMemory, TextMemory
from sixmm.state.models import Fill
from sixmm.state.values import values_of


def fill(number: int, order_id: str = "1") -> Fill:
    """Return a fill."""
    return Fill(fill_id=f"f{number}", order_id=order_id)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 3)), max_size=40))
def test_a_text_is_new_once(pushes: list[tuple[str, int]]) -> None:
    """Whatever others have the same time, as long as it is remembered (rule 81)."""
    memory = TextMemory(40)
    seen: set[tuple[str, int]] = set()
    for letter, at_ms in pushes:
        text = f"{letter} at {at_ms}"
        assert memory.knows(text, at_ms) is ((letter, at_ms) in seen)
        assert memory.take(text, at_ms) is ((letter, at_ms) not in seen)
        seen.add((letter, at_ms))


@given(times=st.lists(st.integers(1, 9), max_size=60), bound=st.integers(1, 10))
def test_texts_are_forgotten_within_bounds(times: list[int], bound: int) -> None:
    """The last ones are remembered up to the bound, and never more than twice as many."""
    memory = TextMemory(bound)
    texts = [(f"text {number}", at_ms) for number, at_ms in enumerate(times)]
    for text, at_ms in texts:
        memory.take(text, at_ms)

    known = [memory.knows(*text) for text in texts]
    assert all(known[max(0, len(known) - bound) :])
    assert sum(known) <= 2 * bound
    assert not any(memory.take(*text) for text in texts[-1:])


def test_a_text_grows_old_before_it_is_forgotten() -> None:
    """A repeat is recognised when the memory has just been renewed, too (rule 81)."""
    memory = TextMemory(2)
    for number in range(4):
        assert memory.take(f"text {number}", number)

    assert [memory.take(f"text {number}", number) for number in (2, 3)] == [False, False]
    assert not memory.knows("text 0", 0)


@given(st.lists(st.integers(0, 12) | st.none(), max_size=40), st.integers(1, 6))
def test_the_last_fills_are_kept(steps: list[int | None], bound: int) -> None:
    """In their order, each once, and readable at any time (None reads)."""
    memory, expected = FillMemory(bound), list[Fill]()
    for step in steps:
        if step is None:
            assert list(memory.read()) == expected
            continue
        is_known = fill(step) in expected
        assert (f"f{step}" in memory) is is_known
        assert memory.take(values_of(fill(step))) is not is_known
        expected = expected if is_known else [*expected, fill(step)][-bound:]

    assert list(memory.read()) == expected


def test_the_room_for_fills_does_not_grow() -> None:
    """However many have come, the dictionary is as large as where no more came than are kept."""
    memory, sizes = FillMemory(3_000), list[int]()
    for number in range(30_000):
        memory.take(values_of(fill(number)))
        sizes.append(sys.getsizeof(memory._fills))

    assert max(sizes) == sizes[2_999]


def test_a_fill_is_made_once() -> None:
    """Who reads twice gets the same objects."""
    memory = FillMemory(5)
    memory.take(values_of(fill(1)))
    first = memory.read()
    memory.take(values_of(fill(2)))

    assert memory.read()[0] is first[0]


def test_the_fills_of_some_orders() -> None:
    """Those that were read before, and those that were not."""
    memory = FillMemory(5)
    memory.take(values_of(fill(1, "1")))
    memory.read()
    memory.take(values_of(fill(2, "2")))
    memory.take(values_of(fill(3, "1")))

    assert memory.of({"1"}) == [fill(1, "1"), fill(3, "1")]
    assert memory.of({"2", "3"}) == [fill(2, "2")]
