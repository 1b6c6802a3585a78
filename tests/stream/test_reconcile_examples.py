"""What a resync tells, one case at a time: the cases that a random history may miss."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.state.account import AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position, Snapshot
from sixmm.stream.reconcile import (
    AccountChange,
    Change,
    OrderChange,
    expects_fills,
    reconcile,
    torn_orders,
    without_orders,
)

WORDS = ("NEW", "PENDING", "PARTLY", "FILLED")


def order(
    executed: int | None,
    *,
    at_ms: int | None = None,
    rank: int = 2,
    quantity: int | None = 9,
    order_id: str = "1",
    **more: Any,
) -> Order:
    """Return an order that was told at some time."""
    return Order(
        **{
            "order_id": order_id,
            "status": WORDS[rank],
            "rank": rank,
            "quantity": None if quantity is None else Decimal(quantity),
            "executed_quantity": None if executed is None else Decimal(executed),
            "updated_at_ms": at_ms,
            **more,
        }
    )


def fill(at_ms: int | None, *, order_id: str = "1", quantity: int | None = 1, **more: Any) -> Fill:
    """Return a fill that is named after its order and its time."""
    return Fill(
        **{
            "fill_id": f"{order_id}@{at_ms}",
            "order_id": order_id,
            "quantity": None if quantity is None else Decimal(quantity),
            "time_ms": at_ms,
            **more,
        }
    )


def snapshot(
    *rows: Order,
    fills: Sequence[Fill] | None = (),
    ended: Sequence[Order] = (),
    **more: Any,
) -> Snapshot:
    """Return what REST says; the rows are those of the open orders."""
    return Snapshot(
        **{
            "as_of_ms": 100,
            "fills": None if fills is None else tuple(fills),
            "open_orders": rows,
            "ended_orders": tuple(ended),
            **more,
        }
    )


def push(at_ms: int, *orders: Order, fills: Sequence[Fill] = (), **more: Any) -> Facts:
    """Return what a push about orders tells."""
    return Facts(ts_ms=at_ms, push=f"push {at_ms}", orders=orders, fills=tuple(fills), **more)


def counted_back(order: Order, executed: Decimal) -> Order:
    """Return an order at an earlier moment, and let its status show that."""
    return attrs.evolve(
        order, status=f"{order.status}?", rank=min(order.rank, 2), executed_quantity=executed
    )


def tell(
    mirror: AccountMirror, seen: Snapshot, *buffered: Facts, known_ms: int = 0
) -> list[Change]:
    """Return what is told; whatever it is, a second look tells nothing."""
    changes = reconcile(mirror, seen, buffered, partly_filled=counted_back, known_ms=known_ms)
    if not buffered:
        assert reconcile(mirror, seen, (), partly_filled=counted_back) == []
    return changes


def lines(changes: Sequence[Change]) -> list[tuple[str | None, str, int | None]]:
    """Return of each change of an order the fill, the status and what was executed."""
    found = []
    for change in changes:
        assert isinstance(change, OrderChange)
        executed = change.order.executed_quantity
        name = None if change.fill is None else change.fill.fill_id
        found.append((name, change.order.status, None if executed is None else int(executed)))
    return found


@pytest.fixture
def mirror() -> AccountMirror:
    """A mirror that knows nothing."""
    return AccountMirror()


# Times


@pytest.mark.parametrize(
    ("change", "at_ms"),
    [
        (OrderChange(order=order(1, at_ms=7, created_at_ms=3), fill=fill(5)), 5),
        (OrderChange(order=order(1, at_ms=7, created_at_ms=3), fill=fill(None)), 7),
        (OrderChange(order=order(1, at_ms=7, created_at_ms=3)), 7),
        (OrderChange(order=order(1, created_at_ms=3)), 3),
        (OrderChange(order=order(1)), 0),
    ],
)
def test_a_change_has_the_time_that_is_known_best(change: OrderChange, at_ms: int) -> None:
    """That of the fill, else that of the state, else that of the order; else it comes first."""
    assert change.at_ms == at_ms


def test_changes_are_made_by_name() -> None:
    """An order cannot be taken for a fill, nor balances for positions."""
    with pytest.raises(TypeError):
        OrderChange(order(1), None)  # type: ignore[misc]
    with pytest.raises(TypeError):
        AccountChange((), (), 0)  # type: ignore[misc]


# Fills and the states that are told with them


def test_a_missed_fill_comes_with_the_order_as_it_was_right_after_it(mirror: AccountMirror) -> None:
    """What was executed is counted back from the row; the last fill comes with the row itself."""
    row = order(5, at_ms=7)
    changes = tell(mirror, snapshot(row, fills=[fill(5), fill(7, quantity=2)]))

    assert lines(changes) == [("1@5", "PARTLY?", 3), ("1@7", "PARTLY", 5)]
    assert isinstance(changes[0], OrderChange)
    assert changes[0].order.updated_at_ms == 5
    assert mirror.order("1") == row
    assert mirror.knows_fill("1@5")
    assert mirror.knows_fill("1@7")


def test_an_order_that_was_filled_ends_with_its_last_fill(mirror: AccountMirror) -> None:
    """The end is told once, with the fill that brought it."""
    row = order(2, at_ms=7, rank=3, quantity=2)

    assert lines(tell(mirror, snapshot(ended=[row], fills=[fill(5), fill(7)]))) == [
        ("1@5", "FILLED?", 1),
        ("1@7", "FILLED", 2),
    ]


def test_an_order_that_was_canceled_ends_after_its_fills(mirror: AccountMirror) -> None:
    """The fill did not end it, so the end is told on its own."""
    row = order(1, at_ms=9, rank=3, status="CANCELED")

    assert lines(tell(mirror, snapshot(ended=[row], fills=[fill(5)]))) == [
        ("1@5", "CANCELED?", 1),
        (None, "CANCELED", 1),
    ]


def test_the_end_comes_after_every_fill(mirror: AccountMirror) -> None:
    """However many were missed before it."""
    row = order(3, at_ms=9, rank=3, status="CANCELED")
    fills = [fill(3), fill(5), fill(7)]

    assert lines(tell(mirror, snapshot(ended=[row], fills=fills))) == [
        ("1@3", "CANCELED?", 1),
        ("1@5", "CANCELED?", 2),
        ("1@7", "CANCELED?", 3),
        (None, "CANCELED", 3),
    ]


def test_a_fill_after_its_row_was_read_is_counted_forward(mirror: AccountMirror) -> None:
    """The row does not contain it; and the row is not told after what is later."""
    changes = tell(mirror, snapshot(order(3, at_ms=5), fills=[fill(5), fill(7)]))

    assert lines(changes) == [("1@5", "PARTLY", 3), ("1@7", "PARTLY?", 4)]


def test_a_fill_of_an_order_that_is_in_no_list_goes_on_from_what_is_known(
    mirror: AccountMirror,
) -> None:
    """Where the orders cannot be read, the last state that was told is all there is."""
    mirror.tell_order(order(1, at_ms=5))
    mirror.tell_fill(fill(5))
    changes = tell(mirror, snapshot(fills=[fill(5), fill(7, quantity=2)], open_orders=None))

    assert lines(changes) == [("1@7", "PARTLY?", 3)]


def test_a_fill_of_an_order_that_nobody_knows_tells_what_it_has(mirror: AccountMirror) -> None:
    """Its order is partly filled, as far as anyone can say, and the rest is not made up."""
    one = fill(5, quantity=2, symbol="BTCUSDT", side="BUY", position_side="LONG")

    def partly_filled(order: Order, executed: Decimal) -> Order:
        return attrs.evolve(order, executed_quantity=executed)

    assert reconcile(mirror, snapshot(fills=[one]), (), partly_filled=partly_filled) == [
        OrderChange(
            order=Order(
                order_id="1",
                status="",
                rank=2,
                symbol="BTCUSDT",
                side="BUY",
                position_side="LONG",
                executed_quantity=Decimal(2),
                updated_at_ms=5,
            ),
            fill=one,
        )
    ]


def test_an_order_of_a_fill_that_says_nothing_counts_from_nothing(mirror: AccountMirror) -> None:
    """A fill without a quantity brings the order nowhere; the next one does."""
    first, second = fill(5, quantity=None), fill(7)

    assert lines(tell(mirror, snapshot(fills=[first, second], open_orders=None))) == [
        ("1@5", "?", 0),
        ("1@7", "?", 1),
    ]


def test_what_is_told_with_a_late_fill_never_goes_back(mirror: AccountMirror) -> None:
    """A fill that was missed although a later state was told comes with that state."""
    known = order(2, at_ms=7)
    mirror.tell_order(known)
    mirror.tell_fill(fill(7))

    assert tell(mirror, snapshot(known, fills=[fill(5), fill(7)])) == [
        OrderChange(order=known, fill=fill(5))
    ]


def test_known_fills_are_counted_where_the_order_was_forgotten(mirror: AccountMirror) -> None:
    """A fill that was told after the missed one, and is no longer in the list, counts as well."""
    mirror.tell_fill(fill(7))

    assert lines(tell(mirror, snapshot(order(2, at_ms=7), fills=[fill(5)]))) == [
        ("1@5", "PARTLY?", 1),
        (None, "PARTLY", 2),
    ]


def test_a_fill_without_a_time_has_that_of_the_order(mirror: AccountMirror) -> None:
    """It is contained in the row, as far as anyone can say, and comes before all others."""
    row = order(2, at_ms=9, rank=3, status="CANCELED")
    changes = tell(mirror, snapshot(ended=[row], fills=[fill(5), fill(None)]))

    assert lines(changes) == [
        ("1@None", "CANCELED?", 1),
        ("1@5", "CANCELED?", 2),
        (None, "CANCELED", 2),
    ]
    assert isinstance(changes[0], OrderChange)
    assert changes[0].order.updated_at_ms == 9


def test_a_row_that_counts_less_than_its_fills_counts_from_nothing(mirror: AccountMirror) -> None:
    """An order without an executed quantity had none before the first fill."""
    changes = tell(mirror, snapshot(order(None, at_ms=7), fills=[fill(5), fill(7)]))

    assert lines(changes)[:2] == [("1@5", "PARTLY?", 1), ("1@7", "PARTLY?", 2)]


def test_fills_are_told_by_their_times(mirror: AccountMirror) -> None:
    """However REST lists them."""
    changes = tell(mirror, snapshot(order(2, at_ms=7), fills=[fill(7), fill(5)]))

    assert lines(changes) == [("1@5", "PARTLY?", 1), ("1@7", "PARTLY", 2)]


# States without fills


def test_a_state_is_told_once(mirror: AccountMirror) -> None:
    """A row that says what is known, or less, tells nothing."""
    assert lines(tell(mirror, snapshot(order(0, at_ms=5, rank=1)))) == [(None, "PENDING", 0)]
    assert tell(mirror, snapshot(order(0, at_ms=4, rank=1, price=Decimal(1)))) == []
    assert tell(mirror, snapshot(order(0, at_ms=5, rank=0))) == []


def test_an_order_that_ended_between_the_lists_has_ended(mirror: AccountMirror) -> None:
    """It is in both; where both say the same of its life, the later list is right."""
    before, after = order(0, at_ms=5, rank=1), order(0, at_ms=6, rank=3, status="CANCELED")
    assert lines(tell(mirror, snapshot(before, ended=[after]))) == [(None, "CANCELED", 0)]

    before, after = order(1, at_ms=5, order_id="2"), order(2, at_ms=6, order_id="2")
    assert lines(tell(mirror, snapshot(before, ended=[after]))) == [(None, "PARTLY", 2)]


def test_a_list_of_ended_orders_that_lags_is_not_believed(mirror: AccountMirror) -> None:
    """No order goes back because a list is late."""
    before, after = order(1, at_ms=5), order(0, at_ms=6, rank=1)

    assert lines(tell(mirror, snapshot(before, ended=[after]))) == [(None, "PARTLY", 1)]


def test_changes_of_several_orders_come_by_time(mirror: AccountMirror) -> None:
    """Whatever happened first is told first."""
    rows = [order(1, at_ms=9, order_id="1"), order(0, at_ms=3, rank=1, order_id="2")]
    fills = [fill(9), fill(6, order_id="3")]
    changes = tell(mirror, snapshot(*rows, fills=fills))

    assert [change.order.order_id for change in changes if isinstance(change, OrderChange)] == [
        *("2", "3", "1"),
    ]


def test_the_changes_of_one_order_keep_their_order(mirror: AccountMirror) -> None:
    """Also where the row has no time of its own, and another order changed in between."""
    row = order(1, rank=3, status="CANCELED", created_at_ms=1)
    other = order(0, at_ms=3, rank=1, order_id="2")
    changes = tell(mirror, snapshot(other, ended=[row], fills=[fill(5)]))

    assert lines(changes) == [
        (None, "PENDING", 0),
        ("1@5", "CANCELED?", 1),
        (None, "CANCELED", 1),
    ]


# What is left to the pushes


def test_what_a_buffered_push_tells_is_left_to_it(mirror: AccountMirror) -> None:
    """A fill, a state, a balance and a position are told once, by the push."""
    row, one = order(1, at_ms=5), fill(5)
    balance, position = Balance(asset="USDT", wallet=Decimal(1)), _position(1)
    buffered = push(5, row, fills=[one], balances=(balance,), positions=(position,))
    seen = snapshot(row, fills=[one], balances=(balance,), positions=(position,))

    assert tell(mirror, seen, buffered) == []


def test_a_push_may_come_after_what_it_tells(mirror: AccountMirror) -> None:
    """Its fill is left to it although that happened before, or at an unknown time."""
    buffered = push(9, order(2, at_ms=9), fills=[fill(5), fill(None)])

    assert tell(mirror, snapshot(order(2, at_ms=9), fills=[fill(5), fill(None)]), buffered) == []


def test_a_repeat_of_a_push_tells_nothing_so_the_snapshot_does(mirror: AccountMirror) -> None:
    """It was taken before, and will be left out: what has happened since is not in it."""
    old = push(5, order(1, at_ms=5), fills=[fill(5)])
    mirror.apply(old)
    changes = tell(mirror, snapshot(order(2, at_ms=7), fills=[fill(5), fill(7)]), old)

    assert lines(changes) == [("1@7", "PARTLY", 2)]


def test_what_follows_a_push_comes_by_a_push(mirror: AccountMirror) -> None:
    """From the first push about an order on, its fills are left to the link."""
    first, last = push(5, order(1, at_ms=5), fills=[fill(5)]), push(9, order(3, at_ms=9))
    fills = [fill(5), fill(7), fill(9)]

    assert tell(mirror, snapshot(order(3, at_ms=9), fills=fills), first, last) == []


def test_what_was_before_the_first_push_is_told(mirror: AccountMirror) -> None:
    """Its state is counted back from the row, also over the fill that is left to the push."""
    buffered = push(7, order(2, at_ms=7), fills=[fill(7)])

    assert lines(tell(mirror, snapshot(order(2, at_ms=7), fills=[fill(5)]), buffered)) == [
        ("1@5", "PARTLY?", 1)
    ]


def test_a_fill_at_the_time_of_a_push_is_left_to_the_link(mirror: AccountMirror) -> None:
    """Two fills can share a millisecond."""
    twin = fill(5, fill_id="twin")
    buffered = push(5, order(1, at_ms=5), fills=[fill(5)])

    assert tell(mirror, snapshot(order(2, at_ms=5), fills=[fill(5), twin]), buffered) == []


def test_a_fill_without_a_time_is_left_to_a_push_that_tells_it(mirror: AccountMirror) -> None:
    """Nobody can say that it came later; it is told where no push has it."""
    buffered = push(5, order(1, at_ms=5), fills=[fill(5)])
    changes = tell(mirror, snapshot(order(2, at_ms=5), fills=[fill(5), fill(None)]), buffered)

    assert lines(changes) == [("1@None", "PARTLY?", 1)]


def test_fills_of_other_orders_are_not_left_to_the_push(mirror: AccountMirror) -> None:
    """A push about one order promises nothing about another."""
    buffered = push(5, order(1, at_ms=5), fills=[fill(5)])
    other = order(1, at_ms=7, order_id="2")

    assert lines(tell(mirror, snapshot(other, fills=[fill(7, order_id="2")]), buffered)) == [
        ("2@7", "PARTLY", 1)
    ]


def test_looks_again_only_for_what_a_push_still_owes(mirror: AccountMirror) -> None:
    """Not for what it has told, what is known, or what the snapshot tells itself."""
    buffered = [push(5, order(1, at_ms=5), fills=[fill(5)])]

    assert expects_fills(mirror, snapshot(fills=[fill(7)]), buffered)
    assert expects_fills(mirror, snapshot(fills=[fill(3), fill(7)]), buffered)
    assert not expects_fills(mirror, snapshot(fills=[fill(3), fill(5)]), buffered)
    assert not expects_fills(mirror, snapshot(fills=[fill(7, order_id="2")]), buffered)
    assert not expects_fills(mirror, snapshot(fills=None), buffered)
    mirror.tell_fill(fill(7))
    assert not expects_fills(mirror, snapshot(fills=[fill(7)]), buffered)


# Balances and positions


def _position(quantity: int, symbol: str = "BTCUSDT", **more: Any) -> Position:
    return Position(
        **{"symbol": symbol, "position_side": "BOTH", "quantity": Decimal(quantity), **more}
    )


def test_what_differs_of_the_account_comes_last_in_one_change(mirror: AccountMirror) -> None:
    """With the time of the snapshot, and without what was told."""
    told, news = (Balance(asset=asset, wallet=Decimal(1)) for asset in ("BTC", "USDT"))
    mirror.tell_balance(told)
    mirror.tell_position(_position(1, "ETHUSDT"))
    row = order(0, at_ms=500, rank=1)
    seen = snapshot(row, balances=(told, news), positions=(_position(1), _position(1, "ETHUSDT")))

    assert tell(mirror, seen) == [
        OrderChange(order=row),
        AccountChange(balances=(news,), positions=(_position(1),), at_ms=100),
    ]


@pytest.mark.parametrize("part", ["balances", "positions"])
def test_one_of_both_is_a_change(mirror: AccountMirror, part: str) -> None:
    """A balance can change without a position, and the other way round."""
    rows = {"balances": (Balance(asset="BTC", wallet=Decimal(1)),), "positions": (_position(1),)}
    (change,) = tell(mirror, snapshot(**{part: rows[part]}))

    assert getattr(change, part) == rows[part]


def test_a_position_that_is_gone_is_told_with_nothing_in_it(mirror: AccountMirror) -> None:
    """REST lists only what is open; the text of an old row says nothing about the new state."""
    mirror.tell_position(_position(2, entry_price=Decimal(7), raw="{}"))
    mirror.tell_position(_position(1, "ETHUSDT"))
    (change,) = tell(mirror, snapshot(positions=(_position(1, "ETHUSDT"),)))

    assert isinstance(change, AccountChange)
    assert change.positions == (_position(0, entry_price=Decimal(7)),)
    assert change.positions[0].raw == ""
    assert change.balances == ()


def test_a_position_of_unknown_size_is_not_taken_for_closed(mirror: AccountMirror) -> None:
    """Nobody said that it was open."""
    mirror.tell_position(Position(symbol="BTCUSDT", position_side="BOTH", leverage=3))

    assert tell(mirror, snapshot(positions=())) == []


def test_a_position_that_a_push_is_about_is_left_to_it(mirror: AccountMirror) -> None:
    """Also where the snapshot no longer has it."""
    mirror.tell_position(_position(2))
    buffered = push(5, positions=(_position(3),))

    assert tell(mirror, snapshot(positions=()), buffered) == []


def test_a_part_that_was_not_read_tells_nothing(mirror: AccountMirror) -> None:
    """No position is taken for closed because nobody could look."""
    mirror.tell_position(_position(2))
    nothing = Snapshot(as_of_ms=100)

    assert tell(mirror, nothing) == []
    assert not torn_orders(mirror, nothing, [])


def test_a_push_from_before_the_snapshot_comes_late(mirror: AccountMirror) -> None:
    """It changes nothing, also where the snapshot told nothing new; one from after it holds."""
    balance = Balance(asset="BTC", wallet=Decimal(1))
    mirror.tell_position(_position(1, "ETHUSDT"))
    mirror.tell_position(_position(0, "SOLUSDT"))
    mirror.tell_position(_position(4, "XRPUSDT"))
    seen = snapshot(positions=(_position(2), _position(1, "ETHUSDT")), balances=(balance,))
    tell(mirror, seen, known_ms=50)
    late = [
        push(1, positions=(_position(7),)),
        push(49, positions=(_position(7),)),
        push(48, positions=(_position(7, "ETHUSDT"),)),
        push(47, positions=(_position(7, "SOLUSDT"),)),
        push(46, positions=(_position(7, "XRPUSDT"),)),
        push(45, balances=(attrs.evolve(balance, wallet=Decimal(7)),)),
    ]

    assert all(mirror.apply(facts) for facts in late)
    assert mirror.take_late() == late
    assert {p.symbol: p.quantity for p in mirror.open_positions()} == {"BTCUSDT": 2, "ETHUSDT": 1}
    assert mirror.picture().balances == {"BTC": balance}
    assert mirror.apply(push(50, positions=(_position(3),)))
    assert mirror.take_late() == []
    assert mirror.picture().positions["BTCUSDT", "BOTH"] == _position(3)


def test_a_buffered_push_from_before_an_earlier_snapshot_leaves_the_row_to_this_one(
    mirror: AccountMirror,
) -> None:
    """Nothing would be told of it otherwise: such a push is late, and does not hold."""
    tell(mirror, snapshot(positions=(_position(1),)), known_ms=50)
    buffered = push(40, positions=(_position(9),))
    changes = tell(mirror, snapshot(positions=(_position(2),)), buffered)

    assert changes == [AccountChange(balances=(), positions=(_position(2),), at_ms=100)]


# Snapshots that do not fit together


def test_a_row_with_a_fill_that_nothing_tells_is_torn(mirror: AccountMirror) -> None:
    """One fill less than was executed is enough; as many as were executed are enough, too."""
    row = order(3, at_ms=9)
    mirror.tell_fill(fill(3))
    buffered = [push(7, fills=[fill(7)])]

    assert torn_orders(mirror, snapshot(row, fills=[fill(5)]), []) == {"1"}
    assert torn_orders(mirror, snapshot(row, fills=[fill(5)]), buffered) == frozenset()
    assert torn_orders(mirror, snapshot(row, fills=[]), buffered) == {"1"}
    # A fill that is told twice is one fill, and one without a quantity is none.
    assert torn_orders(mirror, snapshot(row, fills=[fill(3), fill(7)]), buffered) == {"1"}
    assert torn_orders(mirror, snapshot(row, fills=[fill(5, quantity=None)]), buffered) == {"1"}
    # Those of other orders do not help.
    assert torn_orders(mirror, snapshot(row, fills=[fill(5, order_id="2")]), buffered) == {"1"}


@pytest.mark.parametrize(
    "row",
    [order(5, at_ms=5), order(9, at_ms=4), order(None, at_ms=9)],
    ids=["known", "older", "nothing executed"],
)
def test_a_row_that_tells_no_more_than_is_known_is_not_torn(
    mirror: AccountMirror, row: Order
) -> None:
    """What was executed before is not asked for again."""
    mirror.tell_order(order(5, at_ms=5))

    assert torn_orders(mirror, snapshot(row), []) == frozenset()


def test_where_fills_cannot_be_read_nothing_is_torn(mirror: AccountMirror) -> None:
    """There is nothing to wait for."""
    assert torn_orders(mirror, snapshot(order(1, at_ms=5), fills=None), []) == frozenset()


def _unread(*fills: Fill, **more: Any) -> Snapshot:
    return snapshot(
        **{"fills": fills, "open_orders": None, "unchecked": {"orders": "refused"}, **more}
    )


def test_a_fill_that_may_end_its_order_waits_until_orders_can_be_read(
    mirror: AccountMirror,
) -> None:
    """Else its end would be told as a partial fill; one that surely does not end it is told."""
    mirror.tell_order(order(7, at_ms=5))

    assert torn_orders(mirror, _unread(fill(7)), []) == frozenset()
    assert torn_orders(mirror, _unread(fill(7, quantity=2)), []) == {"1"}
    assert torn_orders(mirror, _unread(fill(7), fill(8)), []) == {"1"}
    assert torn_orders(mirror, _unread(fill(7, quantity=None), fill(8)), []) == frozenset()


def test_what_is_not_known_of_an_order_may_be_its_end(mirror: AccountMirror) -> None:
    """An order that nobody knows, or whose quantity nobody knows, may be filled by any fill."""
    mirror.tell_order(order(0, at_ms=5, quantity=None))
    mirror.tell_order(order(None, at_ms=5, quantity=2, order_id="3"))
    fills = [fill(7, order_id=order_id) for order_id in ("1", "2", "3")]

    assert torn_orders(mirror, _unread(*fills), []) == {"1", "2"}
    assert torn_orders(mirror, _unread(*fills, fill(8, order_id="3")), []) == {"1", "2", "3"}


def test_a_fill_of_an_unread_order_waits_for_nothing_else(mirror: AccountMirror) -> None:
    """Not where it is known, pushed, or in a row; nor where orders were read, or never can be."""
    mirror.tell_fill(fill(5))
    row = order(2, at_ms=9, rank=3, quantity=2)

    assert torn_orders(mirror, _unread(fill(7)), []) == {"1"}
    assert torn_orders(mirror, _unread(fill(5)), []) == frozenset()
    assert torn_orders(mirror, _unread(fill(7)), [push(7, fills=[fill(7)])]) == frozenset()
    assert torn_orders(mirror, _unread(fill(7), ended_orders=(row,)), []) == frozenset()
    assert torn_orders(mirror, _unread(fill(7), unchecked={}), []) == frozenset()
    assert torn_orders(mirror, _unread(fill(7), final=frozenset({"orders"})), []) == frozenset()
    # A torn row is found as well, and each is told apart.
    torn = order(2, at_ms=9, order_id="2")
    assert torn_orders(mirror, _unread(fill(7), ended_orders=(torn,)), []) == {"1", "2"}


def test_a_snapshot_without_some_orders_says_so() -> None:
    """What is left out is not checked; a reason that was there before stays."""
    rows = [order(1, order_id="1"), order(1, order_id="2")]
    ended = [order(1, rank=3, order_id="3"), order(1, rank=3, order_id="4")]
    fills = [fill(5, order_id="1"), fill(5, order_id="2")]
    seen = snapshot(*rows, ended=ended, fills=fills, unchecked={"orders": "refused"})
    rest = without_orders(seen, {"1", "3"})

    assert rest.fills == (fills[1],)
    assert rest.open_orders == (rows[1],)
    assert rest.ended_orders == (ended[1],)
    assert rest.unchecked == {
        "fills": "an order was filled while it was read",
        "orders": "refused",
    }
    assert "an order was filled" in without_orders(snapshot(), ()).unchecked["orders"]


def test_what_was_not_read_is_not_read_without_some_orders_either() -> None:
    """An empty list would say that there are no orders."""
    rest = without_orders(Snapshot(as_of_ms=100), {"1"})

    assert rest.fills is None
    assert rest.open_orders is None


@pytest.mark.parametrize(
    ("changed_ms", "is_torn"), [(None, True), (999_999, True), (880_000, True), (879_999, False)]
)
def test_a_fill_that_never_comes_is_not_waited_for(changed_ms: int | None, is_torn: bool) -> None:
    """An order that was filled long before the reading was not filled in the middle of it."""
    row = order(5, at_ms=changed_ms)
    snapshot = Snapshot(as_of_ms=1_000_000, fills=(), open_orders=(row,))
    mirror = AccountMirror()
    mirror.begin(1)
    assert torn_orders(mirror, snapshot, []) == ({"1"} if is_torn else set())
    told = reconcile(mirror, snapshot, [], partly_filled=lambda one, _: one)
    assert [change.order for change in told if isinstance(change, OrderChange)] == [row]
