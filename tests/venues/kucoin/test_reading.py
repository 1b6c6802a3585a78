"""Objects whose member names are data, and what a message has beyond its class."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from attrs import field

from sixmm.codec import wire
from sixmm.errors import DecodeError
from sixmm.venues.kucoin.kinds import make_kucoin_converter
from sixmm.venues.kucoin.reading import extra_of_message, keyed, reader_of

from .examples import compact


@attrs.frozen(kw_only=True)
class _Row:
    currency: str
    total: Decimal | None = field(default=None, metadata=wire("total"))


@attrs.frozen(kw_only=True)
class _Debt:
    currency: str
    amount: Decimal | None = None


@attrs.frozen(kw_only=True)
class _Mixed:
    name: str | None = field(default=None, metadata=wire("name"))
    rows: tuple[_Row, ...] = field(default=(), metadata=keyed("rows", key="currency"))
    debts: tuple[_Debt, ...] = field(
        default=(), metadata=keyed("debts", key="currency", value="amount")
    )


@attrs.frozen(kw_only=True)
class _Whole:
    rows: tuple[_Row, ...] = field(default=(), metadata=keyed(None, key="currency"))


def read(cls: type[Any], data: Any) -> Any:
    """Return an object of data."""
    return cls(**reader_of(cls, make_kucoin_converter())(data, "$.data"))


def extra(cls: type[Any], **message: Any) -> dict[str, Any]:
    """Return what a message has beyond a class."""
    found = extra_of_message(cls, compact(message), under="data", around=frozenset({"topic"}))
    return dict(found)


class TestReading:
    """From data to fields."""

    def test_tables(self) -> None:
        """A name becomes a field of its row, in the order of the message."""
        data = {"name": "a", "rows": {"B": {"total": "1"}, "A": {}}, "debts": {"C": "2"}}

        assert read(_Mixed, data) == _Mixed(
            name="a",
            rows=(_Row(currency="B", total=Decimal(1)), _Row(currency="A")),
            debts=(_Debt(currency="C", amount=Decimal(2)),),
        )

    def test_missing_tables(self) -> None:
        """A table that is absent or null has no rows."""
        assert read(_Mixed, {"rows": None}) == _Mixed()

    def test_the_data_itself(self) -> None:
        """The whole data may be a table."""
        assert read(_Whole, {"A": {"total": "1"}}).rows == (_Row(currency="A", total=Decimal(1)),)

    @pytest.mark.parametrize(
        ("cls", "data", "path"),
        [
            (_Mixed, [], "$.data"),
            (_Mixed, {"rows": []}, "$.data.rows"),
            (_Mixed, {"rows": {"A": 1}}, "$.data.rows.A"),
            (_Mixed, {"rows": {"A": {"total": []}}}, "$.data.rows.A.total"),
            (_Mixed, {"debts": {"A": {}}}, "$.data.debts.A"),
            (_Whole, {"A": 1}, "$.data.A"),
            (_Whole, None, "$.data"),
        ],
    )
    def test_wrong(self, cls: type[Any], data: Any, path: str) -> None:
        """A wrong type is refused with the name in its path."""
        with pytest.raises(DecodeError) as caught:
            read(cls, data)
        assert caught.value.path == path


class TestExtra:
    """What no field names."""

    def test_beside_and_inside(self) -> None:
        """New members of the message, of its data and of its rows are told."""
        data = {"name": "a", "new": 1, "rows": {"A": {"total": "1", "x": 2}, "B": {}}}

        assert extra(_Mixed, topic="/t", sn=5, data=data) == {
            "sn": 5,
            "new": 1,
            "rows": {"A": {"x": 2}},
        }

    def test_nothing(self) -> None:
        """What is known leaves nothing, and so does what is not there."""
        data = {"rows": {"A": {"total": "1"}}, "debts": {"B": "1"}}

        assert extra(_Mixed, topic="/t", data=data) == {}
        assert extra(_Whole, data={"A": {"total": "1"}}) == {}
        assert extra(_Whole, data={"A": {"total": "1", "x": 1}}) == {"A": {"x": 1}}
        assert extra(_Mixed, topic="/t") == {}
        assert dict(extra_of_message(_Mixed, "", under="d", around=frozenset())) == {}
