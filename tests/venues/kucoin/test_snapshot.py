"""The plans that read spot, futures and unified accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from sixmm.errors import (
    AuthenticationError,
    DeadlineExceeded,
    NotPermitted,
    OrderNotFound,
    SixmmError,
)
from sixmm.state.account import AccountMirror
from sixmm.state.models import Baseline, Snapshot
from sixmm.stream.reconcile import AccountChange, OrderChange, reconcile
from sixmm.venues.base import Call, Plan
from sixmm.venues.kucoin import decode
from sixmm.venues.kucoin.calls import KuCoinCall
from sixmm.venues.kucoin.facts import facts_of
from sixmm.venues.kucoin.hosts import Host
from sixmm.venues.kucoin.rest_events import order_event, partly_filled
from sixmm.venues.kucoin.snapshot import (
    futures_snapshot_plan,
    pro_snapshot_plan,
    spot_snapshot_plan,
)

from .examples import push
from .rest import run

SINCE = 1_700_000_000_000
NOW = SINCE + 60_000
MISSING = OrderNotFound("order not exist", code=400_100)


def order(order_id: str, symbol: str = "A-B", **more: Any) -> dict[str, Any]:
    """Return an order row of spot or futures."""
    return {"id": order_id, "symbol": symbol, "size": "1", "dealSize": "0", **more}


def fill(trade_id: int, order_id: str = "1", symbol: str = "A-B", at: int = SINCE) -> Any:
    """Return a fill row of spot."""
    return {
        "id": trade_id,
        "tradeId": trade_id,
        "orderId": order_id,
        "symbol": symbol,
        "size": "1",
        "fee": "0.1",
        "createdAt": at,
    }


@attrs.define(kw_only=True)
class Exchange:
    """Rows by operation, or by operation and symbol; ``fails`` has the errors of operations."""

    rows: Mapping[str, Any] = attrs.Factory(dict)
    fails: Mapping[str, SixmmError] = attrs.Factory(dict)

    def __call__(self, call: Call) -> Any:
        """Answer one call."""
        if call.operation in self.fails:
            return self.fails[call.operation]
        query = dict(call.query)
        symbol = query.get("symbol") or query.get("tradeType") or query.get("currency") or ""
        found = self.rows.get(f"{call.operation} {symbol}", self.rows.get(call.operation))
        if call.operation.endswith(("Order",)):
            return self.rows.get(f"{call.operation} {call.path.rpartition('/')[2]}", MISSING)
        return self._reply(call, query, found)

    def _reply(self, call: Call, query: dict[str, str], found: Any) -> Any:
        name = call.operation
        if name.endswith("ActiveSymbols"):
            return {"symbols": found or []}
        if name in ("spotDoneOrders", "spotFills", "marginDoneOrders", "marginFills") or (
            name in ("proFills", "proOrderHistory")
        ):
            # One row in a reply, so that every list takes several.
            start = int(query.get("lastId", "0"))
            rows = (found or [])[start : start + 1]
            return {"lastId": start + len(rows), "items": rows}
        if name in ("futuresOrders", "futuresFills", "proOpenOrders"):
            page = int(query.get("currentPage") or query.get("pageNumber") or "1")
            rows = found or []
            if name == "futuresOrders":
                rows = [row for row in rows if row["isActive"] is (query["status"] == "active")]
            return {"items": rows[page - 1 : page], "totalNum": len(rows)}
        empty = {
            "crossMargin": {"accounts": []},
            "isolatedMargin": {"assets": []},
            "futuresAccount": {"currency": query.get("currency"), "marginBalance": 5},
            "proBalances": {"accounts": []},
        }
        return found if found is not None else empty.get(name, [])


def read(plan: Plan[Snapshot], exchange: Exchange) -> tuple[Snapshot, list[Call]]:
    """Run a plan against an exchange."""
    snapshot, made = run(plan, exchange)
    assert isinstance(snapshot, Snapshot)
    return snapshot, made


def base(**known: Any) -> Baseline:
    """Return what is known before."""
    return Baseline(since_ms=SINCE, **known)


def ids(rows: Any) -> list[str]:
    """Return the ids of orders."""
    return [row.order_id for row in rows]


class TestSpot:
    """The spot account."""

    def test_whole(self) -> None:
        """Fills, open orders, ended orders and balances, of each symbol that is known."""
        exchange = Exchange(
            rows={
                "spotActiveSymbols": ["C-D"],
                "spotActiveOrders C-D": [order("2", "C-D")],
                "spotFills A-B": [fill(8, "1", at=SINCE + 2), fill(7, "1", at=SINCE + 1)],
                "spotDoneOrders A-B": [order("1", dealSize="1", active=False)],
                "spotAccounts": [{"currency": "B", "type": "trade", "balance": "5", "holds": "0"}],
            }
        )
        plan = spot_snapshot_plan(base(open_orders={"1": "A-B"}), now_ms=NOW, symbols=["E-F"])
        snapshot, made = read(plan, exchange)

        assert dict(snapshot.unchecked) == {}
        assert [row.fill_id for row in snapshot.fills or ()] == ["A-B:7:1", "A-B:8:1"]
        assert ids(snapshot.open_orders) == ["2"]
        assert [(row.order_id, row.status) for row in snapshot.ended_orders] == [("1", "filled")]
        assert [row.asset for row in snapshot.balances or ()] == ["trade:B"]
        assert (snapshot.positions, snapshot.as_of_ms) == (None, NOW)
        kinds = list(dict.fromkeys(call.operation for call in made))
        assert kinds == [
            "spotActiveSymbols",
            "spotFills",
            "spotActiveOrders",
            "spotDoneOrders",
            "spotAccounts",
        ]
        symbols = {dict(call.query)["symbol"] for call in made if call.operation == "spotFills"}
        assert symbols == {"A-B", "C-D", "E-F"}

    def test_looked_up(self) -> None:
        """An order that is in no list is asked for; one that nobody knows is noted."""
        exchange = Exchange(rows={"spotOrder 1": order("1", active=False)})
        known = {"1": "A-B", "9": "A-B", "futures": "XBTUSDTM"}
        snapshot, made = read(spot_snapshot_plan(base(open_orders=known), now_ms=NOW), exchange)

        assert ids(snapshot.ended_orders) == ["1"]
        assert dict(snapshot.unchecked) == {"orders": "not known to the exchange: 9"}
        assert not [call for call in made if "futures" in call.path]

    def test_an_unseen_fill(self) -> None:
        """The order of a fill that nobody knew is asked for, too."""
        exchange = Exchange(
            rows={"spotFills A-B": [fill(7, "5")], "spotOrder 5": order("5", active=True)}
        )
        snapshot, _ = read(spot_snapshot_plan(base(), now_ms=NOW, symbols=["A-B"]), exchange)

        assert ids(snapshot.open_orders) == ["5"]

    def test_ended_meanwhile(self) -> None:
        """An order that is in both lists has ended: the history was read later."""
        exchange = Exchange(
            rows={
                "spotActiveSymbols": ["A-B"],
                "spotActiveOrders": [order("1")],
                "spotDoneOrders": [order("1", dealSize="1")],
            }
        )
        snapshot, _ = read(spot_snapshot_plan(base(), now_ms=NOW), exchange)

        assert (ids(snapshot.open_orders), ids(snapshot.ended_orders)) == ([], ["1"])

    def test_old_fills(self) -> None:
        """A fill from before is not told, though the span that is asked for begins earlier."""
        exchange = Exchange(rows={"spotFills": [fill(7, at=SINCE), fill(6, at=SINCE - 1)]})
        plan = spot_snapshot_plan(base(), now_ms=NOW, symbols=["A-B"])

        assert [row.trade_id for row in read(plan, exchange)[0].fills or ()] == ["7"]

    def test_margin(self) -> None:
        """Where it is asked for, margin orders, fills and accounts are read as well."""
        exchange = Exchange(
            rows={
                "marginActiveSymbols MARGIN_TRADE": ["A-B"],
                "marginActiveOrders": [order("3")],
                "marginFills": [fill(9, "3")],
                "marginOrder 4": order("4", active=False),
                "spotAccounts": [
                    {"currency": "B", "type": "margin", "balance": "1"},
                    {"currency": "B", "type": "main", "balance": "2"},
                ],
                "crossMargin": {"accounts": [{"currency": "B", "total": "3"}]},
                "isolatedMargin": {
                    "assets": [{"symbol": "A-B", "quoteAsset": {"currency": "B", "total": "4"}}]
                },
            }
        )
        plan = spot_snapshot_plan(base(open_orders={"4": "A-B"}), now_ms=NOW, margin=True)
        snapshot, made = read(plan, exchange)

        assert (ids(snapshot.open_orders), ids(snapshot.ended_orders)) == (["3"], ["4"])
        assert [(row.asset, row.wallet) for row in snapshot.balances or ()] == [
            ("main:B", 2),
            ("margin:B", 3),
            ("isolated_A-B:B", 4),
        ]
        assert {"MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"} == {
            dict(call.query)["tradeType"] for call in made if "tradeType" in dict(call.query)
        }

    def test_without_symbols(self) -> None:
        """Where the symbols cannot be read, orders are not told, and known symbols are."""
        exchange = Exchange(
            rows={"spotFills": [fill(7)]}, fails={"spotActiveSymbols": DeadlineExceeded("late")}
        )
        snapshot, _ = read(spot_snapshot_plan(base(), now_ms=NOW, symbols=["A-B"]), exchange)

        assert snapshot.open_orders is None
        assert len(snapshot.fills or ()) == 1
        assert set(snapshot.unchecked) == {"orders"}

    @pytest.mark.parametrize(
        ("operation", "part"),
        [
            ("spotFills", "fills"),
            ("spotActiveOrders", "orders"),
            ("spotDoneOrders", "orders"),
            ("spotAccounts", "balances"),
        ],
    )
    def test_a_part_fails(self, operation: str, part: str) -> None:
        """A part that fails is told and leaves the others alone."""
        exchange = Exchange(fails={operation: NotPermitted("no", code=400_007)})
        snapshot, _ = read(spot_snapshot_plan(base(), now_ms=NOW, symbols=["A-B"]), exchange)

        assert set(snapshot.unchecked) == set(snapshot.final) == {part}

    def test_too_long_ago(self) -> None:
        """What is too long ago is told as a part that was not read."""
        plan = spot_snapshot_plan(Baseline(since_ms=1), now_ms=NOW, symbols=["A-B"])
        snapshot, _ = read(plan, Exchange())

        assert "weeks ago" in snapshot.unchecked["fills"]

    def test_fills_of_one_millisecond(self) -> None:
        """The list has the newest first; they are told in the order of their ids."""
        rows = [fill(100, at=SINCE + 1), fill(99, at=SINCE + 1), fill(98, at=SINCE + 1)]
        exchange = Exchange(rows={"spotActiveSymbols": ["A-B"], "spotFills A-B": rows})
        snapshot, _ = read(spot_snapshot_plan(base(), now_ms=NOW), exchange)

        assert [row.trade_id for row in snapshot.fills or ()] == ["98", "99", "100"]


class TestFutures:
    """The futures account."""

    def test_whole(self) -> None:
        """Everything goes to the host of the futures; the open orders are asked for as such."""
        exchange = Exchange(
            rows={
                "futuresFills": [
                    {"tradeId": str(n), "orderId": "1", "symbol": "X", "createdAt": SINCE + n}
                    for n in (3, 2)
                ],
                "futuresOrders": [
                    order("1", "X", isActive=True, dealSize=1, size=2),
                    order("2", "X", isActive=False, dealSize=2, size=2),
                ],
                "futuresOrder 9": order("9", "X", isActive=False),
                "futuresPositions": [{"symbol": "X", "currentQty": -1}],
            }
        )
        known = {"9": "X", "spot": "A-B"}
        plan = futures_snapshot_plan(base(open_orders=known), now_ms=NOW, currencies=["USDT"])
        snapshot, made = read(plan, exchange)

        assert dict(snapshot.unchecked) == {}
        assert [row.trade_id for row in snapshot.fills or ()] == ["2", "3"]
        assert [(row.order_id, row.status) for row in snapshot.open_orders or ()] == [
            ("1", "match")
        ]
        assert ids(snapshot.ended_orders) == ["2", "9"]
        assert [row.quantity for row in snapshot.positions or ()] == [-1]
        assert [row.asset for row in snapshot.balances or ()] == ["futures:USDT"]
        assert all(isinstance(call, KuCoinCall) and call.host is Host.FUTURES for call in made)

    def test_wallets(self) -> None:
        """A contract may be settled in a coin of its own, whose wallet is read as well."""
        position = {"symbol": "ETHUSDM", "settleCurrency": "ETH"}
        exchange = Exchange(rows={"futuresPositions": [position]})
        snapshot, _ = read(futures_snapshot_plan(base(), now_ms=NOW), exchange)

        wallets = [row.asset for row in snapshot.balances or ()]
        assert wallets == [f"futures:{one}" for one in ("ETH", "USDC", "USDT", "XBT")]

    def test_a_refused_credential(self) -> None:
        """A refused credential ends the plan."""
        exchange = Exchange(fails={"futuresFills": AuthenticationError("no", code=400_003)})
        with pytest.raises(AuthenticationError):
            read(futures_snapshot_plan(base(), now_ms=NOW), exchange)

    def test_an_order_that_is_not_found_yet(self) -> None:
        """An order that the exchange does not find, which may be too new, is noted."""
        plan = futures_snapshot_plan(base(open_orders={"9": "X"}), now_ms=NOW)

        assert "not known" in read(plan, Exchange())[0].unchecked["orders"]


class TestUnified:
    """The unified account."""

    def test_whole(self) -> None:
        """Orders and fills are asked for by market, the rest for the account."""
        exchange = Exchange(
            rows={
                "proFills SPOT": [{"tradeId": 1, "orderId": "1", "symbol": "A-B"}],
                "proFills FUTURES": [{"tradeId": 2, "orderId": "0", "symbol": "X"}],
                "proOpenOrders FUTURES": [{"orderId": "5", "symbol": "X", "status": 2}],
                "proOrderHistory SPOT": [{"orderId": "1", "symbol": "A-B", "status": 3}],
                "proPositions": [{"symbol": "X", "size": "1"}],
                "proBalances": {
                    "accountType": "UNIFIED",
                    "accounts": [{"currencies": [{"currency": "B", "balance": "1"}]}],
                },
            }
        )
        snapshot, _ = read(pro_snapshot_plan(base(), now_ms=NOW), exchange)

        assert dict(snapshot.unchecked) == {}
        assert len(snapshot.fills or ()) == 2
        assert (ids(snapshot.open_orders), ids(snapshot.ended_orders)) == (["5"], ["1"])
        assert [row.key for row in snapshot.positions or ()] == [("X", "BOTH")]
        assert [row.asset for row in snapshot.balances or ()] == ["unified:B"]

    def test_looked_up(self) -> None:
        """An order is asked for in the market of its symbol."""
        exchange = Exchange(
            rows={"proOrder detail": {"orderId": "7", "symbol": "A-B", "status": 5}}
        )
        plan = pro_snapshot_plan(base(open_orders={"7": "A-B"}), now_ms=NOW, markets=["SPOT"])
        snapshot, made = read(plan, exchange)

        assert ids(snapshot.ended_orders) == ["7"]
        asked = [dict(call.query) for call in made if call.operation == "proOrder"]
        assert asked == [{"tradeType": "SPOT", "symbol": "A-B", "orderId": "7"}]


class TestAfterAReconnect:
    """The snapshots and the messages fit together: what was told is no news, what was missed is."""

    SPOT = ("/spotMarket/tradeOrdersV2", "A-B")
    FUTURES = ("/contractMarket/tradeOrders", "X")

    def told(self, topic: str, symbol: str, messages: int) -> AccountMirror:
        """Return the mirror after the first messages about an order that is filled in two parts."""
        common = {"orderId": "1", "symbol": symbol, "size": "1", "price": "2", "side": "buy"}
        match = {"type": "match", "matchPrice": "2"}
        life = [
            {"type": "open", "status": "open", "filledSize": "0"},
            {**match, "status": "open", "filledSize": "0.4", "matchSize": "0.4", "tradeId": "7"},
            {**match, "status": "match", "filledSize": "1", "matchSize": "0.6", "tradeId": "8"},
            {"type": "filled", "status": "done", "filledSize": "1"},
        ]
        mirror = AccountMirror()
        mirror.begin(SINCE)
        mirror.mark_checked(SINCE)
        for n, data in enumerate(life[:messages]):
            text = push(topic, "orderChange", {**common, **data, "ts": (SINCE + n) * 10**6})
            facts = facts_of(decode(text))
            assert facts is not None
            mirror.apply(facts)
        return mirror

    def rows(self, symbol: str) -> Exchange:
        """Return the exchange after the whole life of the order."""
        fills = [
            {**fill(7, at=SINCE + 1), "symbol": symbol, "size": "0.4", "price": "2"},
            {**fill(8, at=SINCE + 2), "symbol": symbol, "size": "0.6", "price": "2"},
        ]
        ended = {"dealSize": "1", "filledSize": "1", "isActive": False, "price": "2", "side": "buy"}
        done = [order("1", symbol, **ended)]
        return Exchange(
            rows={
                "spotFills": fills,
                "spotDoneOrders": done,
                "futuresFills": fills,
                "futuresOrders": done,
            }
        )

    def changes(self, where: tuple[str, str], messages: int) -> list[OrderChange]:
        """Return what a comparison tells after the first messages."""
        mirror = self.told(*where, messages)
        known = mirror.baseline()
        spot = spot_snapshot_plan(known, now_ms=NOW, symbols=["A-B"])
        plan = spot if where is self.SPOT else futures_snapshot_plan(known, now_ms=NOW)
        snapshot = attrs.evolve(read(plan, self.rows(where[1]))[0], balances=None)
        found = reconcile(mirror, snapshot, [], partly_filled=partly_filled)
        orders = [change for change in found if not isinstance(change, AccountChange)]
        assert len(orders) == len(found)
        return orders

    @pytest.mark.parametrize("where", [SPOT, FUTURES])
    def test_nothing_was_missed(self, where: tuple[str, str]) -> None:
        """Where every message came, the rows of the same state are no news."""
        assert self.changes(where, 4) == []

    @pytest.mark.parametrize("where", [SPOT, FUTURES])
    @pytest.mark.parametrize("messages", [0, 1, 2])
    def test_fills_were_missed(self, where: tuple[str, str], messages: int) -> None:
        """Each missed fill is told once, with its fee, and the last one ends the order."""
        found = self.changes(where, messages)
        events: list[Any] = [
            order_event(change.order, change.fill, topic=where[0], received_at=NOW)
            for change in found
        ]

        missed = ["7", "8"][max(0, messages - 1) :]
        assert [event.trade_id for event in events] == missed
        assert [str(event.fee) for event in events] == ["0.1"] * len(missed)
        assert [event.has_ended for event in events] == [False, True][-len(missed) :]
        assert [str(event.filled_size) for event in events] == ["0.4", "1"][-len(missed) :]

    @pytest.mark.parametrize("where", [SPOT, FUTURES])
    def test_the_end_was_missed(self, where: tuple[str, str]) -> None:
        """Where only the last word is missing, it is told without a fill."""
        (change,) = self.changes(where, 3)

        assert (change.fill, change.order.status) == (None, "filled")
