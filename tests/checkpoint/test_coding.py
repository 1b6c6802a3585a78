"""Rows as text and back."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.checkpoint.coding import text_of, values_of_text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=12)


class Word(str, enum.Enum):
    """A word of a venue."""

    OPEN = "OPEN"


@given(st.lists(VALUES, max_size=8).map(tuple))
def test_exact(values: tuple[Any, ...]) -> None:
    """What comes back is what went in: the same amounts to the last digit, the same gaps."""
    found = values_of_text(text_of(values))

    assert found == values
    assert repr(found) == repr(values)


def test_words() -> None:
    """A member of an enum becomes plain text."""
    (found,) = values_of_text(text_of((Word.OPEN,)))

    assert type(found) is str
    assert found == "OPEN"


def test_other_kinds() -> None:
    """What cannot be kept exactly is refused, not kept as something else."""
    with pytest.raises(TypeError):
        text_of((object(),))


@pytest.mark.parametrize("text", ["{}", "1", '[{"x":1}]', '[{"amount":"x"}]', "[", ""])
def test_broken(text: str) -> None:
    """What was not written here is refused."""
    with pytest.raises(ValueError):
        values_of_text(text)
