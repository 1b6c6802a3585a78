"""The plan that reads the account: its order, its pages, and what it does when a part fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ClientClosed,
    DeadlineExceeded,
    HttpStatusError,
    NotPermitted,
    OrderRejected,
    SixmmError,
    Throttled,
    api_error,
)
from sixmm.state.models import Baseline, Snapshot
from sixmm.venues.base import Call
from sixmm.venues.sixmm.envelope import parse
from sixmm.venues.sixmm.snapshot import (
    MAX_CONDITION_PAGES,
    MAX_LOOKUPS,
    MAX_PAGES,
    PAGE_SIZE,
    snapshot_plan,
)

from .examples import run, success

SINCE = 1_000
NO_SUCH_ORDER = api_error("no such order", code=3003)
DENIED = api_error("denied", code=3006)


def order(order_id: str, status: str = "PENDING", at: int = SINCE) -> dict[str, Any]:
    """Return an order row."""
    return {"orderId": order_id, "symbol": "BTCUSDT", "status": status, "updatedAt": at}


def fill(fill_id: str, order_id: str = "1", at: int = SINCE) -> dict[str, Any]:
    """Return a trade row."""
    return {"fillId": fill_id, "orderId": order_id, "symbol": "BTCUSDT", "createdAt": at}


def condition(
    condition_id: str, status: str = "NEW", at: int = SINCE, made: int = 1
) -> dict[str, Any]:
    """Return a row of a condition order."""
    return {
        "conditionId": condition_id,
        "symbol": "BTCUSDT",
        "conditionStatus": status,
        "createdAt": made,
        "updatedAt": at,
    }


@attrs.define(kw_only=True)
class Exchange:
    """The REST side of an exchange, as ``docs/wire.md`` assumes it.

    ``page_cap`` is how many rows a page has at most, whatever is asked for; ``totals`` is whether
    lists say how long they are; ``fails`` has the error of an operation.
    """

    fills: list[dict[str, Any]] = attrs.Factory(list)
    open: list[dict[str, Any]] = attrs.Factory(list)
    history: list[dict[str, Any]] = attrs.Factory(list)
    single: dict[str, dict[str, Any]] = attrs.Factory(dict)
    waiting: list[dict[str, Any]] = attrs.Factory(list)
    past: list[dict[str, Any]] = attrs.Factory(list)
    page_cap: int = PAGE_SIZE
    totals: bool = True
    fails: Mapping[str, SixmmError] = attrs.Factory(dict)

    def __call__(self, call: Call) -> Any:
        """Answer one call."""
        if call.operation in self.fails:
            return self.fails[call.operation]
        query = dict(call.query)
        if call.operation == "getOrder":
            return self.single.get(query["orderId"], NO_SUCH_ORDER)
        return {
            "getTrades": lambda: self._page(self.fills, "createdAt", query),
            "getOrderHistory": lambda: self._page(self.history, "updatedAt", query),
            "getCurrentOrders": lambda: self._after(query),
            "getCurrentConditionOrders": lambda: self._list(self.waiting, len(self.waiting)),
            "getConditionOrderHistory": lambda: self._page(self.past, "updatedAt", query),
            "getPositions": lambda: {"positions": [{"symbol": "BTCUSDT", "quantity": "1"}]},
            "getUserAsset": lambda: {"userAsset": {"assetType": "USDT", "walletBalance": "5"}},
        }[call.operation]()

    def _page(self, rows: list[dict[str, Any]], time: str, query: dict[str, str]) -> Any:
        size, page = min(int(query["pageSize"]), self.page_cap), int(query["page"])
        kept = [row for row in rows if row[time] >= int(query.get("startTime", "0"))]
        newest = sorted(kept, key=lambda row: row[time], reverse=True)
        return self._list(newest[(page - 1) * size : page * size], len(newest))

    def _after(self, query: dict[str, str]) -> Any:
        ids = [row["orderId"] for row in self.open]
        start = ids.index(query["lastOrderId"]) + 1 if "lastOrderId" in query else 0
        size = min(int(query["limit"]), self.page_cap)
        return self._list(self.open[start : start + size], len(self.open))

    def _list(self, rows: list[dict[str, Any]], total: int) -> Any:
        return {"list": rows, **({"total": total} if self.totals else {})}


def read(exchange: Exchange, **known: Any) -> tuple[Snapshot, list[Call]]:
    """Run the plan against an exchange."""
    plan = snapshot_plan(Baseline(**{"since_ms": SINCE, **known}), now_ms=5_000)
    snapshot, made = run(plan, exchange)
    assert isinstance(snapshot, Snapshot)
    return snapshot, made


def ids(orders: Any) -> list[str]:
    """Return the ids of orders or fills."""
    return [getattr(item, "fill_id", None) or item.order_id for item in orders]


class TestOrderOfCalls:
    """The calls are made in the order that makes the parts fit together."""

    def test_fills_come_first(self) -> None:
        """Fills, orders, positions, balances, condition orders: so orders contain all fills."""
        exchange = Exchange(
            fills=[fill("f1", "1")],
            open=[order("2")],
            single={"1": order("1", "FILLED"), "9": order("9", "CANCELED")},
        )
        snapshot, made = read(exchange, open_orders={"9": "ETHUSDT"})

        assert [call.operation for call in made] == [
            "getTrades",
            "getCurrentOrders",
            "getOrderHistory",
            "getOrder",
            "getOrder",
            "getPositions",
            "getUserAsset",
            "getCurrentConditionOrders",
            "getConditionOrderHistory",
        ]
        assert dict(made[3].query) == {"symbol": "ETHUSDT", "orderId": "9"}
        assert snapshot.as_of_ms == 5_000
        assert snapshot.unchecked == {}

    def test_nothing_writes(self) -> None:
        """A snapshot changes nothing at the exchange."""
        _, made = read(Exchange(fills=[fill("f1")], single={"1": order("1")}))

        assert not any(call.writes for call in made)

    def test_every_part_is_there(self) -> None:
        """An account without anything gives empty parts, not missing ones."""
        snapshot, made = read(Exchange())

        assert (snapshot.fills, snapshot.open_orders, snapshot.ended_orders) == ((), (), ())
        assert snapshot.positions is not None
        assert snapshot.balances is not None
        assert (snapshot.conditions, snapshot.ended_conditions) == ((), ())
        assert len(made) == 7


class TestFills:
    """Trades since the baseline."""

    def test_oldest_first(self) -> None:
        """The list comes newest first and is told oldest first."""
        rows = [fill(f"f{at}", at=at) for at in (1_003, 1_001, 1_002)]
        snapshot, _ = read(Exchange(fills=rows, open=[order("1")]))

        assert ids(snapshot.fills) == ["f1001", "f1002", "f1003"]

    def test_the_bound_is_included(self) -> None:
        """A trade of the very millisecond counts, an earlier one does not."""
        rows = [fill("at", at=SINCE), fill("before", at=SINCE - 1)]
        snapshot, made = read(Exchange(fills=rows, open=[order("1")]))

        assert ids(snapshot.fills) == ["at"]
        assert dict(made[0].query)["startTime"] == str(SINCE - 1)

    def test_no_bound_for_the_beginning(self) -> None:
        """A baseline of zero asks without a start."""
        _, made = read(Exchange(), since_ms=0)

        assert "startTime" not in dict(made[0].query)

    def test_rows_that_shift_while_pages_are_read(self) -> None:
        """A trade that comes in between moves rows to the next page; none is lost or told twice."""
        exchange = Exchange(
            fills=[fill(f"f{n}", at=SINCE + n) for n in range(150)], open=[order("1")]
        )

        def answer(call: Call) -> Any:
            reply = exchange(call)
            if call.operation == "getTrades":
                exchange.fills.append(fill(f"g{len(exchange.fills)}", at=SINCE + 500))
            return reply

        snapshot, _ = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)
        told = ids(snapshot.fills)

        assert len(set(told)) == len(told)
        assert {f"f{n}" for n in range(150)} <= set(told)

    def test_stops_at_what_is_older(self) -> None:
        """Where the exchange ignores the start, a page of old rows ends the list."""
        old = [fill(f"f{n}", at=1) for n in range(1_000)]
        exchange = Exchange(fills=old)

        def answer(call: Call) -> Any:
            return exchange(
                attrs.evolve(call, query=tuple(p for p in call.query if p[0] != "startTime"))
            )

        snapshot, made = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)

        assert snapshot.fills == ()
        assert sum(call.operation == "getTrades" for call in made) == 1


class TestPages:
    """Lists that are longer than a page."""

    @given(st.integers(0, 260), st.integers(30, 100), st.booleans(), st.integers(0, 260))
    def test_all_rows_are_read(self, fills: int, cap: int, totals: bool, opened: int) -> None:
        """Whatever a page holds, and whether or not lists tell their length, nothing is missing.

        Where a list does not tell its length, a page that is short of what was asked for ends it,
        so then pages are as long as they were asked to be.
        """
        exchange = Exchange(
            fills=[fill(f"f{n}", at=SINCE + n) for n in range(fills)],
            open=[order(str(n)) for n in range(opened)],
            history=[order(f"h{n}", "CANCELED", SINCE + n) for n in range(fills)],
            single={"1": order("1")},
            page_cap=cap if totals else PAGE_SIZE,
            totals=totals,
        )
        snapshot, _ = read(exchange)

        assert snapshot.fills is not None
        assert snapshot.open_orders is not None
        assert ids(snapshot.fills) == [f"f{n}" for n in range(fills)]
        assert {str(n) for n in range(opened)} <= set(ids(snapshot.open_orders))
        assert len(snapshot.ended_orders) == fills
        assert snapshot.unchecked == {}

    def test_bounded(self) -> None:
        """A list that does not end is given up and told, and the other parts go on."""
        endless = {"getTrades": 0, "getCurrentOrders": 0}
        exchange = Exchange()

        def answer(call: Call) -> Any:
            if call.operation not in endless:
                return exchange(call)
            endless[call.operation] += 1
            start = endless[call.operation] * PAGE_SIZE
            make = fill if call.operation == "getTrades" else order
            return {"list": [make(str(start + n)) for n in range(PAGE_SIZE)]}

        snapshot, _ = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)

        assert endless == {"getTrades": MAX_PAGES, "getCurrentOrders": MAX_PAGES}
        assert (snapshot.fills, snapshot.open_orders) == (None, None)
        assert set(snapshot.unchecked) == {"fills", "orders"}
        assert "rows" in snapshot.unchecked["fills"]
        assert snapshot.balances is not None

    @pytest.mark.parametrize(
        ("operation", "part"), [("getCurrentOrders", "orders"), ("getTrades", "fills")]
    )
    def test_a_list_that_repeats_itself(self, operation: str, part: str) -> None:
        """A cursor or page that the exchange ignores leads neither in circles nor to silence."""
        exchange = Exchange(
            open=[order(str(n)) for n in range(30)],
            fills=[fill(f"f{n}", str(n)) for n in range(30)],
        )

        def answer(call: Call) -> Any:
            reply = exchange(call)
            return {**reply, "list": reply["list"][:20]} if call.operation == operation else reply

        def repeated(call: Call) -> Any:
            drop = ("lastOrderId", "page") if call.operation == operation else ()
            query = dict(pair for pair in call.query if pair[0] not in drop)
            page = {"page": "1"} if "page" in drop and "pageSize" in query else {}
            return answer(attrs.evolve(call, query=tuple({**query, **page}.items())))

        snapshot, made = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), repeated)

        assert snapshot.unchecked[part] == "only 20 of 30 rows could be read"
        assert sum(call.operation == operation for call in made) == 2

    def test_rows_that_come_or_go_meanwhile(self) -> None:
        """A trade that comes in, or an order that ends, between two pages is no gap."""
        exchange = Exchange(
            open=[order(str(n)) for n in range(150)],
            fills=[fill(f"f{n}", str(n), at=SINCE + n) for n in range(150)],
        )

        def answer(call: Call) -> Any:
            reply = exchange(call)
            if call.operation == "getCurrentOrders":
                del exchange.open[-1:]
            if call.operation == "getTrades":
                exchange.fills.append(fill(f"g{len(exchange.fills)}", "0", at=SINCE + 500))
            return reply

        snapshot, _ = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)

        assert set(snapshot.unchecked) <= {"orders"}
        assert "rows" not in snapshot.unchecked.get("orders", "")
        assert len(snapshot.open_orders) == 149


class TestEndedOrders:
    """Orders that ended since the baseline, as far as they can be learnt."""

    def test_from_history_and_by_asking(self) -> None:
        """History first; then each order that was open or has an unseen fill, and is in no list."""
        exchange = Exchange(
            fills=[fill("seen", "3"), fill("f4", "4")],
            open=[order("1")],
            history=[order("2", "CANCELED")],
            single={"4": order("4", "FILLED"), "5": order("5", "REJECTED")},
        )
        snapshot, made = read(
            exchange,
            open_orders={"1": "BTCUSDT", "2": "BTCUSDT", "5": "BTCUSDT"},
            fills=frozenset({"seen"}),
        )

        assert ids(snapshot.open_orders) == ["1"]
        assert sorted(ids(snapshot.ended_orders)) == ["2", "4", "5"]
        asked = [dict(call.query)["orderId"] for call in made if call.operation == "getOrder"]
        assert sorted(asked) == ["4", "5"]

    def test_one_that_is_still_open(self) -> None:
        """An order that the list missed but the look-up finds open is an open order."""
        snapshot, _ = read(Exchange(single={"5": order("5")}), open_orders={"5": "BTCUSDT"})

        assert ids(snapshot.open_orders) == ["5"]
        assert snapshot.ended_orders == ()

    def test_one_that_ended_in_between(self) -> None:
        """An order in both lists has ended, because the history was read later."""
        snapshot, _ = read(Exchange(open=[order("1")], history=[order("1", "FILLED")]))

        assert snapshot.open_orders == ()
        assert ids(snapshot.ended_orders) == ["1"]

    def test_history_may_hold_open_orders(self) -> None:
        """Only what has ended is taken from the history."""
        snapshot, _ = read(Exchange(open=[order("1")], history=[order("1"), order("2")]))

        assert ids(snapshot.open_orders) == ["1"]
        assert snapshot.ended_orders == ()

    def test_an_order_that_nobody_knows(self) -> None:
        """Code 3003 is noted with the order, and the others are still asked for (rule 103)."""
        snapshot, _ = read(
            Exchange(single={"6": order("6", "FILLED")}),
            open_orders={"5": "BTCUSDT", "6": "BTCUSDT"},
        )

        assert ids(snapshot.ended_orders) == ["6"]
        assert snapshot.unchecked == {"orders": "not known to the exchange: 5"}
        assert snapshot.open_orders == ()

    def test_many_orders_that_nobody_knows(self) -> None:
        """The note about them stays one short line."""
        snapshot, _ = read(Exchange(), open_orders={str(n): "BTCUSDT" for n in range(MAX_LOOKUPS)})

        assert snapshot.unchecked["orders"].isprintable()
        assert len(snapshot.unchecked["orders"]) <= 200

    def test_an_order_without_a_symbol_cannot_be_asked_for(self) -> None:
        """A look-up needs the symbol (rule 52); without it the order is noted."""
        snapshot, made = read(Exchange(), open_orders={"5": ""})

        assert "order 5" in snapshot.unchecked["orders"]
        assert not any(call.operation == "getOrder" for call in made)

    def test_look_ups_are_bounded(self) -> None:
        """Not more than a hundred orders are asked for one by one; the rest is noted."""
        known = {str(n): "BTCUSDT" for n in range(MAX_LOOKUPS + 7)}
        exchange = Exchange(single={key: order(key, "CANCELED") for key in known})
        snapshot, made = read(exchange, open_orders=known)

        assert sum(call.operation == "getOrder" for call in made) == MAX_LOOKUPS
        assert "7 more orders" in snapshot.unchecked["orders"]

    def test_look_ups_stop_where_the_exchange_does_not_answer(self) -> None:
        """A throttled look-up is not followed by ninety-nine others (rule 108)."""
        known = {str(n): "BTCUSDT" for n in range(50)}
        exchange = Exchange(fails={"getOrder": api_error("slow down", code=5003)})
        snapshot, made = read(exchange, open_orders=known)

        assert sum(call.operation == "getOrder" for call in made) == 1
        assert "Throttled" in snapshot.unchecked["orders"]


class TestConditionOrders:
    """Condition orders that wait, and those that wait no more (rules 50, 57, 111)."""

    def test_waiting_and_ended(self) -> None:
        """From the two lists; the history is asked from its top, and what is old is left out."""
        exchange = Exchange(
            waiting=[condition("1"), condition("2", "ODD")],
            past=[condition("3", "CANCELED", SINCE + 1), condition("4", "TRIGGERED", SINCE - 1)],
        )
        snapshot, made = read(exchange, conditions={"1": 1})

        assert snapshot.conditions is not None
        assert [(c.condition_id, c.is_waiting) for c in snapshot.conditions] == [
            ("1", True),
            ("2", True),
        ]
        assert [(c.condition_id, c.status) for c in snapshot.ended_conditions] == [
            ("3", "CANCELED")
        ]
        assert dict(made[-1].query) == {"page": "1", "pageSize": str(PAGE_SIZE)}
        assert snapshot.unchecked == {}

    def test_one_that_is_sought_is_found_however_old(self) -> None:
        """The list may be sorted by when they were made: it is read on until that is too old."""
        past = [condition(f"o{n}", "CANCELED", SINCE - 500 - n, 400 - n) for n in range(350)]
        past[250] = condition("5", "TRIGGERED", SINCE - 750, 150)
        snapshot, made = read(Exchange(past=past), conditions={"5": 150})

        assert [c.condition_id for c in snapshot.ended_conditions] == ["5"]
        assert sum(call.operation == "getConditionOrderHistory" for call in made) == 3

    def test_no_more_pages_than_are_needed(self) -> None:
        """A page of old rows ends it where none is sought, whatever follows."""
        past = [condition(f"o{n}", "CANCELED", SINCE - 1 - n) for n in range(350)]
        snapshot, made = read(Exchange(past=past), conditions={})

        assert snapshot.ended_conditions == ()
        assert sum(call.operation == "getConditionOrderHistory" for call in made) == 1

    def test_since_when(self) -> None:
        """They have a moment of their own, because no push tells of them."""
        exchange = Exchange(past=[condition("3", "CANCELED", SINCE - 5)])

        assert read(exchange)[0].ended_conditions == ()
        ended = read(exchange, conditions_since_ms=SINCE - 5)[0].ended_conditions
        assert [c.condition_id for c in ended] == ["3"]

    def test_one_in_both_lists_has_ended(self) -> None:
        """The history was read later; what is still new there is no end."""
        snapshot, _ = read(
            Exchange(
                waiting=[condition("1"), condition("2")],
                past=[condition("1", "TRIGGERED", SINCE + 1), condition("2")],
            )
        )

        assert snapshot.conditions is not None
        assert [c.condition_id for c in snapshot.conditions] == ["2"]
        assert [c.condition_id for c in snapshot.ended_conditions] == ["1"]

    def test_one_that_is_listed_no_more(self) -> None:
        """It waits no more, and nobody knows why: both are said."""
        snapshot, _ = read(Exchange(waiting=[condition("1")]), conditions={"1": 1, "2": 1})

        [gone] = snapshot.ended_conditions
        assert (gone.condition_id, gone.status, gone.is_waiting) == ("2", "", False)
        assert snapshot.unchecked == {"conditions": "listed no more: 2"}

    def test_where_the_history_fails_nothing_is_concluded(self) -> None:
        """One that is missing from the other list may have become anything."""
        snapshot, _ = read(
            Exchange(fails={"getConditionOrderHistory": api_error("down", code=5002)}),
            conditions={"2": 1},
        )

        assert snapshot.ended_conditions == ()
        assert set(snapshot.unchecked) == {"conditions"}

    def test_a_list_that_is_not_whole(self) -> None:
        """It comes in one part: where that is not all of it, it is not known."""
        exchange = Exchange(waiting=[condition("1")])

        def answer(call: Call) -> Any:
            reply = exchange(call)
            whole = call.operation != "getCurrentConditionOrders"
            return reply if whole else {**reply, "total": 2}

        snapshot, _ = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)

        assert snapshot.conditions is None
        assert snapshot.unchecked == {"conditions": "only 1 of 2 rows could be read"}

    def test_bounded(self) -> None:
        """A history that does not end is given up and told."""
        pages = 0

        def answer(call: Call) -> Any:
            nonlocal pages
            if call.operation != "getConditionOrderHistory":
                return Exchange()(call)
            pages += 1
            start = pages * PAGE_SIZE
            rows = [condition(str(start + n), "CANCELED") for n in range(PAGE_SIZE)]
            return {"list": rows}

        snapshot, _ = run(snapshot_plan(Baseline(since_ms=SINCE), now_ms=1), answer)

        assert pages == MAX_CONDITION_PAGES
        assert set(snapshot.unchecked) == {"conditions"}
        assert snapshot.ended_conditions == ()


FAILURES: list[SixmmError] = [
    DENIED,
    api_error("slow down", code=5003, http_status=429),
    api_error("down", code=5002),
    api_error("odd", code=42),
    HttpStatusError("HTTP 502 without an envelope", http_status=502),
    DeadlineExceeded("no answer within 10 s"),
]
PARTS = {
    "getTrades": "fills",
    "getCurrentOrders": "orders",
    "getOrderHistory": "orders",
    "getPositions": "positions",
    "getUserAsset": "balances",
    "getCurrentConditionOrders": "conditions",
    "getConditionOrderHistory": "conditions",
}

SECOND_HALF = {
    "getCurrentOrders": "getOrderHistory",
    "getCurrentConditionOrders": "getConditionOrderHistory",
}
"""The call that is not made where the first one of its part fails."""


class TestFailures:
    """A part that cannot be read does not spoil the others."""

    @pytest.mark.parametrize("error", FAILURES, ids=repr)
    @pytest.mark.parametrize(("operation", "part"), PARTS.items())
    def test_a_part_is_noted(self, operation: str, part: str, error: SixmmError) -> None:
        """The part says why in one line, and every other part is read."""
        exchange = Exchange(open=[order("1")], fails={operation: error})
        snapshot, made = read(exchange)

        assert set(snapshot.unchecked) == {part}
        assert type(error).__name__ in snapshot.unchecked[part]
        assert snapshot.unchecked[part].isprintable()
        wanted = set(PARTS) - {SECOND_HALF.get(operation)}
        assert {call.operation for call in made} == wanted
        missing = {
            "fills": snapshot.fills,
            "orders": snapshot.open_orders,
            "positions": snapshot.positions,
            "balances": snapshot.balances,
            "conditions": snapshot.conditions,
        }
        whole = operation not in SECOND_HALF.values()
        assert (missing.pop(part) is None) is whole
        assert None not in missing.values()

    def test_all_parts_may_fail(self) -> None:
        """Where nothing can be read, every part says so."""
        snapshot, _ = read(Exchange(fails=dict.fromkeys(PARTS, DENIED)))

        assert set(snapshot.unchecked) == set(PARTS.values())
        assert isinstance(DENIED, NotPermitted)

    def test_a_wrong_row_is_a_failed_part(self) -> None:
        """A reply that is not what the schema says is noted with the path of the field."""

        def answer(call: Call) -> Any:
            if call.operation == "getUserAsset":
                return {"userAsset": {"assetType": "USDT", "walletBalance": 5}}
            return Exchange()(call)

        snapshot, _ = run_decoding(snapshot_plan(Baseline(since_ms=1), now_ms=1), answer)

        assert "$.data.userAsset.walletBalance" in snapshot.unchecked["balances"]

    @pytest.mark.parametrize("operation", [*PARTS, "getOrder"])
    @pytest.mark.parametrize(
        "error", [api_error("Invalid token", code=1003), ClientClosed("closed")], ids=repr
    )
    def test_a_refused_credential_ends_the_plan(self, operation: str, error: SixmmError) -> None:
        """Nothing else would be answered either, so the error goes to whoever runs the plan."""
        exchange = Exchange(fails={operation: error})

        with pytest.raises((AuthenticationError, ClientClosed)) as caught:
            read(exchange, open_orders={"1": "BTCUSDT"})
        assert caught.value is error

    def test_errors_are_the_ones_meant(self) -> None:
        """The samples are of the classes that the tests speak of."""
        assert isinstance(NO_SUCH_ORDER, OrderRejected)
        assert isinstance(FAILURES[1], Throttled)
        assert type(FAILURES[3]) is ApiError

    def test_a_plan_can_be_dropped(self) -> None:
        """Closing the plan in the middle ends it without a complaint."""
        plan = snapshot_plan(Baseline(since_ms=1), now_ms=1)
        next(plan)
        plan.close()


def run_decoding(plan: Any, answer: Any) -> Any:
    """Run a plan; an error of decoding a reply is thrown into it, as the engine does."""
    try:
        call, made = next(plan), []
        while True:
            made.append(call)
            try:
                result = parse(call, success(answer(call)))
            except SixmmError as error:
                call = plan.throw(error)
            else:
                call = plan.send(result)
    except StopIteration as stop:
        return stop.value, made
