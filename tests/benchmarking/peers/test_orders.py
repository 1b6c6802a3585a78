"""The order updates of every dialect are alike in size and different in content."""

from __future__ import annotations

import json

import pytest

from benchmarks.peers.orders import FIRST_ID, FORMS, SIZE, OrderForm


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_update_is_json_of_one_size(name: str) -> None:
    """No client gets smaller messages than another, whatever the number of the message."""
    for number in (0, 1, 9_999, 10_000, 1_999_999):
        text = FORMS[name].text(number)
        assert len(text.encode()) == SIZE
        assert str(FIRST_ID + number) in text
        assert isinstance(json.loads(text), dict)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_no_two_updates_are_alike(name: str) -> None:
    """A client that drops repeats, or keeps one entry per order, gets no less than the others."""
    assert len({FORMS[name].text(number) for number in range(2_000)}) == 2_000


def test_an_update_that_is_too_long_is_refused() -> None:
    """A form cannot be bigger than the others without anybody noticing."""
    with pytest.raises(ValueError, match="bytes too long"):
        OrderForm({"text": "x" * SIZE})
