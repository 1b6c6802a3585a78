"""Values that are written in more than one way, and those that are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from attrs import field
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import structure, wire
from sixmm.errors import DecodeError
from sixmm.redaction import Secret
from sixmm.venues.kucoin.enums import ProOrderStatus, Side
from sixmm.venues.kucoin.kinds import (
    IdText,
    Ms,
    Ns,
    Whole,
    make_kucoin_converter,
    ms_of,
)

CONVERTER = make_kucoin_converter()


@attrs.frozen(kw_only=True)
class _Inner:
    text: str | None = field(default=None, metadata=wire("text"))


@attrs.frozen(kw_only=True)
class _Sample:
    amount: Decimal | None = field(default=None, metadata=wire("amount"))
    text: str | None = field(default=None, metadata=wire("text"))
    id: IdText | None = field(default=None, metadata=wire("id"))
    whole: Whole | None = field(default=None, metadata=wire("whole"))
    ms: Ms | None = field(default=None, metadata=wire("ms"))
    ns: Ns | None = field(default=None, metadata=wire("ns"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    status: ProOrderStatus | int | None = field(default=None, metadata=wire("status"))
    flag: bool | None = field(default=None, metadata=wire("flag"))
    inner: _Inner | None = field(default=None, metadata=wire("inner"))


@attrs.frozen(kw_only=True)
class _Required:
    amount: Decimal = attrs.field(metadata=wire("amount"))


def read(**members: Any) -> _Sample:
    """Return an object of members."""
    return structure(CONVERTER, members, _Sample)


class TestAmounts:
    """Amounts are exact, however they come."""

    @pytest.mark.parametrize(
        ("written", "exact"),
        [
            ("0.10", "0.10"),
            ("-2.3e-05", "-0.000023"),
            ("1E+3", "1000"),
            ("0E-10", "0E-10"),
            (5, "5"),
            (Decimal("-2.3e-05"), "-0.000023"),
            (Decimal("0.0"), "0.0"),
        ],
    )
    def test_exact(self, written: Any, exact: str) -> None:
        """Text or number, in plain or scientific notation: the amount is the same."""
        amount = read(amount=written).amount

        assert amount == Decimal(exact)
        assert isinstance(amount, Decimal)

    @pytest.mark.parametrize("wrong", [True, "NaN", "1e999", "1_0", " 1", "1e", "e5", [], "0x1"])
    def test_refused(self, wrong: Any) -> None:
        """What is no amount is refused, with its path."""
        with pytest.raises(DecodeError, match=r"\$\.amount"):
            read(amount=wrong)

    def test_required(self) -> None:
        """An empty text is no amount where one is needed."""
        with pytest.raises(DecodeError, match="decimal"):
            structure(CONVERTER, {"amount": ""}, _Required)

    @given(
        st.decimals(
            allow_nan=False, allow_infinity=False, places=8, min_value=-(10**20), max_value=10**20
        )
    )
    def test_any(self, amount: Decimal) -> None:
        """Any amount in plain notation comes out as it went in."""
        assert read(amount=f"{amount:f}").amount == amount


class TestTimes:
    """Times have the unit that their field says."""

    def test_units(self) -> None:
        """A time in the other unit is converted; the two are a million apart."""
        assert read(ms=1_730_206_271_588).ms == 1_730_206_271_588
        assert read(ms="1730206271588").ms == 1_730_206_271_588
        assert read(ms=1_593_487_481_683_297_666).ms == 1_593_487_481_683
        assert read(ns=1_730_206_271_616_000_000).ns == 1_730_206_271_616_000_000
        assert read(ns=1_730_206_271_588).ns == 1_730_206_271_588_000_000
        assert read(ns=0).ns == 0

    def test_ms_of(self) -> None:
        """Nanoseconds become whole milliseconds, and nothing stays nothing."""
        assert ms_of(1_999_999) == 1
        assert ms_of(None) is None

    @pytest.mark.parametrize("wrong", [True, 1.5, "1.5", "soon", [], "1" * 20])
    def test_refused(self, wrong: Any) -> None:
        """What is no whole number is refused."""
        for name in ("ms", "ns", "whole"):
            with pytest.raises(DecodeError, match=name):
                read(**{name: wrong})


class TestTexts:
    """Texts and ids."""

    def test_ids(self) -> None:
        """An id may be a number, a text may not."""
        assert read(id=22_075_878_662_488_064).id == "22075878662488064"
        assert read(id="x").id == "x"
        with pytest.raises(DecodeError, match=r"\$\.text"):
            read(text=5)
        with pytest.raises(DecodeError, match=r"\$\.id"):
            read(id=True)

    def test_words(self) -> None:
        """A known word is a member, an unknown one is kept, and so with numbers."""
        assert read(side="buy").side is Side.BUY
        assert read(side="up").side == "up"
        assert read(status=3).status is ProOrderStatus.FILLED
        assert read(status=99).status == 99

    def test_empty_is_none(self) -> None:
        """An empty text where something is optional says that there is none."""
        empty = dict.fromkeys(("amount", "text", "id", "whole", "ms", "ns", "side", "status"), "")

        assert read(**empty) == _Sample()
        assert read(inner={"text": ""}).inner == _Inner()
        with pytest.raises(DecodeError, match=r"\$\.inner"):
            read(inner="")

    def test_secrets_are_wrapped(self) -> None:
        """A secret is never a plain text."""
        assert structure(CONVERTER, "abc", Secret) == Secret("abc")
