"""Arguments are checked before anything is sent."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.redaction import Secret
from sixmm.venues.sixmm.calls.arguments import (
    amount,
    as_,
    choice,
    code,
    flag,
    hidden,
    id_text,
    integer,
    maybe_empty,
    needed,
    plain_object,
    plain_text,
    query_pairs,
    result_of,
    span_and_page,
    symbol_text,
    texts,
    time_ms,
    word,
)
from sixmm.venues.sixmm.calls.arguments import (
    given as given_members,
)
from sixmm.venues.sixmm.enums import CancelType, MarginMode, MarginModeCode, Side
from sixmm.venues.sixmm.rest_schema import Accepted, OrderRow

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
    with pytest.raises(ConfigurationError, match=r'price 0\.1 is a float, .* such as "0\.1"'):
        amount(0.1, "price")  # type: ignore[arg-type]


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
    assert maybe_empty(Accepted)(None) == Accepted()


MOMENT = datetime(2026, 6, 3, 7, 54, 16, 708_999, tzinfo=timezone.utc)


@pytest.mark.parametrize("hours", [-12, 0, 5.5, 14])
def test_a_moment_is_the_same_in_every_zone(hours: float) -> None:
    """A datetime becomes its millisecond exactly, wherever the clock hangs (rule 7)."""
    there = MOMENT.astimezone(timezone(timedelta(hours=hours)))

    assert time_ms(there, "start_time") == 1_780_473_256_708
    assert time_ms(1_780_473_256_708, "start_time") == 1_780_473_256_708


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_milliseconds_survive_a_datetime(moment: int) -> None:
    """No millisecond is lost on the way through a datetime."""
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)

    assert time_ms(epoch + timedelta(milliseconds=moment), "t") == moment


def test_a_moment_needs_a_zone_or_is_an_integer() -> None:
    """A naive datetime, a float and a text are refused, each with the reason."""
    with pytest.raises(ConfigurationError, match="start_time has no time zone"):
        time_ms(datetime(2026, 6, 3), "start_time")
    for value in (1.5, "1", True, MOMENT.date()):
        with pytest.raises(ConfigurationError, match="a datetime with a time zone, or an integer"):
            time_ms(value, "start_time")  # type: ignore[arg-type]


def test_choices() -> None:
    """A choice is one of the documented, as a member or as its value; a code also by its name."""
    assert choice(Side.BUY, Side, "side") == choice("BUY", Side, "side") == "BUY"
    assert type(choice(Side.BUY, Side, "side")) is str
    assert code(MarginMode.CROSS, MarginModeCode, "mode") == 1
    assert code(2, MarginModeCode, "mode") == 2
    assert choice(None, Side, "side") is code(None, MarginModeCode, "mode") is None
    with pytest.raises(ConfigurationError, match="side is one of BUY, SELL, and not 'buy'"):
        choice("buy", Side, "side")
    for value in (True, 1.0, "cross", 0):
        with pytest.raises(ConfigurationError, match="mode is one of CROSS"):
            code(value, MarginModeCode, "mode")


def test_texts_and_flags() -> None:
    """Free text has a length, a list is a list, a yes is True, and what is needed is there."""
    assert plain_text("é &", "label", most=3) == "é &"
    assert texts(("X", "Y"), symbol_text, "symbols") == ["X", "Y"]
    assert (flag(True, "f"), flag(None, "f")) == (True, None)
    assert needed("", "x") == ""
    assert hidden(Secret("s"), "key") == hidden("s", "key") == "s"
    for wrong in (lambda: plain_text("", "x", most=3), lambda: texts("X", symbol_text, "x")):
        with pytest.raises(ConfigurationError, match="x must be"):
            wrong()
    with pytest.raises(ConfigurationError, match="x must be True or False"):
        flag(1, "x")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="x is missing"):
        needed(None, "x")


def test_bounds_of_numbers() -> None:
    """A number out of its bounds is told with them."""
    assert integer(1, "page", least=1) == 1
    with pytest.raises(ConfigurationError, match="page must be from 1, and not 0"):
        integer(0, "page", least=1)
    with pytest.raises(ConfigurationError, match="limit must be from 1 to 1000, and not 1001"):
        integer(1001, "limit", least=1, most=1000)
    assert span_and_page(1, None, 2, None) == {
        "startTime": 1,
        "endTime": None,
        "page": 2,
        "pageSize": None,
    }
