"""Following single orders: what is told is kept, and who waits is woken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import attrs
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import Deadline
from sixmm.state.models import Fill, Order
from sixmm.stream.following import Following, OrderWatch

from .waiting import GENEROUS, wait_until

NEW = Order(order_id="1", status="NEW", rank=0, client_order_id="a", executed_quantity=Decimal(0))
PARTLY = attrs.evolve(NEW, status="PARTIALLY_FILLED", rank=2, executed_quantity=Decimal(1))
FILLED = attrs.evolve(NEW, status="FILLED", rank=3, executed_quantity=Decimal(2))
OTHER = Order(order_id="2", status="FILLED", rank=3, client_order_id="b")


def fill(number: int, order_id: str = "1") -> Fill:
    """Return a fill of one."""
    return Fill(fill_id=f"f{number}", order_id=order_id, quantity=Decimal(1))


def test_an_order_by_the_id_of_the_caller() -> None:
    """The push tells the exchange's id, and by it the fills are known."""
    watch = OrderWatch()
    with watch.follow(client_order_id="a") as following:
        watch.see((OTHER,), (fill(9, "2"),))
        assert (following.order, following.fills) == (None, ())
        watch.see((PARTLY,), (fill(1),))
        assert (following.order, following.order_id) == (PARTLY, "1")
        assert following.fills == (fill(1),)


def test_an_order_by_its_id() -> None:
    """Another order of the same name is another order."""
    watch = OrderWatch()
    with watch.follow(order_id="1", client_order_id="a") as following:
        watch.see((attrs.evolve(OTHER, client_order_id="a"), NEW), ())
        assert following.order == NEW


@given(st.permutations([NEW, PARTLY, FILLED, NEW, FILLED]))
def test_never_back(states: list[Order]) -> None:
    """Whatever comes late, the state is the latest."""
    watch = OrderWatch()
    with watch.follow(order_id="1") as following:
        for state in states:
            watch.see((state,), (fill(1), fill(2)))
        assert following.order == FILLED
        assert following.is_final
        assert following.fills == (fill(1), fill(2))
        assert following.has_all_fills


def test_fills_that_are_missing() -> None:
    """The fills have to add up to what is executed."""
    watch = OrderWatch()
    with watch.follow(order_id="1") as following:
        assert not following.has_all_fills
        watch.see((FILLED,), (fill(1),))
        assert not following.has_all_fills
        following.tell(fills=[fill(1), fill(2)])
        assert following.has_all_fills


def test_who_waits_is_woken() -> None:
    """By what is new, and at once."""
    watch = OrderWatch()
    with watch.follow(order_id="1") as following, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(following.wait, lambda one: one.is_final, Deadline(GENEROUS))
        wait_until(lambda: watch._room.tickets)
        watch.see((NEW,), ())
        wait_until(lambda: watch._room.tickets)
        assert not waiting.done()
        watch.see((FILLED,), ())
        assert waiting.result(GENEROUS)


def test_a_wait_ends_in_time() -> None:
    """Where nothing comes, and where it is there already."""
    watch = OrderWatch()
    with watch.follow(order_id="1") as following:
        assert not following.wait(lambda one: one.is_final, Deadline(0.0))
        watch.see((FILLED,), ())
        assert following.wait(lambda one: one.is_final, Deadline(0.0))


def test_the_end_lets_everybody_go() -> None:
    """A client that is closed tells nothing any more."""
    watch = OrderWatch()

    def never(_: Following) -> bool:
        return False

    with watch.follow(order_id="1") as following, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(following.wait, never, Deadline(GENEROUS))
        wait_until(lambda: watch._room.tickets)
        watch.end()
        assert not waiting.result(GENEROUS)
        assert not following.wait(never, Deadline(GENEROUS))


def test_is_active_only_while_somebody_follows() -> None:
    """The reader has nothing to do for it otherwise."""
    watch = OrderWatch()
    assert not watch.followed
    with watch.follow(order_id="1"), watch.follow(order_id="2"):
        assert watch.followed
    assert not watch.followed


def test_an_older_order_of_the_same_name_is_not_meant() -> None:
    """An order that was made before, or nobody knows when, may be another one of that name."""
    watch = OrderWatch()
    with watch.follow(client_order_id="a", created_from_ms=500) as following:
        watch.see((attrs.evolve(NEW, created_at_ms=499), attrs.evolve(NEW, order_id="3")), ())
        assert (following.order, following.order_id) == (None, None)
        made = attrs.evolve(NEW, order_id="4", created_at_ms=500)
        watch.see((made,), ())
        assert (following.order, following.order_id) == (made, "4")


def test_the_reply_decides_which_order_is_meant() -> None:
    """What was told of another order of the same name is forgotten."""
    watch = OrderWatch()
    with watch.follow(client_order_id="a") as following:
        watch.see((FILLED,), (fill(1), fill(2)))
        following.identify("2")
        assert (following.order_id, following.order, following.fills) == ("2", None, ())
        following.tell(orders=[OTHER])
        following.identify("2")
        assert following.order == OTHER


@given(st.permutations(range(1, 6)))
def test_fills_are_kept_in_their_order(numbers: list[int]) -> None:
    """What a query tells later may be older than what was pushed."""
    fills = {number: attrs.evolve(fill(number), time_ms=number) for number in numbers}
    watch = OrderWatch()
    with watch.follow(order_id="1") as following:
        for number in numbers:
            watch.see((), (fills[number],))
        assert [one.time_ms for one in following.fills] == [1, 2, 3, 4, 5]


def test_a_closed_client_is_known_to_be_closed() -> None:
    """Who waits again and again has to see that it is of no use any more."""
    watch = OrderWatch()
    assert not watch.ended
    watch.end()
    assert watch.ended
