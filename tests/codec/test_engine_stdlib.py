"""The strict reader: its verdict on hostile texts is written down, not compared."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import MAX_DEPTH, MAX_TEXT_BYTES, dump_json
from sixmm.codec.engine_stdlib import (
    MAX_DIGITS,
    MAX_EXPONENT,
    SHAPE,
    Refused,
    check_depth,
    exact,
    is_surely_shallow,
    read,
)
from sixmm.errors import DecodeError

from .readers import verdict
from .vectors import READ, REFUSED

nested_values = st.recursive(
    st.none() | st.text('[]{},"\\1', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("[],"), inner, max_size=4),
    max_leaves=60,
)


def depth_of(value: Any) -> int:
    """Return how many objects and lists are inside one another."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


class TestVerdicts:
    """Every vector has one right answer."""

    def test_the_table_is_long(self) -> None:
        """A table that lost its entries would still pass."""
        assert len(set(READ)) > 200
        assert len(set(REFUSED)) > 400
        assert not set(READ) & set(REFUSED)

    @pytest.mark.parametrize("text", READ, ids=lambda text: repr(text[:40]))
    def test_reads(self, text: bytes) -> None:
        """What the standard allows has the value that the standard library gives it, exactly."""
        assert read(text, MAX_TEXT_BYTES) == json.loads(text, parse_float=Decimal)

    @pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:40]))
    def test_refuses(self, text: bytes) -> None:
        """All else is a DecodeError at the root that has no cause to show, and nothing else."""
        kind, path, *_, cause, context = verdict(read, text)

        assert (kind, path, cause, context) == ("refused", "$", None, None)

    def test_size(self) -> None:
        """The bound on the size comes before everything else."""
        assert read(b"[1]", 3) == [1]
        with pytest.raises(DecodeError, match="longer than 2 bytes"):
            read(b"[1]", 2)


class TestExact:
    """Numbers with a point or an exponent."""

    @given(st.from_regex(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}", fullmatch=True))
    def test_digit_for_digit(self, text: str) -> None:
        """No digit is changed, a trailing zero included."""
        if text.isascii():
            assert str(exact(text)).replace("E-", "e-") == str(Decimal(text)).replace("E-", "e-")
            assert exact(text).as_tuple().exponent == -len(text.partition(".")[2])

    def test_bounds(self) -> None:
        """The point, the sign and the exponent do not count as digits."""
        longest = "-" + "1" * (MAX_DIGITS - 1) + ".1"

        assert exact(f"{longest}e{MAX_EXPONENT}").is_finite()
        for text in (
            f"{longest}1",
            f"{'1' * MAX_DIGITS}1e1",
            f"1e{MAX_EXPONENT + 1}",
            "1e" + "0" * 41,
        ):
            with pytest.raises(Refused):
                exact(text)


class TestDepth:
    """The shortcut of the depth check, and the check."""

    @given(nested_values, st.integers(0, 70), st.sampled_from([", ", ","]))
    def test_shortcut_never_calls_a_deep_text_shallow(
        self, value: Any, levels: int, separator: str
    ) -> None:
        """Where the shortcut vouches for a text, it is within the bound, strings or not."""
        for _ in range(levels):
            value = [value]
        text = json.dumps(value, separators=(separator, ":")).encode()

        if is_surely_shallow(text.translate(SHAPE)):
            assert depth_of(value) <= MAX_DEPTH

    def test_shortcut_is_of_use(self) -> None:
        """A depth push and a list of orders take it: that is what it is for."""
        levels = [["1", "2"]] * 100
        book = dump_json({"data": {"bids": levels, "asks": levels}, "ts": 1})
        orders = dump_json({"data": [{"orderId": "1", "tags": []}] * 40})

        assert is_surely_shallow(book.translate(SHAPE))
        assert is_surely_shallow(orders.translate(SHAPE))

    @pytest.mark.parametrize("value", ["[" * 100, {}, [], [[]], {"a": [{}, 1]}])
    def test_check_passes(self, value: Any) -> None:
        """What is not deep passes; text is not taken apart."""
        check_depth(value)

    def test_check_bounds(self) -> None:
        """64 levels pass, also by many branches, and one more does not."""
        value: Any = []
        for level in range(MAX_DEPTH - 1):
            value = [1, value, {}] if level % 2 else {"a": {}, "b": value}
        check_depth(value)

        with pytest.raises(Refused, match="nested more than 64"):
            check_depth([value])
