"""A resync is complete in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.state import kept

from .resync import passes
from .tape import NUMBERS, some_numbers


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, NUMBERS - 1), max_size=90))
def test_one_pass_is_enough(history: list[int]) -> None:
    """After it the picture is the account, and further passes tell nothing and change nothing."""
    result = passes(history)

    assert result.differences == ()
    assert (result.second, result.fresh, result.kept) == (0, 0, True)
    assert passes(history) == result


def test_something_is_told() -> None:
    """The gaps have something in them, and so have the buffers."""
    results = [passes(some_numbers(f"told/{number}", 90)) for number in range(50)]

    assert sum(len(result.told) for result in results) >= 50
    assert sum(result.pushed for result in results) >= 50


def test_a_pass_that_is_never_done_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every balance is news, each pass tells it again."""
    monkeypatch.setattr(kept.Kept, "tell", lambda *_, **__: True)
    results = [passes(some_numbers(f"told/{number}", 90)) for number in range(20)]

    assert sum(result.second for result in results)
    assert sum(result.fresh for result in results)
