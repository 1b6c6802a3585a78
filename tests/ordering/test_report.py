"""What a report adds up."""

from __future__ import annotations

from decimal import Decimal

from sixmm.ordering import OrderReport
from sixmm.state.models import Fill, Order

ORDER = Order(order_id="1", status="FILLED", rank=3)


def test_sums() -> None:
    """Quantity, fees and the mean price come from the fills, exactly."""
    fills = tuple(
        Fill(fill_id=str(n), order_id="1", price=Decimal(p), quantity=Decimal(q), fee=Decimal(f))
        for n, (p, q, f) in enumerate([("100.1", "0.1", "0.01"), ("100.4", "0.2", "-0.03")])
    )
    report = OrderReport(order=ORDER, fills=fills)

    assert report.executed_quantity == Decimal("0.3")
    assert report.fees == Decimal("-0.02")
    assert report.average_price == Decimal("100.3")


def test_without_fills() -> None:
    """There is no price of nothing."""
    report = OrderReport(order=ORDER)

    assert (report.executed_quantity, report.fees, report.average_price) == (0, 0, None)
