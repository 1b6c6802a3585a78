"""The life of spot orders, with and without borrowed money, and what it does to the balances.

Nobody else trades here: whoever holds the `Spot` says what is matched, and at which price.
"""

from __future__ import annotations

from decimal import Decimal

from .account import Account
from .records import SpotFill, SpotOrder, SpotStop
from .spot_pushes import push_order, push_stop

__all__ = ["FEE_RATE", "Spot", "kind_of"]

FEE_RATE = Decimal("0.001")
"""The fee of makers and takers alike, always in the quote currency."""


def kind_of(trade_type: str, symbol: str) -> str:
    """Return the sub-account that an order of that trade type moves."""
    if trade_type == "MARGIN_TRADE":
        return "margin"
    return f"isolated_{symbol}" if trade_type == "MARGIN_ISOLATED_TRADE" else "trade"


class Spot:
    """What can happen to spot orders of one account."""

    def __init__(self, account: Account) -> None:
        """Act on `account`."""
        self._account = account

    def place(
        self,
        symbol: str,
        side: str,
        *,
        price: Decimal | None = None,
        size: Decimal | None = None,
        funds: Decimal | None = None,
        client_oid: str | None = None,
        trade_type: str = "TRADE",
    ) -> SpotOrder:
        """Place an order; one with a price goes into the book, any other waits to be matched.

        A market order has a `size`, or `funds` for a buy by money. Raises `ValueError` when
        neither or both are given.
        """
        if (size is None) == (funds is None):
            raise ValueError("an order has either a size or funds")
        account = self._account
        now_ns = account.tick()
        order = SpotOrder(
            order_id=account.spot_order_id(now_ns),
            client_oid=client_oid,
            symbol=symbol,
            side=side,
            type="market" if price is None else "limit",
            trade_type=trade_type,
            created_ns=now_ns,
            updated_ns=now_ns,
            price=price,
            origin_size=size,
            size=size,
            funds=funds,
        )
        account.spot_open[order.order_id] = order
        push_order(account, order, "received", now_ns)
        if price is not None:
            order.in_book = True
            now_ns = account.tick()
            order.updated_ns = now_ns
            push_order(account, order, "open", now_ns)
        self._hold(order, self._needed(order), now_ns)
        return order

    def match(self, order: SpotOrder, size: Decimal, *, price: Decimal | None = None) -> SpotFill:
        """Fill `size` of an order; it ends as ``filled`` when nothing is left of its size.

        A limit order is matched as a maker at its own price unless another is given; a market
        order is a taker and needs a price. A buy by money ends with `settle`.
        """
        at = order.price if price is None else price
        if at is None:
            raise ValueError("a market order is matched at a price")
        account = self._account
        now_ns = account.tick()
        fill = self._fill(order, size, at, now_ns)
        push_order(account, order, "match", now_ns, fill=fill)
        self._settle_fill(order, fill, now_ns)
        if order.size is not None and order.filled >= order.size:
            self._end(order, "filled")
        return fill

    def cancel(self, order: SpotOrder) -> None:
        """Cancel what is left of an order."""
        order.canceled_size += order.remaining
        order.canceled_funds += order.remaining_funds
        self._end(order, "canceled")

    settle = cancel
    """End a buy by money: what is left of the money is told as canceled, filled or not."""

    def reduce(self, order: SpotOrder, size: Decimal) -> None:
        """Give an open order a smaller `size`, as a partial cancel or a self-trade does."""
        if order.size is None or not order.filled < size < order.size:
            raise ValueError("the size of an order can only shrink, and not below its fills")
        account = self._account
        now_ns = account.tick()
        old, order.size = order.size, size
        order.canceled_size += old - size
        order.updated_ns = now_ns
        push_order(account, order, "update", now_ns, old_size=old)
        self._hold(order, self._needed(order) - order.held, now_ns)

    def place_stop(
        self,
        symbol: str,
        side: str,
        *,
        stop: str,
        stop_price: Decimal,
        price: Decimal,
        size: Decimal,
        trade_type: str = "TRADE",
    ) -> SpotStop:
        """Place a stop order: ``loss`` or ``entry``."""
        account = self._account
        now_ns = account.tick()
        order = SpotStop(
            order_id=f"vs{account.number():x}{account.number():013d}",
            client_oid=f"{account.random.getrandbits(96):024x}",
            symbol=symbol,
            side=side,
            size=size,
            price=price,
            stop=stop,
            stop_price=stop_price,
            trade_type=trade_type,
            created_ns=now_ns,
        )
        account.spot_stops[order.order_id] = order
        push_stop(account, order, "open", now_ns)
        return order

    def trigger(self, stop: SpotStop) -> SpotOrder:
        """Trigger a stop order: an order with an id of its own comes out of it."""
        account = self._account
        del account.spot_stops[stop.order_id]
        push_stop(account, stop, "triggered", account.tick(), triggered=True)
        return self.place(
            stop.symbol,
            stop.side,
            price=stop.price,
            size=stop.size,
            client_oid=stop.client_oid,
            trade_type=stop.trade_type,
        )

    def cancel_stop(self, stop: SpotStop) -> None:
        """Cancel a stop order."""
        del self._account.spot_stops[stop.order_id]
        push_stop(self._account, stop, "cancel", self._account.tick())

    def transfer(self, kind: str, currency: str, amount: Decimal) -> None:
        """Move money into a sub-account (or out of it, when negative)."""
        now_ns = self._account.tick()
        self._account.change_balance(kind, currency, now_ns, available=amount, what="transfer")

    # Money

    def _needed(self, order: SpotOrder) -> Decimal:
        """Return what an order has to hold: its value and fee, or the size that it sells."""
        if order.side == "sell":
            return order.remaining
        if order.price is not None:
            return order.remaining * order.price * (1 + FEE_RATE)
        return order.remaining_funds

    def _hold(self, order: SpotOrder, amount: Decimal, now_ns: int) -> None:
        """Hold `amount` more for an order, or less when it is negative."""
        if not amount:
            return
        order.held += amount
        self._account.change_balance(
            kind_of(order.trade_type, order.symbol),
            order.quote if order.side == "buy" else order.base,
            now_ns,
            available=-amount,
            hold=amount,
            what="hold",
            context={"symbol": order.symbol, "orderId": order.order_id},
        )

    def _fill(self, order: SpotOrder, size: Decimal, price: Decimal, now_ns: int) -> SpotFill:
        account = self._account
        if not order.active or size <= 0 or (order.size is not None and size > order.remaining):
            raise ValueError("an order is filled by what is left of it, and at most")
        fee = size * price * FEE_RATE
        trade_id = account.trade_id()
        fill = SpotFill(
            fill_id=19_814_990_000 + account.number(),
            trade_id=int(trade_id),
            order_id=order.order_id,
            counter_order_id=account.spot_order_id(now_ns),
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            trade_type=order.trade_type,
            liquidity="maker" if order.in_book else "taker",
            price=price,
            size=size,
            fee=fee,
            fee_rate=FEE_RATE,
            fee_currency=order.quote,
            time_ns=now_ns,
        )
        order.filled += size
        order.deal_funds += size * price
        order.fee += fee
        order.updated_ns = now_ns
        order.last_trade_id, order.last_price, order.last_size = trade_id, price, size
        order.last_liquidity = fill.liquidity
        account.spot_fills.append(fill)
        return fill

    def _settle_fill(self, order: SpotOrder, fill: SpotFill, now_ns: int) -> None:
        """Book a fill: what was held is paid, and the other currency comes in."""
        kind = kind_of(order.trade_type, order.symbol)
        value = fill.price * fill.size
        paid = fill.size if order.side == "sell" else value + fill.fee
        held = min(order.held, paid)
        order.held -= held
        context: dict[str, object] = {
            "symbol": order.symbol,
            "orderId": order.order_id,
            "tradeId": str(fill.trade_id),
        }
        out, into = (order.quote, order.base) if order.side == "buy" else (order.base, order.quote)
        gained = fill.size if order.side == "buy" else value - fill.fee
        change = self._account.change_balance
        change(kind, out, now_ns, available=held - paid, hold=-held, what="setted", context=context)
        change(kind, into, now_ns, available=gained, what="setted", context=context)

    def _end(self, order: SpotOrder, what: str) -> None:
        account = self._account
        now_ns = account.tick()
        order.active = order.in_book = False
        order.updated_ns = now_ns
        order.end_id = account.number()
        del account.spot_open[order.order_id]
        account.spot_done.append(order)
        push_order(account, order, what, now_ns)
        self._hold(order, -order.held, now_ns)
