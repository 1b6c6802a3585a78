"""A block that cancels what it has placed where it ends badly."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import attrs

from ..clock import Deadline
from ..errors import ApiError, LocalError, OutcomeUnknown, SixmmError
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
        self, *, side: str, client_order_id: str | None = None, **order: Any
    ) -> OrderReport:
        """Place an order and wait; see :meth:`.OrdersGroup.place_and_wait`."""
        target = self._target(client_order_id)
        with self._placing(Kind.PLACE, target):
            return self._orders.place_and_wait(
                symbol=self._symbol, side=side, client_order_id=target.client_order_id, **order
            )

    def place_batch(self, orders: list[NewOrder]) -> BatchReply:
        """Place several orders; see :meth:`.OrdersGroup.place_batch`."""
        named = self._orders.with_ids(orders)
        targets = [self._target(order.client_order_id) for order in named]
        with self._placing(Kind.PLACE, *targets):
            return self._orders.place_batch(named)

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
    def _placing(self, kind: Kind, *targets: Target) -> Iterator[None]:
        """Remember orders before they are sent, and what became of the sending."""
        names = [target.client_order_id or "" for target in targets]
        self._placed.update(zip(names, targets, strict=True))
        write = self._desk.write(kind, *targets)
        try:
            yield
        except OutcomeUnknown as error:
            self._unknown.append(error)
            raise
        except (LocalError, ApiError):
            # It was refused: there is nothing to cancel. (Also what waits for the order may fail;
            # that is an error of the network.)
            for name in names:
                self._placed.pop(name)
            raise
        except BaseException:
            self._unknown.append(self._desk.interrupted(write))
            raise

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
        for error in self._unknown:
            self._settle(error, deadline)
        left = dict(self._placed)
        self.left_open = tuple(left)
        for name, target in self._placed.items():
            if self._is_gone(target, deadline):
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
            return
        if isinstance(write, Write) and resolution.outcome is Outcome.NOT_DONE:
            for target in write.targets:
                self._placed.pop(target.client_order_id or "", None)

    def _is_gone(self, target: Target, deadline: Deadline) -> bool:
        """Cancel one order; return whether it is certain that it is not open any more."""
        try:
            if target.condition_id is not None:
                self._orders.cancel_condition(self._symbol, target.condition_id)
                return True
            left = deadline.remaining() or 0.0
            self._orders.cancel(
                self._symbol, client_order_id=target.client_order_id, wait=True, timeout=left
            )
        except SixmmError as error:
            _log.warning("order %s could not be cancelled: %s", target, error)
            return self._orders.is_over(target, deadline)
        return True
