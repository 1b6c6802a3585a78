"""Reading fields, with the code for each way to be wrong (rule 101)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.rest.fields import addresses, integer, short_text, texts


def code(read: Callable[[], object]) -> int:
    """Return the code that a reading is refused with."""
    with pytest.raises(ExchangeError) as caught:
        read()
    return caught.value.code


def test_texts_of_a_length() -> None:
    """Missing 2001, no text 2002, too short or too long 2003."""
    body = {"a": "abc", "n": None, "i": 5}

    assert short_text(body, "a", least=3, most=3) == "abc"
    assert short_text(body, "n", most=3) is None
    assert code(lambda: short_text(body, "n", most=3, required=True)) == 2001
    assert code(lambda: short_text(body, "i", most=3)) == 2002
    assert code(lambda: short_text(body, "a", most=2)) == 2003
    assert code(lambda: short_text(body, "a", least=4, most=9)) == 2003


@pytest.mark.parametrize("value", ["1", 1.0, True, [], {}])
def test_whole_numbers(value: object) -> None:
    """JSON integers only: no text, no fraction, no truth value."""
    assert integer({"n": 7}, "n") == 7
    assert integer({"n": None}, "n") is None
    assert code(lambda: integer({"n": value}, "n")) == 2002


@pytest.mark.parametrize("value", ["a", {"a": 1}, [1], [["a"]], [None], 5])
def test_lists_of_texts(value: object) -> None:
    """A list with nothing but texts in it."""
    assert texts({"l": ["a", ""]}, "l") == ("a", "")
    assert texts({}, "l") is None
    assert code(lambda: texts({"l": value}, "l")) == 2002


def test_lists_of_addresses() -> None:
    """IP addresses of both kinds, no names and no networks, and not too many."""
    assert addresses({"l": ["127.0.0.1", "::1"]}, "l", most=2) == ("127.0.0.1", "::1")
    assert addresses({}, "l", most=2) is None
    assert code(lambda: addresses({"l": ["localhost"]}, "l", most=2)) == 2002
    assert code(lambda: addresses({"l": ["10.0.0.0/8"]}, "l", most=2)) == 2002
    assert code(lambda: addresses({"l": ["::1"] * 3}, "l", most=2)) == 2003
