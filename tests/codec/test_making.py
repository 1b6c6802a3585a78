"""Objects that are made at once are those that the constructor makes, in everything one can see."""

from __future__ import annotations

import copy
import gc
import pickle
import pprint
import weakref
from decimal import Decimal
from typing import Any

import attrs
import cattrs
import pytest
from attrs import field

from sixmm.codec import Levels, wire
from sixmm.codec.layout import Kind, layout_of
from sixmm.codec.making import UNUSUAL, event_maker, known_amount, row_maker, with_told
from sixmm.events import Event, Origin
from sixmm.venues.sixmm.decoder import Decoder
from sixmm.venues.sixmm.stream_schema import BalanceUpdate, DepthUpdate, OrderTradeUpdate

from .wire_pushes import STRICT, WHOLE, facts

TEXTS = [text for _, _, text in WHOLE]


def made(text: str) -> Event:
    """Return an event that a reader made."""
    decoder = Decoder()
    decoder.decode(text)
    decoder._decode_anything = None  # type: ignore[assignment,method-assign]
    return decoder.decode(text, received_at=7)


def constructed(event: Event) -> Event:
    """Return what the constructor makes of the same fields."""
    cls: type[Any] = type(event)
    return cls(**{item.name: getattr(event, item.name) for item in attrs.fields(cls)})


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:40])
@pytest.mark.usefixtures("each_push_reader")
class TestReal:
    """Nothing tells an event of a reader from one of the constructor."""

    def test_class(self, text: str) -> None:
        """It is of the public class itself; nothing shows another one."""
        event, strict = made(text), STRICT.decode(text, received_at=7)
        cls = type(strict)

        assert type(event) is event.__class__ is cls
        assert type(event).__mro__ == cls.__mro__
        assert type(event).__qualname__ == cls.__qualname__
        assert event.__reduce_ex__(2)[1] == constructed(event).__reduce_ex__(2)[1] == (cls,)
        assert not hasattr(event, "__dict__")
        assert facts(event) == facts(strict)

    def test_frozen(self, text: str) -> None:
        """No field can be set or deleted."""
        event = made(text)
        for item in attrs.fields(type(event)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(event, item.name, None)
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                delattr(event, item.name)
        with pytest.raises((AttributeError, attrs.exceptions.FrozenInstanceError)):
            event.more = 1  # type: ignore[attr-defined]

    def test_value(self, text: str) -> None:
        """Equality, hash, representation and extra are those of the constructed one."""
        event, other = made(text), constructed(made(text))

        assert event == other == STRICT.decode(text, received_at=7)
        assert (event != other) is False
        assert hash(event) == hash(other)
        assert {event: 1}[other] == 1
        assert (repr(event), pprint.pformat(event)) == (repr(other), pprint.pformat(other))
        assert event.extra == other.extra
        assert event != attrs.evolve(event, ts=5)

    def test_copies(self, text: str) -> None:
        """It copies, pickles, evolves and converts to plain values as the constructed one does."""
        event, other = made(text), constructed(made(text))

        for same in (
            *(copy.copy(event), copy.deepcopy(event), attrs.evolve(event)),
            *(pickle.loads(pickle.dumps(event, protocol)) for protocol in range(2, 6)),
        ):
            assert (type(same), facts(same)) == (type(event), facts(event))
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                same.ts = 5
        assert attrs.asdict(event) == attrs.asdict(other)
        assert attrs.astuple(event) == attrs.astuple(other)
        assert cattrs.unstructure(event) == cattrs.unstructure(other)

    def test_memory(self, text: str) -> None:
        """It is referred to weakly, and goes when nobody holds it."""
        event = made(text)
        reference = weakref.ref(event)
        assert reference() is event
        del event
        gc.collect()

        assert reference() is None

    def test_rows(self, text: str) -> None:
        """The rows in it are real, too."""
        event = made(text)
        for row in (*getattr(event, "balances", ()), *getattr(event, "positions", ())):
            assert type(row).__module__ == "sixmm.venues.sixmm.stream_schema"
            assert row == constructed(row)
            assert repr(row) == repr(constructed(row))
            assert pickle.loads(pickle.dumps(row)) == row
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                row.symbol = "x"


ORDER = layout_of(OrderTradeUpdate, "eventType")


def no_rows(_: type[Any]) -> Any:
    """Give nothing that makes a row."""
    raise AssertionError("there are no rows")


def order(**told: Any) -> Any:
    """Return the order event that the maker makes of some values."""
    make = event_maker(ORDER, no_rows)
    return make(tuple(told.get(f.name) for f in ORDER.fields), "user.1", 5, 6, "raw")


class TestEventMaker:
    """An event from the values of its layout."""

    def test_nothing_told(self) -> None:
        """What is absent has the default of the class, and the base is what was given."""
        base: dict[str, Any] = {"topic": "user.1", "ts": 5, "received_at": 6, "raw": "raw"}

        assert facts(order()) == facts(OrderTradeUpdate(**base))
        assert order().origin is Origin.STREAM

    @pytest.mark.parametrize(
        "names", [[], [0], [-1], [0, -1], [1, 3], range(3), range(9), range(1, 9)]
    )
    def test_any_of_the_amounts(self, names: Any) -> None:
        """Whichever amounts there are, each is in its own place."""
        amounts = [f.name for f in ORDER.fields if f.kind is Kind.AMOUNT]
        told = {amounts[place]: f"{place}.50" for place in names}
        told = {name: text.replace("-", "") for name, text in told.items()}
        event = order(**told)

        assert {n: str(getattr(event, n)) for n in amounts if getattr(event, n) is not None} == told

    @pytest.mark.parametrize("text", ["", "1e5", "NaN", " 1", "1-2", "1.2.3", "-", "\u0661", "1\n"])
    def test_wrong_amount(self, text: str) -> None:
        """A text that is no amount raises one of the errors that it says, wherever it stands."""
        for name in ("price", "realized_pnl"):
            with pytest.raises(UNUSUAL):
                order(quantity="1", **{name: text})

    def test_levels(self) -> None:
        """Levels come as bytes; null is the default, anything but a list is refused."""
        depth = layout_of(DepthUpdate)
        make = event_maker(depth, no_rows)

        def bids(value: Any) -> Any:
            values = tuple(value if f.name == "bids" else None for f in depth.fields)
            return make(values, "t", 1, 2, "").bids

        assert bids(b'[["1","2"]]') == ((Decimal(1), Decimal(2)),)
        assert bids(None) == bids(b"null") == Levels()
        for wrong in (b"5", b"{}", b'"[]"', b"", b"nul", b"\xff"):
            with pytest.raises(UNUSUAL):
                bids(wrong)

    def test_no_event(self) -> None:
        """A class that is no event is a mistake of ours and is found at once."""
        with pytest.raises(TypeError, match="BalanceUpdate is no event"):
            event_maker(layout_of(BalanceUpdate), no_rows)

    def test_told_by_the_topic(self) -> None:
        """What the topic says stands where the push has nothing, and only there."""
        depth = layout_of(DepthUpdate)
        plain = event_maker(depth, no_rows)
        make = with_told(plain, depth, {"symbol": "X", "interval": "unknown here"})
        place = next(n for n, f in enumerate(depth.fields) if f.name == "symbol")
        empty: tuple[Any, ...] = (None,) * len(depth.fields)

        for value, symbol in ((None, "X"), ("", ""), ("Y", "Y")):
            values = (*empty[:place], value, *empty[place + 1 :])
            assert make(values, "t", 1, 2, "").symbol == symbol
        assert plain(empty, "t", 1, 2, "").symbol == ""
        assert with_told(plain, depth, {}) is plain


class TestRowMaker:
    """A row from whatever holds its values."""

    def test_rows(self) -> None:
        """The values are taken in the order of the layout."""
        of = layout_of(BalanceUpdate)
        make = row_maker(BalanceUpdate, lambda row: tuple(row.get(f.wire) for f in of.fields))
        row = make({"assetType": "USDT", "walletBalance": "1.50"})

        assert type(row) is BalanceUpdate
        assert facts(row) == facts(BalanceUpdate(asset_type="USDT", wallet_balance=Decimal("1.50")))
        with pytest.raises(UNUSUAL):
            make({"walletBalance": "1e5"})

    @pytest.mark.parametrize("cls", [DepthUpdate, OrderTradeUpdate])
    def test_no_row(self, cls: type[Any]) -> None:
        """A class with fields that have no wire name is no row, and is found at once."""
        with pytest.raises(TypeError, match="out of the ordinary"):
            row_maker(cls, tuple)


@attrs.frozen(kw_only=True)
class Priced(Event):
    """An event whose amount has a default."""

    price: Decimal = field(default=Decimal(0), metadata=wire("price"))


def test_an_amount_with_a_default() -> None:
    """An amount is a decimal also where the class has another default than None."""
    of = layout_of(Priced)
    make = event_maker(of, no_rows)

    assert facts(make(("1.50",), "", 0, 0, "")) == facts(Priced(price=Decimal("1.50")))
    assert facts(make((None,), "", 0, 0, "")) == facts(Priced())


def test_known_amount() -> None:
    """The amounts that all readers remember together are exact."""
    assert str(known_amount("0.10")) == str(known_amount("0.10")) == "0.10"
    assert known_amount(None) is None
