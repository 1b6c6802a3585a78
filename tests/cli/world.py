"""A made-up account: a log of what happened to it, and a client that sees it with gaps.

It is the yardstick of the audit's tests, so it is simple: the client tells from a snapshot exactly
what a gap has hidden, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from sixmm.events import Event, Origin
from sixmm.state.account import Account
from sixmm.state.models import Balance, Fill, Order, Position
from sixmm.venues.sixmm.stream_schema import (
    AccountUpdate,
    BalanceUpdate,
    OrderTradeUpdate,
    PositionUpdate,
)

__all__ = ["Logged", "World", "deliver", "mirror_of", "steps", "streamed", "told_by_rest"]

_LOT = Decimal("0.1")


@attrs.frozen
class Logged:
    """One entry of the made-up log."""

    seq: int
    ts_ms: int
    event_type: str
    text: str
    data: dict[str, Any]


class World:
    """The account; every method logs what an exchange would push."""

    def __init__(self) -> None:
        self.log: list[Logged] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.fills: list[dict[str, Any]] = []
        self.wallet = Decimal(1000)
        self.frozen = Decimal(0)
        self.held = Decimal(0)
        self._now_ms = 1_772_000_000_000

    @property
    def open_orders(self) -> dict[str, dict[str, Any]]:
        """The orders that have not ended."""
        ended = ("FILLED", "CANCELED", "PARTIALLY_FILLED_CANCELED")
        return {key: row for key, row in self.orders.items() if row["orderStatus"] not in ended}

    def place(self, *, price: str = "100", lots: int = 5) -> str:
        """Log a new order that rests, and the money that it freezes."""
        order_id = str(9_007_199_254_740_993 + len(self.orders))
        self.orders[order_id] = {
            "orderId": order_id,
            "symbol": "BTCUSDT",
            "side": "BUY",
            "orderStatus": "NEW",
            "price": price,
            "quantity": str(lots * _LOT),
            "executedQuantity": "0",
        }
        self._push_order(order_id)
        self._push_order(order_id, orderStatus="PENDING")
        self.frozen += 1
        self._push_account()
        return order_id

    def fill(self, order_id: str, *, lots: int = 1) -> None:
        """Log one fill, of the rest at most, and what it does to the account."""
        row = self.orders[order_id]
        quantity = Decimal(row["quantity"])
        done = min(quantity, Decimal(row["executedQuantity"]) + lots * _LOT)
        last = done - Decimal(row["executedQuantity"])
        status = "FILLED" if done == quantity else "PARTIALLY_FILLED"
        fill = {
            "fillId": f"f{len(self.fills) + 1}",
            "lastPrice": row["price"],
            "lastQuantity": str(last),
        }
        self.fills.append({**fill, "orderId": order_id})
        self._push_order(order_id, fill=fill, orderStatus=status, executedQuantity=str(done))
        self.wallet -= Decimal("0.5")
        self.held += last
        self._push_account(position=True)

    def amend(self, order_id: str, *, price: str) -> None:
        """Log a new price."""
        self._push_order(order_id, price=price)

    def cancel(self, order_id: str) -> None:
        """Log the end of an order."""
        started = Decimal(self.orders[order_id]["executedQuantity"]) > 0
        status = "PARTIALLY_FILLED_CANCELED" if started else "CANCELED"
        self._push_order(order_id, orderStatus=status)
        self.frozen -= 1
        self._push_account()

    def truth(self) -> dict[str, Any]:
        """Return the picture that ``Exchange.truth`` gives, as far as the audit reads it."""
        balance = {
            "assetType": "USDT",
            "walletBalance": str(self.wallet),
            "frozenMargin": str(self.frozen),
            "usedMargin": "0",
        }
        rows = {key: {**row, "status": row["orderStatus"]} for key, row in self.orders.items()}
        return {
            "balances": {"USDT": balance},
            "positions": {"BTCUSDT:BOTH": self._position()} if self.held else {},
            "open_orders": {key: rows[key] for key in self.open_orders},
            "orders": rows,
            "fills": self.fills,
        }

    def _push_order(
        self, order_id: str, *, fill: dict[str, str] | None = None, **changes: str
    ) -> None:
        row = self.orders[order_id] = {**self.orders[order_id], **changes}
        self._log("ORDER_TRADE_UPDATE", row, fill or {})

    def _push_account(self, *, position: bool = False) -> None:
        balance = {
            "assetType": "USDT",
            "walletBalance": str(self.wallet),
            "frozenBalance": str(self.frozen),
            "usedMargin": "0",
        }
        rows = {"balances": [balance], "positions": [self._position()] if position else []}
        self._log("ACCOUNT_UPDATE", rows, {})

    def _position(self) -> dict[str, Any]:
        return {
            "symbol": "BTCUSDT",
            "positionSide": "BOTH",
            "quantity": str(self.held),
            "entryPrice": "100",
            "marginMode": "CROSS",
            "leverage": 20,
        }

    def _log(self, event_type: str, row: dict[str, Any], fill: dict[str, str]) -> None:
        self._now_ms += 1
        if event_type == "ORDER_TRADE_UPDATE":
            row["updatedAt"] = self._now_ms
        data = {"eventType": event_type, **row, **fill}
        text = json.dumps({"topic": "user.5794", "ts": self._now_ms, "data": data})
        self.log.append(Logged(len(self.log) + 1, self._now_ms, event_type, text, data))


def streamed(entry: Logged) -> Event:
    """Return the event of a push."""
    return _event(entry.data, Origin.STREAM, raw=entry.text, ts=entry.ts_ms)


def told_by_rest(data: dict[str, Any], *, ts: int) -> Event:
    """Return the event that a snapshot tells; ``data`` has the fields of a push."""
    return _event(data, Origin.REST, raw=json.dumps(data), ts=ts)


def deliver(log: Sequence[Logged], missed: Iterable[int]) -> list[Event]:
    """Return what a perfect client delivers that misses the entries with these numbers.

    After each row of missed entries, or at the end, it tells what they changed and no more.
    """
    hidden = set(missed)
    events: list[Event] = []
    told: dict[str, Any] = {}
    gap: list[Logged] = []
    for entry in log:
        if entry.seq in hidden:
            gap.append(entry)
            continue
        events += _told_after(gap, told)
        gap = []
        _note(told, entry)
        events.append(streamed(entry))
    return events + _told_after(gap, told)


def mirror_of(world: World) -> Account:
    """Return the picture of a client that knows everything."""
    orders = {
        key: Order(
            order_id=key,
            status=row["orderStatus"],
            rank=2 if key in world.open_orders else 3,
            price=Decimal(row["price"]),
            quantity=Decimal(row["quantity"]),
            executed_quantity=Decimal(row["executedQuantity"]),
        )
        for key, row in world.orders.items()
    }
    position = Position(
        symbol="BTCUSDT",
        position_side="BOTH",
        quantity=world.held,
        entry_price=Decimal(100),
        margin_mode="CROSS",
        leverage=20,
    )
    balance = Balance(asset="USDT", wallet=world.wallet, frozen=world.frozen, used=Decimal(0))
    return Account(
        orders=orders,
        positions={position.key: position} if world.held else {},
        balances={"USDT": balance},
        fills=tuple(Fill(fill_id=f["fillId"], order_id=f["orderId"]) for f in world.fills),
        stale=(),
        as_of_ms=0,
    )


@st.composite
def steps(draw: st.DrawFn) -> World:
    """Make worlds with up to 15 commands, the last of which was a fill of a new order."""
    world = World()
    for _ in range(draw(st.integers(0, 14))):
        names = ["place", *(["fill", "fill", "amend", "cancel"] if world.open_orders else [])]
        name = draw(st.sampled_from(names))
        if name == "place":
            world.place(lots=draw(st.integers(1, 4)))
            continue
        order_id = draw(st.sampled_from(sorted(world.open_orders)))
        if name == "amend":
            world.amend(order_id, price=draw(st.sampled_from(["99", "100", "101"])))
        else:
            getattr(world, name)(order_id)
    world.fill(world.place())
    return world


def _event(data: dict[str, Any], origin: Origin, *, raw: str, ts: int) -> Event:
    common: dict[str, Any] = {"topic": "user.5794", "ts": ts, "origin": origin, "raw": raw}
    if data["eventType"] == "ORDER_TRADE_UPDATE":
        return OrderTradeUpdate(
            **common,
            order_id=data["orderId"],
            symbol=data["symbol"],
            side=data["side"],
            order_status=data["orderStatus"],
            price=Decimal(data["price"]),
            quantity=Decimal(data["quantity"]),
            executed_quantity=Decimal(data["executedQuantity"]),
            updated_at=data["updatedAt"],
            fill_id=data.get("fillId"),
            last_price=_decimal(data.get("lastPrice")),
            last_quantity=_decimal(data.get("lastQuantity")),
        )
    return AccountUpdate(
        **common,
        balances=tuple(
            BalanceUpdate(
                asset_type=row["assetType"],
                wallet_balance=Decimal(row["walletBalance"]),
                frozen_balance=Decimal(row["frozenBalance"]),
                used_margin=Decimal(row["usedMargin"]),
            )
            for row in data["balances"]
        ),
        positions=tuple(
            PositionUpdate(
                symbol=row["symbol"],
                position_side=row["positionSide"],
                quantity=Decimal(row["quantity"]),
                entry_price=Decimal(row["entryPrice"]),
                margin_mode=row["marginMode"],
                leverage=row["leverage"],
            )
            for row in data["positions"]
        ),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _told_after(gap: list[Logged], told: dict[str, Any]) -> list[Event]:
    """Return each missed fill, then the last state of each order, then balances and positions."""
    if not gap:
        return []
    fills = [entry.data for entry in gap if "fillId" in entry.data]
    last = {e.data["orderId"]: e.data for e in gap if "orderId" in e.data}
    states = [data for data in last.values() if "fillId" not in data]
    events = [told_by_rest(data, ts=gap[-1].ts_ms) for data in (*fills, *states)]
    before = dict(told)
    for entry in gap:
        _note(told, entry)
    account: dict[str, Any] = {"eventType": "ACCOUNT_UPDATE"}
    for part in ("balances", "positions"):
        account[part] = [told[part]] if told.get(part) != before.get(part) else []
    if account["balances"] or account["positions"]:
        events.append(told_by_rest(account, ts=gap[-1].ts_ms))
    return events


def _note(told: dict[str, Any], entry: Logged) -> None:
    for part in ("balances", "positions"):
        for row in entry.data.get(part, ()):
            told[part] = row
