"""The methods of ``client.orders`` that amend and cancel orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, overload

from ..clock import Deadline
from ..codec import decimal_text
from ..errors import DeadlineExceeded, NotCancelable, OrderNotFound, OutcomeUnknown, SixmmError
from ..state.models import Order
from ..stream.following import Following
from ..venues.base import Call
from ..venues.sixmm import calls
from ..venues.sixmm.enums import CancelType
from ..venues.sixmm.operations import operation
from ..venues.sixmm.order_forms import Amendment, Amount, OrderRef
from ..venues.sixmm.rest_schema import BatchReply, CancelReply, ConditionCancelReply
from .base import OrderMethods
from .looking import look, look_up_order
from .report import OrderReport
from .resolving import run_plan
from .writes import Kind, Target, Write

__all__ = ["Changing"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0


class Changing(OrderMethods):
    """Each method sends once; see :class:`.OrdersGroup` for what that means."""

    @operation("amendOrder")
    def amend(
        self,
        symbol: str,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        check: bool = True,
    ) -> CancelReply:
        """Change a resting order; the reply says that it was accepted, not that it is done.

        The new state comes as an event (rule 59).

        Args:
            symbol: of the order.
            order_id: the exchange's id.
            price: the new price.
            quantity: the new total size, not the rest (rule 54).
            check: whether the rules of the symbol are checked here, before anything is sent.

        Raises:
            InvalidOrder: a rule of the symbol is broken; nothing was sent.
            OrderNotFound: there is no such order, or it has ended.
            OutcomeUnknown: no answer says what became of it.

        Permission Trade. ``POST /v1/private/order/move``
        """
        amendment = Amendment(order_id=order_id, price=price, quantity=quantity)
        if check:
            self._desk.symbols.rules(symbol).check_amendment(amendment)
        write = self._desk.write(Kind.AMEND, _target_of(symbol, amendment))
        call = calls.amend_order(symbol=symbol, order_id=order_id, price=price, quantity=quantity)
        result: CancelReply = self._desk.send(call, write)
        return result

    @operation("batchAmendOrders")
    def amend_batch(
        self, symbol: str, amendments: Sequence[Amendment], *, check: bool = True
    ) -> BatchReply:
        """Change several resting orders of one symbol (rule 55); look at each entry of the reply.

        An entry that failed inside the exchange may have been changed all the same; see
        :meth:`~.OrdersGroup.unclear`.

        Raises:
            InvalidOrder: a rule of the symbol is broken by one of them; nothing was sent.
            OutcomeUnknown: no answer says what became of them.

        Permission Trade. ``POST /v1/private/order/batch-move``
        """
        if check:
            rules = self._desk.symbols.rules(symbol)
            for amendment in amendments:
                rules.check_amendment(amendment)
        targets = [_target_of(symbol, amendment) for amendment in amendments]
        write = self._desk.write(Kind.AMEND, *targets)
        return self._desk.send_batch(calls.batch_amend_orders(symbol, amendments), write)

    @overload
    def cancel(
        self,
        symbol: str,
        *,
        order_id: str | None = None,
        client_order_id: str | None = None,
        wait: Literal[False] = False,
        timeout: float = 30.0,
    ) -> CancelReply: ...

    @overload
    def cancel(
        self,
        symbol: str,
        *,
        order_id: str | None = None,
        client_order_id: str | None = None,
        wait: Literal[True],
        timeout: float = 30.0,
    ) -> OrderReport: ...

    @operation("cancelOrder")
    def cancel(
        self,
        symbol: str,
        *,
        order_id: str | None = None,
        client_order_id: str | None = None,
        wait: bool = False,
        timeout: float = 30.0,
    ) -> CancelReply | OrderReport:
        """Withdraw an order; the reply says that it was accepted, not that it is done.

        With ``wait=True`` it returns when the order has ended, with its fills: an order may still
        be filled before it is withdrawn, and one that had ended before is no error then.

        Args:
            symbol: of the order.
            order_id: the exchange's id, or
            client_order_id: your own.
            wait: whether to wait for the end of the order.
            timeout: seconds for that.

        Raises:
            OrderNotFound: there is no such order.
            NotCancelable: it has ended.
            OutcomeUnknown: no answer says what became of the wish; with ``wait`` also where the
                order could not be followed any more.
            NotCarriedOut: with ``wait``: the wish got lost on the way, and the order is still open.
            DeadlineExceeded: with ``wait``: the order had not ended in time.

        Permission Trade. ``POST /v1/private/order/cancel``
        """
        target = Target(symbol=symbol, order_id=order_id, client_order_id=client_order_id)
        call = calls.cancel_order(symbol=symbol, order_id=order_id, client_order_id=client_order_id)
        if not wait:
            result: CancelReply = self._desk.send(call, self._desk.write(Kind.CANCEL, target))
            return result
        deadline = Deadline(timeout, clock=self._desk.clock)
        write = self._desk.write(Kind.CANCEL, target, deadline=deadline)
        with self._desk.follow(target) as following:
            self._send_cancel(call, write, following, deadline)
            return self._desk.await_order(
                following, target, lambda order: not order.is_open, deadline, write
            )

    @operation("batchCancelOrders")
    def cancel_batch(self, refs: Sequence[OrderRef]) -> BatchReply:
        """Withdraw several orders, also of different symbols (rule 55).

        Look at each entry of the reply: it says whether the wish was accepted. What became of one
        that failed inside the exchange is not known; see :meth:`~.OrdersGroup.unclear`.

        Raises:
            OutcomeUnknown: no answer says what became of them.

        Permission Trade. ``POST /v1/private/order/batch-cancel``
        """
        targets = [
            Target(symbol=ref.symbol, order_id=ref.order_id, client_order_id=ref.client_order_id)
            for ref in refs
        ]
        write = self._desk.write(Kind.CANCEL, *targets)
        return self._desk.send_batch(calls.batch_cancel_orders(refs), write)

    @operation("cancelAllOrders")
    def cancel_all(
        self,
        symbol: str | None = None,
        *,
        kind: CancelType | int = CancelType.NORMAL,
        wait: bool = False,
        timeout: float = 30.0,
    ) -> None:
        """Withdraw every order of a kind; the exchange does it after its reply (rule 58).

        Args:
            symbol: only the orders of this symbol.
            kind: every normal order, only limit orders, or every condition order (rule 57).
            wait: whether to return only when none of them is open any more.
            timeout: seconds for that.

        Raises:
            OutcomeUnknown: no answer says what became of the wish. To find it out takes until the
                exchange would not take it any more: before, it might meet orders placed meanwhile.
            DeadlineExceeded: with ``wait``: some were still open then.

        Permission Trade. ``POST /v1/private/order/batch-cancel-all``
        """
        deadline = Deadline(timeout, clock=self._desk.clock)
        write = self._desk.write(
            Kind.CANCEL_ALL,
            Target(symbol=symbol),
            limit_orders_only=kind == CancelType.LIMIT,
            conditions_only=kind == CancelType.CONDITION,
            deadline=deadline if wait else None,
        )
        call = calls.cancel_all_orders(symbol=symbol, cancel_type=int(kind))
        try:
            self._desk.send(call, write, deadline if wait else None)
        except OutcomeUnknown as error:
            if not wait:
                raise
            self._desk.settle(error, deadline)
        if wait:
            self._await_none(self._desk.sent(write), deadline)

    @operation("cancelConditionOrder")
    def cancel_condition(self, symbol: str, condition_id: str) -> ConditionCancelReply:
        """Withdraw an order that waits for a price.

        Raises:
            OrderNotFound: there is no such condition order.
            NotCancelable: it waits no more.
            OutcomeUnknown: no answer says what became of the wish.

        Permission Trade. ``POST /v1/private/order/cancel-condition``
        """
        target = Target(symbol=symbol, condition_id=condition_id)
        write = self._desk.write(Kind.CANCEL_CONDITION, target)
        call = calls.cancel_condition_order(symbol=symbol, condition_id=condition_id)
        result: ConditionCancelReply = self._desk.send(call, write)
        return result

    def is_over(self, target: Target, deadline: Deadline, *, may_come: bool = False) -> bool:
        """Whether it is certain that an order is not open: it has ended, or there is none.

        Args:
            target: the order.
            deadline: for asking.
            may_come: whether it may still be on its way, so that "not found" says nothing.
        """
        try:
            order = run_plan(look_up_order(target), self._desk.call, deadline)
        except SixmmError:
            return False
        return not may_come if order is None else not order.is_open

    # Inside

    def _send_cancel(
        self, call: Call, write: Write, following: Following, deadline: Deadline
    ) -> None:
        """Send the wish, and find out what became of it where no answer says so."""
        order: Order | None = None
        try:
            reply: CancelReply = self._desk.send(call, write, deadline)
        except OutcomeUnknown as error:
            order = self._desk.settle(error, deadline).order
        except (NotCancelable, OrderNotFound):
            order = run_plan(look_up_order(write.targets[0]), self._desk.call, deadline)
            if order is None or order.is_open:
                raise
        else:
            if reply.order_id is not None:
                following.identify(reply.order_id)
        if order is not None:
            following.identify(order.order_id)
            following.tell(orders=(order,))

    def _await_none(self, write: Write, deadline: Deadline) -> None:
        pause = _FIRST_PAUSE
        while True:
            remaining = run_plan(look(write, write.targets[0]), self._desk.call, deadline).remaining
            if not remaining:
                return
            if deadline.expired:
                raise DeadlineExceeded(f"{remaining} orders are still open")
            self._desk.pause(deadline.sooner(pause))
            pause = min(2 * pause, _LONGEST_PAUSE)


def _target_of(symbol: str, amendment: Amendment) -> Target:
    return Target(
        symbol=symbol,
        order_id=amendment.order_id,
        price=_exact(amendment.price),
        quantity=_exact(amendment.quantity),
    )


def _exact(amount: Amount | None) -> Decimal | None:
    return None if amount is None else Decimal(decimal_text(amount))
