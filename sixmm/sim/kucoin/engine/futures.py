"""The life of contracts: orders, positions, funding, and the wallet they all draw on."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import ZERO, plain
from .account import CASH, Account
from .futures_pushes import push_order, push_stop
from .futures_rows import Wallet, wallet
from .position_pushes import (
    push_config,
    push_mark,
    push_position,
    push_risk_limit,
    push_settlement,
    push_wallet,
)
from .records import FuturesFill, FuturesOrder, FuturesStop, Position

__all__ = ["MULTIPLIERS", "Futures"]

MULTIPLIERS = {"XBTUSDTM": Decimal("0.001"), "ETHUSDTM": Decimal("0.01")}
"""The contracts that there are, and how much of the coin one lot is."""

MAKER_RATE = Decimal("0.0002")
TAKER_RATE = Decimal("0.0006")


class Futures:
    """What can happen to the contracts of one account."""

    def __init__(self, account: Account) -> None:
        """Act on `account`."""
        self._account = account

    def wallet(self) -> Wallet:
        """Return the wallet as it is."""
        return wallet(self._account, MULTIPLIERS)

    def transfer(self, amount: Decimal) -> None:
        """Move money into the futures wallet, or out of it."""
        self._account.futures_cash += amount
        self._tell_wallet(self._account.tick())

    # Orders

    def place(
        self,
        symbol: str,
        side: str,
        size: int,
        *,
        price: Decimal | None = None,
        client_oid: str | None = None,
        reduce_only: bool = False,
    ) -> FuturesOrder:
        """Place an order of `size` lots; one with a price goes into the book."""
        account = self._account
        _multiplier(symbol)
        now_ns = account.tick()
        order = FuturesOrder(
            order_id=account.futures_order_id(),
            client_oid=client_oid,
            symbol=symbol,
            side=side,
            type="market" if price is None else "limit",
            price=price or ZERO,
            origin_size=size,
            size=size,
            margin_mode=account.margin_modes.get(symbol, "ISOLATED"),
            leverage=account.leverages.get(symbol, Decimal(5)),
            reduce_only=reduce_only,
            created_ns=now_ns,
            updated_ns=now_ns,
        )
        account.futures_open[order.order_id] = order
        if price is not None:
            push_order(account, order, "open", now_ns)
            self._tell_wallet(now_ns)
        return order

    def match(
        self,
        order: FuturesOrder,
        size: int,
        *,
        price: Decimal | None = None,
        trade_type: str = "trade",
    ) -> FuturesFill:
        """Fill `size` lots; an order that is full ends as ``filled``.

        A market order needs a price.
        """
        at = order.price if price is None else price
        if not at or not 0 < size <= order.remaining:
            raise ValueError("an order is filled at a price, and by what is left of it at most")
        account = self._account
        now_ns = account.tick()
        value = size * _multiplier(order.symbol) * at
        maker = order.type == "limit"
        rate = MAKER_RATE if maker else TAKER_RATE
        fill = FuturesFill(
            trade_id=str(1_794_000_000_000 + account.number()),
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            liquidity="maker" if maker else "taker",
            trade_type=trade_type,
            price=at,
            size=size,
            value=value,
            fee=round(value * rate, 10),
            fee_rate=rate,
            settle_currency=CASH,
            margin_mode=order.margin_mode,
            time_ns=now_ns,
        )
        self._note(order, fill)
        push_order(account, order, "match", now_ns, fill=fill)
        self._move(order, fill, now_ns)
        if order.filled >= order.size:
            self._end(order, "filled")
        return fill

    def cancel(self, order: FuturesOrder) -> None:
        """Cancel what is left of an order."""
        order.canceled += order.remaining
        self._end(order, "canceled")

    def reduce(self, order: FuturesOrder, size: int) -> None:
        """Give an open order a smaller `size`."""
        if not order.filled < size < order.size:
            raise ValueError("the size of an order can only shrink, and not below its fills")
        now_ns = self._account.tick()
        old, order.size = order.size, size
        order.canceled += old - size
        order.updated_ns = now_ns
        push_order(self._account, order, "update", now_ns, old_size=old)
        self._tell_wallet(now_ns)

    # Stop orders

    def place_stop(
        self,
        symbol: str,
        side: str,
        size: int,
        *,
        stop: str,
        stop_price: Decimal,
        price: Decimal,
        stop_price_type: str = "TP",
    ) -> FuturesStop:
        """Place a stop order that waits for the price to go ``up`` or ``down``."""
        account = self._account
        now_ns = account.tick()
        order = FuturesStop(
            order_id=account.futures_order_id(),
            client_oid=f"{account.random.getrandbits(96):024x}",
            symbol=symbol,
            side=side,
            size=size,
            price=price,
            stop=stop,
            stop_price=stop_price,
            stop_price_type=stop_price_type,
            margin_mode=account.margin_modes.get(symbol, "ISOLATED"),
            leverage=account.leverages.get(symbol, Decimal(5)),
            created_ns=now_ns,
        )
        account.futures_stops[order.order_id] = order
        push_stop(account, order, "open", now_ns)
        return order

    def trigger(self, stop: FuturesStop) -> FuturesOrder:
        """Trigger a stop order: an order with an id of its own comes out of it."""
        del self._account.futures_stops[stop.order_id]
        push_stop(self._account, stop, "triggered", self._account.tick())
        return self.place(
            stop.symbol, stop.side, stop.size, price=stop.price, client_oid=stop.client_oid
        )

    def cancel_stop(self, stop: FuturesStop) -> None:
        """Cancel a stop order."""
        del self._account.futures_stops[stop.order_id]
        push_stop(self._account, stop, "cancel", self._account.tick())

    # Positions

    def mark(self, symbol: str, price: Decimal) -> None:
        """Move the mark price; nothing is pushed without a position."""
        position = self._account.positions.get(symbol)
        if position is None or not position.quantity:
            return
        account = self._account
        now_ns = account.tick()
        position.mark = price
        position.changed_ns = now_ns
        push_mark(account, position, now_ns, partial=account.manners.partial_positions)
        if position.margin_mode == "CROSS":
            # The version does not grow: nothing was booked.
            push_wallet(account, self.wallet(), now_ns)

    def settle_funding(self, symbol: str, rate: Decimal) -> None:
        """Pay or receive funding at `rate`; a long position pays a positive one."""
        position = self._account.positions.get(symbol)
        if position is None or not position.quantity:
            return
        now_ns = self._account.tick()
        fee = round(-position.value * rate, 10)
        position.funding += fee
        position.changed_ns = now_ns
        self._account.futures_cash += fee
        push_settlement(self._account, position, rate, fee, now_ns)
        push_position(self._account, position, "positionChange", now_ns)
        self._tell_wallet(now_ns)

    def add_margin(self, symbol: str, amount: Decimal) -> None:
        """Put more money behind an isolated position."""
        position = self._account.positions[symbol]
        now_ns = self._account.tick()
        position.extra_margin += amount
        position.changed_ns = now_ns
        push_position(self._account, position, "marginChange", now_ns)
        self._tell_wallet(now_ns)

    def set_risk_limit(self, symbol: str, level: int, message: str = "") -> None:
        """Set the risk limit of a position, or tell with `message` why that failed."""
        now_ns = self._account.tick()
        push_risk_limit(self._account, symbol, level, message, now_ns)
        position = self._account.positions.get(symbol)
        if message or position is None:
            return
        position.risk_level = level
        position.changed_ns = now_ns
        if position.quantity:
            push_position(self._account, position, "changeRiskLimit", now_ns)

    def set_margin_mode(self, symbol: str, mode: str) -> None:
        """Set the margin mode of what is opened from now on; refused while anything is open."""
        account = self._account
        busy = any(one.symbol == symbol for one in account.futures_open.values())
        if busy or (symbol in account.positions and account.positions[symbol].quantity):
            raise ValueError("the margin mode is changed without orders and position only")
        account.margin_modes[symbol] = mode
        push_config(account, "/contract/marginMode", {symbol: mode}, account.tick())

    def set_leverage(self, symbol: str, leverage: Decimal) -> None:
        """Set the leverage of what is opened from now on."""
        account = self._account
        account.leverages[symbol] = leverage
        data: dict[str, object] = {symbol: {"leverage": plain(leverage)}}
        push_config(account, "/contract/crossLeverage", data, account.tick())

    # What follows from a fill

    def _note(self, order: FuturesOrder, fill: FuturesFill) -> None:
        order.filled += fill.size
        order.deal_value += fill.size * fill.price
        order.fee += fill.fee
        order.updated_ns = fill.time_ns
        order.last_trade_id, order.last_price = fill.trade_id, fill.price
        order.last_size, order.last_liquidity = fill.size, fill.liquidity
        self._account.futures_fills.append(fill)

    def _move(self, order: FuturesOrder, fill: FuturesFill, now_ns: int) -> None:
        """Change the position and the wallet as the fill has it, and push both."""
        position = self._position(order, fill.price)
        lots = fill.size if fill.side == "buy" else -fill.size
        gain = _trade(position, lots, fill.price)
        if not position.quantity:
            position.extra_margin = ZERO
        elif position.quantity == lots:
            position.opened_ms = now_ns // 1_000_000
        position.gross_profit += gain
        position.fees += fill.fee
        position.mark = fill.price
        position.changed_ns = now_ns
        self._account.futures_cash += gain - fill.fee
        push_position(self._account, position, "positionChange", now_ns)
        self._tell_wallet(now_ns)

    def _position(self, order: FuturesOrder, price: Decimal) -> Position:
        account = self._account
        found = account.positions.get(order.symbol)
        if found is None:
            found = account.positions[order.symbol] = Position(
                position_id=str(30_000_000_000_000_000 + account.number()),
                symbol=order.symbol,
                multiplier=_multiplier(order.symbol),
                settle_currency=CASH,
                margin_mode=order.margin_mode,
                leverage=order.leverage,
                mark=price,
            )
        if not found.quantity:
            found.margin_mode, found.leverage = order.margin_mode, order.leverage
            found.gross_profit = found.fees = found.funding = ZERO
        return found

    def _end(self, order: FuturesOrder, what: str) -> None:
        account = self._account
        now_ns = account.tick()
        order.active = False
        order.end_id = account.number()
        order.updated_ns = now_ns
        del account.futures_open[order.order_id]
        account.futures_done.append(order)
        push_order(account, order, what, now_ns)
        self._tell_wallet(now_ns)

    def _tell_wallet(self, now_ns: int) -> None:
        self._account.wallet_version += 1
        push_wallet(self._account, self.wallet(), now_ns)


def _multiplier(symbol: str) -> Decimal:
    found = MULTIPLIERS.get(symbol)
    if found is None:
        raise ValueError(f"there is no contract {symbol!r}")
    return found


def _trade(position: Position, lots: int, price: Decimal) -> Decimal:
    """Take signed `lots` into a position at `price`; return the profit of what they close."""
    size = position.multiplier
    opening = position.quantity * lots >= 0
    if opening:
        position.quantity += lots
        position.cost += lots * size * price
        return ZERO
    closed = max(-abs(position.quantity), min(abs(position.quantity), lots))
    share = position.cost * abs(closed) / abs(position.quantity)
    gain = round(-closed * size * price - share, 10)
    position.quantity += closed
    position.cost = position.cost - share if position.quantity else ZERO
    rest = lots - closed
    if rest:
        position.quantity = rest
        position.cost = rest * size * price
    return gain
