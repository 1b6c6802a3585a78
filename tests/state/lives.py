"""The life of an order, from one state to the next."""

from __future__ import annotations

from decimal import Decimal

import attrs

from sixmm.state.models import Order

NEW = Order(
    order_id="1",
    status="NEW",
    rank=0,
    symbol="BTCUSDT",
    price=Decimal(100),
    quantity=Decimal(4),
    executed_quantity=Decimal(0),
    updated_at_ms=1_000,
)
PENDING = attrs.evolve(NEW, status="PENDING", rank=1, updated_at_ms=1_001)
PARTLY = attrs.evolve(
    NEW, status="PARTIALLY_FILLED", rank=2, executed_quantity=Decimal(1), updated_at_ms=1_002
)
MORE = attrs.evolve(PARTLY, executed_quantity=Decimal(3), updated_at_ms=1_003)
FILLED = attrs.evolve(
    NEW, status="FILLED", rank=3, executed_quantity=Decimal(4), updated_at_ms=1_004
)
LIFE = [NEW, PENDING, PARTLY, MORE, FILLED]
