"""The methods of ``client.orders`` that place orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs

from ..clock import Deadline
from ..errors import ConfigurationError, OutcomeUnknown
from ..state.models import ENDED_RANK
from ..venues.sixmm import calls
from ..venues.sixmm.enums import (
    BboPriceType,
    ConditionOrderType,
    OrderType,
    PositionSide,
    Side,
    StrategyType,
    TimeInForce,
    WorkingType,
)
from ..venues.sixmm.operations import operation
from ..venues.sixmm.order_forms import Amount, NewConditionOrder, NewOrder, StrategyLeg
from ..venues.sixmm.rest_schema import BatchReply, PlacedCondition, PlacedOrder, PlacedStrategy
from .base import OrderMethods
from .report import OrderReport
from .sending import send_order
from .writes import Kind, Target

__all__ = ["Placing", "Until"]

Until = Literal["final", "open"]
"""How far an order has to come: to its end, or into the book (or further)."""


class Placing(OrderMethods):
    """Each method sends once; see :class:`.OrdersGroup` for what that means."""

    @operation("placeOrder")
    def place(
        self,
        *,
        symbol: str,
        side: Side | str,
        type: OrderType | str = OrderType.LIMIT,
        # How much, and at what price
        quantity: Amount | None = None,
        price: Amount | None = None,
        price_type: BboPriceType | int | None = None,
        # How
        time_in_force: TimeInForce | str | None = None,
        position_side: PositionSide | str | None = None,
        reduce_only: bool | None = None,
        maker_only: bool | None = None,
        close_position: bool | None = None,
        # Marks
        client_order_id: str | None = None,
        place_type: str | None = None,
        # Here
        check: bool = True,
    ) -> PlacedOrder:
        """Place a limit or market order, and return what the exchange answers.

        A push that tells of the order counts as the confirmation where the reply is lost.

        Args:
            symbol: such as ``BTCUSDT``.
            side: ``BUY`` or ``SELL``.
            type: ``LIMIT`` or ``MARKET``.
            quantity: the size; may be left out only with ``close_position`` (rule 46).
            price: the limit price, text or ``Decimal``; not needed with ``price_type``.
            price_type: a level of the book that gives the price (rule 49).
            time_in_force: ``GTC`` (default), ``IOC`` or ``FOK`` (rule 48).
            position_side: ``BOTH`` (default), or ``LONG`` or ``SHORT`` in hedge mode.
            reduce_only: whether it may only shrink a position.
            maker_only: whether it must not take liquidity.
            close_position: whether it ends the whole position.
            client_order_id: your own id; one is made where none is given. Use each once.
            place_type: marks how the order was placed; the values are not documented.
            check: whether the rules of the symbol are checked here, before anything is sent.

        Raises:
            InvalidOrder: a rule of the symbol is broken; nothing was sent. It says which, and the
                nearest value that is valid.
            OrderRejected: the exchange refused it.
            OutcomeUnknown: no answer says what became of it; see :meth:`~.OrdersGroup.resolve`.

        Permission Trade. ``POST /v1/private/order/place``
        """
        order = NewOrder(
            symbol=symbol,
            side=side,
            type=type,
            price=price,
            quantity=quantity,
            position_side=position_side,
            time_in_force=time_in_force,
            reduce_only=reduce_only,
            maker_only=maker_only,
            close_position=close_position,
            client_order_id=client_order_id or self._desk.new_id(),
            place_type=place_type,
            price_type=price_type,
        )
        self._check(order, check=check)
        target = Target(symbol=symbol, client_order_id=order.client_order_id)
        write = self._desk.write(Kind.PLACE, target)
        with self._desk.follow(target, write) as following:
            return send_order(self._desk, order, write, following)

    def place_and_wait(
        self,
        *,
        symbol: str,
        side: Side | str,
        type: OrderType | str = OrderType.LIMIT,
        # How much, and at what price
        quantity: Amount | None = None,
        price: Amount | None = None,
        price_type: BboPriceType | int | None = None,
        # How
        time_in_force: TimeInForce | str | None = None,
        position_side: PositionSide | str | None = None,
        reduce_only: bool | None = None,
        maker_only: bool | None = None,
        close_position: bool | None = None,
        # Marks
        client_order_id: str | None = None,
        place_type: str | None = None,
        # Here
        check: bool = True,
        until: Until = "final",
        timeout: float = 30.0,
    ) -> OrderReport:
        """Place an order, and return when it has ended, with all of its fills.

        The stream tells when that is; where it is silent or broken the exchange is asked. A lost
        reply is resolved on the way. Events are not taken from the inbox: they come there as ever.

        Args:
            symbol: and everything up to ``check``: as for :meth:`place`.
            until: ``"final"``, or ``"open"`` to return as soon as the order rests in the book.
            timeout: seconds for all of it. An order that has not come so far by then stays as it
                is: nothing is cancelled.

        Raises:
            NotCarriedOut: it got lost on the way, and it is certain that it was not placed.
            OutcomeUnknown: it was sent, and could not be followed any more: the client was closed,
                or its key is not accepted any more.
            DeadlineExceeded: it had not come so far in time, or was not sent in time.
            SixmmError: as for :meth:`place`.
        """
        deadline = Deadline(timeout, clock=self._desk.clock)
        order = NewOrder(
            symbol=symbol,
            side=side,
            type=type,
            price=price,
            quantity=quantity,
            position_side=position_side,
            time_in_force=time_in_force,
            reduce_only=reduce_only,
            maker_only=maker_only,
            close_position=close_position,
            client_order_id=client_order_id or self._desk.new_id(),
            place_type=place_type,
            price_type=price_type,
        )
        self._check(order, check=check, deadline=deadline)
        target = Target(symbol=symbol, client_order_id=order.client_order_id)
        write = self._desk.write(Kind.PLACE, target, deadline=deadline)
        with self._desk.follow(target, write) as following:
            try:
                placed = send_order(self._desk, order, write, following, deadline)
            except OutcomeUnknown as error:
                found = self._desk.settle(error, deadline).order
                if found is not None:
                    following.identify(found.order_id)
                    following.tell(orders=(found,))
            else:
                target = attrs.evolve(target, order_id=placed.order_id)
                following.identify(placed.order_id)
            least = ENDED_RANK if until == "final" else 1
            return self._desk.await_order(
                following, target, lambda order: order.rank >= least, deadline, write
            )

    @operation("batchPlaceOrders")
    def place_batch(self, orders: Sequence[NewOrder], *, check: bool = True) -> BatchReply:
        """Place several orders at once; each entry of the reply says what became of one.

        An entry that failed inside the exchange may have been placed all the same; see
        :meth:`~.OrdersGroup.unclear`.

        Raises:
            InvalidOrder: a rule of a symbol is broken by one of them; nothing was sent.
            OutcomeUnknown: no answer says what became of them.

        Permission Trade. ``POST /v1/private/order/batch-place``
        """
        named = self.with_ids(orders)
        for order in named:
            self._check(order, check=check)
        targets = [Target(symbol=o.symbol, client_order_id=o.client_order_id) for o in named]
        write = self._desk.write(Kind.PLACE, *targets)
        return self._desk.send_batch(calls.batch_place_orders(named), write)

    def with_ids(self, orders: Sequence[NewOrder]) -> list[NewOrder]:
        """Return the orders, each with a client order id: a new one where it had none."""
        return [
            attrs.evolve(order, client_order_id=order.client_order_id or self._desk.new_id())
            for order in orders
        ]

    @operation("placeConditionOrder")
    def place_condition(
        self,
        *,
        symbol: str,
        side: Side | str,
        type: ConditionOrderType | str,
        # When
        stop_price: Amount | None = None,
        working_type: WorkingType | str | None = None,
        activate_price: Amount | None = None,
        callback_rate: Amount | None = None,
        price_protect: bool | None = None,
        # What
        quantity: Amount | None = None,
        price: Amount | None = None,
        time_in_force: TimeInForce | str | None = None,
        position_side: PositionSide | str | None = None,
        reduce_only: bool | None = None,
        close_position: bool | None = None,
        # Marks
        client_order_id: str | None = None,
        # Here
        check: bool = True,
    ) -> PlacedCondition:
        """Place an order that waits for a price (rule 50).

        When it fires it becomes a normal order with the same client order id.

        Args:
            symbol: such as ``BTCUSDT``.
            side: ``BUY`` or ``SELL``.
            type: ``STOP_MARKET``, ``STOP_LIMIT``, ``TAKE_PROFIT_MARKET``, ``TAKE_PROFIT_LIMIT`` or
                ``TRAILING_STOP``.
            stop_price: the price that fires it; not for a trailing order.
            working_type: which price is watched: ``CONTRACT_PRICE`` (default) or ``MARK_PRICE``.
            activate_price: from where on a trailing order follows the price.
            callback_rate: how far the price must come back, as a fraction (*assumed*).
            price_protect: whether the exchange's price protection is on.
            quantity: the size; may be left out only with ``close_position``.
            price: the limit price of the two ``..._LIMIT`` types.
            time_in_force: ``GTC``, ``IOC``, ``FOK`` or ``GTE_GTC``.
            position_side: ``BOTH``, ``LONG`` or ``SHORT``.
            reduce_only: whether it may only shrink a position.
            close_position: whether it ends the whole position.
            client_order_id: your own id; one is made where none is given.
            check: whether the rules of the symbol are checked here, before anything is sent.

        Raises:
            InvalidOrder: a rule of the symbol is broken; nothing was sent.
            OrderRejected: the exchange refused it; codes 3100-3112 are about conditions.
            OutcomeUnknown: no answer says what became of it.

        Permission Trade. ``POST /v1/private/order/place-condition``
        """
        order = NewConditionOrder(
            symbol=symbol,
            side=side,
            type=type,
            stop_price=stop_price,
            price=price,
            quantity=quantity,
            working_type=working_type,
            activate_price=activate_price,
            callback_rate=callback_rate,
            price_protect=price_protect,
            position_side=position_side,
            time_in_force=time_in_force,
            reduce_only=reduce_only,
            close_position=close_position,
            client_order_id=client_order_id or self._desk.new_id(),
        )
        self._check(order, check=check)
        target = Target(symbol=symbol, client_order_id=order.client_order_id)
        write = self._desk.write(Kind.PLACE_CONDITION, target)
        result: PlacedCondition = self._desk.send(calls.place_condition_order(order), write)
        self._desk.confirmed(target, condition_id=result.condition_id)
        return result

    @operation("placeStrategyOrder")
    def place_strategy(
        self,
        strategy_type: StrategyType | str,
        legs: Sequence[StrategyLeg],
        *,
        check: bool = True,
    ) -> PlacedStrategy:
        """Place orders that depend on each other (rule 51).

        Args:
            strategy_type: ``OTO``, ``OCO`` or ``OTOCO``.
            legs: the orders, and what each waits for.
            check: whether the rules of the symbols are checked here, before anything is sent.

        Raises:
            ConfigurationError: each leg waits for another one; nothing was sent.
            InvalidOrder: a rule of a symbol is broken by one of them; nothing was sent.
            OrderRejected: the exchange refused it.
            OutcomeUnknown: no answer says what became of it; it is looked for by the first leg that
                is placed at once.

        Permission Trade. ``POST /v1/private/order/place-strategy``
        """
        legs = [attrs.evolve(leg, order=self._named(leg.order)) for leg in legs]
        call = calls.place_strategy_order(strategy_type, legs)
        first = next((leg.order for leg in legs if not _waits(leg)), None)
        if first is None:
            raise ConfigurationError("each leg waits for another one, so that none is ever placed")
        for leg in legs:
            self._check(leg.order, check=check)
        target = Target(symbol=first.symbol, client_order_id=first.client_order_id)
        write = self._desk.write(Kind.PLACE_STRATEGY, target)
        result: PlacedStrategy = self._desk.send(call, write)
        return result

    # Inside

    def _named(self, order: NewOrder | NewConditionOrder) -> NewOrder | NewConditionOrder:
        return attrs.evolve(order, client_order_id=order.client_order_id or self._desk.new_id())

    def _check(
        self,
        order: NewOrder | NewConditionOrder,
        *,
        check: bool,
        deadline: Deadline | None = None,
    ) -> None:
        if not check:
            return
        rules = self._desk.symbols.rules(order.symbol, deadline)
        if isinstance(order, NewOrder):
            rules.check_order(order)
        else:
            rules.check_condition(order)


def _waits(leg: StrategyLeg) -> bool:
    """Whether a leg is placed only when another one has come so far, and not at once."""
    drives = (
        (leg.first_driven_id, leg.first_trigger),
        (leg.second_driven_id, leg.second_trigger),
    )
    return any(driver and trigger == "PLACE" for driver, trigger in drives)
