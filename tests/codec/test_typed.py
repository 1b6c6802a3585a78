"""Typed objects: every wrong JSON type is refused with its path, and nothing is coerced."""

from __future__ import annotations

import contextlib
import enum
import unicodedata
from decimal import Decimal
from typing import Any

import attrs
import pytest
from attrs import field
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import RAW, checked, field_reader, make_converter, parse_json, structure, wire
from sixmm.errors import DecodeError


class Side(str, enum.Enum):
    """A choice by words."""

    BUY = "BUY"


class Mode(enum.IntEnum):
    """A choice by numbers."""

    CROSS = 1


@attrs.frozen(kw_only=True)
class Level:
    """A nested row."""

    price: Decimal = field(metadata=wire("price"))


@attrs.frozen(kw_only=True)
class Row:
    """One field of every kind."""

    id: str = field(metadata=wire("orderId"))
    count: int | None = field(default=None, metadata=wire("count"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    open: bool | None = field(default=None, metadata=wire("open"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    mode: Mode | int | None = field(default=None, metadata=wire("mode"))
    levels: tuple[Level, ...] = field(default=(), metadata=wire("levels"))
    pairs: tuple[tuple[Decimal, Decimal], ...] = field(default=(), metadata=wire("pairs"))
    best: Level | None = field(default=None, metadata=wire("best"))
    raw: str = field(default="", metadata=RAW)


FULL = {
    "orderId": "1",
    "count": 2,
    "price": "1.50",
    "open": True,
    "side": "BUY",
    "mode": 1,
    "levels": [{"price": "1"}],
    "pairs": [["1", "2"]],
    "best": {"price": "3"},
}

FOREIGN_ONES = [chr(c) for c in range(128, 0x20000) if unicodedata.decimal(chr(c), None) == 1]
JUNK = [*" \t\n\r\x00_,'+-.eExnN%$\u00a0\u200b\u200e\u2212\ufeff\u066b"]
HOSTILE = [
    *("NaN", "nan", "-NaN", "sNaN", "Infinity", "-Infinity", "inf", "1e5", "1E+999999", "1e-9"),
    *("", "--1", "-", ".", ".5", "5.", "1..2", "1.2.3", "-.5", "0x1", "1f", "1d", "1L", "1/2"),
    *("null", "true", "one", "(1)", "0b1", "0o7", "\u00bd", "\u00b2", "1" * 31, "0." + "1" * 31),
    *("1" * 10_000, "0" * 100_000),
    *FOREIGN_ONES,
    *(f"1{one}" for one in FOREIGN_ONES),
    *(junk + "12.5" for junk in JUNK if junk != "-"),
    *("12.5" + junk for junk in JUNK),
    *("1" + junk + "2.5" for junk in JUNK),
]

OTHER_TYPES = [None, True, 1, Decimal("1.9"), "x", "", "1e5", [], [1], ["x"], {}, {"a": 1}]


def path_of(value: Any) -> str:
    """Return the path of the error that reading ``value`` as a row gives."""
    with pytest.raises(DecodeError) as caught:
        structure(make_converter(), value, Row)
    return caught.value.path


class TestReading:
    """What comes out where the types are right."""

    def test_every_kind_of_field(self) -> None:
        """Each field has its Python type, and known choices are members."""
        row = structure(make_converter(), FULL, Row)

        assert attrs.evolve(row, raw="") == Row(
            id="1",
            count=2,
            price=Decimal("1.50"),
            open=True,
            side=Side.BUY,
            mode=Mode.CROSS,
            levels=(Level(price=Decimal(1)),),
            pairs=((Decimal(1), Decimal(2)),),
            best=Level(price=Decimal(3)),
        )
        assert isinstance(row.side, Side)
        assert isinstance(row.mode, Mode)

    def test_null_is_absent(self) -> None:
        """An optional field that is null has its default, as if it were not there."""
        nulls: dict[str, Any] = dict.fromkeys(FULL)
        row = structure(make_converter(), {**nulls, "orderId": "1"}, Row)

        assert attrs.evolve(row, raw="") == Row(id="1")

    def test_enums_are_open(self) -> None:
        """A value that no member has is kept as it came."""
        row = structure(make_converter(), {"orderId": "1", "side": "HOLD", "mode": 7}, Row)

        assert (row.side, row.mode) == ("HOLD", 7)

    def test_unknown_members_are_passed_over(self) -> None:
        """What the class does not name does not hinder."""
        assert structure(make_converter(), {"orderId": "1", "new": {}}, Row).id == "1"

    def test_raw_is_the_text_of_the_row(self) -> None:
        """A field marked for it holds the JSON of its own object, numbers exact."""
        text = '{"orderId":"1","new":1.50,"é":[1e3]}'

        assert parse_json(structure(make_converter(), parse_json(text), Row).raw) == parse_json(
            text
        )

    def test_numbers_are_taken_where_asked_for(self) -> None:
        """With ``numbers=True`` an amount may be a JSON number, which is exact."""
        converter = make_converter(numbers=True)

        for value, price in (("0.10", "0.10"), (7, "7"), (Decimal("1E-7"), "1E-7")):
            row = structure(converter, {"orderId": "1", "price": value}, Row)
            assert row.price == Decimal(price)
        with pytest.raises(DecodeError):
            structure(converter, {"orderId": "1", "price": True}, Row)

    @given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", fullmatch=True))
    def test_amounts_are_exact(self, text: str) -> None:
        """Every digit of an amount is kept."""
        if text.isascii():
            assert structure(make_converter(), {"price": text}, Level).price == Decimal(text)


class TestRefusing:
    """What happens where they are not."""

    @pytest.mark.parametrize("name", list(FULL))
    @pytest.mark.parametrize("value", OTHER_TYPES, ids=repr)
    def test_no_coercion(self, name: str, value: Any) -> None:
        """A field refuses every JSON type but its own, and says where it is."""
        proper: dict[str, list[Any]] = {
            "orderId": ["x", "", "1e5"],
            "count": [1],
            "open": [True],
            "side": ["x", "", "1e5"],
            "mode": [1],
            "levels": [[]],
            "pairs": [[]],
        }
        if (value is None and name != "orderId") or any(
            type(value) is type(item) and value == item for item in proper.get(name, ())
        ):
            structure(make_converter(), {"orderId": "1", **{name: value}}, Row)
            return

        assert path_of({"orderId": "1", **{name: value}}).startswith(f"$.{name}")

    @pytest.mark.parametrize("numbers", [False, True])
    def test_hostile_decimals(self, numbers: bool) -> None:
        """Text that Decimal would take, or that would cost time, is refused by its form (E3)."""
        converter = make_converter(numbers=numbers)

        assert len(HOSTILE) >= 200
        for text in HOSTILE:
            with pytest.raises(DecodeError, match="decimal string"):
                structure(converter, {"price": text}, Level)

    @pytest.mark.parametrize(
        ("value", "path"),
        [
            ({}, "$.orderId"),
            ({"orderId": None}, "$.orderId"),
            ({"orderId": "1", "levels": [{"price": "1"}, {}]}, "$.levels[1].price"),
            ({"orderId": "1", "levels": [{"price": "1"}, 7]}, "$.levels[1]"),
            ({"orderId": "1", "pairs": [["1", "2"], ["1", 2]]}, "$.pairs[1][1]"),
            ({"orderId": "1", "pairs": [["1", "2", "3"]]}, "$.pairs[0]"),
            ({"orderId": "1", "best": {"price": 1}}, "$.best.price"),
            ([], "$"),
            ("x", "$"),
        ],
    )
    def test_paths(self, value: Any, path: str) -> None:
        """The path leads through members and lists to the value that is wrong."""
        assert path_of(value) == path

    def test_text_of_the_error(self) -> None:
        """The error says what was expected and never what was there."""
        with pytest.raises(DecodeError) as caught:
            structure(make_converter(), {"price": "c4n4ry"}, Level, path="$.data.orders[3]")

        assert str(caught.value) == "$.data.orders[3].price: expected a decimal string"

    def test_a_union_of_classes_is_refused_when_the_converter_is_asked(self) -> None:
        """A schema that would need a guess is a mistake of ours and is found at once."""
        with pytest.raises(TypeError, match="no rule"):
            make_converter().get_structure_hook(Level | Row)

    @given(
        st.dictionaries(
            st.sampled_from(list(FULL)),
            st.from_type(type(None))
            | st.booleans()
            | st.integers()
            | st.text()
            | st.lists(st.text())
            | st.dictionaries(st.text(), st.text()),
        )
    )
    def test_raises_nothing_else(self, value: Any) -> None:
        """Any decoded JSON gives a row or a DecodeError."""
        with contextlib.suppress(DecodeError):
            structure(make_converter(), value, Row)


def test_converters_are_separate() -> None:
    """Each converter has its own hooks: what one schema module registers reaches no other."""
    changed = make_converter()
    changed.register_structure_hook(str, lambda value, _: f"<{value}>")

    assert structure(make_converter(), {"orderId": "1"}, Row).id == "1"


def test_field_reader_gives_the_arguments() -> None:
    """The reader returns what the class is to be called with, without making it."""
    read = field_reader(Level, make_converter())

    assert checked(read, {"price": "1", "x": 2}) == {"price": Decimal(1)}
    with pytest.raises(DecodeError) as caught:
        checked(read, {"price": None}, path="$.data")
    assert caught.value.path == "$.data.price"
