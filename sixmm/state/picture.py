"""The account at one moment, as a value that does not change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TypeVar

import attrs

from ..errors import LocalStateError
from .models import Balance, ConditionOrder, Fill, Order, Position

__all__ = ["Account", "Orders", "Predicate", "merged"]

K = TypeVar("K")
V = TypeVar("V")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Orders(Mapping[str, Order]):
    """The known orders by id: the open ones, and the last ones that ended."""

    def __init__(self, orders: Mapping[str, Order]) -> None:
        self._orders = orders

    def __getitem__(self, order_id: str) -> Order:
        return self._orders[order_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._orders)

    def __len__(self) -> int:
        return len(self._orders)

    def __repr__(self) -> str:
        return f"<Orders {len(self.open)} open, {len(self)} known>"

    @property
    def open(self) -> Mapping[str, Order]:
        """Those that can still change by a trade, by id."""
        return MappingProxyType({key: order for key, order in self.items() if order.is_open})

    def by_client_id(self, client_order_id: str) -> Order | None:
        """Return the newest order with this id of the caller's, or None."""
        found = [order for order in self.values() if order.client_order_id == client_order_id]
        return max(found, key=lambda order: order.created_at_ms or 0, default=None)


def _orders(orders: Mapping[str, Order]) -> Orders:
    return orders if isinstance(orders, Orders) else Orders(orders)


@attrs.frozen(kw_only=True)
class Account:
    """A picture of the account at one moment; it does not change."""

    orders: Orders = attrs.field(converter=_orders)
    """Every known order by its id: the open ones, and the last ones that ended."""
    positions: Mapping[tuple[str, str], Position]
    """The open positions by symbol and side."""
    balances: Mapping[str, Balance]
    """The balances by asset."""
    fills: tuple[Fill, ...]
    """The last fills, oldest first."""
    stale: tuple[str, ...]
    """The parts that are not certain now; empty while the stream is live and compared."""
    as_of_ms: int
    """Exchange time of the last change or comparison, in Unix milliseconds."""
    conditions: Mapping[str, ConditionOrder] = attrs.field(factory=dict)
    """The condition orders that wait, by id, as the last comparison found them: no push tells of
    them, so they are as old as that."""
    wait: Callable[[Predicate, float | None], Account] | None = attrs.field(
        default=None, repr=False, eq=False
    )
    """Waits for a later picture; see :meth:`wait_for`."""

    @property
    def as_of(self) -> datetime:
        """Exchange time of the last change or comparison."""
        return _EPOCH + timedelta(milliseconds=self.as_of_ms)

    @property
    def open_orders(self) -> Mapping[str, Order]:
        """The orders that can still change by a trade, by id: ``orders.open``."""
        return self.orders.open

    def wait_for(self, predicate: Predicate, timeout: float | None = 30.0) -> Account:
        """Return the first picture, this moment's or a later one, for which ``predicate`` is true.

        No event is taken for it: the picture is current without that. The predicate is called in
        this thread, whenever the account has changed; several changes may be one call.

        Args:
            predicate: is given a picture.
            timeout: seconds; None waits for ever.

        Raises:
            DeadlineExceeded: it was not so in time.
            ClientClosed: the client was closed meanwhile.
        """
        if self.wait is None:
            raise LocalStateError("this picture was not taken by a client: nothing will change it")
        return self.wait(predicate, timeout)


def merged(pictures: Mapping[str, Account]) -> Account:
    """Return one picture of several parts of an account that have nothing in common.

    What is not certain is named with its part; the picture is as old as the oldest of them.

    Args:
        pictures: by the name of the part.
    """
    parts = pictures.values()
    return Account(
        orders=Orders({key: order for part in parts for key, order in part.orders.items()}),
        positions=_joined([part.positions for part in parts]),
        balances=_joined([part.balances for part in parts]),
        fills=tuple(fill for part in parts for fill in part.fills),
        stale=tuple(f"{name}: {what}" for name, part in pictures.items() for what in part.stale),
        as_of_ms=min((part.as_of_ms for part in parts), default=0),
    )


def _joined(parts: Iterable[Mapping[K, V]]) -> Mapping[K, V]:
    return MappingProxyType({key: value for part in parts for key, value in part.items()})


Predicate = Callable[[Account], object]
"""Takes a picture, and says by a true value that it is what is waited for."""
