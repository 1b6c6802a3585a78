"""Reading an account by REST."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import ClientClosed, DeadlineExceeded, NotPermitted, SixmmError
from sixmm.state.account import AccountMirror
from sixmm.state.models import Baseline, Snapshot
from sixmm.venues.base import Call
from sixmm.venues.rocketfi import snapshot
from sixmm.venues.rocketfi.snapshot import PAGE_SIZE, snapshot_plan

from .examples import ACCOUNT, FILL, INSTRUMENT, NOW, ORDER_ROW, PLACED, POSITION, event

Answer = Callable[[Call], Any]


class Server:
    """An account as REST tells it, of which each list can be changed between two calls."""

    def __init__(self, *, newest_first: bool = True) -> None:
        """Begin with an account without anything."""
        self.events: list[Any] = []
        """Oldest first."""
        self.orders: list[Any] = []
        self.positions: Any = None
        self.collateral: dict[str, str] = {}
        self.newest_first = newest_first
        self.most_rows = 1_000
        """How many rows a page has at most, however many were asked for."""
        self.asked: list[str] = []
        self.before: dict[str, Callable[[], object]] = {}
        """What happens before the first call of a path."""

    def answer(self, call: Call) -> Any:
        """Return the reply to a call."""
        self.asked.append(call.path)
        self.before.pop(call.path, lambda: None)()
        query = dict(call.query)
        assert query["account"] == ACCOUNT.lower()
        if call.path == "/position":
            return {"positions": self.positions}
        if call.path == "/collateral":
            return {"collaterals": self.collateral}
        rows = self.orders
        if call.path == "/order-events":
            rows = self.events[::-1] if self.newest_first else self.events
        size = min(int(query["pageSize"]), self.most_rows)
        start = int(query["pageNumber"]) * size
        name = {"/order-events": "orderEvents"}.get(call.path, "orders")
        return {name: rows[start : start + size] or None, "pageSize": size}


def run(answer: Answer, baseline: Baseline | None = None) -> Snapshot:
    """Run the plan; an answer that is an error is thrown into it."""
    plan = snapshot_plan(ACCOUNT, baseline or Baseline(since_ms=0), now_ms=NOW)
    call = next(plan)
    try:
        while True:
            try:
                reply = answer(call)
            except SixmmError as error:
                call = plan.throw(error)
            else:
                assert call.result is not None
                call = plan.send(call.result(reply))
    except StopIteration as end:
        told: Snapshot = end.value
        return told


def placed(order_id: int, at_ms: int = NOW) -> dict[str, Any]:
    """Return the event of a new order."""
    return event({"placed": {**PLACED, "timestamp": at_ms}}, orderId=order_id)


def filled(order_id: int, rest: str, at_ms: int = NOW) -> dict[str, Any]:
    """Return the event of a fill."""
    done = {"remaining_size": rest, "is_filled": rest == "0", "timestamp": at_ms}
    return event({"fill": {**FILL, **done}}, orderId=order_id)


def canceled(order_id: int) -> dict[str, Any]:
    """Return the event of a cancel."""
    return event("canceled", orderId=order_id)


def open_order(order_id: int) -> dict[str, Any]:
    """Return the row of an open order."""
    return {**ORDER_ROW, "orderId": order_id}


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_whole_account(newest_first: bool) -> None:
    """Every part is there, in whichever order events come."""
    server = Server(newest_first=newest_first)
    server.events = [placed(1), placed(2), filled(1, "1"), filled(1, "0"), canceled(2), placed(3)]
    server.orders = [open_order(3)]
    server.positions = {INSTRUMENT: POSITION}
    server.collateral = {"0": "5"}
    told = run(server.answer)

    assert told.fills is not None
    assert [fill.fill_id for fill in told.fills] == [f"1-{NOW}-1", f"1-{NOW}-0"]
    assert told.open_orders is not None
    assert [order.order_id for order in told.open_orders] == ["3"]
    assert {order.order_id: order.status for order in told.ended_orders} == {
        "1": "filled",
        "2": "canceled",
    }
    assert told.positions is not None
    assert told.positions[0].quantity == Decimal("-1.5")
    assert told.balances is not None
    assert told.balances[0].wallet == 5
    assert (told.unchecked, told.as_of_ms) == ({}, NOW)
    assert server.asked == ["/order-events", "/open-orders", "/position", "/collateral"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_an_order_that_was_changed_and_filled_at_once(newest_first: bool) -> None:
    """What is told at the same moment happened in the order in which it is told."""
    server = Server(newest_first=newest_first)
    changed = event({"modified": {"price": "9", "size": "2", "timestamp": NOW}}, orderId=1)
    server.events = [placed(1, NOW - 1), changed, filled(1, "0")]
    told = run(server.answer)

    assert [order.status for order in told.ended_orders] == ["filled"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_rejection_has_no_time(newest_first: bool) -> None:
    """It is news where what came before it is."""
    rejected = {"rejected": {"reason": "marginViolated"}}
    server = Server(newest_first=newest_first)
    old, new = event(rejected, orderId=2), event(rejected, orderId=4)
    server.events = [placed(1, NOW - 9), old, filled(1, "1", NOW), new, placed(5, NOW + 1)]
    told = run(server.answer, Baseline(since_ms=NOW))

    assert {order.order_id: order.status for order in told.ended_orders} == {"4": "rejected"}


def test_a_cancel_has_no_time() -> None:
    """What came before it would make it look newer than the same cancel told by the stream."""
    server = Server()
    changed = event({"modified": {"price": "9", "size": "2", "timestamp": NOW + 5}}, orderId=1)
    server.events = [placed(1), changed, canceled(1), placed(2), filled(2, "0", NOW + 7)]
    told = {order.order_id: order.updated_at_ms for order in run(server.answer).ended_orders}

    assert told == {"1": None, "2": NOW + 7}


def test_an_account_without_anything() -> None:
    """Null lists are empty, and nothing is unchecked."""
    told = run(Server().answer)

    assert (told.fills, told.open_orders, told.ended_orders) == ((), (), ())
    assert (told.positions, told.balances, told.unchecked) == ((), (), {})


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("count", [PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE])
def test_pages(newest_first: bool, count: int) -> None:
    """A list is read until a short page, however its length fits the pages."""
    server = Server(newest_first=newest_first)
    server.events = [filled(number, "0", NOW + number) for number in range(count)]
    server.orders = [open_order(count + number) for number in range(count)]
    told = run(server.answer)

    assert len(told.fills or ()) == len(told.ended_orders) == count
    assert len(told.open_orders or ()) == count
    times = [fill.time_ms for fill in told.fills or ()]
    assert times == sorted(times, key=lambda time: time or 0)


def test_a_server_that_gives_fewer_rows_than_asked_for() -> None:
    """A page is not short where the server says that it could not have been longer."""
    server = Server()
    server.most_rows = 7
    server.events = [filled(number, "0", NOW + number) for number in range(30)]
    server.orders = [open_order(100 + number) for number in range(30)]
    told = run(server.answer)

    assert (len(told.fills or ()), len(told.open_orders or ())) == (30, 30)


def test_old_pages_are_not_read() -> None:
    """Where the newest events come first, reading ends at those that are known."""
    server = Server()
    server.events = [filled(number, "0", NOW + number) for number in range(10 * PAGE_SIZE)]
    since = NOW + 9 * PAGE_SIZE + 50
    told = run(server.answer, Baseline(since_ms=since))

    assert server.asked.count("/order-events") == 2
    assert len(told.fills or ()) == len(told.ended_orders) == 50


def test_in_the_other_order_all_pages_are_read() -> None:
    """What is wanted comes last then, and old pages show nothing."""
    server = Server(newest_first=False)
    server.events = [filled(number, "0", NOW + number) for number in range(3 * PAGE_SIZE)]
    told = run(server.answer, Baseline(since_ms=NOW + 3 * PAGE_SIZE - 5))

    assert len(told.fills or ()) == 5
    assert server.asked.count("/order-events") == 4


def test_rows_that_move_while_pages_are_read() -> None:
    """New events push the others to later pages: they come twice and count once."""
    server = Server()
    server.events = [filled(number, "0", NOW + number) for number in range(PAGE_SIZE)]

    def answer(call: Call) -> Any:
        reply = server.answer(call)
        if call.path == "/order-events" and len(server.events) < PAGE_SIZE + 3:
            server.events.append(filled(1000 + len(server.events), "0", NOW + 5000))
        return reply

    told = run(answer)
    assert len({fill.fill_id for fill in told.fills or ()}) == len(told.fills or ())
    assert len(told.fills or ()) >= PAGE_SIZE


def test_an_open_order_that_moves_to_a_page_that_was_read() -> None:
    """A list of several pages is read twice, and either reading counts."""
    server = Server()
    server.orders = [open_order(number) for number in range(PAGE_SIZE + 10)]
    calls = 0

    def answer(call: Call) -> Any:
        nonlocal calls
        reply = server.answer(call)
        if call.path == "/open-orders":
            calls += 1
            if calls == 1:
                # The order at the head of the second page is at the end of the first one now.
                server.events.append(canceled(0))
                del server.orders[0]
        return reply

    told = run(answer, Baseline(since_ms=0, open_orders={"0": INSTRUMENT}))
    ids = {order.order_id for order in told.open_orders or ()}
    assert str(PAGE_SIZE) in ids


def test_an_order_that_ends_between_two_lists() -> None:
    """It is in neither list, so the events are read once more for it."""
    server = Server()
    server.events = [placed(1)]
    server.before["/open-orders"] = lambda: server.events.append(canceled(1))
    told = run(server.answer, Baseline(since_ms=0, open_orders={"1": INSTRUMENT}))

    assert [order.status for order in told.ended_orders] == ["canceled"]
    assert server.asked.count("/order-events") == 2
    assert told.unchecked == {}


def test_an_order_that_ended_and_is_still_listed() -> None:
    """The end counts: an order that has ended is not open again."""
    server = Server()
    server.events, server.orders = [placed(1), canceled(1)], [open_order(1)]
    told = run(server.answer)

    assert told.open_orders == ()
    assert [order.status for order in told.ended_orders] == ["canceled"]


def test_an_order_that_nobody_knows() -> None:
    """One that was open before and is nowhere is said to be unchecked, and not to have ended."""
    told = run(Server().answer, Baseline(since_ms=0, open_orders={"77": INSTRUMENT}))

    assert told.ended_orders == ()
    assert told.unchecked == {"orders": "not known to the exchange: 77"}


def test_only_ends_that_matter() -> None:
    """An order that ended before the baseline is not told, unless it was believed to be open."""
    server = Server()
    server.events = [
        *(placed(1, NOW), canceled(1), placed(2, NOW), canceled(2)),
        *(placed(3, NOW + 10), canceled(3)),
    ]
    baseline = Baseline(since_ms=NOW + 5, open_orders={"2": INSTRUMENT})

    assert {order.order_id for order in run(server.answer, baseline).ended_orders} == {"2", "3"}


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/order-events", {"fills", "orders"}),
        ("/open-orders", {"orders"}),
        ("/position", {"positions"}),
        ("/collateral", {"balances"}),
    ],
)
def test_a_part_that_fails(path: str, missing: set[str]) -> None:
    """The others go on, and it is said why it is missing."""
    server = Server()

    def answer(call: Call) -> Any:
        if call.path == path:
            raise DeadlineExceeded("no answer")
        return server.answer(call)

    told = run(answer)
    assert set(told.unchecked) == missing
    assert "no answer" in " ".join(told.unchecked.values())
    parts = {
        "fills": told.fills,
        "orders": told.open_orders,
        "positions": told.positions,
        "balances": told.balances,
    }
    assert {name for name, part in parts.items() if part is None} == missing - {"orders"} | (
        missing & {"orders"} if path == "/open-orders" else set()
    )
    assert told.final == frozenset()


def test_what_may_never_be_read() -> None:
    """It is of no use to ask again for what is not permitted."""

    def answer(_: Call) -> Any:
        raise NotPermitted("no", code=403)

    told = run(answer)
    assert told.final >= {"fills", "positions", "balances"}


def test_a_client_that_is_closed() -> None:
    """It ends the plan."""

    def answer(_: Call) -> Any:
        raise ClientClosed("closed")

    with pytest.raises(ClientClosed):
        run(answer)


def test_a_list_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up; no list is read for ever."""
    monkeypatch.setattr(snapshot, "MAX_PAGES", 5)
    server = Server()

    def answer(call: Call) -> Any:
        if call.path != "/order-events":
            return server.answer(call)
        first = int(dict(call.query)["pageNumber"]) * PAGE_SIZE
        return {"orderEvents": [canceled(first + number) for number in range(PAGE_SIZE)]}

    told = run(answer)
    assert told.unchecked["fills"] == f"more than 5 pages of {PAGE_SIZE}"


def test_a_server_that_knows_no_pages() -> None:
    """Whatever page is asked for, the same rows come: that is the end."""
    server = Server()
    server.events = [filled(number, "0", NOW) for number in range(PAGE_SIZE)]

    def answer(call: Call) -> Any:
        query = tuple((name, "0" if name == "pageNumber" else value) for name, value in call.query)
        return server.answer(Call(**{**_members(call), "query": query}))

    assert len(run(answer).fills or ()) == PAGE_SIZE


def _members(call: Call) -> dict[str, Any]:
    return {"operation": call.operation, "method": call.method, "path": call.path}


def test_a_second_look_finds_nothing() -> None:
    """What a mirror has adopted is what the next snapshot tells."""
    server = Server()
    server.events = [placed(1), filled(1, "1"), placed(2), canceled(2)]
    server.orders = [open_order(1)]
    server.positions = {INSTRUMENT: POSITION}
    server.collateral = {"0": "5"}
    mirror = AccountMirror()
    mirror.adopt(run(server.answer))
    again = run(server.answer, mirror.baseline())

    assert not any(mirror.tell_fill(fill) for fill in again.fills or ())
    assert not any(mirror.tell_position(position) for position in again.positions or ())
    assert not any(mirror.tell_balance(balance) for balance in again.balances or ())
    orders = (*(again.open_orders or ()), *again.ended_orders)
    assert {mirror.tell_order(order).value for order in orders} <= {"repeat", "older"}
