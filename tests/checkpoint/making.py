"""Small records, rows and files for the tests of the checkpoint."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from sixmm.checkpoint.entries import Record, Tell
from sixmm.checkpoint.store import Store
from sixmm.state.models import ConditionOrder, Fill, Order
from sixmm.state.rows import CONDITION, FILL, ORDER, Row
from sixmm.state.values import values_of

__all__ = [
    "ACCOUNT",
    "condition_row",
    "fill_row",
    "open_store",
    "order",
    "order_row",
    "record",
]

ACCOUNT = "fake 00ff"


def order(number: int, *, rank: int = 1, executed: str = "0.1") -> Order:
    """Return an order with every kind of value."""
    return Order(
        order_id=f"o{number}",
        status="OPEN",
        rank=rank,
        symbol="BTCUSDT",
        price=Decimal("60000.10"),
        executed_quantity=Decimal(executed),
        updated_at_ms=number,
        raw='{"orderId":"o"}',
    )


def order_row(number: int, *, rank: int = 1) -> Row:
    """Return the row of an order."""
    return ORDER, f"o{number}", values_of(order(number, rank=rank)), 0


def fill_row(number: int) -> Row:
    """Return the row of a fill."""
    fill = Fill(fill_id=f"f{number}", order_id="o1", quantity=Decimal("1E-8"), time_ms=number)
    return FILL, fill.fill_id, values_of(fill), 0


def condition_row(number: int, *, waits: bool = False) -> Row:
    """Return the row of a condition order."""
    one = ConditionOrder(condition_id=f"c{number}", status="X", is_waiting=waits)
    return CONDITION, one.condition_id, values_of(one), 0


def record(first: int, *tells: Tell, rows: tuple[Row, ...] = (), certain_ms: int = 1) -> Record:
    """Return a record of what was told, received at 7."""
    told = tuple((tell, 7) for tell in tells)
    return Record(first, told, "user.9", rows, certain_ms, sum(map(_size, tells)))


def open_store(folder: Path, *, account: str = ACCOUNT) -> Store:
    """Open the file of a folder."""
    return Store(folder / "state.db", account=account)


def _size(tell: Tell) -> int:
    return len(tell) if isinstance(tell, bytes) else 100
