"""What all rows have in common: their text, what no field names, and a strict converter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.codec import parse_json, structure
from sixmm.errors import DecodeError
from sixmm.redaction import Secret
from sixmm.venues.sixmm.rest_schema import FeeLevel, ListenKey
from sixmm.venues.sixmm.rest_schema.row import Accepted, Row, assumed_rows, make_rest_converter


def test_everything_of_an_undocumented_reply_is_in_extra() -> None:
    """A reply without documented fields is kept whole, and exactly (rule 111)."""
    row = structure(make_rest_converter(), parse_json('{"a":1.10,"b":[1]}'), Accepted)

    assert row.extra == {"a": Decimal("1.10"), "b": [1]}
    assert row.raw == '{"a":1.10,"b":[1]}'
    assert Row().extra == {}


def test_secrets_are_wrapped() -> None:
    """A secret is masked as it is read; text that is none is refused with its path."""
    converter = make_rest_converter()

    assert structure(converter, {"listenKey": "k"}, ListenKey).listen_key == Secret("k")
    with pytest.raises(DecodeError, match="listenKey: expected text"):
        structure(converter, {"listenKey": 5}, ListenKey)


def test_assumed_rows() -> None:
    """A list of assumed rows is typed, and none is none."""
    rows = assumed_rows(FeeLevel, [{"level": 0, "makerRate": "-0.0001"}, {}], path="$.x")

    assert (rows[0].level, str(rows[0].maker_rate)) == (0, "-0.0001")
    assert rows[1] == FeeLevel()
    assert assumed_rows(FeeLevel, None, path="$.x") == ()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, "$.x"),
        ("text", "$.x"),
        ([1], "$.x[0]"),
        ([{}, {"level": "0"}], "$.x[1].level"),
        ([{"makerRate": 1}], "$.x[0].makerRate"),
    ],
)
def test_a_wrong_assumption_says_where(value: Any, path: str) -> None:
    """Where the exchange tells something else, the error has the place of it."""
    with pytest.raises(DecodeError) as caught:
        assumed_rows(FeeLevel, value, path="$.x")

    assert caught.value.path == path
