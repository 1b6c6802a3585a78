"""Tellings of a small account, so that many of them are about the same thing."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from sixmm.state.models import Balance, ConditionOrder, Fill, Order, Position

__all__ = ["balances", "conditions", "fills", "orders", "positions"]

# Few values, the simple ones first: a sequence of tellings soon has repeats of many kinds.
_AMOUNTS = st.sampled_from([None, Decimal(0), Decimal(1)])
_TIMES = st.sampled_from([1, 2, 3, None])
_WORDS = st.sampled_from([None, "A"])
_RAW = st.sampled_from(["", "{}"])

orders = st.builds(
    Order,
    order_id=st.sampled_from(["1", "2", "3"]),
    status=st.sampled_from(["X", "Y"]),
    rank=st.integers(0, 3),
    client_order_id=_WORDS,
    symbol=_WORDS,
    side=_WORDS,
    price=_AMOUNTS,
    quantity=_AMOUNTS,
    executed_quantity=_AMOUNTS,
    average_price=_AMOUNTS,
    created_at_ms=_TIMES,
    updated_at_ms=_TIMES,
    raw=_RAW,
)
fills = st.builds(
    Fill,
    fill_id=st.sampled_from(["a", "b", "c", "d", "e"]),
    order_id=st.sampled_from(["1", "2", "3"]),
    role=_WORDS,
    quantity=_AMOUNTS,
    time_ms=_TIMES,
    raw=_RAW,
)
positions = st.builds(
    Position,
    symbol=st.sampled_from(["S", "T"]),
    position_side=st.sampled_from(["LONG", "SHORT"]),
    quantity=_AMOUNTS,
    entry_price=_AMOUNTS,
    margin_mode=_WORDS,
    leverage=_TIMES,
    detail=st.tuples(_AMOUNTS),
    raw=_RAW,
)
balances = st.builds(
    Balance,
    asset=st.sampled_from(["U", "V"]),
    wallet=_AMOUNTS,
    frozen=_AMOUNTS,
    used=_AMOUNTS,
    raw=_RAW,
)
conditions = st.builds(
    ConditionOrder,
    condition_id=st.sampled_from(["1", "2", "3"]),
    status=st.sampled_from(["X", "Y", ""]),
    is_waiting=st.booleans(),
    order_id=_WORDS,
    symbol=_WORDS,
    price=_AMOUNTS,
    stop_price=_AMOUNTS,
    reduce_only=st.none() | st.booleans(),
    updated_at_ms=_TIMES,
    raw=_RAW,
)
