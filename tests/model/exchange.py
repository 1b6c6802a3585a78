"""An exchange with one account, as plainly as it can be written: whole amounts in dictionaries.

It shares nothing with the client, not even its values: it writes JSON, and keeps a log of what it
has pushed. Changes have a millisecond of their own, except that one match may fill an order several
times, and tells the account of it in the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

__all__ = ["Logged", "PlainExchange", "Row"]

Row = dict[str, Any]
"""One order, fill, balance or position, with whole numbers for amounts."""

_START_MS = 1_771_047_000_000
_AMOUNTS = ("price", "quantity", "executed_quantity", "wallet", "frozen")
_ENDED = 3


@attrs.frozen(kw_only=True)
class Logged:
    """One push."""

    text: str
    order: Row | None = None
    fill: Row | None = None
    balances: tuple[Row, ...] = ()
    positions: tuple[Row, ...] = ()


class PlainExchange:
    """One account, its changes, and what can be asked about it.

    Args:
        topic: what private pushes come by.
        push: is given each push.
    """

    def __init__(self, topic: str, push: Callable[[Logged], None]) -> None:
        self._topic = topic
        self._push = push
        self.now_ms = _START_MS
        self.orders: dict[str, Row] = {}
        self.fills: list[Row] = []
        self.balances: dict[str, Row] = {}
        self.positions: dict[tuple[str, str], Row] = {}
        self.log: list[Logged] = []

    # Changes

    def place(self, quantity: int, symbol: str) -> None:
        """Accept an order."""
        now_ms = self._tick()
        order_id = f"o{len(self.orders) + 1}"
        row = {
            "order_id": order_id,
            "status": "NEW",
            "rank": 0,
            "symbol": symbol,
            "side": "BUY",
            "price": 100,
            "quantity": quantity,
            "executed_quantity": 0,
            "created_at_ms": now_ms,
        }
        self._put(row)

    def rest(self, order_id: str) -> None:
        """Let an accepted order rest."""
        order = self.orders[order_id]
        if order["rank"] == 0:
            self._tick()
            self._put({**order, "status": "PENDING", "rank": 1})

    def fill(self, order_id: str, *parts: int) -> None:
        """Fill an open order by one match, which may have several parts; then tell the account."""
        if self.orders[order_id]["rank"] >= _ENDED:
            return
        self._tick()
        filled = sum(self._fill_once(order_id, part) for part in parts)
        order = self.orders[order_id]
        wallet = self.balances.get("USDT", {}).get("wallet", 10_000) - filled
        held = self.positions.get((order["symbol"], "BOTH"), {}).get("quantity", 0) + filled
        self._tell_account([_balance("USDT", wallet)], [_position(order["symbol"], held)])

    def cancel(self, order_id: str) -> None:
        """End an open order."""
        order = self.orders[order_id]
        if order["rank"] < _ENDED:
            self._tick()
            status = "PARTIALLY_FILLED_CANCELED" if order["executed_quantity"] else "CANCELED"
            self._put({**order, "status": status, "rank": _ENDED})

    def amend(self, order_id: str, price: int, more: int) -> None:
        """Change price and quantity of an open order."""
        order = self.orders[order_id]
        if order["rank"] < _ENDED:
            self._tick()
            self._put({**order, "price": price, "quantity": order["quantity"] + more})

    def set_balance(self, asset: str, wallet: int) -> None:
        """Change a balance; where it is so already nothing is told."""
        self._tick()
        if self.balances.get(asset) != _balance(asset, wallet):
            self._tell_account([_balance(asset, wallet)], [])

    def set_position(self, symbol: str, quantity: int) -> None:
        """Change a position; 0 closes it. Where it is so already nothing is told."""
        self._tick()
        held = self.positions.get((symbol, "BOTH"), _position(symbol, 0))
        if held != _position(symbol, quantity):
            self._tell_account([], [_position(symbol, quantity)])

    # Questions

    def answer(self, path: str, query: Mapping[str, str]) -> Any:
        """Return what a call returns, as it is at this moment."""
        if path == "/time":
            return self.now_ms
        if path == "/key":
            return {"key": "key", "expires_at": self.now_ms + 86_400_000}
        since, known = int(query.get("since", 0)), query.get("known", "").split(",")
        if path == "/fills":
            return [wire(fill) for fill in self.fills if fill["time_ms"] >= since]
        if path == "/positions":
            return [wire(row) for row in self.positions.values()]
        if path == "/balances":
            return [wire(row) for row in self.balances.values()]
        wants_open = query.get("list") == "open"
        return [wire(row) for row in self._listed(since, known, wants_open=wants_open)]

    def _listed(self, since: int, known: Collection[str], *, wants_open: bool) -> list[Row]:
        rows = self.orders.values()
        if wants_open:
            return [row for row in rows if row["rank"] < _ENDED]
        return [
            row
            for row in rows
            if row["rank"] >= _ENDED and (row["updated_at_ms"] >= since or row["order_id"] in known)
        ]

    # Inside

    def _tick(self) -> int:
        self.now_ms += 1
        return self.now_ms

    def _fill_once(self, order_id: str, part: int) -> int:
        order = self.orders[order_id]
        amount: int = min(part, order["quantity"] - order["executed_quantity"])
        if not amount:
            return 0
        executed = order["executed_quantity"] + amount
        is_whole = executed == order["quantity"]
        fill = {
            "fill_id": f"f{len(self.fills) + 1}",
            "order_id": order_id,
            "symbol": order["symbol"],
            "price": order["price"],
            "quantity": amount,
            "time_ms": self.now_ms,
        }
        self.fills.append(fill)
        state = {
            "status": "FILLED" if is_whole else "PARTIALLY_FILLED",
            "rank": _ENDED if is_whole else 2,
            "executed_quantity": executed,
        }
        self._put({**order, **state}, fill)
        return amount

    def _put(self, row: Row, fill: Row | None = None) -> None:
        row = {**row, "updated_at_ms": self.now_ms}
        self.orders[row["order_id"]] = row
        fills = [] if fill is None else [wire(fill)]
        text = self._text(orders=[wire(row)], fills=fills)
        self._tell(Logged(text=text, order=row, fill=fill))

    def _tell_account(self, balances: list[Row], positions: list[Row]) -> None:
        for row in balances:
            self.balances[row["asset"]] = row
        for row in positions:
            key = (row["symbol"], row["position_side"])
            self.positions.pop(key, None)
            if row["quantity"]:
                self.positions[key] = row
        rows = {"balances": balances, "positions": positions}
        text = self._text(**{name: [wire(row) for row in some] for name, some in rows.items()})
        self._tell(Logged(text=text, balances=tuple(balances), positions=tuple(positions)))

    def _text(self, **parts: list[Row]) -> str:
        return json.dumps({"push": self._topic, "ts": self.now_ms, **parts})

    def _tell(self, logged: Logged) -> None:
        self.log.append(logged)
        self._push(logged)


def wire(row: Row) -> Row:
    """Return a row as it is sent: amounts are text."""
    return {name: str(value) if name in _AMOUNTS else value for name, value in row.items()}


def _balance(asset: str, wallet: int) -> Row:
    return {"asset": asset, "wallet": wallet, "frozen": 0}


def _position(symbol: str, quantity: int) -> Row:
    return {"symbol": symbol, "position_side": "BOTH", "quantity": quantity}
