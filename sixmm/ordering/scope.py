"""A block that cancels what it has placed where it ends badly."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import attrs

from ..clock import Deadline
from ..errors import (
    ApiError,
    LocalError,
    NotCancelable,
    NotCarriedOut,
    OrderNotFound,
    OutcomeUnknown,
    SixmmError,
)
from ..venues.sixmm import calls
from ..venues.sixmm.order_forms import NewOrder
from ..venues.sixmm.rest_schema import BatchReply, PlacedCondition, PlacedOrder
from .desk import WriteDesk
from .report import OrderReport
from .writes import Kind, Outcome, Target, Write

if TYPE_CHECKING:
    from .orders import OrdersGroup

__all__ = ["OrderScope"]

_log = logging.getLogger("sixmm.orders")


class OrderScope:
    """Places orders of one symbol, and remembers them for the end of the block.

    Where the block is left by an error, Ctrl-C included, every order that it placed and that is
    still open is cancelled; one whose outcome was unknown is looked for first. Where it is left
    well, the orders stay. What could not be cancelled in time is in :attr:`left_open`, is logged,
    and the error of the block is raised all the same.

    Args:
        orders: the calls.
        desk: what they share.
        symbol: of all orders of the block.
        timeout: seconds for the cancelling.
    """

    def __init__(
        self, orders: OrdersGroup, desk: WriteDesk, *, symbol: str, timeout: float
    ) -> None:
        self._orders = orders
        self._desk = desk
        self._symbol = symbol
        self._timeout = timeout
        self._placed: dict[str, Target] = {}
        self._unknown: list[OutcomeUnknown] = []
        # Of which it is certain that they were placed once.
        self._sure: set[str] = set()
        # Which may still be on their way.
        self._doubtful: set[str] = set()
        self.left_open: tuple[str, ...] = ()
        """The orders that may still be open although the block ended badly, by client order id."""

    @property
    def symbol(self) -> str:
        """The symbol of the block."""
        return self._symbol

    # Placing

    def place(self, *, side: str, client_order_id: str | None = None, **order: Any) -> PlacedOrder:
        """Place an order; the arguments are those of :meth:`.OrdersGroup.place`."""
        target = self._target(client_order_id)
        with self._placing(Kind.PLACE, target):
            return self._orders.place(
                symbol=self._symbol, side=side, client_order_id=target.client_order_id, **order
            )

    def place_and_wait(
        self,
        *,
        side: str,
        client_order_id: str | None = None,
        timeout: float = 30.0,
        **order: Any,
    ) -> OrderReport:
        """Place an order and wait; see :meth:`.OrdersGroup.place_and_wait`."""
        target = self._target(client_order_id)
        deadline = Deadline(timeout, clock=self._desk.clock)
        with self._placing(Kind.PLACE, target, deadline=deadline):
            return self._orders.place_and_wait(
                symbol=self._symbol,
                side=side,
                client_order_id=target.client_order_id,
                timeout=deadline.remaining() or 0.0,
                **order,
            )

    def place_batch(self, orders: list[NewOrder]) -> BatchReply:
        """Place several orders; see :meth:`.OrdersGroup.place_batch`."""
        named = self._orders.with_ids(orders)
        targets = [
            Target(symbol=order.symbol, client_order_id=order.client_order_id) for order in named
        ]
        with self._placing(Kind.PLACE, *targets):
            reply = self._orders.place_batch(named)
        unclear = self._orders.unclear(reply)
        if unclear is not None:
            self._unknown.append(unclear)
        return reply

    def place_condition(
        self, *, side: str, type: str, client_order_id: str | None = None, **order: Any
    ) -> PlacedCondition:
        """Place a condition order; see :meth:`.OrdersGroup.place_condition`."""
        target = self._target(client_order_id)
        with self._placing(Kind.PLACE_CONDITION, target):
            placed = self._orders.place_condition(
                symbol=self._symbol,
                side=side,
                type=type,
                client_order_id=target.client_order_id,
                **order,
            )
        self._placed[target.client_order_id or ""] = attrs.evolve(
            target, condition_id=placed.condition_id
        )
        return placed

    def _target(self, client_order_id: str | None) -> Target:
        return Target(symbol=self._symbol, client_order_id=client_order_id or self._desk.new_id())

    @contextmanager
    def _placing(
        self, kind: Kind, *targets: Target, deadline: Deadline | None = None
    ) -> Iterator[None]:
        """Remember orders before they are sent, and what became of the sending."""
        names = [target.client_order_id or "" for target in targets]
        write = self._desk.write(kind, *targets, deadline=deadline)
        self._placed.update(zip(names, targets, strict=True))
        try:
            yield
        except OutcomeUnknown as error:
            self._unknown.append(error)
            raise
        except (LocalError, ApiError, NotCarriedOut):
            # It was refused, or is certain not to come: there is nothing to cancel. (What keeps
            # those who wait for an order from asking is an unknown outcome.)
            self._drop(names)
            raise
        except BaseException:
            self._unknown.append(self._desk.interrupted(write))
            raise
        self._sure.update(names)

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            # An earlier order of the same name is still to be cancelled.
            if name not in self._sure:
                self._placed.pop(name, None)

    # The block

    def __enter__(self) -> OrderScope:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.cancel()

    def cancel(self) -> None:
        """Cancel every order of the block that is still open; :attr:`left_open` says what was not.

        It raises nothing but what a signal handler raises.
        """
        deadline = Deadline(self._timeout, clock=self._desk.clock)
        self.left_open = tuple(self._placed)
        for error in list(self._unknown):
            self._settle(error, deadline)
        left = dict(self._placed)
        self.left_open = tuple(left)
        tried: set[str] = set()
        # Another thread may still be placing.
        while names := [name for name in list(self._placed) if name not in tried]:
            name = names[0]
            tried.add(name)
            left[name] = self._placed[name]
            # One that does not answer must not take the time of the others.
            share = deadline.sooner((deadline.remaining() or 0.0) / len(names))
            if self._is_gone(name, share):
                del left[name]
            self.left_open = tuple(left)
        if left:
            _log.error("orders that may still be open: %s", ", ".join(left))

    def _settle(self, error: OutcomeUnknown, deadline: Deadline) -> None:
        """Find an order whose outcome is not known: before that, to cancel it means nothing."""
        write = error.write
        try:
            resolution = self._desk.resolve(error, deadline.remaining() or 0.0)
        except SixmmError:
            if isinstance(write, Write):
                self._doubtful.update(target.client_order_id or "" for target in write.targets)
            return
        for part in resolution.parts:
            name = part.target.client_order_id or ""
            if part.outcome is not Outcome.CONFIRMED:
                self._drop([name])
            elif part.condition_id is not None:
                self._placed[name] = attrs.evolve(part.target, condition_id=part.condition_id)

    def _is_gone(self, name: str, deadline: Deadline) -> bool:
        """Cancel one order; return whether it is certain that it is not open any more."""
        target = self._placed[name]
        try:
            if target.condition_id is not None and self._cancel_condition(target, deadline):
                return True
            self._orders.cancel(
                target.symbol or "",
                client_order_id=target.client_order_id,
                wait=True,
                timeout=deadline.remaining() or 0.0,
            )
        except SixmmError as error:
            _log.warning("order %s could not be cancelled: %s", target, error)
            may_come = name in self._doubtful
            return self._orders.is_over(target, deadline, may_come=may_come)
        return True

    def _cancel_condition(self, target: Target, deadline: Deadline) -> bool:
        """Cancel a condition order; False where it waits no more: it may be an order by now."""
        call = calls.cancel_condition_order(
            symbol=target.symbol or "", condition_id=target.condition_id or ""
        )
        write = self._desk.write(Kind.CANCEL_CONDITION, target, deadline=deadline)
        try:
            self._desk.send(call, write, deadline)
        except (NotCancelable, OrderNotFound):
            return False
        return True
