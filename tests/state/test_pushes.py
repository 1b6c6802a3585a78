"""Pushes whose parts are made when they are read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.models import Balance, Facts, Fill, Order, Position
from sixmm.state.pushes import AccountPush, OrderPush
from sixmm.state.values import values_of

from .strategies import balances, fills, orders, positions


@given(orders, st.none() | fills)
def test_an_order_push_tells_what_facts_tell(order: Order, fill: Fill | None) -> None:
    """It equals facts that have the same parts, from either side, and its hash does too."""
    push = OrderPush(5, "text", values_of(order), None if fill is None else values_of(fill))
    told = () if fill is None else (fill,)
    facts = Facts(ts_ms=5, push="text", orders=(order,), fills=told)

    assert push == facts
    assert facts == push
    assert hash(push) == hash(facts)
    assert (push.positions, push.balances) == ((), ())
    assert push != Facts(ts_ms=6, push="text", orders=(order,), fills=told)
    assert push != 5


@given(st.lists(positions, max_size=3), st.lists(balances, max_size=3))
def test_an_account_push_tells_what_facts_tell(some: list[Position], others: list[Balance]) -> None:
    """The rows are in their order."""
    push = AccountPush(5, "", [values_of(p) for p in some], [values_of(b) for b in others])

    assert push == Facts(ts_ms=5, positions=tuple(some), balances=tuple(others))
    assert (push.orders, push.fills) == ((), ())


def test_the_text_is_not_shown() -> None:
    """A push is repeated nowhere, since it may hold what the schema does not know."""
    assert "secret" not in repr(AccountPush(5, "secret", [], []))
