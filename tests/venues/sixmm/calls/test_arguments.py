"""Arguments are checked before anything is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.sixmm.calls.arguments import (
    amount,
    as_,
    id_text,
    integer,
    plain_object,
    query_pairs,
    result_of,
    symbol_text,
    word,
)
from sixmm.venues.sixmm.calls.arguments import (
    given as given_members,
)
from sixmm.venues.sixmm.enums import CancelType, Side
from sixmm.venues.sixmm.rest_schema import OrderRow

BAD_TEXTS = ["", " ", "a b", "a&b", "a=b", "a\r\nb", "a\x00", 'a"b', "é", "\u0661", "x" * 65, "a/b"]


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_text_that_could_leave_its_field_is_refused(text: str) -> None:
    """Symbols, ids and words are a short list of characters (F7)."""
    for check in (symbol_text, id_text, lambda value: word(value, "a word")):
        with pytest.raises(ConfigurationError, match="cannot be"):
            check(text)


@pytest.mark.parametrize("value", [5, b"BUY", ["BUY"], True, 1.5, object()])
def test_text_must_be_text(value: Any) -> None:
    """A number is not an id, and no other object is turned into text (rule 10)."""
    for check in (symbol_text, id_text, lambda item: word(item, "a word")):
        with pytest.raises(ConfigurationError):
            check(value)


def test_refusals_are_printable() -> None:
    """What was wrong is shown on one line, bounded."""
    with pytest.raises(ConfigurationError) as caught:
        symbol_text("\r\n\x1b" + "x" * 10_000)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 150


def test_proper_text_is_taken_as_it_is() -> None:
    """Big ids, symbols with digits and enum members pass."""
    assert id_text("2022543809547603968") == "2022543809547603968"
    assert id_text("ext-1772710377808-001") == "ext-1772710377808-001"
    assert symbol_text("1000PEPEUSDT") == "1000PEPEUSDT"
    assert type(word(Side.BUY, "a side")) is str
    assert word(Side.BUY, "a side") == "BUY"


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-1e15, max_value=1e15)
)
def test_amounts_arrive_exactly(value: Decimal) -> None:
    """A Decimal, and the text of it, arrive as the same number (C11)."""
    text = amount(value)

    assert text is not None
    assert Decimal(text) == value
    assert amount(text) == text


def test_a_float_is_no_amount() -> None:
    """A binary float is refused, not rounded (rule 9)."""
    with pytest.raises(ConfigurationError, match="float"):
        amount(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.0, "1", True, Decimal(1)])
def test_whole_numbers_are_ints(value: Any) -> None:
    """A leverage or a page is an int and nothing that looks like one (rule 11)."""
    with pytest.raises(ConfigurationError, match="leverage must be an integer"):
        integer(value, "leverage")
    assert type(integer(CancelType.LIMIT, "cancel_type")) is int


def test_none_means_not_given() -> None:
    """An argument that is None is left out of body and query."""
    assert [symbol_text(None), id_text(None), word(None, ""), amount(None), integer(None, "")] == (
        [None] * 5
    )
    assert given_members({"a": None, "b": 0, "c": False}) == {"b": 0, "c": False}
    assert query_pairs({"a": None, "b": 5, "c": "x"}) == (("b", "5"), ("c", "x"))


def test_results_are_typed_and_located() -> None:
    """Reply data becomes the class, and a wrong field is named from the root of the envelope."""
    assert result_of(OrderRow, {"orderId": "1"}) == as_(OrderRow)({"orderId": "1"})
    with pytest.raises(DecodeError, match=r"^\$\.data\.orderId"):
        result_of(OrderRow, {})


def test_an_undocumented_result_is_an_object() -> None:
    """A reply without documented fields gives its object, or an empty one (rule 111)."""
    assert plain_object({"a": 1}) == {"a": 1}
    assert plain_object(None) == plain_object([]) == {}
